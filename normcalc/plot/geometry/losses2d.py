"""Where a growing ball first touches a level set of least squares in the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.plot.geometry.lowest import lowest
from normcalc.plot.geometry.touch2d import Contact

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.plot.geometry.points import PointFunction

Array = NDArray[np.float64]

_RANK = 1e-12


@dataclass(frozen=True)
class LossLevel:
    """The set ``{|A x - b|^2/2 <= level}`` in the plane: an ellipse, or a strip.

    Parameters
    ----------
    level : float
        The level.
    least : float
        The least value of the loss.
    center : ndarray of shape (2,)
        The point that takes it, the shortest one if there are many.
    axes : ndarray of shape (r, 2)
        From the center to the border along the half axes; one for a strip.
    """

    level: float
    least: float
    center: Array
    axes: Array

    @property
    def is_strip(self) -> bool:
        """Whether the loss is constant along a direction."""
        return len(self.axes) == 1

    def border(self, angles: Array) -> Array:
        """Return points of the ellipse, of shape (n, 2)."""
        around = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ self.axes
        points = self.center + around
        size = float(np.max(np.abs(self.center)) + np.max(np.abs(self.axes)))
        return np.where(np.abs(points) < 1e-15 * size, 0.0, points)

    def outwards(self, points: Array) -> Array:
        """Return the unit normals of the ellipse at points of its border."""
        normals = (points - self.center) @ np.linalg.inv(self.axes.T @ self.axes)
        return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True))

    def holds_origin(self) -> bool:
        """Say whether zero is in the set."""
        lengths = np.sum(self.axes**2, axis=1)
        return bool(np.sum((self.axes @ self.center / lengths) ** 2) <= 1.0)


@dataclass(frozen=True)
class LossContact(Contact):
    """The solutions of min N(x) subject to ``|A x - b|^2/2 <= level``.

    `normal` and `offset` are those of the tangent at the first solution; `loss` is the set.
    """

    loss: LossLevel


def loss_level(A: Array, b: Array, level: float) -> LossLevel:
    """Return a level set of ``|A x - b|^2/2``.

    Examples
    --------
    >>> found = loss_level(np.diag([2.0, 1.0]), np.array([4.0, 1.0]), 2.0)
    >>> found.center, np.abs(found.axes)
    (array([2., 1.]), array([[1., 0.],
           [0., 2.]]))
    """
    left, sizes, right = np.linalg.svd(A, full_matrices=False)
    rank = int(np.sum(sizes > _RANK * np.max(sizes, initial=0.0)))
    if rank == 0:
        raise InputError("All coefficients of the loss are zero, so that it has no level sets.")
    left, sizes, right = left[:, :rank], sizes[:rank], right[:rank]
    center = (left.T @ b / sizes) @ right
    least = float(np.sum((A @ center - b) ** 2)) / 2
    if not level > least:
        raise InputError(
            f"level must be larger than the least value of the loss, {least:.6g}, got {level!r}."
        )
    half = np.sqrt(2 * (level - least)) / sizes
    return LossLevel(level, least, center, half[:, None] * right)


def touch_loss(
    plane: PointFunction, loss: LossLevel, on_line: Callable[[Array, float], Contact]
) -> LossContact:
    """Return where the smallest ball touches a level set of a loss.

    Parameters
    ----------
    plane : PointFunction
        A function that does not fall along rays from the origin.
    loss : LossLevel
        The set.
    on_line : callable
        From a normal and an offset to the contact with a line: a strip is met at its nearer line.
    """
    if loss.holds_origin():
        value = float(plane.value(np.zeros((1, 2)))[0])
        none = np.empty((0, 2))
        return LossContact(np.zeros(2), 0.0, value, np.zeros((1, 2)), None, none, loss)
    found = _on_strip(loss, on_line) if loss.is_strip else _on_ellipse(plane, loss)
    return LossContact(
        found.normal, found.offset, found.value, found.points, found.segment, found.local, loss
    )


def _on_strip(loss: LossLevel, on_line: Callable[[Array, float], Contact]) -> Contact:
    (axis,) = loss.axes
    middle = float(axis @ loss.center)
    return on_line(axis, middle - float(np.copysign(axis @ axis, middle)))


def _on_ellipse(plane: PointFunction, loss: LossLevel) -> Contact:
    turn = np.linspace(0, 2 * np.pi, 2049)
    start = turn[np.argmax(plane.value(loss.border(turn)))]  # no minimum at the ends
    found = lowest(
        lambda t: plane.value(loss.border(t)), lambda t: plane.switches(loss.border(t)),
        start + turn,
    )  # fmt: skip
    points, local = loss.border(found.places), loss.border(found.local)
    # Behind the ellipse the way to the origin leads through it: least along the border only.
    local = local[np.sum(loss.outwards(local) * local, axis=1) < 0]
    normal = -loss.outwards(points[:1])[0]
    segment = points if found.flat else None
    return Contact(normal, float(normal @ points[0]), found.value, points, segment, local)
