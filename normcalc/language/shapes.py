"""Which name is the variable, and whether every part of a formula is one number or a vector."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from normcalc.errors import LanguageError
from normcalc.language.limits import MAX_COORDINATES
from normcalc.language.nodes import Apply, Compare, Node, Symbol, children, symbols, walk
from normcalc.language.transforms import HERE, outside
from normcalc.language.vocabulary import HEADS, TRANSFORMS, VECTOR_HEADS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


@dataclass(frozen=True)
class Variable:
    """The argument of a function.

    Parameters
    ----------
    name : str
        Its name; coordinates are called name + "1", name + "2", ...
    kind : {"scalar", "coordinates", "vector", "matrix"}
        One real number; a point given by named coordinates; a vector of any length; a matrix.
    size : int, optional
        The number of coordinates.

    Examples
    --------
    >>> Variable("x", "coordinates", 3).names
    ('x1', 'x2', 'x3')
    """

    name: str
    kind: Literal["scalar", "coordinates", "vector", "matrix"]
    size: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that stand for the argument in the formula."""
        if self.size is None:
            return (self.name,)
        return tuple(f"{self.name}{index + 1}" for index in range(self.size))


def find_variable(body: Node, names: Sequence[str] = ()) -> Variable:
    """Return the variable of a formula: the given names, ``x``, ``x1, x2, ...`` or a matrix ``X``.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> find_variable(parse("norm(x, 1)"))
    Variable(name='x', kind='vector', size=None)
    >>> find_variable(parse("max(abs(x1), abs(x3))"))
    Variable(name='x', kind='coordinates', size=3)
    """
    if len(names) > 1:
        return _coordinates_named(names)
    found = {part.name for part in outside(body) if isinstance(part, Symbol)} - {HERE.name}
    base = names[0] if names else "x"
    if not names and "x" not in found and not _highest_index("x", found) and "X" in found:
        return Variable("X", "matrix")
    highest = _highest_index(base, found)
    if base in found or (names and not highest):
        if highest and not names:
            raise LanguageError(
                f"both x and x{highest} occur; say which is the variable, for example "
                'function(text, "x")'
            )
        if base in _listed_names(body):
            return Variable(base, "matrix")
        return Variable(base, "vector" if base in reduced_names(body) else "scalar")
    if highest:
        return Variable(base, "coordinates", highest)
    raise LanguageError(_no_variable(found))


def _coordinates_named(names: Sequence[str]) -> Variable:
    base = names[0].removesuffix("1")
    if base and list(names) == [f"{base}{index + 1}" for index in range(len(names))]:
        return Variable(base, "coordinates", len(names))
    raise LanguageError(
        f"coordinates are named x1, x2, ..., not {', '.join(names)}; rename them, or name one "
        "variable"
    )


def _highest_index(base: str, found: Collection[str]) -> int:
    pattern = re.compile(re.escape(base) + r"([1-9][0-9]{0,8})")
    indices = [int(match[1]) for name in found if (match := pattern.fullmatch(name))]
    if max(indices, default=0) > MAX_COORDINATES:
        raise LanguageError(
            f"{base}{max(indices)} would need {max(indices)} coordinates; the limit is "
            f"{MAX_COORDINATES}. Write vectors with sum, norm, dot, sort and max"
        )
    return max(indices, default=0)


def _no_variable(found: Collection[str]) -> str:
    if not found:
        return (
            "the formula has no variable: write x, or x1, x2, ...; a constant function is for "
            "example 0*x"
        )
    example = min(found, key=len)
    return (
        f"neither x nor x1, x2, ... occurs; found {', '.join(sorted(found))}. Name the variable, "
        f'for example function(text, "{example}")'
    )


def reduced_names(body: Node) -> frozenset[str]:
    """Return the names that occur inside an operation on vectors."""
    heads = [part for part in walk(body) if isinstance(part, Apply) and part.head in VECTOR_HEADS]
    # the order of a norm is a number, not a vector, and groups are neither
    inside = [arg for part in heads for arg in part.args[: _VECTORS_IN.get(part.head, 1)]]
    inside += [part.args[-1] for part in heads if part.head in TRANSFORMS]
    return frozenset(name for arg in inside for name in symbols(arg))


_VECTORS_IN = {"dot": 2, "image": 2, "product": 2, "solve": 2}


