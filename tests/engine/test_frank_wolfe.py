"""Frank-Wolfe against projections, brute force over vertices and hand-made certificates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear, minimize

import normcalc as nc
from normcalc.engine.methods.frank_wolfe import FrankWolfe

RNG = np.random.default_rng(7)
A = RNG.normal(size=(15, 6))
B = 2 * A[:, 0] - A[:, 3] + 0.3 * RNG.normal(size=15)
SIDE = np.sign(B)
BALLS = {
    "indicator(norm(x, 1) <= r)": lambda x: np.abs(x).sum(),
    "indicator(r >= norm(x))": np.linalg.norm,
    "indicator(norm(x, 3) <= r)": lambda x: np.linalg.norm(x, 3),
    "indicator(sum_largest(abs(x), 2) <= r)": lambda x: np.sort(np.abs(x))[-2:].sum(),
}
LOSSES = {
    "squares": (nc.least_squares(A, B), lambda x: 0.5 * np.sum((A @ x - B) ** 2)),
    "logistic": (
        nc.loss("log(1 + exp(-y*z))", A, SIDE),
        lambda x: np.sum(np.logaddexp(0, -SIDE * (A @ x))),
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("ball", BALLS)
def test_no_point_of_the_ball_is_better(loss: str, ball: str) -> None:
    """Random points of the sphere, mixed into the answer, never lower the objective."""
    ours, value = LOSSES[loss]
    size = BALLS[ball]
    found = nc.minimize(ours + nc.function(ball), method="frank_wolfe", r=0.8, tol=1e-6)
    assert found.status == "optimal"
    assert found.fun == pytest.approx(value(found.x))
    assert size(found.x) <= 0.8 * (1 + 1e-12)
    for _ in range(300):
        point = RNG.normal(size=6) * (RNG.random(6) < 0.5) + 1e-9
        point *= 0.8 / size(point)
        for share in (1e-3, 0.1, 1.0):
            assert value(found.x + share * (point - found.x)) >= found.fun - found.gap * 1.001


def test_a_box_agrees_with_bounded_least_squares() -> None:
    objective = nc.least_squares(A, B) + nc.zoo.box()
    lo, hi = -np.linspace(0.1, 0.4, 6), np.linspace(0.2, 0.5, 6)
    found = nc.minimize(objective, method="frank_wolfe", lo=lo, hi=hi)
    reference = lsq_linear(A, B, (lo, hi), method="bvls")
    assert found.status == "optimal"
    assert found.fun == pytest.approx(reference.cost, rel=1e-7)


def test_a_ball_of_singular_values() -> None:
    target = RNG.normal(size=(15, 2))
    formula = nc.function("indicator(sum(singular_values(X)) <= r)")
    objective = nc.least_squares(A, target) + formula
    found = nc.minimize(objective, method="frank_wolfe", r=0.5, tol=1e-4)
    slope = A.T @ (A @ found.x - target)
    least = -0.5 * np.linalg.norm(slope, 2)  # of the linear model, by the dual norm
    assert np.vdot(slope, found.x) - least == pytest.approx(found.gap, rel=1e-6)
    assert np.linalg.norm(found.x, "nuc") <= 0.5 * (1 + 1e-9)


SETS = {
    "indicator((x >= 0) & (sum(x) == r))": ((0.0, None), "eq"),
    "indicator((x >= 0) & (sum(x) <= r))": ((0.0, None), "ineq"),
    "indicator((x >= -0.1) & (x <= 0.3) & (sum(x) == r))": ((-0.1, 0.3), "eq"),
}


@pytest.mark.parametrize("typed", SETS)
def test_affine_equations_and_inequalities(typed: str) -> None:
    interval, kind = SETS[typed]
    objective = nc.least_squares(A, B) + nc.function(typed)
    found = nc.minimize(objective, method="frank_wolfe", r=0.8)
    reference = minimize(
        lambda x: 0.5 * np.sum((A @ x - B) ** 2),
        np.full(6, 0.8 / 6),
        jac=lambda x: A.T @ (A @ x - B),
        bounds=[interval] * 6,
        constraints=[{"type": kind, "fun": lambda x: 0.8 - x.sum()}],
        options={"ftol": 1e-13},
    )
    assert found.status == "optimal"
    assert found.fun == pytest.approx(reference.fun, rel=1e-6)
    assert abs(found.x.sum() - 0.8) < 1e-12 or (kind == "ineq" and found.x.sum() < 0.8)
    again = nc.minimize(objective, method="frank_wolfe", r=0.8, x0=found.x)
    assert again.nit <= found.nit


def test_a_set_without_bounds_is_refused() -> None:
    objective = nc.least_squares(A, B) + nc.function("indicator((x >= 0) & (x[0] <= r))")
    with pytest.raises(nc.SolverError, match="indicator of a bounded set"):
        nc.minimize(objective, method="frank_wolfe", r=0.8)


BALLS_OF_SIZES = {
    "indicator(norm(singular_values(X), 1) <= r)": (1, 2),
    "indicator(singular_values(X) <= r)": (np.inf, 1),
    "indicator(norm(singular_values(X), 3) <= r)": (3, 1.5),
}


@pytest.mark.parametrize("typed", BALLS_OF_SIZES)
def test_balls_of_singular_values(typed: str) -> None:
    """The gap is that of the dual norm of the gradient, and a typed loss takes the same way."""
    order, _ = BALLS_OF_SIZES[typed]
    target = RNG.normal(size=(7, 5))
    mask = (RNG.random((7, 5)) < 0.7).astype(float)
    text = f"sum(M*(X - Y)**2)/2 + {typed}"
    formula = nc.function(text, M=nc.Matrix, Y=nc.Matrix)
    found = nc.minimize(formula, M=mask, Y=target, r=1.5, method="frank_wolfe", tol=1e-2)
    slope = mask * (found.x - target)
    dual = {1: np.inf, 3: 1.5, np.inf: 1}[order]
    sizes = np.linalg.svd(slope, compute_uv=False)
    gap = np.vdot(slope, found.x) + 1.5 * np.linalg.norm(sizes, dual)
    assert found.status == "optimal"
    assert found.gap == pytest.approx(gap, rel=1e-6)
    assert np.linalg.norm(np.linalg.svd(found.x, compute_uv=False), order) <= 1.5 * (1 + 1e-9)
    assert gap <= 1e-2 * found.fun


@pytest.mark.parametrize(
    "typed",
    [
        "sum((X - Y)**2)/2 + lam*sum(abs(X)) + indicator(sum(singular_values(X)) <= r)",
        "sum((A @ X - Y)**2)/2 + indicator(sum(singular_values(X)) <= r)",
        "sum((X - Y)**2)/2",
    ],
)
def test_sums_and_maps_are_refused_with_what_to_type(typed: str) -> None:
    kinds = {"Y": nc.Matrix} | ({"A": nc.Matrix} if "A @" in typed else {})
    formula = nc.function(typed, **kinds)
    numbers = {"Y": np.ones((3, 3)), "A": np.eye(3), "lam": 0.1, "r": 1.0}
    given = {p.name: numbers[p.name] for p in formula.parameters}
    with pytest.raises(nc.SolverError, match=r"frank_wolfe needs .* least_squares\(A, b\) \+ ind"):
        nc.minimize(formula, method="frank_wolfe", **given)


def test_projected_steps_hold_their_set_up_to_rounding() -> None:
    target = RNG.normal(size=(7, 5))
    formula = nc.function(
        "sum((X - Y)**2)/2 + indicator(sum(singular_values(X)) <= r)", Y=nc.Matrix
    )
    found = nc.minimize(formula, Y=target, r=2.0)
    left, sizes, right = np.linalg.svd(target, full_matrices=False)
    over = next(
        (sizes[: k + 1].sum() - 2.0) / (k + 1)
        for k in range(4, -1, -1)
        if sizes[k] > (sizes[: k + 1].sum() - 2.0) / (k + 1)
    )
    assert found.status == "optimal"
    assert np.abs(found.x - (left * np.maximum(sizes - over, 0.0)) @ right).max() < 1e-6


def test_a_loss_that_is_not_convex_ends_stationary() -> None:
    loss = nc.loss("(z - y)**2/(1 + (z - y)**2)", A, B)
    ball = nc.function("indicator(norm(x) <= r)")
    found = nc.minimize(loss + ball, method="frank_wolfe", r=0.8, tol=1e-6)
    assert (found.status, found.certificate.lower_bound) == ("stationary", -np.inf)
    reference = minimize(
        lambda x: np.sum((A @ x - B) ** 2 / (1 + (A @ x - B) ** 2)),
        found.x,
        constraints=[{"type": "ineq", "fun": lambda x: 0.64 - x @ x}],
    )
    assert found.fun <= reference.fun * (1 + 1e-5)


def test_a_wrong_linear_minimiser_is_no_proof() -> None:
    """A minimiser that points the wrong way leaves the true gap open, whatever it says."""
    loss = nc.least_squares(A, B)
    right = FrankWolfe(loss, lambda v: -np.sign(v), np.zeros(6))
    wrong = FrankWolfe(loss, np.sign, np.zeros(6))
    for method in (right, wrong):
        for _ in range(200):
            if not method.stalled:
                method.step()
    assert wrong.stalled
    assert not right.stalled or right.gap < 1e-6
    assert right.fun < wrong.fun


@pytest.mark.parametrize(
    ("penalty", "message"),
    [
        ("lam*abs(x)", "indicator of a bounded set"),
        ("indicator(x >= 0)", "indicator of a bounded set"),
        ("indicator(norm(x, 0) <= 2)", "indicator of a bounded set"),
        ("indicator(norm(x, 1) <= r)", "a differentiable loss"),
    ],
)
def test_what_is_missing_is_said(penalty: str, message: str) -> None:
    formula = nc.function(penalty)
    given = {p.name: 0.8 for p in formula.parameters}
    loss = nc.least_squares(A, B)
    if "diff" in message:
        loss = nc.loss("abs(z - y)", A, B)
    with pytest.raises(nc.SolverError, match=message):
        nc.minimize(loss + formula, method="frank_wolfe", **given)


def test_a_start_outside_the_set_is_refused() -> None:
    objective = nc.least_squares(A, B) + nc.function("indicator(norm(x, 1) <= r)")
    with pytest.raises(nc.InputError, match="x0 must lie"):
        nc.minimize(objective, method="frank_wolfe", r=0.8, x0=np.ones(6))
