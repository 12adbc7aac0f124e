"""Norms of no known structure, met through their values at high precision.

A norm is convex and homogeneous, so its gradient g at a smooth point obeys ``<g, x> <= norm(x)``
for every x.  Such planes enclose the unit ball in a polytope: a linear programme over it bounds
the dual norm from above, its solution scaled back into the ball bounds it from below, and the
plane at that point brings the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mpmath as mp
import numpy as np
from scipy.optimize import linprog

from normcalc.errors import NotDerivable
from normcalc.forms.constants import expression
from normcalc.induced.vectors.abstract import AbstractVectorNorm, Array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sympy as sp

    from normcalc.language.function import Function

_DIGITS = 90
_ASIDE = mp.mpf(10) ** -20  # off a kink, by less than a double can see
_STEP = mp.mpf(10) ** -40
_MOST_ROUNDS = 300
_CLOSE = 1e-7
WITHIN = 3e-10
_NOTHING_LEFT = 1e-14
_SLACK = 1e-6
_TIGHT = 1e-10


@dataclass(frozen=True)
class Unstructured(AbstractVectorNorm):
    """A norm in explicit coordinates that is neither a p-norm, polyhedral nor ellipsoidal.

    Parameters
    ----------
    function : Function
        The norm, without parameters.
    planes : list of array
        Gradients met so far; each is an inequality that stays valid.
    """

    function: Function
    planes: list[Array] = field(default_factory=list, compare=False, repr=False)

    @property
    def dimension(self) -> int:
        """The length of the vectors."""
        return len(self.function.variable.names)

    @property
    def label(self) -> None:
        """No number says which norm it is."""
        return

    def values(self, points: Array) -> Array:
        """Return the norm of each column."""
        return np.asarray(self.function(points.T))

    def maximiser(self, z: Array) -> Array:
        """Return a point of the unit ball at which ``<z, x>`` is nearly largest."""
        return self.support(z, _CLOSE)[0]

    def support(self, z: Array, within: float = WITHIN) -> tuple[Array, float]:
        """Return a point of the ball and an upper bound of ``<z, x>`` over the ball."""
        if not np.any(z):
            axis = np.eye(self.dimension)[0]
            return axis / self.value(axis), 0.0
        self._enclose()
        best, upper, x = -np.inf, np.inf, np.zeros_like(z)
        for _ in range(_MOST_ROUNDS):
            corner, bound = _corner(np.array(self.planes), z)
            upper = min(upper, bound)
            size = self.value(corner)
            if z @ corner > best * size:
                best, x = float(z @ corner) / size, corner / size
            if upper <= best * (1 + within) or size <= 1 + _NOTHING_LEFT:
                break
            self.planes.append(self.subgradient(corner))
        return x, max(upper, best)

    def subgradient(self, y: Array) -> Array:
        """Return the gradient at a smooth point closer to y than a double can tell."""
        if not np.any(y):
            return np.zeros_like(y)
        with mp.workdps(_DIGITS):
            size = mp.mpf(float(np.max(np.abs(y))))
            x = [mp.mpf(v) / size + _ASIDE * mp.sin(k + 1) for k, v in enumerate(map(float, y))]
            return np.array([float(self._slope(x, k)) for k in range(len(x))])

    def _slope(self, x: Sequence[mp.mpf], k: int) -> mp.mpf:
        ends = [[v + s * (i == k) for i, v in enumerate(x)] for s in (_STEP, -_STEP)]
        ahead, behind = (self.function.precise(end) for end in ends)
        return (ahead - behind) / (2 * _STEP)

    def _enclose(self) -> None:
        """Collect planes until they enclose a bounded set."""
        if self.planes:
            return
        rng = np.random.default_rng(0)
        found = [self.subgradient(e) for e in np.eye(self.dimension)]
        while np.linalg.matrix_rank(np.array(found), tol=1e-6) < self.dimension:
            found.append(self.subgradient(rng.normal(size=self.dimension)))
        self.planes.extend(found)

    def symbolic(self, entries: Sequence[sp.Expr]) -> sp.Expr:
        """Return the formula with the entries in the place of the coordinates."""
        names = self.function.variable.names
        written = expression(self.function.body, dict(zip(names, entries, strict=True)))
        if written is None:
            raise NotDerivable(f"{self.function} cannot be written as an expression")
        return written

    def dual(self) -> None:
        """No formula is known."""
        return

    @property
    def vertex_count(self) -> None:
        """No vertices are known."""
        return

    def vertices(self) -> Array:
        """Refuse: no vertices are known."""
        raise NotDerivable(f"the unit ball of {self.function} is not known to be a polytope")

    def exact_vertices(self) -> tuple[Sequence[sp.Expr], ...]:
        """Refuse likewise."""
        raise NotDerivable(f"the unit ball of {self.function} is not known to be a polytope")

    def gram(self) -> None:
        """Return None: the norm is not known to be the root of a quadratic form."""
        return


def _corner(planes: Array, z: Array) -> tuple[Array, float]:
    """Return the best point of ``|<g, x>| <= 1 for every plane g``, and a bound of its value.

    Whatever the accuracy of the linear programme, ``z = sum_k t_k g_k`` bounds ``<z, x>`` by the
    sum of the ``|t_k|``; so the multipliers are solved for again, on the planes found active.
    """
    both = np.vstack([planes, -planes])
    found = linprog(
        -z,
        A_ub=both,
        b_ub=np.ones(len(both)),
        bounds=(None, None),
        method="highs",
        options={"primal_feasibility_tolerance": _TIGHT, "dual_feasibility_tolerance": _TIGHT},
    )
    if found.x is None or found.fun is None:
        raise NotDerivable(
            f"the linear programme over {len(planes)} planes failed: {found.message}"
        )
    weights = np.abs(found.ineqlin.marginals).reshape(2, -1).sum(axis=0)
    active = planes[np.argsort(-weights)[: len(z)]]
    try:
        return found.x, float(np.sum(np.abs(np.linalg.solve(active.T, z))))
    except np.linalg.LinAlgError:  # fewer planes are active than there are coordinates
        return found.x, float(-found.fun) * (1 + _SLACK)
