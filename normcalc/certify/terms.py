"""Formulas as terms of real arithmetic for the solver, from the user's tree and from SymPy.

Only algebraic formulas have such terms.  A root becomes a fresh real with a defining equation.
The definition is always guarded, ``base >= 0 implies r >= 0 and r**q == base``, so that it can
never exclude a point by itself: where a root does not exist, `r` is arbitrary, and a claim proved
for every `r` is proved.  Division is the solver's own total division, for the same reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Term = Any

_HIGHEST_POWER = 12
# enclosures of the constants: what holds for every real in them holds for the constant
_ENCLOSED = {
    "pi": (Fraction(314159265358979, 10**14), Fraction(314159265358980, 10**14)),
    "e": (Fraction(271828182845904, 10**14), Fraction(271828182845905, 10**14)),
}


class NotAlgebraic(Exception):
    """The formula has no term in real arithmetic; callers fall back to searching."""


@dataclass(frozen=True)
class Radical:
    """A fresh real that stands for the `degree`-th root of `base`."""

    value: Term
    base: Term
    degree: int

    @property
    def exists(self) -> Term:
        """When the root exists."""
        return self.base >= 0

    @property
    def equation(self) -> Term:
        """What the root satisfies where it exists."""
        return z3.And(self.value >= 0, power(self.value, self.degree) == self.base)

    @property
    def guarded(self) -> Term:
        """The definition that excludes nothing."""
        return z3.Implies(self.exists, self.equation)


class Terms:
    """A solver context with named reals, and the definitions of the radicals met so far."""

    def __init__(self) -> None:
        """Make a context of its own, so that threads cannot meet in it."""
        self.context = z3.Context()
        self.radicals: list[Radical] = []
        self.bounds: list[Term] = []
        self._names: dict[str, Term] = {}

    def real(self, name: str) -> Term:
        """Return the real constant of that name."""
        return self._names.setdefault(name, z3.Real(name, self.context))

    def number(self, value: Fraction | int | float) -> Term:
        """Return an exact literal; floats are taken at their exact binary value."""
        exact = Fraction(value)
        return z3.RealVal(f"{exact.numerator}/{exact.denominator}", self.context)

    def constant(self, name: str) -> Term:
        """Return a real known only to lie in a narrow interval around pi or e."""
        if name not in _ENCLOSED:
            raise NotAlgebraic(name)
        symbol = self.real(f"constant {name}")
        lo, hi = _ENCLOSED[name]
        self.bounds += [symbol > self.number(lo), symbol < self.number(hi)]
        return symbol

    def radical(self, base: Term, degree: int) -> Term:
        """Return the real that stands for a root; equal bases share one."""
        for known in self.radicals:
            if known.degree == degree and known.base.eq(base):
                return known.value
        value = self.real(f"root {len(self.radicals)}")
        self.radicals.append(Radical(value, base, degree))
        return value

    def truth(self, value: bool) -> Term:
        """Return true or false."""
        return z3.BoolVal(value, self.context)

    def every(self, parts: list[Term]) -> Term:
        """Return the conjunction, which is true for no parts."""
        return z3.And(*parts) if parts else self.truth(True)

    def some(self, parts: list[Term]) -> Term:
        """Return the disjunction, which is false for no parts."""
        return z3.Or(*parts) if parts else self.truth(False)


def power(base: Term, exponent: int) -> Term:
    """Return an integer power as a product, which every solver reads alike."""
    if not 1 <= exponent <= _HIGHEST_POWER:
        raise NotAlgebraic(f"power {exponent}")
    result = base
    for _ in range(exponent - 1):
        result = result * base
    return result


def rational_power(terms: Terms, base: Term, exponent: Fraction) -> Term:
    """Return ``base**exponent`` for a base that is nonnegative wherever that is real."""
    if exponent == 0:
        return terms.number(1)
    if exponent < 0:
        return terms.number(1) / rational_power(terms, base, -exponent)
    if exponent.denominator == 1:
        return power(base, int(exponent))
    if exponent.denominator > _HIGHEST_POWER:
        raise NotAlgebraic(f"power {exponent}")
    return power(terms.radical(base, exponent.denominator), exponent.numerator)


def largest(first: Term, second: Term) -> Term:
    """Return the larger of two terms."""
    return z3.If(first >= second, first, second)


def smallest(first: Term, second: Term) -> Term:
    """Return the smaller of two terms."""
    return z3.If(first <= second, first, second)


def magnitude(x: Term) -> Term:
    """Return the absolute value."""
    return z3.If(x >= 0, x, -x)


def signum(x: Term) -> Term:
    """Return the sign: -1, 0 or 1."""
    one = z3.RealVal(1, x.ctx)
    return z3.If(x > 0, one, z3.If(x < 0, -one, 0 * one))


def step_at_zero(x: Term) -> Term:
    """Return 1 for ``x >= 0`` and 0 below."""
    one = z3.RealVal(1, x.ctx)
    return z3.If(x >= 0, one, 0 * one)


def fold(two: Callable[[Term, Term], Term], parts: list[Term]) -> Term:
    """Combine the parts from left to right."""
    result = parts[0]
    for part in parts[1:]:
        result = two(result, part)
    return result


COMPARE: Mapping[str, Callable[[Term, Term], Term]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
