"""Does f come from an inner product?  Then ``f(x)**2 = x' G x``, with the Gram matrix G."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.errors import InputError
from normcalc.facts.axioms import PARALLELOGRAM
from normcalc.facts.quadratic import gram, is_semidefinite
from normcalc.facts.rules import traits
from normcalc.facts.setting import Setting, setting
from normcalc.facts.settle import settle
from normcalc.forms.constants import depends
from normcalc.forms.degree import degree
from normcalc.language.nodes import Apply, Node, Number, Symbol
from normcalc.language.text import text

if TYPE_CHECKING:
    from normcalc.facts.names import Names
    from normcalc.facts.quadratic import Vector
    from normcalc.facts.truth import Truth
    from normcalc.language.function import Function

_HALF, _TWO = Number(Fraction(1, 2)), Number(Fraction(2))


def hilbertian(function: Function) -> Truth:
    """Answer whether f(x)**2 is a quadratic form, which is the parallelogram law for a norm.

    The law characterises the norms that come from an inner product.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(hilbertian(function("sqrt(x1**2 + x1*x2 + x2**2)")))
    YES: f(x)^2 = x' G x with G = ((1, 1/2), (1/2, 1))
    >>> print(hilbertian(function("norm(A @ x)")))
    YES: f(x)^2 = x' G x with G = A' A
    >>> print(hilbertian(function("norm(x, 1)")).witness)
    {'x': (Fraction(1, 1), Fraction(0, 1)), 'y': (Fraction(0, 1), Fraction(1, 1))}
    """
    return hilbertian_in(setting(function))


def gram_matrix(function: Function, size: int, /, **parameters: Any) -> np.ndarray[Any, Any]:
    """Return G with ``f(x)**2 = x' G x`` for vectors of one length, by polarization.

    Parameters
    ----------
    function : Function
        A norm or seminorm of vectors or named coordinates that is hilbertian.
    size : int
        The length of the vectors.
    **parameters : numbers or arrays
        Values of the parameters.

    Raises
    ------
    InputError
        It is not hilbertian, as far as is known.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> gram_matrix(function("norm(diff(x))"), 3)
    array([[ 1., -1.,  0.],
           [-1.,  2., -1.],
           [ 0., -1.,  1.]])
    """
    answer = hilbertian(function)
    if answer.value != "YES":
        raise InputError(f"{function} has no Gram matrix: hilbertian is {answer}")
    eye = np.eye(size)
    plus = function(eye[:, None] + eye[None, :], **parameters)
    minus = function(eye[:, None] - eye[None, :], **parameters)
    found = np.asarray(plus**2 - minus**2) / 4
    return np.round(found, 12) + 0.0


def hilbertian_in(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    return settle(prepared, PARALLELOGRAM, _proof)


def exact_gram(prepared: Setting) -> tuple[Vector, ...] | None:
    """Return the Gram matrix of a function of named coordinates, where there is one."""
    if prepared.names.vector:
        return None
    square = squared(prepared.body, prepared.names)
    found = None if square is None else gram(square, prepared.names.coordinates)
    numbers = found is not None and all(x.is_number for row in found for x in row)
    if found is None or not prepared.traits.nonnegative:
        return None
    return found if not numbers or is_semidefinite(found) else None


def _proof(prepared: Setting) -> str | None:
    if not prepared.names.vector:
        found = exact_gram(prepared)
        if found is None:
            return None
        rows = ", ".join(f"({', '.join(map(str, row))})" for row in found)
        return f"f(x)^2 = x' G x with G = ({rows})"
    (name,) = prepared.names.coordinates
    square = squared(prepared.body, prepared.names)
    if square is None or not prepared.traits.nonnegative:
        return None
    if traits(square, prepared.names).degree != 2 or not _is_quadratic(square, prepared.names):
        return None
    words = _in_words(square, name)
    return f"f({name})^2 = " + (f"{name}' G {name} with G = {words}" if words else text(square))


def _is_quadratic(square: Node, names: Names) -> bool:
    match square:
        case Apply("mul", (factor, rest)) if not depends(factor, names.coordinates):
            return _is_quadratic(rest, names)
        case Apply("dot", (left, right)):
            if all(traits(part, names).mapping is not None for part in (left, right)):
                return True
    return degree(square, names.coordinates[0]) == 2


def squared(node: Node, names: Names) -> Node | None:
    """Return the square of a root, of a 2-norm or of the size of a linear form, without a root.

    Examples
    --------
    >>> from normcalc.facts.names import Names
    >>> from normcalc.language.parser import parse
    >>> print(text(squared(parse("2*sqrt(dot(x, x))"), Names(("x",), shape="vector"))))
    2**2*dot(x, x)
    """
    if not depends(node, names.coordinates):
        return Apply("pow", (node, _TWO))
    if not isinstance(node, Apply):
        return None
    if node.head in ("mul", "div"):
        parts = [squared(arg, names) for arg in node.args]
        return None if None in parts else Apply(node.head, tuple(p for p in parts if p))
    match node:
        case Apply("sqrt", (inner,)) | Apply("pow", (inner, Number(value=_HALF.value))):
            return inner
        case Apply("norm", (inner, Number(value=_TWO.value))):
            return _sum_of_squares(inner)
        case Apply("abs", (inner,)) if traits(inner, names).forms is not None:
            return Apply("mul", (inner, inner))
    return None


def _sum_of_squares(entries: Node) -> Node:
    """The 2-norm of singular values, or of 2-norms of rows, is the 2-norm of all entries."""
    match entries:
        case Apply("singular_values", (matrix,)) | Apply(
            "row_norms" | "column_norms", (matrix, Number(value=_TWO.value))
        ):
            entries = Apply("entries", (matrix,))
    return Apply("dot", (entries, entries))


def _in_words(square: Node, name: str) -> str:
    """Return the Gram matrix as a formula where it has a familiar one."""
    match square:
        case Apply("dot", (Symbol(x), Symbol(y))) if x == y == name:
            return "I"
        case Apply("dot", (Apply("image", (matrix, Symbol(x))), other)) if x == name:
            return f"{text(matrix)}' {text(matrix)}" if square.args[0] == other else ""
        case Apply("dot", (Symbol(x), Apply("image", (matrix, Symbol(y))))) if x == y == name:
            return text(matrix)
        case Apply("sum", (Apply("mul", (w, Apply("pow", (Symbol(x), _)))),)) if x == name:
            return f"diag({text(w)})"
        case Apply("mul", (factor, rest)) if not depends(factor, (name,)):
            inner = _in_words(rest, name)
            return inner and f"{text(factor)} {inner}"
    return ""
