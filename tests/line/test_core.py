"""The core operator: regimes, borders and ties of functions with known and unknown answers."""

import numpy as np
import pytest
import sympy as sp

from normcalc.codegen import compile as compile_
from normcalc.errors import NotDerivable
from normcalc.line.conjugation import conjugate_table
from normcalc.line.context import with_hints
from normcalc.line.core import Line, prox_table
from normcalc.line.shape import convexity
from normcalc.line.table import Arc, Hull

X = sp.Symbol("x", real=True)
STEP = sp.Symbol("step", positive=True)
LAM, GAM, A, EPS = sp.symbols("lam gamma a eps", positive=True)
MCP = sp.Piecewise(
    (LAM * sp.Abs(X) - X**2 / (2 * GAM), sp.Abs(X) <= GAM * LAM), (GAM * LAM**2 / 2, True)
)
SCAD = sp.Piecewise(
    (LAM * sp.Abs(X), sp.Abs(X) <= LAM),
    ((2 * A * LAM * sp.Abs(X) - X**2 - LAM**2) / (2 * (A - 1)), sp.Abs(X) <= A * LAM),
    ((A + 1) * LAM**2 / 2, True),
)

PATIENCE = 60.0  # seconds, beside whatever else runs


def line(expr, *relations, **ends):
    parameters = tuple(sorted(expr.free_symbols - {X}, key=str))
    return Line(expr, X, parameters, relations, ends.get("lo", -sp.oo), ends.get("hi", sp.oo))


REGIMES = [
    (LAM * sp.Abs(X), (), 1),
    (MCP, (), 2),
    (SCAD, (A > 2,), 3),
    (LAM * sp.Min(sp.Abs(X), EPS), (), 2),
    (sp.log(1 + sp.Abs(X) / EPS), (), 2),
    (sp.log(1 + X**2), (), 2),
    (X**2 / (1 + X**2), (), 2),
    (sp.sqrt(sp.Abs(X)), (), 1),
    (sp.Max(1 - X, 0), (), 1),
    (LAM * sp.atan(sp.Abs(X) / EPS), (), 4),
]


@pytest.mark.parametrize(("expr", "relations", "count"), REGIMES, ids=str)
def test_number_of_regimes(expr, relations, count):
    assert len(prox_table(line(expr, *relations), PATIENCE).regimes) == count


@pytest.mark.parametrize(("expr", "relations", "count"), REGIMES, ids=str)
def test_regimes_are_disjoint_and_complete(expr, relations, count):
    table = prox_table(line(expr, *relations), PATIENCE)
    rng = np.random.default_rng(count)
    for _ in range(60):
        sample = {s: sp.Float(10 ** rng.uniform(-1, 1)) for s in table.parameters}
        if any(r.xreplace(sample) == sp.false for r in relations):
            continue
        assert sum(holds(regime, sample) for regime in table.regimes) == 1


def holds(regime, sample):
    """Tell whether a regime's conditions hold, those about its roots as well."""
    known = with_hints(sample, regime.roots)
    return all(c.xreplace(known) == sp.true for c in regime.conditions)


@pytest.mark.parametrize(("expr", "relations", "count"), REGIMES, ids=str)
def test_cases_follow_each_other(expr, relations, count):
    del count
    table = prox_table(line(expr, *relations), PATIENCE)
    for regime in table.regimes:
        assert regime.cases[0].lo == (0 if table.parity else -sp.oo)
        assert regime.cases[-1].hi == sp.oo
        for left, right in zip(regime.cases, regime.cases[1:], strict=False):
            assert left.hi == right.lo


def test_arc_tangent_has_points_no_worse_than_any_other(monkeypatch):
    monkeypatch.delenv("NORMCALC_JIT")  # few numbers: nothing is compiled
    table = prox_table(line(LAM * sp.atan(sp.Abs(X) / EPS)), PATIENCE)
    points = [case.point for regime in table.regimes for case in regime.cases]
    assert not any(isinstance(point, Hull) for point in points)
    assert table.regimes[0].conditions == (64 * EPS**4 >= 27 * LAM**2 * STEP**2,)
    kernel = compile_(table, name="prox")
    rng, grid, worse = np.random.default_rng(0), np.linspace(0.0, 1.0, 2001), 0
    for _ in range(40):
        lam, eps, step = 10 ** rng.uniform(-1.5, 1.5, 3)
        v = 10 ** rng.uniform(-1.0, 2.0) * rng.standard_normal(20)
        found = kernel(v, step=step, lam=lam, eps=eps)

        def objective(u, v, lam=lam, eps=eps, step=step):
            return step * lam * np.arctan(np.abs(u) / eps) + (u - v) ** 2 / 2

        least = objective(grid[:, None] * v, v).min(axis=0)
        assert np.all(objective(found, v) <= least + 1e-9 * v**2)
        worse += np.sum(objective(0.9 * found + 0.1 * v, v) > least + 1e-9 * v**2)
    assert worse > 100  # the check sees points that are not the prox


