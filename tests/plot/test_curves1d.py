from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy.special import wrightomega

import normcalc as nc
from normcalc.errors import InputError, NotDerivable, ParameterError
from normcalc.line.table import Arc, Case, CaseTable, Regime, Root
from normcalc.plot.geometry.curves1d import Curve, callable_segments, prox_segments
from normcalc.plot.geometry.functions1d import function_curve
from normcalc.plot.geometry.tables import regime_at, solve_root

v, u = sp.symbols("v u", real=True)
step, lam, gamma = sp.symbols("step lam gamma", positive=True)
ZERO = sp.Integer(0)

MCP = CaseTable(
    v,
    u,
    (step, lam, gamma),
    (
        Regime(
            (gamma > step,),
            cases=(
                Case(ZERO, lam * step, ZERO, u),
                Case(lam * step, gamma * lam, (v - lam * step) / (1 - step / gamma), u),
                Case(gamma * lam, sp.oo, v, u),
            ),
        ),
        Regime(
            (gamma <= step,),
            cases=(
                Case(ZERO, lam * sp.sqrt(gamma * step), ZERO, u, tie_above=True),
                Case(lam * sp.sqrt(gamma * step), sp.oo, v, u),
            ),
        ),
    ),
    "odd",
)

# u + step*(log(u) + 1) = v on u > 0: an arc without closed form
ENTROPY = CaseTable(
    v,
    u,
    (step,),
    (
        Regime(
            (), cases=(Case(-sp.oo, sp.oo, Arc(u + step * (sp.log(u) + 1), u, ZERO, sp.oo), u),)
        ),
    ),
)


def graph_value(curve: Curve, at: float) -> float:
    for x, y in curve.segments:
        if x[0] <= at <= x[-1]:
            return float(np.interp(at, x, y))
    raise AssertionError(f"{at} is not covered")


def test_mcp_regime_without_jump() -> None:
    curve = prox_segments(MCP, {"lam": 1.0, "gamma": 2.0}, 0.5, -4, 4)
    assert len(curve.segments) == 1
    assert curve.jumps == ()
    np.testing.assert_array_equal(curve.kinks, [-2.0, -0.5, 0.5, 2.0])
    _x, y = curve.segments[0]
    np.testing.assert_allclose(y, -y[::-1])
    assert graph_value(curve, 1.25) == pytest.approx(1.0)


def test_mcp_regime_with_jump() -> None:
    curve = prox_segments(MCP, {"lam": 1.0, "gamma": 1.0}, 2.0, -3, 3)
    assert len(curve.segments) == 3
    left, right = curve.jumps
    assert right.at == pytest.approx(np.sqrt(2), abs=1e-15)
    assert (right.before, right.value, right.tie) == (0.0, 0.0, True)
    assert right.after == pytest.approx(np.sqrt(2), abs=1e-15)
    assert (left.at, left.after, left.value) == (-right.at, 0.0, 0.0)


def test_an_open_border_gives_the_value_to_the_other_side() -> None:
    cases = (Case(ZERO, sp.Integer(1), ZERO, u, tie_above=True, hi_open=True),
             Case(sp.Integer(1), sp.oo, v, u))  # fmt: skip
    table = CaseTable(v, u, (step,), (Regime((), cases=cases),), "odd")
    assert [j.value for j in prox_segments(table, {}, 1.0, -2, 2).jumps] == [-1.0, 1.0]


@pytest.mark.parametrize("t", [0.01, 1.0, 30.0])
def test_arc_without_closed_form(t: float) -> None:
    curve = prox_segments(ENTROPY, {}, t, -3, 5)
    ((x, y),) = curve.segments
    assert np.all(y > 0)
    np.testing.assert_allclose(y, t * wrightomega(x / t - 1 - np.log(t)), atol=1e-13 * (1 + t))


def test_roots_are_solved_before_the_cases() -> None:
    r, z = sp.symbols("r z", real=True)
    root = Root(r, z**3 + step * z - 2, z, ZERO, sp.oo, True)
    assert solve_root(root, {"step": 1.0}) == pytest.approx(1.0, abs=1e-15)
    falling = Root(r, 2 - z, z, -sp.oo, sp.oo, False)
    assert solve_root(falling, {}) == pytest.approx(2.0)
    table = CaseTable(v, u, (step,), (Regime((), (root,), (Case(ZERO, r, ZERO, u),
                      Case(r, sp.oo, v - r, u))),), "odd")  # fmt: skip
    np.testing.assert_allclose(prox_segments(table, {}, 1.0, -2, 2).kinks, [-1, 1])


