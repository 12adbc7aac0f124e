"""From what a user writes to a vector norm of one length."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import InputError, NotDerivable, ParameterError
from normcalc.facts import norm_kind
from normcalc.facts.quadratic import gram
from normcalc.forms import as_lp, in_coordinates, lower, polyhedral
from normcalc.forms.constants import constant, expression
from normcalc.induced.vectors.ellipsoid import Ellipsoid
from normcalc.induced.vectors.pnorm import PNorm
from normcalc.induced.vectors.polytope import Polytope
from normcalc.induced.vectors.unstructured import Unstructured
from normcalc.language import function
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Constant, Node, Number
from normcalc.language.shapes import Variable

if TYPE_CHECKING:
    from normcalc.forms import Lp
    from normcalc.induced.vectors.abstract import AbstractVectorNorm

VectorNorm = Function | str | float
_LONGEST_WRITTEN_OUT = 4  # beyond, a polytope in coordinates may have thousands of facets


def as_norm(given: VectorNorm) -> Function:
    """Return the vector norm that was given, once it is known to be one.

    Parameters
    ----------
    given : Function, str or float
        A norm without parameters, its formula, or the order of a p-norm, ``inf`` included.

    Raises
    ------
    NotDerivable
        It is no norm, or cannot be shown to be one.

    Examples
    --------
    >>> print(as_norm(1))
    norm(x, 1)
    >>> as_norm("norm(x, 1/2)")
    Traceback (most recent call last):
        ...
    normcalc.errors.NotDerivable: norm(x, 1/2) is a quasi-norm with constant 2, and a matrix norm
    is made from norms; ...
    """
    norm = given if isinstance(given, Function) else _made(given)
    if norm.variable.kind == "matrix":
        raise InputError(f"{norm} is a function of a matrix; a norm of vectors is needed here")
    if norm.parameters:
        names = ", ".join(p.name for p in norm.parameters)
        raise ParameterError(
            f"{norm} has parameters; give {names} a value first, with "
            f".bind({norm.parameters[0].name}=...)"
        )
    _check(norm)
    return norm


@lru_cache(maxsize=256)
def _check(norm: Function) -> None:
    kind = norm_kind(norm)
    if kind.kind == "norm":
        return
    article = "an" if str(kind)[0] in "aeiouF" else "a"
    what = {
        "none": "is no norm of any kind",
        "unknown": "cannot be shown to be a norm",
    }.get(kind.kind, f"is {article} {kind}")
    failed = next(
        (f": {name} is {truth}" for name, truth in kind.axioms if truth.value != "YES"), ""
    )
    raise NotDerivable(
        f"{norm} {what}, and a matrix norm is made from norms; "
        f"see nc.facts.norm_kind for each axiom{failed}"
    )


def is_number(given: object) -> bool:
    """Tell whether something is a real number; True and False are none here."""
    return isinstance(given, Real) and not isinstance(given, bool)


def _made(given: str | float) -> Function:
    if isinstance(given, str):
        return function(given)
    if not is_number(given):
        raise InputError(
            f"a vector norm is a Function, a formula or the order of a p-norm; got {given!r}"
        )
    if math.isnan(given) or given < 1:
        raise NotDerivable(f"the order of a p-norm is a number from 1 to inf, not {given}")
    return function("norm(x, oo)") if math.isinf(given) else function("norm(x, p)", p=given)


def resolve(norm: Function, dimension: int) -> AbstractVectorNorm:
    """Return the norm on vectors of one length, with all the structure that it has there.

    Examples
    --------
    >>> resolve(function("sqrt(2*dot(x, x))"), 2).gram()
    Matrix([
    [2, 0],
    [0, 2]])
    >>> resolve(function("norm(x, 1) + norm(x, oo)"), 2).vertex_count
    8
    """
    size = norm.variable.size
    if size is not None and size != dimension:
        raise InputError(f"{norm} is a norm of {size} coordinates; here it gets {dimension}")
    return _structured(norm, dimension) or Unstructured(_written_out(norm, dimension))


@lru_cache(maxsize=128)
def _structured(norm: Function, dimension: int) -> AbstractVectorNorm | None:
    if norm.variable.kind == "scalar":
        weight = _at_one(norm)
        return PNorm(sp.S.One, dimension, weight)
    if dimension == 1:  # every norm of one number is a multiple of its absolute value
        return PNorm(sp.S.One, 1, _at_one(norm))
    if (found := p_norm(norm, dimension)) is not None:
        return found
    if not norm.variable.size and dimension > _LONGEST_WRITTEN_OUT:
        return None
    written = _written_out(norm, dimension)
    gauge = polyhedral(written)
    return _ellipsoid(written) if gauge is None else Polytope(gauge)


def p_norm(norm: Function, dimension: int) -> PNorm | None:
    """Return the multiple of a p-norm that a function of a vector is, or None if it is none."""
    form = as_lp(lower(norm)) if norm.variable.kind == "vector" else None
    return None if form is None else _p_norm(form, dimension)


def _p_norm(form: Lp, dimension: int) -> PNorm | None:
    order = sp.oo if form.order == Constant("oo") else constant(form.order)
    weight = constant(form.weight)
    return None if order is None or weight is None else PNorm(order, dimension, weight)


def _at_one(norm: Function) -> sp.Expr:
    """Return the value at 1, where the norm is one of single numbers."""
    single = in_coordinates(norm, 1) if norm.variable.kind == "vector" else norm
    value = expression(single.body, {single.variable.names[0]: sp.S.One})
    if value is None or not value.is_positive:
        raise NotDerivable(f"the value of {norm} at 1 is not known exactly")
    return value


def _written_out(norm: Function, dimension: int) -> Function:
    if norm.variable.kind == "scalar":
        return replace(norm, variable=Variable(norm.variable.name, "coordinates", 1))
    return in_coordinates(norm, dimension) if norm.variable.kind == "vector" else norm


def _ellipsoid(norm: Function) -> Ellipsoid | None:
    factor, inner = _root(norm.body)
    weight = constant(factor)
    if inner is None or weight is None:
        return None
    found = gram(inner, norm.variable.names)
    if found is None:
        return None
    return Ellipsoid(tuple(tuple(weight**2 * x for x in row) for row in found))


def _root(body: Node) -> tuple[Node, Node | None]:
    """Return c and q with ``body = c*sqrt(q)``; q is None if there is no root."""
    one = Number(Fraction(1))
    match body:
        case Apply("sqrt", (inner,)):
            return one, inner
        case Apply("mul", (factor, Apply("sqrt", (inner,)))):
            return factor, inner
        case Apply("div", (Apply("sqrt", (inner,)), Number(value))):
            return Number(1 / value), inner
    return one, None
