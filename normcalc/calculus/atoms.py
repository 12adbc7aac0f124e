"""A formula as a smooth part and atoms: weights times norms and maxima of affine maps.

The subdifferential of a sum of convex functions that are finite everywhere is the sum of the
subdifferentials (rockafellar1970, Theorem 23.8), and that of ``psi(A @ x - b)`` is ``A.T`` times
the subdifferential of psi (Theorem 23.9).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from normcalc.calculus import faces
from normcalc.calculus.collect import ONE, ZERO, Monomial, add, neg, terms, written
from normcalc.calculus.kinks import conditions
from normcalc.errors import NotDerivable
from normcalc.forms.constants import depends
from normcalc.forms.degree import degree
from normcalc.language.nodes import Apply, Compare, Constant, Node, Number, walk
from normcalc.language.text import text
from normcalc.language.transforms import is_transform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.calculus.algebra import Algebra
    from normcalc.calculus.faces import Array, Face

    Reader = Callable[[Node], "tuple[Node, AnyNorm] | None"]

INFINITE = Constant("oo")


class AnyNorm(Protocol):
    """A convex, positively homogeneous function whose subdifferential is known in numbers."""

    def members(self, inner: Node, s: Node) -> tuple[Node, ...]:
        """Return the conditions on s that say it is a subgradient at `inner`."""

    def face(self, value: Array, values: Mapping[str, Any], tolerance: float) -> Face:
        """Return the subdifferential at a value, for values of the parameters."""


@dataclass(frozen=True)
class Atom:
    """A weight times a convex function of an affine map.

    Parameters
    ----------
    kind : {"norm", "largest", "size", "positive", "nuclear", "spectral", "eigenvalue", "other"}
        The function: a p-norm, the largest entry, the sum of absolute values or of positive parts
        with a weight for each, the sum or the largest of the singular values, the largest
        eigenvalue; or `other`.
    inner : Node
        The affine map.
    weight : Node
        What stands in front; a vector for "size" and "positive".
    order : Node
        The order p of a norm.
    other : AnyNorm, optional
        A function that is none of these.
    """

    kind: str
    inner: Node
    weight: Node = ONE
    order: Node = ONE
    other: AnyNorm | None = None

    def members(self, s: Node) -> tuple[Node, ...]:
        """Return the conditions on s that say it is a subgradient at the value of the map."""
        if self.other is not None:
            return self.other.members(self.inner, s)
        return _MEMBERS[self.kind](self, s)

    def face(self, value: Array, order: float, tolerance: float) -> Face:
        """Return the subdifferential at a value of the affine map."""
        if order < 1:
            raise NotDerivable(f"norm of order {order:g} is not convex: no set is known")
        if self.kind in ("norm", "size"):
            return faces.norm_face(value, order, tolerance)
        return _FACES[self.kind](value, tolerance)


def split(
    c: Algebra, body: Node, names: frozenset[str], other: Reader | None = None
) -> tuple[Node, tuple[Atom, ...]]:
    """Return the smooth part of a formula, and its atoms.

    Parameters
    ----------
    other : callable, optional
        Reads a term that is none of the usual ones as a norm of an affine map.

    Raises
    ------
    NotDerivable
        A term with kinks is neither smooth nor an atom.

    Examples
    --------
    >>> from normcalc.calculus.algebra import Algebra
    >>> from normcalc.language.parser import parse
    >>> c = Algebra({"x": "vector", "A": "matrix", "b": "vector"})
    >>> smooth, found = split(c, parse("norm(A @ x - b)**2/2 + lam*norm(x, 1)"), frozenset({"x"}))
    >>> text(smooth), [(atom.kind, text(atom.weight), text(atom.inner)) for atom in found]
    ('norm(A @ x - b)**2/2', [('norm', 'lam', 'x')])
    """
    smooth: list[Node] = []
    atoms: list[Atom] = []
    for term in terms(body):
        try:
            rest, found = _term(c, term, names)
        except NotDerivable:
            rest, found = ZERO, _read(c, term, names, other)
            if not found:
                raise
        smooth.append(rest)
        atoms.extend(found)
    return add(*smooth), tuple(atoms)


def _term(c: Algebra, term: Monomial, names: frozenset[str]) -> tuple[Node, list[Atom]]:
    node = written(term)
    made = any(is_transform(part) for part in walk(node))  # no rule says where it has kinks
    if not made and not conditions(c, node, names):
        return node, []
    weight, factor = _weighted(c, term, names)
    rest, atoms = _atoms(c, factor, weight, names)
    for atom in atoms:
        if any(degree(atom.inner, name) > 1 for name in names):
            raise NotDerivable(
                f"{text(atom.inner)} is not affine; the subdifferential is described for norms "
                "and maxima of affine maps"
            )
    return rest, atoms


def _read(c: Algebra, term: Monomial, names: frozenset[str], other: Reader | None) -> list[Atom]:
    if other is None:
        return []
    weight, factor = _weighted(c, term, names)
    found = other(factor)
    return [] if found is None else [Atom("other", found[0], weight, other=found[1])]


def _weighted(c: Algebra, term: Monomial, names: frozenset[str]) -> tuple[Node, Node]:
    """Return the constant part of a product, and the one factor that moves."""
    moving = [item for item in term.powers if depends(item[0], names)]
    still = tuple(item for item in term.powers if item not in moving)
    if len(moving) != 1 or depends(moving[0][1], names) or moving[0][1] != ONE:
        raise _refusal(written(term))
    return written(Monomial(term.coefficient, still)), moving[0][0]


def _refusal(node: Node) -> NotDerivable:
    return NotDerivable(
        f"{text(node)} has kinks, and is no weight times a norm or a maximum of an affine map"
    )


def _atoms(c: Algebra, node: Node, weight: Node, names: frozenset[str]) -> tuple[Node, list[Atom]]:
    """Return what a weighted term is: a smooth part, and atoms."""
    if isinstance(node, Apply) and node.head == "sum":
        inner = node.args[0]
        if isinstance(inner, Apply) and inner.head == "singular_values":
            return ZERO, [Atom("nuclear", inner.args[0], weight)]
        return _entrywise(c, inner, weight, names)
    if isinstance(node, Apply) and node.head == "mean":
        number = Apply("size", (c.pattern(node.args[0]),))
        return _entrywise(c, node.args[0], c.over(weight, number), names)
    if isinstance(node, Apply) and node.head in ("abs", "max") and c.rank(node) == 0:
        return _entrywise(c, node, weight, names)
    if isinstance(node, Apply) and node.head in ("norm", "amax"):
        return ZERO, [_one_atom(node, weight)]
    raise _refusal(node)


def _one_atom(node: Apply, weight: Node) -> Atom:
    inner = node.args[0]
    order = INFINITE if node.head == "amax" else node.args[1]
    head = inner.head if isinstance(inner, Apply) else ""
    if head == "singular_values" and isinstance(inner, Apply):
        return _schatten(inner, weight, order)
    if node.head == "norm":
        if isinstance(order, Number) and order.value < 1:
            raise _refusal(node)
        return Atom("norm", inner, weight, order)
    if head == "eigenvalues" and isinstance(inner, Apply):
        return Atom("eigenvalue", inner.args[0], weight)
    if head == "abs" and isinstance(inner, Apply):
        return Atom("norm", inner.args[0], weight, INFINITE)
    return Atom("largest", inner, weight)


def _schatten(values: Apply, weight: Node, order: Node) -> Atom:
    x = values.args[0]
    if order == Number(Fraction(2)):
        return Atom("norm", Apply("entries", (x,)), weight, order)
    if order in (ONE, INFINITE):
        return Atom("nuclear" if order == ONE else "spectral", x, weight)
    raise _refusal(Apply("norm", (values, order)))


def _entrywise(
    c: Algebra, inner: Node, weight: Node, names: frozenset[str]
) -> tuple[Node, list[Atom]]:
    """Read a weighted sum over entries: of absolute values, of maxima of two, of smooth terms."""
    if isinstance(inner, Apply) and inner.head == "entries":
        inner = c.rebuilt(_listed(c, inner.args[0]))
    smooth: list[Node] = []
    atoms: list[Atom] = []
    for term in terms(inner):
        node = written(term)
        if not conditions(c, node, names):
            smooth.append(c.mul(weight, c.total(c.full(node, inner))))
            continue
        front, factor = _weighted(c, term, names)
        front = c.mul(weight, front)
        if isinstance(factor, Apply) and factor.head == "abs":
            atoms.append(Atom("size", factor.args[0], front))
        elif isinstance(factor, Apply) and factor.head == "max" and len(factor.args) == 2:
            left, right = factor.args
            base, other = (left, right) if not depends(left, names) else (right, left)
            smooth.append(c.total(c.full(c.mul(front, base), inner)))
            atoms.append(Atom("positive", add(other, neg(base)), front))
        else:
            raise _refusal(node)
    return add(*smooth), atoms


def _listed(c: Algebra, node: Node) -> Node:
    """Take ``entries`` through operations entry by entry, to the matrices below."""
    from normcalc.calculus.algebra import ENTRY_BY_ENTRY
    from normcalc.language.vocabulary import HEADS

    if c.rank(node) < 2:
        return node
    if isinstance(node, Apply) and HEADS[node.head].role in ENTRY_BY_ENTRY:
        return Apply(node.head, tuple(_listed(c, arg) for arg in node.args))
    return Apply("entries", (node,))


def _dual_order(order: Node) -> Node:
    if order == ONE:
        return INFINITE
    if order == INFINITE:
        return ONE
    if isinstance(order, Number):
        return Number(order.value / (order.value - 1))
    return Apply("div", (order, add(order, Number(Fraction(-1)))))


def _of_norm(atom: Atom, s: Node) -> tuple[Node, ...]:
    dual = Apply("norm", (s, _dual_order(atom.order)))
    value = Apply("norm", (atom.inner, atom.order))
    return Compare("<=", dual, ONE), Compare("==", Apply("dot", (s, atom.inner)), value)


def _of_largest(atom: Atom, s: Node) -> tuple[Node, ...]:
    value = Apply("amax", (atom.inner,))
    return (Compare(">=", s, ZERO), Compare("==", Apply("sum", (s,)), ONE),
            Compare("==", Apply("dot", (s, atom.inner)), value))  # fmt: skip


def _of_size(atom: Atom, s: Node) -> tuple[Node, ...]:
    aligned = Compare("==", Apply("mul", (s, atom.inner)), Apply("abs", (atom.inner,)))
    return Compare("<=", Apply("abs", (s,)), ONE), aligned


def _of_positive(atom: Atom, s: Node) -> tuple[Node, ...]:
    value = Apply("max", (atom.inner, ZERO))
    aligned = Compare("==", Apply("mul", (s, atom.inner)), value)
    return Compare(">=", s, ZERO), Compare("<=", s, ONE), aligned


def _aligned(atom: Atom, s: Node, head: str) -> Node:
    pairing = Apply("dot", (Apply("entries", (s,)), Apply("entries", (atom.inner,))))
    return Compare("==", pairing, Apply(head, (Apply("singular_values", (atom.inner,)),)))


def _of_nuclear(atom: Atom, s: Node) -> tuple[Node, ...]:
    largest = Apply("amax", (Apply("singular_values", (s,)),))
    return Compare("<=", largest, ONE), _aligned(atom, s, "sum")


def _of_spectral(atom: Atom, s: Node) -> tuple[Node, ...]:
    total = Apply("sum", (Apply("singular_values", (s,)),))
    return Compare("<=", total, ONE), _aligned(atom, s, "amax")


def _of_eigenvalue(atom: Atom, s: Node) -> tuple[Node, ...]:
    pairing = Apply("dot", (Apply("entries", (s,)), Apply("entries", (atom.inner,))))
    value = Apply("amax", (Apply("eigenvalues", (atom.inner,)),))
    least = Apply("amin", (Apply("eigenvalues", (s,)),))
    trace = Apply("sum", (Apply("diagonal", (s,)),))
    return (Compare(">=", least, ZERO), Compare("==", trace, ONE),
            Compare("==", pairing, value))  # fmt: skip


_MEMBERS: dict[str, Callable[[Atom, Node], tuple[Node, ...]]] = {
    "norm": _of_norm, "largest": _of_largest, "size": _of_size, "positive": _of_positive,
    "nuclear": _of_nuclear, "spectral": _of_spectral, "eigenvalue": _of_eigenvalue,
}  # fmt: skip
_FACES: dict[str, Callable[[Array, float], Face]] = {
    "largest": faces.largest_face, "positive": faces.positive_face,
    "nuclear": faces.nuclear_face, "spectral": faces.spectral_face,
    "eigenvalue": faces.eigenvalue_face,
}  # fmt: skip
