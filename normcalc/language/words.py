"""What single words of a text mean: numbers, and names of parameters."""

from __future__ import annotations

import keyword
from fractions import Fraction

from normcalc.errors import LanguageError
from normcalc.language.limits import MAX_DECIMAL_EXPONENT, MAX_DIGITS
from normcalc.language.nodes import Number


def literal(word: str) -> Number:
    """Return the exact value of a literal, within the limits on its length."""
    mantissa, _, exponent = word.lower().partition("e")
    too_long = len(mantissa) > MAX_DIGITS or len(exponent) > 5
    if too_long or abs(int(exponent or 0)) > MAX_DECIMAL_EXPONENT:
        raise LanguageError(
            f"numbers have at most {MAX_DIGITS} digits and a decimal exponent of at most "
            f"{MAX_DECIMAL_EXPONENT} in absolute value"
        )
    return Number(Fraction(word))


def parameter_name(word: str) -> str:
    """Return the name under which a word can be passed as a keyword argument.

    Examples
    --------
    >>> parameter_name("lambda"), parameter_name("gamma")
    ('lambda_', 'gamma')
    """
    if word == "lambda":
        return "lambda_"
    if keyword.iskeyword(word):
        raise LanguageError(f"{word!r} is a Python keyword; name the parameter {word}_")
    return word
