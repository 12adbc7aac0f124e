"""The point as a function of the slope: the last step, and the only one that may lack a formula.

Polynomials up to degree two in a power or an exponential of the point, and the two shapes that
Lambert's W solves [corless1996].  Everything else is left to the bracketed Newton method, for
which the arc already carries a monotone function and a certain bracket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.closed_roots import closed_roots
from normcalc.line.context import Context, Fork
from normcalc.line.simplify import tidy
from normcalc.line.table import Arc

if TYPE_CHECKING:
    from normcalc.line.branches import Branch


def invert(branch: Branch, v: sp.Symbol, context: Context) -> Arc:
    """Return the arc of a branch, with the closed form of ``slope(u) = v`` where there is one."""
    assert branch.slope is not None
    assert branch.variable is not None
    u = branch.variable
    bare = Arc(branch.slope, u, branch.lo, branch.hi)
    equation = branch.slope - v
    candidates = closed_roots(equation, u)
    chosen = _the_one_inside(candidates, bare, v, context)
    if chosen is not None:
        chosen = _defined(chosen, v, context)
    if chosen is not None:
        method = "linear equation" if len(candidates) == 1 else "quadratic equation"
        return Arc(*_ends(bare), closed=tidy(chosen), shown=tidy(chosen), method=method)
    lambert = _lambert(branch.slope, u, v)
    if lambert is not None:
        return Arc(*_ends(bare), closed=lambert, shown=lambert, method="Lambert W")
    return bare


def _defined(root: sp.Expr, v: sp.Symbol, context: Context) -> sp.Expr | None:
    """Return the root in a form that is defined for all parameters of the regime.

    Where the leading coefficient may vanish, ``(a + sqrt(r))/d`` becomes
    ``(a**2 - r)/d / (a - sqrt(r))``, in which d cancels.
    """
    numerator, denominator = sp.fraction(sp.together(root))
    if not denominator.free_symbols or denominator.has(v) or _nonzero(denominator, context):
        return root
    radicals = [p for p in numerator.atoms(sp.Pow) if p.exp == sp.S.Half and p.base.is_Add]
    if len(radicals) != 1:
        return None
    radical = radicals[0]
    slope = numerator.coeff(radical)
    rest = sp.expand(numerator - slope * radical)
    top = sp.cancel((rest**2 - slope**2 * radical.base) / denominator)
    if not _nonzero(sp.denom(top), context):
        return None
    return top / (rest - slope * radical)


def _nonzero(expr: sp.Expr, context: Context) -> bool:
    try:
        return context.sign(expr) != 0
    except Fork:
        return False


def _ends(arc: Arc) -> tuple[sp.Expr, sp.Symbol, sp.Expr, sp.Expr]:
    return arc.slope, arc.variable, arc.lo, arc.hi


def _the_one_inside(
    candidates: list[sp.Expr], arc: Arc, v: sp.Symbol, context: Context
) -> sp.Expr | None:
    """Return the root that lies on the arc.

    Exactly one does, since the slope is strictly monotone there, and the roots of the equation
    never meet on the arc, since the slope's derivative does not vanish; so by continuity the one
    that is right at one set of parameters is right at all.
    """
    if len(candidates) == 1:
        return candidates[0]
    good = [c for c in candidates if _matches(c, arc, v, context)]
    return good[0] if len(good) == 1 else None


def _matches(candidate: sp.Expr, arc: Arc, v: sp.Symbol, context: Context) -> bool:
    for sample in (context.samples or [{}])[:2]:
        for inner in _points_inside(arc, sample):
            slope = arc.slope.xreplace(sample).xreplace({arc.variable: inner})
            found = candidate.xreplace(sample).xreplace({v: slope}).evalf(15)
            if not found.is_Float or abs(found - inner) > 1e-6 * (1 + abs(inner)):
                return False
    return True


def _points_inside(arc: Arc, sample: dict[sp.Symbol, sp.Expr]) -> list[sp.Expr]:
    lo, hi = (end.xreplace(sample).evalf(15) for end in (arc.lo, arc.hi))
    if lo == -sp.oo and hi == sp.oo:
        return [sp.Float(-1.3), sp.Float(0.7), sp.Float(2.1)]
    if lo == -sp.oo:
        return [hi - sp.Float(d) for d in (0.2, 1.1, 3.7)]
    if hi == sp.oo:
        return [lo + sp.Float(d) for d in (0.2, 1.1, 3.7)]
    return [lo + (hi - lo) * sp.Float(part) for part in (0.1, 0.5, 0.8)]


def _lambert(slope: sp.Expr, u: sp.Symbol, v: sp.Symbol) -> sp.Expr | None:
    """Solve ``a*u + b + c*log(d*u + e) = v`` or ``a*u + b + c*exp(d*u) = v`` for u."""
    expanded = sp.expand(slope)
    logs = [f for f in expanded.atoms(sp.log) if f.has(u)]
    exps = [f for f in expanded.atoms(sp.exp) if f.has(u)]
    if len(logs) + len(exps) != 1:
        return None
    special = (logs + exps)[0]
    mark = sp.Dummy("mark")
    marked = expanded.xreplace({special: mark})
    a, c = marked.coeff(u, 1), marked.coeff(mark, 1)
    b = sp.expand(marked - a * u - c * mark)
    inner = special.args[0]
    d = sp.diff(inner, u)
    if b.has(u, mark) or a.has(u, mark) or c.has(u, mark) or d.has(u) or a == 0:
        return None
    e = sp.expand(inner - d * u)
    if logs:
        m, exponent = a / (c * d), (v - b + a * e / d) / c
        found = (sp.LambertW(m * sp.exp(exponent)) / m - e) / d
    else:
        m, exponent = c * d / a, e + d * (v - b) / a
        found = (v - b) / a - sp.LambertW(m * sp.exp(exponent)) / d
    return found if m.is_positive else None
