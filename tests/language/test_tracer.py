"""Typed Python functions, called once with stand-ins."""

from __future__ import annotations

import math

import numpy as np
import pytest

import normcalc.language as nc
from normcalc.errors import LanguageError
from normcalc.language import (
    Interval,
    Nonincreasing,
    Nonnegative,
    Real,
    Vector,
    dot,
    sort,
    where,
)

LIMIT = Interval(0, 2)


def test_the_decorator() -> None:
    @nc.function
    def owl(x: nc.Vector, w: nc.Nonincreasing):
        return nc.dot(w, nc.sort(abs(x)))

    assert owl == nc.function("dot(w, sort(abs(x)))", w=Nonincreasing)


def test_annotations_of_every_form() -> None:
    def f(x, a, b: Real, c: Nonnegative, d: nc.Interval.open(0, 1), e: LIMIT, g: float, *, h=2):
        return a * x + b + c + d + e + g + h

    made = nc.function(f)
    kinds = {p.name: p.kind for p in made.parameters}
    assert kinds == {"a": nc.Positive, "b": Real, "c": Nonnegative, "d": Interval.open(0, 1),
                     "e": LIMIT, "g": nc.Positive}  # fmt: skip
    assert made(0, a=1, b=0, c=0, d=0.5, e=0, g=1) == 3.5


def test_options_of_the_decorator() -> None:
    @nc.function(domain=(0, None), where="a > 1", a=Real)
    def f(y, a):
        return y * nc.log(y) * a

    assert f.variable.name == "y"
    assert f(0, a=2) == 0
    assert f(-1, a=2) == np.inf


SAME = [
    (lambda x: 2 - x / 3 + (-x) ** 2 - 1 / (1 + x**2), "2 - x/3 + (-x)**2 - 1/(1 + x**2)"),
    (lambda x: where(x > 0, x, 0), "where(x > 0, x, 0)"),
    (lambda x: where((x > -1) & ~(x >= 1) | (x == 3), x, 0),
     "where(x > -1 and not x >= 1 or x == 3, x, 0)"),
    (lambda x: np.exp(x) + np.maximum(x, 0), "exp(x) + max(x, 0)"),
    (lambda x: np.float64(2) * x + np.array(0.5) * x, "2*x + 0.5*x"),
    (lambda x: np.where(x > 0, x, np.inf), "where(x > 0, x, oo)"),
    (lambda x: nc.max(x, 0, -x), "max(x, 0, -x)"),
    (lambda x: 2**x + abs(+x), "2**x + abs(x)"),
    (lambda x: where(x > 0, 1, 0) * 0.1, "where(x > 0, 1, 0)*0.1"),
    (lambda x: nc.traced("Piecewise")((x, x > 0), (1, True)), "Piecewise((x, x > 0), (1, True))"),
]  # fmt: skip


@pytest.mark.parametrize(("fn", "text"), SAME, ids=lambda v: v if isinstance(v, str) else "")
def test_same_as_text(fn: object, text: str) -> None:
    assert nc.function(fn) == nc.function(text)


def branch(x):
    return x if x > 0 else -x


def chain(x):
    return where(0 < x < 1, x, 0)


REFUSED = [
    (branch, "nc.where"),
    (chain, "nc.where"),
    (lambda x: math.exp(x), "nc.exp"),
    (lambda x: sum(x), "nc.sum"),
    (lambda x: x[0], "indexed"),
    (lambda x: len(x), "length"),
    (lambda x: x > 0, "returns a condition"),
    (lambda x: None, "returns nothing"),
    (lambda x: "x", "str"),
    (lambda x: x + "1", "str"),
    (lambda x: x + 1j, "complex"),
    (lambda x: x + math.nan, "finite real"),
    (lambda x: abs(x > 0), "not a condition"),
    (lambda x: np.sort(x), "sort is not part"),
    (lambda x: np.add.reduce(x), "not part"),
    (lambda x: np.floor(x), "floor"),
    (lambda x: x // 2, "rounding"),
    (lambda: 1, "no argument"),
    (lambda *x: 1, "write x out"),
    (lambda x, **k: x, "write k out"),
    (lambda x: sort(x), "is a vector|needs a vector"),
    (lambda x: x**10_000, "exponent"),
]


@pytest.mark.parametrize(("fn", "message"), REFUSED, ids=lambda v: v if isinstance(v, str) else "")
def test_refusals_say_what_to_write(fn: object, message: str) -> None:
    with pytest.raises((LanguageError, TypeError, ValueError), match=message):
        nc.function(fn)


def test_deep_loops_are_refused() -> None:
    def nested(x):
        for _ in range(5000):
            x = abs(x)
        return x

    with pytest.raises(LanguageError, match="nested"):
        nc.function(nested)


def test_unknown_annotations() -> None:
    def f(x, a: Positiv):  # noqa: F821 - misspelt on purpose
        return a * x

    def g(x, a: __import__("os").getcwd()):
        return a * x

    def h(x, a: str):
        return a * x

    for fn in (f, g, h):
        with pytest.raises(LanguageError, match="a: "):
            nc.function(fn)


def test_vector_functions() -> None:
    @nc.function
    def f(x: Vector, w: Nonnegative.vector, lam: Nonnegative):
        return dot(w, abs(x)) + lam * nc.norm(x, 2) + nc.max(x)

    assert f([3, -4], w=[1, 0], lam=2) == 3 + 10 + 3
