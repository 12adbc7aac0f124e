"""Kinds of norms, each axiom with a proof or with a witness that evaluates again."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import sympy as sp

from normcalc.errors import InputError, Unsettled
from normcalc.facts import facts, homogeneous, norm_kind, triangle
from normcalc.forms.in_coordinates import in_coordinates
from normcalc.language.build import function
from normcalc.language.parameters import Interval, Nonincreasing, Real

if TYPE_CHECKING:
    from normcalc.facts.norm import NormKind
    from normcalc.language.function import Function

COUNT = "Piecewise((0, Eq(x1, 0)), (1, True)) + Piecewise((0, Eq(x2, 0)), (1, True))"
F_NORM = "abs(x1)/(1 + abs(x1))/2 + abs(x2)/(1 + abs(x2))/4"
LP = "(abs(x1)**p + abs(x2)**p)**(1/p)"
ASTROID = "(abs(x1)**(2/3) + abs(x2)**(2/3))**(3/2)"

KINDS = {
    "abs(x1) + abs(x2)": "norm",
    "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))": "norm",
    "lam*abs(x1) + mu*abs(x2)": "norm",
    "sqrt(x1**2 + x1*x2 + x2**2)": "norm",
    "sqrt(x1**2 + x2**2) + max(abs(x1), abs(x2))/3": "norm",
    "max(sqrt(x1**2 + x2**2), abs(x1) + abs(x2)/2)": "norm",
    "(abs(x1)**3 + abs(x2)**3 + abs(x3)**3)**(1/3)": "norm",
    "sqrt((abs(x1) + abs(x2))**2 + x3**2)": "norm",
    "(sqrt(x1**2 + x2**2)**4 + abs(x3)**4)**(1/4)": "norm",
    "sqrt(a*x1**2 + b*x2**2)": "norm",
    "abs(x)": "norm",
    "norm(x)": "norm",
    "norm(x, 3)": "norm",
    "norm(x, oo)": "norm",
    "lam*norm(x, 1) + norm(x, oo)": "norm",
    "sqrt(norm(x, 1)**2 + norm(x)**2)": "norm",
    "abs(x1 - x2)": "seminorm",
    "abs(x2 - x1) + abs(x3 - x2)": "seminorm",
    "sqrt((x1 - x2)**2) + abs(x3)": "seminorm",
    "sqrt(x1**2 + 2*x1*x2 + x2**2)": "seminorm",
    "abs(sum(x))": "seminorm",
    "max(x) - min(x)": "seminorm",
    ASTROID: "quasi-norm",
    "(sqrt(abs(x1)) + sqrt(abs(x2)))**2": "quasi-norm",
    "norm(x, 1/2)": "quasi-norm",
    F_NORM: "F-norm",
    "sqrt(abs(x1)) + sqrt(abs(x2))": "F-norm",
    "min(abs(x1), 1) + min(abs(x2), 1)": "F-norm",
    "sum(abs(x)**(1/2))": "F-norm",
    "sum(log(1 + abs(x)))": "F-norm",
    "sum(1 - exp(-abs(x)))": "F-norm",
    "max(x1, -2*x1) + abs(x2)": "gauge",
    "max(x1, 0) + max(x2, 0)": "gauge",
    "sqrt(x1**2 + x2**2) + max(x1, 0)": "gauge",
    COUNT: "none",
    "x1**2 + x2**2": "none",
    "abs(x1*x2)": "none",
    "sqrt(abs(x1*x2))": "none",
    "max(x1, x2)": "none",
    "abs(x1) - 2*abs(x2)": "none",
    "abs(x1) + abs(x2) + 1": "none",
    "sum(abs(x)**2)": "none",
    "sqrt(x1**2 + 3*x1*x2 + x2**2)": "none",
}

QUESTIONS = {
    "homogeneous": lambda f, x, t, **_: (f(t * x), abs(t) * f(x)),
    "positively homogeneous": lambda f, x, t, **_: (f(t * x), t * f(x)),
    "even": lambda f, x, **_: (f(-x), f(x)),
    "triangle": lambda f, x, y, **_: (f(x + y), f(x) + f(y)),
    "definite": lambda f, x, **_: (f(x), 0.0),
    "nonnegative": lambda f, x, **_: (f(x), 0.0),
    "continuous": lambda f, x, **_: (f(1e-9 * x), f(0 * x)),
}
FAILS = {
    "triangle": lambda left, right: left > right + 1e-9,
    "definite": lambda left, right: not left > 1e-12,
    "nonnegative": lambda left, right: not left >= -1e-12,
}


def sides(f: Function, question: str, witness: dict[str, Any]) -> tuple[float, float]:
    """Evaluate both sides of an axiom at a witness, with the function that the user wrote."""
    spread = in_coordinates(f, 2) if f.variable.kind == "vector" else f
    points = {k: np.array([float(v) for v in np.atleast_1d(witness[k])]) for k in ("x", "y")
              if k in witness}  # fmt: skip
    if "t" in witness:
        points["t"] = np.asarray(float(witness["t"]))
    names = {p.name for p in spread.parameters}
    params = {name: float(v) for name, v in witness.items() if name in names}
    return QUESTIONS[question](lambda x: spread(x, **params), **points)


@pytest.fixture(scope="module")
def kinds() -> dict[str, NormKind]:
    return {text: norm_kind(function(text)) for text in KINDS}


@pytest.mark.parametrize("text", KINDS)
def test_kind(text: str, kinds: dict[str, NormKind]) -> None:
    assert kinds[text].kind == KINDS[text]


@pytest.mark.parametrize("text", KINDS)
def test_every_no_has_a_witness_that_evaluates_again(
    text: str, kinds: dict[str, NormKind]
) -> None:
    for question, truth in kinds[text].axioms:
        if truth.value == "NO":
            assert truth.witness is not None
            left, right = sides(function(text), question, dict(truth.witness))
            fails = FAILS.get(question, lambda a, b: abs(a - b) > 1e-9)
            if question == "definite" and not any(np.atleast_1d(truth.witness["x"])):
                assert left != 0
                continue
            assert fails(left, right), (question, left, right)


@pytest.mark.parametrize("text", KINDS)
def test_every_yes_survives_random_points(text: str, kinds: dict[str, NormKind]) -> None:
    f, rng = function(text), np.random.default_rng(7)
    size = f.variable.size or (1 if f.variable.kind == "scalar" else 4)
    params = {p.name: 0.7 for p in f.parameters}

    def value(x: np.ndarray) -> Any:
        return f.elementwise(x[:, 0], **params) if size == 1 else f(x, **params)

    x, y = rng.standard_normal((2, 200, size)) * rng.choice([0.1, 1.0, 30.0], (2, 200, 1))
    for question, truth in kinds[text].axioms:
        if truth.value != "YES" or question not in QUESTIONS or question == "continuous":
            continue
        for t in (2.0, 0.3) if question == "positively homogeneous" else (2.0, -0.3):
            left, right = QUESTIONS[question](value, x=x, y=y, t=t)
            if question == "triangle":
                assert (left <= right + 1e-9).all()
            elif question in ("definite", "nonnegative"):
                assert (left >= 0).all()
            else:
                assert left == pytest.approx(right, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "kernel"),
    [
        ("abs(x1 - x2)", ((1, 1),)),
        ("abs(x2 - x1) + abs(x3 - x2) + abs(x4 - x3)", ((1, 1, 1, 1),)),
        ("abs(x1 + x2 + x3)", ((1, 0, -1), (0, 1, -1))),
        ("sqrt((x1 - 2*x2)**2) + 0*x3", ((1, sp.Rational(1, 2), 0), (0, 0, 1))),
    ],
)
def test_kernel_of_a_seminorm(text: str, kernel: tuple[tuple[int, ...], ...]) -> None:
    found = norm_kind(function(text))
    assert found.kind == "seminorm"
    columns = sp.Matrix([list(v) for v in found.kernel])
    both = sp.Matrix([*columns.tolist(), *map(list, kernel)])
    assert columns.rank() == len(kernel) == both.rank()
    for vector in found.kernel:
        assert function(text)([float(x) for x in vector]) == pytest.approx(0.0)


def test_count_of_nonzeros_fails_only_homogeneity() -> None:
    axioms = norm_kind(function(COUNT)).by_name
    assert axioms["definite"].value == axioms["triangle"].value == axioms["even"].value == "YES"
    assert axioms["homogeneous"].value == "NO"
    assert axioms["homogeneous"].witness == {"x": (1, 0), "t": 2}
    assert sides(function(COUNT), "homogeneous", {"x": (1, 0), "t": 2}) == (1.0, 2.0)


def test_f_norm_in_numbers() -> None:
    f = function(F_NORM)
    assert (f([1.0, 1.0]), f([2.0, 2.0])) == (0.375, 0.5)
    found = norm_kind(f).by_name
    assert found["homogeneous"].value == "NO"
    assert found["triangle"].value == "YES"


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        (ASTROID, sp.sqrt(2)),
        ("3*norm(x, 2/3)", sp.sqrt(2)),
        ("(sqrt(abs(x1)) + sqrt(abs(x2)))**2", sp.Integer(2)),
        ("(abs(x1)**(4/5) + abs(x2 - x1)**(4/5))**(5/4)", 2 ** sp.Rational(1, 4)),
        # one linear form only: subadditive, so that the bound is not attained
        ("(abs(x1)**(2/3))**(3/2)", None),
    ],
)
def test_quasi_norm_constant(text: str, constant: sp.Expr | None) -> None:
    assert norm_kind(function(text)).constant == constant


def test_parameters_give_conditions() -> None:
    found = norm_kind(function(LP))
    p = sp.Symbol("p", real=True)
    assert (found.kind, found.condition) == ("unknown", p >= 1)
    with pytest.raises(Unsettled, match="p >= 1"):
        bool(found.by_name["triangle"])
    assert norm_kind(function(LP, p=Interval(1, None))).kind == "norm"
    assert norm_kind(function("norm(x, p)", p=Interval(1, 2))).kind == "norm"
    assert norm_kind(function("norm(x, p)", p=Interval.open(0, 1))).kind == "quasi-norm"
    assert triangle(function("c*abs(x1) + abs(x2)", c=Real)).value == "UNKNOWN"
    assert triangle(function("sum(abs(x)**p)")).condition == (p <= 1)


def test_closed_ends_of_a_kind_count() -> None:
    # at c = 0 the function is a seminorm only
    weighted = "c*abs(x1) + sqrt(x2**2)"
    for kind in (Interval(0, 1), Interval(0, None), Interval(0, 1, hi_open=True)):
        definite = norm_kind(function(weighted, c=kind)).by_name["definite"]
        assert (definite.value, str(definite.condition)) == ("UNKNOWN", "c > 0")
        assert definite.witness is not None
        assert definite.witness["c"] == 0
    assert norm_kind(function(weighted, c=Interval(0, 1, lo_open=True))).kind == "norm"
    assert norm_kind(function(weighted, c=Interval(0.5, 1))).kind == "norm"
    shifted = function("(c - 1)*abs(x1) + sqrt(x2**2)", c=Interval(1, 2))
    found = norm_kind(shifted).by_name["definite"]
    assert (found.value, found.witness) == ("NO", {"x": (1, 0), "c": 1})


def test_sorted_norm_is_a_seminorm_at_least() -> None:
    found = norm_kind(function("dot(w, sort(abs(x)))", w=Nonincreasing)).by_name
    assert found["triangle"].value == found["homogeneous"].value == "YES"


def test_a_domain_spoils_homogeneity() -> None:
    truth = homogeneous(function("abs(x)", domain=(-3, 3)))
    assert truth.value == "NO"
    assert homogeneous(function("abs(x)", domain=(0, None))).value == "NO"


def test_facts_is_an_ordered_table() -> None:
    found = facts(function("abs(x1 - x2)"))
    assert next(iter(found)) == "convex"
    assert len(found) == len(list(found))
    assert found["definite"].value == "NO"
    assert found.polyhedral is not None
    lines = str(found).splitlines()
    assert lines[1].split(maxsplit=1) == ["kind", "seminorm with kernel span (1, 1)"]
    with pytest.raises(InputError, match="no question"):
        found["differentiable"]


def test_witnesses_are_exact_numbers() -> None:
    witness = triangle(function(ASTROID)).witness
    assert witness == {"x": (1, 0), "y": (0, 1)}
    assert all(isinstance(v, Fraction) for v in witness["x"])
