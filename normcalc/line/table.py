"""What the calculus of the line answers with: cases per regime, one frozen value.

A `CaseTable` is a function of one real argument `v` (or of `u`, for values and subdifferentials)
with symbolic parameters.  For each *regime* of the parameters it lists *cases* from left to right;
each case maps an interval of the argument to a *point* `u`, and `u` to the *result*.

* prox: the point is the minimiser, and the result is the point itself;
* conjugate, envelope: the point is the minimiser, the result a formula in `u` and `v`;
* value of a function: the point is the argument itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sympy as sp


@dataclass(frozen=True)
class Root:
    """A number computed once per parameter set: the only zero of `equation` in ``(lo, hi)``.

    `equation` is continuous and strictly increasing across its zero if `rising`, else strictly
    decreasing; `lo` and `hi` may be infinite.  Later expressions use `symbol` for its value.
    Where `inner` is not empty, `equation` also uses its symbols: each stands for the point of an
    arc at the argument `variable` (two arcs without closed forms that touch one common tangent).
    """

    symbol: sp.Symbol
    equation: sp.Expr
    variable: sp.Symbol
    lo: sp.Expr
    hi: sp.Expr
    rising: bool
    inner: tuple[tuple[sp.Symbol, Arc], ...] = ()


@dataclass(frozen=True)
class Arc:
    """The point as a function of the argument where ``slope(point) = argument``.

    `slope` is strictly increasing in `variable` on ``(lo, hi)``, so the bracket is certain.
    `closed` solves it in floating point safely, or is ``None``: then the bracketed Newton method
    does, with `slope`.  `shown` is the formula to print; it may use ``LambertW``, which is never
    evaluated through ``exp``.
    """

    slope: sp.Expr
    variable: sp.Symbol
    lo: sp.Expr
    hi: sp.Expr
    closed: sp.Expr | None = None
    shown: sp.Expr | None = None
    method: str = "bracketed Newton"


@dataclass(frozen=True)
class Hull:
    """The point where ``value - argument*point`` is least on ``[lo, hi]``, for a search to find.

    This stands where the calculus ends, and nothing about it is proved.  `marks` are points that
    the search must try, such as kinks and isolated values; `reason` says where the calculus ended.
    """

    value: sp.Expr
    variable: sp.Symbol
    lo: sp.Expr
    hi: sp.Expr
    marks: tuple[sp.Expr, ...]
    reason: str


@dataclass(frozen=True)
class Case:
    """On ``lo < v < hi`` the point is `point`: an expression in `v`, an arc, or a search.

    `result` is an expression in the argument and the point symbol ``u``; for a subdifferential it
    is a pair.  `why` names the step of the derivation that produced the case.  Where the point
    jumps between this case and the next, `tie_above` is true: there both ends are minimisers.
    The border `hi` belongs to this case, except with `hi_open`.
    """

    lo: sp.Expr
    hi: sp.Expr
    point: sp.Expr | Arc | Hull
    result: sp.Expr | tuple[sp.Expr, sp.Expr]
    why: str = ""
    tie_above: bool = False
    hi_open: bool = False


@dataclass(frozen=True)
class Flat:
    """At ``argument = at``, under `condition`, every point of ``[lo, hi]`` is a minimiser."""

    at: sp.Expr
    lo: sp.Expr
    hi: sp.Expr
    condition: sp.Basic


@dataclass(frozen=True)
class Regime:
    """The cases that hold while all `conditions` on parameters, step and roots hold.

    A regime with a `refusal` has no cases: the object does not exist there, and the text says why;
    where it is `beyond` the method, the object may well exist.
    `how` lists how each condition or sign was settled ("assumptions", "smt", "fork", ...).
    """

    conditions: tuple[sp.Basic, ...]
    roots: tuple[Root, ...] = ()
    cases: tuple[Case, ...] = ()
    flats: tuple[Flat, ...] = ()
    refusal: str | None = None
    log: tuple[str, ...] = ()
    how: tuple[tuple[str, str], ...] = ()
    beyond: bool = False


@dataclass(frozen=True)
class CaseTable:
    """A function of one argument with symbolic parameters, regime by regime.

    Parameters
    ----------
    argument : sympy.Symbol
        The free argument, ``v`` for a prox.
    point : sympy.Symbol
        The symbol ``u`` that stands for the point in results.
    parameters : tuple of sympy.Symbol
        Everything else that is free, in call order; for a prox ``step`` comes first.
    regimes : tuple of Regime
        Disjoint and complete over the parameters' kinds.
    parity : {"odd", "even", None}
        "odd": the cases list ``v >= 0`` only and ``point(-v) = -point(v)``, with the result odd as
        well; "even": the same, but the result is even; None: the cases cover the whole line.
    """

    argument: sp.Symbol
    point: sp.Symbol
    parameters: tuple[sp.Symbol, ...]
    regimes: tuple[Regime, ...]
    parity: str | None = None
    notes: tuple[str, ...] = field(default=())
