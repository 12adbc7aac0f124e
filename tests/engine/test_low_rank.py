"""Matrices of which some entries are seen, beside whole decompositions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import normcalc as nc
from normcalc.engine.certificate import Posed
from normcalc.engine.composite import SmoothTerms, function_terms, smooth_and_rest
from normcalc.engine.factors import Factors, distance, factored, inner, leading, singular_values
from normcalc.engine.loop import Limits, iterate
from normcalc.engine.methods.low_rank import LowRank, on_factors

RNG = np.random.default_rng(5)
SHAPE = (110, 125)
SEEN = (RNG.random(SHAPE) < 0.25).astype(float)
PLANTED = RNG.normal(size=(110, 3)) @ RNG.normal(size=(3, 125))
Y = SEEN * (PLANTED + 0.1 * RNG.normal(size=SHAPE))
SQUARES = "sum(M*(X - Y)**2)/2"
NUCLEAR = f"{SQUARES} + lam*sum(singular_values(X))"


def typed(formula: str) -> Any:
    return nc.function(formula, M=nc.Matrix, Y=nc.Matrix)


def whole_decompositions(lam: float, mu: float, steps: int) -> tuple[float, np.ndarray]:
    """Accelerated steps with the prox of ``lam*s + mu/2*s^2`` for each singular value."""
    x = ahead = np.zeros(SHAPE)
    momentum = 1.0
    for _ in range(steps):
        left, sizes, right = np.linalg.svd(ahead - SEEN * (ahead - Y), full_matrices=False)
        new = (left * (np.maximum(sizes - lam, 0.0) / (1.0 + mu))) @ right
        momentum = 1.0 if np.sum((ahead - new) * (new - x)) > 0 else momentum
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead, x = new + (momentum - 1) / following * (new - x), new
        momentum = following
    sizes = np.linalg.svd(x, compute_uv=False)
    loss = 0.5 * np.sum(SEEN * (x - Y) ** 2)
    return float(loss + lam * sizes.sum() + 0.5 * mu * np.sum(sizes**2)), x


@pytest.mark.parametrize(
    ("penalty", "mu"),
    [
        ("lam*sum(singular_values(X))", 0.0),
        ("lam*sum(singular_values(X)) + mu*sum(X**2)/2", 0.1),
        ("sum(lam*singular_values(X) + mu*singular_values(X)**2/2)", 0.1),
    ],
)
def test_completion_agrees_with_whole_decompositions(penalty: str, mu: float) -> None:
    given = {"M": SEEN, "Y": Y, "lam": 4.0} | ({"mu": mu} if mu else {})
    found = nc.minimize(typed(f"{SQUARES} + {penalty}"), tol=1e-10, **given)
    fun, x = whole_decompositions(4.0, mu, 120)
    assert (found.status, found.method[-10:]) == ("optimal", "on factors")
    assert found.fun == pytest.approx(fun, rel=1e-9)
    assert np.abs(found.x - x).max() < 1e-3
    assert found.certificate.lower_bound <= fun * (1 + 1e-12)


def test_a_high_matrix_and_a_starting_point() -> None:
    given = {"M": SEEN.T, "Y": Y.T, "lam": 4.0}
    found = nc.minimize(typed(NUCLEAR), **given)
    wide = nc.minimize(typed(NUCLEAR), M=SEEN, Y=Y, lam=4.0)
    assert found.fun == pytest.approx(wide.fun, rel=1e-7)
    again = nc.minimize(typed(NUCLEAR), x0=found.x, **given)
    assert again.status == "optimal"
    assert again.nit < found.nit / 4


def test_a_concave_sum_ends_where_a_whole_step_stays() -> None:
    formula = typed(f"{SQUARES} + lam*sum(sqrt(singular_values(X)))")
    found = nc.minimize(formula, M=SEEN, Y=Y, lam=4.0, tol=1e-7)
    assert (found.status, found.method[-10:]) == ("stationary", "on factors")
    left, sizes, right = np.linalg.svd(found.x - SEEN * (found.x - Y), full_matrices=False)
    prox = nc.prox(nc.function("lam*sqrt(abs(x))"))
    stays = (left * prox(sizes, step=1.0, lam=4.0)) @ right
    assert np.abs(stays - found.x).max() < 1e-5
    assert np.abs((left * np.maximum(sizes - 4.0, 0.0)) @ right - found.x).max() > 1e-2


def test_a_space_without_a_direction_proves_nothing() -> None:
    """Where new directions are never drawn, the whole decomposition finds what is missing."""
    posed = on_factors(_posed(4.0))
    assert posed is not None
    method: Any = LowRank(posed, np.zeros(SHAPE))
    top = np.linalg.svd(Y)[2][0]
    method._random = lambda count: np.zeros((125, 0))
    method.block = method.block - np.outer(top, top @ method.block)
    method._prox = _without(method._prox, np.linalg.svd(Y)[0][:, 0])
    status, measured, _ = iterate(method, posed, Limits(60))
    assert status != "optimal"
    assert measured.gap > 1.0


def _without(prox: Any, direction: np.ndarray) -> Any:
    def deprived(v: Any) -> Factors:
        found = prox(v)
        left = found.left - np.outer(direction, direction @ found.left)
        return factored((left * found.sizes) @ found.right.T)

    return deprived


def _posed(lam: float) -> Posed:
    zero = np.zeros(SHAPE)
    parted = smooth_and_rest(function_terms(typed(NUCLEAR), {"M": SEEN, "Y": Y, "lam": lam}, zero))
    assert parted is not None
    return Posed(SmoothTerms(parted[0], zero), parted[1][0], 1e-8)


def test_products_are_those_of_the_matrices() -> None:
    a, b = (factored(RNG.normal(size=(7, 2)) @ RNG.normal(size=(2, 9))) for _ in range(2))
    assert a.sizes.size == 2
    assert inner(a, b) == pytest.approx(float(np.sum(a.whole * b.whole)))
    assert distance(a, b) == pytest.approx(float(np.abs(a.whole - b.whole).max()))
    assert factored(np.zeros((3, 4))).sizes.size == 0


def test_small_singular_values_are_not_lost_in_squares() -> None:
    sizes = np.array([1.0, 1e-3, 1e-9])
    left, right = (np.linalg.qr(RNG.normal(size=(n, 3)))[0] for n in (8, 9))
    found = leading((left * sizes) @ right.T, left)
    assert found.sizes == pytest.approx(sizes, rel=1e-6)
    squares = np.linalg.eigvalsh(((left * sizes) @ right.T).T @ ((left * sizes) @ right.T))
    assert abs(np.sqrt(abs(squares[-3])) - 1e-9) > 1e-12  # what squares alone would say


def test_singular_values_of_sparse_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy.sparse import csr_array

    exact = np.linalg.svd(Y, compute_uv=False)
    assert singular_values(csr_array(Y), lambda s: False) == pytest.approx(exact, abs=1e-6)
    monkeypatch.setattr("normcalc.engine.factors.SMALL", 10)
    some = singular_values(csr_array(Y), lambda s: s < exact[4])
    assert some[:6] == pytest.approx(exact[:6])
    assert not some[6:].any()
