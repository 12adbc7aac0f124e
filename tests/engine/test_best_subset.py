"""Exact search against all subsets, one after the other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import sparse

import normcalc as nc
from normcalc.engine.methods import best_subset
from normcalc.engine.methods.counting import count_of

RNG = np.random.default_rng(13)


def problem(rows: int, columns: int, seed: int):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(rows, columns)) + 0.5 * rng.normal(size=(rows, 1))
    return A, 2 * A[:, 0] - A[:, 1] + rng.normal(size=rows)


def least(A, b, costs, ridge=0.0, most=99) -> float:
    """Return the least objective over all sets of columns."""
    best = 0.5 * b @ b
    for size in range(1, min(A.shape[1], most) + 1):
        for chosen in itertools.combinations(range(A.shape[1]), size):
            part = np.vstack([A[:, chosen], np.sqrt(ridge) * np.eye(size)])
            goal = np.concatenate([b, np.zeros(size)])
            x = np.linalg.lstsq(part, goal, rcond=None)[0]
            value = 0.5 * np.sum((part @ x - goal) ** 2) + costs[list(chosen)].sum()
            best = min(best, value)
    return best


SHAPES = [(20, 9), (12, 10), (6, 9)]
EACH = np.linspace(0.3, 1.5, 9)
PENALTIES = {
    "one formula": (nc.zoo.l0(), {"lam": 1.5}, {"cost": 1.5}),
    "a norm of order 0": (nc.function("lam*norm(x, 0)"), {"lam": 0.3}, {"cost": 0.3}),
    "a sign": (nc.function("lam*abs(sign(x))"), {"lam": 0.3}, {"cost": 0.3}),
    "with squares": (
        nc.function("lam*norm(x, 0) + mu*norm(x)**2"),
        {"lam": 0.5, "mu": 0.4},
        {"cost": 0.5, "ridge": 0.8},
    ),
    "a limit": (nc.function("indicator(norm(x, 0) <= k)"), {"k": 3}, {"cost": 0, "most": 3}),
}


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_no_subset_is_better(rows: int, columns: int, penalty: str) -> None:
    formula, given, by_hand = PENALTIES[penalty]
    A, b = problem(rows, columns, rows)
    found = nc.minimize(nc.least_squares(A, b) + formula, method="best_subset", **given)
    by_hand = {**by_hand, "costs": np.full(columns, by_hand["cost"])}
    del by_hand["cost"]
    assert found.fun == pytest.approx(least(A, b, **by_hand), rel=1e-9, abs=1e-12)
    assert (found.status, found.certificate.kind) == ("optimal", "branch and bound gap")
    assert found.certificate.lower_bound <= found.fun * (1 + 1e-12)


def test_each_coordinate_may_cost_its_own() -> None:
    A, b = problem(15, 9, 2)
    found = nc.minimize(nc.least_squares(A, b) + nc.zoo.l0(), method="best_subset", lam=EACH)
    assert found.fun == pytest.approx(least(A, b, EACH))


def test_columns_that_depend_on_others_and_scales() -> None:
    A, b = problem(15, 6, 4)
    wide = np.column_stack([A, A[:, 0], A[:, 1] + A[:, 2], np.zeros(15)])
    costs = np.full(9, 0.7)
    found = nc.minimize(nc.least_squares(wide, b) + nc.zoo.l0(), method="best_subset", lam=0.7)
    assert found.fun == pytest.approx(least(wide, b, costs))
    scaled = sparse.csc_array(wide * np.geomspace(1e-3, 1e3, 9))
    again = nc.minimize(nc.least_squares(scaled, b) + nc.zoo.l0(), method="best_subset", lam=0.7)
    assert again.fun == pytest.approx(found.fun)


@pytest.mark.parametrize("scaling", ["mean", "sum"])
def test_scalings(scaling: str) -> None:
    A, b = problem(15, 7, 5)
    loss, factor = nc.least_squares(A, b, scaling=scaling), {"mean": 1 / 15, "sum": 2.0}[scaling]
    found = nc.minimize(loss + nc.zoo.l0(), method="best_subset", lam=0.2 * factor)
    assert found.fun == pytest.approx(factor * least(A, b, np.full(7, 0.2)))


def test_forty_columns_are_proved() -> None:
    rng = np.random.default_rng(1)
    A, planted = rng.normal(size=(100, 40)), np.zeros(40)
    planted[:8] = 1.0
    b = A @ planted + rng.normal(size=100)
    found = nc.minimize(nc.least_squares(A, b) + nc.zoo.l0(), method="best_subset", lam=3.0)
    local = nc.minimize(nc.least_squares(A, b) + nc.zoo.l0(), lam=3.0)
    assert found.status == "optimal"
    assert found.fun <= local.fun * (1 + 1e-12)


def test_a_limit_of_time_leaves_an_honest_bound() -> None:
    A, b = problem(12, 9, 6)
    best = least(A, b, np.full(9, 0.05))
    found = nc.minimize(
        nc.least_squares(A, b) + nc.zoo.l0(), method="best_subset", lam=0.05, max_iter=0
    )
    assert found.certificate.lower_bound <= best * (1 + 1e-12)
    assert found.fun >= best * (1 - 1e-12)


def test_a_bound_that_is_too_sharp_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """With ten times the least eigenvalue the search leaves the best sets out."""
    right = best_subset._least_eigenvalue
    monkeypatch.setattr(best_subset, "_least_eigenvalue", lambda unit: 10 * right(unit) + 1.0)
    worse = 0
    for seed in range(10):
        A, b = problem(20, 8, seed)
        found = nc.minimize(nc.least_squares(A, b) + nc.zoo.l0(), method="best_subset", lam=0.5)
        worse += found.fun > least(A, b, np.full(8, 0.5)) * (1 + 1e-9)
    assert worse > 0


@pytest.mark.parametrize(
    "text",
    ["lam*abs(x)", "lam*abs(sign(x)) + x", "Piecewise((0, x <= 0), (lam, True))", "lam*x**2"],
)
def test_what_does_not_count_is_refused(text: str) -> None:
    assert count_of(nc.function(text), {"lam": 1.0}, 3) is None
    A, b = problem(8, 3, 1)
    with pytest.raises(
        nc.SolverError, match=r"best_subset needs a penalty that counts.*use method"
    ):
        nc.minimize(nc.least_squares(A, b) + nc.function(text), method="best_subset", lam=1.0)
