"""Identifiers for generated code: valid, readable, and never twice the same."""

from __future__ import annotations

import keyword
import re
import unicodedata

from normcalc.codegen import carried

# Names that generated modules use for themselves.
RESERVED = frozenset(carried.ALL) | {f"point_{number}" for number in range(64)} | {
    "abs", "annotations", "apart", "apply", "apply_in_place", "apply_rows", "consts", "count",
    "element", "entry", "first", "float", "fused", "i", "inner", "int", "k", "kept", "last",
    "math", "max", "min", "narrow", "njit", "np", "os", "out", "params", "real", "result", "rows",
    "setup", "single", "size", "slack", "slope", "start", "strange", "target", "targets", "type",
    "value", "violated", "work",
}  # fmt: skip


class Names:
    """Hands out identifiers, each once.

    Examples
    --------
    >>> names = Names()
    >>> names.take("lambda"), names.take("x"), names.take("x"), names.take("2 theta")
    ('lambda_', 'x', 'x_2', 'p2theta')
    """

    def __init__(self, taken: frozenset[str] = RESERVED) -> None:
        """Start with the names in `taken` gone."""
        self.taken = set(taken)

    def take(self, wish: str) -> str:
        """Return `wish` made into an identifier that was not handed out before."""
        base = identifier(wish)
        if keyword.iskeyword(base) or base in RESERVED:
            base += "_"
        name, count = base, 1
        while name in self.taken:
            count += 1
            name = f"{base}_{count}"
        self.taken.add(name)
        return name

    def numbered(self, letter: str) -> str:
        """Return the next free name among ``letter1``, ``letter2``, and so on."""
        count = 1
        while f"{letter}{count}" in self.taken:
            count += 1
        return self.take(f"{letter}{count}")


def identifier(wish: str) -> str:
    """Return `wish` without the characters that no Python identifier may hold."""
    kept = re.sub(r"\W", "", unicodedata.normalize("NFKC", wish))
    return kept if kept.isidentifier() else f"p{kept}"
