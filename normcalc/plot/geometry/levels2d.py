"""Level sets around a point that is not the origin, such as those of a loss around its minimum."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from normcalc.errors import InputError
from normcalc.language.arithmetic import exact
from normcalc.language.nodes import Apply, Number, Symbol, substitute
from normcalc.plot.geometry.boundary2d import trace
from normcalc.plot.geometry.points import PointFunction, point_function
from normcalc.plot.taking import takes_formulas

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.plot.geometry.boundary2d import Boundary2D

Array = NDArray[np.float64]


@takes_formulas
def level2d(
    function: Function,
    level: float,
    /,
    center: ArrayLike = (0.0, 0.0),
    *,
    tol: float = 1e-4,
    window: float | None = None,
    **parameters: Any,
) -> Boundary2D:
    """Return the boundary of ``{f <= level}``, star-shaped about a center, in the plane.

    Parameters
    ----------
    function : Function, str or sympy.Expr
        A function of two coordinates, of a vector, or of one variable.
    level : float
        The level, above the value at the center.
    center : array_like of shape (2,)
        A point of the set that sees all of it.
    tol, window : float
        As for `boundary2d`; the window is a square around the center.
    **parameters
        Values for the parameters of the function.

    Examples
    --------
    >>> import normcalc as nc
    >>> circle = level2d(nc.function("(x1 - 3)**2 + x2**2"), 4.0, (3.0, 0.0))
    >>> circle.points.min(axis=0).round(3), circle.points.max(axis=0).round(3)
    (array([ 1., -2.]), array([5., 2.]))
    """
    middle = np.asarray(center, dtype=np.float64)
    if middle.shape != (2,) or not np.all(np.isfinite(middle)):
        raise InputError(f"The center must be two finite numbers, got {center!r}.")
    f = shifted(point_function(function, parameters), middle)
    body = trace(f, level, tol=tol, window=window)
    return replace(body, points=body.points + middle, kinks=body.kinks + middle, exact=False)


def shifted(f: PointFunction, center: Array) -> PointFunction:
    """Return ``x -> f(x + center)``."""
    if not np.any(center):
        return f
    moved = {n: Apply("add", (Symbol(n), Number(exact(float(c)))))
             for n, c in zip(f.names, center, strict=True)}  # fmt: skip

    def value(points: Array) -> Array:
        return f.value(points + center)

    return PointFunction(value, f.names, substitute(f.body, moved), f.text)
