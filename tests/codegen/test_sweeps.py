"""Newton's method for blocks of numbers, against the search for one."""

from __future__ import annotations

import numpy as np
import pytest

from normcalc.codegen import primitives as prim
from normcalc.codegen import sweeps

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

SHAPES = {
    "line": (lambda u: 2 * u, lambda u: 2.0, -np.inf, np.inf),
    "steep near zero": (lambda u: u + 4e5 * u**3, lambda u: 1 + 1.2e6 * u**2, 0.0, np.inf),
    "logistic": (
        lambda u: u + 3 / (1 + np.exp(-u)),
        lambda u: 1 + 3 * np.exp(-u) / (1 + np.exp(-u)) ** 2,
        -np.inf,
        np.inf,
    ),
    "pole": (lambda u: u - 2 / u**2, lambda u: 1 + 4 / u**3, 0.0, np.inf),
    "two ends": (np.arctanh, lambda u: 1 / (1 - u * u), -1.0, 1.0),
    "square": (lambda u: u**2, lambda u: 2 * u, 0.0, np.inf),
    "no derivative": (lambda u: u + u**3, lambda u: np.float64(np.nan), -np.inf, np.inf),
}
TARGETS = np.concatenate([[0.0, np.nan, np.inf, 1e-300, 1e300], 10.0 ** np.linspace(-9, 3, 60)])


def swept(shape: str, blind: int, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of a sweep, and those that the search finds one by one."""
    value, derivative, lo, hi = SHAPES[shape]
    function = lambda u, k: (value(u), derivative(u))  # noqa: E731
    root = prim.rooted(function)
    points, steps = starts.copy(), np.empty_like(starts)
    step = sweeps.stepping(function)
    sweeps.swept(step, function, root, blind)(TARGETS, points, steps, len(points), lo, hi, ())
    return points, np.array([root(t, lo, hi, 0.5, ()) for t in TARGETS])


@pytest.mark.parametrize("blind", [0, 2])
@pytest.mark.parametrize("start", ["target", "far", "outside"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_sweep_finds_what_the_search_finds(shape: str, start: str, blind: int) -> None:
    starts = {"target": TARGETS, "far": TARGETS + 1e3, "outside": -1e3 - TARGETS}[start]
    points, want = swept(shape, blind, starts)
    told = ~np.isnan(TARGETS)
    np.testing.assert_allclose(points[told], want[told], rtol=1e-13, atol=1e-160)


def test_that_the_check_sees_a_point_one_step_early() -> None:
    points, want = swept("logistic", 0, TARGETS)
    told = np.isfinite(TARGETS) & (TARGETS > 1e-3)
    early = points[told] * (1 + 1e-11)
    assert not np.allclose(early, want[told], rtol=1e-13, atol=1e-160)


@pytest.mark.parametrize(
    ("u", "lo", "hi"), [(-3.0, 0.0, np.inf), (5.0, -np.inf, 1.0), (9.0, 0.0, 1.0), (0.5, 0.0, 1.0)]
)
def test_starts_lie_between_the_ends(u: float, lo: float, hi: float) -> None:
    assert lo < sweeps.brought_inside(u, lo, hi) < hi
    assert u <= lo or u >= hi or sweeps.brought_inside(u, lo, hi) == u


# What vanishes at the point, with three derivatives.
GAPS = {
    "square": (lambda u, t, k: (u * u - t, 2 * u, 2.0, 0.0), np.sqrt),
    "a term beside its inverse": (
        lambda u, t, k: (u * (u * u - t) + 1e-6, 3 * u * u - t, 6 * u, 6.0),
        lambda t: np.sqrt(t) * np.cos(np.arccos(-0.5e-6 * (3 / t) ** 1.5) / 3) * 2 / np.sqrt(3),
    ),
    "reciprocal": (
        lambda u, t, k: (-1 / u - (-t), 1 / u**2, -2 / u**3, 6 / u**4),
        lambda t: 1 / t,
    ),
    "overflow": (
        lambda u, t, k: (np.exp(u * u) - t, 2 * u * np.exp(u * u), np.inf * u, np.inf * u),
        lambda t: np.sqrt(np.log(t)),
    ),
}


@pytest.mark.parametrize("away", [1e-6, 0.3, 7.0, 1e5])
@pytest.mark.parametrize("shape", GAPS)
def test_steps_of_fourth_order_rest_at_the_zero_or_not_at_all(shape: str, away: float) -> None:
    gap, exact = GAPS[shape]
    step = sweeps.leaping(gap)
    for target in np.geomspace(1.5, 1e4, 40):
        zero, u, before = exact(target), exact(target) * (1 + away), np.inf
        for _ in range(6):
            trial, reach = step(u, target, 0.0, np.inf, ())
            moved = abs(trial - u)
            if moved <= reach * trial and moved <= 1e-2 * before:
                assert trial == pytest.approx(zero, rel=1e-13)
            u, before = trial, moved
        assert shape == "overflow" or away > 1.0 or u == pytest.approx(zero, rel=1e-13)


def test_that_a_short_step_alone_would_be_believed() -> None:
    step = sweeps.leaping(GAPS["overflow"][0])
    trial, reach = step(2.0, 1e4, 0.0, np.inf, ())
    assert trial == 2.0 or np.isnan(trial)
    assert np.isnan(reach)


def test_a_block_takes_steps_of_fourth_order() -> None:
    function = lambda u, k: (u * u, 2 * u)  # noqa: E731
    step = sweeps.leaping(GAPS["square"][0])
    targets = np.geomspace(1e-9, 1e9, 50)
    points, steps = 1.2 * np.sqrt(targets), np.empty_like(targets)
    root = prim.rooted(function)
    sweeps.swept(step, function, root, 2)(targets, points, steps, 50, 0.0, np.inf, ())
    np.testing.assert_allclose(points, np.sqrt(targets), rtol=1e-15)
    assert (steps < 0.0).all()
