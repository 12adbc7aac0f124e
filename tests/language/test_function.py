"""Functions as values: calls, kinds, relations, domains, arithmetic."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp

import normcalc.language as nc
from normcalc.errors import InputError, LanguageError, NormcalcError, ParameterError
from normcalc.language.nodes import Number, walk

L1 = nc.function("lam*abs(x)")
L2 = nc.function("norm(x)")
BALL = nc.function("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))")
OWL = nc.function("dot(w, sort(abs(x)))", w=nc.Nonincreasing)


def test_scalar_function_sums_over_arrays() -> None:
    x = np.array([[1.0, -2.0], [3.0, -4.0]])
    assert L1(x, lam=0.5) == 5.0
    assert L1.elementwise(x, lam=0.5).tolist() == [[0.5, 1.0], [1.5, 2.0]]
    assert type(L1(2, lam=1)) is float
    assert L1(np.array([]), lam=1) == 0
    assert L1(x, lam=[1, 2]) == 1 + 4 + 3 + 8


def test_coordinates_lie_on_the_last_axis() -> None:
    assert BALL([1, 2]) == pytest.approx(3 / np.sqrt(2))
    assert BALL(np.zeros((5, 4, 2))).shape == (5, 4)
    constant = nc.function("0*x3 + 1*x1")
    assert constant([[1, 2, 3]]).tolist() == [1]


def test_vectors_lie_on_the_last_axis() -> None:
    assert L2([3, 4]) == 5
    assert L2([[3, 4], [6, 8]]).tolist() == [5, 10]
    assert OWL([1, -3, 2], w=[3, 2, 1]) == 9 + 4 + 1
    assert nc.function("norm(x, p)")([3, -4], p=1) == 7
    assert nc.function("norm(x, oo)")([3, -4]) == 4
    assert nc.function("norm(x, 0)")([3, 0, -4]) == 2
    assert nc.function("max(x) - min(x)")([[5, 1, 2]]).tolist() == [4]
    assert nc.function("sum(sort(x))*lam")([1, 2], lam=2) == 6
    assert nc.function("norm(x)")([1e200, 1e200]) == pytest.approx(np.sqrt(2) * 1e200)
    simplex = nc.function("Piecewise((0, (sum(x) == r) & (min(x) >= 0)), (oo, True))")
    assert simplex([[0.5, 0.5], [1.5, -0.5]], r=1).tolist() == [0, np.inf]
    assert nc.function("norm(x - sum(x)/3)")([[1, 2, 3], [2, 2, 2]])[1] == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int8, np.uint64, bool])
def test_real_dtypes(dtype: type) -> None:
    assert L1.elementwise(np.ones(3, dtype), lam=1).dtype == np.float64


@pytest.mark.parametrize(
    ("f", "x", "message"),
    [
        (nc.function("x**2/2"), 1j, "complex"),
        (L1, np.array([1, None]), "dtype object"),
        (L1, "3", "dtype"),
        (L1, [[1], [1, 2]], "real numbers"),
        (L1, None, "dtype object"),
        (BALL, 3.0, "2 coordinates"),
        (BALL, [1, 2, 3], "shape"),
        (L2, 3.0, "one number"),
        (L2, np.zeros((2, 0)), "empty"),
    ],
)
def test_bad_points(f: nc.Function, x: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        f(x, **({"lam": 1.0} if f is L1 else {}))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "needs a value for lam"),
        ({"lam": 1, "gama": 2}, "no parameter 'gama'"),
        ({"lm": 1}, "did you mean lam"),
        ({"lam": 0}, "not positive"),
        ({"lam": -1}, "lam = -1"),
        ({"lam": np.nan}, "nan is not"),
        ({"lam": np.inf}, "inf is not"),
        ({"lam": "2"}, "must be real"),
        ({"lam": 1j}, "must be real"),
        ({"lam": True}, "must be real"),
        ({"lam": [1.0, -1.0]}, "-1"),
    ],
)
def test_bad_parameters(params: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        L1(1.0, **params)


KINDS = [
    (nc.Positive, [1e-300, 5], [0, -1]),
    (nc.Nonnegative, [0, 5], [-1e-300]),
    (nc.Real, [-5, 0, 5], [np.inf]),
    (nc.Integer, [-3, 0, 7.0], [0.5]),
    (nc.Interval(0, 1), [0, 0.5, 1], [-0.1, 1.1]),
    (nc.Interval.open(0, 1), [0.5], [0, 1]),
    (nc.Interval(None, 0, hi_open=True), [-1], [0]),
    (nc.Nonincreasing, [[3, 2, 2]], [[1, 2], [1, -1], 3]),
    (nc.Vector, [[1, -2]], [3]),
    (nc.Nonnegative.vector, [[1, 0]], [[-1, 0], 1]),
]


@pytest.mark.parametrize(("kind", "good", "bad"), KINDS, ids=lambda v: str(v))
def test_kinds(kind: nc.Kind, good: list[object], bad: list[object]) -> None:
    for value in good:
        assert np.array_equal(kind.check("a", value), np.asarray(value, dtype=float))
    for value in bad:
        with pytest.raises(ParameterError, match="a"):
            kind.check("a", value)
    assert eval(repr(kind), vars(nc)) == kind  # noqa: S307 - our own repr
    assert pickle.loads(pickle.dumps(kind)) == kind


def test_empty_intervals() -> None:
    for lo, hi, is_open in [(1, 0, False), (1, 1, True), (np.nan, 1, False)]:
        with pytest.raises(ParameterError):
            nc.Interval(lo, hi, lo_open=is_open)


def test_relations() -> None:
    f = nc.function("max(lo - x, 0) + max(x - hi, 0)", where="lo < 0 < hi")
    assert [p.kind for p in f.parameters] == [nc.Real, nc.Positive]
    assert f(2, lo=-1, hi=1) == 1
    with pytest.raises(ParameterError, match="lo < 0 does not hold for lo = 1"):
        f(2, lo=1, hi=2)
    many = nc.function("max(a*x, b*x)", where=["a <= b", "a != 0"], a=nc.Real, b=nc.Real)
    assert len(many.relations) == 2
    with pytest.raises(ParameterError, match="did you mean hi"):
        nc.function("abs(x - hi)", where="hu > 0")
    with pytest.raises(ParameterError, match="not a parameter"):
        nc.function("lam*abs(x)", where="x > 0")
    for bad in ("lam", "lam > 0 or lam < -1", "", "lam >", 3):
        with pytest.raises(LanguageError):
            nc.function("lam*abs(x)", where=bad)


def test_declarations_are_checked() -> None:
    with pytest.raises(ParameterError, match="did you mean lam"):
        nc.function("lam*abs(x)", lm=nc.Real)
    with pytest.raises(ParameterError, match="is the variable"):
        nc.function("lam*abs(x)", x=nc.Real)
    for wrong in ("Positive", np.nan, 1j, True, None):
        with pytest.raises(ParameterError, match="lam takes a kind"):
            nc.function("lam*abs(x)", lam=wrong)
    with pytest.raises(LanguageError, match="dot"):
        nc.function("w*abs(x)", w=nc.Vector)
    for wrong in (3, nc.Function, L1):
        with pytest.raises(LanguageError):
            nc.function(wrong)


def test_numbers_as_kinds_bind() -> None:
    assert nc.function("lam*abs(x)", lam=0.1) == nc.function("0.1*abs(x)")
    assert nc.function("c*abs(x)", c=-2)(1) == -2


ENDS = [
    ("x*log(x)", (0, None), 0.0, 0.0),
    ("-log(x)", (0, None), 0.0, np.inf),
    ("1/x", (0, None), 0.0, np.inf),
    ("-log(1 - x)", (None, 1), 1.0, np.inf),
    ("x*log(x) + (1 - x)*log(1 - x)", (0, 1), 1.0, 0.0),
    ("(exp(x) - 1)/x", (0, None), 0.0, 1.0),
    ("(1 - cos(x))/x**2", (0, None), 0.0, 0.5),
    ("sqrt(x)", (0, None), 0.0, 0.0),
    ("sqrt(x)*log(x)", (0, None), 0.0, 0.0),
    ("1/log(x)", (0, Fraction(1, 2)), 0.0, 0.0),
    ("x**0.001*log(x)", (0, None), 0.0, 0.0),
    ("log(-log(x))", (0, Fraction(1, 2)), 0.0, np.inf),
    ("x*atanh(x)", (-1, 1), -1.0, np.inf),
    ("(1 + x)*atanh(x)", (-1, 1), -1.0, 0.0),
    ("log(x)", (0, None), 0.0, -np.inf),
    ("x", (0.1, 0.3), 0.1, 0.1),
]


@pytest.mark.parametrize(("text", "domain", "end", "value"), ENDS)
def test_values_at_the_ends_are_limits(
    text: str, domain: tuple[object, object], end: float, value: float
) -> None:
    f = nc.function(text, domain=domain)
    assert f(end) == pytest.approx(value, abs=1e-12)
    assert float(f.precise(end)) == pytest.approx(value, abs=1e-12)
    outside = -1e-9 if end == 0 else 1.2 * end if end in (1.0, -1.0) else 0.5 * end
    assert f(outside) == np.inf
    assert f.precise(outside) == mpmath.inf


def test_ends_with_parameters_and_arrays() -> None:
    f = nc.function("x**a*log(x)", domain=(0, None))
    values = f.elementwise([0, 1, -1, np.nan], a=[1, 2, 3, 4])
    assert values[:3].tolist() == [0, 0, np.inf]
    assert np.isnan(values[3])


def test_an_end_without_a_limit() -> None:
    with pytest.raises(InputError, match="no limit"):
        nc.function("sin(1/x)", domain=(0, None))(0)


@pytest.mark.parametrize(
    "domain", [(1, 0), (0,), 3, ("a", 1), (0, np.nan), (1j, 2), "ab"], ids=str
)
def test_bad_domains(domain: object) -> None:
    with pytest.raises(NormcalcError):
        nc.function("x", domain=domain)
    with pytest.raises(LanguageError, match="one real variable"):
        nc.function("norm(x)", domain=(0, 1))


def test_nan_stays_nan() -> None:
    f = nc.function("Piecewise((0, x >= 0), (oo, True))")
    assert np.isnan(f(np.nan))
    assert np.isnan(L2([[np.nan, 1.0], [3.0, 4.0]])[0])
    assert np.isnan(BALL([np.nan, 1]))
    assert mpmath.isnan(f.precise(mpmath.nan))


def test_infinities() -> None:
    f = nc.function("Piecewise((0, abs(x) <= r), (oo, True))")
    assert f.elementwise([-np.inf, 0, np.inf, 2], r=1).tolist() == [np.inf, 0, np.inf, np.inf]
    assert nc.function("exp(-x)")(np.inf) == 0
    assert nc.function("1/x")(0.0) == np.inf
    assert np.isnan(nc.function("(x - 1)**0.5")(0.0))


def test_unselected_branches_do_no_harm() -> None:
    f = nc.function("Piecewise((log(x), x > 1), (1/x, x > 0), (0, True))")
    assert f.elementwise([-1.0, 0.0, 0.5, np.e]).tolist() == [0, 0, 2, 1]


def test_arithmetic() -> None:
    ridge = nc.function("mu*x**2/2")
    f = 2 * L1 + ridge / 4 - 0.1 * L1
    x = np.array([1.0, -2.0])
    expected = 2 * L1(x, lam=3) + ridge(x, mu=5) / 4 - 0.1 * L1(x, lam=3)
    assert f(x, lam=3, mu=5) == pytest.approx(expected)
    assert [p.name for p in f.parameters] == ["lam", "mu"]
    assert nc.function(str(f)) == f
    assert Number(Fraction(1, 10)) in walk((0.1 * L1).body)
    assert (L1 * np.float32(0.1)) == (0.1 * L1)


def test_sums_join_variables() -> None:
    both = L1 + L2
    assert both.variable.kind == "vector"
    assert both([3, -4], lam=2) == 14 + 5
    assert nc.function("abs(y)", "y") + L1 == nc.function("abs(y) + lam*abs(y)", "y")
    wide = nc.function("abs(x1)") + nc.function("abs(x3)")
    assert wide.variable.size == 3
    with pytest.raises(LanguageError, match="coordinates"):
        BALL + L1


def test_domains_of_sums() -> None:
    a = nc.function("x*log(x)", domain=(0, None))
    b = nc.function("x", domain=(None, 2))
    assert (a + b).domain == (0, 2)
    assert (a + L1).domain == (0, None)
    with pytest.raises(LanguageError, match="no point"):
        a + nc.function("x", domain=(None, -1))


def test_arithmetic_refusals() -> None:
    indicator = nc.function("Piecewise((0, x >= 0), (oo, True))")
    bounded = nc.function("x", domain=(0, 1))
    for act in (lambda: -indicator, lambda: 0 * indicator, lambda: -1 * bounded):
        with pytest.raises(LanguageError, match="infinity"):
            act()
    for act in (lambda: L1 * np.nan, lambda: L1 / 0, lambda: L1 * "2", lambda: L1 * True):
        with pytest.raises(ParameterError):
            act()
    with pytest.raises(ParameterError, match="Real in"):
        nc.function("lam*x", lam=nc.Real) + L1
    with pytest.raises(ParameterError, match="variable of one"):
        nc.function("x*abs(y)", "y") + nc.function("y*abs(x)")
    with pytest.raises(TypeError):
        L1 + 3


def test_bind() -> None:
    f = nc.function("max(a*x, b*x)", where="a <= b", a=nc.Real, b=nc.Real)
    g = f.bind(a=-1)
    assert g(2, b=1) == 2
    with pytest.raises(ParameterError):
        g(2, b=-2)
    assert g.bind(b=1).relations == ()
    for wrong in ({"a": 2, "b": 1}, {"c": 1}, {"a": np.nan}, {"a": "x"}):
        with pytest.raises(ParameterError):
            f.bind(**wrong)
    with pytest.raises(ParameterError, match="vector"):
        OWL.bind(w=[1])


@pytest.mark.parametrize(
    "f",
    [
        L1,
        L2,
        BALL,
        OWL,
        nc.function("a*abs(y) + x", "y", a=nc.Real),
        nc.function("x*log(x)", domain=(0, Fraction(1, 3))),
        L1 + L2,
        nc.function("x2", "x1", "x2", "x3"),
        nc.function("3", "x"),
    ],
    ids=str,
)
def test_values(f: nc.Function) -> None:
    for again in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        assert again == f
        assert hash(again) == hash(f)
    names = {**vars(nc), "Fraction": Fraction}
    assert eval(repr(f), names) == f  # noqa: S307 - our own repr
    assert f._repr_latex_().startswith("$")
    with pytest.raises(AttributeError):
        f.body = f.body  # type: ignore[misc]


def test_structural_equality() -> None:
    assert nc.function("lam * Abs(x)") == L1
    assert nc.function("lam*abs(x)", lam=nc.Nonnegative) != L1
    assert nc.function("x", domain=(0, None)) != nc.function("x")


def test_explicit_variables() -> None:
    f = nc.function("x*abs(y)", "y")
    assert f(-2, x=3) == 6
    assert nc.function("y1 + y2", "y").variable.size == 2
    assert nc.function("x2", "x1", "x2", "x3").variable.size == 3
    assert nc.function("3", "x")([1, 2]) == 6
    assert nc.function(sp.Symbol("y") ** 2, sp.Symbol("y"))(3) == 9
    with pytest.raises(LanguageError, match="x1, x2"):
        nc.function("a + b", "a", "b")


def test_precise_uses_the_working_precision() -> None:
    with mpmath.workdps(40):
        assert mpmath.almosteq(nc.function("x/3").precise(1), mpmath.mpf(1) / 3)
        assert BALL.precise([1, mpmath.mpf(2)]) == 3 / mpmath.sqrt(2)
    with pytest.raises(InputError, match="one variable"):
        L2.precise([1, 2])
    with pytest.raises(ParameterError):
        L1.precise(1, lam=-1)
