"""Every error that normcalc raises, each saying what was asked, what came closest, what to do."""

from __future__ import annotations

from typing import Any


class NormcalcError(Exception):
    """Base class of every error that normcalc raises on purpose."""


class LanguageError(NormcalcError, ValueError):
    """The text, expression or Python function is not in the language.

    Parameters
    ----------
    message : str
        What is wrong and what to write instead.
    text : str, optional
        What the user typed.
    column : int, optional
        Zero-based position in `text` where reading stopped.

    Examples
    --------
    >>> print(LanguageError("unknown name", "foo(x)", 0))
    unknown name
      foo(x)
      ^
    """

    def __init__(self, message: str, text: str | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.column = column

    def __str__(self) -> str:
        """Return the message with a caret under the offending column."""
        if self.text is None or self.column is None:
            return self.message
        start = max(0, self.column - 60)
        shown = self.text[start : self.column + 20].replace("\n", " ")
        return f"{self.message}\n  {shown}\n  {' ' * (self.column - start)}^"


class ParameterError(NormcalcError, ValueError):
    """A value lies outside the kind or the relations that its parameter was declared with."""


class InputError(NormcalcError, ValueError):
    """Numbers handed to an operator, a solver or a figure have the wrong shape, dtype or range."""


class NotDerivable(NormcalcError):
    """No theorem applies, or the object asked for does not exist; the message says which."""


class Unsettled(NormcalcError):
    """A question whose answer is UNKNOWN was used as if it were true or false."""


class Refuted(NormcalcError):
    """A certificate found a counterexample; `witness` holds it.

    Parameters
    ----------
    message : str
        The claim and the counterexample in words.
    witness : dict of str to float or array
        The numbers at which the claim fails.

    Examples
    --------
    >>> Refuted("wrong at v = 2", {"v": 2.0}).witness
    {'v': 2.0}
    """

    def __init__(self, message: str, witness: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.witness = witness or {}


class CacheError(NormcalcError, OSError):
    """The kernel cache directory cannot be used safely."""


class SolverError(NormcalcError):
    """The problem cannot be solved as posed; the message names the missing property."""
