"""Cut a text into tokens, each with its column."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

from normcalc.errors import LanguageError
from normcalc.language.limits import MAX_LENGTH

_PATTERN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<operator>\*\*|<=|>=|==|!=|[-+*/^<>(),&|~@\[\]:])""",
    re.VERBOSE,
)

# what people paste from papers, and how to write it here
_LOOKALIKES = {
    "−": "-", "–": "-", "—": "-", "·": "*", "×": "*", "∗": "*", "⋅": "*", "÷": "/", "∕": "/",
    "≤": "<=", "≥": ">=", "≠": "!=", "√": "sqrt(...)", "∞": "oo", "π": "pi", "²": "**2",
    "³": "**3", "λ": "lam", "γ": "gamma", "β": "beta", "α": "alpha", "ε": "eps", "δ": "delta",
    "τ": "tau", "μ": "mu", "θ": "theta", "σ": "sigma", "ρ": "rho", "∣": "abs(...)",
    "‖": "norm(...)", "（": "(", "）": ")", "，": ",",
}  # fmt: skip

_NO_TEXT = (
    "text values are not part of the language; norms of a matrix are sum(singular_values(X)) and "
    "norm(entries(X))"
)
_HINTS = {
    ".": "attributes are not part of the language; a formula is made of names, numbers and calls, "
    "for example transpose(X)",
    "'": _NO_TEXT,
    '"': _NO_TEXT,
    "=": "write == to compare; a formula assigns nothing, and instead of axis=... there are "
    "row_norms, column_norms and image_gradient",
    "{": "write groups with ( )",
    "%": "the remainder is not part of the language",
    "!": "write != or not",
    "\\": "LaTeX is not read; write for example sqrt(x)",
}


class Token(NamedTuple):
    """A piece of text: a number, a name, an operator or the end."""

    kind: Literal["number", "name", "operator", "end"]
    word: str
    column: int


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, ending with one of kind "end".

    Examples
    --------
    >>> [token.word for token in tokens("2*x")]
    ['2', '*', 'x', '']
    """
    if len(text) > MAX_LENGTH:
        raise LanguageError(
            f"the formula has {len(text)} characters; the limit is {MAX_LENGTH}. Split it into "
            "parts, or write it as a Python function"
        )
    found: list[Token] = []
    column = 0
    while column < len(text):
        match = _PATTERN.match(text, column)
        if match is None:
            raise LanguageError(_complaint(text[column]), text, column)
        if match.lastgroup != "space":
            found.append(_token(match, text))
        column = match.end()
    return [*found, Token("end", "", len(text))]


def _token(match: re.Match[str], text: str) -> Token:
    word, column = match.group(), match.start()
    if match.lastgroup == "number":
        return Token("number", word, column)
    if match.lastgroup == "operator":
        return Token("operator", word, column)
    if word.startswith("_"):
        raise LanguageError(f"the name {word!r} begins with an underscore", text, column)
    return Token("name", word, column)


def _complaint(character: str) -> str:
    if character in _HINTS:
        return f"{character!r} is not part of the language: {_HINTS[character]}"
    if character in _LOOKALIKES:
        return f"{character!r} is not read; write {_LOOKALIKES[character]}"
    name = unicodedata.name(character, "unnamed character")
    plain = unicodedata.normalize("NFKD", character)[0]
    similar = plain != character and plain.isascii() and plain.isprintable()
    hint = f"; write {plain!r}" if similar else ""
    return f"{character!r} ({name}, U+{ord(character):04X}) is not part of the language{hint}"
