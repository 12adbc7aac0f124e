"""Functions of a sorted list: of sorted entries, of singular values and of eigenvalues.

A function of the singular values is convex if it is convex as a function of the sorted absolute
entries of any vector, and a function of the eigenvalues of a symmetric matrix if it is convex as a
function of sorted entries [lewis1995, Corollary 2.5]; zeros, degree and signs carry over too.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.facts.outer import substitute
from normcalc.facts.traits import Traits, settled
from normcalc.forms.constants import depends
from normcalc.language.nodes import Apply, Node, Number, Symbol, children, symbols, walk
from normcalc.language.vocabulary import HEADS, REDUCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from normcalc.facts.names import Names
    from normcalc.language.shaping import Shape

_LISTS = ("singular_values", "eigenvalues")
_SYMMETRIC = frozenset(("sum", "mean", "amax", "amin", "norm", "sum_largest", "prod"))
_BY_ENTRY = ("arithmetic", "elementwise", "choice")
_ENDS: dict[Node, str] = {Number(Fraction(0)): "amax", Number(Fraction(-1)): "amin"}


def of_list(node: Apply, names: Names) -> tuple[Apply, Apply, Names] | None:
    """Return the list in a number computed from one list alone, and the same number of a vector.

    The vector stands for any one whose sorted (absolute) entries are the list.
    """
    if node.head not in REDUCTIONS:
        return None
    found = {p for p in walk(node) if isinstance(p, Apply) and p.head in _LISTS}
    listing = found.pop() if len(found) == 1 else None
    if listing is None or not depends(listing, names.coordinates):
        return None
    name = next(n for n in ("s", "s0", "s1", "s2") if n not in symbols(node))
    entries: Node = Symbol(name)
    if listing.head == "singular_values":
        entries = Apply("abs", (entries,))
    body = substitute(node, {listing: Apply("sort", (entries,))})
    if not isinstance(body, Apply) or depends(body, names.coordinates):
        return None
    return listing, body, replace(names, coordinates=(name,), shape="vector")


def transferred(head: str, matrix: Traits, vector: Traits, names: Names) -> Traits:
    """Return the traits of a function of a list from those of the same function of a vector."""
    if matrix.curvature != "affine":
        return Traits(nonnegative=vector.nonnegative, positive=vector.positive)
    linear = matrix.mapping is not None
    parity = vector.parity if matrix.parity == "odd" else None
    everywhere = vector.zeros is not None and Symbol(names.coordinates[0]) in vector.zeros
    return settled(
        replace(
            vector, mapping=None, linear=None,
            degree=vector.degree if linear else None,
            parity="even" if head == "singular_values" and parity else parity,
            zeros=matrix.forms if everywhere else None,
            subadditive=False,
            radial=vector.radial and linear,
            why=f"{vector.curvature} in the entries of any vector with this list",
        )
    )  # fmt: skip


def unsorted(node: Apply, shape_of: Callable[[Node], Shape]) -> Apply:
    """Leave out sorting where what follows does not depend on the order of the entries.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> from normcalc.language.text import text
    >>> text(unsorted(parse("sum(sort(x)**2)"), lambda part: "vector"))
    'sum(x**2)'
    """
    first = node.args[0]
    if node.head == "entry" and isinstance(first, Apply) and first.head == "sort":
        end = _ENDS.get(node.args[1])
        return node if end is None else Apply(end, first.args)
    if node.head not in _SYMMETRIC:
        return node
    lists = set(_lists(node.args[0], shape_of))
    ordered = lists.pop() if len(lists) == 1 else None
    if not isinstance(ordered, Apply) or ordered.head != "sort":
        return node
    return Apply(node.head, (substitute(node.args[0], {ordered: ordered.args[0]}), *node.args[1:]))


def _lists(node: Node, shape_of: Callable[[Node], Shape]) -> Iterator[Node]:
    """Yield the vectors that a vector is computed from entry by entry."""
    if shape_of(node) == "scalar":
        return
    listed = isinstance(node, Apply) and HEADS[node.head].role not in _BY_ENTRY
    if listed or isinstance(node, Symbol):
        yield node
        return
    for child in children(node):
        yield from _lists(child, shape_of)
