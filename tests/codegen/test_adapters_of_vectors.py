"""Operators of vectors in the hands of other packages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import normcalc as nc
from normcalc import adapters
from normcalc.errors import InputError, NotDerivable

OWL = nc.function("dot(w, sort(abs(x)))", w=nc.Nonincreasing)
NORM = nc.function("lam*norm(x)")


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "compiled" not in request.node.name:
        monkeypatch.setenv("NORMCALC_JIT", "0")


def least_squares() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(30, 8))
    return matrix, matrix @ rng.normal(size=8) + rng.normal(size=30)


def test_penalties_of_vectors() -> None:
    v, w = np.array([3.0, -1.0, 2.0]), np.array([1.0, 0.5, 0.25])
    wanted = nc.compile(nc.prox(OWL))(v, 0.5, w)
    for adapter in (adapters.ForCopt, adapters.ForPyproximal):
        penalty = adapter(OWL, w=w)
        assert penalty(v) == pytest.approx(3.0 + 1.0 + 0.25)
        assert np.array_equal(penalty.prox(v, 0.5), wanted)
    dual = adapters.ForPyproximal(NORM, lam=1.0).proxdual(np.array([3.0, 4.0]), 0.7)
    assert dual == pytest.approx([0.6, 0.8])  # the nearest point of the ball
    with pytest.raises(InputError, match="needs lam"):
        adapters.ForCopt(NORM)


def test_the_shape_of_skglm_for_vectors() -> None:
    penalty = adapters.for_skglm(NORM, lam=2.5)
    v = np.array([3.0, 4.0])
    assert penalty.value(v) == 12.5
    assert penalty.prox_vec(v, 1.0) == pytest.approx([1.5, 2.0])
    falling = adapters.for_skglm(OWL, w=[1.0, 0.5])
    assert falling.value(v) == 5.5
    assert falling.prox_vec(v, 1.0) == pytest.approx([2.5, 3.0])
    groups = nc.function("sum(w*group_norms(x, G, 2))")
    with pytest.raises(NotDerivable, match="numbers and vectors"):
        adapters.for_skglm(groups, w=1.0, G=[[0], [1]])
    with pytest.raises(InputError, match="needs lam"):
        adapters.for_skglm(NORM, mu=1.0)


@pytest.mark.slow
def test_skglm_solves_with_compiled_vectors() -> None:
    pytest.importorskip("skglm")
    from skglm.datafits import Quadratic
    from skglm.solvers import FISTA

    matrix, b = least_squares()
    penalty = adapters.for_skglm(NORM, lam=0.3)
    solver = FISTA(max_iter=2000, tol=1e-10, opt_strategy="fixpoint")
    x = solver.solve(matrix, b, Quadratic(), penalty)[0]
    wanted = nc.minimize(nc.least_squares(matrix, b, scaling="mean") + NORM, lam=0.3).x
    assert x == pytest.approx(wanted, abs=1e-6)
    w = np.linspace(0.2, 0.05, 8)
    x = solver.solve(matrix, b, Quadratic(), adapters.for_skglm(OWL, w=w))[0]
    wanted = nc.minimize(nc.least_squares(matrix, b, scaling="mean") + OWL, w=w).x
    assert x == pytest.approx(wanted, abs=1e-6)


def test_copt_and_pyproximal_solve() -> None:
    pytest.importorskip("copt")
    pyproximal = pytest.importorskip("pyproximal")
    import pylops
    from copt.proximal_gradient import minimize_proximal_gradient

    matrix, b = least_squares()
    w = np.linspace(3.0, 1.0, 8)
    wanted = nc.minimize(nc.least_squares(matrix, b, scaling="half") + OWL, w=w).x
    loss = pyproximal.L2(Op=pylops.MatrixMult(matrix), b=b)
    step = 1 / np.linalg.norm(matrix, 2) ** 2
    x = pyproximal.optimization.primal.ProximalGradient(
        loss, adapters.ForPyproximal(OWL, w=w), x0=np.zeros(8), tau=step, niter=3000
    )
    assert np.asarray(x) == pytest.approx(wanted, abs=1e-6)

    def smooth(x: Any) -> Any:
        return 0.5 * np.sum((matrix @ x - b) ** 2), matrix.T @ (matrix @ x - b)

    prox = adapters.ForCopt(OWL, w=w).prox
    x = minimize_proximal_gradient(
        smooth, np.zeros(8), prox=prox, jac=True, step=lambda _: step, max_iter=3000, tol=1e-12
    ).x
    assert x == pytest.approx(wanted, abs=1e-6)


def test_torch_differentiates() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    v = torch.tensor(rng.normal(size=(2, 4)), requires_grad=True)
    w = torch.tensor([1.0, 0.6, 0.3, 0.1], dtype=torch.float64, requires_grad=True)
    step = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    prox = adapters.for_torch(nc.prox(OWL))
    assert torch.autograd.gradcheck(prox, (v, step, w))
    single = prox(v.detach().to(torch.float32), 0.5, w=[1.0, 0.6, 0.3, 0.1])
    assert single.dtype == torch.float32
    groups = adapters.for_torch(nc.prox(nc.function("sum(group_norms(x, G, 2))")))
    found = groups(v, step, G=[[0, 1], [2, 3]])
    found.sum().backward()
    assert step.grad.item() < 0.0
    with pytest.raises(InputError, match="needs step, w"):
        prox(v, 0.5)
    with pytest.raises(InputError, match="export"):
        adapters.for_torch(nc.prox(nc.function("lam*abs(x)")))


def test_jax_differentiates() -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    v = jax.numpy.asarray(np.random.default_rng(0).normal(size=4))
    w = jax.numpy.asarray([1.0, 0.6, 0.3, 0.1])
    prox = adapters.for_jax(nc.prox(OWL))
    found = nc.differentiate(nc.prox(OWL))
    _, along, sums = found.vjp(np.asarray(v), {"step": 0.5, "w": np.asarray(w)}, 1.0)

    def total(v: Any, step: Any, w: Any) -> Any:
        return prox(v, step, w=w).sum()

    for gradient in (jax.grad(total, (0, 1, 2)), jax.jit(jax.grad(total, (0, 1, 2)))):
        got = gradient(v, 0.5, w)
        assert got[0] == pytest.approx(along, abs=1e-12)
        assert float(got[1]) == pytest.approx(sums["step"], abs=1e-12)
        assert got[2] == pytest.approx(sums["w"], abs=1e-12)
    forward, back = (
        np.asarray(j(lambda v: prox(v, 0.5, w=w))(v)) for j in (jax.jacfwd, jax.jacrev)
    )
    assert forward == pytest.approx(back, abs=1e-12)
    stack = jax.numpy.stack([v, 2 * v])
    rows = jax.vmap(jax.grad(total), (0, None, None))(stack, 0.5, w)
    assert rows[0] == pytest.approx(along, abs=1e-12)
    with pytest.raises(InputError, match="export"):
        adapters.for_jax(nc.prox(nc.function("lam*abs(x)")))
