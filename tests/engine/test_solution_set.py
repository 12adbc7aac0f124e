"""Whether a solution is the only one: by hand where that is seen, and against random tilts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

import normcalc as nc
from normcalc.engine import solution_set

RNG = np.random.default_rng(2)
WIDE = RNG.normal(size=(10, 25))
B = WIDE[:, :2] @ [2.0, -1.0]
TWICE = np.concatenate([WIDE, WIDE[:, :1]], axis=1)  # the first column once more
L1 = nc.function("lam*abs(x)")


@pytest.mark.parametrize(
    ("penalty", "matrix", "unique"),
    [
        ("lam*abs(x)", WIDE, True),
        ("lam*abs(x)", TWICE, False),
        ("lam*abs(x) + x**2/2", TWICE, True),
        ("lam*max(x, -2*x)", TWICE, False),
        ("lam*abs(x)", WIDE[:, :8], True),
    ],
)
@pytest.mark.parametrize("kind", ["squares", "logistic"])
def test_columns_that_are_twice_there_can_share(
    penalty: str, matrix: Any, unique: bool, kind: str
) -> None:
    loss: Any = nc.least_squares(matrix, B)
    if kind == "logistic":
        loss = nc.loss("log(1 + exp(-y*z))", matrix, np.sign(B))
    objective = loss + nc.function(penalty)
    found = solution_set(objective, lam=0.3)
    assert found.unique is unique, found.why
    if found.ends is not None:
        funs = [
            loss.bound({}).value(matrix @ end) + float(nc.function(penalty)(end, lam=0.3))
            for end in (found.x, *found.ends, np.mean(found.ends, axis=0))
        ]
        assert max(funs) - min(funs) < 1e-8 * max(funs)
        apart = np.flatnonzero(np.abs(found.ends[0] - found.ends[1]) > 1e-6)
        assert apart.tolist() == [0, 25]


def test_a_constraint_parallel_to_an_edge_and_one_that_is_not() -> None:
    pursuit = nc.function("norm(x, 1) + indicator(A @ x == b)")
    parallel = solution_set(pursuit, A=np.array([[1.0, 1.0, 0.5]]), b=np.array([2.0]))
    assert parallel.unique is False
    ends = sorted(end.round(5).tolist() for end in parallel.ends or ())
    assert ends == [[0.0, 2.0, 0.0], [2.0, 0.0, 0.0]]
    tilted = solution_set(pursuit, A=np.array([[1.0, 1.01, 0.5]]), b=np.array([2.0]))
    assert tilted.unique is True
    np.testing.assert_allclose(tilted.x, [0.0, 2.0 / 1.01, 0.0], atol=1e-6)


def test_what_is_not_known_is_not_claimed() -> None:
    grouped = nc.least_squares(TWICE, B) + nc.function("lam*norm(x, inf)")
    found = solution_set(grouped, lam=0.3)
    assert found.unique is None
    assert "not summed over coordinates" in found.why
    full = nc.least_squares(WIDE[:, :8], B) + nc.function("lam*norm(x, inf)")
    assert solution_set(full, lam=0.3).unique is True
    bent = nc.least_squares(WIDE, B) + nc.function("lam*min(abs(x), 1)")
    assert solution_set(bent, lam=0.3).unique is None


def test_no_solution_is_no_set() -> None:
    pursuit = nc.function("norm(x, 1) + indicator(A @ x == b)")
    found = solution_set(pursuit, A=np.ones((2, 2)), b=np.array([1.0, 2.0]))
    assert found.unique is None
    assert "infeasible" in found.why


@pytest.mark.parametrize("seed", range(5))
def test_tilted_objectives_do_not_move_a_unique_solution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.integers(-1, 2, size=(5, 9)).astype(float)
    y = rng.integers(-3, 4, size=5).astype(float)
    found = solution_set(nc.least_squares(X, y) + L1, lam=0.5)
    tilt = nc.function("lam*abs(x) + c*x", c=nc.Real)
    objective = nc.least_squares(X, y) + tilt
    tilts = 1e-6 * rng.normal(size=(3, 9))
    there = [nc.minimize(objective, lam=0.5, c=c, tol=1e-12).x for c in (*tilts, -tilts[0])]
    moved = max(float(np.abs(x - there[0]).max()) for x in there)
    assert found.unique is not None
    assert found.unique == (moved < 1e-3)


def reaches(A: Any, b: Any) -> tuple[float, Any]:
    """Return the least 1-norm and the least and largest entries, by linear programmes."""
    rows, sides = np.hstack([A, -A]), np.ones(2 * A.shape[1])
    least = linprog(sides, A_eq=rows, b_eq=b).fun
    most = {"A_ub": [sides], "b_ub": [least * (1.0 + 1e-9)]}
    units = [np.concatenate([unit, -unit]) for unit in np.eye(A.shape[1])]
    ends = [
        [sign * linprog(sign * unit, A_eq=rows, b_eq=b, **most).fun for sign in (1.0, -1.0)]
        for unit in units
    ]
    return float(least), np.array(ends)


def within(end: Any, A: Any, b: Any) -> bool:
    least, extremes = reaches(A, b)
    low, high = extremes.T
    inside = np.all((low - 1e-5 <= end) & (end <= high + 1e-5))
    return bool(inside and np.abs(A @ end - b).max() < 1e-6 and np.abs(end).sum() < least + 1e-5)


@pytest.mark.parametrize("seed", [1, 2, 3, 5, 8, 13, 21, 34])
def test_small_linear_programmes_have_the_solutions_that_are_described(seed: int) -> None:
    rng = np.random.default_rng(seed)
    A = rng.integers(-2, 3, size=(2, 5)).astype(float)
    b = A @ [1.0, -2.0, 0.0, 1.0, 0.0]
    found = solution_set(nc.function("norm(x, 1) + indicator(A @ x == b)"), A=A, b=b)
    low, high = reaches(A, b)[1].T
    assert found.unique is bool(np.max(high - low) < 1e-5), found.why
    for end in found.ends or (found.x,):
        assert within(end, A, b)
        assert not within(end + np.eye(5)[0], A, b)
