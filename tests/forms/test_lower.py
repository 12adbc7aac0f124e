"""Which canonical form a formula takes, and that the form has the same values."""

from __future__ import annotations

import numpy as np
import pytest

from normcalc.errors import InputError
from normcalc.forms import (
    Blocks,
    Composition,
    Coordinates,
    Epigraph,
    Extreme,
    General,
    LargestBlock,
    LevelSet,
    Lp,
    OfNorm,
    OfSum,
    Ordered,
    OrderedImage,
    Polyhedral,
    Quadratic,
    RootOfQuadratic,
    Scalar,
    Separable,
    Sorted,
    Sum,
    Transfer,
    as_lp,
    in_coordinates,
    lower,
)
from normcalc.language.build import function
from normcalc.language.parameters import Nonincreasing, Real, Vector

POINTS = np.random.default_rng(5).standard_normal((6, 3))

MATRIX = np.random.default_rng(6).standard_normal((3, 3))
VALUES = {"G": [[0, 1], [2]], "P": MATRIX @ MATRIX.T, "A": MATRIX, "b": MATRIX[0], "r": 2.0}

# text, form, how the form prints
CASES = [
    ("abs(x)", Scalar, "abs(x)"),
    ("max(abs(x1), abs(x2))", Polyhedral, "max(abs(x1), abs(x2))"),
    ("sqrt(x1**2 + x2**2)", Coordinates, "sqrt(x1**2 + x2**2)"),
    ("sum(abs(x))", Separable, "sum(abs(x))"),
    ("norm(x, 1)", Separable, "sum(abs(x))"),
    ("3*sum(x**2)/2", Separable, "sum(3/2*x**2)"),
    ("sum(abs(x)) - 2*sum(x)", Separable, "sum(abs(x) - 2*x)"),
    ("dot(x, x)", Separable, "sum(x**2)"),
    ("norm(x)**2/2", Separable, "sum(1/2*x**2)"),
    ("norm(x, 4)**4", Separable, "sum(abs(x)**4)"),
    ("norm(x)", Lp, "norm(x)"),
    ("2*norm(abs(x), 3)", Lp, "2*norm(x, 3)"),
    ("max(abs(x))", Lp, "norm(x, oo)"),
    ("5*norm(x, oo)", Lp, "5*norm(x, oo)"),
    ("sqrt(sum(x**2))", Lp, "norm(x)"),
    ("sqrt(dot(x, x))", Lp, "norm(x)"),
    ("sum(abs(x)**3)**(1/3)", Lp, "norm(x, 3)"),
    ("norm(x) + sum(abs(x))", Sum, "sum(abs(x)) + norm(x)"),
    ("sum(abs(x)) - norm(x)", Sum, "sum(abs(x)) - norm(x)"),
    ("sum(abs(x))**2", OfNorm, "sum(abs(x))**2"),
    ("max(sum(abs(x)), 2*norm(x))", Extreme, "max(sum(abs(x)), 2*norm(x))"),
    ("log(sum(exp(x)))", OfSum, "log(sum(exp(x)))"),
    ("1/prod(x) + indicator(x > 0)", OfSum, "1/prod(x) + indicator(x > 0)"),
    ("1/prod(x)", General, "1/prod(x)"),
    ("sum_largest(x**2, 2) + sum(x**2)", OrderedImage, "sum_largest(x**2, 2) + sum(x**2)"),
    ("norm(entries(X[:2, :]))", Composition, "norm(entries(X[:2, :]))"),
    ("sum(abs(x))/norm(x, 3)", General, "sum(abs(x))/norm(x, 3)"),
    ("norm(x)**2 + norm(x)", Transfer, "norm(x)**2 + norm(x)"),
    ("max(x) - min(x)", Ordered, "max(x) - min(x)"),
    ("sum(group_norms(x, G, 2))", Blocks, "sum(group_norms(x, G, 2))"),
    ("max(group_norms(x, G, 1))", LargestBlock, "max(group_norms(x, G, 1))"),
    ("sqrt(dot(x, P @ x))", RootOfQuadratic, "sqrt(dot(x, P @ x))"),
    ("dot(x, P @ x) + x[0]", Quadratic, "dot(x, P @ x) + x[0]"),
    ("norm(A @ x - b)", Composition, "norm(A @ x - b)"),
    ("indicator(norm(x, 3) <= r)", LevelSet, "Piecewise((0, norm(x, 3) <= r), (oo, True))"),
    (
        "indicator(norm(x[:-1]) <= x[-1])",
        Epigraph,
        "Piecewise((0, norm(x[:-1]) <= x[-1]), (oo, True))",
    ),
    (
        "indicator((x >= 0) & (norm(x) <= 1))",
        Sum,
        "sum(Piecewise((0, x >= 0), (oo, True))) + Piecewise((0, norm(x) <= 1), (oo, True))",
    ),
    ("sum(singular_values(X))", Transfer, "sum(singular_values(X))"),
]


