"""Primal-dual splitting against solutions known by other means."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

import normcalc as nc
from normcalc.engine import posing
from normcalc.engine.methods.multipliers import Bounds
from normcalc.engine.methods.primal_dual import PrimalDual

RNG = np.random.default_rng(3)
A = RNG.normal(size=(12, 5))
B = A[:, 0] - A[:, 3] + 0.3 * RNG.normal(size=12)
D = RNG.normal(size=(3, 5))


def run_of(objective, **params):
    """Return a run at its start."""
    return posing.start(objective, params, "primal_dual", 1e-8, None, np.random.default_rng(0))


def test_absolute_deviations_and_sizes_agree_with_a_linear_programme() -> None:
    objective = nc.loss("abs(z - y)", A, B) + nc.function("mu*norm(D @ x, 1)")
    found = nc.minimize(objective, method="primal_dual", mu=0.7, D=D, tol=1e-7)
    rows, images, columns = len(B), len(D), A.shape[1]
    cost = np.concatenate([np.zeros(columns), np.ones(rows), 0.7 * np.ones(images)])
    left, right = np.zeros((rows, images)), np.zeros((images, rows))
    above = [np.hstack([s * A, -np.eye(rows), left]) for s in (1, -1)]
    sizes = [np.hstack([s * D, right, -np.eye(images)]) for s in (1, -1)]
    limits = np.concatenate([B, -B, np.zeros(2 * images)])
    bounds = [(None, None)] * columns + [(0, None)] * (rows + images)
    reference = linprog(cost, np.vstack([*above, *sizes]), limits, bounds=bounds)
    assert found.fun == pytest.approx(reference.fun, rel=1e-6)


def test_squares_and_the_norm_of_an_image_meet_the_optimality_conditions() -> None:
    found = nc.minimize(
        nc.least_squares(A, B) + nc.function("mu*norm(D @ x)"), method="primal_dual", mu=0.5, D=D
    )
    image = D @ found.x
    slope = A.T @ (A @ found.x - B) + 0.5 * D.T @ image / np.linalg.norm(image)
    assert np.abs(slope).max() < 1e-6
    assert found.status == "optimal"  # by multipliers of the loss, corrected to fit the image's


def test_a_pursuit_ends_optimal() -> None:
    wide, planted = RNG.normal(size=(8, 16)), np.zeros(16)
    planted[[2, 11]] = 1.0, -1.0
    formula = nc.function("norm(x, 1) + indicator(A @ x == b)")
    found = nc.minimize(formula, method="primal_dual", A=wide, b=wide @ planted)
    assert found.status == "optimal"
    assert np.abs(found.x - planted).max() < 1e-5


@pytest.mark.parametrize("share", [0.55, 0.3], ids=["allowed", "too long"])
def test_the_step_condition_is_the_border_of_convergence(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a quadratic of curvature beta and no maps, steps beyond 2/beta diverge."""
    run = run_of(nc.least_squares(A, B) + nc.function("lam*abs(x)"), lam=0.1).method
    beta = np.linalg.norm(A, 2) ** 2
    monkeypatch.setattr(PrimalDual, "tau", 1.0 / (share * beta))
    for _ in range(30):
        run.step()
    assert (run.primal < 1e-6) == (share > 0.5)


def test_estimates_cover_norm_and_curvature() -> None:
    objective = nc.least_squares(A, B) + nc.function("mu*norm(D @ x)")
    run = run_of(objective, mu=0.5, D=D).method
    for _ in range(20):
        run.step()
    assert run.norm >= np.linalg.norm(D, 2) ** 2 * (1 - 1e-9)
    assert run.curvature >= np.linalg.norm(A, 2) ** 2 * 0.98


@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0, 5.0])
def test_bounds_hold_for_any_multipliers(factor: float) -> None:
    objective = nc.least_squares(A, B) + nc.function("mu*norm(D @ x)")
    run = run_of(objective, mu=0.5, D=D).method
    bounds = Bounds(run.terms, np.zeros(5))
    least = nc.minimize(objective, mu=0.5, D=D).fun
    multiplier = np.array([0.3, -0.3, 0.1])
    assert bounds.update([factor * RNG.normal(size=12), multiplier]) <= least * (1 + 1e-12)
    assert bounds.possible
