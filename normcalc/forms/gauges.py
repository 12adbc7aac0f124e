"""Gauges of polytopes, given by points or by half-spaces, as exact functions of coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from normcalc.errors import InputError
from normcalc.forms.exact import embedded, nullspace
from normcalc.forms.polyhedral import from_elements, from_rows
from normcalc.forms.polyhedral_read import to_function
from normcalc.forms.vertices import generators
from normcalc.language.arithmetic import exact
from normcalc.language.function import Function
from normcalc.language.parser import parse
from normcalc.language.shapes import Variable


def atomic_norm(atoms: Any) -> Function:
    """Return the atomic norm: the gauge of the hull of the atoms and their negatives.

    Parameters
    ----------
    atoms : array_like of shape (m, n)
        One atom in each row: numbers, fractions or constant SymPy expressions, taken exactly; a
        float means its shortest decimal.

    Returns
    -------
    Function
        Of the coordinates x1, ..., xn; plus infinity outside the span of the atoms.

    Raises
    ------
    InputError
        The atoms are no finite points of one dimension.
    NotDerivable
        The polytope has too many facets: ``nc.function("atomic_norm(x, V)")`` takes the atoms as
        a parameter, and needs none.

    See Also
    --------
    gauge_of_points : Without the negatives.

    References
    ----------
    V. Chandrasekaran, B. Recht, P. Parrilo, A. Willsky, "The convex geometry of linear inverse
    problems", Foundations of Computational Mathematics 12 (2012), Section 2.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.atomic_norm([[1, 0], [0, 1], [1, 1]]))
    max(abs(x1), abs(x2), abs(x1 - x2))
    >>> print(nc.dual_norm(nc.atomic_norm([[1, 0], [0, 1], [1, 1]])).value)
    max(abs(x1 + x2), abs(x2), abs(x1))
    """
    rows = _exact_rows(atoms)
    return gauge_of_points([*rows, *([-x for x in row] for row in rows)])


def gauge_of_points(points: Any) -> Function:
    """Return the Minkowski gauge of the hull of zero and the points.

    Parameters
    ----------
    points : array_like of shape (m, n)
        One point in each row, taken exactly.

    Returns
    -------
    Function
        ``min sum(c)`` over the nonnegative weights c with ``c @ points = x``, as a formula in the
        coordinates; plus infinity outside the cone of the points.

    Raises
    ------
    InputError
        The points are not finite, or not of one dimension.
    NotDerivable
        The polytope has too many facets.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.gauge_of_points([[1, 0], [1, 1]]))
    x1 + indicator((-x1 + x2 <= 0) & (-x2 <= 0))
    """
    rows = _exact_rows(points)
    dimension = len(rows[0])
    field, elements = embedded(rows)
    normals = nullspace(field, elements, dimension)
    corners, rays = generators(field, elements, normals, dimension)
    conditions = [f"{from_elements(field, [normal])} == 0" for normal in normals]
    conditions += [f"{from_elements(field, [ray])} <= 0" for ray in rays]
    value = str(from_elements(field, corners))
    if conditions:
        several = " & ".join(f"({c})" for c in conditions)
        value += f" + indicator({several if len(conditions) > 1 else conditions[0]})"
    return Function(parse(value), Variable("x", "coordinates", dimension), text=value)


def gauge_of_halfspaces(normals: Any) -> Function:
    """Return the Minkowski gauge of ``{x : normals @ x <= 1}``.

    Parameters
    ----------
    normals : array_like of shape (m, n)
        One normal in each row, taken exactly.

    Returns
    -------
    Function
        ``max(normals @ x)``, or zero where that is negative, without redundant rows.

    Raises
    ------
    InputError
        The normals are not finite, or not of one dimension.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.gauge_of_halfspaces([[1, 0], [0, 1], [-1, -1]]))
    max(x1, x2, -x1 - x2)
    >>> print(nc.gauge_of_halfspaces([[2, 1]]))
    max(2*x1 + x2, 0*x1)
    """
    rows = _exact_rows(normals)
    return to_function(from_rows([*rows, [0] * len(rows[0])]))


def _exact_rows(points: Any) -> list[list[sp.Expr]]:
    table = np.array(points, dtype=object)
    if table.ndim != 2 or not table.size:
        raise InputError(f"points are the rows of an array; got shape {table.shape}")
    rows = [[_number(x) for x in row] for row in table.tolist()]
    if not all(x.is_number and x.is_real and x.is_finite for row in rows for x in row):
        raise InputError("the coordinates of points are finite real numbers")
    return rows


def _number(x: Any) -> sp.Expr:
    if isinstance(x, sp.Expr):
        return x
    fraction = exact(x)
    return sp.Rational(fraction.numerator, fraction.denominator)
