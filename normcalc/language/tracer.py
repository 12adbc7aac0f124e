"""The door for typed Python functions: the function is called once with stand-ins for numbers.

The module provides a stand-in for every function of the vocabulary: ``tracer.exp``,
``tracer.where``, ``tracer.dot`` and so on are made on first use from the one table of heads.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from functools import cache
from numbers import Real
from typing import TYPE_CHECKING, Any

from normcalc.errors import LanguageError
from normcalc.language.annotations import kind_of
from normcalc.language.arithmetic import exact
from normcalc.language.calls import (
    CONSTANT_NAMES,
    Item,
    as_condition,
    as_number,
    call,
    is_condition,
    is_function,
    unknown_function,
)
from normcalc.language.construct import (
    FALSE,
    TRUE,
    conjunction,
    disjunction,
    minus,
    negate,
    negation,
    over,
    plus,
    power,
    times,
)
from normcalc.language.nodes import Compare, Node, Number, Relation, Symbol
from normcalc.language.shapes import Variable
from normcalc.language.words import parameter_name

if TYPE_CHECKING:
    from collections.abc import Callable

# the functions that the package offers for use in Python functions
EXPORTED = (
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "clip", "cos", "cosh", "dot",
    "erf", "erfc", "exp", "expm1", "heaviside", "lambertw", "log", "log1p", "loggamma", "max",
    "maximum", "min", "minimum", "norm", "sign", "sin", "sinh", "sort", "sqrt", "sum", "tan",
    "tanh", "where",
)  # fmt: skip

_NUMPY_ALIKE = ("where", "sum", "max", "amax", "min", "amin", "dot")


@dataclass(frozen=True, eq=False)
class Traced:
    """A stand-in for a number, a vector or a condition, which remembers what is done to it.

    Its operators are those of Python, and give stand-ins again.
    """

    node: Node

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Traced:
        """Read NumPy's own functions and operators, ``numpy.exp(x)`` for example."""
        if method != "__call__" or options:
            raise LanguageError(f"numpy.{ufunc.__name__}.{method} is not part of the language")
        operator = _UFUNC_OPERATORS.get(ufunc.__name__)
        if operator is None:
            return traced(ufunc.__name__)(*inputs)
        build = _OPERATORS[operator]
        return Traced(build(*(to_node(entry) for entry in inputs)))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Traced:
        """Read the few NumPy functions that mean the same here."""
        if func.__name__ not in _NUMPY_ALIKE or kwargs:
            raise LanguageError(f"numpy.{func.__name__} is not part of the language")
        return traced(func.__name__.removeprefix("a"))(*args)


def _compare(relation: Relation) -> Callable[[Node, Node], Node]:
    return lambda a, b: Compare(relation, as_number(a, relation), as_number(b, relation))


def _arithmetic(sign: str, build: Callable[[Node, Node], Node]) -> Callable[[Node, Node], Node]:
    return lambda a, b: build(as_number(a, sign), as_number(b, sign))


def _logic(sign: str, build: Callable[..., Node]) -> Callable[..., Node]:
    return lambda *parts: build(*(as_condition(part, sign) for part in parts))


_OPERATORS: dict[str, Callable[..., Node]] = {
    "add": _arithmetic("+", plus),
    "sub": _arithmetic("-", minus),
    "mul": _arithmetic("*", times),
    "truediv": _arithmetic("/", over),
    "pow": _arithmetic("**", power),
    "lt": _compare("<"),
    "le": _compare("<="),
    "gt": _compare(">"),
    "ge": _compare(">="),
    "eq": _compare("=="),
    "ne": _compare("!="),
    "and": _logic("&", conjunction),
    "or": _logic("|", disjunction),
    "neg": lambda a: negate(as_number(a, "-")),
    "pos": lambda a: as_number(a, "+"),
    "abs": lambda a: call("abs", [a]),
    "invert": _logic("~", negation),
}

_REFLECTED = ("add", "sub", "mul", "truediv", "pow", "and", "or")

_REFUSED = {
    "bool": "a condition on the variable has no truth value while the formula is read: write "
    "nc.where(condition, a, b) instead of if; & | ~ instead of and, or, not; nc.max and nc.min "
    "instead of max and min; (lo < x) & (x < hi) instead of lo < x < hi",
    "float": "a formula is not a float: use nc.exp, nc.log, nc.sqrt, ... instead of the functions "
    "of the math module",
    "int": "a formula is not an int, and rounding is not part of the language",
    "floordiv": "rounding is not part of the language",
    "mod": "remainders are not part of the language",
    "matmul": "write nc.dot(a, b) instead of a @ b",
    "iter": "a formula cannot be iterated over: use nc.sum, nc.max, nc.min, nc.dot, ...",
    "len": "a formula has no length: vectors may have any",
    "getitem": "a formula cannot be indexed: use nc.sum, nc.sort, nc.dot, ...",
}

