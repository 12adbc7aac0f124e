"""The three doors lead to one tree, and printing leads back through the first."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import normcalc.language as nc
from normcalc.errors import LanguageError, ParameterError
from normcalc.language.limits import check_size
from normcalc.language.nodes import Apply, Node
from normcalc.language.precise import evaluate_mp
from normcalc.language.symbolic import from_sympy, symbolic, symbolic_node
from tests.language.catalogue import CASES, Case
from tests.language.strategies import formulas, trees

POINTS = (-3.0, -1.0, -0.37, 0.0, 0.25, 0.5, 1.0, 1.2, 4.0)
REALS = st.floats(-4, 4).map(lambda v: round(v, 3))
POSITIVE = st.floats(0.05, 4).map(lambda v: round(v, 3))


def close(a: float, b: float, scale: float = 1e-9) -> bool:
    return bool(np.isclose(a, b, rtol=scale, atol=scale, equal_nan=True))


def _constants_are_finite(tree: Node) -> bool:
    try:
        return check_size(tree) is tree
    except LanguageError:
        return False


def value(node: Node, x: float, **params: float) -> float:
    return float(nc.evaluate(node, {"x": x, "lam": 0.7, "gamma": 1.9, **params}))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_catalogue_prints_and_reads_back(case: Case) -> None:
    tree = nc.parse(case.formula)
    assert nc.parse(nc.text(tree)) == tree


@pytest.mark.parametrize("case", CASES, ids=str)
def test_catalogue_has_one_value_in_floats_and_in_high_precision(case: Case) -> None:
    f = case.function()
    for x in POINTS:
        exact = f.precise(x, **case.values)
        assert close(f(x, **case.values), float(exact)), (x, exact)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_catalogue_survives_sympy(case: Case) -> None:
    f = case.function()
    expr = symbolic(f).expr
    back = from_sympy(expr)
    for x in POINTS:
        there = nc.evaluate(back, {**case.values, "x": x})
        assert close(there, f(x, **case.values)), (x, nc.text(back))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_catalogue_repr_makes_the_same_function(case: Case) -> None:
    f = case.function()
    again = eval(repr(f), {**vars(nc), "function": nc.function})  # noqa: S307 - our own repr
    assert again == f
    assert again.parameters == f.parameters
    assert hash(again) == hash(f)


@given(trees(), REALS)
@settings(max_examples=150, deadline=None)
def test_any_tree_prints_and_reads_back(tree: Node, x: float) -> None:
    written = nc.text(tree)
    assume(_constants_are_finite(tree))  # the parser refuses 1/0
    again = nc.parse(written)
    assert nc.text(nc.parse(nc.text(again))) == nc.text(again)
    assert close(value(tree, x), value(again, x), 1e-7), written


@given(formulas(), REALS)
@settings(max_examples=120, deadline=None)
def test_any_formula_means_the_same_at_every_precision(written: str, x: float) -> None:
    tree = nc.parse(written)
    assert nc.parse(nc.text(tree)) == tree
    with mpmath.workdps(30):
        exact = evaluate_mp(tree, {"x": x, "lam": 0.7, "gamma": 1.9})
    # a jump may lie within rounding of x: there both neighbours are right
    near = [value(tree, x + shift) for shift in (-1e-9, 0.0, 1e-9)]
    assert any(close(v, float(exact), 1e-6) for v in near), nc.text(tree)


@given(formulas(8), REALS, POSITIVE)
@settings(max_examples=60, deadline=None)
def test_any_formula_survives_sympy(written: str, x: float, lam: float) -> None:
    tree = nc.parse(written)
    names = {"x": sp.Symbol("x", real=True)}
    names |= {name: sp.Symbol(name, positive=True) for name in ("lam", "gamma")}
    back = from_sympy(symbolic_node(tree, names))
    near = [value(back, x + shift, lam=lam) for shift in (-1e-9, 0.0, 1e-9)]
    assert any(close(v, value(tree, x, lam=lam), 1e-6) for v in near), nc.text(back)


@given(formulas(8))
@settings(max_examples=60, deadline=None)
def test_any_formula_is_typeset(written: str) -> None:
    shown = nc.latex(nc.parse(written))
    assert shown.count("{") == shown.count("}")
    assert shown.count(r"\left") == shown.count(r"\right")


def test_the_round_trip_check_can_fail() -> None:
    tree = nc.parse("x - (lam - x)")
    wrong = Apply("sub", (nc.parse("x - lam"), nc.parse("x")))
    assert not close(value(tree, 1.5), value(wrong, 1.5))


EQUAL = (
    ("2*x", "2 * x"),
    ("Max(x, 0)", "max(x, 0)"),
    ("x^2", "x**2"),
    ("-x**2", "-(x**2)"),
    ("2**-1*x", "2**(-1)*x"),
    ("x**lam**2", "x**(lam**2)"),
    ("0 < x <= 1", "(0 < x) & (x <= 1)"),
    ("x if x > 0 else 0", "Piecewise((x, x > 0), (0, True))"),
    ("where(x > 0, x, 0)", "Piecewise((x, x > 0), (0, True))"),
    ("Rational(1, 3)*x", "1/3*x"),
    ("0.1*x", "1/10*x"),
    ("1e-3*x", "0.001*x"),
    (".5*x", "1/2*x"),
    ("norm(x)", "norm(x, 2)"),
    ("norm(x, inf)", "norm(x, oo)"),
    ("Or(x > 0, Not(Eq(x, 1)))", "x > 0 or not x == 1"),
    ("~(x > 0)", "not x > 0"),
    ("log(x, 2)", "log(x)/log(2)"),
    ("clip(x, 0, 1)", "min(max(x, 0), 1)"),
    ("Heaviside(x)", "heaviside(x, 1/2)"),
    ("heaviside(x, 1)", "heaviside(x)"),
    ("lambda*x", "lambda_*x"),
    ("arcsin(x) + ln(x)", "asin(x) + log(x)"),
    ("Piecewise((x, True))", "x"),
    ("norm((x1, x2))", "sqrt(x1**2 + x2**2)"),
    ("norm((x1, x2), 1)", "abs(x1) + abs(x2)"),
    ("norm((x1, x2), oo)", "max(abs(x1), abs(x2))"),
    ("norm((x1, x2), p)", "(abs(x1)**p + abs(x2)**p)**(1/p)"),
    ("Piecewise((1, False), (x, True))", "x"),
    ("a + b - c + d", "(a + b - c) + d"),
    ("x if x > 1 else 2 if x > 0 else 3", "Piecewise((x, x > 1), (Piecewise((2, x > 0),"
     " (3, True)), True))"),
)  # fmt: skip


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_spellings(one: str, other: str) -> None:
    assert nc.parse(one) == nc.parse(other)


DIFFERENT = (("-x**2", "(-x)**2"), ("x/2*lam", "x/(2*lam)"), ("x - (1 - x)", "x - 1 - x"))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_precedence_matters(one: str, other: str) -> None:
    assert nc.parse(one) != nc.parse(other)
    assert nc.text(nc.parse(one)) != nc.text(nc.parse(other))


@pytest.mark.parametrize("name", ["lam", "gamma", "beta", "lambda_", "S", "N", "E", "I", "Q", "e",
                                  "zeta", "re", "Symbol", "self", "text"])  # fmt: skip
def test_ordinary_parameter_names(name: str) -> None:
    f = nc.function(f"{name}*abs(x)")
    assert [p.name for p in f.parameters] == [name]
    assert f(-2, **{name: 3}) == 6
    assert symbolic(f).parameters[name].is_Symbol


x, lam = sp.symbols("x lam")

FROM_SYMPY = (
    (lam * sp.Abs(x), "lam*abs(x)"),
    (sp.Max(x, 0) - x**2 / (2 * lam), "max(0, x) - x**2/(2*lam)"),
    (sp.sqrt(x**2 + 1) / lam, "sqrt(x**2 + 1)/lam"),
    (0.1 * x, "0.1*x"),
    (sp.exp(-x) / 3, "exp(-x)/3"),
    (sp.Piecewise((x, x > 0), (sp.oo, True)), "Piecewise((x, x > 0), (oo, True))"),
    (sp.Heaviside(x, 1), "heaviside(x)"),
    (sp.LambertW(x), "lambertw(x)"),
    (sp.erfc(x) + sp.loggamma(x), "erfc(x) + loggamma(x)"),
    (sp.sign(x) * sp.pi, "pi*sign(x)"),
    (sp.cot(x), "1/tan(x)"),
    (sp.re(x), "x"),
)


@pytest.mark.parametrize(("expr", "written"), FROM_SYMPY, ids=lambda entry: str(entry))
def test_sympy_classes(expr: sp.Expr, written: str) -> None:
    for point in (0.3, 1.7):
        there = value(from_sympy(expr), point)
        assert close(there, value(nc.parse(written), point))


def test_sympy_symbols_declare_kinds() -> None:
    a, b, c, n = (sp.Symbol("a", positive=True), sp.Symbol("b", nonnegative=True),
                  sp.Symbol("c", real=True), sp.Symbol("n", integer=True))  # fmt: skip
    f = nc.function(a * x**2 + b * x + c + n, x, c=nc.Positive)
    kinds = {p.name: p.kind for p in f.parameters}
    assert kinds == {"a": nc.Positive, "b": nc.Nonnegative, "c": nc.Positive, "n": nc.Integer}
    y = sp.Symbol("y", positive=True)
    assert nc.function(y * sp.log(y), y)(-1.0) == np.inf


def test_sympy_relations_are_read() -> None:
    f = nc.function(sp.Max(sp.Symbol("a") * x, sp.Symbol("b") * x), x, where=sp.Symbol("a") < 0)
    assert {p.name: p.kind for p in f.parameters}["a"] == nc.Real


@pytest.mark.parametrize(
    ("expr", "word"),
    [
        (sp.floor(x), "floor"),
        (sp.I * x, "real"),
        (sp.Function("f")(x), "f"),
        (sp.Derivative(sp.Function("f")(x), x), "doit"),
        (x * sp.zoo, "real"),
        (x + sp.Symbol("x", real=True), "two different"),
        (sp.Symbol("a b") * x, "cannot be a name"),
        (sp.Symbol("exp") * x, "function"),
        (x * sp.Integer(10) ** 400, "limited"),
        (x ** sp.Integer(10) ** 9, "exponent"),
        (sp.Matrix([x]), "expression"),
        (x > 0, "expression"),
        (sp.DiracDelta(x), "DiracDelta"),
    ],
    ids=lambda entry: str(entry)[:30],
)
def test_sympy_refusals_name_the_class(expr: object, word: str) -> None:
    with pytest.raises(LanguageError, match=word):
        nc.function(expr, x)


def test_symbolic_assumptions_and_relations() -> None:
    f = nc.function("a*x + b*abs(x) + k + t*x", where="a < b", a=nc.Real, k=nc.Integer,
                    b=nc.Interval(-2, 3), t=nc.Interval.open(0, 1))  # fmt: skip
    form = symbolic(f)
    p = form.parameters
    assert p["t"].is_positive
    assert p["k"].is_integer
    assert p["a"].is_positive is None
    assert set(form.relations) == {p["a"] < p["b"], p["b"] >= -2, p["b"] <= 3, p["t"] < 1}


def test_symbolic_contradiction() -> None:
    f = nc.function("a*x", where="a + 1 <= 0")
    with pytest.raises(ParameterError, match="contradicts"):
        symbolic(f)
