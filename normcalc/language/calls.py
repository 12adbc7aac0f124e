"""What ``name(argument, ...)`` means: the vocabulary, and a few words that are short for trees."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from functools import reduce

from normcalc.errors import LanguageError
from normcalc.language.construct import (
    FALSE,
    TRUE,
    conjunction,
    disjunction,
    negation,
    number,
    over,
    plus,
    power,
)
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Relation,
    walk,
)
from normcalc.language.transforms import HERE, SETS, is_transform
from normcalc.language.vocabulary import HEADS, SPELLINGS, TRANSFORMS

Item = Node | tuple["Item", ...]


def is_condition(item: Item) -> bool:
    """Tell whether a tree is true or false rather than a number."""
    return isinstance(item, Compare | Logic)


def as_number(item: Item, where: str) -> Node:
    """Return the item, or raise if it is a condition or a tuple.

    Examples
    --------
    >>> as_number(TRUE, "abs")
    Traceback (most recent call last):
        ...
    normcalc.errors.LanguageError: abs takes a number, not a condition; ...
    """
    if isinstance(item, tuple):
        raise LanguageError(f"{where} takes a number, not a tuple")
    if is_condition(item):
        raise LanguageError(
            f"{where} takes a number, not a condition; use Piecewise((value, condition), ...) "
            "or where(condition, a, b)"
        )
    return item


def as_condition(item: Item, where: str) -> Node:
    """Return the item, or raise if it is not a condition."""
    if isinstance(item, tuple) or not is_condition(item):
        raise LanguageError(f"{where} takes a condition such as x > 0, not a number")
    return item


def call(name: str, args: Sequence[Item]) -> Node:
    """Return the tree that ``name(*args)`` stands for.

    Examples
    --------
    >>> from normcalc.language.nodes import Symbol
    >>> call("Abs", [Symbol("x")])
    Apply(head='abs', args=(Symbol(name='x'),))
    """
    if name in _SPECIAL:
        least, most, build = _SPECIAL[name]
        _check_arity(name, len(args), least, most)
        return build(name, args)
    if name not in SPELLINGS:
        raise LanguageError(unknown_function(name))
    head = HEADS[SPELLINGS[name]]
    _check_arity(name, len(args), head.least, head.most)
    return Apply(head.name, tuple(as_number(arg, name) for arg in args))


def is_function(name: str) -> bool:
    """Tell whether a name is taken by a function."""
    return name in _SPECIAL or name in SPELLINGS


def unknown_function(name: str) -> str:
    """Return the message for a function that is not in the vocabulary."""
    known = sorted({*SPELLINGS, *_SPECIAL})
    by_lower = {word.lower(): word for word in known}
    close = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    hint = " or ".join(by_lower[word] for word in close)
    if hint:
        return f"unknown function {name!r}; did you mean {hint}?"
    return (
        f"{name!r} is not a function of the language; for a product write {name}*(...). "
        f"Functions: {', '.join(sorted(set(SPELLINGS.values()) | {'Piecewise', 'where'}))}"
    )


def _check_arity(name: str, given: int, least: int, most: int | None) -> None:
    if given < least or (most is not None and given > most):
        wanted = f"{least}" if most == least else f"{least} to {most}" if most else f">= {least}"
        raise LanguageError(f"{name} takes {wanted} argument(s), {given} given")


def _extremum(name: str, args: Sequence[Item]) -> Node:
    head = SPELLINGS[name]
    values = tuple(as_number(arg, name) for arg in args)
    return Apply(head if len(values) > 1 else f"a{head}", values)


def _norm(name: str, args: Sequence[Item]) -> Node:
    order = as_number(args[1], name) if len(args) == 2 else number(2)
    if isinstance(order, Number) and order.value < 0:
        raise LanguageError(f"norm needs an order p >= 0, not {order.value}")
    if isinstance(args[0], tuple):
        return _norm_of_entries([as_number(entry, name) for entry in args[0]], order)
    return Apply("norm", (as_number(args[0], name), order))


def _norm_of_entries(entries: Sequence[Node], order: Node) -> Node:
    """Write the norm of named entries out: ``norm((x1, x2))`` is ``sqrt(x1**2 + x2**2)``."""
    if order == number(0):
        raise LanguageError("norm of order 0 counts entries of a vector, not of a tuple")
    if order == number(2):
        return Apply("sqrt", (reduce(plus, [power(entry, order) for entry in entries]),))
    sizes: list[Node] = [Apply("abs", (entry,)) for entry in entries]
    if order == CONSTANT_NAMES["oo"]:
        return Apply("max", tuple(sizes)) if len(sizes) > 1 else sizes[0]
    if order == number(1):
        return reduce(plus, sizes)
    return power(reduce(plus, [power(size, order) for size in sizes]), over(number(1), order))


def _log(name: str, args: Sequence[Item]) -> Node:
    natural = [Apply("log", (as_number(arg, name),)) for arg in args]
    return natural[0] if len(natural) == 1 else over(*natural)


def _log_base(name: str, args: Sequence[Item]) -> Node:
    return _log(name, [args[0], number(int(name[3:]))])


def _heaviside(name: str, args: Sequence[Item]) -> Node:
    x = as_number(args[0], name)
    default = number(1) if name == "heaviside" else over(number(1), number(2))
    at_zero = as_number(args[1], name) if len(args) == 2 else default
    if at_zero == number(1):
        return Apply("heaviside", (x,))
    zero = number(0)
    cases = ((number(1), Compare(">", x, zero)), (at_zero, Compare("==", x, zero)), (zero, None))
    return Piecewise(cases)


def _clip(name: str, args: Sequence[Item]) -> Node:
    x, lo, hi = (as_number(arg, name) for arg in args)
    return Apply("min", (Apply("max", (x, lo)), hi))


def _power(name: str, args: Sequence[Item]) -> Node:
    return power(as_number(args[0], name), as_number(args[1], name))


def _square(name: str, args: Sequence[Item]) -> Node:
    return power(as_number(args[0], name), number(2))


def _rational(name: str, args: Sequence[Item]) -> Node:
    parts = [as_number(arg, name) for arg in args]
    if not all(isinstance(part, Number) for part in parts):
        raise LanguageError(f"{name} takes literal numbers; write a/b for a quotient")
    return parts[0] if len(parts) == 1 else over(*parts)


def _where(name: str, args: Sequence[Item]) -> Node:
    condition = as_condition(args[0], name)
    yes, no = (as_number(arg, name) for arg in args[1:])
    return piecewise([(yes, condition), (no, TRUE)])


def _cases(name: str, args: Sequence[Item]) -> Node:
    pairs = []
    for arg in args:
        if not isinstance(arg, tuple) or len(arg) != 2:
            raise LanguageError("Piecewise takes pairs: Piecewise((value, condition), ...)")
        pairs.append((as_number(arg[0], name), as_condition(arg[1], name)))
    return piecewise(pairs)


def piecewise(pairs: Sequence[tuple[Node, Node]]) -> Node:
    """Return the Piecewise of (value, condition) pairs, simplified where a condition is constant.

    Examples
    --------
    >>> from normcalc.language.nodes import Symbol
    >>> piecewise([(Symbol("x"), TRUE)])
    Symbol(name='x')
    """
    cases: list[tuple[Node, Node | None]] = []
    for value, condition in pairs:
        if condition == FALSE:
            continue
        cases.append((value, None if condition == TRUE else condition))
        if condition == TRUE:
            break
    if not cases:
        raise LanguageError("no case of the Piecewise ever holds")
    return cases[0][0] if cases[0][1] is None else Piecewise(tuple(cases))


def _indicator(name: str, args: Sequence[Item]) -> Node:
    return piecewise([(number(0), as_condition(args[0], name)), (Constant("oo"), TRUE)])


def _transform(name: str, args: Sequence[Item]) -> Node:
    """Return a function made from others, at the variable of the formula it stands in."""
    made = [
        _indicator(name, [arg]) if name in SETS and is_condition(arg) else as_number(arg, name)
        for arg in args
    ]
    if name in SETS and not any(_may_be_infinite(arg) for arg in made):
        raise LanguageError(f"{name} is made from a set: write a condition, such as norm(x) <= 1")
    return Apply(name, (*made, HERE))


def _may_be_infinite(node: Node) -> bool:
    """Tell whether a formula can be the indicator of a set."""
    return any(part == Constant("oo") or is_transform(part) for part in walk(node))


def at(transform: Item, point: Sequence[Item]) -> Node:
    """Return a transform at another point."""
    assert isinstance(transform, Apply)
    if transform.args[-1] != HERE or len(point) != 1:
        raise LanguageError(f"{transform.head}(...) is taken at one point: write f(...)(A @ x)")
    return Apply(transform.head, (*transform.args[:-1], as_number(point[0], transform.head)))


def _all(name: str, args: Sequence[Item]) -> Node:
    return Logic("all", (as_condition(args[0], name),))


def _listed(head: str, outer: str, inner: str = "") -> _Builder:
    """Build the sum, or the number of nonzero entries, of a list made from a matrix."""

    def build(name: str, args: Sequence[Item]) -> Node:
        values: Node = Apply(head, (as_number(args[0], name),))
        values = Apply(inner, (values,)) if inner else values
        return Apply("norm", (values, number(0))) if outer == "norm" else Apply(outer, (values,))

    return build


def _logic(name: str, args: Sequence[Item]) -> Node:
    parts = [as_condition(arg, name) for arg in args]
    return conjunction(*parts) if name == "And" else disjunction(*parts)


def _not(name: str, args: Sequence[Item]) -> Node:
    return negation(as_condition(args[0], name))


_Builder = Callable[[str, Sequence[Item]], Node]

RELATION_NAMES: dict[str, Relation] = {
    "Eq": "==", "Ne": "!=", "Lt": "<", "Le": "<=", "Gt": ">", "Ge": ">=",
}  # fmt: skip


def _relation(name: str, args: Sequence[Item]) -> Node:
    left, right = (as_number(arg, name) for arg in args)
    return Compare(RELATION_NAMES[name], left, right)


_SPECIAL: dict[str, tuple[int, int | None, _Builder]] = {
    "Piecewise": (1, None, _cases),
    "where": (3, 3, _where),
    "And": (1, None, _logic),
    "Or": (1, None, _logic),
    "Not": (1, 1, _not),
    **dict.fromkeys(RELATION_NAMES, (2, 2, _relation)),
    "Rational": (1, 2, _rational),
    **dict.fromkeys(("max", "Max", "min", "Min"), (1, None, _extremum)),
    "norm": (1, 2, _norm),
    **dict.fromkeys(("log", "ln"), (1, 2, _log)),
    **dict.fromkeys(("log2", "log10"), (1, 1, _log_base)),
    **dict.fromkeys(("heaviside", "Heaviside"), (1, 2, _heaviside)),
    "clip": (3, 3, _clip),
    **dict.fromkeys(("power", "Pow"), (2, 2, _power)),
    "square": (1, 1, _square),
    "indicator": (1, 1, _indicator),
    "all": (1, 1, _all),
    "trace": (1, 1, _listed("diagonal", "sum")),
    "logdet": (1, 1, _listed("eigenvalues", "sum", "log")),
    "rank": (1, 1, _listed("singular_values", "norm")),
    **{name: (HEADS[name].least, HEADS[name].most, _transform) for name in TRANSFORMS},
}

CONSTANT_NAMES = {"pi": Constant("pi"), "oo": Constant("oo"), "inf": Constant("oo")}