def dotted_names(body: Node) -> frozenset[str]:
    """Return the names that can only be vectors.

    They stand alone as an argument of ``dot``, or are added to, or compared with, the image of a
    vector.
    """
    found = {arg.name for arg in _arguments(body, ("dot",)) if isinstance(arg, Symbol)}
    for part in walk(body):
        if isinstance(part, Apply) and part.head in ("add", "sub"):
            terms = [_without_sign(t) for t in part.args]
            if any(isinstance(t, Apply) and t.head == "image" for t in terms):
                found |= {t.name for t in terms if isinstance(t, Symbol)}
        if isinstance(part, Compare) and reduced_names(part):
            sides = (part.left, part.right)
            if any(isinstance(side, Apply) and side.head == "image" for side in sides):
                found |= {side.name for side in sides if isinstance(side, Symbol)}
    return frozenset(found)


def _listed_names(body: Node) -> frozenset[str]:
    """Return the names inside an operation that only a matrix has, such as its eigenvalues."""
    heads = [name for name, head in HEADS.items() if head.role == "listing" or name in _OF_MATRIX]
    return frozenset(name for arg in _arguments(body, heads) for name in _matrices_in(arg))


def _matrices_in(node: Node) -> tuple[str, ...]:
    """Return the names in a matrix; what is made one by ``reshape`` is a vector."""
    if isinstance(node, Apply) and node.head == "reshape":
        return ()
    if isinstance(node, Symbol):
        return (node.name,)
    return tuple(name for child in children(node) for name in _matrices_in(child))


_OF_MATRIX = ("transpose", "block", "image_gradient")


def is_beside_matrix(body: Node, name: str, matrices: Collection[str]) -> bool:
    """Tell whether a name must be a matrix, as it or its image is added to a matrix, or times one.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> formulas = "sum(X - Y)", "A @ X - Y", "X + 1", "Y @ X - b"
    >>> [is_beside_matrix(parse(text), "X", {"A", "Y"}) for text in formulas]
    [True, True, False, False]
    """
    if name in matrix_names(body):
        return True
    for part in walk(body):
        if isinstance(part, Apply) and part.head in ("add", "sub", "mul", "div"):
            sides = [_factors(_without_sign(arg)) for arg in part.args]
            matrix = [bool(side) and side <= set(matrices) for side in sides]
            if any(matrix) and any(name in side for side in sides):
                return True
    return False


def _factors(node: Node) -> set[str]:
    """Return a name itself, or the names in a product of matrices."""
    if isinstance(node, Symbol):
        return {node.name}
    if isinstance(node, Apply) and node.head in ("image", "product"):
        return {name for arg in node.args for name in _factors(arg)}
    return set()


def matrix_names(body: Node) -> frozenset[str]:
    """Return the names that can only be matrices: left of ``@``, in ``solve``, rows of points."""
    found = [
        part.args[_MATRIX_AT[part.head]]
        for part in walk(body)
        if isinstance(part, Apply) and part.head in _MATRIX_AT
    ]
    return frozenset(s for part in found for s in symbols(part))


_MATRIX_AT = {"image": 0, "product": 0, "solve": 0, "atomic_norm": 1, "gauge_of_points": 1}


def set_function_names(body: Node) -> frozenset[str]:
    """Return the names that stand for the values of a function of sets."""
    parts = [part for part in walk(body) if isinstance(part, Apply) and part.head == "lovasz"]
    return frozenset(s for part in parts for s in symbols(part.args[1]))


def grouping_names(body: Node) -> frozenset[str]:
    """Return the names that stand for groups of indices."""
    parts = [part for part in walk(body) if isinstance(part, Apply) and part.head == "group_norms"]
    return frozenset(s for part in parts for s in symbols(part.args[1]))


def counting_names(body: Node) -> frozenset[str]:
    """Return the names that say how many entries ``sum_largest`` takes."""
    parts = [part for part in walk(body) if isinstance(part, Apply) and part.head == "sum_largest"]
    return frozenset(p.args[1].name for p in parts if isinstance(p.args[1], Symbol))


def _arguments(body: Node, heads: Collection[str]) -> list[Node]:
    return [a for p in walk(body) if isinstance(p, Apply) and p.head in heads for a in p.args]


def _without_sign(node: Node) -> Node:
    return node.args[0] if isinstance(node, Apply) and node.head == "neg" else node
