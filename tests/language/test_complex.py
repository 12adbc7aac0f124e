"""Values at complex vectors: from the tree, for formulas of moduli; and values along an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import normcalc.language as nc
from normcalc.errors import InputError
from normcalc.language.moduli import check_complex, sizes_of
from tests.language.complex_rows import BY_NAME, ROWS, Row

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(5)


def complex_normal(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape) + 1j * RNG.normal(size=shape)


VECTORS = [
    complex_normal(3),
    np.array([3 + 4j, 0, -1j]),
    np.zeros(3, complex),
    np.array([0.1, -0.2j, 0.05 + 0.05j]),
    np.array([-1.0, 2.0, 0.0], complex),
]


def check_value(f: Callable[..., float], row: Row, v: np.ndarray) -> None:
    """Compare a function with the moduli by hand, and with the real vector of pairs."""
    found = f(v, **row.values())
    assert type(found) is float
    assert found == pytest.approx(row.by_hand(np.abs(v)), rel=1e-14, abs=1e-14)
    real, doubled = row.in_pairs()
    assert found == pytest.approx(real(v.view(float), **doubled), rel=1e-13, abs=1e-14)


@pytest.mark.parametrize("v", VECTORS, ids=range(len(VECTORS)))
@pytest.mark.parametrize("name", BY_NAME)
def test_the_value_is_that_of_the_moduli(name: str, v: np.ndarray) -> None:
    row = BY_NAME[name]
    f = row.function()
    check_value(f, row, v)
    single = f(v.astype(np.complex64), **row.values())
    assert single == pytest.approx(f(v, **row.values()), rel=1e-6)


def test_a_value_of_the_real_parts_is_caught() -> None:
    row = BY_NAME["l1"]
    with pytest.raises(AssertionError):
        check_value(lambda v: row.function()(v.real), row, VECTORS[0])


MATRICES = {
    "sum(singular_values(X))": lambda s: s.sum(),
    "max(singular_values(X))": lambda s: s.max(),
    "norm(singular_values(X), 3)": lambda s: (s**3).sum() ** (1 / 3),
    "rank(X)": lambda s: float((s > 1e-12).sum()),
    "norm(entries(X))": lambda s: np.sqrt((s**2).sum()),
    "sum(abs(X)**2)/2": lambda s: (s**2).sum() / 2,
}


@pytest.mark.parametrize("formula", MATRICES)
def test_singular_values_are_those_of_the_real_matrix_of_twice_the_size(formula: str) -> None:
    z = complex_normal(4, 2)
    twice = np.linalg.svd(np.block([[z.real, -z.imag], [z.imag, z.real]]))[1]
    assert nc.function(formula)(z) == pytest.approx(MATRICES[formula](twice[::2]), rel=1e-13)


def test_the_rank_of_a_product_is_that_of_its_factors() -> None:
    rank = nc.function("rank(X)")
    for _ in range(50):  # rounding leaves most of these products with a third singular value
        assert rank(complex_normal(4, 2) @ complex_normal(2, 3)) == 2
    assert rank(np.diag([1.0, 1e-12])) == 2


@pytest.mark.parametrize(
    ("formula", "by_hand"),
    [
        ("sum(row_norms(X, 2))", lambda a: np.sqrt((a**2).sum(axis=1)).sum()),
        ("max(column_norms(X, 1))", lambda a: a.sum(axis=0).max()),
        ("sum(abs(transpose(X)))", lambda a: a.sum()),
        ("max(abs(X)) + sum(singular_values(0*X))", lambda a: a.max()),
        ("sum(diagonal(abs(X)))", np.trace),
        ("sum(abs(diagonal(X)))", np.trace),
    ],
)
def test_matrices_by_their_moduli(formula: str, by_hand) -> None:
    z = complex_normal(3, 3)
    assert nc.function(formula)(z) == pytest.approx(by_hand(np.abs(z)), rel=1e-13)


@pytest.mark.parametrize(
    ("formula", "by_hand"),
    [
        ("norm(A @ x, 1)", lambda a, z: np.abs(a @ z).sum()),
        ("sum(abs(diff(x)))", lambda a, z: np.abs(np.diff(z)).sum()),
        ("norm(x - mean(x))", lambda a, z: np.sqrt((np.abs(z - z.mean()) ** 2).sum())),
        (
            "abs(sum(x)) + abs(x[0] - 2*x[1]/3)",
            lambda a, z: abs(z.sum()) + abs(z[0] - z[1] * 2 / 3),
        ),
        ("norm(cumsum(x), oo)", lambda a, z: np.abs(np.cumsum(z)).max()),
        (
            "norm(solve(B, x))",
            lambda a, z: np.sqrt((np.abs(np.linalg.inv(a.T @ a) @ z) ** 2).sum()),
        ),
        ("max(abs(abs(x) - 1))", lambda a, z: np.abs(np.abs(z) - 1).max()),
        ("indicator(norm(A @ x) <= 100)", lambda a, z: 0.0),
        ("indicator(A @ x == 0)", lambda a, z: np.inf),
    ],
)
def test_values_of_linear_maps(formula: str, by_hand) -> None:
    a, z = RNG.normal(size=(4, 3)), complex_normal(3)
    f = nc.function(formula)
    known = {"A": a, "B": a.T @ a}
    values = {p.name: known[p.name] for p in f.parameters}
    assert f(z, **values) == pytest.approx(by_hand(a, z), rel=1e-12)


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        ("x**2/2", "x**2"),
        ("sum(x**2)", "x**2"),
        ("sum(x)", "sum(x)"),
        ("max(x)", "max(x)"),
        ("max(x, 0)", "max(x, 0)"),
        ("sum(abs(x)) + dot(a, x)", "dot(a, x)"),
        ("dot(x, x)", "dot(x, x)"),
        ("norm(x) + indicator(x >= 0)", "x >= 0"),
        ("norm(sort(x))", "sort(x)"),
        ("norm(x*x)", "x*x"),
        ("sum(sign(x)*abs(x))", "sign(x)"),
        ("sum(x)**2 + norm(x, 1)", "sum(x)"),
        ("norm(max(x, 1))", "max(x, 1)"),
        ("Piecewise((abs(x), x < 1), (1, True))", "x < 1"),
        ("sum(eigenvalues(X))", "eigenvalues(X)"),
        ("x", "x"),
        ("norm(x, sum(x))", "norm(x, sum(x))"),
    ],
)
@pytest.mark.parametrize("imaginary", [0.0, 1.0])
def test_a_formula_of_phases_says_why(formula: str, part: str, imaginary: float) -> None:
    """Even where all imaginary parts are zero: the type decides, not the numbers."""
    f = nc.function(formula)
    z = np.eye(2) + imaginary * 1j if f.variable.kind == "matrix" else np.ones(2) + imaginary * 1j
    values = {p.name: np.ones(2) for p in f.parameters}
    with pytest.raises(InputError) as caught:
        f(z, **values)
    said = str(caught.value)
    assert f": {part} depends on the phase" in said
    assert "abs(" in said
    assert ".real" in said


def test_an_interval_for_a_domain_is_real() -> None:
    with pytest.raises(InputError, match="interval of real numbers"):
        nc.function("abs(x)", domain=(0, None))(1j)


def test_high_precision_is_for_real_numbers() -> None:
    with pytest.raises(InputError, match="real numbers"):
        nc.function("abs(x)").precise(1j)
    with pytest.raises(InputError, match="real numbers"):
        nc.function("abs(x1) + x2").precise([1j, 2])


@pytest.mark.parametrize(
    ("formula", "sizes"),
    [
        ("max(abs(3*x)/2)", "moduli"),
        ("norm(-x, 1)", "moduli"),
        ("norm(w*x, 1)", "moduli"),
        ("Piecewise((0, x == 0), (1, True))", "moduli"),
        ("norm(entries(X), 1)", "moduli"),
        ("max(abs(x1), abs(x2))", "moduli"),
        ("sum(singular_values(transpose(X)))", "singular values"),
        ("sum(abs(X)**2) + rank(X)", "singular values"),
        ("norm(entries(-X)) + rank(X)", "singular values"),
        ("norm(entries(X), 1) + rank(X)", None),
        ("sum(abs(X)**3) + rank(X)", None),
        ("sum(singular_values(W*X))", None),
        ("norm(x - 1)", None),
        ("norm(A @ x)", None),
        ("Piecewise((0, x == 1), (1, True))", None),
        ("abs(x1 + x2)", None),
        ("norm(diff(x), 1)", None),
    ],
)
def test_what_a_function_depends_on(formula: str, sizes: str | None) -> None:
    kinds = {"w": nc.Nonnegative.vector} if "w*" in formula else {}
    kinds |= {"W": nc.Matrix} if "W*" in formula else {}
    f = nc.function(formula, **kinds)
    check_complex(f)
    if sizes is not None:
        assert sizes_of(f) == sizes
        return
    with pytest.raises(InputError, match="not determined by the moduli"):
        sizes_of(f)


NORM = nc.function("norm(x, p)", p=nc.Interval(1, None))


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3, (1,), np.int64(0)])
@pytest.mark.parametrize("numbers", ["real", "complex"])
def test_vectors_lie_along_any_axis(axis, numbers: str) -> None:
    x = RNG.normal(size=(2, 3, 4)) if numbers == "real" else complex_normal(2, 3, 4)
    along = axis if np.ndim(axis) == 0 else axis[0]
    found = NORM(x, p=3.0, axis=axis)
    by_hand = (np.abs(x) ** 3).sum(axis=along) ** (1 / 3)
    np.testing.assert_allclose(found, by_hand, rtol=1e-13)
    rest = np.moveaxis(x, along, 0)
    assert found.shape == rest.shape[1:]
    for place in np.ndindex(*found.shape):
        assert found[place] == pytest.approx(NORM(rest[(slice(None), *place)], p=3.0), rel=1e-14)


@pytest.mark.parametrize("axis", [(0, 1), (0, 2), (2, 1), (-3, -1), (-2, -1)])
def test_matrices_lie_along_any_two_axes(axis: tuple[int, int]) -> None:
    x = complex_normal(2, 3, 4)
    f = nc.function("max(row_norms(X, 1))")  # rows are not columns
    by_hand = np.abs(np.moveaxis(x, axis, (0, 1))).sum(axis=1).max(axis=0)
    np.testing.assert_allclose(f(x, axis=axis), by_hand, rtol=1e-13)


@pytest.mark.parametrize("axis", [0, -1, (0, 2), (2, 0), ()])
def test_a_separable_sum_is_along_the_axes_only(axis) -> None:
    x = RNG.normal(size=(2, 3, 4))
    lam = np.array([0.5, 1.0, 2.0, 3.0])
    found = nc.function("lam*abs(x)")(x, lam=lam, axis=axis)
    np.testing.assert_allclose(found, (lam * np.abs(x)).sum(axis=axis), rtol=1e-14)
    assert type(nc.function("abs(x)")(x, axis=(0, 1, 2))) is float


def test_coordinates_lie_along_any_axis() -> None:
    f = nc.function("abs(x1) + 2*x2")
    assert f([[1.0, -3.0], [0.5, 1.0]], axis=0).tolist() == [2.0, 5.0]


@pytest.mark.parametrize(
    ("formula", "axis", "message"),
    [
        ("norm(x)", 2, "out of bounds: x has 2 axes"),
        ("norm(x)", -3, "out of bounds"),
        ("norm(x)", (0, 1), "a vector lies along one axis"),
        ("norm(x)", "0", "whole number"),
        ("norm(x)", 0.0, "whole number"),
        ("abs(x)", 2, "out of bounds"),
        ("abs(x)", (0, 0), "repeated"),
        ("abs(x1) + abs(x2) + abs(x3)", 0, "3 coordinates"),
        ("rank(X)", 0, "a matrix takes two axes"),
        ("rank(X)", (0, 2), "out of bounds"),
        ("rank(X)", (1, 1), "repeated"),
    ],
)
def test_wrong_axes(formula: str, axis, message: str) -> None:
    with pytest.raises(InputError, match=message):
        nc.function(formula)(np.ones((2, 3)), axis=axis)


def test_the_axis_is_checked_before_anything_else() -> None:
    with pytest.raises(InputError, match="out of bounds") as caught:
        NORM(np.ones((2, 3)), p=-1.0, axis=5)
    assert isinstance(caught.value.__cause__, np.exceptions.AxisError)


def test_a_parameter_may_be_called_axis() -> None:
    f = nc.function("axis*norm(x)")
    assert f([3.0, 4.0], axis=2.0) == 10.0


def test_rows_cover_every_size() -> None:
    assert {sizes_of(row.function()) for row in ROWS} == {"moduli"}
