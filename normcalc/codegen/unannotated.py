"""Source text without type annotations: what generated files need no names for."""

from __future__ import annotations

import ast


def unannotated(source: str) -> str:
    """Return the text of functions without the types of arguments, results and variables.

    Examples
    --------
    >>> print(unannotated("def f(x: float) -> float:\\n    y: float = x**2\\n    return y"))
    def f(x):
        y = x**2
        return y
    """
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    starts = [sum(map(len, lines[:i])) for i in range(len(lines))]
    text = b"".join(lines)
    for start, end in sorted(_spans(ast.parse(source), text, starts), reverse=True):
        text = text[:start] + text[end:]
    return text.decode()


def _spans(tree: ast.AST, text: bytes, starts: list[int]) -> list[tuple[int, int]]:
    def at(line: int, column: int) -> int:
        return starts[line - 1] + column

    spans = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None:
            start = at(node.lineno, node.col_offset) + len(node.arg.encode())
            spans.append((start, _end(node.annotation, at)))
        elif isinstance(node, ast.AnnAssign):
            spans.append((_end(node.target, at), _end(node.annotation, at)))
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            start = text.rindex(b"->", 0, at(node.returns.lineno, node.returns.col_offset))
            spans.append((len(text[:start].rstrip()), _end(node.returns, at)))
    return spans


def _end(node: ast.expr, at: object) -> int:
    assert callable(at)
    return int(at(node.end_lineno, node.end_col_offset))
