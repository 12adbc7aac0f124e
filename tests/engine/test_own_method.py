"""Methods of the user's own: run by the same loop, judged by the same certificate."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc

RNG = np.random.default_rng(5)
A = RNG.normal(size=(14, 6))
B = A[:, 0] - A[:, 2] + 0.2 * RNG.normal(size=14)


class Forward:
    """Plain proximal gradient."""

    name = "plain proximal gradient"

    def __init__(self, problem, x0):
        self.problem, self.x = problem, x0
        self.length = 0.9 / problem.curvature

    def step(self):
        ahead = self.x - self.length * self.problem.gradient(self.x)
        self.x = self.problem.prox(ahead, self.length)


class Boaster(Forward):
    """It does nothing, and says that it is done."""

    name, gap, status, fun = "boaster", 0.0, "optimal", -1.0

    def step(self):
        self.stalled = True


class Shapeless(Forward):
    def step(self):
        self.x = self.x[:-1]


SIDE = np.sign(B)
LOSSES = {
    "squares": nc.least_squares(A, B),
    "logistic": nc.loss("log(1 + exp(-y*z))", A, SIDE),
    "logistic, constant": nc.loss("log(1 + exp(-y*z))", A, SIDE, intercept=True),
}
PENALTIES = ["lam*abs(x)", "lam*norm(x)", "lam*x**2"]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("penalty", PENALTIES)
def test_it_is_certified_as_ours_are(loss: str, penalty: str) -> None:
    objective = LOSSES[loss] + nc.function(penalty)
    found = nc.minimize(objective, method=Forward, lam=0.5, tol=1e-7)
    ours = nc.minimize(objective, lam=0.5, tol=1e-7)
    assert found.fun == pytest.approx(ours.fun, rel=1e-6)
    assert (found.status, found.method) == ("optimal", "plain proximal gradient")
    assert found.certificate.kind == "duality gap"


def test_a_formula_alone_is_taken_apart_for_it() -> None:
    formula = nc.function("norm(x - c)**2/2 + lam*norm(x)", c=nc.Real.vector)
    found = nc.minimize(formula, method=Forward, c=np.array([3.0, 4.0]), lam=1.0, tol=1e-12)
    np.testing.assert_allclose(found.x, [2.4, 3.2], atol=1e-6)


def test_what_it_says_of_itself_is_not_believed() -> None:
    found = nc.minimize(LOSSES["squares"] + nc.function("lam*abs(x)"), method=Boaster, lam=0.5)
    assert (found.status, found.success) == ("stalled", False)
    assert found.gap > 1.0
    assert found.fun == pytest.approx(0.5 * B @ B)


def test_a_penalty_that_is_not_convex_ends_stationary() -> None:
    objective = LOSSES["squares"] + nc.zoo.mcp()
    found = nc.minimize(objective, method=Forward, lam=0.5, gamma=3.0)
    assert found.status == "stationary"


def test_wrong_ones_are_named() -> None:
    objective = LOSSES["squares"] + nc.function("lam*abs(x)")
    with pytest.raises(nc.SolverError, match=r"Shapeless|plain.*shape \(6,\)"):
        nc.minimize(objective, method=Shapeless, lam=0.5)
    hinge = nc.loss("max(0, 1 - y*z)", A, SIDE) + nc.function("lam*abs(x)")
    with pytest.raises(nc.SolverError, match="differentiable"):
        nc.minimize(hinge, method=Forward, lam=0.5)
    with pytest.raises(nc.InputError, match="a class of your own"):
        nc.minimize(objective, method="no_such", lam=0.5)
