"""How a function treats the entries of its argument: their signs, their growth, their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.facts import claims, trials
from normcalc.facts.axioms import ABSOLUTENESS, MONOTONICITY, Axiom
from normcalc.facts.draws import is_symmetric
from normcalc.facts.hilbertian import squared
from normcalc.facts.rising import rises
from normcalc.facts.setting import Setting, setting
from normcalc.facts.settle import settle
from normcalc.facts.signs import ignores_order, ignores_signs
from normcalc.facts.truth import Truth, all_of, unknown
from normcalc.forms.constants import expression
from normcalc.forms.kinds import parameter_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.forms.polyhedral import Polyhedral
    from normcalc.language.function import Function
    from normcalc.language.nodes import Node


def absolute(function: Function) -> Truth:
    """Answer whether ``f(|x|) = f(x)``: only the sizes of the entries count.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(absolute(function("norm(x, 3)")))
    YES: the variable occurs through the sizes of its entries alone
    >>> print(absolute(function("abs(x1 - x2)")))
    NO: x = (1, -1): f(|x|) = f(x) fails: 0.0 against 2.0
    """
    return absolute_in(setting(function))


def monotone_on_orthant(function: Function) -> Truth:
    """Answer whether ``f(x) <= f(y)`` for ``0 <= x <= y``, entry by entry.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(monotone_on_orthant(function("sum(sqrt(abs(x)))")))
    YES: every operation keeps the order of nonnegative entries
    """
    return monotone_in(setting(function))


def permutation_invariant(function: Function) -> Truth:
    """Answer whether the order of the entries does not matter.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(permutation_invariant(function("max(x) - min(x)")))
    YES: all entries are treated alike
    >>> permutation_invariant(function("abs(x1) + 2*abs(x2)")).value
    'NO'
    """
    return symmetric_in(setting(function))


def absolute_in(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    return settle(prepared, ABSOLUTENESS, _ignoring_signs)


def monotone_in(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    return settle(prepared, MONOTONICITY, _rising)


def symmetric_in(prepared: Setting) -> Truth:
    """Answer the same for a prepared function: two exchanges generate all of them."""
    names = prepared.function.variable.names
    if is_symmetric(prepared.function):
        return unknown("a meaning: an exchange of entries leaves the symmetric matrices")
    if prepared.names.vector or len(names) < 2:
        return settle(prepared, _exchange((1, 0)), _ignoring_order)
    first = settle(prepared, _exchange((1, 0, *range(2, len(names)))), _ignoring_order)
    if len(names) == 2 or first.value != "YES":
        return first
    return all_of(first, settle(prepared, _exchange((*range(1, len(names)), 0)), _ignoring_order))


def _exchange(order: tuple[int, ...]) -> Axiom:
    return Axiom(
        lambda body, names: claims.exchanged(body, names, tuple(names[i] for i in order)),
        trials.symmetry,
    )


def _ignoring_signs(prepared: Setting) -> str | None:
    if prepared.gauge is not None and _is_closed(prepared.gauge, signs=True):
        return "the rows are closed under changes of sign"
    if any(ignores_signs(body, prepared.names) for body in _formulas(prepared)):
        return "the variable occurs through the sizes of its entries alone"
    return None


def _formulas(prepared: Setting) -> Iterator[Node]:
    """Yield the formula, and the square of a root, which says the same without it."""
    yield prepared.body
    square = squared(prepared.body, prepared.names) if prepared.traits.nonnegative else None
    if square is not None:
        yield square


def _rising(prepared: Setting) -> str | None:
    traits = prepared.traits
    if traits.convex and traits.continuous and _ignoring_signs(prepared) is not None:
        return "convex, and even in each entry"
    if rises(prepared.body, prepared.names):
        return "every operation keeps the order of nonnegative entries"
    return None


def _ignoring_order(prepared: Setting) -> str | None:
    if any(ignores_order(body, prepared.names) for body in _formulas(prepared)):
        return "all entries are treated alike"
    if prepared.gauge is not None:
        closed = _is_closed(prepared.gauge, signs=False)
        return "the rows are closed under exchanges of entries" if closed else None
    return "the formula is the same after any exchange" if _same_formula(prepared) else None


def _is_closed(gauge: Polyhedral, signs: bool) -> bool:
    """Tell whether the rows are closed under sign changes, or under exchanges of entries."""
    rows, n = set(gauge.rows), gauge.dimension
    if signs:
        moved = ((*r[:i], -r[i], *r[i + 1 :]) for r in rows for i in range(n))
        return all(row in rows for row in moved)
    cycled = all((*r[1:], r[0]) in rows for r in rows)
    return cycled and (n < 2 or all((r[1], r[0], *r[2:]) in rows for r in rows))


def _same_formula(prepared: Setting) -> bool:
    """Compare the formula with itself after two exchanges, in SymPy's canonical order."""
    names = prepared.function.variable.names
    if prepared.names.vector or len(names) < 2:
        return False
    symbols = {name: sp.Symbol(name, real=True) for name in names}
    value = expression(prepared.body, {**parameter_table(prepared.function), **symbols})
    if value is None:
        return False
    x = list(symbols.values())
    swap = {x[0]: x[1], x[1]: x[0]}
    cycle = dict(zip(x, [*x[1:], x[0]], strict=True))
    return all(value.subs(m, simultaneous=True) == value for m in (swap, cycle))
