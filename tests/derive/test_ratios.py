"""Powers of the 1-norm and of the 2-norm, and quasi-norms: against searches on every support."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
import pytest
from scipy.optimize import minimize

import normcalc as nc
from tests.derive.vector_rows import BY_NAME

RNG = np.random.default_rng(7)
QUASI, RATIO = "norm_quasi_p", "l1_over_l2_powers"
POINTS = (
    [1.7], [2.0, 1.5], [1.0, -1.0], [0.0, -0.6], [3.0, 2.0, -1.9], [-1.0, 1.0, 0.0],
)  # fmt: skip
NUMBERS = [
    *((RATIO, {"a": a, "b": b}) for a, b in (
        (1.0, 1.0), (2.0, 2.0), (0.5, 0.5), (2.0, 1.0), (1.0, 2.0), (1.0, 0.5),
        (0.5, -1.0), (2.0, 3.0),
    )),
    *((QUASI, {"p": p}) for p in (0.3, 0.8)),
]  # fmt: skip


def ratio(x: np.ndarray, lam: float, a: float, b: float) -> float:
    length = np.sqrt(np.sum(x * x))
    return lam * np.sum(np.abs(x)) ** a / length**b if length > 0 else np.inf


def quasi(x: np.ndarray, lam: float, p: float) -> float:
    return lam * np.sum(np.abs(x) ** p) ** (1 / p)


def least(f, v: np.ndarray) -> float:
    """Return the least objective, for step 1, that simplex searches find on all supports."""
    found = []
    for places in product([0.0, 1.0], repeat=v.size):
        support = np.array(places) > 0
        for start in (v, v + 0.3 * RNG.normal(size=v.size)) if support.any() else ():

            def cost(u: np.ndarray, support: np.ndarray = support) -> float:
                x = np.zeros_like(v)
                x[support] = u
                return f(x) + 0.5 * np.sum((x - v) ** 2)

            options = {"xatol": 1e-8, "fatol": 1e-12, "maxiter": 200}
            start_on = start[support] + 1e-3
            found.append(minimize(cost, start_on, method="Nelder-Mead", options=options).fun)
    return min(found)


@pytest.mark.parametrize(("name", "numbers"), NUMBERS, ids=str)
@pytest.mark.parametrize("lam", [0.1, 1.0])
def test_no_search_on_any_support_finds_less(name: str, numbers: dict, lam: float) -> None:
    values = {**numbers, "lam": lam}
    p = nc.prox(BY_NAME[name].function())
    oracle = partial(ratio if name == RATIO else quasi, **values)
    at_zero = numbers.get("a", 1.0) > numbers.get("b", 0.0)
    for v in map(np.array, POINTS):
        best = least(oracle, v)
        try:
            u = p(v, step=1.0, **values)
        except nc.NotDerivable:
            assert at_zero
            assert best >= 0.5 * v @ v - 1e-8
            continue
        cost = (oracle(u) if u.any() else 0.0) + 0.5 * np.sum((u - v) ** 2)
        assert u.any() or name == QUASI
        assert cost <= min(best, 0.5 * v @ v if at_zero else np.inf) + 1e-8


def test_the_square_of_the_ratio_is_an_eigenvalue_problem() -> None:
    """On its support the direction w minimises a quadratic form, w'(11' - vv'/2)w."""
    p = nc.prox("norm(x, 1)**2/norm(x)**2")
    for v in np.abs(RNG.normal(size=(20, 4))) * 3:
        u = p(v, step=1.0)
        kept = u > 0
        form = np.ones((kept.sum(),) * 2) - np.outer(v[kept], v[kept]) / 2
        cost = np.sum(u) ** 2 / (u @ u) + 0.5 * np.sum((u - v) ** 2)
        assert cost - 0.5 * v @ v == pytest.approx(np.linalg.eigvalsh(form)[0])


def test_lengths_of_all_sizes() -> None:
    """A ratio without degree keeps its meaning when everything is scaled."""
    p = nc.prox("norm(x, 1)/norm(x)")
    v = np.array([3.0, -2.0, 0.1])
    for scale in (1e-100, 1e-3, 1e3, 1e100):
        np.testing.assert_allclose(p(scale * v, step=scale**2) / scale, p(v, step=1.0), rtol=1e-12)
    np.testing.assert_allclose(p(v, step=1e-12), v)
    np.testing.assert_allclose(p(v, step=1e12), [3.0, 0.0, 0.0])
    np.testing.assert_allclose(p([-4.0], step=3.0), [-4.0])


@pytest.mark.parametrize("formula", ["norm(x, 1)/norm(x)", "norm(x, 1)**2/norm(x)"])
def test_there_is_no_minimiser_where_zero_is_only_approached(formula: str) -> None:
    with pytest.raises(nc.NotDerivable, match="approached"):
        nc.prox(formula)([0.0, 0.0], step=1.0)


def test_a_ratio_that_is_infinite_at_zero_has_a_minimiser_there() -> None:
    u = nc.prox("norm(x, 1)/norm(x)**2")([0.0, 0.0], step=1.0)
    np.testing.assert_allclose(u, [1.0, 0.0])


def test_other_spellings_and_lists() -> None:
    plain, v = nc.prox("norm(x, 1)/norm(x)"), np.array([2.0, -1.5, 1.0])
    for other in ("sum(abs(x))/sqrt(sum(x**2))", "sqrt(sum(abs(x))**2/dot(x, x))"):
        np.testing.assert_array_equal(nc.prox(other)(v, step=1.0), plain(v, step=1.0))
    spectral = nc.prox("sum(singular_values(X))/norm(singular_values(X))")
    np.testing.assert_allclose(spectral(np.diag(v), step=1.0), np.diag(plain(v, step=1.0)))


@pytest.mark.parametrize(
    "formula", ["-norm(x, 1)/norm(x)", "norm(x)/norm(x, 1)", "norm(x, 1)/norm(x, 3)"]
)
def test_other_ratios_are_refused(formula: str) -> None:
    with pytest.raises(nc.NotDerivable):
        nc.prox(formula)([1.0, 2.0], step=1.0)


def test_the_order_of_a_quasi_norm_must_be_below_one() -> None:
    with pytest.raises(nc.NotDerivable, match="order"):
        nc.prox("norm(x, p)")
    np.testing.assert_allclose(nc.prox("norm(x, 0.5)")([3.0, 0.0], step=1.0), [2.0, 0.0])


@pytest.mark.parametrize("formula", ["norm(x, 1)/norm(x)", "norm(x, 0.5)"])
def test_a_point_that_is_only_critical_is_refuted(formula: str) -> None:
    right = nc.prox(formula)

    def wrong(v, step=1.0):
        """Keep the largest entry only, which is critical but not always best."""
        kept = np.where(np.arange(v.size) == np.argmax(np.abs(v)), v, 0.0)
        return right(kept, step=step) if kept.any() else v

    with pytest.raises(nc.Refuted):
        nc.certify(wrong, nc.function(formula))
