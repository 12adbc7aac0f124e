"""Penalties that count: derived from the formula of one coordinate, on each side of zero."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from normcalc.errors import LanguageError, NotDerivable
from normcalc.forms import lower
from normcalc.forms.recognise import condition_of
from normcalc.forms.separable import Separable
from normcalc.forms.terms import about
from normcalc.language.evaluate import evaluate
from normcalc.language.function import Function
from normcalc.language.nodes import Compare
from normcalc.language.symbolic import symbolic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from normcalc.engine.jit import Floats


@dataclass(frozen=True)
class Count:
    """``costs_j`` for each coordinate that is not zero, ``curvature_j x_j**2/2``, and a limit."""

    costs: Floats
    curvature: Floats
    most: float = np.inf


def count_of(penalty: Any, given: Mapping[str, Any], size: int) -> Count | None:
    """Return what a penalty counts, None if it is something else."""
    if not isinstance(penalty, Function):
        return None
    if (limit := _limit(penalty)) is not None:
        level, bound = limit
        inside = count_of(level, given, size)
        if inside is None or inside.curvature.any() or np.ptp(inside.costs) > 0.0:
            return None
        share = float(evaluate(bound, dict(given))) / inside.costs[0]
        return Count(np.zeros(size), np.zeros(size), np.floor(share * (1.0 + 1e-12)))
    element = element_of(penalty)
    parts = None if element is None else _parts(element)
    if parts is None:
        return None
    costs, curvature = (np.broadcast_to(number_of(each, given), (size,)) for each in parts)
    usable = np.all(costs > 0.0) and np.all(curvature >= 0.0)
    return Count(costs.astype(float), curvature.astype(float)) if usable else None


def _limit(penalty: Function) -> tuple[Function, Any] | None:
    """Return the function and its bound if the penalty is the indicator of a level set."""
    condition = condition_of(penalty.body)
    if not isinstance(condition, Compare) or condition.relation not in ("<=", ">="):
        return None
    sides = (condition.left, condition.right)
    level, bound = sides if condition.relation == "<=" else sides[::-1]
    return about(penalty, level, penalty.variable), bound


def element_of(penalty: Function) -> Function | None:
    """Return the function of one coordinate whose sum the penalty is."""
    if penalty.variable.kind == "scalar":
        return penalty
    try:
        form = lower(penalty)
    except (NotDerivable, LanguageError):
        return None
    return form.element if isinstance(form, Separable) else None


@lru_cache(maxsize=256)
def sides_of(element: Function) -> tuple[sp.Expr, sp.Expr, sp.Symbol] | None:
    """Return the values on both sides of zero as formulas in the size, and the size.

    None where the formula cannot be read, or is not zero at zero.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> sides_of(function("max(2*x, -3*x)"))
    (2*size, 3*size, size)
    """
    try:
        form = symbolic(element)
    except (NotDerivable, LanguageError):
        return None
    named = [s for s in form.expr.free_symbols if s.name == element.variable.name]
    if (element.domain is not None and element.domain[:] != (Fraction(0), None)) or len(
        named
    ) != 1:
        return None
    size, (x,) = sp.Symbol("size", positive=True), named
    right, left = (sp.simplify(form.expr.subs(x, sign * size)) for sign in (1, -1))
    if sp.simplify(form.expr.subs(x, 0)) != 0:
        return None
    return right, left if element.domain is None else sp.oo, size


def _parts(element: Function) -> tuple[sp.Expr, sp.Expr] | None:
    """Return c and m if the function is ``c + m x**2/2`` on both sides of zero, and 0 there."""
    sides = sides_of(element)
    if sides is None or sp.simplify(sides[0] - sides[1]) != 0:
        return None
    found = coefficients(sides[0], sides[2])
    return (found[0], 2 * found[2]) if found and found[1] == 0 else None


def coefficients(side: sp.Expr, size: sp.Symbol) -> tuple[sp.Expr, sp.Expr, sp.Expr] | None:
    """Return the coefficients of a polynomial of degree two at most, from the constant on."""
    if not side.is_polynomial(size):
        return None
    found = sp.Poly(side, size)
    if found.degree() > 2:
        return None
    return tuple(found.coeff_monomial(size**k) for k in range(3))


def number_of(expr: sp.Expr, given: Mapping[str, Any]) -> Any:
    """Return the numbers of a formula in the parameters."""
    names = sorted(expr.free_symbols, key=str)
    made = sp.lambdify(names, expr, "numpy")
    return np.asarray(made(*(given[s.name] for s in names)), dtype=np.float64)


def parameter_rows(
    names: Sequence[str], given: Mapping[str, Any], size: int
) -> tuple[list[dict[str, Any]], Any]:
    """Return each combination of exact numbers once, and which of them each coordinate has."""
    if not names:
        return [{}], np.zeros(size, dtype=np.int64)
    numbers = np.array([np.broadcast_to(given[n], (size,)) for n in names]).T
    rows, inverse = np.unique(numbers, axis=0, return_inverse=True)
    exact = [dict(zip(names, map(sp.Rational, row), strict=True)) for row in rows.tolist()]
    return exact, inverse.reshape(-1)
