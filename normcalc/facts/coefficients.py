"""What coefficients in explicit coordinates show where the structure of a formula does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.facts.quadratic import gram, is_semidefinite
from normcalc.facts.traits import settled
from normcalc.forms.polyhedral import flat_direction, is_nonnegative, is_symmetric
from normcalc.forms.polyhedral_read import polyhedral_of

if TYPE_CHECKING:
    from normcalc.facts.names import Names
    from normcalc.facts.traits import Traits
    from normcalc.language.nodes import Apply


def with_quadratic(node: Apply, names: Names, found: Traits) -> Traits:
    """Use the Gram matrix where the structure alone does not show a square."""
    if found.degree != 2 or (found.power is not None and found.zeros is not None) or names.vector:
        return found
    matrix = gram(node, names.coordinates)
    if matrix is None or not is_semidefinite(matrix):
        return found
    return settled(
        replace(found, nonnegative=True, curvature="convex", power=sp.Integer(2), zeros=matrix)
    )


def with_maximum(node: Apply, names: Names, found: Traits) -> Traits:
    """Use the rows where a maximum of linear forms is nonnegative or even without showing it."""
    known = found.nonnegative and found.parity and found.zeros is not None
    if node.head != "max" or known or names.vector:
        return found
    gauge = polyhedral_of(node, names.coordinates)
    if gauge is None or not is_nonnegative(gauge):
        return found
    symmetric = is_symmetric(gauge)
    definite = symmetric or flat_direction(gauge) is None
    return settled(
        replace(found, nonnegative=True, parity="even" if symmetric else found.parity,
                zeros=gauge.rows if definite else found.zeros)
    )  # fmt: skip
