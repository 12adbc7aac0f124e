"""Functions made from other functions: the transforms of the language, for functions in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.errors import LanguageError
from normcalc.language.arithmetic import merged
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Symbol, substitute
from normcalc.language.shapes import Variable
from normcalc.language.transforms import shown_name, transform

if TYPE_CHECKING:
    from normcalc.language.nodes import Node


def infimal_convolution(*functions: Function) -> Function:
    """Return ``x -> min of f(u) + g(w) + ...`` over points with ``u + w + ... = x``.

    Parameters
    ----------
    *functions : Function
        Two or more functions of vectors, or of matrices; one of a real variable stands for its
        sum over the entries.

    Returns
    -------
    Function

    Raises
    ------
    LanguageError
        Fewer than two are given, or their variables do not agree.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(infimal_convolution(function("abs(x)"), function("x**2/2")))
    infimal_convolution(sum(abs(x)), sum(x**2/2))
    """
    if len(functions) < 2:
        raise LanguageError("an infimal convolution is of two functions or more")
    return made("infimal_convolution", *functions)


def gauge(convex_set: Function) -> Function:
    """Return the gauge of a set, ``x -> least r >= 0 with x in r*C``.

    Parameters
    ----------
    convex_set : Function
        The indicator of a convex set C that holds 0: 0 on it, ``oo`` outside.

    Returns
    -------
    Function
        A norm, if the set is bounded, symmetric, and 0 lies inside.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> ball = gauge(function("indicator(norm(x - c) <= 4)", c=3))
    >>> print(ball)
    gauge(norm(x - 3) <= 4)
    """
    return made("gauge", convex_set)


def support_function(convex_set: Function) -> Function:
    """Return the support function of a set, ``x -> max of <x, u>`` over u in C.

    Parameters
    ----------
    convex_set : Function
        The indicator of a convex set C.

    Returns
    -------
    Function

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> simplex = function("indicator((x >= 0) & (sum(x) == 1))")
    >>> support_function(simplex)([1.0, 3.0, 2.0])
    3.0
    """
    return made("support_function", convex_set)


def distance(point_set: Function) -> Function:
    """Return the Euclidean distance to a set.

    Parameters
    ----------
    point_set : Function
        The indicator of a set with a projection; it need not be convex.

    Returns
    -------
    Function

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> distance(function("indicator(norm(x) <= 1)"))([3.0, 4.0])
    4.0
    """
    return made("distance", point_set)


def perspective(f: Function) -> Function:
    """Return the perspective ``(y, t) -> t*f(y/t)``, with its limit for t to 0.

    Parameters
    ----------
    f : Function
        A convex function of vectors; of one real variable, its sum over the entries.

    Returns
    -------
    Function
        Of the vector whose last entry is t; plus infinity for negative t.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> perspective(function("x**2"))([3.0, 2.0])
    4.5
    """
    if f.variable.kind == "matrix":
        raise LanguageError("the point of a perspective is a vector: (y, t)")
    return made("perspective", f)


def made(head: str, *functions: Function, numbers: tuple[Node, ...] = ()) -> Function:
    """Return a transform of functions, at the variable."""
    kinds = {f.variable.kind for f in functions}
    if "coordinates" in kinds or ("matrix" in kinds and len(kinds) > 1):
        listed = ", ".join(f"{f} of a {f.variable.kind} variable" for f in functions)
        raise LanguageError(f"{head} is of functions of vectors or of matrices; got {listed}")
    if any(f.domain is not None for f in functions):
        raise LanguageError(f"{head}: write the domain as indicator((x >= lo) & (x <= hi))")
    variable = Variable("X", "matrix") if kinds == {"matrix"} else Variable("x", "vector")
    bodies = tuple(_body(f, variable) for f in functions)
    parameters = merged(*functions)
    relations = tuple(dict.fromkeys(r for f in functions for r in f.relations))
    if any(p.name == variable.name for p in parameters):
        raise LanguageError(f"{variable.name!r} is a parameter of one and the variable here")
    return Function(transform(head, bodies, variable, numbers), variable, parameters, relations)


def _body(f: Function, variable: Variable) -> Node:
    body = substitute(f.body, {f.variable.name: Symbol(shown_name(variable))})
    return Apply("sum", (body,)) if f.variable.kind == "scalar" else body
