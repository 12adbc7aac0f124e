"""Least values that are proved: of penalties that are not convex, with few coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.engine.losses import loss_formula
from normcalc.engine.methods.bent import Bent, Side, bent
from normcalc.engine.methods.box import level_box
from normcalc.engine.methods.global_search import parts
from normcalc.engine.methods.hulls import Hulls, lower_hull
from normcalc.engine.methods.row_relaxation import of_residuals

PENALTIES: dict[str, tuple[Any, dict[str, Any]]] = {
    "mcp": (nc.zoo.mcp(), {"lam": 0.3, "gamma": 1.5}),
    "scad": (nc.zoo.scad(), {"lam": 0.3, "a": 2.5}),
    "count": (nc.zoo.l0(), {"lam": 0.2}),
    "root": (nc.function("lam*sqrt(abs(x))"), {"lam": 0.3}),
    "log": (nc.function("lam*log(1 + abs(x)/eps)"), {"lam": 0.2, "eps": 0.1}),
    "atan": (nc.function("lam*atan(abs(x)/eps)"), {"lam": 0.2, "eps": 0.1}),
    "capped": (nc.function("min(lam*abs(x), c)"), {"lam": 0.5, "c": 0.2}),
    "not even": (nc.function("lam*sqrt(max(x, 0)) + mu*max(-x, 0)"), {"lam": 0.3, "mu": 0.1}),
    "positive": (nc.function("lam*x/(1 + x) + indicator(x >= 0)"), {"lam": 0.3}),
    "wells": (nc.function("lam*(x**2 - 1)**2"), {"lam": 0.3}),
    "elastic": (nc.function("lam*abs(x) + mu*x**2/2"), {"lam": 0.3, "mu": 0.1}),
}
RNG = np.random.default_rng(3)
LINE = np.linspace(-2.5, 2.5, 1001)
A = RNG.normal(size=(12, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]])
B = A @ np.array([0.9, -0.4]) + 0.4 * RNG.normal(size=12)
SIDES = [Side(-2.0, 2.0), Side(0.0, 1.0), Side(0.05, 0.4), Side(-0.2, 0.0), Side(0.3, 0.3)]


def derived(name: str, curvature: float = 0.0) -> Bent:
    """Return the stretches of a penalty, ``curvature x**2/2`` added."""
    formula, params = PENALTIES[name]
    exact = {key: sp.Rational(value) for key, value in params.items()}
    found = bent((formula,), exact, sp.Rational(curvature))
    assert found is not None
    return found


@pytest.mark.parametrize("name", PENALTIES)
def test_nothing_on_a_fine_grid_is_below_the_least_value(name: str) -> None:
    formula, params = PENALTIES[name]
    found = nc.minimize(
        nc.least_squares(A, B, scaling="mean") + formula, method="global_search", **params
    )
    heights = np.array([float(formula(np.array([t]), **params)) for t in LINE])
    residual = A[:, :1, None] * LINE[:, None] + A[:, 1:, None] * LINE - B[:, None, None]
    grid = (residual**2).sum(axis=0) / 24.0 + heights[:, None] + heights
    assert found.status == "optimal"
    assert found.certificate.kind == "branch and bound gap"
    assert found.certificate.lower_bound <= found.fun <= np.nanmin(grid) + 1e-9
    assert found.fun > np.nanmin(grid) - 1e-2  # a grid point is near


@pytest.mark.parametrize("name", PENALTIES)
@pytest.mark.parametrize("curvature", [0.0, 0.125])
def test_polygons_are_below_their_function_and_touch_it(name: str, curvature: float) -> None:
    formula, params = PENALTIES[name]
    function = derived(name, curvature)
    for side in SIDES:
        if side.lo < function.domain[0]:
            continue
        hull = Hulls([lower_hull(function.below(side, (0.1, 0.31)))])
        for t in np.linspace(side.lo, side.hi, 57):
            value = float(formula(np.array([t]), **params)) + curvature * t**2 / 2
            assert hull.worth(np.array([t]))[0] <= value + 1e-12
        assert hull.worth(np.array([side.hi]))[0] == pytest.approx(
            function.worth(side.hi, side), abs=1e-12
        )


def test_a_stretch_that_is_bent_the_other_way_would_be_seen() -> None:
    function = derived("elastic")
    wrong = Bent(tuple(_flipped(bow) for bow in function.bows), {}, 0.0)
    hull = Hulls([lower_hull(wrong.below(Side(0.0, 2.0), ()))])
    above = [hull.worth(np.array([t]))[0] > function.bows[1].value(t) for t in (0.5, 1.0, 1.5)]
    assert any(above)


def _flipped(bow: Any) -> Any:
    from dataclasses import replace

    return replace(bow, sign=-bow.sign)


def test_counts_agree_with_the_search_over_subsets() -> None:
    X = RNG.normal(size=(40, 10))
    y = X[:, :3] @ [1.0, -1.0, 0.5] + 0.3 * RNG.normal(size=40)
    objective = nc.least_squares(X, y, scaling="mean") + nc.zoo.l0()
    found = [nc.minimize(objective, lam=0.02, method=m) for m in ("global_search", "best_subset")]
    assert found[0].fun == pytest.approx(found[1].fun, rel=1e-7)
    assert found[0].support.tolist() == found[1].support.tolist()


def test_a_curved_loss_within_bounds_and_weights_of_coordinates() -> None:
    X = RNG.normal(size=(30, 4))
    y = np.where(X[:, 0] + 0.5 * RNG.normal(size=30) > 0, 1.0, -1.0)
    objective = (
        nc.loss("log(1 + exp(-y*z))", X, y, scaling="mean")
        + nc.zoo.mcp()
        + nc.function("indicator(abs(x) <= 3)")
    )
    params: dict[str, Any] = {"lam": np.array([0.05, 0.1, 0.1, 0.02]), "gamma": 10.0}
    found = nc.minimize(objective, method="global_search", **params)
    others = nc.minimize(objective, starts=8, rng=1, **params)
    assert found.status == "optimal"
    assert found.fun <= others.fun + 1e-8
    assert np.abs(found.x).max() <= 3.0


LOSSES: dict[str, Any] = {
    "Geman-McClure": (
        "(z - y)**2/(1 + (z - y)**2)",
        lambda z, y: (z - y) ** 2 / (1 + (z - y) ** 2),
    ),
    "truncated": ("min((z - y)**2, 1)", lambda z, y: np.minimum((z - y) ** 2, 1.0)),
    "absolute": ("abs(z - y)", lambda z, y: np.abs(z - y)),
    "ramp": ("min(max(0, 1 - y*z), 2)", lambda z, y: np.clip(1 - y * z, 0.0, 2.0)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses_with_kinks_or_not_convex(name: str) -> None:
    formula, plain = LOSSES[name]
    target = np.where(B > 0, 1.0, -1.0) if name == "ramp" else B + 4.0 * (np.arange(12) < 3)
    found = nc.minimize(
        nc.loss(formula, A, target, scaling="mean") + nc.function("lam*abs(x)"),
        method="global_search",
        lam=0.05,
        tol=1e-6,
    )
    predictions = A[:, :1, None] * LINE[:, None] + A[:, 1:, None] * LINE
    losses = plain(predictions, target[:, None, None]).mean(axis=0)
    grid = losses + 0.05 * (np.abs(LINE)[:, None] + np.abs(LINE))
    assert found.status == "optimal"
    assert grid.min() - 1e-2 < found.fun <= grid.min() + 1e-9


def test_what_no_other_method_takes_is_left_to_the_search() -> None:
    truncated = nc.loss("min((z - y)**2, 1)", A, B) + nc.function("lam*abs(x)")
    with pytest.raises(nc.SolverError, match="method='global_search' can do it"):
        nc.minimize(truncated, lam=0.1)
    images = nc.loss("min((z - y)**2, 1)", A, B) + nc.function("norm(diff(x), 1)")
    with pytest.raises(nc.SolverError, match="no method fits") as refused:
        nc.minimize(images)
    assert "global_search" not in str(refused.value)


def test_rows_are_moved_only_where_residuals_matter_alone() -> None:
    assert of_residuals(loss_formula("min((y - z)**2, 1)"))
    assert not of_residuals(loss_formula("(z - y)**2/(1 + z**2)"))
    row = bent((loss_formula("min((z - y)**2, 1)"),), {"y": sp.Integer(0)}, 0)
    assert row is not None
    assert row.moved(2.0).kinks == [1.0, 3.0]
    assert row.moved(2.0).worth(2.5, Side(0.0, 4.0)) == pytest.approx(0.25)


def test_the_box_holds_every_point_that_is_not_worse() -> None:
    loss = nc.least_squares(A, B, scaling="mean")
    function = derived("mcp")
    lo, hi = level_box(loss, [function, function], fun := 0.4, 0.0)
    points = RNG.uniform(-4.0, 4.0, size=(4000, 2))
    formula, params = PENALTIES["mcp"]
    values = np.array([loss(x) + float(formula(x, **params)) for x in points])
    inside = np.all((lo <= points) & (points <= hi), axis=1)
    assert inside[values <= fun].all()
    assert (values <= fun).sum() > 20
    assert not inside.all()


def test_a_jump_stands_alone() -> None:
    function = derived("count")
    cut = parts(function, Side(-1.0, 2.0), 0.3)
    assert [(s.lo, s.hi) for s in cut] == [(-1.0, 0.0), (0.0, 2.0), (0.0, 0.0)]
    assert function.worth(0.0, cut[2]) == 0.0
    assert function.worth(0.0, cut[1]) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("objective", "params", "words"),
    [
        (
            nc.least_squares(A[:1], B[:1]) + nc.zoo.mcp(),
            {"lam": 0.3, "gamma": 1.5},
            "needs bounds",
        ),
        (nc.least_squares(np.eye(31), np.ones(31)) + nc.zoo.l0(), {"lam": 0.3}, "at most 30"),
        (nc.least_squares(A, B) + nc.function("norm(x)"), {}, "summed over the coordinates"),
        (
            nc.loss("abs(z - y)", np.ones((301, 1)), np.ones(301)) + nc.zoo.l0(),
            {"lam": 0.3},
            "rows",
        ),
        (nc.loss("(z - y)**2", A, B, intercept=True) + nc.zoo.l0(), {"lam": 0.3}, "no constant"),
    ],
)
def test_what_does_not_fit_is_named(objective: Any, params: dict[str, Any], words: str) -> None:
    with pytest.raises(nc.NormcalcError, match=words):
        nc.minimize(objective, method="global_search", **params)
