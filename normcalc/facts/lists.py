"""The rules for operations on vectors, matrices and lists.

The traits of a vector hold for each of its entries, and most rules say what a sum, a maximum or a
norm makes of entries that are all alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import sympy as sp

from normcalc.facts.names import Names
from normcalc.facts.traits import (
    BLANK,
    Curvature,
    Parity,
    Traits,
    absolute,
    largest,
    multiplied,
    raised,
    scaled,
    settled,
    smallest,
)
from normcalc.language.nodes import Apply, Constant, Node, Number

Study = Callable[[Node], Traits]
Rule = Callable[[Names, Sequence[Node], Study], Traits]
_TWO = sp.Integer(2)


def _alike(part: Traits) -> Traits:
    """What holds for each entry holds for a sum, and for the same entries in another list."""
    return replace(part, linear=None, mapping=None, why="")


def _same(names: Names, args: Sequence[Node], study: Study) -> Traits:
    return _alike(study(args[0]))


def _some(names: Names, args: Sequence[Node], study: Study) -> Traits:
    """Where some entries are left out, all of them may vanish without the others."""
    return replace(_alike(study(args[0])), zeros=None)


def _most(names: Names, args: Sequence[Node], study: Study) -> Traits:
    return _alike(largest([study(args[0])]))


def _least(names: Names, args: Sequence[Node], study: Study) -> Traits:
    return _alike(smallest([study(args[0])]))


def _mapped(names: Names, args: Sequence[Node], study: Study) -> Traits:
    """Return the traits of a linear map with coefficients of any sign."""
    part = study(args[-1])
    return settled(
        Traits(
            degree=part.degree,
            parity=part.parity,
            curvature="affine" if part.curvature == "affine" else None,
            continuous=part.continuous,
        )
    )


def _solved(names: Names, args: Sequence[Node], study: Study) -> Traits:
    return BLANK if study(args[0]).constant is None else _mapped(names, args, study)


def _product(names: Names, args: Sequence[Node], study: Study) -> Traits:
    """A product with a constant matrix is a linear map; any other one is of higher degree."""
    parts = [study(arg) for arg in args]
    moving = [arg for arg, part in zip(args, parts, strict=True) if part.constant is None]
    if len(moving) == 1:
        return _mapped(names, moving, study)
    found = multiplied(*parts)  # no entry of one factor meets every entry of the other
    return Traits(degree=found.degree, parity=found.parity, continuous=found.continuous)


def norm(names: Names, args: Sequence[Node], study: Study) -> Traits:
    """Return the traits of a p-norm of entries; of order 0, of the number of nonzero ones."""
    size = absolute(study(args[0]))
    if args[1] == Constant("oo"):
        return _alike(largest([size]))
    order = study(args[1]).constant
    if order is None:
        return BLANK
    if order == 0:
        return _count(size)
    return _alike(raised(raised(size, order), 1 / order))


def _count(size: Traits) -> Traits:
    """Where x + y is not zero, x or y is not."""
    scales = size.degree is not None
    return Traits(
        degree=sp.Integer(0) if scales else None, parity="even" if size.parity else None,
        nonnegative=True, zeros=size.zeros, radial=scales,
        subadditive=size.subadditive and size.zeros is not None,
    )  # fmt: skip


def _group_norms(names: Names, args: Sequence[Node], study: Study) -> Traits:
    """Groups that hold every index vanish together at zero only; others leave a kernel."""
    found = norm(names, (args[0], args[2]), study)
    if found.zeros is None or names.order(args[1]) == "partition":
        return found
    return replace(found, zeros=(Apply("group_norms", tuple(args)),))


def _inner(names: Names, args: Sequence[Node], study: Study) -> Traits:
    for weights, entries in (args, args[::-1]):
        if isinstance(entries, Apply) and entries.head == "sort":
            return _sorted_inner(names, weights, entries, study)
        if _is_definite_form(names, weights, entries) and study(weights).curvature == "affine":
            # as a sum of squares, since some root R of the matrix gives |R u|**2
            return _alike(raised(absolute(study(weights)), _TWO))
    return _alike(study(Apply("mul", tuple(args))))


def _is_definite_form(names: Names, left: Node, right: Node) -> bool:
    """Tell whether <left, right> is <u, P u> or <u, P^-1 u> with P positive definite."""
    if not isinstance(right, Apply) or right.head not in ("image", "solve"):
        return False
    return names.order(right.args[0]) == "definite" and right.args[1] == left


def _sorted_inner(names: Names, weights: Node, entries: Apply, study: Study) -> Traits:
    """Weights that do not increase, against sorted entries: a maximum over all orders."""
    part, factor = study(entries.args[0]), study(weights).constant
    if names.order(weights) != "nonincreasing" or factor is None:
        return replace(_mapped(names, (entries,), study), curvature=None, subadditive=False)
    even: Parity | None = "even" if part.parity == "even" else None
    curved: Curvature | None = "convex" if part.convex else None
    return replace(_alike(scaled(factor, part)), parity=even, curvature=curved)


def _sorted(names: Names, args: Sequence[Node], study: Study) -> Traits:
    part = study(args[0])
    return Traits(
        degree=part.degree, parity="even" if part.parity == "even" else None,
        nonnegative=part.nonnegative, positive=part.positive, zeros=part.zeros,
        continuous=part.continuous,
    )  # fmt: skip


def _spectrum(names: Names, args: Sequence[Node], study: Study) -> Traits:
    """Singular values of a linear map of the variable; more is known of functions of the list."""
    part = study(args[0])
    linear = part.mapping is not None
    return Traits(
        degree=part.degree, parity="even" if part.parity else None, nonnegative=True,
        zeros=part.forms, continuous=part.continuous, radial=linear,
    )  # fmt: skip


def _eigenvalues(names: Names, args: Sequence[Node], study: Study) -> Traits:
    part = study(args[0])
    return Traits(degree=part.degree, continuous=part.continuous)


def _largest_few(names: Names, args: Sequence[Node], study: Study) -> Traits:
    """The sum of the k largest entries is the largest sum of k entries."""
    found = _most(names, args, study)
    return found if _is_count(names, args[1]) else replace(found, zeros=None)


def _is_count(names: Names, node: Node) -> bool:
    kind = names.kind(node)
    if isinstance(node, Number):
        return node.value >= 1
    return kind is not None and kind.lo is not None and kind.lo >= 1


def _multiplied(names: Names, args: Sequence[Node], study: Study) -> Traits:
    """A product of any number of entries."""
    part = study(args[0])
    return Traits(nonnegative=part.nonnegative, positive=part.positive, continuous=part.continuous,
                  parity="even" if part.parity == "even" else None)  # fmt: skip


RULES: dict[str, Rule] = {
    "sum": _same,
    "mean": _same,
    "cumsum": _same,
    "entries": _same,
    "transpose": _same,
    "diagonal": _some,
    "entry": _some,
    "part": _some,
    "amax": _most,
    "amin": _least,
    "sum_largest": _largest_few,
    "norm": norm,
    "row_norms": norm,
    "column_norms": norm,
    "group_norms": _group_norms,
    "dot": _inner,
    "sort": _sorted,
    "prod": _multiplied,
    "diff": _mapped,
    "image": _product,
    "solve": _solved,
    "product": _product,
    "singular_values": _spectrum,
    "eigenvalues": _eigenvalues,
}
