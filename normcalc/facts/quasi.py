"""The constant of a quasi-norm: the least C with f(x + y) <= C (f(x) + f(y))."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.facts.draws import Draw, draws
from normcalc.facts.rules import traits
from normcalc.forms.constants import expression
from normcalc.forms.terms import summands
from normcalc.language.nodes import Apply

if TYPE_CHECKING:
    from normcalc.facts.setting import Setting

_CHECKS = 12
_CLOSE = 1e-9


def quasi_constant(prepared: Setting) -> sp.Expr | None:
    """Return ``2**(1/p - 1)`` if f**p is subadditive, p < 1, and two points attain it.

    ``f(x + y)**p <= f(x)**p + f(y)**p``, and powers 1/p > 1 are convex, so
    ``f(x + y) <= 2**(1/p - 1) (f(x) + f(y))``.  That nothing less will do needs a witness:
    disjoint supports give one, and without it there is no answer.
    """
    order = _order(prepared)
    if order is None:
        return None
    bound = sp.nsimplify(2 ** (1 / order - 1)) if order.is_number else 2 ** (1 / order - 1)
    return bound if _attained(prepared, bound) else None


def _order(prepared: Setting) -> sp.Expr | None:
    """Return p < 1 if the formula is ``g**(1/p)`` with g subadditive of degree p."""
    terms = summands(prepared.function)
    body = terms[0].core if len(terms) == 1 else prepared.body
    if not isinstance(body, Apply) or body.head not in ("norm", "pow"):
        return None
    exponent = traits(body.args[1], prepared.names).constant
    if exponent is None:
        return None
    order, inner = exponent, body.args[0]
    if body.head == "norm":
        inner = Apply("sum", (Apply("pow", (Apply("abs", (inner,)), body.args[1])),))
    else:
        order = 1 / exponent
    found = traits(inner, prepared.names)
    below = order.is_positive and sp.together(1 - order).is_positive
    if not below or not found.subadditive or sp.simplify(found.degree - order) != 0:
        return None
    return _named(order, body, prepared)


def _named(order: sp.Expr, body: Apply, prepared: Setting) -> sp.Expr | None:
    """Return the order in the names of the parameters, not as they are encoded."""
    plain = {p.name: sp.Symbol(p.name, positive=True) for p in prepared.function.parameters}
    written = expression(body.args[1], plain)
    if written is None:
        return None
    return sp.nsimplify(written if body.head == "norm" else 1 / written)


def _attained(prepared: Setting, bound: sp.Expr) -> bool:
    """Find, for several values of the bound, points where it is an equality."""
    wanted: dict[float, bool] = {}
    for draw in islice(draws(prepared.function), _CHECKS):
        values = {s: sp.nsimplify(draw.parameters[s.name]) for s in bound.free_symbols}
        value = float(bound.subs(values))
        wanted[value] = wanted.get(value, False) or _reached(draw, value)
    return bool(wanted) and all(wanted.values())


def _reached(draw: Draw, bound: float) -> bool:
    points = draw.points
    values = draw(points)
    for x, value in zip(points, values, strict=True):
        live = (values + value > 0) & np.isfinite(values + value)
        ratios = draw(points[live] + x) / (values[live] + value)
        if ratios.size and abs(ratios.max() / bound - 1) < _CLOSE:
            return True
    return False
