"""The derivative of every head, as a linear map with its transpose: one rule serves both modes.

Pushing a direction through the maps is forward accumulation, pulling a functional back through
their transposes is reverse accumulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.calculus.collect import ONE, ZERO, add, neg
from normcalc.errors import NotDerivable
from normcalc.language.nodes import Apply, Constant, Node, Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.calculus.algebra import Algebra

_LAST = Constant("oo")
_MINUS_ONE = Number(Fraction(-1))


@dataclass(frozen=True)
class Linear:
    """The derivative of an operation by one argument.

    Parameters
    ----------
    push : callable
        The map itself: a direction in the argument to the direction of the value.
    pull : callable
        Its transpose: a functional on the value to the functional on the argument.
    """

    push: Callable[[Node], Node]
    pull: Callable[[Node], Node]


def head_pair(c: Algebra, forth: _Maker, back: _Maker) -> Linear:
    """Return the map made of two heads; each maker gives the head and the other arguments."""
    return Linear(lambda t: c.apply(*_placed(forth, t)), lambda a: c.apply(*_placed(back, a)))


_Maker = tuple[str, tuple[Node | None, ...]]


def _placed(maker: _Maker, tree: Node) -> tuple[str, *tuple[Node, ...]]:
    head, args = maker
    return (head, *(tree if arg is None else arg for arg in args))


def functional(c: Algebra, weights: Node, like: Node) -> Linear:
    """Return the inner product with weights, a map to numbers."""
    return Linear(lambda t: c.inner(weights, t, like), lambda a: c.mul(a, weights))


def structural(c: Algebra, node: Apply, index: int) -> Linear | None:
    """Return the derivative of a head that does not work entry by entry; None where it is zero.

    Raises
    ------
    NotDerivable
        There is no rule.
    """
    rule = RULES.get(node.head)
    if rule is None:
        raise NotDerivable(f"there is no rule for the derivative of {node.head}")
    return rule(c, node.args, index)


def _sum(c: Algebra, args: _Args, index: int) -> Linear:
    return functional(c, ONE, args[0])


def _mean(c: Algebra, args: _Args, index: int) -> Linear:
    return functional(c, c.over(ONE, Apply("size", (c.pattern(args[0]),))), args[0])


def _prod(c: Algebra, args: _Args, index: int) -> Linear:
    return functional(c, c.over(Apply("prod", args), args[0]), args[0])


def _amax(c: Algebra, args: _Args, index: int) -> Linear:
    behind = add(args[0], neg(Apply("amax", args)))
    return functional(c, Apply("heaviside", (behind,)), args[0])


def _amin(c: Algebra, args: _Args, index: int) -> Linear:
    ahead = add(Apply("amin", args), neg(args[0]))
    return functional(c, Apply("heaviside", (ahead,)), args[0])


def powers_of(c: Algebra, u: Node, p: Node) -> Node:
    """Return ``sign(u)*abs(u)**(p - 1)``, the derivative of ``abs(u)**p/p``."""
    size = c.power(c.apply("abs", u), add(p, _MINUS_ONE))
    return c.mul(c.apply("sign", u), size)


def _norm(c: Algebra, args: _Args, index: int) -> Linear | None:
    u, p = args
    if index:
        raise NotDerivable("the order of a norm depends on the variable")
    if p == ZERO:
        return None
    if p == _LAST:
        size = c.apply("abs", u)
        largest = Apply("heaviside", (add(size, neg(Apply("amax", (size,)))),))
        return functional(c, c.mul(c.apply("sign", u), largest), u)
    below = c.power(Apply("norm", args), add(p, _MINUS_ONE))
    return functional(c, c.over(powers_of(c, u, p), below), u)


def _dot(c: Algebra, args: _Args, index: int) -> Linear:
    return functional(c, args[1 - index], args[index])


def _sum_largest(c: Algebra, args: _Args, index: int) -> Linear:
    inside = add(args[1], neg(Apply("ranks", args[:1])))
    return functional(c, Apply("heaviside", (inside,)), args[0])


def _sort(c: Algebra, args: _Args, index: int) -> Linear:
    return head_pair(c, ("sorted_by", (None, args[0])), ("ranked", (None, args[0])))


def _entry(c: Algebra, args: _Args, index: int) -> Linear:
    u, at = args
    after = _LAST if at == _MINUS_ONE else add(at, ONE)
    return head_pair(c, ("entry", (None, at)), ("embedded", (None, at, after, u)))


def _part(c: Algebra, args: _Args, index: int) -> Linear:
    u, start, stop = args
    return head_pair(c, ("part", (None, start, stop)), ("embedded", (None, start, stop, u)))


def _block(c: Algebra, args: _Args, index: int) -> Linear | None:
    u, *ends = args
    if index:
        return None
    return head_pair(c, ("block", (None, *ends)), ("embedded_block", (None, *ends, u)))


def _embedded_block(c: Algebra, args: _Args, index: int) -> Linear | None:
    _, *ends, u = args
    if index:
        return None
    return head_pair(c, ("embedded_block", (None, *ends, u)), ("block", (None, *ends)))


def _embedded(c: Algebra, args: _Args, index: int) -> Linear | None:
    a, start, stop, u = args
    if index:
        return None
    back: _Maker = ("part", (None, start, stop)) if c.rank(a) else ("entry", (None, start))
    return head_pair(c, ("embedded", (None, start, stop, u)), back)


def _pair(forth: str, back: str) -> _Rule:
    """Return the rule of a linear head of one argument whose transpose is a head."""
    return lambda c, args, index: head_pair(c, (forth, (None,)), (back, (None,)))


def _along(forth: str, back: str) -> _Rule:
    """Return the rule of a head that is linear in its first argument only, others fixed."""

    def rule(c: Algebra, args: _Args, index: int) -> Linear | None:
        if index:  # orders and shapes: locally constant
            return None
        others = args[1:]
        return head_pair(c, (forth, (None, *others)), (back, (None, *others)))

    return rule


def _image_gradient(c: Algebra, args: _Args, index: int) -> Linear:
    return head_pair(c, ("image_gradient", (None,)), ("image_gradient_adjoint", (None, args[0])))


def _image_gradient_adjoint(c: Algebra, args: _Args, index: int) -> Linear | None:
    if index:
        return None
    return head_pair(c, ("image_gradient_adjoint", (None, args[1])), ("image_gradient", (None,)))


def _spread(c: Algebra, args: _Args, index: int) -> Linear | None:
    if index:
        return None
    _, groups, u = args
    return head_pair(c, ("spread", (None, groups, u)), ("group_sums", (None, groups)))


def _group_sums(c: Algebra, args: _Args, index: int) -> Linear:
    u, groups = args
    return head_pair(c, ("group_sums", (None, groups)), ("spread", (None, groups, u)))


def _group_norms(c: Algebra, args: _Args, index: int) -> Linear:
    u, groups, p = args
    if p in (_LAST, ZERO):
        raise NotDerivable("group_norms of order oo or 0 has no rule; use another order")
    above, below = powers_of(c, u, p), c.power(Apply("group_norms", args), add(p, _MINUS_ONE))
    return Linear(
        lambda t: c.over(c.apply("group_sums", c.mul(above, t), groups), below),
        lambda a: c.mul(above, c.apply("spread", c.over(a, below), groups, u)),
    )


def _image(c: Algebra, args: _Args, index: int) -> Linear:
    a, u = args
    if index:
        return head_pair(c, ("image", (a, None)), ("image", (c.apply("transpose", a), None)))
    return head_pair(c, ("image", (None, u)), ("outer", (None, u)))


def _solve(c: Algebra, args: _Args, index: int) -> Linear:
    a, _ = args
    flipped = c.apply("transpose", a)
    if index:
        return head_pair(c, ("solve", (a, None)), ("solve", (flipped, None)))
    found = Apply("solve", args)
    return Linear(
        lambda t: neg(c.apply("solve", a, c.apply("image", t, found))),
        lambda b: neg(c.apply("outer", c.apply("solve", flipped, b), found)),
    )


def _product(c: Algebra, args: _Args, index: int) -> Linear:
    a, b = args
    if index:
        return head_pair(c, ("product", (a, None)), ("product", (c.apply("transpose", a), None)))
    return head_pair(c, ("product", (None, b)), ("product", (None, c.apply("transpose", b))))


def _outer(c: Algebra, args: _Args, index: int) -> Linear:
    u, v = args
    if index:
        return Linear(
            lambda t: c.apply("outer", u, t),
            lambda m: c.apply("image", c.apply("transpose", m), u),
        )
    return head_pair(c, ("outer", (None, v)), ("image", (None, v)))


def _inverse(c: Algebra, args: _Args, index: int) -> Linear:
    found = Apply("inverse", args)
    flipped = c.apply("transpose", found)

    def between(left: Node, middle: Node, right: Node) -> Node:
        return neg(c.apply("product", c.apply("product", left, middle), right))

    return Linear(lambda t: between(found, t, found), lambda a: between(flipped, a, flipped))


def _entries(c: Algebra, args: _Args, index: int) -> Linear:
    return head_pair(c, ("entries", (None,)), ("as_matrix", (None, args[0])))


def _row_norms(c: Algebra, args: _Args, index: int) -> Linear:
    x, p = args
    if p in (_LAST, ZERO) or index:
        raise NotDerivable("row_norms and column_norms have a rule for finite orders p > 0 only")
    above = powers_of(c, x, p)
    below = c.power(c.apply("row_norms", *args), add(p, _MINUS_ONE))

    def push(t: Node) -> Node:
        products = c.apply("product", c.mul(above, t), Apply("transpose", (c.ones(x),)))
        return c.over(c.apply("diagonal", products), below)

    return Linear(push, lambda a: c.apply("product", c.apply("diag", c.over(a, below)), above))


def _column_norms(c: Algebra, args: _Args, index: int) -> Linear:
    x, p = args
    flipped = _row_norms(c, (Apply("transpose", (x,)), p), index)
    return Linear(
        lambda t: flipped.push(c.apply("transpose", t)),
        lambda a: c.apply("transpose", flipped.pull(a)),
    )


def _spectral(rates: str, back: str) -> _Rule:
    return lambda c, args, index: head_pair(c, (rates, (None, args[0])), (back, (None, args[0])))


def _with_spectrum(with_values: str, rates: str, turn: str) -> _Rule:
    def rule(c: Algebra, args: _Args, index: int) -> Linear:
        a, x = args
        if index:
            turned: _Maker = (turn, (None, a, x))
            return head_pair(c, turned, turned)  # the turn is a symmetric map
        return head_pair(c, (with_values, (None, x)), (rates, (None, x)))

    return rule


def _polar_factor(c: Algebra, args: _Args, index: int) -> Linear:
    turned: _Maker = ("singular_turn", (None, c.ones(Apply("singular_values", args)), args[0]))
    return head_pair(c, turned, turned)


def _constant(c: Algebra, args: _Args, index: int) -> None:
    """Shapes and ranks do not move."""


if TYPE_CHECKING:
    _Args = tuple[Node, ...]
    _Rule = Callable[[Algebra, _Args, int], Linear | None]

RULES: dict[str, _Rule] = {
    "sum": _sum, "mean": _mean, "prod": _prod, "amax": _amax, "amin": _amin, "norm": _norm,
    "dot": _dot, "sum_largest": _sum_largest, "sort": _sort, "entry": _entry, "part": _part,
    "block": _block, "embedded_block": _embedded_block,
    "embedded": _embedded, "diff": _pair("diff", "diff_adjoint"),
    "diff_adjoint": _pair("diff_adjoint", "diff"), "image_gradient": _image_gradient,
    "image_gradient_adjoint": _image_gradient_adjoint, "cumsum": _pair("cumsum", "cumsum_adjoint"),
    "cumsum_adjoint": _pair("cumsum_adjoint", "cumsum"),
    "ranked": _along("ranked", "sorted_by"), "sorted_by": _along("sorted_by", "ranked"),
    "spread": _spread, "group_sums": _group_sums, "group_norms": _group_norms,
    "image": _image, "solve": _solve, "product": _product, "outer": _outer,
    "inverse": _inverse, "transpose": _pair("transpose", "transpose"),
    "diag": _pair("diag", "diagonal"), "diagonal": _pair("diagonal", "diag"),
    "entries": _entries, "row_norms": _row_norms, "column_norms": _column_norms,
    "singular_values": _spectral("singular_rates", "with_singular_values"),
    "eigenvalues": _spectral("eigen_rates", "with_eigenvalues"),
    "with_singular_values": _with_spectrum(
        "with_singular_values", "singular_rates", "singular_turn"),
    "with_eigenvalues": _with_spectrum("with_eigenvalues", "eigen_rates", "eigen_turn"),
    "polar_factor": _polar_factor, "ranks": _constant, "size": _constant, "identity": _constant,
}  # fmt: skip
