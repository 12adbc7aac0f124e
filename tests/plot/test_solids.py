"""Bodies in space as numbers: vertices, Euler's formula, volumes, areas, creases, what shows."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.errors import InputError
from normcalc.plot.geometry.body3d import Body3D, body
from normcalc.plot.geometry.camera import Camera
from normcalc.plot.geometry.creases import chains
from normcalc.plot.geometry.mesh3d import chambers, edges_of
from normcalc.plot.geometry.points import differences, point_function
from normcalc.plot.geometry.polytope3d import Polytope, from_rows
from normcalc.plot.geometry.solids import body3d
from normcalc.plot.geometry.view3d import covered, view

ROOT2 = math.sqrt(2)
OWL = nc.function("dot(w, sort(abs(x)))", w=nc.Nonincreasing)
SKEW = [[1.0, 0.45, 0.0], [0.0, 0.9, 0.35], [0.2, 0.0, 1.0]]

# function, parameters, (V, E, F), volume, area; volumes of classical solids by their formulas
SOLIDS = {
    "octahedron": (nc.function("norm(x, 1)"), {}, (6, 12, 8), 4 / 3, 4 * math.sqrt(3)),
    "cube": (nc.function("norm(x, oo)"), {}, (8, 12, 6), 8.0, 24.0),
    "rhombic dodecahedron": (
        nc.function("sum_largest(abs(x), 2)"), {}, (14, 24, 12),
        16 / 9 * math.sqrt(3) * (math.sqrt(3) / 2) ** 3, 8 * ROOT2 * (math.sqrt(3) / 2) ** 2,
    ),
    "cuboctahedron": (
        nc.function("max(norm(x, oo), norm(x, 1)/2)"), {}, (12, 24, 14),
        5 / 3 * ROOT2 * ROOT2**3, (6 + 2 * math.sqrt(3)) * 2,
    ),
    "disdyakis dodecahedron": (OWL, {"w": [3.0, 2.0, 1.0]}, (26, 72, 48), None, None),
    "deltoidal icositetrahedron": (
        nc.function("norm(x, 1) + norm(x, oo)"), {}, (26, 48, 24), None, None,
    ),
    "irrational weights": (OWL, {"w": [1 + ROOT2, 1.0, 1.0]}, (26, 48, 24), None, None),
    "fused": (nc.function("norm(x, 1) + sum(abs(diff(x)))"), {}, (12, 28, 18), None, None),
    "parallelepiped": (
        nc.function("norm(A @ x, oo)", A=nc.Matrix), {"A": SKEW}, (8, 12, 6),
        8 / float(np.linalg.det(np.array(SKEW))), None,
    ),
    "skew octahedron": (
        nc.function("norm(A @ x, 1)", A=nc.Matrix), {"A": SKEW}, (6, 12, 8),
        4 / 3 / float(np.linalg.det(np.array(SKEW))), None,
    ),
}  # fmt: skip


def gamma_volume(p: float) -> float:
    """Return the volume of the ball of the p-norm."""
    return 8 * math.gamma(1 + 1 / p) ** 3 / math.gamma(1 + 3 / p)


# formula, volume, area, smallest and largest turn at a crease in degrees, convex
CURVED = [
    ("norm(x)", 4 * np.pi / 3, 4 * np.pi, None, True),
    ("norm(x, 3/2)", gamma_volume(1.5), None, None, True),
    ("norm(x, 4)", gamma_volume(4), None, None, True),
    ("sum(sqrt(abs(x)))**2", gamma_volume(0.5), None, (170, 180), False),
    ("sqrt(abs(x))", gamma_volume(0.5), None, (170, 180), False),
    ("sqrt(x1**2 + x2**2) + abs(x3)", 2 * np.pi / 3, 2 * np.pi * ROOT2, (90, 90), True),
    ("max(sqrt(x1**2 + x2**2), abs(x3))", 2 * np.pi, 6 * np.pi, (90, 90), True),
    # two cylinders: Archimedes' 16/3
    ("max(sqrt(x1**2 + x2**2), sqrt(x1**2 + x3**2))", 16 / 3, 16.0, (0.5, 90), True),
    # nuclear norm of [[x1, x2/sqrt(2)], [x2/sqrt(2), x3]]: a cylinder of radius and half height
    # sqrt(1/2), turned
    ("max(abs(x1 + x3), sqrt((x1 - x3)**2 + 2*x2**2))", np.pi / ROOT2, 3 * np.pi, (90, 90), True),
    ("sqrt(x1**2 + 4*x2**2 + 9*x3**2)", 4 * np.pi / 18, None, None, True),
]


@pytest.mark.parametrize("name", SOLIDS)
def test_solids(name: str) -> None:
    f, given, counts, volume, area = SOLIDS[name]
    solid = body3d(f, **given)
    assert isinstance(solid, Polytope)
    assert solid.counts == counts
    assert euler(solid) == 2
    np.testing.assert_allclose(f(solid.vertices, **given), 1.0, rtol=1e-12)
    if volume is not None:
        assert solid.volume == pytest.approx(volume, rel=1e-10)
    if area is not None:
        assert solid.area == pytest.approx(area, rel=1e-10)


def euler(solid: Polytope) -> int:
    v, e, f = solid.counts
    return v - e + f


def test_euler_sees_a_missing_face() -> None:
    solid = body3d(nc.function("norm(x, 1)"))
    assert isinstance(solid, Polytope)
    assert euler(replace(solid, faces=solid.faces[1:])) != 2


def test_vertices_are_exact_numbers() -> None:
    solid = body3d(nc.function("norm(x, 1) + norm(x, oo)"))
    assert isinstance(solid, Polytope)
    assert solid.numbers is not None
    assert set(itertools.chain(*solid.numbers)) == {
        sp.Rational(s * n, d) for s in (1, -1) for n, d in ((0, 1), (1, 2), (1, 3), (1, 4))
    }


def test_faces_turn_outwards_and_are_flat() -> None:
    solid = body3d(OWL, w=[3.0, 2.0, 1.0])
    assert isinstance(solid, Polytope)
    for face, row in zip(solid.faces, solid.rows, strict=True):
        corners = solid.vertices[list(face)]
        np.testing.assert_allclose(corners @ row, 1.0, rtol=1e-12)
        assert np.cross(corners[1] - corners[0], corners[2] - corners[1]) @ row > 0


def test_unbounded_rows_are_refused() -> None:
    with pytest.raises(InputError, match="unbounded"):
        from_rows(np.array([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [1, 1, 0]]))


@pytest.mark.parametrize(("text", "volume", "area", "turns", "convex"), CURVED)
def test_curved_bodies(text, volume, area, turns, convex) -> None:
    solid = body3d(nc.function(text))
    assert isinstance(solid, Body3D)
    assert solid.volume == pytest.approx(volume, rel=5e-5)
    if area is not None:
        assert solid.area == pytest.approx(area, rel=1e-6)
    assert solid.convex == convex
    found = np.degrees(solid.creases.turns)
    if turns is None:
        assert len(found) == 0
    else:
        assert turns[0] - 1e-3 < found.min()
        assert found.max() < turns[1] + 1e-3


@pytest.mark.parametrize(("text", "volume", "area", "turns", "convex"), CURVED)
def test_points_lie_on_the_surface_and_enclose_it(text, volume, area, turns, convex) -> None:
    f = nc.function(text)
    solid = body3d(f)
    assert isinstance(solid, Body3D)
    values = np.sum(f.elementwise(solid.points), axis=1) if f.variable.kind == "scalar" else (
        f(solid.points)
    )  # fmt: skip
    np.testing.assert_allclose(values, 1.0, rtol=1e-9)
    edges, _ = edges_of(solid.corners)
    assert len(solid.points) - len(edges) + len(solid.corners) == 2
    chords = np.linalg.det(solid.points[solid.corners]).sum() / 6
    assert chords == pytest.approx(volume, rel=2e-2 if convex else 0.1)


def test_the_measure_of_volume_can_fail() -> None:
    square = body3d(nc.function("max(sqrt(x1**2 + x2**2), 1.001*abs(x3))"))
    assert square.volume != pytest.approx(2 * np.pi, rel=5e-5)


@pytest.mark.parametrize("p", [0.3, 0.5, 2 / 3, 1.5])
def test_tips_are_at_one(p: float) -> None:
    solid = body3d(nc.function("norm(x, p)").bind(p=p) if p > 1 else _quasi(p))
    assert isinstance(solid, Body3D)
    for tip in np.vstack([np.eye(3), -np.eye(3)]):
        assert np.min(np.linalg.norm(solid.points - tip, axis=1)) < 1e-12


def _quasi(p: float) -> nc.Function:
    return nc.function("(abs(x1)**p + abs(x2)**p + abs(x3)**p)**(1/p)").bind(p=p)


def test_tips_off_the_mirrors_are_points_of_the_mesh() -> None:
    g = nc.function("abs(x1 + 2*x3) + sqrt((x1 - 2*x3)**2 + 2*(x2 - x1)**2)")
    apex = np.array([2.0, 2.0, 1.0]) / 4
    cones = body3d(g)
    assert isinstance(cones, Body3D)
    assert np.min(np.linalg.norm(cones.points - apex, axis=1)) < 1e-12


def test_gradients_agree_with_differences() -> None:
    bent = nc.function("sqrt(x1**2 + 2*x2**2) + max(x1, 2*x2) + log(cosh(x3))")
    f = point_function(bent, {}, 3)
    points = np.random.default_rng(0).normal(size=(50, 3))
    np.testing.assert_allclose(f.gradient(points), differences(f.value, points), atol=1e-8)
    assert np.max(np.abs(f.gradient(points) - differences(f.value, points + 0.1))) > 1e-3


def test_creases_of_a_cylinder_are_its_two_circles() -> None:
    solid = body3d(nc.function("max(sqrt(x1**2 + x2**2), abs(x3))"))
    assert isinstance(solid, Body3D)
    paths = chains(solid.creases.ends)
    assert len(paths) == 2
    for path in paths:
        points = solid.points[path]
        np.testing.assert_allclose(np.abs(points[:, 2]), 1.0, atol=1e-12)
        np.testing.assert_allclose(np.hypot(*points[:, :2].T), 1.0, atol=1e-12)
        length = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
        assert length == pytest.approx(2 * np.pi, rel=1e-3)


def test_smooth_bodies_have_no_creases_though_their_formulas_switch() -> None:
    smooth = body3d(nc.function("sqrt(abs(x1)**2 + max(x2, -x2)**2 + x3**2)"))
    assert isinstance(smooth, Body3D)
    assert len(smooth.creases.ends) == 0
    sharp = body3d(nc.function("sqrt(x1**2 + x2**2 + x3**2) + abs(x2)/50"))
    assert isinstance(sharp, Body3D)
    np.testing.assert_allclose(sharp.creases.turns, 2 * np.arctan(1 / 50), rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "convex", "tips"),
    [
        ("sqrt(x1**2 + 100*x2**2 + 10000*x3**2)", True, False),  # very flat, yet smooth
        ("min(sqrt(x1**2 + 4*x2**2 + x3**2), sqrt(4*x1**2 + x2**2 + x3**2))", False, True),
        ("min(norm(x, 1), 3/2*norm(x, oo))", False, True),
        ("norm(x[:2]) + norm(x[1:])", True, True),
        ("norm(x)", True, False),
    ],
)
def test_convexity_and_tips(text: str, convex: bool, tips: bool) -> None:
    solid = body3d(nc.function(text))
    assert isinstance(solid, Body3D)
    assert (solid.convex, solid.tips) == (convex, tips)
    assert not convex or not solid.creases.reentrant.any()


def test_levels() -> None:
    f = nc.function("abs(x1) + abs(x2) + x3**2")
    small, large = body3d(f, 1.0), body3d(f, 4.0)
    # the slice at height h is a diamond of area 2 (c - h^2)^2
    for level, solid in ((1.0, small), (4.0, large)):
        assert solid.volume == pytest.approx(32 / 15 * level**2.5, rel=1e-5)
    cube = body3d(nc.function("norm(x, oo)"), 2.0)
    assert isinstance(cube, Polytope)
    assert cube.volume == pytest.approx(64.0, rel=1e-12)


def test_the_outline_of_a_ball_is_a_circle() -> None:
    seen = view(body3d(nc.function("norm(x)")), Camera())
    (path,) = seen.outline
    np.testing.assert_allclose(np.hypot(*path.T), 1.0, atol=1e-9)
    chord = np.hypot(*np.diff(path, axis=0).T)
    assert chord.max() ** 2 / 8 < 2e-4


def test_hidden_edges_of_a_cube() -> None:
    cube = body3d(nc.function("norm(x, oo)"))
    seen = view(cube, Camera())
    assert (len(seen.faces), len(seen.visible), len(seen.hidden)) == (3, 9, 3)
    corner = Camera().flat(-np.ones(3))
    assert all(min(np.hypot(*(end - corner).T)) < 1e-12 for end in seen.hidden)
    below = view(cube, Camera(33.0, -22.0))
    assert not np.allclose(below.hidden[0], seen.hidden[0])


def test_what_a_star_hides() -> None:
    star = body3d(_quasi(0.5))
    assert isinstance(star, Body3D)
    camera = Camera()
    tips = np.vstack([np.eye(3), -np.eye(3)[1:]])
    assert not covered(star, tips * 0.999, camera).any()
    behind = np.array([[-0.2, -1e-3, -1e-3]])
    assert covered(star, behind, camera).all()


def test_a_sphere_of_chambers_holds_the_mirrors() -> None:
    sphere = chambers(2)
    edges, _ = edges_of(sphere.corners)
    assert len(sphere.points) - len(edges) + len(sphere.corners) == 2
    ends = sphere.points[edges]
    for normal in ([1, 0, 0], [1, -1, 0], [0, 1, 1]):
        sides = ends @ np.array(normal, dtype=float)
        assert np.all(sides[:, 0] * sides[:, 1] > -1e-12)
    assert np.any((ends @ [1.0, -2.0, 0.0]).prod(axis=1) < -1e-3)


def test_bad_requests_are_refused() -> None:
    with pytest.raises(InputError, match="coordinates"):
        body3d(nc.function("abs(x1) + abs(x2)"))
    with pytest.raises(InputError, match="level"):
        body3d(nc.function("norm(x, 1)"), -1.0)
    with pytest.raises(InputError, match="tol"):
        body3d(nc.function("norm(x, 1)"), tol=0.0)
    with pytest.raises(InputError, match="interior"):
        body3d(nc.function("norm(x)"), -1.0)
    with pytest.raises(InputError, match="star-shaped"):
        body3d(nc.function("norm(x) + 4*exp(-40*(norm(x) - 3)**2)"), 4.0)


def test_numeric_route_finds_the_polytope() -> None:
    rough = body(point_function(nc.function("norm(x, 1) + norm(x, oo)"), {}, 3))
    exact = body3d(nc.function("norm(x, 1) + norm(x, oo)"))
    assert rough.volume == pytest.approx(exact.volume, rel=1e-4)
    assert {tuple(p) for p in np.round(np.abs(exact.vertices), 9)} <= {
        tuple(p) for p in np.round(np.abs(rough.points), 9)
    }


DIAGONAL = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / 2


def test_sections_and_shadows_are_polar() -> None:
    cube, cross = nc.function("norm(x, oo)"), nc.function("norm(x, 1)")
    section, shadow = nc.plot.section(cube, DIAGONAL), nc.plot.shadow(cross, DIAGONAL)
    points = np.random.default_rng(2).normal(size=(30, 3))
    np.testing.assert_allclose(section(points), np.abs(points @ DIAGONAL.T).max(axis=1))
    inner, outer = body3d(section), body3d(shadow)
    assert isinstance(inner, Polytope)
    assert isinstance(outer, Polytope)
    assert inner.counts == (6, 12, 8)
    assert outer.counts == (8, 12, 6)
    assert (inner.vertices @ outer.vertices.T).max() == pytest.approx(1.0)
    # a shadow holds the section of the same ball
    wide = nc.plot.shadow(cube, DIAGONAL)
    assert np.all(wide(inner.vertices) <= 1 + 1e-12)
    assert body3d(wide).volume > inner.volume * 1.1


def test_sections_of_curved_balls() -> None:
    ball = body3d(nc.plot.section(nc.function("norm(x)"), DIAGONAL))
    assert ball.volume == pytest.approx(4 * np.pi / 3, rel=1e-6)
    with pytest.raises(InputError, match="polytope"):
        nc.plot.shadow(nc.function("norm(x)"), DIAGONAL)
    with pytest.raises(InputError, match="orthonormal"):
        nc.plot.shadow(nc.function("norm(x, 1)"), 2 * DIAGONAL)
    with pytest.raises(InputError, match="independent"):
        nc.plot.section(nc.function("norm(x, 1)"), np.ones((4, 3)))
    with pytest.raises(InputError, match="columns"):
        nc.plot.section(nc.function("norm(x, 1)"), np.ones((4, 5)))
