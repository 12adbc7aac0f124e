"""Sign patterns against numbers: zeros counted by evaluation, never by the method under test."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from normcalc.line.context import Context, Fork, Refusal
from normcalc.line.pattern import Stretch, pattern

U = sp.Symbol("u", positive=True)
X = sp.Symbol("u", real=True)
HALF_LINE = Stretch(sp.S.Zero, sp.oo, U)
LINE = Stretch(-sp.oo, sp.oo, X)


def numeric(cut, context):
    """Value of a cut; named roots are found by bisection of their own equation."""
    for root in (r for r in context.roots if cut.has(r.symbol)):
        lo, hi = (float(numeric(e, context)) for e in (root.lo, root.hi))
        hi = min(hi, 1e6)
        lo = max(lo, -1e6)
        for _ in range(200):
            mid = (lo + hi) / 2
            value = float(root.equation.xreplace({root.variable: sp.Float(mid)}))
            lo, hi = (lo, mid) if (value > 0) == root.rising else (mid, hi)
        cut = cut.subs(root.symbol, mid)
    return cut


@given(st.lists(st.integers(-6, 6), min_size=2, max_size=5), st.booleans())
@settings(max_examples=60, deadline=None)
def test_polynomials(coefficients, half):
    if coefficients[-1] == 0:
        coefficients[-1] = 1
    on = HALF_LINE if half else LINE
    expr = sum(c * on.variable**k for k, c in enumerate(coefficients))
    context = Context(())
    found = pattern(expr, on, context)
    roots = np.roots(coefficients[::-1])
    real = sorted({round(r.real, 6) for r in roots if abs(r.imag) < 1e-5})
    cuts = [float(numeric(c, context)) for c in found.cuts]
    ends = [0.0 if half else -50.0, *cuts, 50.0]
    values = np.polynomial.Polynomial(coefficients)
    for lo, hi, sign in zip(ends[:-1], ends[1:], found.signs, strict=True):
        inner = np.linspace(lo, hi, 23)[1:-1]
        away = [v for v in inner if all(abs(v - r) > 1e-4 for r in real)]
        assert all(np.sign(values(v)) == sign for v in away)


def test_parameters_fork_on_the_discriminant():
    t = sp.Symbol("t", positive=True)
    with pytest.raises(Fork) as fork:
        pattern(U**3 - U + t, HALF_LINE, Context(()))
    assert sp.simplify(fork.value.expr.subs(t, sp.sqrt(sp.Rational(4, 27)))) == 0


def test_infinitely_many_zeros_are_refused():
    with pytest.raises(Refusal, match="infinitely many"):
        pattern(sp.cos(X) + sp.Rational(1, 2), LINE, Context(()))


def test_folds_of_a_bounded_penalty_have_closed_forms():
    t = sp.Symbol("t", positive=True)
    curvature = 1 + 2 * t * (1 - U**2) / (1 + U**2) ** 2
    found = pattern(curvature, HALF_LINE, Context((t > 4,)))
    assert found.signs == (1, -1, 1)
    assert all(curvature.subs({U: c, t: 5}).subs(t, 5).evalf() < 1e-12 for c in found.cuts)
