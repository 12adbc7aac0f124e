"""The gap of the inner solver bounds what the objective of its answer can still lose."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.operators import split

RNG = np.random.default_rng(5)
A = RNG.normal(size=(4, 3))
CASES = {
    "norm(A @ x) + norm(x)": {"A": A},
    "norm(A @ x)": {"A": A},
    "norm(A @ x, 1) + norm(x)**2/2 + norm(x)": {"A": A},
    "sum(abs(diff(x))) + norm(x)": {},
    "norm(A @ x) + indicator(x >= 0)": {"A": A},
    "log(sum(exp(A @ x))) + norm(x, 1)": {"A": A},
}
HARD = ("norm(A @ x) + norm(x)", "norm(A @ x) + indicator(x >= 0)")


def objective(formula: str, u: np.ndarray, v: np.ndarray, step: float, values: dict) -> float:
    return float(nc.function(formula)(u, **values)) + float((u - v) @ (u - v)) / (2 * step)


@pytest.mark.parametrize("formula", CASES)
@pytest.mark.parametrize("step", [0.05, 1.0])
def test_the_gap_is_small(formula: str, step: float) -> None:
    p, v = nc.prox(nc.function(formula)), np.array([1.0, -2.0, 0.5])
    gap = p.gap(v, step=step, **CASES[formula])
    assert 0 <= gap <= 1e-7


@pytest.mark.parametrize("formula", HARD)
@pytest.mark.parametrize("rounds", [3, 10, 30])
def test_the_gap_bounds_the_error_of_a_solver_stopped_early(
    formula: str, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    values, step, v = CASES[formula], 1.0, np.array([1.0, 2.0, 0.5])
    p = nc.prox(nc.function(formula))
    least = objective(formula, p(v, step=step, **values), v, step, values)
    monkeypatch.setattr(split, "_ROUNDS", rounds)
    monkeypatch.setattr(split, "_ENOUGH", np.inf)
    early = split.inner_solver(p.operator)(v, step, values)
    gap = p.gap(v, step=step, **values)
    reached = objective(formula, early, v, step, values)
    assert gap > 1e-13
    assert not np.isfinite(reached) or reached - least <= gap + 1e-9


def test_multipliers_of_other_terms_give_no_small_gap() -> None:
    """Were the multipliers not subgradients of the terms, a wrong point would pass."""
    shrink = lambda y, t: np.sign(y) * np.maximum(np.abs(y) - t, 0)  # noqa: E731
    terms = [split.SplitTerm(np.eye(1), np.zeros(1), shrink, lambda y: float(np.abs(y).sum()))]
    v = np.array([3.0])
    right = split.minimised(v, 1.0, terms)
    wrong = split.Found(right.point + 0.1, right.images, 0.0, 1, right.multipliers)
    image = split.Found(right.point + 0.1, [right.images[0] + 0.1], 0.0, 1, right.multipliers)
    assert split.duality_gap(v, 1.0, terms, right) < 1e-9
    assert split.duality_gap(v, 1.0, terms, wrong) > 1e-3
    assert split.duality_gap(v, 1.0, terms, image) > 1e-3


def test_closed_forms_have_none() -> None:
    with pytest.raises(nc.NotDerivable, match="no inner solver"):
        nc.prox(nc.function("norm(x)")).gap([1.0, 2.0], step=1.0)


def test_shares_have_none() -> None:
    p = nc.prox(nc.function("infimal_convolution(norm(x), norm(x, 1))"))
    with pytest.raises(nc.NotDerivable, match="no bound"):
        p.gap([1.0, 2.0], step=1.0)
