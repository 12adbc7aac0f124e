"""Sets as functions, and functions of sets."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import InputError, LanguageError
from normcalc.language.arithmetic import bind
from normcalc.language.nodes import Compare, Constant, Number, Piecewise, Symbol
from normcalc.language.parameters import Parameter, Real
from normcalc.language.text import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.language.calling import Array
    from normcalc.language.function import Function

_MOST_ELEMENTS = 20


def set_function(values: Callable[[frozenset[int]], float], size: int) -> Array:
    """Return the table that ``lovasz(x, F)`` takes for F, from a Python function of sets.

    Parameters
    ----------
    values : callable
        ``values(elements)`` for a frozenset of whole numbers from 0; zero for the empty set.
    size : int
        How many elements there are: the length of x.

    Returns
    -------
    ndarray of shape (2**size,)
        The value of a set stands at the sum of ``2**i`` over its elements i.

    Raises
    ------
    InputError
        More than 20 elements, whose sets do not fit into a table.

    Examples
    --------
    >>> import normcalc as nc
    >>> table = nc.set_function(lambda s: min(len(s), 1), 2)
    >>> nc.function("lovasz(x, F)")([3.0, 1.0], F=table)
    3.0
    """
    if not 0 < size <= _MOST_ELEMENTS:
        raise InputError(f"a table for {size} elements: from 1 to {_MOST_ELEMENTS} are possible")
    members = ([i for i in range(size) if code >> i & 1] for code in range(2**size))
    return np.array([float(values(frozenset(elements))) for elements in members])


def level_set(f: Function, level: float | None = None) -> Function:
    """Return the indicator of the set of points where ``f(x) <= level``.

    Parameters
    ----------
    f : Function
        Any function.
    level : float, optional
        A number; without it `level` stays a real parameter of the answer.

    Returns
    -------
    Function
        0 on the set, plus infinity outside.

    Raises
    ------
    LanguageError
        `f` already has a parameter named `level`.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> ball = level_set(function("x**2"), 4)
    >>> ball(1.5), ball(2.5)
    (0.0, inf)
    """
    if any(p.name == "level" for p in f.parameters):
        raise LanguageError("the function has a parameter named level already: bind it first")
    inside = Compare("<=", f.body, Symbol("level"))
    body = Piecewise(((Number(Fraction(0)), inside), (Constant("oo"), None)))
    found = replace(
        f, body=body, parameters=(*f.parameters, Parameter("level", Real)), text=text(body)
    )
    return found if level is None else bind(found, {"level": level})
