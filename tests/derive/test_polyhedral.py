"""Polyhedral functions and polyhedra against every choice of active rows, and an inner solver."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.optimize import linprog

import normcalc as nc
from normcalc.forms import lower
from normcalc.forms.polyhedral_terms import polyhedral_terms
from normcalc.operators import BySize, FirstOf, PolyhedralProx
from normcalc.operators.active_set import BELOW, EQUAL, Rows, minimised
from normcalc.theorems.registry import theorems_for
from tests.derive.polyhedral_oracle import nearest
from tests.derive.test_theorems import operators

R = np.sqrt(0.5)
SIGNS = [[1, 1], [1, -1], [-1, 1], [-1, -1]]
AXES = [[1, 0], [-1, 0], [0, 1], [0, -1]]

# formula, rows and constraints typed by hand as (matrix, shift), parameters
CASES = [
    ("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))",
     ([*AXES, *(R * np.array(SIGNS))], [0] * 8), None, None, {}),
    ("max(x1 + 1, lam*x2, -x1)", ([[1, 0], [0, 0.5], [-1, 0]], [1, 0, 0]), None, None,
     {"lam": 0.5}),
    ("max(abs(x1 - a), 2*abs(x2))", ([[1, 0], [-1, 0], [0, 2], [0, -2]], [-0.5, 0.5, 0, 0]),
     None, None, {"a": 0.5}),
    ("abs(x1) + 2*abs(x2)", ([[1, 2], [1, -2], [-1, 2], [-1, -2]], [0] * 4), None, None, {}),
    ("max(x1, x1, x1/2, x2)", ([[1, 0], [0.5, 0], [0, 1]], [0, 0, 0]), None, None, {}),
    ("max(2*x1 - 1, 0)", ([[2], [0]], [-1, 0]), None, None, {}),
    ("max(x1, x2) - min(x1, x3)",
     ([[0, 0, 0], [1, 0, -1], [-1, 1, 0], [0, 1, -1]], [0] * 4), None, None, {}),
    ("indicator((x1 + 2*x2 <= 1) & (x1 >= 0))", None, ([[1, 2], [-1, 0]], [-1, 0]), None, {}),
    ("indicator((x1 <= 1) & (2*x1 <= 2) & (x1 <= 3) & (x2 == x1))", None,
     ([[1, 0], [2, 0], [1, 0]], [-1, -2, -3]), ([[-1, 1]], [0]), {}),
    ("indicator(max(abs(x1), abs(x2)) <= r) + abs(x1 + x2)",
     ([[1, 1], [-1, -1]], [0, 0]), (AXES, [-0.7] * 4), None, {"r": 0.7}),
    ("indicator(2*x1 <= 1)", None, ([[2]], [-1]), None, {}),
    ("indicator(abs(x1) + abs(x2) <= 1)", None, (SIGNS, [-1] * 4), None, {}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_the_point_is_the_best_of_all_choices(case) -> None:
    formula, rows, below, equal, values = case
    f = nc.function(formula, **({"a": nc.Real} if "a" in values else {}))
    prox, n = nc.prox(f), f.variable.size
    rng = np.random.default_rng(0)
    on_faces = [np.zeros(n), np.ones(n), np.eye(n)[0], -2.0 * np.eye(n)[-1]]
    for v in (*rng.normal(size=(6, n)) * 2, *on_faces):
        found = prox(v, step=0.8, **values)
        np.testing.assert_allclose(
            found, nearest(v, 0.8, rows, below, equal), rtol=0, atol=2e-14 * (1 + abs(v).max())
        )


@pytest.mark.parametrize("seed", range(30))
def test_small_integer_systems(seed: int) -> None:
    """Repeated, parallel and dependent rows abound among small integers."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 4))
    A, C = (rng.integers(-1, 3, size=(m, n)).astype(float) for m in (4, 1))
    b, d = (rng.integers(-2, 3, size=m).astype(float) for m in (4, 1))
    v = rng.integers(-3, 4, size=n).astype(float)
    largest = nc.prox(nc.function("max(A @ x - b)"))(v, step=0.5, A=A, b=b)
    np.testing.assert_allclose(largest, nearest(v, 0.5, (A, -b)), atol=1e-13)
    sets = [
        ("indicator(A @ x <= b)", {"A": A, "b": b}, None),
        ("indicator((A @ x <= b) & (C @ x == d))", {"A": A, "b": b, "C": C, "d": d}, (C, -d)),
    ]
    for formula, values, equal in sets:  # fmt: skip
        kinds = {name: nc.Vector for name in ("b", "d") if name in values}
        project = nc.projection(nc.function(formula, **kinds))
        equations = {"A_eq": C, "b_eq": d} if equal else {}
        solvable = linprog(np.zeros(n), A, b, bounds=(None, None), **equations).status == 0
        if solvable:
            wanted = nearest(v, 1.0, None, (A, -b), equal)
            np.testing.assert_allclose(project(v, **values), wanted, atol=1e-13)
        else:
            with pytest.raises(nc.NotDerivable, match="empty"):
                project(v, **values)


