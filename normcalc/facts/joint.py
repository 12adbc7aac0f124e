"""What several parts have in common: their curvature, where they vanish, their power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.facts.traits import Curvature, Traits, Zeros


def joint_curvature(parts: Sequence[Traits]) -> Curvature | None:
    """Return the curvature of a sum: terms that bend one way at most keep it."""
    if all(part.curvature == "affine" for part in parts):
        return "affine"
    if all(part.convex for part in parts):
        return "convex"
    return "concave" if all(part.concave for part in parts) else None


def joint_zeros(parts: Sequence[Traits]) -> Zeros | None:
    """Nonnegative terms vanish together; a term without known zeros leaves them unknown."""
    live = [part for part in parts if part.constant != 0]
    if not live or not all(part.zeros is not None for part in live):
        return None
    return tuple(dict.fromkeys(row for part in live for row in part.zeros or ()))


def joint_power(parts: Sequence[Traits]) -> sp.Expr | None:
    """If ``f**(1/k)`` is convex, so is ``f**(1/j)`` for 1 <= j <= k."""
    if not all(part.nonnegative for part in parts):
        return None
    # a nonnegative constant to any power stays constant
    powers = {part.power for part in parts if part.constant is None}
    known = [power for power in powers if power is not None]
    if len(known) < len(powers) or not known:
        return None
    if len(known) == 1:
        return known[0]
    return min(known) if all(power.is_number for power in known) else sp.Integer(1)
