"""The verbs: gradient, hessian, and both as plain functions of a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from normcalc.calculus.algebra import algebra_of
from normcalc.calculus.derivative import Gradient, Hessian
from normcalc.calculus.derive import first, second, second_partials
from normcalc.calculus.kinks import conditions
from normcalc.language.build import function
from normcalc.language.function import Function

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.calculus.numbers import Array
    from normcalc.language.nodes import Node


def gradient(f: Function) -> Gradient:
    """Derive the gradient of a function as a formula in matrix notation.

    Parameters
    ----------
    f : Function
        Of one real variable, of coordinates, of a vector or of a matrix; a text is accepted.

    Returns
    -------
    Gradient
        The formula, with conditions under which it holds; call it for numbers.

    Raises
    ------
    NotDerivable
        There is no rule for a part of the formula.

    See Also
    --------
    hessian : The second derivative.

    Examples
    --------
    >>> import normcalc as nc
    >>> nc.gradient(nc.function("log(sum(exp(x)))"))
    gradient of log(sum(exp(x))): exp(x)/sum(exp(x))
    >>> nc.gradient(nc.function("norm(A @ x - b)**2/2"))([1.0, 1.0], A=[[1, 2], [3, 4]], b=[0, 0])
    array([24., 34.])
    """
    made = f if isinstance(f, Function) else function(f)
    return Gradient(made, first(made), _holds(made, made.body))


def hessian(f: Function) -> Hessian:
    """Derive the second derivative of a function as a formula in matrix notation.

    Parameters
    ----------
    f : Function
        As for `gradient`.

    Returns
    -------
    Hessian
        A matrix, or a linear map ``h -> ...`` of a direction where the language has no word for
        the matrix; call it for numbers.

    Raises
    ------
    NotDerivable
        There is no rule for a part of the formula.

    Examples
    --------
    >>> import normcalc as nc
    >>> nc.hessian(nc.function("log(sum(exp(x)))"))
    Hessian of log(sum(exp(x))): diag(exp(x))/sum(exp(x)) - outer(exp(x), exp(x))/sum(exp(x))**2
    """
    made = f if isinstance(f, Function) else function(f)
    trees = first(made)
    where = _holds(made, made.body, trees)
    if made.variable.kind in ("vector", "matrix"):
        return Hessian(made, second=second(made, trees[0]), conditions=where)
    return Hessian(made, partials=second_partials(made, trees), conditions=where)


# in a gradient these come from maxima in the formula, whose conditions are there already
_SETTLED = frozenset({"heaviside", "ranks"})


def _holds(f: Function, body: Node, gradient: tuple[Node, ...] = ()) -> tuple[Node, ...]:
    c, names = algebra_of(f), frozenset(f.variable.names)
    found = [*conditions(c, body, names)]
    for tree in gradient:
        found += conditions(c, tree, names, _SETTLED)
    return tuple(dict.fromkeys(found))


class Derivatives(NamedTuple):
    """A function and its derivatives as plain functions of a point.

    Parameters
    ----------
    value : callable
        ``value(x)`` is a float.
    gradient : callable
        ``gradient(x)`` has the shape of `x`.
    hessian : callable
        ``hessian(x)`` is an array of shape (n, n).
    """

    value: Callable[[Any], float]
    gradient: Callable[[Any], Array]
    hessian: Callable[[Any], Array]


def derivatives(f: Function, **params: Any) -> Derivatives:
    """Return value, gradient and Hessian as functions of the point alone.

    Parameters
    ----------
    f : Function
        As for `gradient`.
    **params : float or array_like
        A value for every parameter.

    Returns
    -------
    Derivatives
        Three callables, in the form that optimisers take.

    Examples
    --------
    >>> import normcalc as nc
    >>> from normcalc.calculus import derivatives
    >>> value, slope, curvature = derivatives(nc.function("a*sum(x**2)"), a=3)
    >>> value([1.0, 2.0]), slope([1.0, 2.0]), curvature([1.0, 2.0])
    (15.0, array([ 6., 12.]), array([[6., 0.],
           [0., 6.]]))
    """
    made = f if isinstance(f, Function) else function(f)
    slopes, curvature = gradient(made), hessian(made)
    return Derivatives(
        lambda x: float(made(x, **params)),
        lambda x: slopes(x, **params),
        lambda x: curvature(x, **params),
    )
