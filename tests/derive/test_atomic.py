"""Atomic norms, gauges of points and Lovasz extensions, against programmes and permutations."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
import sympy as sp
from scipy.optimize import linprog

import normcalc as nc

NORM, GAUGE = nc.function("atomic_norm(x, V)"), nc.function("gauge_of_points(x, V)")
POINTS = {
    "corner": [[1, 0], [1, 1]],
    "segment": [[1, 2]],
    "triangle": [[0.5, 1], [-1, 1], [0, -1]],
    "repeated": [[1, 0], [1, 0], [0.5, 0], [0, 2], [-1, -1], [0.5, 1]],
    "plane in space": [[1, 2, 3], [0, 1, 1]],
    "cube corner": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]],
    "cube": [[a, b, c] for a in (1, -1) for b in (1, -1) for c in (1, -1)],
    "line": [[1], [-3], [0.5]],
    "origin": [[0, 0]],
}


def least_sum(points, x) -> float:
    answer = linprog(np.ones(len(points)), A_eq=np.transpose(points), b_eq=x)
    return float(answer.fun) if answer.status == 0 else np.inf


@pytest.mark.parametrize("name", POINTS)
def test_the_gauge_is_the_least_sum_of_weights(name: str) -> None:
    points = np.array(POINTS[name], dtype=float)
    exact, rng = nc.gauge_of_points(POINTS[name]), np.random.default_rng(0)
    weights = rng.integers(0, 4, size=(6, len(points)))
    samples = [*(weights @ points), *rng.integers(-2, 3, size=(6, points.shape[1]))]
    for x in samples:
        wanted = pytest.approx(least_sum(points, x), abs=1e-8)
        assert exact(x) == wanted
        assert GAUGE(x, V=points) == wanted
        assert NORM(x, V=points) == pytest.approx(least_sum([*points, *-points], x), abs=1e-8)


def test_many_points_take_a_programme() -> None:
    V = np.random.default_rng(1).normal(size=(40, 6))
    x = V[3] + 2 * V[17]
    few = GAUGE(x[None], V=V)
    assert few == pytest.approx(least_sum(V, x), rel=1e-12)
    assert NORM(x, V=np.eye(40)[:, :6] + 0) == pytest.approx(np.abs(x).sum())
    half = np.abs(V)
    assert GAUGE(-half[0], V=half) == np.inf


def test_formulas_are_exact() -> None:
    third = nc.atomic_norm([[Fraction(1, 3), 0], [0, sp.sqrt(2)]])
    assert str(third) == "3*abs(x1) + sqrt(2)*abs(x2)/2"
    assert str(nc.gauge_of_points([[0.1], [-2]])) == "max(10*x1, -x1/2)"
    assert str(nc.gauge_of_halfspaces([[1, 1], [2, 2], [-1, 0], [0, -1]])) == (
        "max(2*(x1 + x2), -x1, -x2)"
    )
    assert str(nc.gauge_of_halfspaces([[1, 2]])) == "max(x1 + 2*x2, 0*x1)"


@pytest.mark.parametrize("bad", [[1, 2], [[np.inf, 1]], [["a"]], [[]], [[1, 2], [1]]])
def test_bad_points_are_refused(bad) -> None:
    for make in (nc.atomic_norm, nc.gauge_of_points, nc.gauge_of_halfspaces):
        with pytest.raises((nc.InputError, nc.ParameterError)):
            make(bad)


def test_dual_norms_come_in_pairs() -> None:
    V = np.random.default_rng(2).normal(size=(5, 3))
    largest = nc.function("3*max(abs(V @ x))")
    dual = nc.dual_norm(largest).value
    assert str(dual) == "1/3*atomic_norm(x, V)"
    assert str(nc.dual_norm(dual).value) == "3*max(abs(V @ x))"
    assert nc.certify(nc.dual_norm(largest), values={"V": V}, budget=4.0).points > 0
    with pytest.raises(nc.NotDerivable, match="only a norm"):
        nc.dual_norm(GAUGE)
    assert str(nc.conjugate(GAUGE).value) == "Piecewise((0, max(V @ x) <= 1), (oo, True))"


@pytest.mark.parametrize("f", [NORM, GAUGE], ids=str)
def test_the_prox_is_certified_and_moves_by_a_point_of_the_polar(f: nc.Function) -> None:
    prox = nc.prox(f)
    assert nc.certify(prox, budget=3.0).points > 0
    V, v = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), np.array([3.0, 0.2])
    u = prox(v, step=0.5, V=V)
    y = (v - u) / 0.5
    assert (V @ y).max() == pytest.approx(1.0, abs=1e-14)
    assert f(u, V=V) == pytest.approx(y @ u, abs=1e-14)
    coordinates = nc.atomic_norm(V) if f is NORM else nc.gauge_of_points(V)
    np.testing.assert_allclose(nc.prox(coordinates)(v, step=0.5), u, atol=1e-14)


def test_a_wrong_prox_of_an_atomic_norm_is_refuted() -> None:
    right, values = nc.prox(NORM), {"V": np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 1.0]])}
    with pytest.raises(nc.Refuted):
        nc.certify(lambda v, step, V: right(v, step=1.01 * step, V=V), NORM, values=values)


# set functions
LOVASZ = nc.function("lovasz(x, F)")
TABLES = {
    "rank": nc.set_function(lambda s: min(len(s), 2), 4),
    "chain": nc.set_function(
        lambda s: sum((i in s) != (i + 1 in s) for i in range(3)), 4
    ),
    "cover": nc.set_function(lambda s: len({i // 2 for i in s}) - 0.3 * len(s), 4),
    "adds": nc.set_function(lambda s: sum(0.1 * (i - 1) for i in s), 4),
    "one": np.array([0.0, -2.0]),
}  # fmt: skip


def vertices(table) -> np.ndarray:
    """Return the vertex of the base polytope for every order of the elements."""
    n = int(np.log2(len(table)))
    found = []
    for order in permutations(range(n)):
        codes = np.cumsum([0, *(1 << i for i in order)])
        found.append(np.empty(n))
        found[-1][list(order)] = np.diff(table[codes])
    return np.array(found)


@pytest.mark.parametrize("name", TABLES)
def test_the_extension_is_the_largest_over_all_orders(name: str) -> None:
    table, corners = TABLES[name], vertices(TABLES[name])
    n, rng = corners.shape[1], np.random.default_rng(3)
    x = np.concatenate([rng.normal(size=(8, n)), rng.integers(0, 2, size=(8, n))])
    np.testing.assert_allclose(LOVASZ(x, F=table), (x @ corners.T).max(axis=1), atol=1e-14)
    prox, plain = nc.prox(LOVASZ), nc.prox(nc.function("max(B @ x)"))
    for v in x:
        found = prox(v, step=0.7, F=table)
        np.testing.assert_allclose(found, plain(v, step=0.7, B=corners), atol=1e-13)


def test_known_extensions() -> None:
    v = np.random.default_rng(4).normal(size=(5, 4)) * 2
    for name, same in [("rank", "sum_largest(x, 2)"), ("chain", "sum(abs(diff(x)))")]:
        np.testing.assert_allclose(
            nc.prox(LOVASZ)(v, step=0.6, F=TABLES[name]),
            nc.prox(nc.function(same))(v, step=0.6),
            atol=1e-13,
        )


def test_extensions_are_certified_alone_and_in_sums() -> None:
    for formula in ("lam*lovasz(x, F)", "lovasz(x, F) + lam*sum(abs(x))"):
        assert nc.certify(nc.prox(nc.function(formula)), budget=3.0).points > 0
    right = nc.prox(LOVASZ)
    with pytest.raises(nc.Refuted):
        nc.certify(lambda v, step, F: right(v, step=step, F=0.99 * F), LOVASZ, budget=3.0)


def test_sets_that_show_that_a_function_is_not_submodular_are_named() -> None:
    table = nc.set_function(lambda s: len(s) + ({0, 1, 2} <= s), 3)
    with pytest.raises(
        nc.NotDerivable, match=r"F\(\[0, 2\]\) \+ F\(\[1, 2\]\) < F\(\[0, 1, 2\]\)"
    ):
        nc.prox(LOVASZ)([1.0, 2.0, 3.0], step=1.0, F=table)


@pytest.mark.parametrize(
    ("table", "message"),
    [([0.0, 1.0, 2.0], "2\\*\\*n sets"), ([1.0, 2.0], "empty set"), (3.0, "vector"), ([], "sets")],
)
def test_tables_are_checked(table, message: str) -> None:
    with pytest.raises(nc.ParameterError, match=message):
        LOVASZ([1.0, 2.0], F=table)


def test_the_length_of_x_must_fit_the_table() -> None:
    with pytest.raises(nc.InputError, match="shapes"):
        LOVASZ([1.0, 2.0, 3.0], F=TABLES["rank"])
    with pytest.raises(nc.InputError, match="from 1 to"):
        nc.set_function(len, 40)
