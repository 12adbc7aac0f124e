"""Functions made from others: read, printed and bound without mixing up the names of points."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest

import normcalc.language as nc
from normcalc.errors import InputError, LanguageError
from normcalc.language.latex import latex
from normcalc.language.nodes import Apply, Number, names, walk
from normcalc.language.text import text
from normcalc.language.transforms import bound, is_transform

# each form of writing once: what it is made from, other points, nesting, kinds of variables
ROUND_TRIPS = (
    "conjugate(norm(x)**3)",
    "moreau_envelope(lam*norm(x, 1), g)",
    "infimal_convolution(norm(x), norm(x, 1), mu*norm(x)**2)",
    "gauge(norm(x) <= 2)",
    "support_function((x >= 0) & (sum(x) == 1))",
    "distance(x >= 0)",
    "distance(indicator(norm(x) <= 1) + indicator(x >= 0))",
    "dual_norm(norm(x, p))",
    "perspective(x*log(x))",
    "lam*distance(norm(x) <= 1)**2/2 + norm(x)",
    "conjugate(norm(x))(A @ x - b)",
    "norm(x) + moreau_envelope(norm(x, 1), g)(A @ x)",
    "gauge(norm(x) <= 1)(x[1:3])",
    "perspective(norm(x)**2)(x[:-1])",
    "conjugate(conjugate(norm(x)**3))",
    "conjugate(norm(x) + conjugate(norm(x)**2)(A @ x))(B @ x)",
    "moreau_envelope(infimal_convolution(norm(x), dual_norm(norm(x, 3))), g)",
    "gauge(distance(x >= 0) <= 1)",
    "support_function(conjugate(norm(x))(2*x) + moreau_envelope(norm(x), 1) <= 3)",
    "max(conjugate(norm(x)**2), distance(x >= 1))",
    "distance(X >= 0)",
    "dual_norm(sum(singular_values(X)))",
    "conjugate(norm(singular_values(X), 3)**2)(X - 2)",
)  # fmt: skip


def test_every_transform_is_in_the_round_trips() -> None:
    heads = {"conjugate", "moreau_envelope", "infimal_convolution", "gauge", "support_function",
             "distance", "dual_norm", "perspective"}  # fmt: skip
    found = {n.head for t in ROUND_TRIPS for n in walk(nc.function(t).body) if is_transform(n)}
    assert found == heads


@pytest.mark.parametrize("written", ROUND_TRIPS)
def test_text_reads_back(written: str) -> None:
    f = nc.function(written)
    again = nc.function(text(f.body))
    assert again == f
    assert hash(again) == hash(f)
    assert eval(repr(f), {"function": nc.function}) == f  # noqa: S307


@pytest.mark.parametrize("written", ROUND_TRIPS)
def test_no_bound_name_is_shown(written: str) -> None:
    f = nc.function(written)
    assert any(name.startswith("_") for name in names(f.body))
    assert not any(p.name.startswith("_") for p in f.parameters)
    for shown in (text(f.body), latex(f.body), f._repr_latex_(), str(2 * f)):
        assert not re.search(r"_\{?[xX]|\b[xX]_?\{?[0-9]", shown)


@pytest.mark.parametrize(
    ("written", "typeset"),
    [
        ("conjugate(norm(x)**3)", r"\left(\left\|x\right\|_{2}^{3}\right)^*\left(x\right)"),
        ("distance(x >= 0)", r"d_{\left\{x \ge 0\right\}}\left(x\right)"),
        ("moreau_envelope(abs(x), g)", r"\operatorname{env}_{g}"),
        ("infimal_convolution(norm(x), norm(x, 1))", r" \mathbin{\square} "),
        ("conjugate(norm(x))(A @ x - b)", r"\left(A x - b\right)"),
    ],
)
def test_latex_stands_alone(written: str, typeset: str) -> None:
    shown = latex(nc.function(written).body)
    assert typeset in shown
    assert shown.count("{") == shown.count("}")
    assert shown.count(r"\left") == shown.count(r"\right")


def test_bound_points_count_the_levels() -> None:
    outer = nc.function("conjugate(norm(x) + conjugate(norm(x)**2))").body
    inner = next(n for n in walk(outer) if is_transform(n) and n != outer)
    assert isinstance(outer, Apply)
    assert (bound(inner), bound(outer)) == ("_x1", "_x2")
    assert inner.args[-1].name == "_x2"
    assert outer.args[-1].name == "x"


# (formula, variables, kinds, parameters, point, value): x or x1 as other names than usual
CAPTURES = [
    ("distance(norm(x - x1) <= 1)", ("x",), {"x1": nc.Vector}, {"x1": [3.0, 0.0]}, [3, 4], 3.0),
    ("conjugate(x1*norm(x)**2/2)", ("x",), {}, {"x1": 2.0}, [3, 4], 25 / 4),
    ("moreau_envelope(norm(x), x1)", ("x",), {}, {"x1": 2.0}, [3, 4], 4.0),
    ("conjugate(norm(x)**2/2)(x - x1)", ("x",), {"x1": nc.Vector}, {"x1": [3, 0]}, [3, 4], 8.0),
    ("distance(norm(y) <= 1)", ("y",), {}, {}, [3, 4], 4.0),
    ("distance(norm(x) <= 1)", ("x",), {}, {}, [3, 4], 4.0),
    ("distance(norm(x) <= 1)(y)", ("y",), {}, {}, [3, 4], 4.0),
    ("conjugate(norm(A @ x)**2/2)", ("x",), {}, {"A": 2 * np.eye(2)}, [3, 4], 25 / 8),
    ("conjugate(norm(x)**2/2)(A @ x)", ("x",), {}, {"A": 2 * np.eye(2)}, [3, 4], 50.0),
    ("conjugate(norm(x - A @ x)**2/2)(A @ x)", ("x",), {}, {"A": 2 * np.eye(2)}, [3, 4], 50.0),
    ("conjugate(conjugate(norm(x)**2))", ("x",), {}, {}, [3, 4], 25.0),
    ("conjugate(conjugate(norm(x)**2)(2*x))", ("x",), {}, {}, [3, 4], 25 / 4),
    ("conjugate(conjugate(norm(x)**2))(2*x)", ("x",), {}, {}, [3, 4], 100.0),
    ("distance(distance(norm(x) <= 1) <= 1)", ("x",), {}, {}, [3, 4], 3.0),
    ("norm(x) + conjugate(norm(x)**2)(b)", ("x",), {"b": nc.Vector}, {"b": [0, 2]}, [3, 4], 6.0),
]


@pytest.mark.parametrize("row", CAPTURES, ids=lambda row: row[0] + " " + row[1][0])
def test_points_do_not_capture_one_another(row) -> None:
    written, variables, kinds, given, point, expected = row
    given = {name: np.asarray(value, dtype=float) for name, value in given.items()}
    f = nc.function(written, *variables, **kinds)
    again = nc.function(text((2 * f).body), *variables, **kinds)
    assert [p.name for p in f.parameters] == list(given)
    assert f(point, **given) == pytest.approx(expected, rel=1e-12)
    assert again(point, **given) == pytest.approx(2 * expected, rel=1e-12)


def test_the_name_of_the_bound_point_is_no_parameter() -> None:
    for written in ("distance(norm(y - x) <= 1)", "norm(y) + conjugate(norm(y)**2)(x)"):
        with pytest.raises(LanguageError, match="another name"):
            nc.function(written, "y", x=nc.Vector)


def test_parameters_are_bound_inside() -> None:
    f = nc.function("lam*conjugate(lam*norm(x)**2/2) + moreau_envelope(norm(x), g)(lam*x)")
    g = f.bind(lam=2, g=Fraction(1, 2))
    assert g.parameters == ()
    assert Number(Fraction(1, 2)) in walk(g.body)
    assert g([3, 4]) == pytest.approx(2 * 25 / 4 + (10 - 1 / 4))
    assert g([3, 4]) == f([3, 4], lam=2, g=0.5)
    assert nc.function(text(g.body)) == g


def test_a_formula_of_one_number_means_its_sum() -> None:
    x = np.array([3.0, -1.0])
    assert nc.function("conjugate(x**2/2)")(x) == 5
    assert nc.function("conjugate(x**2/2)") == nc.function("conjugate(sum(x**2/2))")
    assert nc.function("moreau_envelope(abs(x), 1)")(x) == 2.5 + 0.5
    assert nc.function("infimal_convolution(abs(x), x**2/2)")(x) == pytest.approx(3.0)
    assert nc.function("distance(x <= 1)")(x) == 2
    assert nc.function("perspective(x**2)")([3, 1, 2]) == 5


def test_matrices_are_points() -> None:
    X = np.array([[3.0, 0.0], [0.0, -1.0]])
    assert nc.function("distance(X >= 0)")(X) == 1
    assert nc.function("dual_norm(sum(singular_values(X)))")(X) == pytest.approx(3)
    assert nc.function("dual_norm(max(singular_values(X)))")(X) == pytest.approx(4)
    assert nc.function("conjugate(X**2/2)")(np.stack([X, 2 * X])) == pytest.approx([5, 20])
    assert nc.function("moreau_envelope(sum(singular_values(X)), 1)")(X) == pytest.approx(3)
    transposed = nc.function("gauge(norm(entries(X)) <= 2)(transpose(X))")
    assert transposed(X) == pytest.approx(np.sqrt(10) / 2)


def test_stacks_and_axes() -> None:
    f = nc.function("gauge(norm(x) <= 2)")
    x = np.arange(24.0).reshape(2, 3, 4)
    assert f(x) == pytest.approx(np.linalg.norm(x, axis=-1) / 2)
    assert f(x, axis=1) == pytest.approx(np.linalg.norm(x, axis=1) / 2)


REFUSED = [
    ("conjugate()", "takes 1 argument"),
    ("perspective()", "takes 1 argument"),
    ("conjugate(norm(x), 1)", "takes 1 argument"),
    ("moreau_envelope(norm(x))", "takes 2 argument"),
    ("infimal_convolution(norm(x))", "takes >= 2"),
    ("gauge(norm(x) <= 1, 2)", "takes 1 argument"),
    ("conjugate", "write conjugate"),
    ("conjugate(norm(x) <= 1)", "takes a number, not a condition"),
    ("perspective(x >= 0)", "takes a number, not a condition"),
    ("moreau_envelope(norm(x), x >= 0)", "takes a number, not a condition"),
    ("infimal_convolution(norm(x), x >= 0)", "takes a number, not a condition"),
    ("conjugate(norm(x))(x >= 0)", "takes a number, not a condition"),
    ("conjugate((norm(x), 1))", "not a tuple"),
    ("gauge(norm(x))", "made from a set"),
    ("distance(x)", "made from a set"),
    ("support_function(norm(x) + 1)", "made from a set"),
    ("conjugate(norm(x))(x)(x)", "taken at one point"),
    ("conjugate(norm(x))()", "taken at one point"),
    ("conjugate(norm(x))(x, x)", "taken at one point"),
    ("conjugate(norm(x))(norm(x))", "taken at a scalar"),
    ("conjugate(norm(x))(sum(x))", "taken at a scalar"),
    ("conjugate(norm(x))(outer(x, x))", "outer|taken at a matrix"),
    ("norm(x) + conjugate(lam)", "has no variable"),
    ("norm(x) + conjugate(conjugate(norm(x))(b))", "has no variable"),
    ("moreau_envelope(norm(x), x)", "cannot depend on x"),
    ("moreau_envelope(norm(x), sum(x))", "cannot depend on x"),
    ("conjugate(abs(x1) + x2**2)", r"x\[0\] for x1"),
    ("conjugate(norm(_x1))", "underscore"),
    ("norm(x)(x)", "expected an operator"),
]


@pytest.mark.parametrize(("written", "message"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused(written: str, message: str) -> None:
    with pytest.raises(LanguageError, match=message):
        nc.function(written)


def test_a_step_is_one_number() -> None:
    with pytest.raises(LanguageError, match="one number"):
        nc.function("moreau_envelope(norm(x), g)", g=nc.Positive.vector)


def test_values_refuse_with_their_own_reason() -> None:
    with pytest.raises(InputError, match="two numbers at least"):
        nc.function("perspective(norm(x)**2)")([3.0])
    with pytest.raises(InputError, match="one number"):
        nc.function("conjugate(x**2/2)")(3.0)
    with pytest.raises(InputError, match="shapes do not fit"):
        nc.function("conjugate(norm(x))(A @ x)")([1.0, 2.0], A=np.eye(3))