def test_an_empty_set_is_refused_with_weights_that_prove_it() -> None:
    project = nc.projection(nc.function("indicator((x1 + 2*x2 <= 1) & (x1 >= 1) & (x2 >= 0.25))"))
    with pytest.raises(nc.NotDerivable) as caught:
        project([0.0, 0.0])
    parts = re.findall(r"(\S+) times \(\[(.+?)\] @ x <= (\S+)\)", str(caught.value))
    weights, bounds = (np.array([float(p[k]) for p in parts]) for k in (0, 2))
    rows = np.array([[float(x) for x in p[1].split(",")] for p in parts])
    assert (weights > 0).all()
    np.testing.assert_allclose(weights @ rows, 0, atol=1e-12)
    assert weights @ bounds == pytest.approx(-0.5)
    assert "reads 0 <= -0.5" in str(caught.value)


BOTH = [
    ("max(abs(A @ x))", {}),
    ("sum(abs(A @ x - b))", {"b": nc.Vector}),
    ("sum(max(1 - A @ x, 0))", {}),
    ("sum(abs(diff(diff(x))))", {}),
    ("lam*sum(abs(x)) + mu*sum(abs(diff(diff(x))))", {}),
    ("indicator(A @ x <= b)", {"b": nc.Nonnegative.vector}),
    ("indicator((A @ x <= b) & (x >= 0))", {"b": nc.Nonnegative.vector}),
    ("max(abs(A @ x)) + sum(abs(x)) + dot(c, x)", {}),
]  # fmt: skip


@pytest.mark.parametrize(
    "formula",
    [
        "sum(abs(diff(x)))",
        "sum(w*abs(diff(x)))",
        "sum(max(2*diff(x), -diff(x)/2))",
        "indicator(diff(x) >= 0)",
        "lam*sum(abs(x)) + sum(abs(diff(x)))",
        "indicator(x >= 0) + sum(abs(diff(x)))",
    ],
)
def test_the_taut_string_and_the_active_set_agree(formula: str) -> None:
    kinds = {"w": nc.Nonnegative.vector} if "w*" in formula else {}
    f, rng = nc.function(formula, **kinds), np.random.default_rng(2)
    exact = PolyhedralProx(polyhedral_terms(f), "x")
    for n in (2, 3, 7):
        values = {"lam": 0.3, "w": rng.uniform(0, 2, n - 1)}
        own = {p.name: values[p.name] for p in f.parameters}
        for v in (2 * rng.normal(size=n), np.round(2 * rng.normal(size=n)), np.ones(n)):
            found = nc.prox(f)(v, step=0.8, **own)
            np.testing.assert_allclose(found, exact(v, 0.8, own), atol=1e-12)


@pytest.mark.parametrize(("formula", "kinds"), BOTH)
def test_the_active_set_and_the_inner_solver_agree(formula: str, kinds: dict) -> None:
    rng = np.random.default_rng(1)
    f = nc.function(formula, **kinds)
    options = [nc.prox(f).operator]
    while not isinstance(options[-1], BySize):
        assert isinstance(options[-1], FirstOf)
        options = list(options[-1].options)
    A, b = rng.normal(size=(4, 3)), np.abs(rng.normal(size=4))
    values = {"A": A, "b": b, "c": rng.normal(size=3), "lam": 0.4, "mu": 0.7}
    for v in rng.normal(size=(4, 3)) * 2:
        exact, solved = (way(v, 0.6, values) for way in (options[-1].few, options[-1].many))
        np.testing.assert_allclose(exact, solved, atol=1e-8)


@pytest.mark.parametrize(
    ("formula", "values"),
    [
        ("max(x)", {}),
        ("2*sum_largest(x, 1) - min(x)", {}),
        ("indicator(max(abs(x)) <= r)", {"r": 0.5}),
        ("max(max(x), dot(c, x))", {"c": np.array([0.5, -1.0, 2.0])}),
        ("indicator((x >= 0) & (sum(x) == r))", {"r": 2.0}),
    ],
)
def test_where_two_theorems_apply_they_agree(formula: str, values: dict) -> None:
    names = {t.name for t in theorems_for("prox", lower(nc.function(formula)))}
    assert names & {"prox_of_polyhedral_function", "prox_of_polyhedral_sum"}
    found = operators("prox", formula)
    for v in np.random.default_rng(2).normal(size=(5, 3)) * 2:
        points = [operator(v, 0.8, values) for operator in found]
        np.testing.assert_allclose(points, [points[0]] * len(points), atol=1e-10)


