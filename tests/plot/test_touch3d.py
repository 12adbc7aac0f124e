"""Contacts in space: against dual norms, linear programmes, and points of the plane."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

import normcalc as nc
from normcalc.errors import InputError
from normcalc.plot import touch3d

NORMAL = np.array([3.0, 2.0, 1.0])
# A norm, the dual norm of NORMAL by hand, and where the ball touches {NORMAL . x = 6}.
DUALS = [
    ("norm(x, 1)", 3.0, [2, 0, 0]),
    ("norm(x)", 14**0.5, np.array([18, 12, 6]) / 14),
    ("norm(x, oo)", 6.0, [1, 1, 1]),
    ("norm(x, 3/2)", 36 ** (1 / 3), np.array([9, 4, 1]) * 6 / 36),
    ("max(sqrt(x1**2 + x2**2), abs(x3))", 13**0.5 + 1,
     np.array([3 / 13**0.5, 2 / 13**0.5, 1]) * 6 / (13**0.5 + 1)),
    ("norm(x[:2]) + abs(x[2])", 13**0.5, np.array([18, 12, 0]) / 13),
]  # fmt: skip


@pytest.mark.parametrize(("text", "dual", "point"), DUALS)
def test_planes(text: str, dual: float, point: np.ndarray) -> None:
    found = touch3d(text, NORMAL, 6)
    assert found.unique
    assert found.value == pytest.approx(6 / dual, rel=1e-12)
    np.testing.assert_allclose(found.points[0], point, atol=3e-8)
    assert found.value != pytest.approx(6 / (dual + 1e-3), rel=1e-9)


@pytest.mark.parametrize(("text", "dual", "point"), DUALS)
def test_the_other_side(text: str, dual: float, point: np.ndarray) -> None:
    np.testing.assert_allclose(touch3d(text, NORMAL, -6).points[0], -np.array(point), atol=3e-8)


def test_tips_are_exact() -> None:
    assert touch3d("norm(x, 1)", NORMAL, 6).points.tolist() == [[2, 0, 0]]
    assert touch3d("sum(sqrt(abs(x)))**2", NORMAL, 6).points.tolist() == [[2, 0, 0]]


@pytest.mark.parametrize(
    ("text", "normal", "corners"),
    [
        ("norm(x, 1)", [2, 2, 1], [[0, 0.5, 0], [0.5, 0, 0]]),
        ("norm(x, 1)", [1, 1, 1], [[0, 0, 1], [0, 1, 0], [1, 0, 0]]),
        ("norm(x, oo)", [0, 1, 1], [[-0.5, 0.5, 0.5], [0.5, 0.5, 0.5]]),
        ("norm(x[:2]) + abs(x[2])", [3, 4, 5], [[0, 0, 0.2], [0.12, 0.16, 0]]),
    ],
)
def test_flat_contacts(text: str, normal: list[float], corners: list[list[float]]) -> None:
    found = touch3d(text, normal, 1)
    assert found.flat
    assert not found.unique
    order = np.lexsort(found.points.T[::-1])
    np.testing.assert_allclose(found.points[order], corners, atol=1e-9)


def test_isolated_solutions_are_not_a_face() -> None:
    found = touch3d("sum(sqrt(abs(x)))**2", [1, 1, 1], 1)
    assert len(found.points) == 3
    assert not found.flat


def least(norm: str, rows: np.ndarray, right: np.ndarray) -> float:
    """Return the least 1-norm or maximum norm by a linear programme."""
    n = 3
    if norm == "norm(x, 1)":
        return float(linprog(np.ones(2 * n), A_eq=np.hstack([rows, -rows]), b_eq=right).fun)
    above = np.block([[np.eye(n), -np.ones((n, 1))], [-np.eye(n), -np.ones((n, 1))]])
    equal = np.hstack([rows, np.zeros((len(rows), 1))])
    cost = np.append(np.zeros(n), 1)
    return float(linprog(cost, above, np.zeros(2 * n), equal, right, bounds=(None, None)).fun)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("norm", ["norm(x, 1)", "norm(x, oo)"])
def test_linear_programmes_agree(norm: str, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, right = rng.standard_normal((count, 3)), rng.standard_normal(count)
    found = touch3d(norm, rows, right)
    assert found.value == pytest.approx(least(norm, rows, right), rel=1e-9)
    np.testing.assert_allclose(found.points @ rows.T, np.tile(right, (len(found.points), 1)),
                               atol=1e-12)  # fmt: skip
    np.testing.assert_allclose(nc.function(norm)(found.points), found.value, rtol=1e-9)


def test_a_line_that_lies_on_an_edge() -> None:
    found = touch3d("norm(x, 1)", [[1, 1, 0], [0, 0, 1]], [1, 0])
    assert found.flat
    ends = sorted(found.points.round(12).tolist())
    assert ends == [[0, 1, 0], [1, 0, 0]]


@pytest.mark.parametrize(
    ("rows", "right", "words"),
    [
        ([1, 2], 1, "one equation"),
        ([[1, 2, 3], [2, 4, 6]], [1, 2], "multiples"),
        ([0, 0, 0], 1, "zero"),
        ([1, np.nan, 1], 1, "finite"),
        (np.eye(3), [1, 1, 1], "two for a line"),
    ],
)
def test_bad_equations_are_refused(rows, right, words) -> None:
    with pytest.raises(InputError, match=words):
        touch3d("norm(x, 1)", rows, right)


def test_figures_say_what_they_show() -> None:
    plane = nc.plot.contact3d("norm(x, 1)", [1, 1, 1], 1)
    assert "in a whole face: every point between" in nc.plot.alt_text_of(plane.figure)
    line = nc.plot.contact3d("norm(x, oo)", [[1, 1, 1], [1, -1, 0.5]], [1, 0.2])
    assert "touches the line" in nc.plot.alt_text_of(line.figure)
    with pytest.raises(InputError, match="through the origin"):
        nc.plot.contact3d("norm(x, 1)", [1, 1, 1], 0)


def hidden_length(camera: tuple[float, float]) -> int:
    """Return how many pieces of a line are drawn thin, as hidden by a sphere."""
    ax = nc.plot.contact3d("norm(x)", [[1, 0, 0], [0, 0, 1]], [1, 0], camera=camera)
    thin = [c for c in ax.collections if np.allclose(c.get_linewidths(), 0.8) and c.get_alpha()]
    return sum(len(c.get_segments()) for c in thin if c.get_alpha() == 0.7)


def test_a_line_behind_the_ball_is_hidden() -> None:
    assert hidden_length((0, 0)) == 0
    assert hidden_length((180, 0)) > 3
