"""Signs: proved ones only, and a fork wherever the relations leave it open."""

import numpy as np
import pytest
import sympy as sp

from normcalc.line.context import Context, Fork, draw_samples
from normcalc.line.deadline import TimeUp, deadline, limited
from normcalc.line.numbers import hint
from normcalc.line.simplify import vanishes
from normcalc.line.smt import unsatisfiable
from normcalc.line.table import Root

A, B = sp.symbols("a b", positive=True)


@pytest.mark.parametrize(
    ("expr", "relations", "sign"),
    [
        (A + B, (), 1),
        (1 / A - 1 / B, (A > B,), -1),
        (A**2 - 2 * A * B + B**2 + 1, (), 1),
        (sp.sqrt(A * B) - B, (A > B,), 1),
        (A - B, (sp.Eq(A, B),), 0),
        (sp.sqrt(2) - sp.Rational(141421356, 100000000), (), 1),
        (sp.exp(A) - 1, (), 1),
    ],
    ids=str,
)
def test_proved_signs(expr, relations, sign):
    context = Context(relations, samples=draw_samples([A, B], relations))
    assert context.sign(expr) == sign


def test_samples_never_decide():
    # Positive at every sample the context holds, yet not positive: it must fork, not answer.
    context = Context((), samples=[{A: sp.Float(5), B: sp.Float(1)}])
    with pytest.raises(Fork):
        context.sign(A - B)


def test_samples_know_where_roots_are():
    u = sp.Symbol("u", positive=True)
    context = Context(
        (), samples=[{A: sp.Float(4), B: sp.Float(2)}, {A: sp.Float(9), B: sp.Float(1)}]
    )
    root = context.new_root(u**2 - A, u, sp.S.Zero, sp.oo, True)
    np.testing.assert_allclose([float(s[root]) for s in context.samples], [2.0, 3.0])
    with pytest.raises(Fork):  # positive at one sample, zero at the other
        context.sign(root - B)
    assert context._observed(root - 4) == {-1}
    beyond = Root(root, u**2 - A, u, sp.Integer(5), sp.oo, True)
    assert hint(beyond, {A: sp.Float(4)}) is None
    assert hint(beyond, {B: sp.Float(4)}) is None


def test_what_vanishes_is_told_without_a_search():
    t = sp.sqrt(A + B)
    for zero in ((A + B) / t - t, A / (A + B) + B / (A + B) - 1, sp.exp(A) * sp.exp(-A) - 1):
        assert vanishes(zero)
    for other in (A - B, t - sp.sqrt(A), sp.exp(A) - 1 - A, sp.Abs(A - B)):
        assert not vanishes(other)


def test_a_wrong_hypothesis_is_not_needed_for_unsat():
    assert unsatisfiable((A > B, B > A))
    assert not unsatisfiable((A > B, A**2 < 4 * B))


def test_roots_beside_the_question_do_not_hide_its_answer():
    # The first root only brackets the second; its equation makes the question slow.
    u, first, second = sp.symbols("u root_1 root_2", positive=True)
    half = sp.sqrt(u)
    outer = Root(first, 30 * u + 70 * u**2 + 96 * u * half - 3 * A * B, u, sp.S(0), sp.oo, True)
    equation = 10 * u * half + 14 * u**2 * half + 24 * u**2 - 3 * A * B * half - A * B
    inner = Root(second, equation, u, first, sp.oo, True)
    t = sp.sqrt(second)
    claim = 8 * t**4 + 4 * t**3 + 4 * t**5 - A * B * (1 + 2 * t)
    assert unsatisfiable((claim >= 0,), (outer, inner))
    assert not unsatisfiable((claim <= 0,), (outer, inner))
    assert not unsatisfiable((claim >= 0,), (outer,))


def test_deadline_interrupts_and_leaves_nothing_behind():
    assert limited(0.05, lambda: [n for n in range(10**9) if n < 0]) is None
    with pytest.raises(TimeUp), deadline(0.05):
        [n for n in range(10**9) if n < 0]
    assert sum(range(1000)) == 499500
