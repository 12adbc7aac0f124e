"""The doors of the plane geometry: from a Function to boundary, dual boundary and contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from normcalc.errors import InputError, NotDerivable
from normcalc.plot.geometry.boundary2d import Boundary2D, trace
from normcalc.plot.geometry.losses2d import loss_level, touch_loss
from normcalc.plot.geometry.points import body_in_coordinates, point_function
from normcalc.plot.geometry.polar2d import polar
from normcalc.plot.geometry.touch2d import Contact, touch_line, touch_polygon
from normcalc.plot.geometry.transformed import inside
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
    behind = inside(function, level)
    if behind is not None:
        _check_positive("level", level)
        fine = tol / 100 if behind.polar else tol  # the polar strays as far as the chords do
        found = boundary2d(behind.function, behind.level, tol=fine, window=window, **parameters)
        return polar(found, tol / 10) if behind.polar else found
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
def touch2d(
    function: Function,
    A: ArrayLike,
    b: ArrayLike,
    /,
    *,
    level: float | None = None,
    **parameters: Any,
) -> Contact:
    """Return all solutions of min N(x) subject to ``A x = b``, or to a small loss, in the plane.

    Parameters
    ----------
    function : Function, str or sympy.Expr
        The norm or penalty N.
    A : array_like
        The two coefficients, as ``[a1, a2]`` or ``[[a1, a2]]``; for a loss any number of rows.
    b : float or array_like of one number for each row
        The right-hand side.
    level : float, optional
        With it the constraint is ``|A x - b|^2/2 <= level``, an ellipse, or a strip where the
        rows of `A` are multiples of each other.
    **parameters
        Values for the parameters of the function.

    Returns
    -------
    Contact
        With `level` a `LossContact`, which holds the ellipse as well.

    Examples
    --------
    >>> import normcalc as nc
    >>> contact = touch2d(nc.function("abs(x1) + abs(x2)"), [10, 1], 5)
    >>> contact.points, contact.value, contact.unique
    (array([[0.5, 0. ]]), 0.5, True)

    The least 1-norm at which a loss is 1/2:

    >>> touch2d("norm(x, 1)", [[2, 0], [0, 1]], [4, 0.5], level=0.5).points
    array([[1.5669873, 0.       ]])

    Where the loss does not tell two coordinates apart the solution is not unique:

    >>> touch2d("norm(x, 1)", [[1, 1], [1, 1]], [2, 2], level=1).segment
    array([[1., 0.],
           [0., 1.]])
    """

    def on_line(normal: Array, offset: float) -> Contact:
        vertices = exact_vertices(function, parameters)
        if vertices is not None:
            return touch_polygon(vertices, normal, offset)
        return touch_line(point_function(function, parameters), normal, offset)

    if level is None:
        return on_line(*_equation(A, b))
    loss = loss_level(*_equations(A, b), level)
    return touch_loss(point_function(function, parameters), loss, on_line)


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
    rows, right = _equations(A, b)
    if len(rows) != 1:
        raise InputError(
            f"A contact with a line needs one equation a1*x1 + a2*x2 = b, got {len(rows)}; "
            "with level= the rows are those of a least-squares loss."
        )
    return rows[0], float(right[0])


def _equations(A: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    rows = np.atleast_2d(np.asarray(A, dtype=np.float64))
    right = np.asarray(b, dtype=np.float64).reshape(-1)
    if rows.ndim != 2 or rows.shape[1] != 2 or right.shape != (len(rows),):
        raise InputError(
            "A contact in the plane needs one equation a1*x1 + a2*x2 = b, or more for a loss, got "
            f"coefficients of shape {np.shape(A)} and {len(right)} right-hand sides."
        )
    if not (np.all(np.isfinite(rows)) and np.all(np.isfinite(right)) and np.any(rows)):
        raise InputError("The coefficients must be finite and not all zero.")
    return rows, right


def _check_positive(name: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise InputError(f"{name} must be a positive number, got {value!r}.")
