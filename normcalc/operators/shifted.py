"""Affine changes of a known prox: tilts, added squares, isometries, and one prox after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.operators.affine import affine_map, quadratic

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Operator, Values


@dataclass(frozen=True)
class Tilted:
    """The prox of ``f(x) + <g, x> + r/2 |x|**2``, the last two given as one formula."""

    inner: Operator
    formula: Node
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        hessian, slope, _ = quadratic(self.formula, self.name, v, values)
        r = float(hessian[0, 0])
        if not np.allclose(hessian, r * np.eye(len(hessian)), rtol=1e-12, atol=1e-300):
            raise NotDerivable("the quadratic part is not a multiple of the squared norm")
        if 1 + step * r <= 0:
            raise NotDerivable(f"not prox-bounded: the curvature {r} needs step < {-1 / r}")
        moved = (v - step * np.reshape(slope, v.shape)) / (1 + step * r)
        return self.inner(moved, step / (1 + step * r), values)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("w = (v - step*g)/(1 + step*r), and the step becomes step/(1 + step*r)",
                *self.inner.steps())  # fmt: skip


@dataclass(frozen=True)
class PreComposed:
    """The prox of ``f(M x + c)`` where ``M M' = mu I``, by one prox of f."""

    inner: Operator
    map: Node
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Raises
        ------
        NotDerivable
            The rows of the map are not orthogonal and of one length.
        """
        image = affine_map(self.map, self.name, v, values)
        mu = image.isometry()
        if mu is None:
            raise NotDerivable("the rows of the map are not orthogonal and of one length")
        if mu == 0:
            return v.copy()
        there = image(v)
        moved = (self.inner(there, mu * step, values) - there).ravel() / mu
        return v + np.reshape(image.matrix.T @ moved, v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("y = M v + c, with M M' = mu I", "p = the outer prox at y with step mu*step",
                *self.inner.steps(), "u = v + M' (p - y)/mu")  # fmt: skip


@dataclass(frozen=True)
class Chained:
    """One prox after another."""

    first: Operator
    second: Operator

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the second prox at the first one."""
        return self.second(self.first(v, step, values), step, values)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return (*self.first.steps(), "then, at the result:", *self.second.steps())
