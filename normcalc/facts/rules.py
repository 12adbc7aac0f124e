"""Walk a formula and collect its traits: which rule of `traits` each operation calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import sympy as sp

from normcalc.facts import composed, lists, spectral
from normcalc.facts.coefficients import with_maximum, with_quadratic
from normcalc.facts.names import Names
from normcalc.facts.outer import inner_and_outer, outer_facts
from normcalc.facts.traits import (
    BLANK,
    Parity,
    Traits,
    absolute,
    added,
    constant_traits,
    coordinate_traits,
    largest,
    multiplied,
    raised,
    scaled,
    settled,
    smallest,
)
from normcalc.facts.transforms import of_transform
from normcalc.forms.constants import depends, expression
from normcalc.language.nodes import Apply, Compare, Constant, Logic, Node, Piecewise, Symbol, walk
from normcalc.language.text import text
from normcalc.language.transforms import is_transform
from normcalc.language.vocabulary import VECTOR_HEADS

_ODD = frozenset(
    ("sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh", "erf", "cbrt", "sign")
)
_EVEN = frozenset(("cos", "cosh"))
_CONTINUOUS = frozenset(
    ("sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh", "erf", "erfc", "exp", "expm1", "cbrt")
)
_TOTAL = VECTOR_HEADS | {"add", "sub", "mul", "neg", "abs", "max", "min"}
_INFINITE = Constant("oo")
_ZERO, _ONE = sp.Integer(0), sp.Integer(1)


@lru_cache(maxsize=4096)
def traits(node: Node, names: Names) -> Traits:
    """Return what the rules prove about a formula.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> found = traits(parse("sqrt(x1**2 + x2**2) + abs(x1)"), Names(("x1", "x2")))
    >>> found.curvature, found.degree, found.parity
    ('convex', 1, 'even')
    """
    if not depends(node, names.coordinates):
        return _constant(node, names)
    if isinstance(node, Symbol):
        return _variable(node, names)
    if not isinstance(node, Apply | Piecewise):
        return BLANK
    found = _by_operation(node, names)
    if found.curvature is None and len(names.coordinates) + names.vector > 1:
        found = composed.with_curvature(node, names, found, lambda part: traits(part, names))
    linear = found.curvature == "affine" and found.degree == 1
    return replace(found, mapping=node) if names.vector and linear else found


def _by_operation(node: Apply | Piecewise, names: Names) -> Traits:
    if isinstance(node, Piecewise):
        return (
            _counted(node, names)
            or _indicator(node, names)
            or _with_outer(node, names, _cases(node, names))
        )
    found = _of_list(node, names) or _by_head(node, names)
    found = with_quadratic(node, names, found)
    found = with_maximum(node, names, found)
    if found.subadditive and found.zeros is not None:
        return found
    return _with_outer(node, names, found)


def _by_head(node: Apply, names: Names) -> Traits:
    if node.head in lists.RULES:
        plain = spectral.unsorted(node, names.shape_of)
        return lists.RULES[plain.head](names, plain.args, lambda part: traits(part, names))
    if is_transform(node):
        return of_transform(node, names, traits)
    rule = _RULES.get(node.head)
    return rule(names, node.args) if rule else _elementwise(names, node)


def _of_list(node: Apply, names: Names) -> Traits | None:
    """Read a function of singular values or eigenvalues as one of a vector."""
    found = spectral.of_list(node, names)
    if found is None:
        return None
    listing, body, of_vector = found
    inner = traits(listing.args[0], names)
    return spectral.transferred(listing.head, inner, traits(body, of_vector), of_vector)


def _constant(node: Node, names: Names) -> Traits:
    value = expression(node, names.parameters)
    if value is None and all(p.head in _TOTAL for p in walk(node) if isinstance(p, Apply)):
        # a number, or the entries of a vector, of which no more is known
        value = sp.Symbol(text(node), real=True)
    return BLANK if value is None or value.is_real is not True else constant_traits(value)


def _variable(node: Symbol, names: Names) -> Traits:
    if names.vector:
        return replace(coordinate_traits(0, 1), linear=None, mapping=node)
    return coordinate_traits(names.coordinates.index(node.name), len(names.coordinates))


def _parts(names: Names, args: Sequence[Node]) -> list[Traits]:
    return [traits(arg, names) for arg in args]


def _sum(names: Names, args: Sequence[Node]) -> Traits:
    return added(_parts(names, args))


def _difference(names: Names, args: Sequence[Node]) -> Traits:
    left, right = _parts(names, args)
    found = added([left, scaled(-_ONE, right)])
    match args:
        case (Apply("amax", (u,)), Apply("amin", (v,))) if u == v:
            return _width(u, traits(u, names), found)
    return found


def _width(entries: Node, part: Traits, found: Traits) -> Traits:
    """The largest entry minus the least one is zero where all entries are equal."""
    even: Parity | None = "even" if part.parity else None
    zeros = None if part.mapping is None else (Apply("diff", (entries,)),)
    return settled(replace(found, nonnegative=True, parity=even, zeros=zeros))


def _product(names: Names, args: Sequence[Node]) -> Traits:
    factor, moving = _ONE, []
    for arg in args:
        part = traits(arg, names)
        if part.constant is None:
            moving.append((arg, part))
        else:
            factor = factor * part.constant
    if not moving:
        return constant_traits(factor)
    found = moving[0][1]
    for position, (arg, part) in enumerate(moving[1:], start=1):
        square = position == 1 and arg == moving[0][0]
        found = raised(found, sp.Integer(2)) if square else multiplied(found, part)
    lists = {arg for arg, _ in moving if names.shape_of(arg) != "scalar"}
    if len(lists) > 1:
        # two lists may vanish at different places, and their product everywhere
        found = replace(found, zeros=None)
    return scaled(factor, found)


def _quotient(names: Names, args: Sequence[Node]) -> Traits:
    top, bottom = _parts(names, args)
    if bottom.constant is not None:
        return BLANK if bottom.constant == 0 else scaled(1 / bottom.constant, top)
    below = raised(bottom, -_ONE)
    return scaled(top.constant, below) if top.constant is not None else multiplied(top, below)


def _power(names: Names, args: Sequence[Node]) -> Traits:
    base, exponent = _parts(names, args)
    return BLANK if exponent.constant is None else raised(base, exponent.constant)


def _root(names: Names, args: Sequence[Node]) -> Traits:
    return raised(traits(args[0], names), sp.Rational(1, 2))


def _cube_root(names: Names, args: Sequence[Node]) -> Traits:
    part = traits(args[0], names)
    if part.nonnegative:
        return raised(part, sp.Rational(1, 3))
    degree = None if part.degree is None else part.degree / 3
    return Traits(degree=degree, parity=part.parity, continuous=part.continuous)


def _elementwise(names: Names, node: Apply) -> Traits:
    """Everything else keeps at most parity, continuity and degree zero."""
    parts = _parts(names, node.args)
    part = parts[0]
    odd = node.head in _ODD and part.parity == "odd"
    even = part.parity == "even" or (node.head in _EVEN and part.parity is not None)
    # degree zero passes through anything, any degree through sign; a second argument spoils it
    unscaled = part.degree == 0 or (part.degree is not None and node.head == "sign")
    return Traits(
        degree=_ZERO if len(parts) == 1 and unscaled else None,
        parity="odd" if odd else "even" if even and len(parts) == 1 else None,
        positive=node.head == "exp",
        nonnegative=node.head == "exp",
        continuous=node.head in _CONTINUOUS and part.continuous,
    )


def _cases(node: Piecewise, names: Names) -> Traits:
    """A case distinction keeps parity and degree if its conditions do not notice the change."""
    values = [traits(value, names) for value, _ in node.cases]
    conditions = [condition for _, condition in node.cases if condition is not None]
    even = all(v.parity == "even" for v in values) and all(_even(c, names) for c in conditions)
    scales = all(_scales(c, names) for c in conditions)
    degrees = {v.degree for v in values if v.constant != 0}
    return Traits(
        degree=degrees.pop() if scales and len(degrees) == 1 else None,
        parity="even" if even else None,
        nonnegative=all(v.nonnegative for v in values),
        positive=all(v.positive for v in values),
    )


def _counted(node: Piecewise, names: Names) -> Traits | None:
    """``0 if e == 0 else c`` with e linear and c > 0: counts, and satisfies the triangle."""
    if len(node.cases) != 2:
        return None
    (first, condition), (second, _) = node.cases
    if not isinstance(condition, Compare):
        return None
    if condition.relation == "!=":
        first, second = second, first
    elif condition.relation != "==":
        return None
    zero, height = traits(first, names).constant, traits(second, names).constant
    left, right = traits(condition.left, names), traits(condition.right, names)
    gap = added([left, scaled(-_ONE, right)])
    # a nonnegative formula vanishes, as a linear one does, on a subspace
    zeros = gap.forms or (gap.zeros if gap.subadditive else None)
    if zero != 0 or height is None or not height.is_positive or zeros is None:
        return None
    return Traits(degree=_ZERO, parity="even", nonnegative=True, zeros=zeros, subadditive=True,
                  radial=True)  # fmt: skip


def _indicator(node: Piecewise, names: Names) -> Traits | None:
    """A value where conditions hold and plus infinity elsewhere: convex on a convex set."""
    (value, condition), *rest = node.cases
    if condition is None or rest != [(_INFINITE, None)]:
        return None
    part = traits(value, names)
    cone = _scales(condition, names)
    even = part.parity == "even" and _even(condition, names)
    return settled(
        Traits(
            degree=(_ONE if part.constant == 0 else part.degree) if cone else None,
            parity="even" if even else None,
            curvature="convex" if part.convex and _is_convex_set(condition, names) else None,
            nonnegative=part.nonnegative,
            positive=part.positive,
            why="a convex function on a convex set, plus infinity elsewhere",
        )
    )


def _is_convex_set(condition: Node, names: Names) -> bool:
    if isinstance(condition, Logic) and condition.head == "and":
        return all(_is_convex_set(arg, names) for arg in condition.args)
    every = isinstance(condition, Logic) and condition.head == "all"
    # Unions and complements of convex sets are none, as a rule.
    compared = condition.args[0] if isinstance(condition, Logic) and every else condition
    if not isinstance(compared, Compare):
        return False
    gap: Node = Apply("sub", (compared.left, compared.right))
    if compared.relation == "==":
        return traits(gap, names).curvature == "affine"
    below = compared.relation in ("<", "<=")
    if every:
        gap = Apply("amax" if below else "amin", (gap,))
    found = traits(gap, names)
    return found.convex if below else compared.relation != "!=" and found.concave


def _even(condition: Node, names: Names) -> bool:
    if not isinstance(condition, Compare):
        return all(_even(arg, names) for arg in getattr(condition, "args", (None,)) if arg)
    sides = [traits(condition.left, names), traits(condition.right, names)]
    difference = added([sides[0], scaled(-_ONE, sides[1])])
    symmetric = ("even", "odd") if condition.relation in ("==", "!=") else ("even",)
    return difference.parity in symmetric


def _scales(condition: Node, names: Names) -> bool:
    if not isinstance(condition, Compare):
        return all(_scales(arg, names) for arg in getattr(condition, "args", ()))
    sides = [traits(condition.left, names), traits(condition.right, names)]
    return added([sides[0], scaled(-_ONE, sides[1])]).degree is not None


def _with_outer(node: Apply | Piecewise, names: Names, found: Traits) -> Traits:
    """Read the formula as phi(s), s nonnegative and subadditive, and study phi."""
    split = inner_and_outer(node, names.coordinates, lambda part: traits(part, names))
    if split is None:
        return found
    inner, outer, variable = split
    facts = outer_facts(outer, variable, names.parameters, names.given)
    if facts is None:
        return found
    return settled(
        replace(
            found,
            nonnegative=True,
            subadditive=True,
            radial=found.radial or inner.radial,
            continuous=found.continuous or (facts.continuous and inner.continuous),
            zeros=inner.zeros if facts.zero_only_at_zero else found.zeros,
            parity="even" if inner.parity == "even" else found.parity,
        )
    )


_Rule = Callable[[Names, Sequence[Node]], Traits]
_RULES: dict[str, _Rule] = {
    "add": _sum,
    "sub": _difference,
    "neg": lambda names, args: scaled(-_ONE, traits(args[0], names)),
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "sqrt": _root,
    "cbrt": _cube_root,
    "abs": lambda names, args: absolute(traits(args[0], names)),
    "max": lambda names, args: largest(_parts(names, args)),
    "min": lambda names, args: smallest(_parts(names, args)),
}