def test_border_belongs_to_one_regime_and_its_flat_is_known():
    table = prox_table(line(MCP))
    closed = next(r for r in table.regimes if r.flats)
    flat = closed.flats[0]
    at_border = {GAM: sp.Integer(2), STEP: sp.Integer(2), LAM: sp.Integer(1)}
    assert flat.condition.subs(at_border) == sp.true
    assert (flat.at.subs(at_border), flat.lo, flat.hi.subs(at_border)) == (2, 0, 2)


def test_half_threshold_is_rediscovered():
    regime = prox_table(line(LAM * sp.sqrt(sp.Abs(X)))).regimes[0]
    jump = regime.cases[0].hi
    assert sp.simplify(jump - sp.Rational(3, 2) * (LAM * STEP) ** sp.Rational(2, 3)) == 0
    assert regime.cases[0].tie_above


def test_lambert_is_shown():
    table = prox_table(line(X * sp.log(X), lo=sp.S.Zero))
    arc = table.regimes[0].cases[0].point
    assert isinstance(arc, Arc)
    assert arc.shown.has(sp.LambertW)


@pytest.mark.parametrize("expr", [-(X**4), -sp.exp(X), -sp.exp(X**2)], ids=str)
def test_unbounded_objectives_are_refused(expr):
    with pytest.raises(NotDerivable, match=r"prox-bounded|not found"):
        prox_table(line(expr))


def test_refusal_for_some_steps_only():
    table = prox_table(line(-(X**2)))
    refused = [r for r in table.regimes if r.refusal]
    assert len(refused) == 1
    assert refused[0].conditions == (sp.Ge(STEP, sp.Rational(1, 2)),)


def test_formula_that_is_not_real_is_named():
    with pytest.raises(NotDerivable, match="domain="):
        prox_table(line(sp.log(X) - 1))


def test_conjugate_of_a_nonconvex_function_is_that_of_its_hull():
    table = conjugate_table(
        line(sp.Min(sp.Abs(X - 1), sp.Abs(X + 1)), hi=sp.Integer(3), lo=sp.Integer(-3))
    )
    value = {(c.lo, c.hi): c.result for c in table.regimes[0].cases}
    assert value[(sp.S.Zero, sp.S.One)] == sp.Symbol("v", real=True)


def test_convex_iff():
    verdicts = convexity(line(X**2 - LAM * X**2 + sp.Abs(X)))
    assert {v.conditions: v.holds for v in verdicts} == {(LAM > 1,): False, (LAM <= 1,): True}


def test_budget_ends_a_derivation():
    with pytest.raises(NotDerivable, match="did not end within"):
        prox_table(line(SCAD, A > 2), budget=0.02)


def test_a_kink_that_is_passed_over_never_reigns():
    # From step 1/(2 lam) on the point jumps from 0 beyond 1: the kink at 1 comes too late.
    f = sp.Piecewise((0, sp.Eq(X, 0)), (LAM * sp.exp(X - 1) + LAM, X >= 1), (sp.oo, True))
    table = prox_table(line(f))
    late = [r for r in table.regimes if r.conditions and STEP.name in str(r.conditions)]
    reached = {r.conditions: [c.point for c in r.cases] for r in late}
    assert any(sp.S.One in points for points in reached.values())
    assert any(sp.S.One not in points for points in reached.values())


def test_a_kink_at_the_end_does_not_hide_an_unbounded_tail():
    f = sp.Piecewise((0, sp.Eq(X, 0)), (1, True)) - sp.exp(-X)
    with pytest.raises(NotDerivable, match="prox-bounded"):
        prox_table(line(f))
