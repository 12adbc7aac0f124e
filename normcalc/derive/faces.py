"""Subgradients of any norm with a prox: the face of its dual ball, in numbers.

The subdifferential of a convex positively homogeneous function N at u is the set of the points s
of its subdifferential at zero with ``<s, u> = N(u)``, a face [rockafellar1970, Corollary 23.5.3].
The projection on the whole set is ``w - prox_N(w)``, and at ``w = s + t*u`` it tends for growing t
to the projection of s on the face: it minimises ``|z - s|**2/(2*t) - <z, u>`` over the set.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.calculus.faces import Face
from normcalc.derive.search import derivation
from normcalc.errors import NotDerivable, Unsettled
from normcalc.facts.homogeneous import positively_homogeneous
from normcalc.forms import Composition, lower
from normcalc.forms.recognise import part_of
from normcalc.language.combinations import made
from normcalc.language.nodes import Apply, Compare, Node, Number, Symbol, substitute
from normcalc.theorems.convexity import is_convex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.derive.derivation import Derivation
    from normcalc.language.function import Function

    Array = np.ndarray[Any, np.dtype[np.float64]]

_FAR = 1e3
_LEVELS = 5
_CLOSE = 1e-8
_STEEP = 1e6
_ONE, _ZERO = Number(Fraction(1)), Number(Fraction(0))


@dataclass(frozen=True)
class HomogeneousFace:
    """The subdifferentials of a convex positively homogeneous function with a prox."""

    function: Function
    prox: Derivation
    dual: Node

    def members(self, inner: Node, s: Node) -> tuple[Node, ...]:
        """Return the conditions on s that say it is a subgradient at `inner`."""
        name = self.function.variable.name
        pair = (s, inner)
        if self.function.variable.kind == "matrix":
            pair = (Apply("entries", (s,)), Apply("entries", (inner,)))
        value = substitute(self.function.body, {name: inner})
        return substitute(self.dual, {name: s}), Compare("==", Apply("dot", pair), value)

    def face(self, value: Array, values: Mapping[str, Any], tolerance: float) -> Face:
        """Return the subdifferential at a value, for values of the parameters."""
        params = {p.name: values[p.name] for p in self.function.parameters}
        onto = partial(_onto_ball, partial(self.prox, step=1.0, **params))
        size = partial(self.function, **params)
        if np.max(np.abs(value), initial=0.0) <= tolerance:
            return Face(onto, lambda d: onto(_STEEP * d), bound=lambda d: float(size(d)))
        return Face(
            lambda s: _onto_face(onto, s, value),
            lambda d: _onto_face(onto, _STEEP * d, value),
            bound=lambda d: _height(size, d, value),
        )


def _onto_ball(prox: Callable[[Array], Array], w: Array) -> Array:
    return w - prox(w)


def _height(size: Callable[[Array], Any], d: Array, u: Array) -> float:
    """Return ``N(t*u + d) - t*N(u)``, which is no less than ``<s, d>`` on the face at u."""
    t = _STEEP * float(np.linalg.norm(d)) / float(np.linalg.norm(u))
    return float(size(t * u + d)) - t * float(size(u))


def _onto_face(onto: Callable[[Array], Array], s: Array, u: Array) -> Array:
    """Return the limit of the projections of ``s + t*u``, exact early where the set is polyhedral.

    Elsewhere they are series in ``1/t``, and what they tend to follows by Richardson's steps.
    """
    t = _FAR * (1 + float(np.linalg.norm(s))) / float(np.linalg.norm(u))
    rows = [onto(s + t * 2**k * u) for k in range(_LEVELS)]
    if np.max(np.abs(rows[-1] - rows[-2])) <= 1e-12 * (1 + np.max(np.abs(rows[-1]))):
        return rows[-1]
    for k in range(1, _LEVELS):
        before, rows = rows, [(2**k * b - a) / (2**k - 1) for a, b in pairwise(rows)]
    gap = float(np.max(np.abs(rows[0] - before[-1])))
    if gap > _CLOSE * (1 + float(np.max(np.abs(rows[0])))):
        raise Unsettled(f"the nearest subgradient is known up to {gap:.2g} only")
    return rows[0]


def homogeneous_face(f: Function, term: Node) -> tuple[Node, HomogeneousFace] | None:
    """Read a term of a function as a norm, or another gauge, of an affine map; None if it is none.

    Raises
    ------
    NotDerivable
        It is one, but has no prox.
    """
    whole = part_of(f, term)
    form = lower(whole)
    norm: Function = whole
    inner: Node = Symbol(whole.variable.name)
    if isinstance(form, Composition):
        norm, inner = form.outer, form.inner
    if positively_homogeneous(norm).value != "YES" or not is_convex(norm):
        return None
    return inner, HomogeneousFace(norm, derivation("prox", norm), _dual(norm))


def _dual(norm: Function) -> Node:
    """Return the condition on a subgradient at zero: a formula if there is one."""
    try:
        value = derivation("dual_norm", norm).value
    except NotDerivable:
        value = None
    if value is not None:
        return Compare("<=", value.body, _ONE)
    return Compare("==", made("conjugate", norm).body, _ZERO)
