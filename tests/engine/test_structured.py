"""Multipliers by Newton steps, slopes of images, and spectral proxes, against other ways."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import normcalc as nc
from normcalc.engine.composite import function_terms
from normcalc.engine.methods import dual_gradient
from normcalc.engine.methods.semismooth import conjugate_gradients, turning, turning_entries
from normcalc.engine.penalties import JointPenalty
from normcalc.engine.spectral import Spectral
from normcalc.engine.squares import EntrywiseQuadratic
from normcalc.language.adjoints import image_gradient_adjoint
from normcalc.language.matrices import image_gradient

RNG = np.random.default_rng(3)
A, b = RNG.normal(size=(20, 45)), RNG.normal(size=20)
IMAGE = RNG.normal(size=(6, 9))


def test_newton_steps_and_alternating_directions_agree_on_pursuit() -> None:
    pursuit = nc.function("norm(x, 1) + indicator(A @ x == b)")
    ways = [nc.minimize(pursuit, A=A, b=b, method=m) for m in ("augmented_lagrangian", "admm")]
    assert [way.status for way in ways] == ["optimal", "optimal"]
    assert ways[0].fun == pytest.approx(ways[1].fun, rel=1e-6)
    assert np.abs(A @ ways[0].x - b).max() < 1e-7


NORMS = {
    "max": "max(abs(x))",
    "largest": "sum_largest(abs(x), 4)",
    "power": "norm(x, 3)",
    "groups": "sum(group_norms(x, G, 2))",
    "slopes": "norm(diff(x), 1)",
    "two norms": "norm(x, 1) + norm(x)",
}
GROUPS = [list(range(k, k + 5)) for k in range(0, 45, 5)]


@pytest.mark.parametrize("noise", ["A @ x == b", "norm(A @ x - b) <= r"])
@pytest.mark.parametrize("norm", NORMS.values(), ids=NORMS)
def test_newton_steps_on_proxes_that_move_entries_together(norm: str, noise: str) -> None:
    least = nc.function(f"{norm} + indicator({noise})")
    given = {"A": A, "b": b, "r": 0.5, "G": GROUPS}
    given = {p.name: given[p.name] for p in least.parameters}
    found = nc.minimize(least, **given)
    assert (found.status, found.method.split()[0]) == ("optimal", "augmented")
    assert found.nit <= 25
    other = nc.minimize(least, method="admm", tol=1e-5, max_iter=3000, **given)
    assert found.fun == pytest.approx(other.fun, rel=1e-4)


def test_slopes_of_a_prox_by_differences_are_its_derivative() -> None:
    prox = nc.prox(nc.function("max(abs(x))"))
    v = np.array([5.0, -4.5, 1.0])  # the prox makes the two largest 4.25
    turn = turning(lambda v, step: prox(v, step=step), v, 1.0)
    np.testing.assert_allclose(turn(np.array([1.0, -3.0, 2.0])), [2.0, -2.0, 2.0], atol=1e-6)
    alone = turning_entries(lambda v, step: prox(v, step=step), v, 1.0)
    assert np.abs(alone(np.array([1.0, -3.0, 2.0])) - [2.0, -2.0, 2.0]).max() > 0.1


def test_conjugate_gradients_solve_a_system() -> None:
    square = A @ A.T
    found = conjugate_gradients(lambda d: square @ d, b, 1e-10, 100)
    assert found is not None
    np.testing.assert_allclose(square @ found, b, atol=1e-6)
    assert conjugate_gradients(lambda d: square @ d, b, 1e-10, 3) is None


def test_the_adjoint_of_image_gradient_is_its_transpose() -> None:
    weights = RNG.normal(size=(54, 2))
    there = float(np.sum(weights * image_gradient(IMAGE)))
    assert np.sum(IMAGE * image_gradient_adjoint(weights, IMAGE)) == pytest.approx(there)
    assert np.sum(IMAGE * image_gradient_adjoint(weights + 1, IMAGE)) != pytest.approx(there)


@pytest.mark.parametrize(
    "variation", ["row_norms(image_gradient(X), 2)", "abs(image_gradient(X))"]
)
def test_slopes_of_an_image(variation: str) -> None:
    formula = nc.function(f"sum((X - Y)**2)/2 + lam*sum({variation})", Y=nc.Matrix)
    auto = nc.minimize(formula, Y=IMAGE, lam=0.3, tol=1e-7)
    other = nc.minimize(formula, Y=IMAGE, lam=0.3, tol=1e-7, method="primal_dual", max_iter=2000)
    assert auto.method.startswith("accelerated primal-dual")
    assert auto.status == "optimal"
    assert auto.fun == pytest.approx(other.fun, rel=1e-6)
    assert formula(auto.x, Y=IMAGE, lam=0.3) == pytest.approx(auto.fun)


@pytest.mark.parametrize("shape", [(1, 7), (7, 1), (1, 1), (5, 3)])
def test_slopes_of_a_small_image(shape: tuple[int, int]) -> None:
    image = RNG.normal(size=shape)
    formula = nc.function("sum((X - Y)**2)/2 + lam*sum(abs(image_gradient(X)))", Y=nc.Matrix)
    found = nc.minimize(formula, Y=image, lam=0.4)
    assert found.status == "optimal"
    if min(shape) == 1 and max(shape) > 1:
        string = nc.prox(nc.function("lam*norm(diff(x), 1)"))(image.ravel(), step=1.0, lam=0.4)
        np.testing.assert_allclose(found.x.ravel(), string, atol=1e-4)


def _steps(narrow: bool) -> tuple[list[object], dual_gradient.DualGradient]:
    formula = nc.function(
        "sum((X - Y)**2)/2 + lam*sum(row_norms(image_gradient(X), 2))", Y=nc.Matrix
    )
    terms = function_terms(formula, {"Y": IMAGE, "lam": 0.3}, np.zeros_like(IMAGE))
    method = dual_gradient.DualGradient(terms, np.zeros_like(IMAGE))
    if not narrow:
        method.module = SimpleNamespace(apply=method.module.apply, narrow=lambda *_: False)
    kinds = []
    for _ in range(12):
        method.step()
        kinds.append(method.early.image.dtype.type)
        method.measure()
    return kinds, method


def test_single_precision_serves_the_first_steps_only() -> None:
    kinds, method = _steps(narrow=True)
    assert kinds[0] is np.float32
    assert kinds[-1] is np.float64
    double, other = _steps(narrow=False)  # constants of the kernel that have no float32
    assert double[0] is np.float64
    np.testing.assert_allclose(method.x, other.x, atol=1e-5)
    fun, gap, _ = method.measure()
    assert gap < 1e-6 * fun
    method.duals *= 2.0  # outside of the domain: the bound must not rise above the value
    assert method.measure().gap <= gap
    assert method.bounds.best <= fun


def test_a_quadratic_is_read_and_a_quartic_is_not() -> None:
    read = function_terms(
        nc.function("sum(M*(X - Y)**2)", M=nc.Matrix, Y=nc.Matrix),
        {"M": np.abs(IMAGE), "Y": IMAGE},
        np.zeros_like(IMAGE),
    )[0].penalty
    assert isinstance(read, EntrywiseQuadratic)
    x = RNG.normal(size=IMAGE.shape)
    u = read.slope(x)
    assert read.worth(x) + read.dual(u) == pytest.approx(float(np.sum(x * u)))
    quartic = function_terms(nc.function("sum(X**4)"), {}, np.zeros_like(IMAGE))[0].penalty
    assert not isinstance(quartic, EntrywiseQuadratic)


def test_the_spectral_prox_is_that_of_the_whole_decomposition() -> None:
    low = RNG.normal(size=(110, 4)) @ RNG.normal(size=(4, 120))
    noisy = low + 0.01 * RNG.normal(size=low.shape)
    formula = nc.function("lam*sum(singular_values(X))")
    term = function_terms(formula, {"lam": 1.0}, np.zeros_like(low))[0].penalty
    assert isinstance(term, Spectral)
    left, sizes, right = np.linalg.svd(noisy, full_matrices=False)
    expected = (left * np.maximum(sizes - 2.0, 0.0)) @ right
    for _ in range(2):  # from a random space, then from that of the call before
        found = term.prox(noisy, 2.0)
        assert np.abs(found - expected).max() < 1e-7
        assert term.worth(found) == pytest.approx(JointPenalty(formula, {"lam": 1.0}).worth(found))
    assert term.dual(noisy) == np.inf
    assert term.dual(term.into_domain(noisy) * noisy) == 0.0
