"""The value of a case table with many digits, by bisection on its own slopes: no kernel here."""

from __future__ import annotations

from typing import Any

import mpmath
import sympy as sp

from normcalc.line.table import Arc, Case, CaseTable, Hull, Regime, Root

Number = Any


def exact_value(table: CaseTable, v: float, values: tuple[float, ...]) -> Number | None:
    """Return the value at `v` in the current precision of mpmath.

    None is returned outside the cases, within rounding of a border, and where a point is found
    by a search.

    Examples
    --------
    >>> import normcalc as nc
    >>> p = nc.prox(nc.function("exp(x)"))
    >>> with mpmath.workdps(20):
    ...     print(exact_value(p.table, 0.0, (1.0,)))
    -0.567143290409783873
    """
    names = {p.name: sp.Rational(x) for p, x in zip(table.parameters, values, strict=True)}
    sign = -1 if table.parity and v < 0 else 1
    names[table.argument.name] = sp.Rational(sign * v)
    for regime in table.regimes:
        found = _in_regime(table, regime, dict(names))
        if found is not None:
            return sign * found if table.parity == "odd" else found
    return None


def _in_regime(table: CaseTable, regime: Regime, names: dict[str, sp.Expr]) -> Number | None:
    if regime.refusal is not None:
        return None
    for root in regime.roots:
        if root.inner:
            return None
        names[root.symbol.name] = _sympy(_root(root, names))
    if not all(_put(condition, names) == sp.true for condition in regime.conditions):
        return None
    v = _number(names[table.argument.name], {})
    for case in regime.cases:
        lo, hi = _number(case.lo, names), _number(case.hi, names)
        near = 1e-12 * (1 + abs(v))
        if lo + near < v < hi - near:
            return _result(table, case, names)
    return None


def _result(table: CaseTable, case: Case, names: dict[str, sp.Expr]) -> Number | None:
    point = case.point
    if isinstance(point, Hull) or isinstance(case.result, tuple):
        return None
    if isinstance(point, Arc):
        target = _number(names[table.argument.name], {})
        at = _bisected(point.slope, point.variable, point.lo, point.hi, target, names)
    else:
        at = _number(point, names)
    return _number(case.result, {**names, table.point.name: _sympy(at)})


def _root(root: Root, names: dict[str, sp.Expr]) -> Number:
    equation = root.equation if root.rising else -root.equation
    return _bisected(equation, root.variable, root.lo, root.hi, mpmath.mpf(0), names)


def _bisected(
    slope: sp.Expr, u: sp.Symbol, lo: sp.Expr, hi: sp.Expr, target: Number, names: Any
) -> Number:
    """Return the zero of ``slope - target``, which rises through it between the ends."""
    mark = sp.Dummy("u", real=True)
    body = _put(slope.xreplace({u: mark}), names)
    function = sp.lambdify(mark, body, "mpmath")
    left, right = _number(lo, names), _number(hi, names)
    a, b = _finite(left, right)
    while mpmath.isinf(right) and _below(function, b, target):
        a, b = b, b + 2 * (abs(b) + 1)
    while mpmath.isinf(left) and not _below(function, a, target):
        a, b = a - 2 * (abs(a) + 1), a
    for _ in range(4 * mpmath.mp.prec):
        middle = (a + b) / 2
        # Far smaller numbers than the ends: halve the exponents, not the interval.
        if a >= 0 and b > 0 and (a == 0 or b / a > 4):
            middle = mpmath.sqrt(a * b) if a > 0 else b / 2**20
        a, b = (middle, b) if _below(function, middle, target) else (a, middle)
        if b - a <= abs(b) * mpmath.eps:
            break
    return (a + b) / 2


def _below(function: Any, u: Number, target: Number) -> bool:
    try:
        value = function(u)
    except (ZeroDivisionError, ValueError, OverflowError):
        return bool(u <= 0)
    if isinstance(value, mpmath.mpc) or mpmath.isnan(value):
        return bool(u <= 0)
    return bool(value < target)


def _finite(left: Number, right: Number) -> tuple[Number, Number]:
    if mpmath.isinf(left) and mpmath.isinf(right):
        return mpmath.mpf(-1), mpmath.mpf(1)
    if mpmath.isinf(right):
        return left, left + 1 + abs(left)
    if mpmath.isinf(left):
        return right - 1 - abs(right), right
    return left, right


def _put(expr: sp.Basic, names: dict[str, sp.Expr]) -> sp.Basic:
    found = {s: names[s.name] for s in expr.free_symbols if s.name in names}
    return expr.subs(found)


def _number(expr: sp.Basic, names: dict[str, sp.Expr]) -> Number:
    put = sp.sympify(_put(sp.sympify(expr, strict=True), names), strict=True)
    if put in (sp.oo, -sp.oo):
        return mpmath.inf if put == sp.oo else -mpmath.inf
    return mpmath.mpf(sp.N(put, mpmath.mp.dps + 10)._to_mpmath(mpmath.mp.prec + 30))


def _sympy(number: Number) -> sp.Float:
    return sp.Float(number, mpmath.mp.dps + 10)
