"""Functions and modules stay small enough to read at one sitting.

A code line holds a token that is neither a comment nor part of a docstring.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path
from statistics import median

PACKAGE = Path(__file__).parents[2] / "normcalc"
LONGEST_FUNCTION = 40
LONGEST_MODULE = 300
SILENT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENCODING, tokenize.ENDMARKER,
}  # fmt: skip
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
DOCUMENTED = ast.Module | ast.ClassDef | FUNCTION


def span(node: ast.stmt) -> set[int]:
    """Return the numbers of the lines that a statement covers."""
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def docstring_lines(tree: ast.Module) -> set[int]:
    """Return the numbers of the lines that docstrings cover."""
    documented = [n for n in ast.walk(tree) if isinstance(n, DOCUMENTED)]
    return set().union(
        *(span(n.body[0]) for n in documented if ast.get_docstring(n, clean=False) is not None)
    )


def code_lines(source: str) -> set[int]:
    """Return the numbers of the code lines of a module."""
    loud = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in SILENT
        for line in range(token.start[0], token.end[0] + 1)
    }
    return loud - docstring_lines(ast.parse(source))


def measure(source: str) -> tuple[int, dict[str, int]]:
    """Return the code lines of a module and of each function in it."""
    code = code_lines(source)
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, FUNCTION)]
    return len(code), {f"{n.name}:{n.lineno}": len(code & span(n)) for n in functions}


def package() -> dict[str, tuple[int, dict[str, int]]]:
    """Measure every module of the package."""
    return {
        str(path.relative_to(PACKAGE)): measure(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def test_functions() -> None:
    sizes = {f"{m}:{f}": n for m, (_, fs) in package().items() for f, n in fs.items()}
    print(f"{len(sizes)} functions, median {median(sizes.values())} code lines")
    long = {name: n for name, n in sizes.items() if n > LONGEST_FUNCTION}
    assert not long, long


def test_modules() -> None:
    sizes = {module: lines for module, (lines, _) in package().items()}
    print(f"{len(sizes)} modules, median {median(sizes.values())} code lines")
    long = {name: n for name, n in sizes.items() if n > LONGEST_MODULE}
    assert not long, long


def test_what_counts() -> None:
    source = '"""Doc."""\n\n\ndef f(\n    x,\n):\n    """Doc.\n\n    More.\n    """\n    # why\n'
    source += '    text = """two\n    lines"""\n    return x  # same\n'
    assert measure(source) == (6, {"f:4": 6})


def test_a_long_function_is_seen() -> None:
    source = "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION
    assert measure(source)[1] == {"f:1": LONGEST_FUNCTION + 1}
