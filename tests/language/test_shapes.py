"""Vectors, matrices and groups in formulas: shapes, values on arrays, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.errors import InputError, LanguageError, ParameterError
from normcalc.language import Matrix, PositiveDefinite, text

rng = np.random.default_rng(0)
A, B = rng.normal(size=(2, 3)), rng.normal(size=(3, 3))
V = rng.normal(size=3)
P = B @ B.T + np.eye(3)

VALUES = [
    ("norm(A @ x - b)", V, {"A": A, "b": [1.0, 2.0]}, np.linalg.norm(A @ V - [1, 2])),
    ("dot(x, P @ x)/2", V, {"P": P}, V @ P @ V / 2),
    ("sum(abs(diff(x)))", V, {}, np.abs(np.diff(V)).sum()),
    ("sum(abs(diff(diff(x))))", V, {}, np.abs(np.diff(V, 2)).sum()),
    ("norm(x - mean(x))", V, {}, np.linalg.norm(V - V.mean())),
    ("sum_largest(abs(x), 2)", V, {}, np.sort(np.abs(V))[1:].sum()),
    ("x[0]*x[-1] + norm(x[1:])", V, {}, V[0] * V[2] + np.hypot(V[1], V[2])),
    ("sum(X[1:, :-1])", A, {}, A[1, :2].sum()),
    ("max(X[:, -1:]) + norm(entries(X[:1, :]))", A, {}, A[:, 2].max() + np.linalg.norm(A[0])),
    ("sum(group_norms(x, G, 2))", V, {"G": [[0, 2], [1]]}, np.hypot(V[0], V[2]) + abs(V[1])),
    ("-prod(x)", [1.0, 2.0, 3.0], {}, -6.0),
    ("sum(X**2)", A, {}, (A**2).sum()),
    ("norm(entries(X), oo)", A, {}, np.abs(A).max()),
    ("sum(singular_values(X))", A, {}, np.linalg.svd(A)[1].sum()),
    ("max(column_norms(X, 1))", A, {}, np.linalg.norm(A, 1)),
    ("max(row_norms(X, 1))", A, {}, np.linalg.norm(A, np.inf)),
    ("norm(singular_values(X), oo)", A, {}, np.linalg.norm(A, 2)),
    ("trace(S @ X) - logdet(X)", P, {"S": B}, np.trace(B @ P) - np.linalg.slogdet(P)[1]),
    ("norm(entries(transpose(X) @ X))", A, {}, np.linalg.norm(A.T @ A)),
    ("rank(X)", np.ones((2, 2)) * [[1.0], [0.0]], {}, 1.0),
    ("indicator(eigenvalues(X) >= 0)", P, {}, 0.0),
    ("indicator(eigenvalues(X) >= 0)", -P, {}, np.inf),
    ("indicator((x >= 0) & (sum(x) == 1))", [0.5, 0.5], {}, 0.0),
    ("indicator((x >= 0) & (sum(x) == 1))", [1.5, -0.5], {}, np.inf),
    ("sum(Piecewise((0, x == 0), (1, True)))", [1.5, 0.0], {}, 1.0),
]


@pytest.mark.parametrize(("formula", "x", "params", "value"), VALUES)
def test_values(formula, x, params, value) -> None:
    function = nc.function(formula)
    assert function(x, **params) == pytest.approx(value, rel=1e-12)
    assert nc.function(text(function.body)).body == function.body


@pytest.mark.parametrize(("formula", "x", "params"), [row[:3] for row in VALUES[:9]])
def test_vectors_lie_on_the_last_axis(formula, x, params) -> None:
    function = nc.function(formula)
    stack = np.stack([x, np.multiply(2, x), np.ones_like(x)])
    one_by_one = [function(row, **params) for row in stack]
    np.testing.assert_allclose(function(stack, **params), one_by_one, rtol=1e-12)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("norm(X)", "entries"),
        ("X @ X", "is a matrix"),
        ("abs(X)", "is a matrix"),
        ("eigenvalues(X)", "is a vector"),
        ("sum(singular_values(sum(x)))", "needs a matrix"),
        ("sum(diff(norm(x)))", "needs a vector"),
        ("x[1.5]", "whole number"),
        ("sum(X[1.5:, :])", "whole number"),
        ("sum(X[0, :])", "two slices"),
        ("norm(x) + sum(x[1:, :])", "vector"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(formula, message) -> None:
    with pytest.raises(LanguageError, match=message):
        nc.function(formula)


def test_values_of_the_wrong_shape_are_refused() -> None:
    f = nc.function("norm(A @ x - b)")
    with pytest.raises(InputError, match="do not fit"):
        f(V, A=np.eye(2), b=[1.0, 2.0])
    with pytest.raises(ParameterError, match="is a matrix"):
        f(V, A=[1.0, 2.0, 3.0], b=[1.0, 2.0])
    with pytest.raises(InputError, match="takes a matrix"):
        nc.function("sum(abs(X))")([1.0, 2.0])


def test_kinds_of_matrices_and_groups() -> None:
    f = nc.function("sqrt(dot(x, P @ x))", P=PositiveDefinite)
    with pytest.raises(ParameterError, match="positive definite"):
        f(V, P=-P)
    with pytest.raises(ParameterError, match="symmetric"):
        f(V, P=B)
    g = nc.function("max(group_norms(x, G, 1))")
    for groups, message in (([[0, 0]], "twice"), ([[-1]], "from 0"), (3, "list of groups")):
        with pytest.raises(ParameterError, match=message):
            g(V, G=groups)
    assert nc.function("norm(A @ x)").parameters[0].kind == Matrix
