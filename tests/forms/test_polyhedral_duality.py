"""Polyhedral gauges: exact rows and vertices, bidual, Hölder, an independent linear program."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from normcalc.errors import InputError, NotDerivable
from normcalc.forms.polyhedral import (
    Polyhedral,
    dual,
    flat_direction,
    from_rows,
    is_nonnegative,
    is_symmetric,
    kernel,
    vertices,
)
from normcalc.forms.polyhedral_read import polyhedral, to_function
from normcalc.language.build import function

OCTAGON = "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"
PHI = (1 + sp.sqrt(5)) / 2

# formula, number of rows, number of ball vertices
NORMS = {
    "abs(x1) + abs(x2)": (4, 4),
    "max(abs(x1), abs(x2))": (4, 4),
    OCTAGON: (8, 8),
    "max(abs(x1), abs(x2), abs(x1 - x2))": (6, 6),
    "max(abs(x1) + abs(x2)/2, abs(x2) + abs(x1)/2)": (8, 8),
    "pi*abs(x1) + abs(x2)": (4, 4),
    "sqrt(2)*abs(x1) + cbrt(3)*abs(x2)": (4, 4),
    "abs(x1) + abs(x2) + abs(x3)": (8, 6),
    "max(abs(x1), abs(x2), abs(x3))": (6, 8),
    # a hexagonal prism: 8 facets, 12 vertices
    "max(abs(x1), abs(x1/2 + sqrt(3)*x2/2), abs(x1/2 - sqrt(3)*x2/2), abs(x3))": (8, 12),
    # the largest two of three sizes: a cuboctahedron's dual ball
    "max(abs(x1) + abs(x2), abs(x2) + abs(x3), abs(x1) + abs(x3))": (12, 14),
    "abs(x1) + max(abs(x2), abs(x3)) + max(abs(x1), abs(x4))": None,
    "max(x1, -x1/2) + abs(x2)": (4, 4),
}


def numeric(points: tuple[tuple[sp.Expr, ...], ...]) -> np.ndarray:
    return np.array([[float(x) for x in point] for point in points])


def gauge_of(text: str) -> Polyhedral:
    found = polyhedral(function(text))
    assert found is not None
    return found


@pytest.mark.parametrize("text", NORMS)
def test_counts_of_rows_and_vertices(text: str) -> None:
    if NORMS[text] is not None:
        gauge = gauge_of(text)
        assert (len(gauge.rows), len(vertices(gauge))) == NORMS[text]


@pytest.mark.parametrize("text", NORMS)
def test_value_is_the_formula(text: str) -> None:
    f, gauge = function(text), gauge_of(text)
    points = np.random.default_rng(1).standard_normal((50, gauge.dimension))
    expected = (points @ numeric(gauge.rows).T).max(axis=1)
    assert f(points) == pytest.approx(expected, abs=1e-12)
    assert to_function(gauge)(points) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("text", NORMS)
def test_bidual_is_the_gauge(text: str) -> None:
    gauge = gauge_of(text)
    assert dual(dual(gauge)) == gauge


@pytest.mark.parametrize("text", NORMS)
def test_dual_is_the_support_of_the_ball_by_an_independent_program(text: str) -> None:
    gauge = gauge_of(text)
    rows, polar = numeric(gauge.rows), to_function(dual(gauge))
    for y in np.random.default_rng(2).standard_normal((4, gauge.dimension)):
        best = linprog(-y, A_ub=rows, b_ub=np.ones(len(rows)), bounds=(None, None))
        assert polar(y) == pytest.approx(-best.fun, rel=1e-9)


@pytest.mark.parametrize("text", NORMS)
def test_hoelder_holds_and_is_attained(text: str) -> None:
    gauge = gauge_of(text)
    corners, f, polar = numeric(vertices(gauge)), function(text), to_function(dual(gauge))
    assert f(corners) == pytest.approx(1.0)
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((2, 40, gauge.dimension))
    assert (np.sum(x * y, axis=1) <= f(x) * polar(y) + 1e-12).all()
    assert (corners @ y.T).max(axis=0) == pytest.approx(polar(y))


def test_octagon_is_exact() -> None:
    gauge = gauge_of(OCTAGON)
    half = sp.sqrt(2) / 2
    assert set(gauge.rows) == {
        *product((half, -half), repeat=2), (1, 0), (-1, 0), (0, 1), (0, -1)
    }  # fmt: skip
    t = sp.sqrt(2) - 1
    corners = {(s * a, r * b) for a, b in ((1, t), (t, 1)) for s in (1, -1) for r in (1, -1)}
    assert set(vertices(gauge)) == {tuple(map(sp.expand, corner)) for corner in corners}
    assert set(vertices(dual(gauge))) == set(gauge.rows)
    assert str(gauge) == "max(abs(x1), sqrt(2)*(abs(x1) + abs(x2))/2, abs(x2))"


def test_rows_of_the_plane_turn_left() -> None:
    angles = np.unwrap([np.arctan2(y, x) for x, y in numeric(gauge_of(OCTAGON).rows)])
    assert (np.diff(angles) > 0).all()


def test_icosahedron_and_dodecahedron() -> None:
    rows = [
        r
        for s, t in product((1, -1), repeat=2)
        for r in ((0, s, t * PHI), (s, t * PHI, 0), (t * PHI, 0, s))
    ]
    gauge = from_rows(rows)
    assert (len(gauge.rows), len(vertices(gauge))) == (12, 20)
    assert dual(dual(gauge)) == gauge


@pytest.mark.parametrize("size", [3, 4, 5])
def test_cross_polytope_and_cube(size: int) -> None:
    one = gauge_of(" + ".join(f"abs(x{i + 1})" for i in range(size)))
    assert (len(one.rows), len(vertices(one))) == (2**size, 2 * size)
    largest = ", ".join(f"abs(x{i + 1})" for i in range(size))
    assert dual(one) == gauge_of(f"max({largest})")


def test_sheared_diamond() -> None:
    # |x1 + x2| + |x2|: the diamond precomposed with [[1, 1], [0, 1]]
    gauge = gauge_of("abs(x1 + x2) + abs(x2)")
    assert set(vertices(gauge)) == {(1, 0), (-1, 0), (-1, 1), (1, -1)}
    assert gauge == gauge_of("max(abs(x1 + 2*x2), abs(x1))")


def test_total_variation_vanishes_on_constants() -> None:
    gauge = gauge_of("abs(x2 - x1) + abs(x3 - x2) + abs(x4 - x3)")
    assert kernel(gauge) == ((1, 1, 1, 1),)
    with pytest.raises(NotDerivable, match="unbounded along"):
        dual(gauge)


@pytest.mark.parametrize(
    ("text", "symmetric", "nonnegative", "bounded"),
    [
        (OCTAGON, True, True, True),
        ("abs(x1 - x2)", True, True, False),
        ("max(x1, x2, -x1 - x2)", False, True, True),
        ("max(x1, x2, 0)", False, True, False),
        ("max(x1, x2)", False, False, False),
        ("max(x1, x2, x1 + x2/2, -x1)", False, True, False),
    ],
)
def test_position_of_zero(text: str, symmetric: bool, nonnegative: bool, bounded: bool) -> None:
    gauge = gauge_of(text)
    direction = flat_direction(gauge)
    assert (is_symmetric(gauge), is_nonnegative(gauge), direction is None) == (
        symmetric, nonnegative, bounded
    )  # fmt: skip
    if direction is not None:
        assert function(text)([float(x) for x in direction]) <= 0
        assert any(direction)


@pytest.mark.parametrize(
    "text",
    [
        "x1**2 + x2**2", "sqrt(x1**2 + x2**2)", "abs(x1) - abs(x2)", "-max(x1, x2)",
        "min(x1, x2)", "abs(x1) + 1", "max(abs(x1), x2, 1)", "lam*abs(x1) + abs(x2)",
        "abs(abs(x1) - abs(x2))", "x1*x2", "abs(x1)/x2", "exp(x1) + x2",
    ],
)  # fmt: skip
def test_other_functions_are_not_polyhedral(text: str) -> None:
    assert polyhedral(function(text)) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("-min(x1, x2)", "max(-x1, -x2)"),
        ("abs(abs(x1) + abs(x2))", "abs(x1) + abs(x2)"),
        ("max(abs(x1), abs(x1)/2, 0*x1, x1)+0*x2", "abs(x1)+0*x2"),
        ("2*max(x1, x2) - min(x1, x2)*3", "max(2*x1, 2*x2) + max(-3*x1, -3*x2)"),
        ("(abs(x1) + abs(x2))/2 - (-abs(x1))", "3*abs(x1)/2 + abs(x2)/2"),
    ],
)
def test_spellings_of_one_gauge(text: str, same: str) -> None:
    assert gauge_of(text) == gauge_of(same)


def test_redundant_rows_are_dropped_even_by_a_hair() -> None:
    # (1/2, 1/2) lies on the edge; a rational just beyond it does not
    base = [(1, 0), (0, 1), (-1, 0), (0, -1)]
    half, hair = Fraction(1, 2), Fraction(1, 2) + Fraction(1, 10**30)
    edge = [*base, (sp.Rational(half), sp.Rational(half))]
    assert len(from_rows(edge).rows) == 4
    beyond = [*base, (sp.Rational(half.numerator, 2), sp.Rational(str(hair)))]
    assert len(from_rows(beyond).rows) == 5


def test_redundancy_in_space_is_exact() -> None:
    base = list(product((1, -1), repeat=3))
    middle = (sp.Integer(1), sp.Rational(1, 3), sp.Rational(-1, 7))
    assert len(from_rows([*base, middle]).rows) == 8
    outside = (1 + sp.Rational(1, 10**20), sp.Rational(1, 3), sp.Rational(-1, 7))
    assert len(from_rows([*base, outside]).rows) == 9


@pytest.mark.parametrize("rows", [[], [()], [(1, 2), (1,)], [(sp.oo, 1)], [(sp.Symbol("a"), 1)]])
def test_bad_rows_are_refused(rows: list[tuple[object, ...]]) -> None:
    with pytest.raises(InputError):
        from_rows(rows)  # type: ignore[arg-type]


ROW = st.tuples(*[st.fractions(-3, 3, max_denominator=3)] * 3)


@settings(max_examples=25, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=5))
def test_random_symmetric_bodies(rows: list[tuple[Fraction, ...]]) -> None:
    box = [tuple(int(i == j) * s for j in range(3)) for i in range(3) for s in (1, -1)]
    signed = [tuple(s * x for x in row) for row in rows for s in (1, -1)]
    gauge = from_rows([[sp.Rational(str(x)) for x in row] for row in [*box, *signed]])
    polar = dual(gauge)
    assert dual(polar) == gauge
    products = numeric(gauge.rows) @ numeric(polar.rows).T
    # every vertex touches at least three facets, and none sticks out
    assert products.max() == pytest.approx(1.0)
    assert (np.isclose(products, 1.0).sum(axis=0) >= 3).all()


def test_the_checks_catch_a_missing_vertex() -> None:
    gauge = gauge_of(OCTAGON)
    maimed = Polyhedral(2, vertices(gauge)[1:])
    assert dual(maimed) != gauge
    best = linprog([-1, -float(sp.sqrt(2) - 1)], A_ub=numeric(gauge.rows), b_ub=np.ones(8),
                   bounds=(None, None))  # fmt: skip
    assert to_function(maimed)([1.0, float(sp.sqrt(2) - 1)]) < -best.fun - 1e-3
