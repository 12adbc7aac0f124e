"""The doors of the plane geometry: from a Function to boundary, dual boundary and contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from normcalc.errors import InputError, NotDerivable
from normcalc.plot.geometry.boundary2d import Boundary2D, trace
from normcalc.plot.geometry.points import body_in_coordinates, point_function
from normcalc.plot.geometry.polar2d import polar
from normcalc.plot.geometry.touch2d import Contact, touch_line, touch_polygon
from normcalc.plot.taking import takes_formulas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.language.function import Function

Array = NDArray[np.float64]

# Chords this short make the polar of a curved body accurate to about its square root.
_FINE = 1e-7


@takes_formulas
def boundary2d(
    function: Function,
    /,
    level: float = 1.0,
    *,
    tol: float = 1e-4,
    window: float | None = None,
    **parameters: Any,
) -> Boundary2D:
    """Return the boundary of ``{f <= level}`` in the plane, as arrays.

    A polyhedral gauge gives its exact vertices.  For anything else the kinks are solved and the
    arcs between them refined.  A function of a vector is taken at size 2, a function of one
    variable as the separable sum over two coordinates.

    Parameters
    ----------
    function : Function, str or sympy.Expr
        A norm, quasi-norm, gauge or penalty whose sublevel set is star-shaped about the origin.
    level : float
        The level of the boundary.
    tol : float
        Largest distance between the curve and its chords, relative to the size of the body.
    window : float, optional
        Half width of the square at which an unbounded body is cut.
    **parameters
        Values for the parameters of the function.

    Returns
    -------
    Boundary2D
        Points, kinks, and the directions in which the body is unbounded.

    Examples
    --------
    >>> import normcalc as nc
    >>> boundary2d(nc.function("max(abs(x1), 2*abs(x2))")).points
    array([[ 1. ,  0.5],
           [-1. ,  0.5],
           [-1. , -0.5],
           [ 1. , -0.5]])
    """
    _check_positive("tol", tol)
    if window is not None:
        _check_positive("window", window)
    vertices = exact_vertices(function, parameters)
    if vertices is not None:
        _check_positive("level", level)
        points = vertices * level
        return Boundary2D(points, points, True, True, np.empty((0, 2)))
    return trace(point_function(function, parameters), level, tol=tol, window=window)


@takes_formulas
def dual_boundary2d(function: Function, /, **parameters: Any) -> Boundary2D:
    """Return the boundary of the polar of ``{f <= 1}``: the unit ball of the dual norm.

    Examples
    --------
    >>> import normcalc as nc
    >>> len(dual_boundary2d(nc.function("max(abs(x1), abs(x2))")).points)
    4
    """
    return polar(boundary2d(function, tol=_FINE, **parameters))


@takes_formulas
def touch2d(function: Function, A: ArrayLike, b: ArrayLike, /, **parameters: Any) -> Contact:
    """Return all solutions of min N(x) subject to ``A x = b``, one equation in the plane.

    Parameters
    ----------
    function : Function, str or sympy.Expr
        The norm or penalty N.
    A : array_like
        The two coefficients, as ``[a1, a2]`` or ``[[a1, a2]]``.
    b : float or array_like of one number
        The right-hand side.
    **parameters
        Values for the parameters of the function.

    Examples
    --------
    >>> import normcalc as nc
    >>> contact = touch2d(nc.function("abs(x1) + abs(x2)"), [10, 1], 5)
    >>> contact.points, contact.value, contact.unique
    (array([[0.5, 0. ]]), 0.5, True)
    """
    normal, offset = _equation(A, b)
    vertices = exact_vertices(function, parameters)
    if vertices is not None:
        return touch_polygon(vertices, normal, offset)
    return touch_line(point_function(function, parameters), normal, offset)


def exact_vertices(function: Function, parameters: dict[str, Any]) -> Array | None:
    """Return the vertices of the unit ball of a bounded polyhedral gauge, or None."""
    from normcalc.forms.polyhedral import vertices
    from normcalc.forms.polyhedral_read import polyhedral_of

    names, body = body_in_coordinates(function, parameters, 2)
    gauge = polyhedral_of(body, names)
    if gauge is None:
        return None
    try:
        corners: Sequence[Sequence[Any]] = vertices(gauge)
    except NotDerivable:
        return None
    return np.array([[float(x) for x in corner] for corner in corners]) + 0.0


def _equation(A: ArrayLike, b: ArrayLike) -> tuple[Array, float]:
    normal = np.asarray(A, dtype=np.float64).reshape(-1)
    offset = np.asarray(b, dtype=np.float64).reshape(-1)
    if normal.shape != (2,) or offset.shape != (1,):
        raise InputError(
            f"A contact in the plane needs one equation a1*x1 + a2*x2 = b, got {len(normal)} "
            f"coefficients and {len(offset)} right-hand sides."
        )
    if not (np.all(np.isfinite(normal)) and np.isfinite(offset[0]) and np.any(normal)):
        raise InputError("The coefficients must be finite and not both zero.")
    return normal, float(offset[0])


def _check_positive(name: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise InputError(f"{name} must be a positive number, got {value!r}.")
