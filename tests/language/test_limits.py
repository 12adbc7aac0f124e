"""Whatever a user types, the answer is a formula or one clear error, at once."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import normcalc.language as nc
from normcalc.errors import LanguageError

# text, what the message must say, and the column of the caret
REFUSED = [
    ("", "empty", None),
    ("   \n", "empty", None),
    ("x +", "ends too early", 3),
    ("x y", "products are written with", 2),
    ("2x", "products are written with", 1),
    ("x)", "closes nothing", 1),
    ("(x", "missing", 2),
    ("()", "nothing between", 0),
    ("x, lam", "comma", 1),
    ("(x, lam)", "tuple", 0),
    ("+", "ends too early", 1),
    ("x ** ** 2", "instead of", 5),
    ("x = 3", "==", 2),
    ("abz(x)", "did you mean abs", 0),
    ("ABS(x)", "did you mean abs", 0),
    ("foobarbaz(x)", "for a product", 0),
    ("x(3)", r"write x\*", 0),
    ("2*gamma(x)", "gamma", 2),
    ("abs*x", r"write abs\(...\)", 0),
    ("abs(x, 1)", "takes 1", 0),
    ("abs()", "takes 1", 0),
    ("dot(x)", "takes 2", 0),
    ("norm(x, -1)", "p >= 0", 0),
    ("x.__class__", "attributes", 1),
    ("__import__('os')", "underscore", 0),
    ("abs(__builtins__)", "underscore", 4),
    ("'x'", "text values", 0),
    ('"x"', "text values", 0),
    ("x[y]", "whole number", 1),
    ("x[]", "index is missing", 1),
    ("lambda x: x", "expected an operator", 7),
    ("x; y", "not part", 1),
    ("x\x00", "not part", 1),
    ("x if x else x", "condition", 2),
    ("x if x > 0", "else", 10),
    ("x > 0 & x < 1", "condition", 6),
    ("(x > 0) + 1", "not a condition", 8),
    ("abs(x > 0)", "not a condition", 0),
    ("not x", "condition", 0),
    ("and", "instead of", 0),
    ("Piecewise((x, 1))", "condition", 0),
    ("Piecewise(x, x > 0)", "pairs", 0),
    ("Piecewise((x, False))", "no case", 0),
    ("−x", "write -", 0),
    ("x ≤ 1", "write <=", 2),
    ("λ*x", "write lam", 0),
    ("аbs(x)", "CYRILLIC", 0),
    ("ｘ", "write 'x'", 0),
    ("x²", r"write \*\*2", 1),
    ("10**10**10", "exponent", None),
    ("x**1000000", "exponent", None),
    ("exp(exp(exp(9)))*x", "too large", None),
    ("1/0*x", "not a finite", None),
    ("log(-1)*x", "not a real", None),
    ("oo - oo", "not a real", None),
    ("9" * 51, "50 digits", 0),
    ("1e999999999999", "exponent", 0),
    ("1e-301*x", "exponent", 0),
    ("x" * 10_001, "10001 characters", None),
    ("x+" * 500_000 + "x", "characters", None),
    ("(" * 4900 + "x" + ")" * 4900, "100 levels", 100),
    ("-" * 9000 + "x", "100 levels", 100),
    ("x**" * 3000 + "x", "100 levels", 300),
    ("not " * 2000 + "x > 0", "100 levels", 400),
    ("x/" * 4000 + "x", "150 divisions", 303),
    ("abs(" * 1900 + "x" + ")" * 1900, "100 levels", 400),
    ("1 if x>0 else " * 700 + "x", "100 levels", None),
    ("import*x", "keyword", 0),
    ("None*x", "keyword", 0),
]


@pytest.mark.parametrize(("text", "message", "column"), REFUSED, ids=lambda v: repr(v)[:24])
def test_refused_at_once(text: str, message: str, column: int | None) -> None:
    start = time.process_time()
    with pytest.raises(LanguageError, match=message) as caught:
        nc.parse(text)
    assert time.process_time() - start < 1.0  # typically a few milliseconds
    assert len(str(caught.value)) < 700
    if column is not None:
        assert caught.value.column == column
        assert str(caught.value).endswith("^")


@pytest.mark.parametrize("value", [None, 3, b"x", ["x"]])
def test_only_text_is_parsed(value: object) -> None:
    with pytest.raises(LanguageError, match="str"):
        nc.parse(value)  # type: ignore[arg-type]


def test_long_sums_are_fine() -> None:
    written = "+".join(["x"] * 4000)
    assert nc.evaluate(nc.parse(written), {"x": 1.0}) == 4000
    assert len(nc.text(nc.parse(written))) > 4000
    deep = "(" * 90 + "x" + ")" * 90
    assert nc.parse(deep) == nc.parse("x")


WORDS = (
    "x", "lam", "2", "0.5", "(", ")", "+", "-", "*", "/", "**", "<", "<=", "==", "and", "or",
    "not", "if", "else", ",", "abs", "max", "norm", "Piecewise", "True", "oo", "&", "|", "~",
    "sort", "where",
)  # fmt: skip


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        nc.parse(text)
    except LanguageError:
        return


@given(st.lists(st.sampled_from(WORDS), max_size=14))
@settings(max_examples=200, deadline=None)
def test_any_tokens_parse_or_are_refused(words: list[str]) -> None:
    try:
        tree = nc.parse(" ".join(words))
    except LanguageError:
        return
    assert nc.parse(nc.text(tree)) == tree


VARIABLES = [
    ("abs(y)", "found y"),
    ("a*b", "found a, b"),
    ("3", "no variable"),
    ("x + x2", "both x and x2"),
    ("abs(x1) + x100000", "coordinates"),
    ("abs(x) + norm(lam*x, x)", "order"),
    ("sort(x)", "is a vector"),
    ("x + sum(x)", "is a vector"),
    ("max(x1)", "needs a vector"),
    ("sum(x1)", "needs a vector"),
    ("sum(sum(x))", "needs a vector"),
]


@pytest.mark.parametrize(("text", "message"), VARIABLES)
def test_variable_and_shape_errors(text: str, message: str) -> None:
    with pytest.raises(LanguageError, match=message):
        nc.function(text)
