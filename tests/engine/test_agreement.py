"""Methods that solve the same problem find the same, and their bounds lie below it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import normcalc as nc

RNG = np.random.default_rng(11)
A = RNG.normal(size=(9, 4))
SIGNS = np.where(A[:, 0] + 0.5 * RNG.normal(size=9) > 0, 1.0, -1.0)
COUNTS = RNG.poisson(2.0, 9).astype(float)
TARGET = A @ np.array([1.0, 0.0, -0.5, 0.2]) + 0.3 * RNG.normal(size=9)
OFFSET = 0.3 * RNG.normal(size=9)
WEIGHTS = np.where(np.arange(9) == 2, 0.0, 0.2 + RNG.random(9))
LOGISTIC = "log(1 + exp(-y*z))"
MCP: dict[str, Any] = {"lam": 0.1, "gamma": 30.0}


def solved(loss: Any, *penalties: Any, methods: tuple[Any, ...], **given: Any) -> list[Any]:
    """Return what each method finds, after a look at bounds and objectives."""
    objective = loss
    for penalty in penalties:
        objective = objective + penalty
    found = [nc.minimize(objective, method=name, tol=1e-7, **given) for name in methods]
    least = min(each.fun for each in found)
    for name, each in zip(methods, found, strict=True):
        assert each.success, (name, each.message)
        if each.status == "optimal":
            assert each.fun - least <= 1e-6 * (1.0 + abs(least)), name
            assert each.certificate.lower_bound <= least + 1e-9 * (1.0 + abs(least)), name
    return found


@pytest.mark.parametrize("penalty", ["mu*norm(x, inf)", "mu*(max(x) - min(x))", "mu*norm(x)**2"])
@pytest.mark.parametrize("intercept", [False, True])
def test_rows_without_weight_count_for_nothing(penalty: str, intercept: bool) -> None:
    some = WEIGHTS > 0.0
    kept = nc.loss(
        LOGISTIC, A[some], SIGNS[some], weights=WEIGHTS[some], offset=OFFSET[some],
        intercept=intercept,
    )  # fmt: skip
    every = nc.loss(LOGISTIC, A, SIGNS, weights=WEIGHTS, offset=OFFSET, intercept=intercept)
    ways = ("proximal_gradient", "admm", "primal_dual")
    [least] = solved(kept, nc.function(penalty), methods=("admm",), mu=1.0)
    for each in solved(every, nc.function(penalty), methods=ways, mu=1.0):
        assert each.fun == pytest.approx(least.fun, rel=1e-6)
        assert each.certificate.lower_bound <= least.fun * (1.0 + 1e-9)


def test_what_a_row_without_weight_pays_has_no_slope() -> None:
    bound = nc.loss(LOGISTIC, A, SIGNS, weights=WEIGHTS).bound({})
    slope = bound.slope(np.zeros(9))
    assert slope[2] == 0.0
    assert np.isfinite(bound.dual(slope))
    assert bound.dual(slope + np.where(WEIGHTS > 0.0, 0.0, 1e-3)) == np.inf


def test_predictions_on_faces_have_the_offset() -> None:
    loss = nc.loss("exp(z) - y*z", A, COUNTS, offset=OFFSET, scaling="mean")
    found = solved(
        loss, nc.function("mu*norm(x, 1)**2"), methods=("proximal_gradient", "admm"), mu=0.2
    )
    for each in found:
        z = A @ each.x + OFFSET
        fun = np.mean(np.exp(z) - COUNTS * z) + 0.2 * np.abs(each.x).sum() ** 2
        assert each.fun == pytest.approx(fun, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("mu*norm(x)**2", {"mu": 0.2}),
        ("mu*sum(exp(x))", {"mu": 0.1}),
        ("dot(c, x)", {"c": np.array([0.02, 0.01, 0.0, -0.01])}),
        ("dot(x, Q @ x)/2", {"Q": A.T @ A}),
    ],
)
def test_smooth_penalties_do_not_see_the_constant(text: str, given: dict[str, Any]) -> None:
    loss = nc.loss("exp(z) - y*z", A, COUNTS, intercept=True, scaling="mean")
    split = solved(loss, nc.function(text), methods=("admm", "primal_dual"), **given)
    assert split[0].intercept == pytest.approx(split[1].intercept, abs=1e-3)


@pytest.mark.parametrize("groups", [[[0], [2], [0, 1], [2, 3], [0, 1, 2, 3]], [[0, 1], [3]]])
@pytest.mark.parametrize("loss", ["squares", "logistic"])
def test_groups_that_nest_or_leave_out(groups: list[list[int]], loss: str) -> None:
    made = (
        nc.least_squares(A, TARGET, scaling="mean")
        if loss == "squares"
        else nc.loss(LOGISTIC, A, SIGNS, intercept=True, scaling="mean")
    )
    whole = nc.function("lam*sum(group_norms(x, G, 2))")
    ways = ("proximal_gradient", "admm", "primal_dual")
    found = solved(made, whole, methods=ways, lam=0.05, G=groups)
    assert {each.status for each in found} == {"optimal"}


def test_groups_that_overlap_otherwise_are_split() -> None:
    loss, given = nc.least_squares(A, TARGET, scaling="mean"), {"G": [[0, 1], [1, 2], [2, 3]]}
    whole = nc.function("lam*sum(group_norms(x, G, 2))")
    found = solved(loss, whole, methods=("auto", "admm", "primal_dual"), lam=0.1, **given)
    assert {each.status for each in found} == {"optimal"}
    with pytest.raises(nc.SolverError, match="use method='admm'"):
        nc.minimize(loss + whole, lam=0.1, method="proximal_gradient", **given)


def test_formulas_for_groups_that_part_are_not_used_for_others() -> None:
    from normcalc.engine.penalties import JointPenalty

    whole = nc.function("sum(group_norms(x, G, 2))")
    u = np.array([0.3, 0.4, 0.0])
    assert JointPenalty(whole, {"G": [[0, 1], [2]]}).dual(u) == 0.0
    assert JointPenalty(whole, {"G": [[1], [2]]}).dual(u) == np.inf
    nested = JointPenalty(whole, {"G": [[0], [0, 1], [2]]})
    assert nested.dual(2.4 * u) == 0.0  # 0.72 is split, since (0.72, 0.96) is too long for one
    assert nested.dual(6.0 * u) == np.inf


def test_penalties_that_are_not_convex_are_told_from_their_sum() -> None:
    objective = nc.least_squares(A, TARGET) + nc.zoo.mcp() + nc.function("mu*norm(x)")
    for name in ("auto", "admm", "primal_dual", "coordinate_descent", "frank_wolfe"):
        with pytest.raises(nc.SolverError, match=r"no method fits|no method here can do it"):
            nc.minimize(objective, method=name, mu=0.1, **MCP)
    with pytest.raises(nc.SolverError, match="is not proved to be convex"):
        nc.minimize(objective, method="admm", mu=0.1, **MCP)


def test_a_prox_that_numbers_forbid_is_refused_before_the_start() -> None:
    objective = nc.least_squares(A, TARGET) + nc.function("sum(min(abs(D @ x), 1))")
    with pytest.raises(nc.SolverError, match="no method fits"):
        nc.minimize(objective, D=RNG.normal(size=(3, 4)))
    assert nc.minimize(objective, D=np.eye(4)).status == "stationary"


@pytest.mark.parametrize("loss", ["squares", "logistic"])
@pytest.mark.parametrize("lam", [0.1, 10.0])
def test_a_prox_for_short_steps_only(loss: str, lam: float) -> None:
    made: Any = nc.loss(LOGISTIC, A, SIGNS, scaling="mean")
    made = nc.least_squares(A, SIGNS, scaling="mean") if loss == "squares" else made
    ways = ("auto", "prox_newton", "proximal_gradient")
    found = solved(made, nc.function("lam*(1 - cos(x))"), methods=ways, lam=lam)
    assert {each.status for each in found} == {"stationary"}
    assert np.ptp([each.fun for each in found]) < 1e-6


@pytest.mark.parametrize("lam", [1.0, 10.0, 1e3])
def test_what_falls_faster_than_squares_rise_is_unbounded(lam: float) -> None:
    objective = nc.least_squares(A, TARGET) + nc.function("-lam*x**2")
    found = nc.minimize(objective, lam=lam, method="proximal_gradient")
    assert found.status == "unbounded"
    assert np.isfinite(found.x).all()
    if lam == 1.0:  # each coordinate alone has a minimiser
        found = nc.minimize(objective, lam=lam)
        assert (found.status, found.method) == ("unbounded", "coordinate descent")
        assert np.isfinite(found.x).all()
    else:
        with pytest.raises(nc.SolverError, match="falls without end"):
            nc.minimize(objective, lam=lam)


@pytest.mark.parametrize("penalty", ["mcp", "scad"])
def test_saturated_penalties_on_separable_classes_do_not_stall(penalty: str) -> None:
    given: dict[str, Any]
    f, given = (nc.zoo.mcp(), MCP) if penalty == "mcp" else (nc.zoo.scad(), {"lam": 0.1, "a": 3.7})
    side = np.where(A[:, 0] > 0, 1.0, -1.0)
    loss = nc.loss(LOGISTIC, A, side, scaling="mean")
    found = nc.minimize(loss + f, tol=1e-5, **given)
    assert found.status == "stationary", found.message


def test_losses_that_are_not_convex_take_no_newton_steps_on_faces() -> None:
    loss = nc.loss("(z - y)**2/(1 + (z - y)**2)", A, TARGET, scaling="mean")
    found = nc.minimize(loss + nc.function("mu*norm(x, 1)**2"), mu=0.2)
    assert found.status == "stationary"


def test_formulas_that_no_method_fits_are_refused() -> None:
    text = "norm(x, 1) + sum(min(abs(D @ x - c), 1)) + indicator(B @ x == b)"
    objective = nc.function(text, c=nc.Real.vector)
    given = {"D": A[:3], "c": np.ones(3), "B": A[3:5], "b": np.ones(2)}
    for name in ("auto", "admm", "proximal_gradient"):
        with pytest.raises(nc.SolverError, match="needs"):
            nc.minimize(objective, method=name, **given)  # type: ignore[arg-type]
