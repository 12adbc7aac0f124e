"""Figures take formulas in every form that `normcalc.function` does."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from normcalc.errors import LanguageError
from normcalc.language import Function, function

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def as_function(given: Any) -> Function:
    """Return a Function from a text or an expression, or as it is."""
    if given is None:
        raise LanguageError("a figure needs a Function or a formula, not None")
    return given if isinstance(given, Function) else function(given)


def takes_formulas(draw: Callable[P, R]) -> Callable[P, R]:
    """Make a Function of the first argument where it is a text or an expression.

    Examples
    --------
    >>> @takes_formulas
    ... def parameters(f):
    ...     return len(f.parameters)
    >>> parameters("lam*abs(x)"), parameters(function("abs(x)"))
    (1, 0)
    """

    @wraps(draw)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if not args:
            return draw(*args, **kwargs)
        first, *rest = cast("tuple[Any, ...]", args)
        return cast("Callable[..., R]", draw)(as_function(first), *rest, **kwargs)

    return run
