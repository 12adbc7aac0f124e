"""Functions of sums, of direction and length, of sorted values: against searches and slopes."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import minimize

import normcalc as nc
from normcalc.theorems.convexity import is_convex
from tests.derive.vector_rows import BY_NAME

RNG = np.random.default_rng(5)
SMOOTH = {
    "logsumexp": {},
    "geo_mean": {},
    "harmonic_mean": {},
    "inv_prod": {},
    "power_mean": {"p": 0.4},
}


def slope(f: nc.Function, u: np.ndarray, values: dict) -> np.ndarray:
    """Return the gradient by central differences of what the user wrote."""
    steps = 1e-6 * (1 + np.abs(u))[:, None] * np.eye(u.size)
    up, down = (np.array([f(u + s * row, **values) for row in steps]) for s in (1, -1))
    return (up - down) / (2 * np.diag(steps))


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("step", [0.01, 1.0, 100.0])
def test_the_gradient_vanishes_at_the_prox(name: str, step: float) -> None:
    f, values = BY_NAME[name].function(), SMOOTH[name]
    p = nc.prox(f)
    for v in (np.array([1.0, 2.0, 0.5]), np.array([3.0, 3.0]), np.array([0.7])):
        u = p(v, step=step, **values)
        if np.all(np.abs(u) > 1e-4):
            gap = u - v + step * slope(f, u, values)
            np.testing.assert_allclose(gap, 0, atol=1e-6 * (1 + step))


def test_a_wrong_multiplier_leaves_a_gradient() -> None:
    f = BY_NAME["logsumexp"].function()
    v = np.array([1.0, 2.0, 0.5])
    wrong = nc.prox("sum(exp(x))")(v, step=0.5)
    assert np.abs(wrong - v + 0.5 * slope(f, wrong, {})).max() > 0.1


@pytest.mark.parametrize(
    ("v", "step"),
    [([800.0, 790.0, -900.0], 1.0), ([1e5, 1e5, 0.0], 1e-9), ([0.0, 3.0], 1e4), ([-4.0], 1e6)],
)
def test_log_sum_exp_where_exponentials_overflow(v: list, step: float) -> None:
    u = nc.prox("log(sum(exp(x)))")(v, step=step)
    weights = np.exp(u - u.max())
    weights /= weights.sum()
    np.testing.assert_allclose(u + step * weights, v, atol=1e-9 * (1 + step))


def test_a_mean_whose_multiplier_vanishes() -> None:
    """The prox of a concave mean may be on the border, where no multiplier is left."""
    geometric, harmonic = (nc.prox(BY_NAME[n].function()) for n in ("geo_mean", "harmonic_mean"))
    np.testing.assert_allclose(geometric([-5.0, -5.0], step=1.0), 0, atol=1e-100)
    np.testing.assert_allclose(harmonic([-9.0, 3.0], step=1.0), [0, 3.0], atol=1e-100)
    assert geometric([-5.0, -5.0], step=20.0).min() > 1  # GM(5, 5) < step/n
    assert geometric([-5.0, 5.0], step=1.0)[0] > 0


def test_a_norm_of_positive_parts_whose_multiplier_is_infinite() -> None:
    """The prox of a p-norm on the orthant: that of the p-norm at the positive part."""
    kinds = {"p": nc.Interval.open(1, None)}
    p = nc.prox(nc.function("sum(x**p)**(1/p) + indicator(x >= 0)", **kinds))
    norm = nc.prox(nc.function("norm(x, p)", **kinds))
    for v in ([-1.0, -2.0], [0.3, 0.2], [3.0, -1.0], [2.0, 1.0], [0.5, 0.0, 4.0]):
        expected = norm(np.maximum(v, 0.0), step=1.0, p=3.0)
        np.testing.assert_allclose(p(v, step=1.0, p=3.0), expected, atol=1e-12)


def test_a_square_of_what_may_be_negative_is_not_known_to_be_convex() -> None:
    assert not is_convex(nc.function("max(x)**2"))
    assert is_convex(nc.function("max(abs(x))**2"))
    assert is_convex(nc.function("sqrt(sum_largest(x**2, 2))"))
    assert not is_convex(nc.function("sum_largest(x**2, 2)**0.25"))


@pytest.mark.parametrize(
    "formula",
    [
        "log(sum(x**4))", "-log(sum(exp(x)))", "exp(sum(1/x**2))", "1/prod(x)",
        "sqrt(sum(log(x)))", "-exp(sum(log(x)))", "sum(x**p)**(1/p) + indicator(x >= 0)",
        "sum_largest(sqrt(abs(x)), 2)", "sum_largest(x**3, 2)", "sqrt(sum_largest(x**4, 2))",
    ],
)  # fmt: skip
def test_what_is_not_known_to_be_convex_is_refused(formula: str) -> None:
    with pytest.raises(nc.NotDerivable):
        nc.prox(formula)


def best(cost, starts) -> float:
    """Return the least value that a simplex search finds."""
    options = {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 3000}
    return min(minimize(cost, s, method="Nelder-Mead", options=options).fun for s in starts)


def objective(f: nc.Function, v: np.ndarray, step: float, values: dict):
    return lambda u: float(f(np.asarray(u), **values)) + np.sum((u - v) ** 2) / (2 * step)


SEARCHED = [
    ("l1_minus_l2", {"b": 0.5}),
    ("l1_minus_l2", {"b": 3.0}),
    ("weighted_l1_minus_l2", {"b": 1.5, "w": np.array([2.0, 0.0])}),
    ("cone_minus_l2", {"a": 1.0, "c": 0.3}),
    ("topk_squares", {"k": 1}),
    ("owl_powers", {"w": np.array([2.0, 0.5]), "p": 1.5}),
    ("ksupport_dual", {"k": 1}),
]


@pytest.mark.parametrize(("name", "values"), SEARCHED)
def test_no_search_in_the_plane_finds_less(name: str, values: dict) -> None:
    f = BY_NAME[name].function()
    p = nc.prox(f)
    for v, step in product([[2.0, 1.5], [0.4, -0.3], [1.0, 1.0], [0.0, -0.2]], [0.3, 2.0]):
        cost = objective(f, np.array(v), step, values)
        axes = [np.array(a) for a in ([1.0, 0.2], [0.1, -1.0], [-1.0, 0.1], [0.1, 1.0])]
        found = cost(p(v, step=step, **values))
        assert found <= best(cost, [np.array(v) + 0.1, *axes]) + 1e-9


def test_a_direction_is_chosen_even_where_all_are_bad() -> None:
    p = nc.prox("norm(x, 1) - b*norm(x)")
    np.testing.assert_allclose(p([0.0, 0.0], step=1.0, b=3.0), [2.0, 0.0])
    np.testing.assert_allclose(p([0.1, -0.4], step=1.0, b=0.8), [0.0, -0.2])
    np.testing.assert_allclose(p([0.1, -0.4], step=1.0, b=0.5), [0.0, 0.0])
    np.testing.assert_allclose(p([-3.0], step=1.0, b=0.5), [-2.5])


def test_sorted_values_with_ties_and_extreme_counts() -> None:
    p = nc.prox("sum_largest(x**2, k)")
    v = np.array([1.0, -1.0, 0.5])
    np.testing.assert_allclose(p(v, step=1.0, k=7), v / 3)
    np.testing.assert_allclose(p(v, step=1.0, k=1), [0.5, -0.5, 0.5])
    np.testing.assert_allclose(p([2.0], step=1.0, k=1), [2 / 3])
    root = nc.prox("sqrt(sum_largest(x**2, k))")
    np.testing.assert_allclose(root(v, step=0.3, k=3), nc.prox("norm(x)")(v, step=0.3))
    np.testing.assert_allclose(root(v, step=0.3, k=1), nc.prox("max(abs(x))")(v, step=0.3))
    np.testing.assert_allclose(root(v, step=9.0, k=2), 0)
    np.testing.assert_allclose(root(1e-90 * v, step=1e-100, k=2), 1e-90 * v, rtol=1e-9)


@pytest.mark.parametrize(
    ("formula", "options"),
    [
        ("indicator((x >= 0) & (sum(x) == 1) & (norm(x, 0) <= k))",
         "indicator((x >= 0) & (sum(x) == 1))"),
        ("indicator((sum(x) == 1) & (norm(x, 0) <= k))", "indicator(sum(x) == 1)"),
        ("indicator((norm(x) <= 1) & (norm(x, 0) <= k))", "indicator(norm(x) <= 1)"),
        ("indicator((x >= -1) & (x <= 2) & (norm(x, 0) <= k))",
         "indicator((x >= -1) & (x <= 2))"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("k", [1, 2, 4, 9])
def test_sparse_sets_against_all_supports(formula: str, options: str, k: int) -> None:
    sparse, plain = nc.projection(formula), nc.projection(options)
    for v in (*(RNG.normal(size=4) * 2 for _ in range(4)), np.zeros(4), -np.ones(4)):
        distances = []
        for places in combinations(range(4), min(k, 4)):
            u = np.zeros(4)
            u[list(places)] = plain(v[list(places)])
            distances.append(np.linalg.norm(u - v))
        u = sparse(v, k=k)
        assert np.count_nonzero(u) <= k
        assert np.linalg.norm(u - v) == pytest.approx(min(distances))


def test_sparse_sets_that_are_empty_or_not_symmetric() -> None:
    with pytest.raises(nc.NotDerivable, match="empty"):
        nc.projection("indicator((sum(x) == 1) & (norm(x, 0) <= k))")([1.0, 2.0], k=0.5)
    for other in ("x >= 1", "x[0] == 1", "mean(x) == 1", "sum(w*abs(x)) <= 1"):
        kinds = {"w": nc.Positive.vector} if "w" in other else {}
        with pytest.raises(nc.NotDerivable, match="ignore"):
            nc.prox(nc.function(f"indicator(({other}) & (norm(x, 0) <= k))", **kinds))


def test_spheres_of_norms_from_inside_and_outside() -> None:
    l1 = nc.projection("indicator(sum(abs(x)) == r)")
    np.testing.assert_allclose(l1([0.2, -0.1, 0.0], r=1.0), [13 / 30, -1 / 3, 7 / 30])
    np.testing.assert_allclose(l1([3.0, 1.0], r=1.0), [1.0, 0.0])
    np.testing.assert_allclose(l1([0.0, 0.0], r=1.0), [0.5, 0.5])
    np.testing.assert_allclose(l1([-2.0], r=1.0), [-1.0])
    largest = nc.projection("indicator(max(abs(x)) == r)")
    np.testing.assert_allclose(largest([0.2, -0.5], r=1.0), [0.2, -1.0])
    np.testing.assert_allclose(largest([3.0, -5.0], r=1.0), [1.0, -1.0])
    angles = np.linspace(0, 2 * np.pi, 20001)
    circle = np.array([np.cos(angles), np.sin(angles)]).T
    border = circle / np.abs(circle).sum(axis=1)[:, None]
    for v in RNG.normal(size=(10, 2)):
        nearest = np.linalg.norm(border - v, axis=1).min()
        assert np.linalg.norm(l1(v, r=1.0) - v) == pytest.approx(nearest, abs=1e-6)


def test_hankel_matrices_are_averages() -> None:
    x = RNG.normal(size=(3, 4))
    found = nc.projection(BY_NAME["set_hankel"].function())(x)
    for total in range(6):
        places = [(i, total - i) for i in range(3) if 0 <= total - i < 4]
        mean = np.mean([x[p] for p in places])
        np.testing.assert_allclose([found[p] for p in places], mean, atol=1e-12)


def test_parts_that_share_no_entry_are_independent() -> None:
    x = RNG.normal(size=(4, 3)) * 2
    f = BY_NAME["nuclear_blocks"].function()
    nuclear = nc.prox("sum(singular_values(X))")
    parts = [nuclear(x[:2], step=0.5 * 0.7), nuclear(x[2:], step=0.5 * 2.0)]
    np.testing.assert_allclose(nc.prox(f)(x, step=0.5, a=0.7, b=2.0), np.vstack(parts))
    assert "orthogonal" in nc.prox(f).theorem.name
    ranks = nc.prox("rank(X[:2, :]) + rank(X[2:, :])")
    rank = nc.prox("rank(X)")
    np.testing.assert_allclose(
        ranks(x, step=0.5), np.vstack([rank(x[:2], step=0.5), rank(x[2:], step=0.5)])
    )
    with pytest.raises(nc.NotDerivable, match="share entries"):
        nc.prox("rank(X[:2, :]) + rank(X[1:, :])")(x, step=0.5)


def test_the_softmax_potential_has_the_softmax_for_its_prox() -> None:
    p = nc.prox(BY_NAME["softmax_potential"].function())
    for v in RNG.normal(size=(5, 4)) * 3:
        np.testing.assert_allclose(p(v, step=1.0), np.exp(v) / np.exp(v).sum(), rtol=1e-7)
