"""The axioms as comparisons of formulas: one text for the search, for z3 and for the witness."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.facts.outer import substitute
from normcalc.language.nodes import Apply, Compare, Node, Number, Relation, Symbol, symbols

if TYPE_CHECKING:
    from collections.abc import Callable

_ZERO = Number(Fraction(0))


@dataclass(frozen=True)
class Claim:
    """``left relation right`` for all values of the points and the scale.

    Parameters
    ----------
    left, right : Node
        Formulas in the names of the points, the scale and the parameters.
    relation : str
        How they compare.
    points : tuple of tuple of str
        The names of the coordinates of each point, x first.
    scale : str, optional
        The name of the multiplier.
    given : tuple of Node
        Conditions under which the claim is made.
    words : str
        The claim in words, for reasons.
    """

    left: Node
    relation: Relation
    right: Node
    points: tuple[tuple[str, ...], ...]
    words: str
    scale: str | None = None
    given: tuple[Node, ...] = ()

    @property
    def comparison(self) -> Compare:
        """The claim as a condition."""
        return Compare(self.relation, self.left, self.right)


def _at(body: Node, names: tuple[str, ...], entry: Callable[[Symbol], Node]) -> Node:
    return substitute(body, {Symbol(name): entry(Symbol(name)) for name in names})


def _fresh(body: Node, base: str, count: int) -> tuple[str, ...]:
    """Return names for the coordinates of a second point that the formula does not use."""
    taken = set(symbols(body))
    while any(f"{base}{i + 1}" in taken for i in range(count)):
        base += "_"
    return tuple(f"{base}{i + 1}" for i in range(count))


def homogeneity(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(t x) = |t| f(x)``."""
    (scale,) = _fresh(body, "t", 1)
    t = Symbol(scale)
    left = _at(body, names, lambda x: Apply("mul", (t, x)))
    right = Apply("mul", (Apply("abs", (t,)), body))
    return Claim(left, "==", right, (names,), "f(t x) = |t| f(x)", scale)


def positive_homogeneity(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(t x) = t f(x)`` for t > 0."""
    (scale,) = _fresh(body, "t", 1)
    t = Symbol(scale)
    left = _at(body, names, lambda x: Apply("mul", (t, x)))
    given = (Compare(">", t, _ZERO),)
    words = "f(t x) = t f(x) for t > 0"
    return Claim(left, "==", Apply("mul", (t, body)), (names,), words, scale, given)


def evenness(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(-x) = f(x)``."""
    left = _at(body, names, lambda x: Apply("neg", (x,)))
    return Claim(left, "==", body, (names,), "f(-x) = f(x)")


def triangle(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(x + y) <= f(x) + f(y)``."""
    others = _fresh(body, "y", len(names))
    other = dict(zip(names, others, strict=True))
    left = _at(body, names, lambda x: Apply("add", (x, Symbol(other[x.name]))))
    right = Apply("add", (body, _at(body, names, lambda x: Symbol(other[x.name]))))
    return Claim(left, "<=", right, (names, others), "f(x + y) <= f(x) + f(y)")


def convexity(body: Node, names: tuple[str, ...]) -> Claim:
    """``f((x + y)/2) <= (f(x) + f(y))/2``, which is convexity for functions without wild jumps."""
    others = _fresh(body, "y", len(names))
    other = dict(zip(names, others, strict=True))
    half = Number(Fraction(1, 2))

    def middle(x: Symbol) -> Node:
        return Apply("mul", (half, Apply("add", (x, Symbol(other[x.name])))))

    ends = Apply("add", (body, _at(body, names, lambda x: Symbol(other[x.name]))))
    right = Apply("mul", (half, ends))
    words = "f((x + y)/2) <= (f(x) + f(y))/2"
    return Claim(_at(body, names, middle), "<=", right, (names, others), words)


def absoluteness(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(|x|) = f(x)``, entry by entry."""
    left = _at(body, names, lambda x: Apply("abs", (x,)))
    return Claim(left, "==", body, (names,), "f(|x|) = f(x)")


def monotonicity(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(x) <= f(y)`` for ``0 <= x <= y``."""
    others = _fresh(body, "y", len(names))
    other = dict(zip(names, others, strict=True))
    right = _at(body, names, lambda x: Symbol(other[x.name]))
    given = [Compare(">=", Symbol(name), _ZERO) for name in names]
    given += [Compare(">=", Symbol(other[name]), Symbol(name)) for name in names]
    words = "f(x) <= f(y) for 0 <= x <= y"
    return Claim(body, "<=", right, (names, others), words, given=tuple(given))


def exchanged(body: Node, names: tuple[str, ...], order: tuple[str, ...]) -> Claim:
    """``f`` of the entries in another order is f(x)."""
    table = dict(zip(names, order, strict=True))
    left = _at(body, names, lambda x: Symbol(table[x.name]))
    words = f"f({', '.join(order)}) = f({', '.join(names)})"
    return Claim(left, "==", body, (names,), words)


def parallelogram(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(x + y)**2 + f(x - y)**2 = 2 f(x)**2 + 2 f(y)**2``."""
    others = _fresh(body, "y", len(names))
    other = dict(zip(names, others, strict=True))
    two = Number(Fraction(2))

    def squared(entry: Callable[[Symbol], Node]) -> Node:
        return Apply("pow", (_at(body, names, entry), two))

    plus, minus, x, y = (
        squared(lambda x: Apply("add", (x, Symbol(other[x.name])))),
        squared(lambda x: Apply("sub", (x, Symbol(other[x.name])))),
        squared(lambda x: x), squared(lambda x: Symbol(other[x.name])),
    )  # fmt: skip
    right = Apply("mul", (two, Apply("add", (x, y))))
    words = "f(x + y)^2 + f(x - y)^2 = 2 f(x)^2 + 2 f(y)^2"
    return Claim(Apply("add", (plus, minus)), "==", right, (names, others), words)


def nonnegativity(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(x) >= 0``."""
    return Claim(body, ">=", _ZERO, (names,), "f(x) >= 0")


def positivity(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(x) > 0`` for x other than zero."""
    size = tuple(Apply("abs", (Symbol(name),)) for name in names)
    total = Apply("add", size) if len(size) > 1 else size[0]
    given = (Compare(">", total, _ZERO),)
    return Claim(body, ">", _ZERO, (names,), "f(x) > 0 for x != 0", given=given)


def zero_at_zero(body: Node, names: tuple[str, ...]) -> Claim:
    """``f(0) = 0``."""
    left = _at(body, names, lambda x: Apply("mul", (_ZERO, x)))
    return Claim(left, "==", _ZERO, (names,), "f(0) = 0")
