"""Formulas of an unknown matrix, as people type them, beside the same sums in NumPy."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import normcalc as nc
from normcalc.language.adjoints import embedded_block
from normcalc.language.matrices import block

RNG = np.random.default_rng(2)
DATA: dict[str, Any] = {
    "A": RNG.normal(size=(6, 6)),
    "B": RNG.normal(size=(5, 4)),
    "C": RNG.normal(size=(6, 4)),
    "M": (RNG.random((6, 5)) < 0.7).astype(float),
    "Y": RNG.normal(size=(6, 5)),
    "Z": RNG.normal(size=(5, 6)),
    "b": RNG.normal(size=5),
    "d": RNG.normal(size=6),
    "lam": 0.3,
}
KINDS = dict.fromkeys("ABCMYZ", nc.Matrix) | dict.fromkeys("bd", nc.Real.vector)
A, B, C, Y, Z = (DATA[name] for name in "ABCYZ")


def typed(text: str) -> tuple[Any, dict[str, Any]]:
    """Return a formula with the kinds of the names that it has, and their values."""
    names = set(re.findall(r"[A-Za-z]+", text))
    kinds = {name: KINDS[name] for name in names if name in KINDS}
    formula = nc.function(text, "X", **kinds)
    return formula, {p.name: DATA[p.name] for p in formula.parameters}


def down(x: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(x, axis=0)).sum()


def right(x: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(x, axis=1)).sum()


def squares(r: np.ndarray) -> float:
    return 0.5 * float(np.sum(r**2))


SPELLINGS = {
    "sum((X - Y)**2)/2 + lam*sum(abs(image_gradient(X)))": lambda x: (
        squares(x - Y) + 0.3 * (down(x) + right(x))
    ),
    "sum((X - Y)**2)/2 + lam*norm(entries(image_gradient(X)), 1)": lambda x: (
        squares(x - Y) + 0.3 * (down(x) + right(x))
    ),
    "sum((X - Y)**2)/2 + lam*sum(image_gradient(X)**2)": lambda x: (
        squares(x - Y) + 0.6 * (squares(np.diff(x, axis=0)) + squares(np.diff(x, axis=1)))
    ),
    "sum((X - Y)**2)/2 + lam*sum(abs(X[:, 1:] - X[:, :-1]))": lambda x: (
        squares(x - Y) + 0.3 * right(x)
    ),
    "sum((A @ X - Y)**2)/2 + lam*sum(abs(X))": lambda x: (
        squares(A @ x - Y) + 0.3 * np.abs(x).sum()
    ),
    "sum((X @ B - C)**2)/2 + lam*sum(abs(X))": lambda x: (
        squares(x @ B - C) + 0.3 * np.abs(x).sum()
    ),
    "sum((A @ X - Y)**2)/2 + lam*sum(row_norms(X, 2))": lambda x: (
        squares(A @ x - Y) + 0.3 * np.linalg.norm(x, axis=1).sum()
    ),
    "sum((X - Y)**2)/2 + lam*sum(column_norms(X, 2))": lambda x: (
        squares(x - Y) + 0.3 * np.linalg.norm(x, axis=0).sum()
    ),
    "sum((X - Y)**2)/2 + sum(abs(A @ X))": lambda x: squares(x - Y) + np.abs(A @ x).sum(),
    "sum((transpose(X) @ A - Z)**2)/2 + lam*sum(X**2)": lambda x: (
        squares(x.T @ A - Z) + 0.6 * squares(x)
    ),
    "sum((X @ b - d)**2)/2 + lam*sum(X**2)": lambda x: (
        squares(x @ DATA["b"] - DATA["d"]) + 0.6 * squares(x)
    ),
}


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_spelling_is_minimised(text: str) -> None:
    """The value is NumPy's, and no point near the answer is better."""
    formula, given = typed(text)
    value = SPELLINGS[text]
    found = nc.minimize(formula, tol=1e-8, **given)
    assert found.success
    assert found.fun == pytest.approx(value(found.x), rel=1e-9)
    for _ in range(200):
        move = RNG.normal(size=found.x.shape) * (RNG.random(found.x.shape) < 0.3)
        for size in (1e-3, 0.1):
            assert value(found.x + size * move) >= value(found.x) * (1 - 1e-7)
            assert value(found.x + size * (A[:, :1] * found.x)) >= value(found.x) * (1 - 1e-7)


def test_the_check_sees_a_wrong_answer() -> None:
    text = "sum((A @ X - Y)**2)/2 + lam*sum(abs(X))"
    formula, given = typed(text)
    early = nc.minimize(formula, max_iter=3, **given)
    late = nc.minimize(formula, **given)
    assert SPELLINGS[text](early.x) > SPELLINGS[text](late.x) * (1 + 1e-7)


REFUSED = {
    "sum((X - Y)**2)/2 + lam*sum(abs(diff(X)))": r"X\[1:, :\].*image_gradient\(X\)",
    "sum((X.T - Z)**2)": r"transpose\(X\)",
    "sum((X - Y)**2) + lam*norm(X, 'nuc')": r"sum\(singular_values\(X\)\)",
    "sum((X - Y)**2) + lam*norm(X)": r"norm\(entries\(X\), p\), norm\(singular_values",
    "sum(abs(diff(X, axis=0)))": "row_norms, column_norms and image_gradient",
    "sum((X - Y)**2) + sum(abs(X - transpose(X)))": r"X has shape \(6, 5\); Y has shape \(6, 5\)",
    "sum(abs(image_gradient(X)))": r"pass x0=numpy.zeros\(shape\)",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_read_says_what_to_type(text: str) -> None:
    def asked() -> None:
        formula, given = typed(text)
        nc.minimize(formula, **given)

    with pytest.raises((nc.LanguageError, nc.InputError), match=REFUSED[text]):
        asked()


def test_blocks_and_their_transposes() -> None:
    x, ends = RNG.normal(size=(4, 5)), (1, np.inf, 0, -1)
    y = RNG.normal(size=block(x, *ends).shape)
    there = float(np.sum(y * block(x, *ends)))
    assert float(np.sum(x * embedded_block(y, *ends, x))) == pytest.approx(there)
    assert float(np.sum(x * embedded_block(2 * y, *ends, x))) != pytest.approx(there)
