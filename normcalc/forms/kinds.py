"""Parameters as SymPy expressions whose assumptions carry the whole kind, bounds included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.language.parameters import Kind


def encoded(name: str, kind: Kind) -> sp.Expr:
    """Return an expression that ranges over the kind, in one symbol without bounds.

    An interval from a (open) to b is ``a + (b - a)/(1 + q)`` with q >= 0, so that SymPy's
    assumptions, which know signs but no bounds, decide for instance that ``p - 1 >= 0``.

    Examples
    --------
    >>> from normcalc.language.parameters import Interval, Positive
    >>> (encoded("p", Interval(1, None)) - 1).is_nonnegative
    True
    >>> encoded("lam", Positive).is_positive
    True
    """
    if kind.lo == 0 and kind.hi is None:
        positive = kind.lo_open or None
        return sp.Symbol(name, nonnegative=True, positive=positive, integer=kind.integer or None)
    lo, hi = (
        None if end is None else sp.nsimplify(end, rational=True) for end in (kind.lo, kind.hi)
    )
    if lo is None and hi is None:
        return sp.Symbol(name, real=True, integer=kind.integer or None)
    opened = kind.lo_open if hi is None else kind.hi_open
    slack = sp.Symbol(name, nonnegative=True, positive=opened or None)
    if hi is None:
        return lo + slack
    return hi - slack if lo is None else _between(lo, hi, kind, slack)


def _between(lo: sp.Expr, hi: sp.Expr, kind: Kind, slack: sp.Symbol) -> sp.Expr:
    """Reach the closed ends and no open one; of two closed ends the lower one may be widened.

    A range that is too wide proves less, one that misses an end would prove what is false there.
    """
    if kind.lo_open:
        return sp.together(lo + (hi - lo) / (1 + slack))
    slack = sp.Symbol(slack.name, nonnegative=True)
    if kind.hi_open:
        return sp.together(hi - (hi - lo) / (1 + slack))
    if lo in (0, 1):
        return lo + slack
    wider = sp.Integer(1) if lo > 1 else sp.Integer(0) if lo > 0 else lo - 1
    return sp.together(wider + (hi - wider) / (1 + slack))


def parameter_table(function: Function) -> dict[str, sp.Expr]:
    """Return the encoded parameters of a function by name; vectors stand for one entry."""
    return {p.name: encoded(p.name, p.kind) for p in function.parameters}
