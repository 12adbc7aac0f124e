"""How large a formula may be, so that nothing a user passes can hang or exhaust the machine."""

from __future__ import annotations

import math

from normcalc.errors import LanguageError
from normcalc.language.evaluate import apply_head
from normcalc.language.nodes import Apply, Constant, Node, Number, children
from normcalc.language.vocabulary import VECTOR_HEADS

MAX_LENGTH = 10_000
MAX_NESTING = 100
MAX_DEPTH = 150
MAX_DIGITS = 50
MAX_DECIMAL_EXPONENT = 300
MAX_EXPONENT = 1000
MAX_COORDINATES = 1000


def check_size(node: Node) -> Node:
    """Return the node, or raise if it is nested too deeply or holds an impossible constant.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> parse("x + 10**10**10")
    Traceback (most recent call last):
        ...
    normcalc.errors.LanguageError: the exponent 10**10 is larger than 1000 in absolute value...
    """
    _check_depth(node)
    _constant(node)
    return node


def _check_depth(node: Node) -> None:
    level, depth = [node], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise LanguageError(
                f"the formula is nested more than {MAX_DEPTH} levels deep; split it into parts"
            )
        level = [child for parent in level for child in children(parent)]


def _constant(node: Node) -> float | None:
    """Value of a subtree without names, ``None`` for others; every constant must be finite."""
    if isinstance(node, Number):
        return float(node.value)
    if isinstance(node, Constant):
        return {"pi": math.pi, "e": math.e, "oo": math.inf}[node.name]
    values = [_constant(child) for child in children(node)]
    if not isinstance(node, Apply) or node.head in VECTOR_HEADS:
        return None
    if node.head == "pow":
        _check_exponent(node, values[1])
    if any(value is None for value in values):
        return None
    result = apply_head(node.head, values)
    _check_finite(node, float(result), [v for v in values if v is not None])
    return float(result)


def _check_exponent(node: Apply, exponent: float | None) -> None:
    if exponent is not None and math.isfinite(exponent) and abs(exponent) > MAX_EXPONENT:
        raise LanguageError(
            f"the exponent {_shown(node.args[1])} is larger than {MAX_EXPONENT} in absolute "
            "value; use a smaller one, or a parameter"
        )


def _check_finite(node: Node, value: float, parts: list[float]) -> None:
    if math.isnan(value):
        raise LanguageError(f"{_shown(node)} is not a real number")
    if math.isinf(value) and all(math.isfinite(part) for part in parts):
        raise LanguageError(
            f"{_shown(node)} is not a finite number (or too large); write oo for plus infinity"
        )


def _shown(node: Node) -> str:
    from normcalc.language.text import text  # here, since text is needed by errors only

    written = text(node)
    return written if len(written) <= 40 else written[:37] + "..."
