"""Balls of gauges, dual norms and support functions: bodies behind formulas, and their polars."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.errors import InputError
from normcalc.plot.geometry.bodies import boundary2d, dual_boundary2d
from normcalc.plot.geometry.body3d import Body3D
from normcalc.plot.geometry.polytope3d import Polytope

RNG = np.random.default_rng(7)

DUALS = [
    "dual_norm(norm(x, 1) + norm(x))",
    "2*dual_norm(norm(x, 3/2))",
    "support_function(sum(abs(x)**3) <= 2)",
    "gauge(sum(exp(abs(x)) - 1) <= 1)",
    "dual_norm(sqrt(sum_largest(x**2, 2)))",
]


@pytest.mark.parametrize("text", DUALS)
@pytest.mark.parametrize("level", [1.0, 3.0])
def test_the_function_has_its_level_on_the_boundary(text: str, level: float) -> None:
    f = nc.function(text)
    points = nc.plot.boundary2d(f, level).points
    for point in points[RNG.choice(len(points), 3)]:
        assert f(point) == pytest.approx(level, rel=1e-6)
    body = nc.plot.body3d(f, level)
    assert isinstance(body, Body3D)
    assert body.convex
    for point in body.points[RNG.choice(len(body.points), 2)]:
        assert f(point) == pytest.approx(level, rel=1e-5)


def test_volumes_of_polars() -> None:
    rounded = nc.plot.body3d("dual_norm(norm(x, 1) + norm(x))")  # a cube and all within 1 of it
    assert rounded.volume == pytest.approx(32 + 6 * np.pi + 4 * np.pi / 3, rel=1e-3)
    can = nc.plot.body3d("dual_norm(norm(x[:2]) + abs(x[2]))")
    assert can.volume == pytest.approx(2 * np.pi, rel=1e-3)
    assert can.area == pytest.approx(6 * np.pi, rel=2e-3)
    rims = can.creases.middle
    assert len(rims) > 50
    assert np.max(np.abs(np.abs(rims[:, 2]) - 1)) < 1e-9
    assert np.max(np.abs(np.hypot(rims[:, 0], rims[:, 1]) - 1)) < 0.01
    flat = nc.plot.area(nc.plot.boundary2d("dual_norm(norm(x, 1) + norm(x))"))
    assert flat == pytest.approx(4 + 8 + np.pi, rel=1e-4)


def test_polars_of_polytopes_are_polytopes() -> None:
    octahedron = nc.plot.body3d("dual_norm(max(abs(x)))", 2.0)
    assert isinstance(octahedron, Polytope)
    assert octahedron.counts == (6, 12, 8)
    assert octahedron.volume == pytest.approx(8 * 4 / 3, rel=1e-12)
    assert nc.plot.boundary2d("dual_norm(max(abs(x)))").exact
    again = nc.plot.body3d("dual_norm(dual_norm(max(abs(x))))")
    assert (again.counts, round(again.volume, 9)) == ((8, 12, 6), 8.0)


def test_a_dual_ball_is_that_of_the_formula_of_the_dual_norm() -> None:
    found = nc.plot.body3d("dual_norm(norm(x, 3))")
    wanted = nc.plot.body3d("norm(x, 3/2)")
    assert found.volume == pytest.approx(wanted.volume, rel=2e-3)
    other = nc.plot.body3d("norm(x, 4/3)")
    assert found.volume != pytest.approx(other.volume, rel=2e-2)


def test_gauge_with_parameters() -> None:
    shifted = nc.gauge(nc.function("indicator(norm(x - c) <= 2)", c=nc.Vector))
    body = nc.plot.boundary2d(shifted, c=[0.5, -1.0])
    assert np.allclose(np.hypot(*(body.points - [0.5, -1.0]).T), 2.0)
    support = nc.support_function(nc.function("indicator(norm(x - c) <= 2)", c=nc.Vector))
    edge = nc.plot.boundary2d(support, c=[0.5, -1.0]).points
    values = edge @ [0.5, -1.0] + 2 * np.hypot(*edge.T)
    assert np.allclose(values, 1.0, atol=1e-6)
    solid = nc.plot.body3d(shifted, c=[0.5, -1.0, 0.0])
    assert solid.volume == pytest.approx(32 * np.pi / 3, rel=1e-3)


def test_what_has_no_body_behind_it_says_so() -> None:
    with pytest.raises(InputError, match="alone or with a number in front"):
        nc.plot.ball("dual_norm(norm(x, 1) + norm(x)) + norm(x)")
    with pytest.raises(InputError, match="unbounded"):
        nc.plot.ball3d("dual_norm(norm(diff(x)))")


def test_balls_of_duals_say_what_they_are() -> None:
    for draw in (nc.plot.ball, nc.plot.ball3d):
        ax = draw("dual_norm(norm(x, 1) + norm(x))")
        assert "dual_norm" in nc.plot.alt_text_of(ax.figure)


def test_thin_polars_stay_as_near_as_asked() -> None:
    fine = dual_boundary2d(nc.function("norm(x, 1) + norm(x)"))
    thin = boundary2d(nc.function("dual_norm(norm(x, 1) + norm(x))"), tol=1e-3)
    assert len(thin.points) < len(fine.points) / 8
    after = np.roll(thin.points, -1, axis=0)
    normals = np.stack([after[:, 1] - thin.points[:, 1], thin.points[:, 0] - after[:, 0]], axis=1)
    normals /= np.hypot(*normals.T)[:, None]
    beyond = np.max(fine.points @ normals.T - np.sum(thin.points * normals, axis=1), axis=1)
    assert 0 <= beyond.max() < 1e-4 * np.abs(fine.points).max()
