"""Which name is the variable, and whether every part of a formula is one number or a vector."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from normcalc.errors import LanguageError
from normcalc.language.limits import MAX_COORDINATES
from normcalc.language.nodes import Apply, Node, Symbol, children, symbols, walk
from normcalc.language.text import text
from normcalc.language.vocabulary import REDUCTIONS, VECTOR_HEADS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


@dataclass(frozen=True)
class Variable:
    """The argument of a function.

    Parameters
    ----------
    name : str
        Its name; coordinates are called name + "1", name + "2", ...
    kind : {"scalar", "coordinates", "vector"}
        One real number; a point given by named coordinates; a vector of any length.
    size : int, optional
        The number of coordinates.

    Examples
    --------
    >>> Variable("x", "coordinates", 3).names
    ('x1', 'x2', 'x3')
    """

    name: str
    kind: Literal["scalar", "coordinates", "vector"]
    size: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that stand for the argument in the formula."""
        if self.size is None:
            return (self.name,)
        return tuple(f"{self.name}{index + 1}" for index in range(self.size))


def find_variable(body: Node, names: Sequence[str] = ()) -> Variable:
    """Return the variable of a formula: the given names, or ``x``, or ``x1, x2, ...``.

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
    found = symbols(body)
    base = names[0] if names else "x"
    highest = _highest_index(base, found)
    if base in found or (names and not highest):
        if highest and not names:
            raise LanguageError(
                f"both x and x{highest} occur; say which is the variable, for example "
                'function(text, "x")'
            )
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
    # the order of a norm is a number, not a vector
    inside = [arg for part in heads for arg in part.args[: 1 if part.head == "norm" else None]]
    return frozenset(name for arg in inside for name in symbols(arg))


def dotted_names(body: Node) -> frozenset[str]:
    """Return the names that stand alone as an argument of ``dot``: they can only be vectors."""
    dots = [part for part in walk(body) if isinstance(part, Apply) and part.head == "dot"]
    return frozenset(arg.name for part in dots for arg in part.args if isinstance(arg, Symbol))


def is_vector(node: Node, vectors: Collection[str]) -> bool:
    """Tell whether a tree has a vector value, given which names are vectors.

    Raises
    ------
    LanguageError
        If an operation on vectors gets one number.
    """
    if isinstance(node, Symbol):
        return node.name in vectors
    parts = [is_vector(child, vectors) for child in children(node)]
    if not isinstance(node, Apply) or node.head not in VECTOR_HEADS:
        return any(parts)
    if not parts[0] or (node.head == "dot" and not parts[1]):
        raise LanguageError(f"{_shown(node)} needs a vector; {_advice(node)}")
    if node.head == "norm" and parts[1]:
        raise LanguageError(f"the order of {_shown(node)} must be one number")
    return node.head not in REDUCTIONS


def _shown(node: Node) -> str:
    written = text(node)
    return written if len(written) <= 60 else written[:57] + "..."


def _advice(node: Apply) -> str:
    if node.head in ("amax", "amin"):
        return f"with two or more arguments, {node.head[1:]} works on numbers"
    return "the variable x is one when it stands inside, a parameter when declared Vector"


def check_shape(body: Node, vectors: Collection[str]) -> None:
    """Raise LanguageError unless the formula gives one number."""
    if is_vector(body, vectors):
        raise LanguageError(
            f"{_shown(body)} is a vector; a function gives one number: use sum, norm, max or dot"
        )
