"""The text of the steps that a block of points takes together towards what is solved for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.economy import economical
from normcalc.codegen.names import Names
from normcalc.codegen.opaque import Call, Reciprocal
from normcalc.codegen.printer import Printer

if TYPE_CHECKING:
    from normcalc.codegen.program import Slope

# Operations that two more derivatives may cost, and the degree up to which they are polynomials.
_CHEAP, _HIGHEST = 60, 6
_BROKEN = (Call, sp.Piecewise, sp.Abs, sp.sign, sp.Max, sp.Min, sp.Heaviside)
Exponentials = dict[sp.Symbol, sp.Expr]


def lines_of_step(slope: Slope, name: str, known: list[str]) -> list[str]:
    """Return the lines that define ``step_<name>`` beside ``slope_<name>``.

    It is Newton's where more derivatives would cost more than the steps that they save.
    """
    target = sp.Symbol("target", real=True)
    gap, powers = gap_and_derivatives(slope, target)
    if not gap:
        return [f"step_{name} = stepping(slope_{name})"]
    names = Names()
    names.taken |= {*known, slope.variable.name, target.name, *(e.name for e in powers)}
    printer = Printer(fast=True)
    before = [f"{symbol.name} = {printer.code(power)}" for symbol, power in powers.items()]
    lines, texts = printer.block(economical(gap), names)
    free = {symbol.name for expr in (*gap, *powers.values()) for symbol in expr.free_symbols}
    return [
        "",
        "@fused",
        f"def gap_{name}({slope.variable.name}, {target.name}, k):",
        '    """Return what vanishes at the point, and three derivatives."""',
        *[f"    {each} = k[{i}]" for i, each in enumerate(known) if each in free],
        *[f"    {line}" for line in (*before, *lines)],
        f"    return {', '.join(texts)}",
        "",
        "",
        f"step_{name} = leaping(gap_{name})",
    ]


def gap_and_derivatives(slope: Slope, target: sp.Symbol) -> tuple[list[sp.Expr], Exponentials]:
    """Return what vanishes at the point, with three derivatives, or nothing if they cost much.

    A rational slope is cleared of its denominator.  Exponentials have names, told beside.

    Examples
    --------
    >>> from normcalc.codegen.program import Slope
    >>> u, c, t = sp.symbols("u c t", real=True)
    >>> gap_and_derivatives(Slope(u, u**2 + c / u, 2 * u - c / u**2, sp.S.Zero, sp.oo), t)
    ([c + u*(-t + u**2), -t + 3*u**2, 6*u, 6], {})
    >>> gap_and_derivatives(Slope(u, u + sp.exp(-u), 1 - sp.exp(-u), sp.S.Zero, sp.oo), t)
    ([power1 - t + u, 1 - power1, power1, -power1], {power1: exp(-u)})
    """
    u = slope.variable
    if slope.value.has(*_BROKEN):
        return [], {}
    numerator = sp.fraction(sp.together(slope.value - target))[0]
    if numerator.is_polynomial(u) and sp.degree(numerator, u) <= _HIGHEST:
        return [sp.horner(sp.diff(numerator, u, order), wrt=u) for order in range(4)], {}
    value, powers = _named(slope.value)
    found = [value - target]
    for _ in range(3):
        found.append(_derivative(found[-1], u, powers))
    extra = _transcendental(found) - _transcendental([value])
    fitting = not extra and _operations(found) <= _CHEAP
    return (found, powers) if fitting else ([], {})


def _named(value: sp.Expr) -> tuple[sp.Expr, Exponentials]:
    """Return a slope with names for its exponentials, one for ``exp(x)`` and ``exp(-x)``."""
    (value,) = economical([value])
    found = sorted(value.atoms(sp.exp), key=sp.default_sort_key)
    powers = {sp.Symbol(f"power{i}", real=True): each for i, each in enumerate(found, 1)}
    named = value.xreplace({each: symbol for symbol, each in powers.items()})
    return named.replace(Reciprocal, lambda x: 1 / x), powers


def _derivative(expr: sp.Expr, u: sp.Symbol, powers: Exponentials) -> sp.Expr:
    inner = [sp.diff(expr, e) * e * sp.diff(power.exp, u) for e, power in powers.items()]
    return sp.diff(expr, u) + sp.Add(*inner)


def _operations(exprs: list[sp.Expr]) -> int:
    """Return the number of operations once common terms are shared."""
    shared, rest = sp.cse(economical(exprs))
    return sum(int(sp.count_ops(expr)) for expr in [*rest, *(term for _, term in shared)])


def _transcendental(exprs: list[sp.Expr]) -> set[sp.Expr]:
    """Return the functions and roots in expressions."""
    roots = {p for e in exprs for p in e.atoms(sp.Pow) if not p.exp.is_Integer}
    return roots.union(*(expr.atoms(sp.Function) for expr in exprs))
