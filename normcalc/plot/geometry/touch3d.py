"""Where a growing ball first touches a plane or a line in space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from normcalc.errors import InputError
from normcalc.plot.geometry.body3d import Body3D
from normcalc.plot.geometry.points import PointFunction, point_function
from normcalc.plot.geometry.solids import body3d
from normcalc.plot.geometry.touch2d import least_on_line
from normcalc.plot.taking import takes_formulas

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.plot.geometry.polytope3d import Polytope

Array = NDArray[np.float64]

_TIE, _NEAR, _STARTS = 1e-9, 1e-6, 4


@dataclass(frozen=True)
class Contact3D:
    """The solutions of min N(x) subject to ``A x = b``, one or two equations in space.

    Parameters
    ----------
    rows : ndarray of shape (m, 3)
        The equations: one for a plane, two for a line.
    right : ndarray of shape (m,)
        The right-hand sides.
    value : float
        The least value of N.
    points : ndarray of shape (k, 3)
        Isolated solutions, or the corners of the set of solutions, in order around it.
    flat : bool
        Whether all points between the corners are solutions: a segment, or a polygon.
    """

    rows: Array
    right: Array
    value: float
    points: Array
    flat: bool

    @property
    def unique(self) -> bool:
        """Whether there is exactly one solution."""
        return len(self.points) == 1

    @property
    def foot(self) -> Array:
        """The point of the plane or the line that is nearest to the origin."""
        return np.asarray(np.linalg.lstsq(self.rows, self.right)[0])


@takes_formulas
def touch3d(function: Function, A: ArrayLike, b: ArrayLike, /, **parameters: Any) -> Contact3D:
    """Return all solutions of min N(x) subject to ``A x = b`` in space.

    Parameters
    ----------
    function : Function, str or sympy.Expr
        A norm, quasi-norm or penalty of three coordinates.
    A : array_like of shape (3,), (1, 3) or (2, 3)
        The equations: one for a plane, two for a line.
    b : float or array_like of one number for each row
        The right-hand side.
    **parameters
        Values for the parameters of the function.

    Returns
    -------
    Contact3D
        A tip or an edge of a ball of flat faces is exact; where a curved surface touches, the
        point is found to about eight digits.

    Raises
    ------
    InputError
        The equations are not those of a plane or a line, or the function does not grow on it.

    Examples
    --------
    >>> found = touch3d("norm(x, 1)", [3, 2, 1], 6)
    >>> found.points, found.value, found.unique
    (array([[2., 0., 0.]]), 2.0, True)
    >>> touch3d("norm(x, 1)", [2, 2, 1], 6).points             # an edge
    array([[3., 0., 0.],
           [0., 3., 0.]])
    >>> touch3d("norm(x)", [[1, 0, 0], [0, 1, 1]], [1, 2]).points
    array([[1., 1., 1.]])
    """
    rows, right = _equations(A, b)
    f = point_function(function, parameters, 3)
    if not np.any(right):
        value = float(f.value(np.zeros((1, 3)))[0])
        return Contact3D(rows, right, value, np.zeros((1, 3)), False)
    if len(rows) == 2:
        return _on_line(f, rows, right)
    return _on_plane(f, body3d(function, **parameters), rows, right)


def _equations(A: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    rows = np.atleast_2d(np.asarray(A, dtype=np.float64))
    right = np.asarray(b, dtype=np.float64).reshape(-1)
    if rows.shape not in ((1, 3), (2, 3)) or right.shape != (len(rows),):
        raise InputError(
            "A contact in space needs one equation a . x = b for a plane, or two for a line, got "
            f"coefficients of shape {np.shape(A)} and {len(right)} right-hand sides."
        )
    if not (np.all(np.isfinite(rows)) and np.all(np.isfinite(right))):
        raise InputError("The coefficients must be finite.")
    if np.linalg.matrix_rank(rows) < len(rows):
        raise InputError("The equations must not be zero or multiples of each other.")
    return rows, right


def _on_line(f: PointFunction, rows: Array, right: Array) -> Contact3D:
    foot = np.asarray(np.linalg.lstsq(rows, right)[0], dtype=np.float64)
    along = np.cross(*rows) / np.linalg.norm(np.cross(*rows))
    with np.errstate(divide="ignore", invalid="ignore"):
        crossings = np.abs(foot / along)
    usual = 1e4 * float(np.linalg.norm(foot))
    far = 1.25 * float(np.max(crossings, where=crossings < usual, initial=0.0))
    found, points, _ = least_on_line(f, foot, along, far)
    return Contact3D(rows, right, found.value, points, found.flat)


def _on_plane(f: PointFunction, body: Polytope | Body3D, rows: Array, right: Array) -> Contact3D:
    """Compare the points of the plane above those of the body, kinks included, and polish."""
    (normal,), (offset,) = rows, right
    corners = body.points if isinstance(body, Body3D) else body.vertices
    heights = corners @ normal * np.sign(offset)
    seen = heights > 1e-6 * np.max(heights)
    points = corners[seen] * (abs(offset) / heights[seen])[:, None]
    values = f.value(points)
    best, point = float(np.min(values)), points[np.argmin(values)]
    if isinstance(body, Body3D):
        lower = _polished(f, points[np.argsort(values)[:_STARTS]], normal)
        at = float(f.value(lower[None])[0])
        if at < best - _TIE * abs(best) and np.linalg.norm(lower - point) > _NEAR * best:
            return Contact3D(rows, right, at, lower[None], False)
    top = _distinct(points[values <= best + _TIE * abs(best)])
    flat = len(top) > 1 and bool(f.value(top.mean(axis=0)[None])[0] <= best * (1 + _TIE))
    return Contact3D(rows, right, best, _around(top, normal) if flat else top, flat)


def _polished(f: PointFunction, starts: Array, normal: Array) -> Array:
    """Return the lowest point of the plane that a search by comparisons finds from the starts."""
    basis = np.linalg.svd(normal[None])[2][1:]
    points = np.array([_searched(f, start, basis) for start in starts])
    lowest: Array = points[np.argmin(f.value(points))]
    return lowest


def _searched(f: PointFunction, start: Array, basis: Array) -> Array:
    """Return a lower point by comparisons, which kinks do not mislead, begun anew thrice."""
    from scipy import optimize

    minimize: Any = optimize.minimize
    best, size = start, 0.05 * float(np.linalg.norm(start))

    def value(u: Array) -> float:
        return float(f.value((best + u @ basis)[None])[0])

    for _ in range(3):
        simplex = np.vstack([np.zeros(2), size * np.eye(2)])
        options = {"initial_simplex": simplex, "xatol": 1e-12, "fatol": 0, "maxfev": 400}
        found = minimize(value, np.zeros(2), method="Nelder-Mead", options=options)
        best, size = best + found.x @ basis, size / 100
    return best


def _distinct(points: Array) -> Array:
    """Return points, one for each group that rounding alone tells apart."""
    kept: list[Array] = []
    size = float(np.max(np.abs(points)))
    for point in points:
        if all(np.max(np.abs(point - other)) > _NEAR * size for other in kept):
            kept.append(point)
    return np.array(kept) + 0.0


def _around(points: Array, normal: Array) -> Array:
    """Return the corners of the hull of points in a plane, in order; the ends of a segment."""
    from scipy.spatial import ConvexHull

    centred = points - points.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    if len(points) < 3 or sizes[1] <= _NEAR * sizes[0]:
        along = centred @ axes[0]
        return points[[np.argmax(along), np.argmin(along)]] if len(points) > 2 else points
    basis = np.linalg.svd(normal[None])[2][1:]
    return np.asarray(points[ConvexHull(centred @ basis.T).vertices])
