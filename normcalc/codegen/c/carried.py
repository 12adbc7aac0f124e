"""Which functions of ``primitives.c`` a generated file carries inside it."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

_BLOCK = re.compile(r"^/\* [^\n]*(?:\n(?!\}).*)*\n\}\n", re.MULTILINE)
_NAME = re.compile(r"^static \w+ (\w+)\(", re.MULTILINE)


@lru_cache(maxsize=1)
def _functions() -> dict[str, str]:
    """Return every function of the file with its comment, in the order of definition."""
    text = files("normcalc.codegen.c").joinpath("primitives.c").read_text(encoding="utf-8")
    start = text.index("/* The larger of two numbers")
    blocks = [match.group() for match in _BLOCK.finditer(text, start)]
    return {_NAME.findall(block)[0]: block for block in blocks}


def names() -> frozenset[str]:
    """Return the names of all functions that a file may carry.

    Examples
    --------
    >>> "wright_omega" in names()
    True
    """
    return frozenset(_functions())


def carried(text: str) -> list[str]:
    """Return the functions that `text` calls, and those that they call, in order.

    Examples
    --------
    >>> [block.splitlines()[0] for block in carried("softplus(x)")]
    ['/* The larger of two numbers; the first where they do not compare. */',
     '/* log(1 + exp(x)) without overflow. */']
    """
    found: set[str] = set()
    waiting = _called(text)
    while waiting:
        name = waiting.pop()
        found.add(name)
        body = _functions()[name].partition("{")[2]
        waiting |= _called(body) - found
    return [block for name, block in _functions().items() if name in found]


def _called(text: str) -> set[str]:
    return {name for name in _functions() if re.search(rf"\b{name}\(", text)}
