"""What is proved of conjugates, gauges, distances and other functions made from functions.

Sources: rockafellar1970, Theorem 12.2 (conjugates), Theorem 5.4 (infimal convolutions), Theorem
13.2 (support functions), section 15 (gauges and their polars).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.facts.joint import joint_curvature
from normcalc.facts.traits import Traits, settled
from normcalc.language.nodes import Compare, Node, Piecewise, Symbol, substitute
from normcalc.language.transforms import bound, formulas, is_transform, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.facts.names import Names
    from normcalc.facts.traits import Parity
    from normcalc.language.nodes import Apply
    from normcalc.language.shaping import Shape

    Study = Callable[[Node, Names], Traits]

_ONE = sp.Integer(1)


def of_transform(node: Apply, names: Names, study: Study) -> Traits:
    """Return the traits of a function made from others, at a point that depends on the variable.

    Examples
    --------
    >>> from normcalc.facts.names import Names
    >>> from normcalc.facts.rules import traits
    >>> from normcalc.language import function
    >>> f = function("infimal_convolution(norm(x), norm(x, 1))")
    >>> found = traits(f.body, Names(("x",), shape="vector"))
    >>> found.curvature, found.degree, found.zeros
    ('convex', 1, (Symbol(name='x'),))
    """
    inside, bodies = made_from(node, names)
    variable = Symbol(inside.coordinates[0])
    made = [_Made(variable, b, study(b, inside), _level(b, inside, study)) for b in bodies]
    return _at(_RULES[node.head](*made), study(node.args[-1], names))


def made_from(node: Apply, names: Names) -> tuple[Names, list[Node]]:
    """Return the formulas that a transform is made from, and what their symbols mean."""
    name = bound(node)
    variable = shown(name)
    shape: Shape = "matrix" if variable == "X" else "vector"
    inside = replace(names, coordinates=(variable,), shape=shape)
    return inside, [substitute(body, {name: Symbol(variable)}) for body in formulas(node)]


def keeps_symmetry(node: Node) -> bool:
    """Tell whether a transform has every orthogonal symmetry of the functions it is made from."""
    return is_transform(node) and node.head != "perspective"


def _at(found: Traits, point: Traits) -> Traits:
    """Return the traits at a point: an affine map keeps convexity, a linear one the rest."""
    linear = point.curvature == "affine" and point.degree == 1
    return settled(
        Traits(
            degree=found.degree if linear else None,
            parity=found.parity if linear else None,
            curvature=found.curvature if point.curvature == "affine" else None,
            nonnegative=found.nonnegative,
            positive=found.positive,
            zeros=point.forms if found.zeros is not None and linear else None,
            continuous=found.continuous and point.continuous,
            why=found.why,
        )
    )


@dataclass(frozen=True)
class _Made:
    """What a transform is made from: a function or the indicator of a set, and what is proved."""

    name: Symbol
    body: Node
    traits: Traits
    level: Traits | None = None  # of a set ``g(x) <= c`` with c > 0, that of g

    @property
    def norm(self) -> bool:
        f = self.traits
        even = f.degree == 1 and f.convex and f.parity == "even" and f.continuous
        return even and self.at_zero(f)

    @property
    def solid(self) -> bool:
        """Whether zero is inside the set."""
        g = self.level
        return g is not None and g.continuous and g.nonnegative and self.at_zero(g)

    @property
    def bounded(self) -> bool:
        """Whether the set is bounded: level sets of a convex function with one minimiser are."""
        return self.solid and self.level is not None and self.level.convex

    def at_zero(self, f: Traits) -> bool:
        """Tell whether f vanishes at zero only."""
        return f.zeros is not None and self.name in f.zeros


def _conjugate(*made: _Made) -> Traits:
    f = made[0].traits
    power = f.degree is not None and f.degree.is_number and f.degree > 1
    return Traits(
        degree=f.degree / (f.degree - 1) if power and f.degree is not None else None,
        parity=_evenness(f),
        curvature="convex",
        nonnegative=bool(power) and f.continuous,  # f(0) is 0 then
        why="a maximum of affine functions",
    )


def _envelope(*made: _Made) -> Traits:
    f = made[0].traits
    return Traits(
        degree=f.degree if f.degree == 2 else None,
        parity=_evenness(f),
        curvature="convex" if f.convex else None,
        nonnegative=f.nonnegative,
        zeros=f.zeros if f.convex and f.continuous and made[0].at_zero(f) else None,
        continuous=f.convex,
        why="the envelope of a convex function",
    )


def _infimal(*made: _Made) -> Traits:
    parts = [part.traits for part in made]
    curved = joint_curvature(parts) is not None and all(f.convex for f in parts)
    degrees = {f.degree for f in parts}
    norms = all(part.norm for part in made)
    return Traits(
        degree=degrees.pop() if len(degrees) == 1 else None,
        parity="even" if all(f.parity == "even" for f in parts) else None,
        curvature="convex" if curved else None,
        nonnegative=all(f.nonnegative for f in parts),
        zeros=(made[0].name,) if norms else None,
        continuous=norms,
        why="an infimal convolution of convex functions",
    )


def _dual(*made: _Made) -> Traits:
    return Traits(
        degree=_ONE,
        parity="even",
        curvature="convex",
        nonnegative=True,
        zeros=(made[0].name,) if made[0].norm else None,
        continuous=made[0].norm,
        why="a maximum of linear forms",
    )


def _gauge(*made: _Made) -> Traits:
    f = made[0].traits
    return Traits(
        degree=_ONE,
        parity=_evenness(f),
        curvature="convex" if f.convex else None,
        nonnegative=True,
        zeros=(made[0].name,) if made[0].bounded else None,
        continuous=made[0].solid,
        why="the gauge of a convex set",
    )


def _support(*made: _Made) -> Traits:
    f = made[0].traits
    return Traits(
        degree=_ONE,
        parity=_evenness(f),
        curvature="convex",
        nonnegative=f.parity == "even",
        zeros=(made[0].name,) if made[0].bounded else None,
        continuous=made[0].bounded,
        why="a maximum of linear forms",
    )


def _distance(*made: _Made) -> Traits:
    f = made[0].traits
    return Traits(
        degree=_ONE if f.degree is not None else None,  # of a cone
        parity=_evenness(f),
        curvature="convex" if f.convex else None,
        nonnegative=True,
        continuous=True,
        why="the distance to a convex set",
    )


def _perspective(*made: _Made) -> Traits:
    f = made[0].traits
    return Traits(
        degree=_ONE,
        curvature="convex" if f.convex else None,
        nonnegative=f.nonnegative,
        why="the perspective of a convex function",
    )


def _evenness(f: Traits) -> Parity | None:
    return "even" if f.parity == "even" else None


def _level(body: Node, names: Names, study: Study) -> Traits | None:
    """Return the traits of g in the indicator of ``g(x) <= c`` with c > 0."""
    condition = body.cases[0][1] if isinstance(body, Piecewise) else None
    if not isinstance(condition, Compare) or condition.relation not in ("<", "<="):
        return None
    size = study(condition.right, names).constant
    return study(condition.left, names) if size is not None and size.is_positive else None


_RULES = {
    "conjugate": _conjugate, "moreau_envelope": _envelope, "infimal_convolution": _infimal,
    "dual_norm": _dual, "gauge": _gauge, "support_function": _support, "distance": _distance,
    "perspective": _perspective,
}  # fmt: skip
