"""Sets as functions: the indicator of a level set."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.errors import LanguageError
from normcalc.language.arithmetic import bind
from normcalc.language.nodes import Compare, Constant, Number, Piecewise, Symbol
from normcalc.language.parameters import Parameter, Real
from normcalc.language.text import text

if TYPE_CHECKING:
    from normcalc.language.function import Function


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
