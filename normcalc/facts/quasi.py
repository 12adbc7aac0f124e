"""The constant of a quasi-norm: the least C with f(x + y) <= C (f(x) + f(y))."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath
import sympy as sp

from normcalc.facts.claims import Claim, triangle
from normcalc.facts.rules import traits
from normcalc.facts.search import refute
from normcalc.forms.constants import constant
from normcalc.forms.terms import summands
from normcalc.language.nodes import Apply, Number
from normcalc.language.parser import parse
from normcalc.language.precise import evaluate_mp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.facts.setting import Setting

_ALMOST_ONE = Number(Fraction(999_999, 1_000_000))


def quasi_constant(prepared: Setting) -> sp.Expr | None:
    """Return ``2**(1/p - 1)`` if f**p is subadditive, p < 1, and two points attain it.

    ``f(x + y)**p <= f(x)**p + f(y)**p``, and powers 1/p > 1 are convex, so
    ``f(x + y) <= 2**(1/p - 1) (f(x) + f(y))``.  That nothing less will do needs a witness:
    disjoint supports give one, and without it there is no answer.
    """
    order = _order(prepared)
    if order is None:
        return None
    bound = sp.nsimplify(2 ** (1 / order - 1))
    return bound if _attained(prepared, bound) else None


def _order(prepared: Setting) -> sp.Expr | None:
    """Return p < 1 if the formula is ``g**(1/p)`` with g subadditive of degree p."""
    terms = summands(prepared.function)
    body = terms[0].core if len(terms) == 1 else prepared.body
    order = None
    if isinstance(body, Apply) and body.head == "norm":
        order = constant(body.args[1])
    elif isinstance(body, Apply) and body.head == "pow":
        inner, exponent = traits(body.args[0], prepared.names), constant(body.args[1])
        if exponent is not None and inner.subadditive and inner.degree == 1 / exponent:
            order = inner.degree
    return order if order is not None and order.is_number and 0 < order < 1 else None


def _attained(prepared: Setting, bound: sp.Expr) -> bool:
    """Find a pair of points where the bound holds with equality, to 30 digits."""
    claim = triangle(prepared.expanded.body, prepared.coordinates)
    scaled = Apply("mul", (parse(str(bound)), claim.right))
    almost = Apply("mul", (_ALMOST_ONE, scaled))
    found = refute(replace(claim, right=almost), prepared.expanded)
    if found is None or found.witness is None:
        return False
    with mpmath.workdps(40):
        env = _environment(claim, found.witness)
        left, right = evaluate_mp(claim.left, env), evaluate_mp(scaled, env)
        return bool(abs(left - right) < mpmath.mpf(10) ** -30 * right)


def _environment(claim: Claim, witness: Mapping[str, object]) -> dict[str, Any]:
    """Spread the points of a witness over the names of their coordinates."""
    points = dict(zip("xy", claim.points, strict=True))
    env: dict[str, Any] = {}
    for label, value in witness.items():
        values = value if isinstance(value, tuple) else (value,)
        for name, number in zip(points.get(label, (label,)), values, strict=True):
            env[name] = mpmath.mpf(number.numerator) / number.denominator
    return env
