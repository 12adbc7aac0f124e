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
    sweeps.swept(function, root, blind)(TARGETS, points, steps, len(points), lo, hi, ())
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
