"""Trees built with their shapes known: scalars leave linear maps, ones and identities vanish."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.calculus.collect import (
    ONE,
    ZERO,
    Monomial,
    monomial,
    multiplied,
    neg,
    terms,
    total,
    written,
)
from normcalc.calculus.tidy import tidied
from normcalc.errors import NotDerivable
from normcalc.language.construct import power
from normcalc.language.nodes import Apply, Compare, Logic, Node, Number, Piecewise
from normcalc.language.shaping import Shape, shape_of
from normcalc.language.text import text
from normcalc.language.vocabulary import HEADS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.language.function import Function
    from normcalc.language.parameters import Kind

ENTRY_BY_ENTRY = ("arithmetic", "elementwise", "choice")
_RANK = {"scalar": 0, "vector": 1, "matrix": 2}
# which arguments of a head it is linear in, so that numbers in front may leave
_LINEAR_IN: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("sum", "part", "entry", "diff", "diff_adjoint", "cumsum", "cumsum_adjoint",
                     "entries", "diagonal", "diag", "transpose", "embedded", "ranked",
                     "sorted_by", "spread", "group_sums", "as_matrix", "with_singular_values",
                     "with_eigenvalues", "singular_rates", "eigen_rates", "image_gradient",
                     "image_gradient_adjoint", "block", "embedded_block"), (0,)),
    **dict.fromkeys(("dot", "outer", "product", "image"), (0, 1)),
    "solve": (1,), "singular_turn": (0, 1), "eigen_turn": (0, 1),
}  # fmt: skip


@dataclass(frozen=True)
class Algebra:
    """Smart constructors for the names of one function.

    Parameters
    ----------
    shapes : mapping of str to {"scalar", "vector", "matrix"}
        The shape of every name.
    symmetric : frozenset of str
        The names of symmetric matrices.
    positive : frozenset of str
        The names of what is positive by its kind.
    """

    shapes: Mapping[str, Shape] = field(default_factory=dict)
    symmetric: frozenset[str] = frozenset()
    positive: frozenset[str] = frozenset()

    def shape(self, node: Node) -> Shape:
        """Return the shape of the value of a tree."""
        return shape_of(node, self.shapes)

    def rank(self, node: Node) -> int:
        """Return 0 for a number, 1 for a vector, 2 for a matrix."""
        return _RANK[self.shape(node)]

    def mul(self, *factors: Node) -> Node:
        """Return the product entry by entry, like factors collected."""
        product = tidied(multiplied(map(monomial, factors)))
        return written(self._without_ones(product))

    def over(self, above: Node, below: Node) -> Node:
        """Return the quotient entry by entry."""
        return self.mul(above, Apply("div", (ONE, below)))

    def power(self, base: Node, exponent: Node) -> Node:
        """Return the power entry by entry."""
        return self.mul(power(base, exponent))

    def _without_ones(self, product: Monomial) -> Monomial:
        kept = [(b, Number(Fraction(1)) if _is(b, "ones") else e) for b, e in product.powers]
        others = [base for base, _ in kept if not _is(base, "ones")]
        top = max((self.rank(base) for base in others), default=0)
        kept = [(b, e) for b, e in kept if not (_is(b, "ones") and self.rank(b) <= top)]
        kept.sort(key=lambda item: _is(item[0], "ones"))
        return Monomial(product.coefficient, tuple(kept))

    def full(self, tree: Node, like: Node) -> Node:
        """Return a tree that broadcasts against `like`, written out in the shape of `like`."""
        if tree == ZERO or self.rank(tree) >= self.rank(like):
            return tree
        return self.mul(tree, self.ones(like))

    def ones(self, like: Node) -> Node:
        """Return the vector or matrix of ones in the shape of `like`, named after a part of it."""
        return Apply("ones", (self.pattern(like),))

    def pattern(self, node: Node) -> Node:
        """Return a plain part of a tree that has the shape of the tree."""
        while isinstance(node, Apply) and HEADS[node.head].role in ENTRY_BY_ENTRY:
            node = next(arg for arg in node.args if self.rank(arg) == self.rank(node))
        return node

    def narrowed(self, tree: Node, node: Node, arg: Node) -> Node:
        """Return the transpose of broadcasting `arg` to the shape of `node`, applied to a tree."""
        if tree == ZERO or self.rank(arg) == self.rank(node):
            return tree
        if self.rank(arg) == 1:
            raise NotDerivable(
                f"{text(node)} adds a vector that depends on the variable to a matrix; write it "
                "with A @ X"
            )
        return self.total(self.full(tree, node))

    def total(self, tree: Node) -> Node:
        """Return the sum of all entries of a vector or matrix."""
        listed = self.apply("entries", tree) if self.rank(tree) == 2 else tree
        return self.apply("sum", listed)

    def inner(self, left: Node, right: Node, like: Node) -> Node:
        """Return the inner product of two trees that broadcast to the shape of `like`."""
        return self.total(self.full(self.mul(left, right), like))

    def apply(self, head: str, *args: Node) -> Node:
        """Return a head of the vocabulary applied, simplified where a rule is known."""
        from normcalc.calculus.identities import IDENTITIES

        scalars: list[Node] = []
        inner = list(args)
        for index in _LINEAR_IN.get(head, ()):
            if inner[index] == ZERO:
                return ZERO
            scalar, inner[index] = self.split(inner[index])
            scalars.append(scalar)
        rule = IDENTITIES.get(head)
        found = rule(self, *inner) if rule is not None else None
        if found is None:
            found = Apply(head, tuple(inner))
        return self.mul(*scalars, found) if any(s != ONE for s in scalars) else found

    def split(self, node: Node) -> tuple[Node, Node]:
        """Return the scalar factor of a vector or matrix, and the rest."""
        if self.rank(node) == 0:
            return ONE, node
        parts = terms(node)
        if len(parts) > 1:
            if all(part.coefficient < 0 for part in parts):
                return Number(Fraction(-1)), neg(node)
            return ONE, node
        product = parts[0]
        inside = tuple((b, e) for b, e in product.powers if self.rank(b) or self.rank(e))
        outside = tuple(item for item in product.powers if item not in inside)
        rest = written(Monomial(Fraction(1), inside))
        return written(Monomial(product.coefficient, outside)), rest

    def rebuilt(self, node: Node) -> Node:
        """Return a tree made again, bottom up, with everything simplified."""
        if isinstance(node, Piecewise):
            return Piecewise(tuple((self.rebuilt(value), when) for value, when in node.cases))
        if not isinstance(node, Apply):
            return node
        args = tuple(map(self.rebuilt, node.args))
        if node.head in ("add", "sub", "neg"):
            return total(terms(Apply(node.head, args)))
        if node.head in ("mul", "div", "pow", "sqrt"):
            return self.mul(Apply(node.head, args))
        return self.apply(node.head, *args)


def _is(node: Node, head: str) -> bool:
    return isinstance(node, Apply) and node.head == head


def algebra_of(function: Function, **more: Shape) -> Algebra:
    """Return the algebra for the names of a function, and further names."""
    shapes: dict[str, Shape] = {p.name: p.kind.shape for p in function.parameters}
    if function.variable.kind in ("vector", "matrix"):
        shapes[function.variable.name] = function.variable.kind
    symmetric = {p.name for p in function.parameters if p.kind.order == "definite"}
    positive = {p.name for p in function.parameters if _is_positive(p.kind)}
    return Algebra({**shapes, **more}, frozenset(symmetric), frozenset(positive))


def _is_positive(kind: Kind) -> bool:
    return kind.lo is not None and (kind.lo > 0 or (kind.lo == 0 and kind.lo_open))


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a tree with a function applied to its direct subtrees."""
    if isinstance(node, Apply):
        return Apply(node.head, tuple(map(change, node.args)))
    if isinstance(node, Logic):
        return Logic(node.head, tuple(map(change, node.args)))
    if isinstance(node, Compare):
        return Compare(node.relation, change(node.left), change(node.right))
    if isinstance(node, Piecewise):
        cases = ((change(v), None if when is None else change(when)) for v, when in node.cases)
        return Piecewise(tuple(cases))
    return node
