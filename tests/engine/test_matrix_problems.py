"""Problems of a matrix end to end: robust principal components, several targets, constraints."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import normcalc as nc

RNG = np.random.default_rng(4)
LOW = RNG.normal(size=(20, 2)) @ RNG.normal(size=(2, 18))
SPIKES = 5.0 * (RNG.random(LOW.shape) < 0.05)
Y = LOW + SPIKES
MASK = (RNG.random(Y.shape) < 0.7).astype(float)
A = RNG.normal(size=(40, 8))
TARGETS = A[:, :2] @ RNG.normal(size=(2, 3)) + 0.1 * RNG.normal(size=(40, 3))
ROBUST = nc.function("sum(singular_values(X)) + lam*sum(abs(X - Y))", Y=nc.Matrix)
SEEN = nc.function("sum(M*(X - Y)**2)/2 + lam*sum(singular_values(X))", M=nc.Matrix, Y=nc.Matrix)
BALL = nc.function("indicator(sum(singular_values(X)) <= r)")


def test_low_rank_and_sparse_parts_are_told_apart() -> None:
    found = nc.minimize(ROBUST, Y=Y, lam=1 / np.sqrt(20), tol=1e-4)
    assert found.status == "optimal"
    assert np.linalg.matrix_rank(found.x, tol=1e-2) == 2
    assert np.abs(found.x - LOW).max() < 0.05
    value = np.linalg.norm(found.x, "nuc") + np.abs(found.x - Y).sum() / np.sqrt(20)
    assert found.fun == pytest.approx(value, rel=1e-6)
    assert np.linalg.norm(LOW, "nuc") + SPIKES.sum() / np.sqrt(20) >= value * (1 - 1e-4)


def test_a_row_without_entries_is_left_at_zero() -> None:
    mask = MASK.copy()
    mask[3] = 0.0
    found = nc.minimize(SEEN, M=mask, Y=Y, lam=1.0)
    assert found.status == "optimal"
    assert np.abs(found.x[3]).max() < 1e-9
    assert not nc.minimize(SEEN, M=0 * mask, Y=Y, lam=1.0).x.any()


def test_least_squares_over_a_ball_of_singular_values() -> None:
    ways: list[tuple[Any, float]] = [("auto", 1e-8), ("frank_wolfe", 1e-3)]
    objective = nc.least_squares(A, TARGETS) + BALL
    found = [nc.minimize(objective, r=1.5, method=name, tol=tol) for name, tol in ways]
    assert [each.status for each in found] == ["optimal", "optimal"]
    slope = A.T @ (A @ found[0].x - TARGETS)
    gap = np.vdot(slope, found[0].x) + 1.5 * np.linalg.norm(slope, 2)
    assert gap <= 1e-6 * found[0].fun  # no point of the ball is better, by the dual norm
    assert found[0].fun <= found[1].fun <= found[0].fun * (1 + 1e-3)


WRONG: dict[str, tuple[Any, dict[str, Any], str]] = {
    "NaN": (
        SEEN,
        {"M": MASK, "Y": np.where(MASK, Y, np.nan), "lam": 1.0},
        "Y has .* NaN or infinite, first at .* a weight that is 0",
    ),
    "truth values": (SEEN, {"M": MASK > 0, "Y": Y, "lam": 1.0}, r"M.astype\(float\)"),
    "mask of another shape": (
        SEEN,
        {"M": MASK[:-1], "Y": Y, "lam": 1.0},
        r"M has shape \(19, 18\); Y has shape \(20, 18\)",
    ),
    "a vector": (ROBUST, {"Y": Y[0], "lam": 1.0}, r"Y is a matrix .* got shape \(18,\)"),
    "a start of another shape": (
        SEEN,
        {"M": MASK, "Y": Y, "lam": 1.0, "x0": np.zeros((2, 2))},
        r"X has shape \(2, 2\)",
    ),
    "a negative radius": (
        nc.least_squares(A, TARGETS) + BALL,
        {"r": -1.0},
        "r = -1.0 is not positive",
    ),
    "targets of another length": (
        None,
        {},
        "39 rows, but A asks for 40",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_data_are_named(name: str) -> None:
    objective, given, message = WRONG[name]

    def asked() -> None:
        problem = objective or nc.least_squares(A, TARGETS[:-1]) + BALL
        nc.minimize(problem, **given)

    with pytest.raises((nc.InputError, nc.ParameterError), match=message):
        asked()


def test_a_sparse_mask_is_told_what_to_be() -> None:
    from scipy.sparse import csr_array

    with pytest.raises(nc.ParameterError, match=r"M.toarray\(\)"):
        nc.minimize(SEEN, M=csr_array(MASK), Y=Y, lam=1.0)


def test_saturated_singular_values_end_where_squares_lose_digits() -> None:
    rng = np.random.default_rng(0)
    M = (rng.random((40, 30)) < 0.5).astype(float)
    Y = rng.normal(size=(40, 2)) @ rng.normal(size=(2, 30))
    sizes = "singular_values(X)"
    concave = f"Piecewise((lam*{sizes} - {sizes}**2/6, {sizes} <= 3*lam), (3*lam**2/2, True))"
    text = f"sum(M*(X - Y)**2)/2 + sum({concave})"
    found = nc.minimize(nc.function(text, M=nc.Matrix, Y=nc.Matrix), M=M, Y=M * Y, lam=1.0)
    assert found.status == "stationary"
    assert found.nit < 2000


def test_typed_squares_have_a_gap() -> None:
    rng = np.random.default_rng(1)
    A, B = rng.normal(size=(12, 4)), rng.normal(size=(12, 3))
    typed = nc.function(
        "sum((A @ X - B)**2)/2 + lam*sum(singular_values(X))", A=nc.Matrix, B=nc.Matrix
    )
    found = nc.minimize(typed, A=A, B=B, lam=0.5)
    given = nc.minimize(
        nc.least_squares(A, B) + nc.function("lam*sum(singular_values(X))"), lam=0.5
    )
    assert (found.status, found.certificate.kind) == ("optimal", "duality gap")
    assert found.fun == pytest.approx(given.fun, rel=1e-7)
