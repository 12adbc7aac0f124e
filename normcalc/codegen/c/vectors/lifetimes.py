"""Which loops of a kernel may give memory back after each turn."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from normcalc.codegen.c.vectors.types import Type, holds_arrays

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def forgets(
    loop: ast.For | ast.While, function: ast.FunctionDef, types: Mapping[str, Type]
) -> bool:
    """Tell whether no array that a turn makes is seen by another turn, or after the loop.

    That holds where each name of an array that the loop assigns is assigned at the beginning of a
    turn, before any use, and used nowhere else.

    Examples
    --------
    >>> tree = ast.parse("def f(x, n):\\n    while n:\\n        y = x + 1\\n        n = y[0]")
    >>> function = tree.body[0]
    >>> forgets(function.body[0], function, {"x": "D1", "y": "D1", "n": "d"})
    True
    >>> tree = ast.parse("def f(x, n):\\n    while n:\\n        x = x + 1\\n        n = x[0]")
    >>> function = tree.body[0]
    >>> forgets(function.body[0], function, {"x": "D1", "n": "d"})
    False
    """
    inside = {id(node) for statement in loop.body for node in ast.walk(statement)}
    for name in _assigned(loop, types):
        uses = [node for node in ast.walk(function)
                if isinstance(node, ast.Name) and node.id == name]  # fmt: skip
        if any(id(node) not in inside for node in uses):
            return False
        if not _set_first(loop, name):
            return False
    return True


def _assigned(loop: ast.For | ast.While, types: Mapping[str, Type]) -> set[str]:
    """Return the names of arrays, or of tuples with arrays, that a loop assigns."""
    arrays = {name.partition("_of_")[0] for name, kind in types.items() if holds_arrays(kind)}
    arrays |= {name for name, kind in types.items() if holds_arrays(kind)}
    stored = {node.id for node in ast.walk(loop)
              if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}  # fmt: skip
    return stored & arrays


def _set_first(loop: ast.For | ast.While, name: str) -> bool:
    """Tell whether a turn assigns a name before it uses it, whatever branch it takes."""
    for statement in loop.body:
        if not any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(statement)):
            continue
        return isinstance(statement, ast.Assign | ast.AnnAssign) and not any(
            node.id == name for node in _loads(statement)
        )
    return True


def _loads(statement: ast.stmt) -> Iterator[ast.Name]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node
