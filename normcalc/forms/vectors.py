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
    """``max(factor * group_norms(x, groups, order))``, a norm if the groups cover all entries.

    The list may also be ``abs(x)``, with a positive factor: blocks of one entry each.
    """

    factor: Node
    listing: Apply


@dataclass(frozen=True)
class OfNorm(Whole):
    """``outer(inner(x))`` with a norm inside."""

    outer: Function
    inner: Function


@dataclass(frozen=True)
class Transformed(Whole):
    """``factor`` times a function made from `functions`; each subclass says how.

    The numbers are its own, such as the step of an envelope.
    """

    factor: Node
    functions: tuple[Function, ...]
    numbers: tuple[Node, ...]


class ConjugateOf(Transformed):
    """The convex conjugate."""


class EnvelopeOf(Transformed):
    """The Moreau envelope."""


class InfimalConvolution(Transformed):
    """The least sum of the values at points that add up to the given one."""


class GaugeOf(Transformed):
    """The least r with x in r*C, where the function is the indicator of C."""


class SupportFunction(Transformed):
    """The largest value of <x, .> on a set, where the function is its indicator."""


class DistanceTo(Transformed):
    """The Euclidean distance to a set, where the function is its indicator."""


class DualNorm(Transformed):
    """The largest value of <x, .> on the unit ball of a norm, or gauge."""


class PerspectiveOf(Transformed):
    """``t*f(y/t)`` at the point ``(y, t)``, and its limit for t to 0."""


TRANSFORMED: dict[str, type[Transformed]] = {
    "conjugate": ConjugateOf,
    "moreau_envelope": EnvelopeOf,
    "infimal_convolution": InfimalConvolution,
    "gauge": GaugeOf,
    "support_function": SupportFunction,
    "distance": DistanceTo,
    "dual_norm": DualNorm,
    "perspective": PerspectiveOf,
}


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