@pytest.mark.parametrize(("text", "form", "shown"), CASES)
def test_form_and_its_text(text: str, form: type, shown: str) -> None:
    found = lower(function(text))
    assert isinstance(found, form)
    assert str(found).replace(" ", "") == shown.replace(" ", "")


@pytest.mark.parametrize(("text", "form", "shown"), CASES)
def test_the_printed_form_has_the_same_values(text: str, form: type, shown: str) -> None:
    if form is Scalar:
        return
    f, again = function(text), function(str(lower(function(text))))
    points = POINTS[:, : f.variable.size] if f.variable.size else POINTS
    points = points.reshape(3, 2, 3) if f.variable.kind == "matrix" else points
    values = {p.name: VALUES[p.name] for p in f.parameters}
    assert again(points, **values) == pytest.approx(f(points, **values))


def test_elastic_net_collapses_into_one_element() -> None:
    found = lower(function("lam*sum(abs(x)) + mu*sum(x**2)"))
    assert isinstance(found, Separable)
    assert [p.name for p in found.element.parameters] == ["lam", "mu"]
    assert found.element.elementwise(-2.0, lam=3.0, mu=0.5) == 8.0
    assert found.varying == ()


def test_weights_vary_with_the_entry() -> None:
    found = lower(function("sum(w*abs(x)) + sum(x**2)", w=Vector))
    assert isinstance(found, Separable)
    assert found.varying == ("w",)
    assert found.element.parameters[0].kind == Real


def test_sorted_norm() -> None:
    found = lower(function("2*dot(w, sort(abs(x)))", w=Nonincreasing))
    assert isinstance(found, Sorted)
    assert (found.weights, str(found)) == ("w", "2*dot(w, sort(abs(x)))")
    # without the order it is not a norm, and not this form
    assert isinstance(lower(function("dot(w, sort(abs(x)))", w=Vector)), Ordered)


def test_one_norm_is_available_as_lp() -> None:
    found = as_lp(lower(function("lam*sum(abs(x))")))
    assert found is not None
    assert (found.exponent, str(found)) == (1.0, "lam*norm(x, 1)")
    assert as_lp(lower(function("sum(abs(x)) + sum(x**2)"))) is None
    assert as_lp(lower(function("c*sum(abs(x))", c=Real))) is None


def test_an_unsigned_weight_is_no_norm() -> None:
    assert isinstance(lower(function("c*norm(x)", c=Real)), Transfer)
    assert isinstance(lower(function("c**2*norm(x) + norm(x)", c=Real)), Transfer)


@pytest.mark.parametrize(
    "text",
    [
        "sum(abs(x))", "norm(x)", "norm(x, 1)", "norm(x, oo)", "norm(x, 0)", "norm(x, 3)",
        "max(x) - min(x)", "dot(x, x)", "dot(x, sort(abs(x)))", "sum(sort(abs(x))*sort(x))",
        "sum(Piecewise((x**2/2, abs(x) <= 1), (abs(x) - 1/2, True)))",
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_in_coordinates_has_the_same_values(text: str, size: int) -> None:
    f = function(text)
    points = np.random.default_rng(size).integers(-2, 3, (20, size)).astype(float)
    assert in_coordinates(f, size)(points) == pytest.approx(f(points))


def test_in_coordinates_spreads_vector_parameters() -> None:
    spread = in_coordinates(function("dot(w, sort(abs(x)))", w=Nonincreasing), 3)
    assert [p.name for p in spread.parameters] == ["w1", "w2", "w3"]
    assert spread([1.0, -3.0, 2.0], w1=3.0, w2=2.0, w3=1.0) == 14.0
    with pytest.raises(InputError):
        in_coordinates(spread, 2)
