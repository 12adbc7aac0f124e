"""The types of all expressions in a function of a kernel, for the types of its arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from normcalc.codegen.c.vectors.body import Body

if TYPE_CHECKING:
    from normcalc.codegen.c.vectors.types import Type, Value


class Typed(Body):
    """Remembers the type of each expression, and the function that each call is of."""

    def __init__(self, *given: Any) -> None:
        """Start without expressions."""
        super().__init__(*given)
        self.kinds: dict[ast.AST, Type] = {}
        self.instances: dict[ast.AST, Any] = {}

    def value(self, node: ast.expr) -> Value:
        """Return the value, and remember its type."""
        found = super().value(node)
        self.kinds[node] = found.type
        return found

    def at(self, node: ast.Subscript) -> Value:
        """Return a place, and remember its type."""
        found = super().at(node)
        self.kinds[node] = found.type
        return found

    def _own(self, node: ast.Call) -> Value:
        before = len(self.called)
        found = super()._own(node)
        if len(self.called) > before:
            self.instances[node] = self.called[-1]
        return found

    def _augassign(self, node: ast.AugAssign) -> None:
        super()._augassign(node)
        self.kinds[node.target] = self.value(loaded(node.target)).type


def loaded(target: ast.expr) -> ast.expr:
    """Return what is assigned to as an expression."""
    return ast.parse(ast.unparse(target), mode="eval").body
