"""Numbers that are roots without a closed form and without parameters, to forty digits."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy as sp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from normcalc.line.table import Root

DIGITS = 40
_SURE = sp.Float(10) ** -20
_HALVINGS = 150
_WIDEST = 60
_CLOSE = 80  # halvings, for numbers that only hint


def value_of(expr: sp.Expr, roots: Iterable[Root]) -> sp.Float | None:
    """Return the value of an expression in roots that are numbers; None for any other.

    None also where the value is too close to zero for its sign to be sure.

    Examples
    --------
    >>> from normcalc.line.table import Root
    >>> u, r = sp.symbols("u r", positive=True)
    >>> root = Root(r, sp.exp(-u) - u, u, sp.S.Zero, sp.oo, rising=False)
    >>> value_of(r - sp.Rational(1, 2), [root]).round(6)
    0.067143
    """
    values = _values(expr.free_symbols, {root.symbol: root for root in roots})
    value = sp.nan if values is None else expr.evalf(DIGITS, subs=values)
    return value if value.is_Float and abs(value) > _SURE else None


def _values(
    symbols: Iterable[sp.Symbol], known: dict[sp.Symbol, Root]
) -> dict[sp.Symbol, sp.Float] | None:
    values: dict[sp.Symbol, sp.Float] = {}
    for symbol in symbols:
        root = known.get(symbol)
        found = None if root is None or root.inner else _number(root, known)
        if found is None:
            return None
        values[symbol] = found
    return values


def _number(root: Root, known: dict[sp.Symbol, Root]) -> sp.Float | None:
    """Return the value of a root; what it depends on must be numbers, too."""
    free = root.equation.free_symbols | root.lo.free_symbols | root.hi.free_symbols
    values = _values(free - {root.variable}, known)
    if values is None:
        return None
    parts = (part.xreplace(values) for part in (root.equation, root.lo, root.hi))
    return _solved(*parts, root.variable, root.rising)


@lru_cache(maxsize=256)
def _solved(
    equation: sp.Expr, least: sp.Expr, most: sp.Expr, variable: sp.Symbol, rising: bool
) -> sp.Float | None:
    """Return the only zero in the bracket, between two points with different signs."""

    def below(x: sp.Expr) -> bool | None:
        value = equation.evalf(DIGITS, subs={variable: x})
        return bool(value < 0) == rising if value.is_Float else None

    lo, hi = _start(least, most)
    left, right = _reached(lo, hi, least, below, True), _reached(lo, hi, most, below, False)
    if left is None or right is None:
        return None
    for _ in range(_HALVINGS):
        middle = ((left + right) / 2).evalf(DIGITS)
        left, right = (middle, right) if below(middle) else (left, middle)
    return left


def _start(least: sp.Expr, most: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    lo, hi = (end.evalf(DIGITS) for end in (least, most))
    if lo.is_finite and hi.is_finite:
        return lo, hi
    if lo.is_finite:
        return lo, lo + 1
    return (hi - 1, hi) if hi.is_finite else (sp.Float(-1, DIGITS), sp.Float(1, DIGITS))


def _reached(
    lo: sp.Expr, hi: sp.Expr, end: sp.Expr, below: Callable[[sp.Expr], bool | None], is_left: bool
) -> sp.Expr | None:
    """Return a point towards one end of the bracket at which the equation has its sign."""
    middle = (lo + hi) / 2
    for k in range(1, _WIDEST):
        if end.is_finite is False:
            x = middle + (-1 if is_left else 1) * sp.Float(2, DIGITS) ** (k - 1)
        else:
            near = lo if is_left else hi
            x = near + (middle - near) / sp.Float(4, DIGITS) ** (k - 1)
        if below(x) is is_left:
            return x
    return None


def hint(root: Root, sample: dict[sp.Symbol, sp.Float]) -> sp.Float | None:
    """Return about where a root lies at some values of what it depends on; None if not found.

    Examples
    --------
    >>> from normcalc.line.table import Root
    >>> u, r, a = sp.symbols("u r a", positive=True)
    >>> root = Root(r, u**2 - a, u, sp.S.Zero, sp.oo, rising=True)
    >>> round(float(hint(root, {a: sp.Float(4.0)})), 6)
    2.0
    """
    names = sorted(sample, key=str)
    parts = (root.equation, root.lo, root.hi)
    if root.inner or not set().union(*(p.free_symbols for p in parts)) <= {*names, root.variable}:
        return None
    given = [float(sample[name]) for name in names]
    try:
        value, *ends = _as_float_functions(root, tuple(names))
        lo, hi = (float(end(*given)) for end in ends)
        found = _between(lambda x: (value(x, *given) < 0) == root.rising, lo, hi)
    except (ArithmeticError, ValueError, TypeError, NameError):
        return None
    return None if found is None else sp.Float(found)


@lru_cache(maxsize=256)
def _as_float_functions(
    root: Root, names: tuple[sp.Symbol, ...]
) -> tuple[Callable[..., float], ...]:
    """Return the equation and the two ends as functions of floating point numbers."""
    value = sp.lambdify((root.variable, *names), root.equation, "math")
    return value, *(sp.lambdify(names, end, "math") for end in (root.lo, root.hi))


def _between(below: Callable[[float], bool], lo: float, hi: float) -> float | None:
    """Return where a condition ends to hold between two ends, which may be infinite."""
    if math.isinf(lo) and math.isinf(hi):
        middle = 0.0
    else:
        middle = hi - 1.0 if math.isinf(lo) else lo + 1.0 if math.isinf(hi) else 0.5 * (lo + hi)
    left = next((x for x in _towards(lo, middle) if below(x)), None)
    right = next((x for x in _towards(hi, middle) if not below(x)), None)
    if left is None or right is None:
        return None
    for _ in range(_CLOSE):
        middle = 0.5 * (left + right)
        left, right = (middle, right) if below(middle) else (left, middle)
    return left


def _towards(end: float, middle: float) -> Iterator[float]:
    """Yield points from the middle of a bracket towards one of its ends."""
    for k in range(_WIDEST):
        far = math.copysign(2.0**k, end)
        yield middle + far if math.isinf(end) else end + (middle - end) / 4.0**k