@pytest.mark.parametrize("size", [1.0, 1e-8, 1e8])
def test_the_simplex_to_the_last_digits(size: float) -> None:
    """The point is max(v - t, 0), and t is found by trying every number of positive entries."""
    v = np.random.default_rng(3).normal(size=7) * size
    rows = Rows(np.concatenate([-np.eye(7), np.ones((1, 7))]), np.append(np.zeros(7), -size),
                np.array([BELOW] * 7 + [EQUAL]))  # fmt: skip
    found = minimised(v, 1.0, rows)
    shifts = [(np.sort(v)[-k:].sum() - size) / k for k in range(1, 8)]
    wanted = min((np.maximum(v - t, 0) for t in shifts), key=lambda u: abs(u.sum() - size))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-15 * size)


def test_far_shifts_do_not_round_the_slopes() -> None:
    f = nc.function("indicator(x1 - 3*x2 <= b)")
    found = nc.projection(f)([4e15, 0.0], b=1e15 / 3)
    assert found[0] - 3 * found[1] == pytest.approx(1e15 / 3, rel=1e-15)
    assert 3 * (found[0] - 4e15) == pytest.approx(-found[1], rel=1e-13)


def test_the_oracle_sees_a_wrong_row() -> None:
    v, rows = np.array([2.0, 0.3]), ([[1, 0], [0, 1]], [0, 0])
    right = nc.prox(nc.function("max(x1, x2)"))(v, step=1.0)
    wrong = nc.prox(nc.function("max(x1, 1.001*x2)"))(v * [1, 5], step=1.0)
    np.testing.assert_allclose(right, nearest(v, 1.0, rows), atol=1e-14)
    assert np.abs(wrong - nearest(v * [1, 5], 1.0, rows)).max() > 1e-4


COORDINATES = [
    "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))",
    "indicator((x1 + 2*x2 <= 1) & (x1 >= 0))",
    "sqrt(x1**2 + x2**2)",
    "lam*x1**2 + x1*x2 + abs(x3)",
    "x1*log(x1) + abs(x2 - x3)",
    "indicator(x1**2 + x2**2 <= 1)",
]


@pytest.mark.parametrize("formula", COORDINATES)
def test_functions_of_coordinates_are_certified(formula: str) -> None:
    f = nc.function(formula)
    derived = nc.projection(f) if formula.startswith("indicator") else nc.prox(f)
    assert nc.certify(derived, budget=2.0).points > 0


def test_a_wrong_prox_of_coordinates_is_refuted() -> None:
    f = nc.function(COORDINATES[0])
    right = nc.prox(f)
    with pytest.raises(nc.Refuted):
        nc.certify(lambda v, step: 1.01 * right(v, step=step), f, budget=2.0)


@pytest.mark.parametrize(
    ("formula", "kinds", "reason"),
    [
        ("min(x1, x2) + abs(x1 - 3*x2)", {}, "a maximum is subtracted"),
        ("max(c*abs(x1), x2)", {"c": nc.Real}, "the sign of c is not known"),
        ("exp(x1*x2) + x1**3", {}, "is not built from affine forms"),
        ("indicator(abs(x1) + x2 == 1)", {}, "is not built from affine forms"),
    ],
)
def test_what_is_not_convex_is_refused(formula: str, kinds: dict, reason: str) -> None:
    with pytest.raises(nc.NotDerivable, match=reason):
        nc.prox(nc.function(formula, **kinds))


def test_a_difference_whose_terms_share_entries_is_refused_at_a_point() -> None:
    with pytest.raises(nc.NotDerivable, match="not orthogonal"):
        nc.prox(nc.function("abs(x1 + x2) - abs(x1)"))([1.0, 2.0], step=0.5)


@pytest.mark.parametrize("seed", range(25))
def test_the_scale_of_a_constraint_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    A, b = rng.integers(-1, 2, size=(30, n)) * 1.0, rng.integers(-1, 4, size=30) * 1.0
    sizes, v = 10.0 ** rng.integers(-8, 9, size=30), rng.integers(-3, 4, size=n) * 1.0
    below = np.full(30, BELOW)
    plain, scaled = Rows(A, -b, below), Rows(sizes[:, None] * A, -sizes * b, below)
    if linprog(np.zeros(n), A, b, bounds=(None, None)).status == 0:
        np.testing.assert_allclose(minimised(v, 1.0, scaled), minimised(v, 1.0, plain), atol=1e-13)
    else:
        for rows in (plain, scaled):
            with pytest.raises(nc.NotDerivable, match="empty"):
                minimised(v, 1.0, rows)
