"""Steps on the face of a penalty that a proximal step has landed on.

The prox of a norm with kinks makes entries zero, or equal in size.  As long as they stay so the
penalty is smooth, and of a sorted norm it is linear: its slope along the face is that of any
subgradient, and the proximal step leaves one.  So the loss alone bends, and its Newton step in the
few numbers that are left is one small linear system.  Nothing is assumed beyond that: a step is
taken if the objective falls, so that at worst its work is lost.

References
----------
Lewis and Wylie, "Active-set Newton methods and partial smoothness", arXiv 1902.00724, 2019.
Larsson, Klopfenstein, Massias and Wallin, "Coordinate descent for SLOPE", AISTATS 2023.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from normcalc.engine.penalties import JointPenalty

if TYPE_CHECKING:
    from normcalc.engine.certificate import Posed
    from normcalc.engine.jit import Floats

FIRST, LATEST = 4, 64  # steps before the first attempt, and between two at most
STEPS, EVERY = 100, 5  # steps of an attempt at most, and between two looks at the face
POWER_STEPS, MARGIN = 6, 1.1
RIDGE = 1e-12  # of the largest curvature, added to all


class Face(NamedTuple):
    """Entries that are not zero, sorted by size; where sizes change; and their signs."""

    entries: Any
    starts: Any
    signs: Floats

    def sums(self, rows: Floats) -> Floats:
        """Add up what belongs to entries of the same size, with their signs."""
        signs = self.signs if rows.ndim == 1 else self.signs[:, None]
        return np.asarray(np.add.reduceat(signs * rows, self.starts, axis=0))

    def same(self, other: Face) -> bool:
        """Tell whether two faces are one."""
        pairs = zip(self, other, strict=True)
        return len(self.starts) > 0 and all(np.array_equal(mine, its) for mine, its in pairs)

    def spread(self, sizes: Floats) -> Floats:
        """Return a number for each entry from one for each size."""
        counts = np.diff(self.starts, append=len(self.entries))
        return np.asarray(self.signs * np.repeat(sizes, counts))


def face_of(x: Floats) -> Face:
    """Return the face that a point lies on.

    Examples
    --------
    >>> face_of(np.array([2.0, 0.0, 1.0, -2.0]))
    Face(entries=array([2, 0, 3]), starts=array([0, 1]), signs=array([ 1.,  1., -1.]))
    """
    used = np.flatnonzero(x)
    entries = used[np.argsort(np.abs(x[used]), kind="stable")]
    sizes = np.abs(x[entries])
    starts = np.flatnonzero(np.diff(sizes, prepend=-1.0))
    return Face(entries, starts, np.sign(x[entries]))


class Faces:
    """Cheap steps between two of the whole problem, and when to try them.

    Where no entry's sign matters to a convex penalty, its prox leaves zeros where they are.  So
    the entries that are not zero make a problem of their own, of which steps cost a few columns;
    then come Newton steps on the face, once it stays.  What does not lower the objective is
    undone, and tried ever later.
    """

    def __init__(self, posed: Posed) -> None:
        """Start to count steps."""
        self.posed, self.wait, self.due = posed, 1, FIRST

    @cached_property
    def possible(self) -> bool:
        """Whether problem and penalty can have such steps."""
        loss, penalty = self.posed.loss, self.posed.penalty
        plain = loss.target.ndim == 1 and not loss.intercept and type(penalty) is JointPenalty
        plain = plain and loss.convex  # else curvatures may be negative
        return bool(plain and hasattr(self.posed.design, "rows") and penalty.derived.shrinks)

    def improved(self, x: Floats, fun: float, prediction: Floats, tol: float) -> Better | None:
        """Return a better point with the zeros of `x`, found to a residual, if it is time."""
        self.due -= 1
        used = np.flatnonzero(x) if self.due <= 0 else x[:0]
        if not 0 < 2 * used.size <= x.size or not self.possible:
            return None
        found = self._of(used, x, prediction, tol)
        self.wait = 1 if found.fun < fun else min(2 * self.wait, LATEST)
        self.due = self.wait
        return found if found.fun < fun else None

    def _of(self, used: Any, x: Floats, prediction: Floats, tol: float) -> Better:
        design: Any = self.posed.design
        few = Few(self.posed, used, design.rows(used), len(x))
        inner = few.descended(x[used], prediction, tol)
        point = np.zeros_like(x)
        point[used] = inner
        there = few.prediction(inner)
        return Better(point, there, self.posed.objective(point, there))


class Better(NamedTuple):
    """A point, its prediction and its objective."""

    x: Floats
    prediction: Floats
    fun: float


class Few:
    """The problem in some entries, the others zero; `rows` are the columns of the design."""

    def __init__(self, posed: Posed, used: Any, rows: Floats, size: int) -> None:
        """Take the columns that are left."""
        self.loss, self.penalty, self.used, self.rows = posed.loss, posed.penalty, used, rows
        self.padded, self.left = np.zeros(size), face_of(np.zeros(0))

    def prediction(self, x: Floats) -> Floats:
        """Return what the entries predict."""
        return np.asarray(x @ self.rows + getattr(self.loss, "offset", 0.0))

    def _prox(self, v: Floats, step: float) -> Floats:
        self.padded[self.used] = v
        return np.asarray(self.penalty.prox(self.padded, step)[self.used])

    def _curvature(self, x: Floats, weight: Floats) -> float:
        """Return about the largest curvature, from few steps of the power method."""
        direction, norm = x + np.abs(x).max(), 1.0
        for _ in range(POWER_STEPS):
            image = (direction / np.linalg.norm(direction)) @ self.rows
            norm = float(np.vdot(image, weight * image))
            direction = self.rows @ (weight * image)
        return MARGIN * norm

    def descended(self, x: Floats, prediction: Floats, tol: float) -> Floats:
        """Take accelerated steps with restart, then a Newton step if the face stays."""
        curvature = self._curvature(x, self.loss.curvature(prediction))
        ahead, image, momentum = x, prediction, 1.0
        for k in range(STEPS):
            gradient = self.rows @ self.loss.slope(image)
            new = self._prox(ahead - gradient / curvature, 1.0 / curvature)
            moved = ahead - new
            if k % EVERY == EVERY - 1 or np.abs(moved).max() * curvature <= tol:
                better = self._newton(new, x, curvature * moved - gradient)
                if better is not None or np.abs(moved).max() * curvature <= tol:
                    return new if better is None else better
            turned = float(moved @ (new - x)) > 0.0
            following = 1.0 if turned else 0.5 * (1.0 + np.sqrt(1.0 + 4.0 * momentum**2))
            ahead = new if turned else new + (momentum - 1.0) / following * (new - x)
            image, x, momentum = self.prediction(ahead), new, following
        return x

    def _newton(self, x: Floats, before: Floats, subgradient: Floats) -> Floats | None:
        """Return the least point of a face, if `x` and the point before are on it, and it too."""
        face = face_of(x)
        if len(face.starts) > len(self.loss.target) or not face.same(face_of(before)):
            return None
        if face.same(self.left):  # once is enough
            return None
        self.left = face
        rows, image = face.sums(self.rows[face.entries]), self.prediction(x)
        weighted = rows * np.sqrt(self.loss.curvature(image))
        square = weighted @ weighted.T
        square.flat[:: len(square) + 1] += RIDGE * square.diagonal().max()
        try:
            factor = cho_factor(square, overwrite_a=True, check_finite=False)
        except np.linalg.LinAlgError:
            return None
        slopes = rows @ self.loss.slope(image) + face.sums(subgradient[face.entries])
        found = x.copy()
        found[face.entries] -= face.spread(cho_solve(factor, slopes, check_finite=False))
        sizes = face.signs * found[face.entries]
        return found if sizes[0] > 0.0 and np.all(np.diff(sizes) >= 0.0) else None
