"""Contacts with level sets of least squares: against solvers, enumeration, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.errors import InputError
from normcalc.plot import LossContact, touch2d

A = np.array([[0.9, 0.5], [0.1, 0.8], [0.4, -0.2]])
B = np.array([1.02, 1.23, -0.18])
# The ball of a norm, and the penalty whose solutions lie on it.
PAIRS = [("norm(x, 1)", "abs(x)"), ("norm(x)", "x**2/2"), ("norm(x, 3)", "abs(x)**3")]


def loss(x: np.ndarray) -> float:
    return float(np.sum((A @ x - B) ** 2)) / 2


@pytest.mark.parametrize("strength", [0.1, 0.7])
@pytest.mark.parametrize(("norm", "penalty"), PAIRS)
def test_solutions_of_the_solver_are_contacts(norm: str, penalty: str, strength: float) -> None:
    x = nc.minimize(nc.least_squares(A, B) + strength * nc.function(penalty), tol=1e-13).x
    found = touch2d(norm, A, B, level=loss(x))
    assert found.unique
    np.testing.assert_allclose(found.points, [x], atol=1e-6)
    assert len(found.local) == 0
    # another level has another contact
    assert np.max(np.abs(touch2d(norm, A, B, level=1.1 * loss(x)).points - x)) > 1e-4


CURVES = ["norm(x, 1)", "norm(x, oo)", "(sqrt(abs(x1)) + sqrt(abs(x2)))**2", "log(1 + abs(x))"]


@pytest.mark.parametrize("text", CURVES)
def test_nothing_on_the_ellipse_is_smaller(text: str) -> None:
    f = nc.function(text)
    best = np.linalg.lstsq(A, B)[0]
    found = touch2d(f, A, B, level=loss(best) + 0.2)
    assert isinstance(found, LossContact)
    around = np.linspace(0, 2 * np.pi, 4001)
    half = np.linalg.cholesky(np.linalg.inv(A.T @ A)) * 0.4**0.5  # another way to the ellipse
    border = best + np.stack([np.cos(around), np.sin(around)], axis=1) @ half.T
    np.testing.assert_allclose([loss(x) for x in border[::400]], loss(best) + 0.2)
    scalar = f.variable.kind == "scalar"
    values = f.elementwise(border).sum(axis=1) if scalar else f(border)
    assert np.min(values) >= found.value * (1 - 1e-12)
    assert np.min(values) <= found.value * 1.05  # samples miss a tip
    assert loss(found.points[0]) == pytest.approx(loss(best) + 0.2, rel=1e-12)


def test_a_tip_is_exact() -> None:
    found = touch2d("norm(x, 1)", np.diag([2.0, 1.0]), [4.0, 0.5], level=0.5)
    assert found.points[0, 1] == 0.0
    assert found.points[0, 0] == pytest.approx(2 - 0.75**0.5 / 2, rel=1e-15)
    assert found.unique


def test_columns_that_agree_leave_a_segment() -> None:
    found = touch2d("norm(x, 1)", [[1, 1], [2, 2]], [1.5, 3.0], level=0.1)
    assert not found.unique
    assert found.loss.is_strip
    size = 1.5 - (0.2 / 5) ** 0.5
    np.testing.assert_allclose(sorted(found.segment.tolist()), [[0, size], [size, 0]], atol=1e-12)
    assert touch2d("norm(x)", [[1, 1], [2, 2]], [1.5, 3.0], level=0.1).unique


def test_zero_inside_is_the_solution() -> None:
    found = touch2d("norm(x, 1)", np.eye(2), [0.1, 0.1], level=0.5)
    assert found.value == 0
    np.testing.assert_array_equal(found.points, [[0, 0]])


def test_other_minima_are_told_from_the_back_of_the_ellipse() -> None:
    text = "(sqrt(abs(x1)) + sqrt(abs(x2)))**2"
    found = touch2d(text, np.eye(2), [1.0, 1.1], level=0.7)
    assert len(found.points) == 1
    np.testing.assert_allclose(found.local[:, 1], 0.0, atol=1e-12)
    assert len(touch2d("norm(x, 1)", np.eye(2), [1.0, 1.1], level=0.7).local) == 0


@pytest.mark.parametrize(
    ("rows", "right", "level", "words"),
    [
        (A, B, 0.0, "larger than the least value"),
        (np.zeros((2, 2)), [1, 1], 1.0, "not all zero"),
        (A, B[:2], 1.0, "right-hand sides"),
        (A, B, None, "level="),
        (np.eye(3), [1, 1, 1], 1.0, "in the plane"),
    ],
)
def test_bad_losses_are_refused(rows, right, level, words) -> None:
    with pytest.raises(InputError, match=words):
        touch2d("norm(x, 1)", rows, right, level=level)


def test_figure_says_what_it_shows() -> None:
    ax = nc.plot.contact("norm(x, 1)", [[1, 1]], [2.0], level=0.5)
    text = nc.plot.alt_text_of(ax.figure)
    assert "touches the strip where the loss is at most 0.5" in text
    assert "every point from (1, 0) to (0, 1)" in text
    assert "ellipse" in nc.plot.alt_text_of(nc.plot.contact("norm(x)", A, B, level=0.5).figure)
