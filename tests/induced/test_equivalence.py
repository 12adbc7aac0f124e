"""Equivalence constants: formulas by hand, many vectors as an oracle, bounds from both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.errors import InputError, NotDerivable

if TYPE_CHECKING:
    from normcalc.induced import Equivalence

n = sp.Symbol("n", integer=True, positive=True)
HEXAGON = "max(abs(x1), abs(x2), abs(x1 - x2))"


def quotients(found: Equivalence, size: int) -> Any:
    """Return ``n1(x)/n2(x)`` at random vectors, unit vectors and sign vectors."""
    rng = np.random.default_rng(1)
    x = np.vstack([rng.standard_normal((4000, size)), np.eye(size), np.ones((1, size)),
                   rng.integers(-1, 2, (200, size)) + 0.0])  # fmt: skip
    x = x[np.abs(x).sum(axis=1) > 0]
    return found.n1(x) / found.n2(x)


def contradicted(found: Equivalence, size: int) -> bool:
    """Tell whether some vector passes a constant, or an extremiser misses its own."""
    q = quotients(found, size)
    least, greatest = found.least, found.greatest
    passed = q.min() < least.lower * (1 - 1e-9) or q.max() > greatest.upper * (1 + 1e-9)
    ends = [(least, least.upper), (greatest, greatest.lower)]
    missed = any(
        abs(found.n1(e.attained_at) / found.n2(e.attained_at) / value - 1) > 1e-6
        for e, value in ends
    )
    return bool(passed or missed)


@pytest.mark.parametrize(
    ("p", "q", "least", "greatest"),
    [
        # |x|_p against |x|_q: one constant is 1, the other n**(1/p - 1/q) at (1, ..., 1)
        (1, 2, 1, sp.sqrt(n)),
        (2, 1, 1 / sp.sqrt(n), 1),
        (1, np.inf, 1, n),
        (2, np.inf, 1, sp.sqrt(n)),
        (3, 2, n ** sp.Rational(-1, 6), 1),
        (4, 4, 1, 1),
        (1.5, 3, 1, n ** sp.Rational(1, 3)),
    ],
)
def test_p_norms_of_every_length(p: float, q: float, least: Any, greatest: Any) -> None:
    found = nc.equivalence(p, q)
    assert sp.simplify(found.least.exact - least) == 0
    assert sp.simplify(found.greatest.exact - greatest) == 0
    for size in (1, 2, 5):
        numbers = nc.equivalence(p, q, size=size)
        assert numbers.least.lower == pytest.approx(float(sp.sympify(least).subs(n, size)))
        assert numbers.greatest.upper == pytest.approx(float(sp.sympify(greatest).subs(n, size)))
        assert not contradicted(numbers, size)


@pytest.mark.parametrize(
    ("first", "second", "least", "greatest"),
    [
        # at e1 + e2/3 the size is 4/3, and 3 at (1, -1): vertices of the square
        ("abs(x1) + abs(x1 - x2)", "max(abs(x1), abs(x2))", 1, 3),
        (HEXAGON, 1, sp.Rational(1, 2), 1),
        (HEXAGON, np.inf, 1, 2),
        # eigenvalues 1/2 and 3/2 of the Gram matrix
        ("sqrt(x1**2 + x1*x2 + x2**2)", 2, sp.sqrt(2) / 2, sp.sqrt(6) / 2),
        ("sqrt(x1**2 + x1*x2 + x2**2)", 1, sp.Rational(1, 2), 1),
        ("3*norm(x)", 1, 3 / sp.sqrt(2), 3),
    ],
)
def test_exact_constants(first: Any, second: Any, least: Any, greatest: Any) -> None:
    found = nc.equivalence(first, second, size=2)
    assert sp.simplify(found.least.exact - least) == 0
    assert sp.simplify(found.greatest.exact - greatest) == 0
    assert not contradicted(found, 2)


def test_bounds_are_labelled() -> None:
    found = nc.equivalence("norm(x, 3) + norm(x)", "norm(x, 4)", size=2)
    assert found.greatest.exact is None
    # both terms are largest, relative to the 4-norm, where the entries are equal
    assert found.greatest.upper == pytest.approx(2 ** (1 / 12) + 2**0.25, rel=1e-6)
    assert "bounds" in str(found)
    assert not contradicted(found, 2)


def test_a_wrong_constant_is_caught() -> None:
    found = nc.equivalence(1, 2, size=3)
    good = found.greatest
    for wrong in (good.upper * 0.99, good.upper * 1.01):
        bad = type(good)(wrong, wrong, None, good.attained_at, "")
        assert contradicted(type(found)(found.n1, found.n2, 3, found.least, bad), 3)
    assert not contradicted(found, 3)


def test_refusals() -> None:
    with pytest.raises(NotDerivable, match="quasi-norm"):
        nc.equivalence("norm(x, 1/2)", 2)
    with pytest.raises(InputError, match="give size=n"):
        nc.equivalence("norm(x, 1) + norm(x)", 2)
    with pytest.raises(InputError, match="2 and 3"):
        nc.equivalence(HEXAGON, 2, size=3)
