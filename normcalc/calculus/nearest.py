"""How far a vector is from a sum of linear images of faces, with a bound that proves it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.calculus.faces import Array, Face

_STEPS = 10000
_EVERY = 20


@dataclass(frozen=True)
class Image:
    """The image of a face under a matrix.

    Parameters
    ----------
    matrix : ndarray, shape (n, k)
        Applied to points of the face, as vectors.
    face : Face
        The set.
    shape : tuple of int
        The shape of its points.
    """

    matrix: Array
    face: Face
    shape: tuple[int, ...]

    def project(self, s: Array) -> Array:
        """Return the nearest point of the face, as a vector."""
        return self.face.project(s.reshape(self.shape)).reshape(-1)

    def height(self, d: Array) -> float:
        """Return the largest inner product of the face with a vector, or an upper bound."""
        return self.face.height(d.reshape(self.shape))


def distance(target: Array, images: Sequence[Image], tolerance: float) -> tuple[float, float]:
    """Return upper and lower bounds of the distance of a vector to the sum of the images.

    They are equal where the distance has a closed form: at most one face is more than a point,
    and its matrix keeps angles.  Otherwise the upper bound is attained by accelerated projected
    gradients, and the lower one follows from the heights of the faces; they stop when the
    upper bound is below the tolerance, or the two have met.
    """
    free = []
    for image in images:
        if image.face.single:
            only = image.project(np.zeros(image.matrix.shape[1]))
            target = target - image.matrix @ only
        elif np.any(image.matrix):
            free.append(image)
    if not free:
        size = float(np.linalg.norm(target))
        return size, size
    if len(free) == 1:
        exact = _of_one(target, free[0])
        if exact is not None:
            return exact, exact
    return _iterated(target, free, tolerance)


def _of_one(target: Array, image: Image) -> float | None:
    """Return the distance to one image under a multiple of an isometry."""
    gram = image.matrix.T @ image.matrix
    scale = gram[0, 0]
    if scale <= 0 or np.max(np.abs(gram - scale * np.eye(len(gram)))) > 1e-14 * scale:
        return None
    nearest = image.project(image.matrix.T @ target / scale)
    return float(np.linalg.norm(target - image.matrix @ nearest))


def _iterated(target: Array, images: list[Image], tolerance: float) -> tuple[float, float]:
    whole = np.hstack([image.matrix for image in images])
    ends = np.cumsum([0, *(image.matrix.shape[1] for image in images)])
    parts = [slice(a, b) for a, b in pairwise(ends)]
    step = 1.0 / float(np.linalg.norm(whole, 2)) ** 2

    def on_faces(s: Array) -> Array:
        return np.concatenate([i.project(s[p]) for i, p in zip(images, parts, strict=True)])

    s = on_faces(np.zeros(ends[-1]))
    ahead, pace = s, 1.0
    upper, lower = np.inf, 0.0
    for count in range(_STEPS):
        moved = on_faces(ahead + step * (whole.T @ (target - whole @ ahead)))
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        if np.dot(ahead - moved, moved - s) > 0:  # going uphill: start the acceleration again
            faster = 1.0
        ahead = moved + (pace - 1) / faster * (moved - s)
        s, pace = moved, faster
        if count % _EVERY == 0:
            rest = target - whole @ s
            slope = whole.T @ rest
            far = [i.height(slope[p]) for i, p in zip(images, parts, strict=True)]
            gap = sum(far) - float(slope @ s)
            size = float(np.linalg.norm(rest))
            upper = min(upper, size)
            lower = max(lower, np.sqrt(max(0.0, size**2 - 2 * gap)))
            if upper <= tolerance or upper - lower <= 1e-7 * upper:
                break
    return upper, lower
