"""Relations between parameters: read, checked on numbers, and what they say about kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.errors import LanguageError, ParameterError
from normcalc.language.evaluate import evaluate
from normcalc.language.nodes import Compare, Logic, Node, Number, Symbol, symbols
from normcalc.language.parameters import (
    Count,
    Groups,
    Kind,
    Matrix,
    Positive,
    Real,
    SetFunction,
    Vector,
)
from normcalc.language.parser import parse
from normcalc.language.shapes import (
    counting_names,
    dotted_names,
    grouping_names,
    matrix_names,
    set_function_names,
)
from normcalc.language.suggest import did_you_mean
from normcalc.language.symbolic import from_sympy
from normcalc.language.text import text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


def read_relations(where: Any) -> tuple[Compare, ...]:
    """Return the relations in ``"lo < 0 < hi, a <= b"`` or in a list of such texts.

    Examples
    --------
    >>> [text(relation) for relation in read_relations("lo < 0 < hi, a != b")]
    ['lo < 0', '0 < hi', 'a != b']
    """
    if where is None:
        return ()
    entries = where if isinstance(where, list | tuple) else [where]
    nodes = [node for entry in entries for node in _conditions(entry)]
    return tuple(dict.fromkeys(link for node in nodes for link in _links(node)))


def _conditions(entry: Any) -> list[Node]:
    if isinstance(entry, str):
        return _split(entry)
    return [entry] if isinstance(entry, Compare | Logic) else [from_sympy(entry)]


def _split(entry: str) -> list[Node]:
    parts, depth, start = [], 0, 0
    for column, character in enumerate(entry):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(entry[start:column])
            start = column + 1
    return [parse(part) for part in (*parts, entry[start:])]


def _links(node: Node) -> Sequence[Compare]:
    if isinstance(node, Compare):
        return (node,)
    if isinstance(node, Logic) and node.head == "and" and node.args:
        return [link for arg in node.args for link in _links(arg)]
    raise LanguageError(
        f"{text(node)!r} is not a relation between parameters; write for example "
        'where="gamma > 1" or where="lo < 0 < hi"'
    )


def check_names(relations: Iterable[Compare], known: Collection[str]) -> None:
    """Raise ParameterError if a relation speaks of a name that the formula lacks."""
    for relation in relations:
        for name in symbols(relation):
            if name not in known:
                raise ParameterError(
                    f"where: {text(relation)!r} speaks of {name!r}, which is not a parameter; "
                    f"{did_you_mean(name, known)}"
                )


def default_kind(name: str, body: Node, relations: Iterable[Compare]) -> Kind:
    """Return the kind of an undeclared parameter.

    It is Positive, unless it stands alone in ``dot(...)`` (a Vector), to the left of ``@`` (a
    Matrix), for the groups of ``group_norms`` (Groups), the count of ``sum_largest`` (Count) or
    the set function of ``lovasz`` (SetFunction), or a relation makes it zero or less (``lo < 0``,
    ``lo <= -1``: it is Real).

    Examples
    --------
    >>> default_kind("lo", parse("max(lo, x)"), read_relations("lo < 0"))
    Real
    """
    if name in matrix_names(body):
        return Matrix
    if name in grouping_names(body):
        return Groups
    if name in set_function_names(body):
        return SetFunction
    if name in counting_names(body):
        return Count
    if name in dotted_names(body):
        return Vector
    return Real if any(_is_not_positive(name, link) for link in relations) else Positive


def _is_not_positive(name: str, link: Compare) -> bool:
    left, right = link.left, link.right
    if link.relation in (">", ">="):
        left, right = right, left
    if link.relation == "!=":
        return False
    ends = [(left, right), (right, left)] if link.relation == "==" else [(left, right)]
    return any(
        below == Symbol(name) and isinstance(above, Number) and above.value <= 0
        for below, above in ends
    )


def check_relations(relations: Iterable[Compare], env: Mapping[str, Any]) -> None:
    """Raise ParameterError unless the values obey every relation.

    Examples
    --------
    >>> check_relations(read_relations("gamma > step"), {"gamma": 1.0, "step": 2.0})
    Traceback (most recent call last):
        ...
    normcalc.errors.ParameterError: gamma > step does not hold for gamma = 1.0, step = 2.0
    """
    for relation in relations:
        if not np.all(evaluate(relation, env)):
            values = ", ".join(f"{name} = {env[name]}" for name in symbols(relation))
            raise ParameterError(f"{text(relation)} does not hold for {values}")
