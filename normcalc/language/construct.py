"""Small constructors shared by the three doors, so that a formula has one tree, not several.

Sums and products are flat, literal quotients are one exact number, and a minus sign in front of
a literal belongs to it.  Nothing else is rewritten.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from normcalc.errors import LanguageError
from normcalc.language.nodes import Apply, Constant, Logic, Node, Number


def number(value: int | Fraction) -> Number:
    """Return an exact literal.

    Examples
    --------
    >>> number(2)
    Number(value=Fraction(2, 1))
    """
    return Number(Fraction(value))


def _terms(node: Node) -> tuple[Node, ...] | None:
    if isinstance(node, Apply) and node.head == "add":
        return node.args
    if isinstance(node, Apply) and node.head == "sub":
        return (node.args[0], negate(node.args[1]))
    return None


def plus(left: Node, right: Node) -> Node:
    """Return ``left + right`` as one flat sum."""
    return Apply("add", (*(_terms(left) or (left,)), right))


def minus(left: Node, right: Node) -> Node:
    """Return ``left - right``; a longer chain becomes a flat sum with negated terms."""
    terms = _terms(left)
    return Apply("sub", (left, right)) if terms is None else Apply("add", (*terms, negate(right)))


def times(left: Node, right: Node) -> Node:
    """Return ``left * right`` as one flat product."""
    factors = left.args if isinstance(left, Apply) and left.head == "mul" else (left,)
    return Apply("mul", (*factors, right))


def over(left: Node, right: Node) -> Node:
    """Return ``left / right``; two literals make one exact number.

    Examples
    --------
    >>> over(number(1), number(3))
    Number(value=Fraction(1, 3))
    """
    if isinstance(left, Number) and isinstance(right, Number) and right.value != 0:
        return Number(left.value / right.value)
    return Apply("div", (left, right))


def negate(node: Node) -> Node:
    """Return ``-node``, as one number for a literal."""
    return Number(-node.value) if isinstance(node, Number) else Apply("neg", (node,))


def power(base: Node, exponent: Node) -> Node:
    """Return ``base ** exponent``."""
    return Apply("pow", (base, exponent))


def matmul(left: Node, right: Node) -> Node:
    """Return ``left @ right``; shapes tell later whether the right side is a vector."""
    return Apply("image", (left, right))


def index(base: Node, ends: list[Node | None]) -> Node:
    """Return ``base[i]`` for one end, ``base[start:stop]`` for two; an absent end is open.

    Raises
    ------
    LanguageError
        If an end is not a whole number.
    """
    _check_whole(ends)
    if len(ends) == 1:
        if ends[0] is None:
            raise LanguageError("an index is missing between [ and ]")
        return Apply("entry", (base, ends[0]))
    return Apply("part", (base, *_closed(ends)))


def block(base: Node, rows: list[Node | None], columns: list[Node | None]) -> Node:
    """Return ``base[start:stop, start:stop]``, a part of a matrix.

    Raises
    ------
    LanguageError
        If there is an index in the place of a slice, or an end is not a whole number.
    """
    _check_whole(rows + columns)
    if len(rows) != 2 or len(columns) != 2:
        raise LanguageError("a part of a matrix has two slices, such as X[1:, :-1] or X[:2, :]")
    return Apply("block", (base, *_closed(rows), *_closed(columns)))


def _closed(ends: list[Node | None]) -> tuple[Node, Node]:
    return ends[0] or number(0), ends[1] or Constant("oo")


def _check_whole(ends: list[Node | None]) -> None:
    if any(end is not None and not _is_whole(end) for end in ends):
        raise LanguageError("an index is a whole number, such as x[0], x[-1] or x[1:]")


def _is_whole(end: Node) -> bool:
    return isinstance(end, Number) and end.value.denominator == 1


TRUE = Logic("and", ())
FALSE = Logic("or", ())


def conjunction(*parts: Node) -> Node:
    """Return the flat ``and`` of conditions, without those that always hold."""
    return _junction("and", parts, TRUE, FALSE)


def disjunction(*parts: Node) -> Node:
    """Return the flat ``or`` of conditions, without those that never hold."""
    return _junction("or", parts, FALSE, TRUE)


def _junction(
    head: Literal["and", "or"], parts: tuple[Node, ...], neutral: Node, absorbing: Node
) -> Node:
    if absorbing in parts:
        return absorbing
    flat: list[Node] = []
    for part in parts:  # the neutral element has no arguments, so it adds nothing
        flat.extend(part.args if isinstance(part, Logic) and part.head == head else (part,))
    if not flat:
        return neutral
    return flat[0] if len(flat) == 1 else Logic(head, tuple(flat))


def negation(part: Node) -> Node:
    """Return ``not part``."""
    if part in (TRUE, FALSE):
        return FALSE if part == TRUE else TRUE
    return Logic("not", (part,))
