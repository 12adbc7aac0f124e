"""Functions of one number, which is itself a sum over the entries of a vector."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.forms.constants import depends
from normcalc.forms.degree import degree, replaced
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.natural import on_natural_domain
from normcalc.forms.recognise import condition_of, fresh, is_entrywise, order_statistic
from normcalc.forms.terms import about, summands
from normcalc.forms.vectors import Whole
from normcalc.language.nodes import Apply, Compare, Logic, Node, Number, Piecewise, Symbol, walk
from normcalc.language.shapes import Variable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from normcalc.language.function import Function

_ZERO = Number(Fraction(0))
_SMOOTH = frozenset({"add", "sub", "neg", "mul", "div", "pow", "exp", "log", "sqrt"})


@dataclass(frozen=True)
class OfSum(Whole):
    """``outer(total)``, the total being the sum or the mean of a smooth function of the entries.

    Parameters
    ----------
    outer : Function
        A function of one real variable.
    total : Function
        ``sum(entry)`` or ``mean(entry)``, a function of the vector.
    entry : Node
        A formula in the variable, which stands for one entry.
    conditions : tuple of Node
        Indicators of the sets in which the entries must lie, as formulas for one entry.
    """

    outer: Function
    total: Function
    entry: Node
    conditions: tuple[Node, ...] = ()

    @property
    def is_mean(self) -> bool:
        """Whether the total is a mean."""
        return isinstance(self.total.body, Apply) and self.total.body.head == "mean"


@dataclass(frozen=True)
class OrderedImage(Whole):
    """A linear function of the values ``element(x_i)`` in decreasing order.

    The terms are those of `normcalc.forms.Ordered`.
    """

    terms: tuple[tuple[Node, str, Node | None], ...]
    element: Function


def ordered_values(
    function: Function,
) -> tuple[tuple[tuple[Node, str, Node | None], ...], Node] | None:
    """Return the order statistics that a function adds up, and the values they are taken of.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> from normcalc.language.text import text
    >>> terms, base = ordered_values(function("sum(x**2) + sum_largest(x**2, 2)"))
    >>> [head for _, head, _ in terms], text(base)
    (['sum', 'sum_largest'], 'x**2')
    """
    name = function.variable.name
    terms = summands(function)
    for base in dict.fromkeys(_ordered_in(terms[0].core)):
        found = [order_statistic(term.core, base) for term in terms]
        if all(found) and is_entrywise(base, name):
            pairs = zip(terms, found, strict=True)
            return tuple((term.factor, *one) for term, one in pairs if one), base
    return None


def _ordered_in(core: Node) -> Iterator[Node]:
    """Yield what an order statistic may be of."""
    args = core.args if isinstance(core, Apply) else ()
    for arg in args:
        yield arg.args[0] if isinstance(arg, Apply) and arg.head == "sort" else arg


def of_sum(function: Function, core: Node, conditions: Sequence[Node]) -> OfSum | None:
    """Return a term as a function of one sum over the entries, if it is one.

    A product of positive entries is the exponential of the sum of their logarithms.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> f = function("lam*log(sum(exp(x)))")
    >>> print(of_sum(f, f.body, []).outer)
    lam*log(s)
    """
    name = function.variable.name
    if function.variable.kind != "vector" or any(condition_of(c) is None for c in conditions):
        return None
    new = fresh("s", core)
    for node in walk(core):
        found = _total(node, name, new, are_positive(conditions, name))
        if found is None or degree(found[1], name) <= 1 or not _is_smooth(found[1], name):
            continue
        total, entry, number = found
        rest = replaced(core, node, number)
        if not depends(rest, (name,)):
            outer = about(function, rest, Variable(new, "scalar"))
            whole = about(function, total, function.variable)
            return OfSum(function, outer, whole, entry, tuple(conditions))
    return None


def _total(node: Node, name: str, new: str, positive: bool) -> tuple[Node, Node, Node] | None:
    """Return the total, one entry of it, and what the total stands for in the formula."""
    x, s = Symbol(name), Symbol(new)
    match node:
        case Apply("sum" | "mean", (entry,)):
            return node, entry, s
        case Apply("dot", (left, right)) if left != right:
            entry = product_of([left, right])
            return Apply("sum", (entry,)), entry, s
        case Apply("prod", (inner,)) if inner == x and positive:
            entry = Apply("log", (x,))
            return Apply("sum", (entry,)), entry, Apply("exp", (s,))
    return None


def _is_smooth(entry: Node, name: str) -> bool:
    """Tell whether a formula has no kinks, choices or operations on vectors."""
    parts = [p for p in walk(entry) if depends(p, (name,)) and not isinstance(p, Symbol)]
    return all(isinstance(p, Apply) and p.head in _SMOOTH for p in parts)


def are_positive(conditions: Sequence[Node], name: str) -> bool:
    """Tell whether the conditions on one entry say, word for word, that it is not negative.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> are_positive([parse("indicator(x > 0)")], "x"), are_positive([parse("log(x)")], "x")
    (True, True)
    """
    x = Symbol(name)
    for comparison in (c for body in conditions for c in _demands(on_natural_domain(body, name))):
        left, right, relation = comparison.left, comparison.right, comparison.relation
        if left == x and right == _ZERO and relation in (">", ">="):
            return True
        if right == x and left == _ZERO and relation in ("<", "<="):
            return True
    return False


def _demands(body: Node) -> Iterator[Compare]:
    """Yield comparisons outside which a formula is plus infinity."""
    if not isinstance(body, Piecewise) or len(body.cases) != 2:
        return
    (_, condition), (other, _) = body.cases
    if str(getattr(other, "name", "")) != "oo":
        return
    parts = condition.args if isinstance(condition, Logic) and condition.head == "and" else ()
    yield from (part for part in (*parts, condition) if isinstance(part, Compare))