def test_regimes_are_told_apart() -> None:
    assert regime_at(MCP, {"step": 1.0, "lam": 1.0, "gamma": 1.0})[0] is MCP.regimes[1]
    with pytest.raises(ParameterError, match="gamma"):
        prox_segments(MCP, {"lam": 1.0}, 1.0, -1, 1)
    nothing = CaseTable(v, u, (step,), (Regime((), refusal="not prox-bounded"),))
    with pytest.raises(NotDerivable, match="not prox-bounded"):
        prox_segments(nothing, {}, 1.0, -1, 1)
    with pytest.raises(InputError, match="lo < hi"):
        prox_segments(MCP, {"lam": 1.0, "gamma": 1.0}, 1.0, 2, -2)


def test_callable_jumps_are_located() -> None:
    border = np.sqrt(2.0)
    curve = callable_segments(lambda x: np.where(np.abs(x) > border, x, 0.0), -3, 3)
    assert [j.at for j in curve.jumps] == pytest.approx([-border, border], abs=1e-11)
    assert [j.value for j in curve.jumps] == [0.0, 0.0]
    steep = callable_segments(lambda x: np.tanh(300 * x), -1, 1)
    assert steep.jumps == ()


DERIVED = [
    ("abs(x)", {}, 0.7),
    ("sqrt(abs(x))", {}, 0.5),
    ("lam*abs(x) + x**2", {"lam": 2.0}, 1.0),
]


@pytest.mark.parametrize(("text", "params", "t"), DERIVED)
def test_derived_prox_minimises(text: str, params: dict[str, float], t: float) -> None:
    f = nc.function(text)
    curve = prox_segments(nc.prox(f).table, params, t, -3, 3)
    grid = np.linspace(-4, 4, 4001)
    for x, y in curve.segments:
        for at in np.linspace(x[0], x[-1], 7):
            at_point = graph_value(Curve(((x, y),), (), np.empty(0)), at)
            value = f.elementwise(at_point, **params) + (at_point - at) ** 2 / (2 * t)
            best = np.min(f.elementwise(grid, **params) + (grid - at) ** 2 / (2 * t))
            assert value <= best + 1e-3


# formula, domain, kinks, values at jumps
GRAPHS = [
    ("abs(x - 1) + max(x, -x/2)", None, [0.0, 1.0], []),
    ("sqrt(abs(x))", None, [0.0], []),
    ("abs(x)**(1/10)", None, [0.0], []),
    ("heaviside(x)", None, [], [1.0]),
    ("Piecewise((0, x <= 1), (2, True))", None, [], [0.0]),
    ("x*log(x)", (0, None), [], []),
    ("Piecewise((x**2, abs(x) <= 1), (2*abs(x) - 1, True))", None, [], []),
]


@pytest.mark.parametrize(("text", "domain", "kinks", "values"), GRAPHS)
def test_function_graphs(text, domain, kinks, values) -> None:
    f = nc.function(text, domain=domain)
    curve = function_curve(f, -2.0, 3.0)
    assert set(kinks) == set(np.round(curve.kinks, 14))
    assert [j.value for j in curve.jumps] == values
    assert len(curve.segments) == len(values) + 1
    assert curve.segments[0][0][0] == (-2.0 if domain is None else 0.0)
    for x, y in curve.segments:
        inner = slice(1, -1)
        np.testing.assert_allclose(y[inner], f.elementwise(x[inner]))


def test_isolated_value_is_kept() -> None:
    count = nc.function("Piecewise((0, x == 0), (1, True))")
    curve = function_curve(count, -1.0, 1.0)
    (jump,) = curve.jumps
    assert (jump.at, jump.before, jump.after, jump.value) == (0.0, 1.0, 1.0, 0.0)


def test_ends_of_the_domain() -> None:
    box = nc.function("Piecewise((0, And(x >= lo, x <= hi)), (oo, True))", where="lo < hi",
                      lo=nc.Real, hi=nc.Real)  # fmt: skip
    curve = function_curve(box, -2.0, 2.0, lo=-1.0, hi=1.5)
    ((x, _),) = curve.segments
    np.testing.assert_array_equal(x, [-1.0, 1.5])
    assert [(j.at, j.value) for j in curve.jumps] == [(-1.0, 0.0), (1.5, 0.0)]
    barrier = function_curve(nc.function("Piecewise((-log(x), x > 0), (oo, True))"), -1.0, 1.0)
    assert np.all(barrier.segments[0][0] > 0)
    assert barrier.jumps == ()


def test_wrong_ranges_are_refused() -> None:
    with pytest.raises(InputError, match="one variable"):
        function_curve(nc.function("norm(x, 1)"), -1, 1)
    with pytest.raises(InputError, match="domain"):
        function_curve(nc.function("x*log(x)", domain=(0, None)), -2, -1)
