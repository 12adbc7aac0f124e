"""Exact arithmetic on the numbers of a formula: rationals fast, algebraic numbers in their field.

Floating point decides most comparisons, with an error bound; what it leaves open is decided in the
number field, where zero is a syntactic matter, so `sign` never guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import mpmath
import sympy as sp
from sympy.polys.matrices import DomainMatrix

from normcalc.errors import Unsettled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = tuple[Any, ...]
"""A vector of field elements."""

_DIGITS = (30, 100, 400)


@dataclass(frozen=True)
class Field:
    """The field that some real numbers generate; elements are those of the SymPy domain.

    Examples
    --------
    >>> field = field_of([sp.sqrt(2)])
    >>> root = field.element(sp.sqrt(2))
    >>> field.sign(root * root - field.element(2)), field.sign(root - field.element(1))
    (0, 1)
    >>> field.number(field.domain.one / (root + field.domain.one))
    -1 + sqrt(2)
    """

    domain: Any

    def element(self, number: sp.Expr | int) -> Any:
        """Return the number as an element of the field."""
        return self.domain.from_sympy(sp.sympify(number, strict=True))

    def number(self, element: Any) -> sp.Expr:
        """Return the element as a SymPy number, radicals in the numerator."""
        return sp.expand(self.domain.to_sympy(element))

    def sign(self, element: Any) -> int:
        """Return -1, 0 or 1, exactly."""
        if not element:
            return 0
        if self.domain.is_QQ:
            return 1 if element > 0 else -1
        return _sign(self, element)

    def decimal(self, element: Any) -> float:
        """Return the element rounded to double precision."""
        if self.domain.is_QQ:
            return int(element.numerator) / int(element.denominator)
        return float(_approximate(self, element, _DIGITS[0])[0])


def field_of(numbers: Iterable[sp.Expr]) -> Field:
    """Return the smallest field that holds all the numbers: QQ, QQ<sqrt(2)>, QQ(pi), ..."""
    return embedded([tuple(numbers)])[0]


def embedded(rows: Sequence[Sequence[sp.Expr | int]]) -> tuple[Field, tuple[Row, ...]]:
    """Return the field that all entries generate, and the entries as its elements.

    Converting them together costs one primitive element, where one by one each would cost a search
    for an isomorphism.
    """
    values = [sp.sympify(x, strict=True) for row in rows for x in row]
    domain, found = sp.construct_domain([*values, sp.Integer(0)], extension=True, field=True)
    entries = iter(found)
    return Field(domain), tuple(tuple(next(entries) for _ in row) for row in rows)


def _sign(field: Field, element: Any) -> int:
    """Return the sign of a nonzero element by evaluation to more and more digits."""
    for digits in _DIGITS:
        value, scale = _approximate(field, element, digits)
        if abs(value) > scale * mpmath.mpf(10) ** (8 - digits):
            return 1 if value > 0 else -1
    raise Unsettled(
        f"the sign of {field.number(element)} is not settled by {_DIGITS[-1]} digits; "
        "write the coefficients of the formula without constants that may cancel"
    )


def _approximate(field: Field, element: Any, digits: int) -> tuple[Any, Any]:
    """Return the value to so many digits, and the scale that its rounding error refers to."""
    with mpmath.workdps(digits):
        if not field.domain.is_Algebraic:
            value = mpmath.mpf(sp.N(field.domain.to_sympy(element), digits))
            return value, mpmath.mpf(1)
        root = _root(field.domain, digits)
        value = scale = mpmath.mpf(0)
        for coefficient in element.to_list():
            ratio = mpmath.mpf(int(coefficient.numerator)) / int(coefficient.denominator)
            value = value * root + ratio
            scale = scale * abs(root) + abs(ratio)
        return value, scale


@lru_cache(maxsize=64)
def _root(domain: Any, digits: int) -> Any:
    """Return the generator of an algebraic field as a multiprecision number."""
    return mpmath.mpf(sp.N(domain.ext.as_expr(), digits + 5))


def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """Return the inner product of two vectors of field elements."""
    return sum((a * b for a, b in zip(left[1:], right[1:], strict=True)), left[0] * right[0])


def rank(field: Field, rows: Sequence[Row], dimension: int) -> int:
    """Return the dimension of the span of the rows."""
    return int(DomainMatrix([list(r) for r in rows], (len(rows), dimension), field.domain).rank())


def nullspace(field: Field, rows: Sequence[Row], dimension: int) -> tuple[Row, ...]:
    """Return a basis of the vectors orthogonal to all rows, each with leading entry one."""
    matrix = DomainMatrix([list(r) for r in rows], (len(rows), dimension), field.domain)
    return tuple(_leading_one(vector) for vector in matrix.nullspace().to_list())


def _leading_one(vector: Sequence[Any]) -> Row:
    lead = next(x for x in vector if x)
    return tuple(x / lead for x in vector)
