"""The verbs about norms and their unit balls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.derive.verbs import derive
from normcalc.errors import NotDerivable
from normcalc.language import level_set
from normcalc.language.combinations import made

if TYPE_CHECKING:
    from normcalc.derive.derivation import Derivation
    from normcalc.language.function import Function


def dual_norm(f: Function) -> Derivation:
    """Derive the dual norm ``max of <v, x> over f(x) <= 1``.

    Parameters
    ----------
    f : Function
        A norm: a maximum of linear forms in the coordinates ``x1, x2, ...``, or any norm of a
        vector or a matrix with a prox.

    Returns
    -------
    Derivation
        Its `value` is a Function in the same language: a formula where there is one, and else
        ``dual_norm(...)``, whose values a search finds.

    Raises
    ------
    NotDerivable
        `f` is not a norm, or no theorem applies.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.dual_norm(nc.function("max(abs(x1), abs(x2))")).value)
    abs(x1) + abs(x2)
    """
    return derive("dual_norm", f)


def linear_minimizer(f: Function) -> Derivation:
    """Derive a point of the unit ball at which a linear form is least, ``argmin of <v, x>``.

    Conditional-gradient methods ask for it.  It is minus a slope of the dual norm at v, and
    ``<v, x>`` there is minus the dual norm of v.

    Parameters
    ----------
    f : Function
        A norm of a vector, of a matrix or of named coordinates.

    Returns
    -------
    Derivation
        One minimiser for every ``v``, zero for v = 0; where there are several it is an extreme
        point of the ball in most cases.

    Raises
    ------
    NotDerivable
        `f` is not a norm, or no theorem applies.

    See Also
    --------
    dual_norm : The least value, with the opposite sign.

    Examples
    --------
    >>> import normcalc as nc
    >>> nc.linear_minimizer(nc.function("sum(abs(x))"))([1.0, -3.0])
    array([0., 1.])
    >>> nc.linear_minimizer(nc.function("max(singular_values(X))"))([[0.0, 2.0], [1.0, 0.0]])
    array([[ 0., -1.],
           [-1.,  0.]])
    """
    return derive("linear_minimizer", f)


def polar(f: Function) -> Function:
    """Derive the polar of the unit ball of a norm: the unit ball of the dual norm.

    Parameters
    ----------
    f : Function
        A norm.

    Returns
    -------
    Function
        The indicator of the points v with ``<v, x> <= 1`` for all x in the ball, on which there is
        a projection wherever the norm has a prox.

    Raises
    ------
    NotDerivable
        `f` is not a norm.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.polar(nc.function("norm(x, 1)")))
    Piecewise((0, max(abs(x)) <= 1), (oo, True))
    """
    dual = dual_norm(f).value
    assert dual is not None
    ball = level_set(dual, 1)
    if f.variable.kind == "coordinates":  # where formulas are exact, and definitions unknown
        return ball
    try:
        derive("projection", ball)
    except NotDerivable:  # the definition has a projection wherever the norm has a prox
        return level_set(made("dual_norm", f), 1)
    return ball
