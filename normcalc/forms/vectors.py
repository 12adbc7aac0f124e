"""Forms of functions of a vector or a matrix that are not sums over the entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.language.nodes import Apply, Node


@dataclass(frozen=True)
class Whole:
    """What every form here keeps: the function as the user wrote it."""

    function: Function

    def __str__(self) -> str:
        """Return the formula."""
        return str(self.function)


@dataclass(frozen=True)
class Transfer(Whole):
    """``outer(list)``, where the list holds sizes that an isometry cannot change.

    The list is the Euclidean norm, the Euclidean norms of groups, rows or columns, the singular
    values, the eigenvalues of a symmetric matrix, or the entries of a matrix.
    """

    outer: Function
    listing: Apply


@dataclass(frozen=True)
class Ordered(Whole):
    """A linear function of the entries, or of their sizes, in decreasing order.

    Each term is ``factor * head(x)`` with the head one of ``amax``, ``amin``, ``sum``, ``mean``,
    ``sum_largest`` (which has a count) and ``sort`` (which has weights).
    """

    terms: tuple[tuple[Node, str, Node | None], ...]
    absolute: bool


@dataclass(frozen=True)
class Blocks(Whole):
    """``sum(factor * group_norms(x, groups, order))``."""

    factor: Node
    listing: Apply


@dataclass(frozen=True)
class LargestBlock(Whole):
    """``max(factor * group_norms(x, groups, order))``, a norm if the groups cover all entries."""

    factor: Node
    listing: Apply


@dataclass(frozen=True)
class OfNorm(Whole):
    """``outer(inner(x))`` with a norm inside."""

    outer: Function
    inner: Function


@dataclass(frozen=True)
class Extreme(Whole):
    """The largest, or the least, of several functions."""

    functions: tuple[Function, ...]
    largest: bool


@dataclass(frozen=True)
class Quadratic(Whole):
    """A polynomial of degree two at most in the entries."""


@dataclass(frozen=True)
class RootOfQuadratic(Whole):
    """``factor * sqrt(q(x))`` with a quadratic form q."""

    factor: Node
    inner: Function


@dataclass(frozen=True)
class Composition(Whole):
    """``outer(inner(x))`` with an affine inner map."""

    outer: Function
    inner: Node


@dataclass(frozen=True)
class LevelSet(Whole):
    """Zero where ``level(x) <= bound``, or ``==``, and plus infinity elsewhere."""

    level: Function
    bound: Node
    relation: str


@dataclass(frozen=True)
class Epigraph(Whole):
    """Zero where ``level(x[:-1]) <= x[-1]``, and plus infinity elsewhere."""

    level: Function
