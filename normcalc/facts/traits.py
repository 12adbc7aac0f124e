"""What the structure of a formula tells about it, collected from the leaves upward.

`Traits` holds only what is proved: a trait that is absent is unknown, not false.  The rules are
those of convex calculus (sums, maxima, Minkowski's inequality) and of subadditive functions.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import sympy as sp

from normcalc.facts.joint import joint_curvature, joint_power, joint_zeros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.language.nodes import Node

Vector = tuple[sp.Expr, ...]
Parity = Literal["even", "odd"]
Curvature = Literal["affine", "convex", "concave"]
Zeros = tuple["Vector | Node", ...]


@dataclass(frozen=True)
class Traits:
    """Proved properties of one formula f of the coordinates, of a vector or of a matrix.

    The traits of a formula whose value is a vector hold for each of its entries, but `zeros`
    says where all entries vanish together.

    Parameters
    ----------
    constant : sympy.Expr, optional
        The value, if the formula does not depend on the coordinates.
    linear : tuple of sympy.Expr, optional
        The coefficients, if f is a linear form in explicit coordinates.
    mapping : Node, optional
        The formula itself, if it is a linear map of a vector or a matrix.
    degree : sympy.Expr, optional
        k with ``f(t x) = t**k f(x)`` for all t > 0.
    parity : {"even", "odd"}, optional
        Whether ``f(-x)`` is ``f(x)`` or ``-f(x)``.
    curvature : {"affine", "convex", "concave"}, optional
        The sign of the second differences.
    nonnegative, positive : bool
        ``f >= 0`` everywhere; ``f > 0`` everywhere.
    zeros : tuple of vectors or formulas, optional
        f is nonnegative and vanishes exactly where all these linear forms, or maps, do.
    subadditive : bool
        ``f(x + y) <= f(x) + f(y)``.
    power : sympy.Expr, optional
        k >= 1 such that ``f**(1/k)`` is convex and f nonnegative (Minkowski).
    continuous : bool
        f is finite and continuous everywhere.
    radial : bool
        f does not decrease along rays from the origin.
    log_convex : bool
        f is positive and its logarithm is convex.
    why : str
        The rule that gives the curvature, where it is not the one that the operation suggests.
    """

    constant: sp.Expr | None = None
    linear: Vector | None = None
    mapping: Node | None = None
    degree: sp.Expr | None = None
    parity: Parity | None = None
    curvature: Curvature | None = None
    nonnegative: bool = False
    positive: bool = False
    zeros: Zeros | None = None
    subadditive: bool = False
    power: sp.Expr | None = None
    continuous: bool = False
    radial: bool = False
    log_convex: bool = False
    why: str = field(default="", compare=False)

    @property
    def forms(self) -> Zeros | None:
        """What vanishes exactly where f does, if f is linear."""
        if self.linear is not None:
            return (self.linear,)
        return None if self.mapping is None else (self.mapping,)

    @property
    def convex(self) -> bool:
        """Whether convexity is proved."""
        return self.curvature in ("affine", "convex")

    @property
    def concave(self) -> bool:
        """Whether concavity is proved."""
        return self.curvature in ("affine", "concave")


BLANK = Traits()


def settled(traits: Traits) -> Traits:
    """Add what follows from the traits together.

    Examples
    --------
    >>> settled(Traits(degree=sp.Integer(1), curvature="convex")).subadditive
    True
    """
    t = traits
    grows = t.degree is not None and t.degree.is_nonnegative is True
    homogeneous = t.degree == 1
    if t.log_convex:
        t = replace(t, curvature="convex", nonnegative=True, positive=True)
    if homogeneous and t.subadditive and t.curvature is None:
        t = replace(t, curvature="convex")
    if homogeneous and t.convex:
        t = replace(t, subadditive=True)
    if t.parity == "even" and t.subadditive:
        # 0 <= f(0) <= f(x) + f(-x) = 2 f(x), the first from f(0) <= 2 f(0)
        t = replace(t, nonnegative=True)
    if t.nonnegative and t.convex and t.power is None:
        t = replace(t, power=sp.Integer(1))
    if t.nonnegative and grows:
        t = replace(t, radial=True)
    return t


def constant_traits(value: sp.Expr) -> Traits:
    """Return the traits of a constant."""
    nonnegative = value.is_nonnegative is True
    positive = value.is_positive is True
    return Traits(
        constant=value,
        degree=sp.Integer(0),
        parity="even",
        curvature="affine",
        nonnegative=nonnegative,
        positive=positive,
        log_convex=positive,
        subadditive=nonnegative,
        power=sp.Integer(1) if nonnegative else None,
        continuous=True,
        radial=True,
    )


def coordinate_traits(position: int, size: int) -> Traits:
    """Return the traits of one coordinate."""
    row = tuple(sp.Integer(i == position) for i in range(size))
    return Traits(
        linear=row, degree=sp.Integer(1), parity="odd", curvature="affine", subadditive=True,
        continuous=True,
    )  # fmt: skip


def added(parts: Sequence[Traits]) -> Traits:
    """Return the traits of a sum."""
    parts = [part for part in parts if part.constant != 0] or parts[:1]
    if len(parts) == 1:
        return parts[0]
    constants = [part.constant for part in parts]
    if all(c is not None for c in constants):
        return constant_traits(sp.Add(*constants))
    nonnegative = all(part.nonnegative for part in parts)
    return settled(
        Traits(
            linear=_sum_of_rows([part.linear for part in parts]),
            degree=_common([part.degree for part in parts]),
            parity=_common([part.parity for part in parts]),
            curvature=joint_curvature(parts),
            nonnegative=nonnegative,
            positive=nonnegative and any(part.positive for part in parts),
            zeros=joint_zeros(parts),
            subadditive=all(part.subadditive for part in parts),
            power=joint_power(parts),
            continuous=all(part.continuous for part in parts),
            radial=all(part.radial for part in parts),
            log_convex=all(part.log_convex for part in parts),
        )
    )


def scaled(factor: sp.Expr, part: Traits) -> Traits:
    """Return the traits of a constant times a formula; the sign of the factor may be unknown."""
    if part.constant is not None:
        return constant_traits(factor * part.constant)
    if factor == 0:
        # zero times a formula is zero only where the formula is defined
        return constant_traits(sp.Integer(0)) if part.continuous else BLANK
    row = None if part.linear is None else tuple(factor * x for x in part.linear)
    kept = Traits(
        linear=row, degree=part.degree, parity=part.parity, continuous=part.continuous,
        curvature="affine" if part.curvature == "affine" else None, subadditive=row is not None,
    )  # fmt: skip
    if factor.is_nonnegative:
        positive = factor.is_positive is True
        return replace(
            part, linear=row, mapping=None, positive=part.positive and positive,
            zeros=part.zeros if positive else None, log_convex=part.log_convex and positive,
            why="",
        )  # fmt: skip
    if factor.is_negative and part.curvature in ("convex", "concave"):
        kept = replace(kept, curvature="concave" if part.convex else "convex")
    return settled(kept)


def largest(parts: Sequence[Traits]) -> Traits:
    """Return the traits of a maximum."""
    # an entry 0 changes nothing but the sign, if all the others are homogeneous
    live = [part for part in parts if part.constant != 0]
    even = all(part.parity == "even" for part in parts)
    return settled(
        Traits(
            degree=_common([part.degree for part in live]),
            parity="even" if even else None,
            curvature="convex" if all(part.convex for part in parts) else None,
            nonnegative=any(part.nonnegative for part in parts),
            positive=any(part.positive for part in parts),
            zeros=joint_zeros(parts),
            subadditive=all(part.subadditive for part in parts),
            power=joint_power(parts),
            continuous=all(part.continuous for part in parts),
            radial=all(part.radial for part in parts),
            log_convex=all(part.log_convex for part in parts),
        )
    )


def smallest(parts: Sequence[Traits]) -> Traits:
    """Return the traits of a minimum."""
    even = all(part.parity == "even" for part in parts)
    return settled(
        Traits(
            degree=_common([part.degree for part in parts]),
            parity="even" if even else None,
            curvature="concave" if all(part.concave for part in parts) else None,
            nonnegative=all(part.nonnegative for part in parts),
            positive=all(part.positive for part in parts),
            continuous=all(part.continuous for part in parts),
            radial=all(part.radial for part in parts),
        )
    )


def absolute(part: Traits) -> Traits:
    """Return the traits of an absolute value."""
    if part.nonnegative:
        return part
    if part.constant is not None:
        return constant_traits(sp.Abs(part.constant))
    affine = part.curvature == "affine"
    return settled(
        Traits(
            degree=part.degree, parity="even" if part.parity else None, nonnegative=True,
            curvature="convex" if affine else None, zeros=part.forms,
            continuous=part.continuous,
        )
    )  # fmt: skip


def raised(part: Traits, exponent: sp.Expr) -> Traits:
    """Return the traits of a constant power."""
    if exponent == 1:
        return part
    if part.constant is not None:
        return constant_traits(part.constant**exponent)
    if exponent.is_integer and exponent.is_even and not part.nonnegative:
        return raised(absolute(part), exponent)
    degree = None if part.degree is None else sp.simplify(part.degree * exponent)
    parity = part.parity if exponent.is_integer or part.parity == "even" else None
    if not (part.nonnegative and exponent.is_positive):
        positive = part.positive
        return Traits(degree=degree, parity=parity, nonnegative=positive, positive=positive,
                      continuous=positive and part.continuous)  # fmt: skip
    below = _at_most_one(exponent)
    power = None if part.power is None else sp.simplify(part.power * exponent)
    power = power if power is not None and sp.together(power - 1).is_nonnegative else None
    curved: Curvature | None = "convex" if power is not None else None
    return settled(
        Traits(
            degree=degree, parity=parity, nonnegative=True, positive=part.positive,
            curvature="concave" if curved is None and below and part.concave else curved,
            zeros=part.zeros, subadditive=below and part.subadditive, power=power,
            continuous=part.continuous, radial=part.radial, log_convex=part.log_convex,
        )
    )  # fmt: skip


def multiplied(left: Traits, right: Traits) -> Traits:
    """Return the traits of a product of two formulas, neither of them constant."""
    parities = {left.parity, right.parity}
    nonnegative = left.nonnegative and right.nonnegative
    zeros = left.zeros if right.positive or left.zeros == right.zeros else None
    return settled(
        Traits(
            degree=_total_degree(left, right),
            parity=None if None in parities else "even" if len(parities) == 1 else "odd",
            nonnegative=nonnegative,
            positive=left.positive and right.positive,
            zeros=zeros if nonnegative else None,
            continuous=left.continuous and right.continuous,
            radial=nonnegative and left.radial and right.radial,
            log_convex=left.log_convex and right.log_convex,
        )
    )


def _total_degree(left: Traits, right: Traits) -> sp.Expr | None:
    if left.degree is None or right.degree is None:
        return None
    return left.degree + right.degree


def _at_most_one(exponent: sp.Expr) -> bool:
    return sp.together(1 - exponent).is_nonnegative is True


def _common(values: Sequence[Any]) -> Any:
    first = values[0] if values else None
    return first if all(value == first for value in values) else None


def _sum_of_rows(rows: Sequence[Vector | None]) -> Vector | None:
    known = [row for row in rows if row is not None]
    if len(known) < len(rows):
        return None
    return tuple(sp.Add(*column) for column in zip(*known, strict=True))
