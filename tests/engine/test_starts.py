"""Several starting points: better answers, the same each time."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc


def problem(seed: int):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(12, 10)) + rng.normal(size=(12, 1))
    return nc.least_squares(A, A[:, 0] - A[:, 1] + 0.3 * rng.normal(size=12)) + nc.zoo.l0()


def test_more_starts_are_never_worse_and_come_closer_to_the_best_subset() -> None:
    one, many, best = [], [], []
    for seed in range(8):
        objective = problem(seed)
        one.append(nc.minimize(objective, lam=0.3).fun)
        many.append(nc.minimize(objective, lam=0.3, starts=20, rng=1).fun)
        best.append(nc.minimize(objective, lam=0.3, method="best_subset").fun)
    one, many, best = map(np.array, (one, many, best))
    assert np.all(best <= many * (1 + 1e-9))
    assert np.all(many <= one * (1 + 1e-12))
    assert np.sum(many - best) < 0.5 * np.sum(one - best)


def test_the_same_numbers_give_the_same_answer() -> None:
    found = [nc.minimize(problem(3), lam=0.3, starts=5, rng=seed).x for seed in (4, 4)]
    np.testing.assert_array_equal(*found)
    assert nc.minimize(problem(3), lam=0.3, starts=5).status == "stationary"  # and never optimal


def test_what_is_proved_needs_no_other_start() -> None:
    loss = nc.least_squares(np.eye(3), [3.0, 1.0, 0.0])
    found = nc.minimize(loss + nc.function("lam*abs(x)"), lam=1.0, starts=50)
    assert found.message.endswith("the best of 1 starts, reached from 1")
    with pytest.raises(nc.InputError, match="starts must be positive"):
        nc.minimize(loss + nc.function("lam*abs(x)"), lam=1.0, starts=0)
