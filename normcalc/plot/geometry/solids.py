"""The door of the geometry in space: from a Function to a polytope or a curved body."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError, NotDerivable
from normcalc.plot.geometry.body3d import Body3D, body, triangulated
from normcalc.plot.geometry.points import body_in_coordinates, point_function
from normcalc.plot.geometry.polar3d import polar3d
from normcalc.plot.geometry.polytope3d import Polytope, distinct, from_gauge, from_rows
from normcalc.plot.geometry.radial import check_level
from normcalc.plot.geometry.transformed import Inside, inside
from normcalc.plot.geometry.unbounded import cut_function, cut_gauge
from normcalc.plot.taking import takes_formulas

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.plot.geometry.mesh3d import Triangles
    from normcalc.plot.geometry.points import PointFunction

Array = NDArray[np.float64]

_SAME = 1e-9
_PARTS, _ENOUGH = (1 / 4, 1 / 16), 600


@takes_formulas
def body3d(
    function: Function,
    /,
    level: float = 1.0,
    *,
    tol: float = 2e-3,
    window: float | None = None,
    **parameters: Any,
) -> Polytope | Body3D:
    """Return ``{f <= level}`` in space, as arrays.

    The ball of a polyhedral gauge is a `Polytope`, with exact vertices where the formula has exact
    numbers.  Anything else is a `Body3D`: triangles with every kink of the formula on an edge.  A
    function of a vector is taken at size 3, a function of one variable as the separable sum over
    three coordinates.

    Parameters
    ----------
    function : Function, str or sympy.Expr
        A norm, quasi-norm, gauge or penalty whose sublevel set is star-shaped about the origin.
    level : float
        The level of the boundary.
    tol : float
        Largest distance between a curved surface and its edges, relative to the size of the body.
    window : float, optional
        How far from the origin an unbounded body is cut.
    **parameters
        Values for the parameters of the function.

    Returns
    -------
    Polytope or Body3D
        Both have a `volume` and an `area`.

    Examples
    --------
    >>> import normcalc as nc
    >>> body3d(nc.function("norm(x, 1)")).counts
    (6, 12, 8)
    >>> cylinder = body3d(nc.function("max(sqrt(x1**2 + x2**2), abs(x3))"))
    >>> bool(abs(cylinder.volume - 2 * np.pi) < 1e-6)
    True
    """
    if not (np.isfinite(tol) and tol > 0):
        raise InputError(f"tol must be a positive number, got {tol!r}.")
    if window is not None and not (np.isfinite(window) and window > 0):
        raise InputError(f"window must be a positive number, got {window!r}.")
    given = tuple((name, _frozen(value)) for name, value in sorted(parameters.items()))
    return _computed(function, float(level), float(tol), window, given)


def _frozen(value: Any) -> Any:
    """Return a parameter's value as nested tuples, which can be looked up."""
    return tuple(_frozen(part) for part in value) if hasattr(value, "__len__") else value


@lru_cache(maxsize=32)
def _computed(
    function: Function,
    level: float,
    tol: float,
    window: float | None,
    given: tuple[tuple[str, Any], ...],
) -> Polytope | Body3D:
    """Compute a body; the last ones are kept, since a figure and its numbers ask for the same."""
    found = _found(function, level, tol, window, dict(given))
    for part in fields(found):
        value = getattr(found, part.name)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return found


def _found(
    function: Function,
    level: float,
    tol: float,
    window: float | None,
    parameters: dict[str, Any],
) -> Polytope | Body3D:
    behind = inside(function, level) if np.isfinite(level) and level > 0 else None
    if behind is not None:
        return _transformed(behind, tol, window, parameters)
    gauge = _gauge(function, parameters, None if window is None else window / level)
    if gauge is not None:
        if not (np.isfinite(level) and level > 0):
            raise InputError(f"level must be a positive number, got {level!r}.")
        return gauge if level == 1 else gauge.scaled(level)
    f = point_function(function, parameters, 3)
    check_level(f, level)
    cut = cut_function(f, level, window)
    if cut is None:
        made = triangulated(f, level, tol)
        return _flat(f, made[0], level) or body(f, level, tol=tol, made=made)
    clipped, across, on_cut = cut
    found = body(clipped, level, tol=tol)
    middles = found.surface(found.points[found.corners].mean(axis=1))
    return replace(
        found, cuts=on_cut(middles), recession=across, volume=float("inf"), area=float("inf")
    )


def _transformed(
    behind: Inside, tol: float, window: float | None, parameters: dict[str, Any]
) -> Polytope | Body3D:
    """Return the body of a gauge, of a dual norm or of a support function.

    The polar is as fine as the normals of the body are dense, so one with long straight lines is
    taken a second time.
    """
    if not behind.polar:
        return _found(behind.function, behind.level, tol, window, parameters)
    for part in _PARTS:
        body = _found(behind.function, behind.level, part * tol, window, parameters)
        found = polar3d(body)
        if isinstance(found, Polytope) or len(found.corners) > _ENOUGH:
            break
    return found


def _gauge(
    function: Function, parameters: dict[str, Any], window: float | None
) -> Polytope | None:
    """Return the unit ball of a polyhedral gauge that the formula shows, or None."""
    from normcalc.forms.polyhedral_read import polyhedral_of

    names, node = body_in_coordinates(function, parameters, 3)
    found = polyhedral_of(node, names)
    if found is None:
        return None
    try:
        return from_gauge(found)
    except NotDerivable:
        return cut_gauge(found, window)


def _flat(f: PointFunction, found: Triangles, level: float) -> Polytope | None:
    """Return the polytope that a body is, if it is flat between its kinks, or None."""
    if f.degree != 1:
        return None
    at = found.points[found.corners]
    inner = at + 0.02 * (at.mean(axis=1, keepdims=True) - at)
    slopes = f.gradient(inner.reshape(-1, 3)).reshape(-1, 3, 3)
    rows = slopes[:, 0]
    size = float(np.max(np.abs(rows)))
    if np.max(np.abs(slopes - rows[:, None])) > _SAME * size:
        return None
    _, first = np.unique(np.rint(rows / (_SAME * size) / 10), axis=0, return_index=True)
    rows = distinct(rows[first] / size) * size  # rounding may have told equal rows apart
    if np.max(np.abs(np.max(found.points @ rows.T, axis=1) - level)) > _SAME * level:
        return None  # not the largest of its linear pieces: flat, but not convex
    return _polytope(rows) if level == 1 else _polytope(rows).scaled(level)


def _polytope(rows: Array) -> Polytope:
    """Return the polytope with these rows, exactly if they are simple fractions."""
    from normcalc.forms.polyhedral import from_rows as exact_rows

    simple = [[Fraction(float(x)).limit_denominator(1000) for x in row] for row in rows]
    if np.max(np.abs(np.array(simple, dtype=np.float64) - rows)) > 1e-14 * np.max(np.abs(rows)):
        return from_rows(rows)
    import sympy as sp

    numbers = [[sp.Rational(x.numerator, x.denominator) for x in row] for row in simple]
    found = from_gauge(exact_rows(numbers))
    # The rows were read off values, so the vertices are numbers, not proofs.
    return replace(found, numbers=None)
