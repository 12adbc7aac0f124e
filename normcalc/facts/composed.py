"""Convexity of phi(u): phi by the calculus of the line, u by what is known of its curvature.

This is the composition rule of disciplined convex programming, without a table of functions: phi
may be any formula in one variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NormcalcError
from normcalc.facts.outer import substitute
from normcalc.facts.regimes import ask
from normcalc.facts.scalar import convex_on_line
from normcalc.facts.search import parameter_values
from normcalc.forms.constants import depends
from normcalc.forms.in_coordinates import entry_kind
from normcalc.forms.natural import on_natural_domain
from normcalc.language.construct import negate
from normcalc.language.function import Function
from normcalc.language.nodes import (
    Apply,
    Compare,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    children,
    symbols,
    walk,
)
from normcalc.language.parameters import Parameter
from normcalc.language.shapes import Variable
from normcalc.language.text import text
from normcalc.language.vocabulary import HEADS
from normcalc.line import growth

if TYPE_CHECKING:
    from normcalc.facts.names import Names
    from normcalc.facts.traits import Curvature, Traits

Study = Callable[[Node], "Traits"]
_BY_ENTRY = ("arithmetic", "elementwise", "choice")
_LINE = "t"
_GOES = {"rising": growth.nondecreasing, "falling": growth.nonincreasing}
# One of many parts of a formula is asked about here, each in turn.
_BUDGET = 3.0
_SLACK = 1e-6


def with_curvature(node: Apply | Piecewise, names: Names, found: Traits, study: Study) -> Traits:
    """Add the curvature of a formula in which one part holds the variable."""
    if isinstance(node, Apply) and node.head == "exp":
        return _exponential(node, found, study)
    if isinstance(node, Apply) and node.head == "log" and study(node.args[0]).log_convex:
        return replace(found, curvature="convex", why="the logarithm of a log-convex function")
    affine = (part for child in children(node) for part in _affine(child, names, study))
    for inner in dict.fromkeys((_only(affine), _only(_atoms(node, names)))):
        if inner is None or inner == node:
            continue
        outer = _outer(node, inner, names)
        why = None if outer is None else _rule(outer, study(inner), text(inner))
        if why is not None:
            curved: Curvature = "convex" if why.startswith("convex") else "concave"
            return replace(found, curvature=curved, why=why.partition(": ")[2])
    return found


def _exponential(node: Apply, found: Traits, study: Study) -> Traits:
    convex = study(node.args[0]).convex
    return replace(found, log_convex=True, curvature="convex", why="exp of a convex function",
                   nonnegative=True, positive=True) if convex else found  # fmt: skip


def _only(parts: Iterator[Node]) -> Node | None:
    distinct = set(parts)
    return distinct.pop() if len(distinct) == 1 else None


def _affine(node: Node, names: Names, study: Study) -> Iterator[Node]:
    """Yield the largest affine parts."""
    if not depends(node, names.coordinates):
        return
    if not isinstance(node, Compare) and study(node).curvature == "affine":
        yield node
        return
    for child in children(node):
        yield from _affine(child, names, study)


def _atoms(node: Node, names: Names) -> Iterator[Node]:
    """Yield the largest parts that are not computed entry by entry."""
    if not depends(node, names.coordinates):
        return
    by_entry = not isinstance(node, Apply) or HEADS[node.head].role in _BY_ENTRY
    if isinstance(node, Symbol) or not by_entry:
        yield node
        return
    for child in children(node):
        yield from _atoms(child, names)


def _outer(node: Node, inner: Node, names: Names) -> Function | None:
    """Return phi with ``node = phi(inner)``, if its parameters are numbers, one for each entry."""
    name = next(n for n in (_LINE, "t0", "t1", "t2") if n not in symbols(node))
    body = substitute(node, {inner: Symbol(name)})
    kinds = {p.name: p.kind for p in names.declared}
    used = [n for n in symbols(body) if n != name]
    plain = all(n in kinds and kinds[n].shape != "matrix" and not _grouped(kinds[n].order)
                for n in used)  # fmt: skip
    if not plain or not all(_is_by_entry(part) for part in walk(body)):
        return None
    parameters = tuple(Parameter(n, entry_kind(kinds[n])) for n in used)
    relations = tuple(c for c in names.given
                      if isinstance(c, Compare) and set(symbols(c)) <= set(used))  # fmt: skip
    return Function(body, Variable(name, "scalar"), parameters, relations)


def _grouped(order: str | None) -> bool:
    return order in ("groups", "partition")


def _is_by_entry(node: Node) -> bool:
    if isinstance(node, Logic):
        return node.head != "all"
    return not isinstance(node, Apply) or HEADS[node.head].role in _BY_ENTRY


def _rule(outer: Function, part: Traits, shown: str) -> str | None:
    """Return the curvature and the rule of composition that gives it, or None."""
    minus = replace(outer, body=negate(outer.body))
    name, phi = outer.variable.name, text(outer.body)
    for word, function in (("convex", outer), ("concave", minus)):
        goes = _suits(function, part)
        if goes is not None:
            up = goes == "rising" if word == "convex" else goes == "falling"
            monotone = f" and {'nondecreasing' if up else 'nonincreasing'}" if goes else ""
            kind = f"nonnegative and {part.curvature}" if part.nonnegative else part.curvature
            return f"{word}: {phi} is {word}{monotone} in {name} = {shown}, which is {kind}"
    return None


def _suits(phi: Function, part: Traits) -> str | None:
    """Return how phi goes, empty where it need not be known, if phi(u) is convex; else None.

    `phi` is infinite outside its domain.  For a nonnegative u only the half-line counts: phi is
    convex and rises there if and only if ``phi(abs(t))`` is convex.
    """
    if part.curvature == "affine":
        return "" if _holds("convex", phi) else None
    if part.curvature == "convex" and part.nonnegative:
        name = Symbol(phi.variable.name)
        even = replace(phi, body=substitute(phi.body, {name: Apply("abs", (name,))}))
        return "rising" if _holds("convex", even) else None
    if part.curvature is None:
        return None
    if part.nonnegative:
        phi = replace(phi, domain=(Fraction(0), None))
    goes = "rising" if part.curvature == "convex" else "falling"
    return goes if _holds("convex", phi) and _holds(goes, phi) else None


def rises_on_half_line(node: Node, names: Names, grows: Callable[[Node], bool]) -> bool:
    """Tell whether ``node = phi(u)``, u is not negative and grows, and phi rises from zero on."""
    inner = _only(_atoms(node, names))
    outer = None if inner in (None, node) or inner is None else _outer(node, inner, names)
    if inner is None or outer is None or not grows(inner):
        return False
    name = Symbol(outer.variable.name)
    flat = Apply("max", (name, Number(Fraction(0))))
    return _holds("rising", replace(outer, body=substitute(outer.body, {name: flat})))


@lru_cache(maxsize=1024)
def _holds(nature: str, function: Function) -> bool:
    body = on_natural_domain(function.body, function.variable.name)
    asked = replace(function, body=body)
    if not _plausible(nature, asked):
        return False
    try:
        if nature == "convex":
            return convex_on_line(asked, _BUDGET).value == "YES"
        return ask(asked, _GOES[nature], budget=_BUDGET).value == "YES"
    except (NormcalcError, TypeError):  # SymPy compares no complex numbers
        return False


def _plausible(nature: str, function: Function) -> bool:
    """Tell whether some numbers agree, which costs nothing beside a proof."""
    t = np.linspace(-3.1, 3.3, 65)
    for values in islice(parameter_values(function), 3):
        try:
            f = function.elementwise(t, **{name: float(v) for name, v in values.items()})
        except NormcalcError:
            return True
        with np.errstate(invalid="ignore"):
            slopes = np.diff(f)
        slopes = slopes[np.isfinite(slopes)]
        if nature == "convex" and (np.diff(slopes) < -_SLACK).any():
            return False
        if nature != "convex" and ((slopes if nature == "rising" else -slopes) < -_SLACK).any():
            return False
    return True
