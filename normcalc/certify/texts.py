"""Operators typed as formulas: read by the language's own parser, and by nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from normcalc.errors import InputError
from normcalc.language import evaluate, parse
from normcalc.language.nodes import symbols

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.language import Function


def operator_of(text: str, function: Function) -> Callable[..., Any]:
    """Return the operator ``op(v, step, **parameters)`` that a formula describes.

    Raises
    ------
    LanguageError
        If the text is not in the language.
    InputError
        If it uses a name other than ``v``, ``step`` and the parameters of `function`.

    Examples
    --------
    >>> from normcalc.language import function
    >>> soft = operator_of("sign(v)*max(abs(v) - lam*step, 0)", function("lam*abs(x)"))
    >>> soft(-3.0, step=1.0, lam=0.5)
    -2.5
    """
    formula = parse(text)
    allowed = ("v", "step", *(parameter.name for parameter in function.parameters))
    strange = [name for name in symbols(formula) if name not in allowed]
    if strange:
        raise InputError(
            f"operator: {strange[0]!r} is not known; an operator is written in "
            f"{', '.join(allowed)}"
        )

    def operator(v: Any, step: float, **parameters: float) -> Any:
        return evaluate(formula, {"v": v, "step": step, **parameters})

    operator.__qualname__ = " ".join(text.split())
    return operator
