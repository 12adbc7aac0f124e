"""Every loss with every penalty by every method works, or says in one error what would."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

import normcalc as nc

RNG = np.random.default_rng(11)
A = RNG.normal(size=(9, 4))
SIGNS = np.where(A[:, 0] > 0, 1.0, -1.0)
LOSSES = {
    "squares": nc.least_squares(A, SIGNS, scaling="mean"),
    "logistic": nc.loss("log(1 + exp(-y*z))", A, SIGNS, scaling="mean"),
    "logistic, constant": nc.loss("log(1 + exp(-y*z))", A, SIGNS, scaling="mean", intercept=True),
    "hinge": nc.loss("max(0, 1 - y*z)", A, SIGNS, scaling="mean"),
    "two targets": nc.least_squares(A, np.stack([SIGNS, A[:, 1]], axis=1), scaling="mean"),
    "not convex": nc.loss("(z - y)**2/(1 + (z - y)**2)", A, SIGNS, scaling="mean"),
}
PENALTIES = {
    "l1": (nc.function("lam*abs(x)"), {"lam": 0.1}),
    "mcp": (nc.zoo.mcp(), {"lam": 0.1, "gamma": 30.0}),
    "l2": (nc.function("mu*norm(x)"), {"mu": 0.1}),
    "differences": (nc.function("mu*norm(diff(x), 1)"), {"mu": 0.1}),
    "image": (nc.function("mu*norm(D @ x)"), {"mu": 0.1, "D": A[:3]}),
    "rows": (nc.function("mu*sum(row_norms(X, 2))"), {"mu": 0.1}),
    "count": (nc.zoo.l0(), {"lam": 0.1}),
    "ball": (nc.function("indicator(norm(x) <= r)"), {"r": 0.5}),
}
# whose iterates may miss constraints, or rise
SPLITTING = ("dual_gradient", "augmented_lagrangian", "admm", "primal_dual")
FURTHER = ("frank_wolfe", "reweighting", "best_subset", "global_search")
METHODS = ("auto", "coordinate_descent", "prox_newton", "proximal_gradient", *SPLITTING, *FURTHER)


def attempt(loss: str, penalty: str, method: str) -> nc.NormcalcError | None:
    """Minimise; return the error if there is one."""
    formula, params = PENALTIES[penalty]
    try:
        found = nc.minimize(LOSSES[loss] + formula, method=method, max_iter=40, tol=1e-3, **params)
    except nc.NormcalcError as error:
        return error
    assert np.isfinite(found.fun)
    assert found.fun <= found.history[0].fun * (1 + 1e-9) or method in SPLITTING
    return None


@pytest.mark.parametrize(("loss", "penalty"), list(itertools.product(LOSSES, PENALTIES)))
def test_a_pair_works_or_the_error_says_what_would(loss: str, penalty: str) -> None:
    errors = {method: attempt(loss, penalty, method) for method in METHODS}
    if isinstance(errors["auto"], nc.InputError):  # a vector for a matrix: for all alike
        assert "the unknown is a" in str(errors["auto"])
        return
    for method, error in errors.items():
        if error is None:
            continue
        assert isinstance(error, nc.SolverError), (method, error)
        assert "needs" in str(error)
        for named in re.findall(r"use method='(\w+)'", str(error)):
            assert errors[named] is None, f"{method} recommends {named}: {errors[named]}"
    if errors["auto"] is not None:
        assert all(errors.values()), "auto gave up although a method works"


def test_every_kind_of_outcome_is_walked() -> None:
    assert attempt("squares", "l1", "auto") is None
    assert "differentiable" in str(attempt("hinge", "l1", "prox_newton"))
    assert "no method fits" in str(attempt("not convex", "image", "auto"))
    assert "the unknown is a matrix" in str(attempt("two targets", "l2", "auto"))
    for method, fitting in {
        "frank_wolfe": "ball",
        "reweighting": "mcp",
        "best_subset": "count",
    }.items():
        assert attempt("squares", fitting, method) is None
        assert f"{method} needs" in str(attempt("squares", "l2", method))