_UFUNC_OPERATORS = {
    "add": "add", "subtract": "sub", "multiply": "mul", "divide": "truediv", "power": "pow",
    "float_power": "pow", "negative": "neg", "positive": "pos", "less": "lt", "less_equal": "le",
    "greater": "gt", "greater_equal": "ge", "equal": "eq", "not_equal": "ne",
    "logical_and": "and", "logical_or": "or", "logical_not": "invert", "bitwise_and": "and",
    "bitwise_or": "or", "invert": "invert",
}  # fmt: skip


def _install_operators() -> None:
    for name, build in _OPERATORS.items():
        setattr(Traced, f"__{name}__", _method(build))
        if name in _REFLECTED:
            setattr(Traced, f"__r{name}__", _method(build, reflected=True))
    for name, message in _REFUSED.items():
        setattr(Traced, f"__{name}__", _refusal(message))


def _method(build: Callable[..., Node], *, reflected: bool = False) -> Callable[..., Traced]:
    def method(*operands: Any) -> Traced:
        nodes = [to_node(operand) for operand in operands]
        return Traced(build(*(reversed(nodes) if reflected else nodes)))

    return method


def _refusal(message: str) -> Callable[..., None]:
    def refuse(*_: Any) -> None:
        raise LanguageError(message)

    return refuse


_install_operators()


def to_node(value: Any) -> Node:
    """Return the tree of a stand-in or of a number.

    Examples
    --------
    >>> to_node(0.5)
    Number(value=Fraction(1, 2))
    """
    if isinstance(value, Traced):
        return value.node
    if getattr(value, "ndim", None) == 0:
        value = value.item()  # NumPy's numbers and arrays of one number
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, Real) and math.isinf(value):
        infinity = CONSTANT_NAMES["oo"]
        return infinity if float(value) > 0 else negate(infinity)
    if isinstance(value, Real):
        return Number(exact(value))
    raise LanguageError(
        f"{type(value).__name__} {value!r} cannot stand in a formula; numbers can, and arrays are "
        "passed as parameters of kind Vector"
    )


def _to_item(value: Any) -> Item:
    if isinstance(value, tuple | list):
        return tuple(_to_item(entry) for entry in value)
    return to_node(value)


@cache
def traced(name: str) -> Callable[..., Traced]:
    """Return the function of the vocabulary with this name, for use on stand-ins.

    Examples
    --------
    >>> traced("exp")(Traced(Symbol("x"))).node
    Apply(head='exp', args=(Symbol(name='x'),))
    """
    if not is_function(name):
        raise LanguageError(unknown_function(name))

    def apply(*args: Any) -> Traced:
        return Traced(call(name, [_to_item(arg) for arg in args]))

    apply.__name__ = apply.__qualname__ = name
    apply.__doc__ = f"Return ``{name}`` of formulas, for use in a function passed to `function`."
    return apply


def __getattr__(name: str) -> Callable[..., Traced]:
    if name in EXPORTED:
        return traced(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@dataclass(frozen=True)
class Trace:
    """What calling a Python function once has shown."""

    body: Node
    variable: Variable
    kinds: dict[str, Any]


def trace(fn: Callable[..., Any]) -> Trace:
    """Return the tree that a Python function computes.

    Examples
    --------
    >>> def ridge(x, mu):
    ...     return mu*x**2/2
    >>> trace(ridge).variable
    Variable(name='x', kind='scalar', size=None)
    """
    arguments = list(inspect.signature(fn).parameters.values())
    if not arguments:
        raise LanguageError(f"{_name(fn)} has no argument; the first one is the variable")
    for argument in arguments:
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise LanguageError(f"{_name(fn)}: write {argument.name} out, one name a parameter")
    kinds = {a.name: kind_of(fn, a) for a in arguments}
    first = kinds.pop(arguments[0].name)
    is_vector = first is not None and getattr(first, "shape", "scalar") == "vector"
    variable = Variable(arguments[0].name, "vector" if is_vector else "scalar")
    return Trace(_run(fn, arguments), variable, {k: v for k, v in kinds.items() if v is not None})


def _run(fn: Callable[..., Any], arguments: list[inspect.Parameter]) -> Node:
    values = {a.name: Traced(Symbol(parameter_name(a.name))) for a in arguments}
    by_place = [v for a in arguments if a.kind is not a.KEYWORD_ONLY for v in [values[a.name]]]
    by_name = {a.name: values[a.name] for a in arguments if a.kind is a.KEYWORD_ONLY}
    result = fn(*by_place, **by_name)
    if result is None:
        raise LanguageError(f"{_name(fn)} returns nothing")
    node = to_node(result)
    if is_condition(node):
        raise LanguageError(f"{_name(fn)} returns a condition; use nc.where(condition, a, b)")
    return node


def _name(fn: Callable[..., Any]) -> str:
    return getattr(fn, "__name__", type(fn).__name__)
