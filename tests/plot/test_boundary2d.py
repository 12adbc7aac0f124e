from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import normcalc as nc
from normcalc.errors import InputError, ParameterError
from normcalc.plot.geometry.bodies import boundary2d, dual_boundary2d
from normcalc.plot.geometry.boundary2d import Boundary2D, area
from normcalc.plot.geometry.polygon import is_convex, shoelace
from normcalc.plot.words import meaning

LP = nc.function("(abs(x1)**p + abs(x2)**p)**(1/p)")
OCTAGON = nc.function("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))")

AREAS = [
    (1 / 2, 2 / 3),
    (2 / 3, 3 * np.pi / 8),
    (1, 2.0),
    (3 / 2, 2.73785),
    (2, np.pi),
    (4, 3.70815),
]

# formula, parameters, level, area, number of kinks, meaning
BODIES = [
    ("abs(x1) + abs(x2)", {}, 1.0, 2.0, 4, "polyhedral"),
    ("norm(x, 1)", {}, 3.0, 18.0, 4, "polyhedral"),
    ("norm(x, oo)", {}, 1.0, 4.0, 4, "polyhedral"),
    ("norm(x, 2)", {}, 1.0, np.pi, 0, "smooth"),
    ("x1**2 + x2**2", {}, 4.0, 4 * np.pi, 0, "smooth"),
    ("sqrt(abs(x))", {}, 1.0, 2 / 3, 4, "nonconvex"),
    ("x**2", {}, 1.0, np.pi, 0, "smooth"),
    ("dot(w, sort(abs(x)))", {"w": [2.0, 1.0]}, 1.0, 2 / 3, 8, "polyhedral"),
    ("lam*max(abs(x1), abs(x2))", {"lam": 2.0}, 1.0, 1.0, 4, "polyhedral"),
    # half a disk and half a square: corners where the pieces meet, at angles that are not special
    ("max(abs(x1), sqrt(x1**2 + 4*x2**2))", {}, 1.0, np.pi / 2, 0, "smooth"),
    ("abs(x1) + sqrt(x1**2 + x2**2)", {}, 1.0, 4 / 3, 2, "structured"),
    ("max(2*x1, -x1, x2, -3*x2)", {}, 1.0, 2.0, 4, "polyhedral"),
    ("log(1 + abs(x))", {}, float(np.log(2)), 4 * (2 * np.log(2) - 1), 4, "nonconvex"),
]


@pytest.mark.parametrize(("p", "expected"), AREAS)
def test_area_of_lp_balls(p: float, expected: float) -> None:
    assert area(boundary2d(LP, p=p)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("text", "params", "level", "expected", "corners", "kind"), BODIES)
def test_bodies(text, params, level, expected, corners, kind) -> None:
    body = boundary2d(nc.function(text), level, **params)
    assert area(body) == pytest.approx(expected, rel=5e-4)
    assert len(body.kinks) == corners
    assert meaning(body) == kind
    assert body.closed
    assert len(body.recession) == 0


@pytest.mark.parametrize(("text", "params", "level", "expected", "corners", "kind"), BODIES)
def test_points_lie_on_the_level(text, params, level, expected, corners, kind) -> None:
    f = nc.function(text)
    points = boundary2d(f, level, **params).points
    if f.variable.kind == "scalar":
        values = f.elementwise(points, **params).sum(axis=1)
    else:
        values = f(points, **params)
    np.testing.assert_allclose(values, level, rtol=1e-12)


def test_area_check_can_fail() -> None:
    coarse = boundary2d(LP, p=2, tol=0.05)
    assert abs(area(coarse) - np.pi) > 1e-3


def test_octagon_vertices_are_exact() -> None:
    body = boundary2d(OCTAGON)
    short = np.sqrt(2.0) - 1
    expected = {
        (a * s, b * t) for a, b in ((1, short), (short, 1)) for s in (1, -1) for t in (1, -1)
    }
    assert body.exact
    assert len(body.points) == 8
    for point in body.points:
        assert min(np.hypot(*(point - np.array(e))) for e in expected) < 1e-15


@pytest.mark.parametrize("p", [0.1, 0.5, 2 / 3, 1.0, 1.5, 4.0])
def test_tips_are_at_one(p: float) -> None:
    points = boundary2d(LP, p=p).points
    for tip in ([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]):
        assert np.min(np.hypot(*(points - tip).T)) < 1e-12


def test_kinks_between_the_grid_are_solved() -> None:
    # max(3 |x1|, |x2| + x2**2/7...) is not homogeneous: its corner is where both branches are one
    f = nc.function("max(3*abs(x1), abs(x2) + x2**2/7)")
    corner = (1 / 3, (-7 + np.sqrt(49 + 28)) / 2)
    body = boundary2d(f)
    assert np.min(np.hypot(*(body.kinks - corner).T)) < 1e-13


def test_numeric_route_agrees_with_exact_vertices() -> None:
    from normcalc.plot.geometry.boundary2d import trace
    from normcalc.plot.geometry.points import point_function

    body = trace(point_function(OCTAGON))
    assert not body.exact
    np.testing.assert_allclose(
        np.sort(body.points, axis=0), np.sort(boundary2d(OCTAGON).points, axis=0), atol=1e-14
    )


