"""Sums of functions of images that are at right angles to each other, such as other entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.operators.affine import affine_map

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.affine import Affine
    from normcalc.operators.base import Floats, Operator, Values

_RIGHT = 1e-13


@dataclass(frozen=True)
class Orthogonal:
    """The prox of ``sum of f_i(M_i x + c_i)`` where ``M_i M_j' = 0`` and ``M_i M_i' = mu_i I``."""

    inners: tuple[Operator, ...]
    maps: tuple[Node, ...]
    name: str

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox.

        Raises
        ------
        NotDerivable
            The maps are not at right angles, or the rows of one are not of one length.
        """
        images = [affine_map(node, self.name, v, values) for node in self.maps]
        moves = np.zeros(v.size)
        for image, inner, mu in zip(images, self.inners, _scales(images), strict=True):
            there = image(v)
            moved = inner(there, mu * step, values) - there
            moves += image.matrix.T @ moved.ravel() / mu
        return v + np.reshape(moves, v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        lines = (line for inner in self.inners for line in inner.steps())
        return ("the terms see parts of v at right angles: each prox moves its own part", *lines)


def _scales(images: list[Affine]) -> list[float]:
    found = []
    for k, image in enumerate(images):
        mu = image.isometry()
        if mu is None or mu == 0:
            raise NotDerivable("the rows of a map are not orthogonal and of one length")
        for other in images[:k]:
            size = float(np.linalg.norm(image.matrix) * np.linalg.norm(other.matrix))
            if np.abs(image.matrix @ other.matrix.T).max(initial=0.0) > _RIGHT * size:
                raise NotDerivable("the maps of two terms are not at right angles")
        found.append(mu)
    return found
