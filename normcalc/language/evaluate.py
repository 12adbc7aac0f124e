"""A NumPy interpreter for trees: it computes what the user wrote, and rewrites nothing."""

from __future__ import annotations

from functools import cache, lru_cache, reduce
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.errors import LanguageError
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    walk,
)
from normcalc.language.vocabulary import HEADS, REDUCTIONS, TRANSFORMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

# The value of a function made from others is found with what is derived from those: a room to the
# right of this one, which is looked up by name when such a value is asked for, and only then.
_TRANSFORMED = "normcalc.derive.transformed.values_at"

CONSTANTS = {"pi": np.pi, "e": np.e, "oo": np.inf}

COMPARISONS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def evaluate(node: Node, env: Mapping[str, Any]) -> Any:
    """Return the value of a tree for the given names, as a float, a bool or an array.

    Arrays broadcast.  Reductions (``sum``, ``norm``, ``dot``, ...) work on the last axis.  A
    branch that is not selected may be NaN or infinite without harm, and nothing warns.

    Parameters
    ----------
    node : Node
        A formula or a condition.
    env : mapping of str to float or ndarray
        The value of every name in the tree.

    Returns
    -------
    float, bool or ndarray
        A Python number when everything is scalar.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> evaluate(parse("lam*abs(x)"), {"x": -3.0, "lam": 0.5})
    1.5
    """
    value = array_of(node, env)
    if value.ndim and value.shape[-1] == 1 and _reduces(node):
        value = value[..., 0]
    return value.item() if value.ndim == 0 else value


def array_of(node: Node, env: Mapping[str, Any]) -> NDArray[Any]:
    """Return the value of a tree as an array; reductions keep the last axis, with length one.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> array_of(parse("sum(x)"), {"x": np.array([1.0, 2.0])})
    array([3.])
    """
    with np.errstate(all="ignore"):
        return np.asarray(_value(node, env))


@lru_cache(maxsize=4096)
def _reduces(node: Node) -> bool:
    return any(
        (isinstance(part, Apply) and part.head in REDUCTIONS)
        or (isinstance(part, Logic) and part.head == "all")
        for part in walk(node)
    )


def apply_head(head: str, values: Sequence[Any]) -> Any:
    """Return a head of the vocabulary applied to numbers or arrays.

    Examples
    --------
    >>> float(apply_head("max", [1.0, 4.0]))
    4.0
    """
    with np.errstate(all="ignore"):
        return implementation(HEADS[head].numpy)(*values)


@cache
def implementation(path: str) -> Any:
    """Return the function with a dotted name, imported on first use."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _value(node: Node, env: Mapping[str, Any]) -> Any:
    if isinstance(node, Number):
        return float(node.value)
    if isinstance(node, Symbol):
        return _look_up(node.name, env)
    if isinstance(node, Constant):
        return CONSTANTS[node.name]
    if isinstance(node, Apply):
        if node.head in TRANSFORMS:
            return implementation(_TRANSFORMED)(node, _value(node.args[-1], env), env)
        values = [_value(arg, env) for arg in node.args]
        return implementation(HEADS[node.head].numpy)(*values)
    return _condition(node, env) if not isinstance(node, Piecewise) else _first(node, env)


def _look_up(name: str, env: Mapping[str, Any]) -> Any:
    try:
        return env[name]
    except KeyError:
        raise LanguageError(f"no value for {name!r}; given: {', '.join(env) or 'none'}") from None


def _condition(node: Compare | Logic, env: Mapping[str, Any]) -> Any:
    if isinstance(node, Compare):
        return COMPARISONS[node.relation](_value(node.left, env), _value(node.right, env))
    parts = [_value(arg, env) for arg in node.args]
    if node.head == "not":
        return np.logical_not(parts[0])
    if node.head == "all":
        return np.all(parts[0], axis=-1, keepdims=True)
    return reduce(np.logical_and if node.head == "and" else np.logical_or, parts)


def _first(node: Piecewise, env: Mapping[str, Any]) -> NDArray[np.float64]:
    result: Any = np.nan
    for value, condition in reversed(node.cases):
        holds = True if condition is None else _value(condition, env)
        result = np.where(holds, _value(value, env), result)
    return np.asarray(result)
