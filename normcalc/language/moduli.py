"""Complex arguments: which formulas mean something for them, decided from the tree.

Two questions are answered.  A formula has a value at complex vectors where the variable occurs
only inside moduli, norms and singular values of linear expressions.  It is a function of the
moduli ``|x_i|``, or of the singular values, where those expressions are the variable itself,
rearranged or scaled: then the phases of its argument do not matter.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from normcalc.errors import InputError
from normcalc.language.nodes import Apply, Compare, Node, Number, Symbol, children, symbols
from normcalc.language.text import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.language.function import Function

Sizes = Literal["moduli", "singular values"]

_SIZES = frozenset({"abs", "norm", "group_norms", "row_norms", "column_norms", "singular_values"})
_REARRANGED = frozenset({"neg", "entries", "diagonal", "transpose", "entry", "part"})
_SUMS = frozenset({"add", "sub", "sum", "mean", "diff", "cumsum"})
_PRODUCTS = frozenset({"mul", "dot", "image", "product", "solve"})
_ZERO, _TWO = Number(Fraction(0)), Number(Fraction(2))


def check_complex(function: Function) -> None:
    """Raise InputError unless the formula has a value at complex arguments.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> check_complex(function("norm(A @ x, 1)"))
    >>> check_complex(function("x**2/2"))
    Traceback (most recent call last):
        ...
    normcalc.errors.InputError: x**2/2 has no value at complex x: x**2 depends on the phase ...
    """
    name = function.variable.name
    if function.domain is not None:
        raise InputError(
            f"{function} has no value at complex {name}: its domain is an interval of real numbers"
        )
    found = _obstacle(function.body, function.variable.names, _takes_sizes)
    if found is not None:
        raise InputError(
            f"{function} has no value at complex {name}: {text(found)} depends on the phase of "
            f"{name}. Write the formula with {name} inside abs, norm, group_norms, row_norms, "
            f"column_norms or singular_values only, a square as abs({name})**2; or pass "
            f"{name}.real if that is meant"
        )


def sizes_of(function: Function) -> Sizes:
    """Return what of its argument a function depends on, or raise InputError for what it needs.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> sizes_of(function("dot(w, sort(abs(x)))")), sizes_of(function("max(singular_values(X))"))
    ('moduli', 'singular values')
    """
    check_complex(function)
    name, names = function.variable.name, function.variable.names
    mixing = _obstacle(function.body, names, _takes_moduli)
    if mixing is None:
        return "moduli"
    if _obstacle(function.body, names, _takes_singular_values) is None:
        return "singular values"
    way_out = (
        "Operators at complex matrices are known for functions of either alone"
        if function.variable.kind == "matrix"
        else f"Write complex {name} as a real vector of twice the length, and moduli as "
        "group_norms of pairs"
    )
    raise InputError(
        f"{function} is neither a function of the moduli |{name}_i| alone, nor of the singular "
        f"values alone: {text(mixing)} is not determined by the moduli. {way_out}"
    )


def _obstacle(
    node: Node, names: tuple[str, ...], takes_sizes: Callable[[Node, tuple[str, ...]], bool]
) -> Node | None:
    """Return the smallest operation on the variable that is not on its sizes, None without one."""
    if not _holds(node, names) or takes_sizes(node, names):
        return None
    if isinstance(node, Symbol):
        return node
    for child in children(node):
        found = _obstacle(child, names, takes_sizes)
        if found is not None:
            return node if isinstance(found, Symbol) else found
    return None


def _holds(node: Node, names: tuple[str, ...]) -> bool:
    return any(name in names for name in symbols(node))


def _measured(node: Node, names: tuple[str, ...]) -> tuple[Node, ...]:
    """Return the expressions whose moduli, or zeros, are all that a node depends on."""
    if isinstance(node, Compare) and node.relation in ("==", "!="):
        return (node.left, node.right)
    if isinstance(node, Apply) and node.head in _SIZES:
        return () if any(_holds(arg, names) for arg in node.args[1:]) else node.args[:1]
    return ()


def _takes_sizes(node: Node, names: tuple[str, ...]) -> bool:
    measured = _measured(node, names)
    return bool(measured) and all(_is_linear(part, names) for part in measured)


def _is_linear(node: Node, names: tuple[str, ...]) -> bool:
    if not _holds(node, names) or isinstance(node, Symbol):
        return True
    if not isinstance(node, Apply):
        return False
    holding = [arg for arg in node.args if _holds(arg, names)]
    linear = node.head in _SUMS | _REARRANGED
    alone = len(holding) == 1 and (node.head in _PRODUCTS or _is_quotient(node, names))
    return (linear or alone) and all(_is_linear(arg, names) for arg in holding)


def _is_quotient(node: Apply, names: tuple[str, ...]) -> bool:
    return node.head == "div" and not _holds(node.args[1], names)


def _takes_moduli(node: Node, names: tuple[str, ...]) -> bool:
    if isinstance(node, Apply) and node.head == "singular_values":
        return False
    measured = [part for part in _measured(node, names) if part != _ZERO]
    return len(measured) == 1 and _is_rearranged(measured[0], names)


def _is_rearranged(node: Node, names: tuple[str, ...]) -> bool:
    """Tell whether the moduli of an expression are those of the variable, moved or scaled."""
    if isinstance(node, Symbol):
        return node.name in names
    if not isinstance(node, Apply):
        return False
    holding = [arg for arg in node.args if _holds(arg, names)]
    scaled = node.head == "mul" or _is_quotient(node, names)
    kept = len(holding) == 1 and (scaled or node.head in _REARRANGED)
    return kept and _is_rearranged(holding[0], names)


def _takes_singular_values(node: Node, names: tuple[str, ...]) -> bool:
    match node:
        case Apply("singular_values", (inner,)):
            return _is_turned(inner, names)
        case Apply("norm", (Apply("entries", (inner,)), order)):
            return order == _TWO and _is_turned(inner, names)
        case Apply("sum", (Apply("entries", (Apply("pow", (Apply("abs", (inner,)), order)),)),)):
            return order == _TWO and _is_turned(inner, names)
    return False


def _is_turned(node: Node, names: tuple[str, ...]) -> bool:
    """Tell whether an expression is the matrix itself, its transpose, or minus them."""
    while isinstance(node, Apply) and node.head in ("neg", "transpose"):
        node = node.args[0]
    return isinstance(node, Symbol) and node.name in names
