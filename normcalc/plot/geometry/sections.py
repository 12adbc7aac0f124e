"""Sections and shadows of balls in many dimensions, as functions of two or three coordinates."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from normcalc.errors import InputError
from normcalc.language.arithmetic import exact
from normcalc.language.construct import plus, times
from normcalc.language.function import Function
from normcalc.language.nodes import Node, Number, Symbol, substitute
from normcalc.language.shapes import Variable
from normcalc.plot.geometry.points import body_in_coordinates
from normcalc.plot.taking import takes_formulas

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[np.float64]


@takes_formulas
def section(function: Function, basis: ArrayLike, /, **parameters: Any) -> Function:
    """Return ``y -> f(B y)``: its ball is the section of the ball by the range of B.

    Parameters
    ----------
    function : Function, str or sympy.Expr
        A function of n coordinates, of a vector, or of one variable.
    basis : array_like of shape (n, k)
        The columns span the plane or the space, k = 2 or 3; orthonormal ones keep lengths.
    **parameters
        Values for the parameters of the function.

    Returns
    -------
    Function
        Of x1, x2 or of x1, x2, x3.

    Raises
    ------
    InputError
        If the basis has another shape, or its columns are dependent.

    Examples
    --------
    The middle of a cube of four dimensions, across its diagonal, is an octahedron:

    >>> import normcalc as nc
    >>> B = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / 2
    >>> middle = section(nc.function("norm(x, oo)"), B)
    >>> nc.plot.body3d(middle).counts
    (6, 12, 8)
    """
    matrix = _checked(basis)
    names, body = body_in_coordinates(function, parameters, len(matrix))
    return _composed(body, names, matrix)


@takes_formulas
def shadow(function: Function, basis: ArrayLike, /, **parameters: Any) -> Function:
    """Return the gauge of the projection of a polyhedral ball onto the range of B.

    Parameters
    ----------
    function : Function, str or sympy.Expr
        A polyhedral norm or gauge of n coordinates or of a vector, with a bounded ball.
    basis : array_like of shape (n, k)
        Orthonormal columns, k = 2 or 3.
    **parameters
        Values for the parameters of the function.

    Returns
    -------
    Function
        Of x1, x2 or of x1, x2, x3.

    Raises
    ------
    InputError
        If the ball is no polytope, or the basis has another shape.

    Notes
    -----
    The polar of a projection is the section of the polar.

    Examples
    --------
    Seen along its diagonal, a cube of four dimensions is a rhombic dodecahedron:

    >>> import normcalc as nc
    >>> B = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / 2
    >>> nc.plot.body3d(shadow(nc.function("norm(x, oo)"), B)).counts
    (14, 24, 12)
    """
    from normcalc.forms.polyhedral import dual
    from normcalc.forms.polyhedral_read import polyhedral_of, to_function

    matrix = _checked(basis)
    if not np.allclose(matrix.T @ matrix, np.eye(matrix.shape[1]), atol=1e-12):
        raise InputError("A shadow needs a basis with orthonormal columns.")
    names, body = body_in_coordinates(function, parameters, len(matrix))
    gauge = polyhedral_of(body, names)
    if gauge is None:
        raise InputError(f"The ball of {function} is not seen to be a polytope; draw a section.")
    across = _composed(to_function(dual(gauge)).body, names, matrix)
    found = polyhedral_of(across.body, across.variable.names)
    assert found is not None, "a section of a polyhedral gauge is one"
    return to_function(dual(found))


def _checked(basis: ArrayLike) -> Array:
    matrix = np.asarray(basis, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[1] not in (2, 3) or len(matrix) < matrix.shape[1]:
        raise InputError(
            f"A basis has a row for each coordinate and two or three columns, got {matrix.shape}."
        )
    if not np.all(np.isfinite(matrix)) or np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        raise InputError("The columns of a basis are finite and independent.")
    return matrix


def _composed(body: Node, names: Sequence[str], matrix: Array) -> Function:
    """Return the formula with each coordinate replaced by its row of the basis."""
    size = matrix.shape[1]
    fresh = Variable("x", "coordinates", size)
    forms = {name: _form(row, fresh.names) for name, row in zip(names, matrix, strict=True)}
    return Function(substitute(body, forms), fresh)


def _form(row: Array, names: Sequence[str]) -> Node:
    terms = [times(Number(exact(float(c))), Symbol(n)) for c, n in zip(row, names, strict=True)
             if c]  # fmt: skip
    return reduce(plus, terms) if terms else Number(exact(0))
