"""Types of the values in a kernel of vectors, as C has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    import ast

# A number is "d" or "i"; an array "D1", "D2", "D3", "I1", ... by its entries and dimensions; a
# tuple is a tuple of types; "" is nothing.
Type = object


@dataclass(frozen=True, eq=False)
class Closure:
    """A function in the text of a kernel, with what its names stand for."""

    node: ast.FunctionDef
    space: dict[str, object] = field(repr=False)


class Cast(NamedTuple):
    """What ``type(x)`` is: a function to double precision."""


class Value(NamedTuple):
    """A C expression and its type."""

    text: str
    type: Type


def is_array(kind: Type) -> bool:
    """Tell whether a type is that of an array."""
    return isinstance(kind, str) and len(kind) == 2


def ndim(kind: Type) -> int:
    """Return the number of dimensions."""
    return int(str(kind)[1]) if is_array(kind) else 0


def entry(kind: Type) -> str:
    """Return the type of the entries of an array, or of the number itself."""
    return str(kind)[0].lower()


def joint(a: Type, b: Type) -> Type:
    """Return the type that holds values of both.

    Examples
    --------
    >>> joint("i", "d"), joint("D1", "D1"), joint(None, ("d", "i"))
    ('d', 'D1', ('d', 'i'))
    """
    if a is None or a == b:
        return b
    if b is None:
        return a
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return tuple(joint(x, y) for x, y in zip(a, b, strict=True))
    if {a, b} == {"d", "i"}:
        return "d"
    raise NotDerivable(f"C has one type for a name, and this kernel has {a} and {b}")


def holds_arrays(kind: Type) -> bool:
    """Tell whether values of a type point to memory."""
    return any(map(holds_arrays, kind)) if isinstance(kind, tuple) else is_array(kind)
