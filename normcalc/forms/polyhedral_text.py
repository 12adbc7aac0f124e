"""Write a polyhedral gauge the way a person would: paired rows as absolute values."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.forms.polyhedral import Polyhedral, elements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.forms.exact import Field, Row


def formula(gauge: Polyhedral) -> str:
    """Return the formula as text, in the coordinates x1, x2, ...

    All sign patterns of a row together are a sum of absolute values, a row and its negative are
    one absolute value, and what remains is linear.
    """
    field, rows = elements(gauge)
    left = dict.fromkeys(rows)
    terms = []
    while left:
        row = next(iter(left))
        family, term = _largest_family(field, row, left)
        terms.append(term)
        for member in family:
            del left[member]
    return terms[0] if len(terms) == 1 else f"max({', '.join(terms)})"


def _largest_family(field: Field, row: Row, rows: dict[Row, None]) -> tuple[list[Row], str]:
    """Return the rows that one term can stand for, and the term."""
    size = tuple(_positive(field, row))
    flips = product((1, -1), repeat=sum(1 for x in size if x))
    family = [_signed(size, flip) for flip in flips]
    if all(member in rows for member in family):
        return family, _linear(field, size, absolute=True)
    opposite = tuple(-x for x in row)
    if opposite in rows and opposite != row:
        return [row, opposite], f"abs({_linear(field, _leading_positive(field, row))})"
    return [row], _linear(field, row)


def _positive(field: Field, row: Row) -> list[object]:
    return [-x if field.sign(x) < 0 else x for x in row]


def _signed(row: Row, flip: Sequence[int]) -> Row:
    signs = iter(flip)
    return tuple((x if next(signs) > 0 else -x) if x else x for x in row)


def _leading_positive(field: Field, row: Row) -> Row:
    lead = next(x for x in row if x)
    return tuple(-x for x in row) if field.sign(lead) < 0 else row


def _linear(field: Field, row: Row, absolute: bool = False) -> str:
    """Return ``a1*x1 + ...`` with zero terms left out, or the same in absolute values."""
    entries = [(i, field.sign(x), field.number(x)) for i, x in enumerate(row, start=1) if x]
    if not entries:
        return "0*x1"
    sizes = {number * sign for _, sign, number in entries}
    shared = sizes.pop() if len(sizes) == 1 < len(entries) else sp.Integer(1)
    text = ""
    for index, sign, number in entries:
        name = f"abs(x{index})" if absolute else f"x{index}"
        term = _product(number * sign / shared, name)
        text += (" - " if sign < 0 else " + ") + term if text else "-" * (sign < 0) + term
    return _product(shared, f"({text})") if shared != 1 else text


def _product(number: sp.Expr, name: str) -> str:
    """Return ``number * name`` with the denominator behind the name."""
    top, bottom = sp.fraction(sp.expand(number) if number.is_Add else number)
    if number.is_Add:
        top, bottom = sp.fraction(sp.together(number))
    shown = f"({top})*{name}" if top.is_Add else name if top == 1 else f"{top}*{name}"
    if bottom == 1:
        return shown
    return f"{shown}/{bottom}" if bottom.is_Atom else f"{shown}/({bottom})"