@pytest.mark.parametrize(
    "text", ["abs(x1 - x2)", "sqrt((x1 - x2)**2)", "abs(x1 - pi*x2)", "abs(2*x1 - 2*x2)"]
)
def test_strip_is_unbounded_along_its_kernel(text: str) -> None:
    body = boundary2d(nc.function(text))
    slope = 1 / np.pi if "pi" in text else 1.0
    unit = np.array([1.0, slope]) / np.hypot(1.0, slope)
    assert not body.closed
    assert area(body) == np.inf
    assert len(body.recession) == 2
    for direction in body.recession:
        assert abs(abs(direction @ unit) - 1) < 1e-12
    assert np.max(np.abs(body.points)) == pytest.approx(body.window)


def test_halfplane_gives_the_ends_of_its_recession_cone() -> None:
    body = boundary2d(nc.function("max(0, x1 + x2)"), window=2.0)
    found = {tuple(np.round(d * np.sqrt(2)).astype(int)) for d in body.recession}
    assert found == {(1, -1), (-1, 1)}
    assert body.window == 2.0


def test_bounded_penalty_is_unbounded_along_the_axes() -> None:
    mcp = nc.function("Piecewise((abs(x) - x**2/6, abs(x) <= 3), (3/2, True))")
    found = {tuple(np.round(d).astype(int)) for d in boundary2d(mcp, 1.7).recession}
    assert found == {(1, 0), (0, 1), (-1, 0), (0, -1)}
    assert boundary2d(mcp, 1.4).closed


@pytest.mark.parametrize("p", [0.5, 1.5, 2.0])
def test_a_ball_is_fast(p: float) -> None:
    boundary2d(LP, p=p)
    start = time.process_time()
    boundary2d(LP, p=p)
    assert time.process_time() - start < 0.5


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(-5, 5), st.integers(-5, 5)).filter(any), min_size=1, max_size=5
    ),
    weight=st.integers(1, 4),
)
def test_random_norms(rows: list[tuple[int, int]], weight: int) -> None:
    terms = [f"abs({a}*x1 + {b}*x2)" for a, b in rows]
    f = nc.function(" + ".join(terms) + f" + {weight}*sqrt(x1**2 + x2**2)")
    body = boundary2d(f)
    np.testing.assert_allclose(f(body.points), 1.0, rtol=1e-12)
    assert is_convex(body.points)
    lines = {tuple(np.array(r) // np.gcd(*r) * (1 if r > (0, 0) else -1)) for r in rows}
    assert len(body.kinks) == 2 * len(lines)
    for a, b in lines:
        assert np.min(np.abs(body.kinks @ [a, b])) < 1e-14


DUALS = [
    ("abs(x1) + abs(x2)", 4.0, True),
    ("max(abs(x1), abs(x2))", 2.0, True),
    ("sqrt(x1**2 + 4*x2**2)", 2 * np.pi, False),
    ("(abs(x1)**(3/2) + abs(x2)**(3/2))**(2/3)", 3.53327749, False),  # l_3
    ("sqrt(abs(x))", 4.0, False),  # only the convex hull counts
]


@pytest.mark.parametrize(("text", "expected", "exact"), DUALS)
def test_dual_area(text: str, expected: float, exact: bool) -> None:
    body = dual_boundary2d(nc.function(text))
    assert area(body) == pytest.approx(expected, rel=1e-5)
    assert body.exact == exact


def test_bipolar_of_the_octagon() -> None:
    from normcalc.plot.geometry.polar2d import polar

    again = polar(dual_boundary2d(OCTAGON)).points
    np.testing.assert_allclose(
        np.sort(again, axis=0), np.sort(boundary2d(OCTAGON).points, axis=0), atol=1e-14
    )


def test_bad_input_is_refused() -> None:
    l1 = nc.function("abs(x1) + abs(x2)")
    with pytest.raises(InputError, match="level"):
        boundary2d(l1, -1.0)
    with pytest.raises(InputError, match="tol"):
        boundary2d(l1, tol=float("nan"))
    with pytest.raises(InputError, match="coordinates"):
        boundary2d(nc.function("abs(x1) + abs(x2) + abs(x3)"))
    with pytest.raises(InputError, match="no interior point"):
        boundary2d(nc.function("exp(x1) + abs(x2)"), 0.5)
    with pytest.raises(InputError, match="star-shaped"):
        boundary2d(nc.function("abs(sin(3*x1)) + x1**2/100 + x2**2"), 0.5)
    with pytest.raises(InputError, match="unbounded"):
        dual_boundary2d(nc.function("abs(x1 - x2)"))
    with pytest.raises(ParameterError):
        boundary2d(LP)


def test_boundary_is_a_frozen_value() -> None:
    body = boundary2d(OCTAGON)
    assert isinstance(body, Boundary2D)
    with pytest.raises(AttributeError):
        body.closed = False
    assert shoelace(body.points[::-1]) == -shoelace(body.points)


def test_geometry_does_not_load_matplotlib() -> None:
    code = (
        "import sys, normcalc as nc; f = nc.function('abs(x1) + abs(x2)');"
        "nc.plot.boundary2d(f); nc.plot.touch2d(f, [1, 2], 3);"
        "nc.plot.body3d(nc.function('norm(x) + abs(x[0])'));"
        "sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
