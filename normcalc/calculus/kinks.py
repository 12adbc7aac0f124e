"""Where the formula of a derivative holds: the conditions that its parts ask for.

Each condition is sufficient, and false at every point where a part that matters has a kink.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.calculus.algebra import ENTRY_BY_ENTRY, Algebra
from normcalc.calculus.collect import ONE, ZERO, add, neg
from normcalc.forms.constants import depends
from normcalc.forms.degree import replaced
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Relation,
    Symbol,
    children,
    walk,
)
from normcalc.language.vocabulary import HEADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LARGEST = Constant("oo")


def conditions(
    c: Algebra, body: Node, names: frozenset[str], settled: frozenset[str] = frozenset()
) -> tuple[Node, ...]:
    """Return conditions under which every part of a tree is differentiable.

    `settled` names heads that ask for nothing more.

    Examples
    --------
    >>> from normcalc.calculus.algebra import Algebra
    >>> from normcalc.language.parser import parse
    >>> from normcalc.language.text import text
    >>> c = Algebra({"x": "vector", "A": "matrix"})
    >>> [text(found) for found in conditions(c, parse("norm(A @ x)"), frozenset({"x"}))]
    ['norm(A @ x) != 0']
    >>> conditions(c, parse("norm(A @ x)**2"), frozenset({"x"}))
    ()
    """
    found = dict.fromkeys(_conditions(c, body, body, names, settled))
    return tuple(condition for condition in found if not _is_clear(c, condition))


def _is_clear(c: Algebra, condition: Node) -> bool:
    """Tell whether a condition says that something is positive that always is."""
    link = condition.args[0] if isinstance(condition, Logic) else condition
    if not isinstance(link, Compare) or link.relation not in (">", "!=") or link.right != ZERO:
        return False
    return _least_sign(c, link.left) == 1


def _least_sign(c: Algebra, node: Node) -> int:
    """Return 1 for what is always positive, 0 for what is never negative, -1 otherwise."""
    if isinstance(node, Number):
        return (node.value > 0) - (node.value < 0)
    if isinstance(node, Symbol):
        return 1 if node.name in c.positive else -1
    if not isinstance(node, Apply):
        return 1 if isinstance(node, Constant) else -1
    signs = [_least_sign(c, arg) for arg in node.args]
    if node.head == "add":
        return -1 if -1 in signs else max(signs)
    if node.head in ("mul", "div"):
        return min(signs)
    if node.head == "pow":
        even = isinstance(node.args[1], Number) and node.args[1].value % 2 == 0
        return 1 if signs[0] == 1 else 0 if even else -1
    if node.head == "exp":
        return 1
    return 0 if node.head in ("abs", "norm", "singular_values") else -1


def _conditions(
    c: Algebra, node: Node, body: Node, names: frozenset[str], settled: frozenset[str]
) -> Iterator[Node]:
    if not depends(node, names):
        return
    inner = children(node)
    if isinstance(node, Apply):
        if node.head in settled:
            pass
        elif _is_tamed(node):  # the power flattens the kink of what it is a power of
            inner = children(node.args[0])
        elif node.head in _SPECTRA:
            yield from _SPECTRA[node.head](c, node, body)
        elif node.head in _KINKS and (node.head in _EITHER or depends(node.args[0], names)):
            yield from _KINKS[node.head](c, *node.args)
    if isinstance(node, Piecewise):
        borders = [p for _, when in node.cases if when is not None for p in walk(when)]
        yield from (_every(c, "!=", p.left, p.right) for p in borders
                    if isinstance(p, Compare) and depends(p, names))  # fmt: skip
        inner = tuple(value for value, _ in node.cases)
    for child in inner:
        yield from _conditions(c, child, body, names, settled)


def _is_tamed(node: Apply) -> bool:
    """Tell whether a power of a size has a derivative, which is zero, where the size is zero."""
    if node.head != "pow" or not isinstance(node.args[0], Apply):
        return False
    size, exponent = node.args
    if not isinstance(size, Apply) or not isinstance(exponent, Number) or exponent.value <= 1:
        return False
    if size.head == "norm":
        order = size.args[1]
        return isinstance(order, Number) and 1 < order.value <= exponent.value
    return size.head == "abs"


def _every(c: Algebra, relation: Relation, left: Node, right: Node) -> Node:
    """Return that a comparison holds, for all entries if there are several."""
    sides = [Apply("entries", (s,)) if c.rank(s) == 2 else s for s in (left, right)]
    link = Compare(relation, *sides)
    return Logic("all", (link,)) if max(c.rank(left), c.rank(right)) else link


def _nonzero(c: Algebra, u: Node, *rest: Node) -> Iterator[Node]:
    yield _every(c, "!=", u, ZERO)


def _above(bound: Fraction) -> _Kink:
    def rule(c: Algebra, u: Node) -> Iterator[Node]:
        yield _every(c, ">", u, Number(bound))

    return rule


def _within_one(c: Algebra, u: Node) -> Iterator[Node]:
    yield _every(c, "<", Apply("abs", (u,)), ONE)


def _power(c: Algebra, base: Node, exponent: Node) -> Iterator[Node]:
    if isinstance(exponent, Number) and exponent.value.denominator == 1:
        return
    if isinstance(base, Apply) and base.head in ("abs", "norm"):
        yield from _nonzero(c, base)
    elif not (isinstance(base, Constant) or (isinstance(base, Number) and base.value > 0)):
        yield _every(c, ">", base, ZERO)


def _apart(c: Algebra, *args: Node) -> Iterator[Node]:
    for place, left in enumerate(args):
        for right in args[place + 1 :]:
            pair = (right, left) if isinstance(left, Number) else (left, right)
            yield _every(c, "!=", *pair)


def _attained_once(c: Algebra, behind: Node) -> Iterator[Node]:
    yield Compare("==", Apply("sum", (Apply("heaviside", (behind,)),)), ONE)


def _amax(c: Algebra, u: Node) -> Iterator[Node]:
    return _attained_once(c, add(u, neg(Apply("amax", (u,)))))


def _amin(c: Algebra, u: Node) -> Iterator[Node]:
    return _attained_once(c, add(Apply("amin", (u,)), neg(u)))


def _norm(c: Algebra, u: Node, p: Node) -> Iterator[Node]:
    if isinstance(p, Number) and p.value > 1:
        yield from _nonzero(c, Apply("norm", (u, p)))
    elif p == _LARGEST:
        yield from _nonzero(c, Apply("norm", (u, p)))
        yield from _amax(c, Apply("abs", (u,)))
    else:
        yield from _nonzero(c, u)


def _listed_norms(head: str) -> _Kink:
    def rule(c: Algebra, u: Node, *rest: Node) -> Iterator[Node]:
        p = rest[-1]
        smooth = isinstance(p, Number) and p.value > 1
        yield from _nonzero(c, Apply(head, (u, *rest)) if smooth else u)

    return rule


def _distinct(c: Algebra, u: Node, *rest: Node) -> Iterator[Node]:
    yield from _nonzero(c, Apply("diff", (Apply("sort", (u,)),)))


def _singular(c: Algebra, node: Apply, body: Node) -> Iterator[Node]:
    yield from _nonzero(c, node)
    yield from _eigen(c, node, body)


def _eigen(c: Algebra, node: Apply, body: Node) -> Iterator[Node]:
    """A symmetric function of the spectrum is as smooth where values repeat as elsewhere."""
    values = Symbol("spectrum of the matrix")
    inside = Algebra({**c.shapes, values.name: "vector"})
    if not _is_symmetric(inside, replaced(body, node, values), values):
        yield from _distinct(c, node)


def _is_symmetric(c: Algebra, node: Node, values: Symbol) -> bool:
    """Tell whether a tree stays the same when the values trade places."""
    if values not in walk(node):
        return True
    if isinstance(node, Apply) and HEADS[node.head].role not in ENTRY_BY_ENTRY:
        vectors = [arg for arg in node.args if c.rank(arg)]
        return node.head in _SYMMETRIC and all(_made_of(c, v, values) for v in vectors)
    return all(_is_symmetric(c, child, values) for child in children(node) if c.rank(child) == 0
               ) and c.rank(node) == 0  # fmt: skip


_SYMMETRIC = ("sum", "mean", "prod", "amax", "amin", "norm", "dot", "sum_largest")


def _made_of(c: Algebra, node: Node, values: Symbol) -> bool:
    if node == values:
        return True
    if isinstance(node, Apply) and HEADS[node.head].role in ENTRY_BY_ENTRY:
        return all(_made_of(c, arg, values) if c.rank(arg) else _is_symmetric(c, arg, values)
                   for arg in node.args)  # fmt: skip
    return False


def _turning(head: str) -> _Spectrum:
    """Return the rule for a matrix made with singular vectors or eigenvectors."""

    def rule(c: Algebra, node: Apply, body: Node) -> Iterator[Node]:
        values = Apply(head, node.args[-1:])
        if head == "singular_values":
            yield from _nonzero(c, values)
        yield from _distinct(c, values)

    return rule


if TYPE_CHECKING:
    _Kink = Callable[..., Iterator[Node]]
    _Spectrum = Callable[[Algebra, Apply, Node], Iterator[Node]]

_EITHER = ("max", "min")  # here the first argument may stand still
_KINKS: dict[str, _Kink] = {
    **dict.fromkeys(("abs", "sign", "heaviside", "cbrt", "prod"), _nonzero),
    **dict.fromkeys(("max", "min"), _apart),
    **dict.fromkeys(("sort", "sum_largest", "ranks"), _distinct),
    "sqrt": _above(Fraction(0)), "acosh": _above(Fraction(1)),
    "asin": _within_one, "acos": _within_one, "pow": _power,
    "amax": _amax, "amin": _amin, "norm": _norm,
    **{head: _listed_norms(head) for head in ("group_norms", "row_norms", "column_norms")},
}  # fmt: skip
_SPECTRA: dict[str, _Spectrum] = {
    "singular_values": _singular, "eigenvalues": _eigen,
    "polar_factor": _turning("singular_values"),
    "with_singular_values": _turning("singular_values"),
    "with_eigenvalues": _turning("eigenvalues"),
}  # fmt: skip
