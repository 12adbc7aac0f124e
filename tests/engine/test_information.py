"""Degrees of freedom against refits with moved targets; folds in threads; large data in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.sparse.linalg import aslinearoperator

import normcalc as nc
from normcalc.engine import (
    cross_validate,
    degrees_of_freedom,
    information_criteria,
    largest,
    regularization_path,
)
from normcalc.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

RNG = np.random.default_rng(4)
A = RNG.normal(size=(16, 8))
B = A[:, :3] @ [2.0, -1.5, 1.0] + RNG.normal(size=16)
GROUPS = [[0, 1], [2, 3, 4], [5], [6, 7]]
CASES: dict[str, dict[str, Any]] = {
    "lam*abs(x)": {"lam": 5.0},
    "lam*abs(x) + mu*x**2/2": {"lam": 4.0, "mu": 3.0},
    "lam*x**2/2": {"lam": 7.0},
    "lam*sum(group_norms(x, G, 2))": {"lam": 6.0, "G": GROUPS},
    "lam*norm(diff(x), 1)": {"lam": 4.0},
    "lam*norm(x)": {"lam": 20.0},
}


def _by_refits(make: Any, given: dict[str, Any]) -> float:
    """Return the sum of the changes of fitted values when each target is moved."""
    total, width = 0.0, 1e-4
    for i in range(len(B)):
        fits = []
        for sign in (1.0, -1.0):
            y = B.copy()
            y[i] += sign * width
            found = nc.minimize(make(y), tol=1e-12, **given)
            fits.append(A[i] @ found.x + found.intercept)
        total += (fits[0] - fits[1]) / (2 * width)
    return float(total)


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("intercept", [False, True])
def test_degrees_of_freedom_are_the_divergence_of_the_fit(text: str, intercept: bool) -> None:
    def make(y: Any) -> Any:
        loss: Any = nc.least_squares(A, y)
        if intercept:
            loss = nc.loss("(z - y)**2/2", A, y, intercept=True)
        return loss + nc.function(text)

    given = CASES[text]
    x = nc.minimize(make(B), tol=1e-12, **given).x
    found = degrees_of_freedom(make(B), x, **given)
    assert found == pytest.approx(_by_refits(make, given), abs=2e-3)
    assert 1.0 < found < 9.0


def test_criteria_by_hand() -> None:
    lasso = nc.least_squares(A, B) + nc.function("lam*abs(x)")
    path = regularization_path(lasso, "lam", [50.0, 20.0, 5.0, 0.1])
    plain = information_criteria(lasso, path)
    known = information_criteria(lasso, path, variance=2.0)
    sums = np.array([np.sum((A @ s.x - B) ** 2) for s in path.solutions])
    counts = np.array([s.support.size for s in path.solutions])
    np.testing.assert_allclose(plain.degrees, counts, atol=1e-9)
    np.testing.assert_allclose(plain.aic, 16 * np.log(sums / 16) + 2 * counts)
    np.testing.assert_allclose(known.bic, sums / 2 + np.log(16) * counts)
    assert str(plain).splitlines()[0].split() == ["lam", "degrees", "AIC", "BIC"]
    assert not np.allclose(plain.aic, plain.bic)


def test_losses_that_are_not_quadratic_are_refused() -> None:
    side = nc.loss("log(1 + exp(-y*z))", A, np.sign(B)) + nc.function("lam*abs(x)")
    weighted = nc.loss("(z - y)**2/2", A, B, weights=np.arange(1.0, 17.0))
    for objective in (side, weighted + nc.function("lam*abs(x)")):
        with pytest.raises(InputError, match="equal weights"):
            degrees_of_freedom(objective, np.ones(8), lam=1.0)


@pytest.mark.parametrize("penalty", ["lam*abs(x)", "lam*sum(group_norms(x, G, 2))"])
def test_folds_in_threads_find_the_same(penalty: str) -> None:
    objective = nc.loss("(z - y)**2/2", A, B, scaling="mean", intercept=True)
    given: dict[str, Any] = {"G": GROUPS} if "G" in penalty else {}
    whole = objective + nc.function(penalty)
    one = cross_validate(whole, "lam", n=4, **given)
    for jobs in (2, -1):
        several = cross_validate(whole, "lam", n=4, n_jobs=jobs, **given)
        np.testing.assert_array_equal(one.losses, several.losses)
    with pytest.raises(InputError, match="n_jobs"):
        cross_validate(whole, "lam", n=4, n_jobs=0, **given)


class Products:
    """A matrix known by its products alone, as libraries of linear operators have them."""

    shape, dtype = A.shape, A.dtype

    def matvec(self, x: Any) -> Any:
        return A @ x

    def rmatvec(self, y: Any) -> Any:
        return A.T @ y


def _in_file(folder: Path) -> Any:
    kept = np.memmap(folder / "A.dat", dtype=np.float64, mode="w+", shape=A.shape, order="F")
    kept[:] = A
    kept.flush()
    return np.memmap(folder / "A.dat", dtype=np.float64, mode="r", shape=A.shape, order="F")


@pytest.mark.parametrize("penalty", ["lam*abs(x)", "lam*sum(group_norms(x, G, 2))"])
@pytest.mark.parametrize("form", ["memory map", "linear operator", "products"])
def test_matrices_in_files_and_behind_products(form: str, penalty: str, tmp_path: Path) -> None:
    forms = {"memory map": _in_file, "linear operator": lambda _: aslinearoperator(A),
             "products": lambda _: Products()}  # fmt: skip
    matrix = forms[form](tmp_path)
    given: dict[str, Any] = {"G": GROUPS} if "G" in penalty else {}
    plain = nc.least_squares(A, B) + nc.function(penalty)
    lam = largest(plain, "lam", **given) / 5
    best = nc.minimize(plain, lam=lam, tol=1e-10, **given)
    found = nc.minimize(
        nc.least_squares(matrix, B) + nc.function(penalty), lam=lam, tol=1e-10, **given
    )
    assert found.status == "optimal"
    assert found.fun == pytest.approx(best.fun, rel=1e-9)
    np.testing.assert_allclose(found.x, best.x, atol=1e-4)
    assert ("descent" in found.method) == (form == "memory map")


def test_a_memory_map_is_not_read_into_memory(tmp_path: Path) -> None:
    matrix = _in_file(tmp_path)
    assert np.shares_memory(nc.least_squares(matrix, B).design.array, matrix)


def test_products_that_are_no_numbers_are_named() -> None:
    class Broken(Products):
        def rmatvec(self, y: Any) -> Any:
            return np.full(8, np.nan)

    with pytest.raises(InputError, match=r"A\^T r has 8 entries"):
        nc.minimize(nc.least_squares(Broken(), B) + nc.function("lam*abs(x)"), lam=1.0)
