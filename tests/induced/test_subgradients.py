"""Subgradients support the norm from below; matrix norms obey their axioms; formulas hold."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import normcalc as nc

OCTAGON = "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"
ELLIPSE = "sqrt(4*x1**2 + x1*x2 + x2**2)"
shapes = st.tuples(st.integers(1, 4), st.integers(1, 4))
entries = st.integers(-3, 3).map(float)
pairs = shapes.flatmap(
    lambda s: st.tuples(arrays(float, s, elements=entries), arrays(float, s, elements=entries))
)
EXACT = [
    nc.induced_norm(1, 1), nc.induced_norm(np.inf, np.inf), nc.induced_norm(2, 2),
    nc.induced_norm(1, 3), nc.induced_norm(3, np.inf), nc.induced_norm(np.inf, 1),
    nc.schatten(1), nc.schatten(2), nc.schatten(np.inf), nc.schatten(3), nc.schatten(1.5),
    nc.entrywise(1), nc.entrywise(2), nc.entrywise(np.inf), nc.entrywise(3),
    nc.entrywise("norm(x, 2) + sum(abs(x))"),
]  # fmt: skip


@pytest.mark.parametrize("norm", EXACT, ids=str)
@settings(max_examples=25, deadline=None)
@given(pairs)
def test_supports_from_below(norm, both) -> None:
    A, B = both
    G = norm.subgradient(A)
    assert G.shape == A.shape
    assert np.sum(G * A) == pytest.approx(norm(A), abs=1e-9)
    assert norm(B) >= np.sum(G * B) - 1e-9


@pytest.mark.parametrize("norm", EXACT, ids=str)
@settings(max_examples=25, deadline=None)
@given(pairs)
def test_norm_axioms(norm, both) -> None:
    A, B = both
    assert norm(A + B) <= norm(A) + norm(B) + 1e-9
    assert norm(-2 * A) == pytest.approx(2 * norm(A))
    assert (norm(A) > 0) == bool(A.any())


def test_wrong_subgradients_are_seen() -> None:
    """The inequality is sharp enough to refute a subgradient that is slightly off."""
    A, norm = np.array([[1.0, -2.0], [3.0, 4.0]]), nc.schatten(1)
    wrong = norm.subgradient(A).T
    assert np.sum(wrong * A) != pytest.approx(norm(A), abs=1e-3)
    longer = 1.01 * norm.subgradient(A)
    assert norm(2 * A) < norm(A) + np.sum(longer * A)


@settings(max_examples=30, deadline=None)
@given(pairs)
def test_hoelder_for_dual_norms(both) -> None:
    A, B = both
    for norm in (nc.schatten(1), nc.schatten(3), nc.entrywise(1), nc.entrywise(3)):
        assert np.sum(A * B) <= norm(A) * norm.dual()(B) + 1e-9
        G = norm.subgradient(A)
        assert norm.dual()(G) == pytest.approx(1) or not A.any()


def test_hard_pair_with_bounds_that_meet_has_a_subgradient() -> None:
    A = np.array([[1.0, -2.0], [3.0, 4.0]])
    norm = nc.induced_norm(3, 3)
    G = norm.subgradient(A)
    assert np.sum(G * A) == pytest.approx(norm(A), rel=1e-9)
    for B in np.random.default_rng(0).normal(size=(20, 2, 2)):
        assert norm(B) >= np.sum(G * B) - 1e-9


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_from_numpy(both) -> None:
    A, _ = both
    for order in (None, "fro", "nuc", 1, 2, np.inf):
        assert nc.from_numpy(order)(A) == pytest.approx(np.linalg.norm(A, order), abs=1e-12)


FORMULAS = [
    (1, 1, (3, 4)), (1, 3, (2, 2)), (np.inf, np.inf, (3, 2)), (3, np.inf, (2, 3)),
    (np.inf, 1, (2, 3)), (np.inf, 2, (2, 3)), (2, 1, (3, 2)), (2, 2, (2, 5)), (2, 2, (4, 2)),
    (2, 2, (1, 3)), (2, 2, (3, 1)), (OCTAGON, 2, (2, 2)), (2, OCTAGON, (2, 3)),
    (ELLIPSE, 2, (3, 2)), (2, ELLIPSE, (2, 3)), (ELLIPSE, ELLIPSE, (2, 2)),
    ("2*norm(x, 1)", 3, (2, 2)), (1, "norm(x, 2) + sum(abs(x))", (2, 3)), (3, 3, (1, 3)),
    (3, 3, (3, 1)), (1, OCTAGON, (2, 2)), (OCTAGON, OCTAGON, (2, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("p", "q", "shape"), FORMULAS, ids=range(len(FORMULAS)))
def test_formulas_agree_with_numbers(p, q, shape) -> None:
    norm = nc.induced_norm(p, q)
    symbols = sp.Matrix(*shape, lambda i, j: sp.Symbol(f"a{i}{j}"))
    formula = sp.lambdify(list(symbols), norm.symbolic(symbols), "math")
    rng = np.random.default_rng(0)
    for _ in range(4):
        A = rng.integers(-5, 6, size=shape)
        assert formula(*map(int, A.ravel())) == pytest.approx(norm(A), rel=1e-9)


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, np.inf])
def test_formulas_of_singular_values(p) -> None:
    norm = nc.schatten(p)
    for shape in ((2, 2), (2, 4), (3, 2), (1, 3)):
        A = np.random.default_rng(1).integers(-5, 6, size=shape)
        assert float(norm.symbolic(sp.Matrix(A.tolist()))) == pytest.approx(norm(A), rel=1e-9)


def test_formula_of_entries() -> None:
    a, b = sp.symbols("a b", real=True)
    assert nc.entrywise(1).symbolic([[a, b]]) == sp.Abs(a) + sp.Abs(b)
    mixed = nc.entrywise("norm(x, 2) + sum(abs(x))").symbolic([[a, b]])
    assert mixed.subs({a: 3, b: -4}) == 12
