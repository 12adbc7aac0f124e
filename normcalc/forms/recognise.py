"""Which form one term of a function of a vector or a matrix has, read from its tree."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from normcalc.forms.atomic import Atomic, Lovasz, read_atomic
from normcalc.forms.constants import depends
from normcalc.forms.degree import affine_parts, degree, replaced
from normcalc.forms.general import General
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.natural import on_natural_domain
from normcalc.forms.ratios import NormRatio, read_ratio
from normcalc.forms.terms import about, is_positive, summands
from normcalc.forms.transformed import read_transformed
from normcalc.forms.vectors import (
    Blocks,
    Composition,
    Epigraph,
    Extreme,
    LargestBlock,
    LevelSet,
    OfNorm,
    Ordered,
    Quadratic,
    RootOfQuadratic,
    Transfer,
    Transformed,
)
from normcalc.language.construct import minus
from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
    mapped,
    symbols,
    walk,
)
from normcalc.language.shapes import Variable
from normcalc.language.shaping import shape_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.language.function import Function
    from normcalc.language.shaping import Shape

_TWO = Number(Fraction(2))
_ZERO = Number(Fraction(0))
_OO = Constant("oo")

VectorForm = (
    Transfer | Ordered | Blocks | LargestBlock | OfNorm | Quadratic | RootOfQuadratic | Composition
    | Extreme | Transformed | LevelSet | Epigraph | Atomic | Lovasz | NormRatio | General
)  # fmt: skip


def part_of(function: Function, body: Node) -> Function:
    """Return a function of the same variable with another body, and the parameters it uses."""
    return about(function, body, function.variable)


def vector_form(function: Function) -> VectorForm:
    """Return the form of one term.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> for formula in ("norm(x)**3", "max(x) - min(x)", "norm(A @ x - b)", "dot(x, Q @ x)"):
    ...     print(type(vector_form(function(formula))).__name__)
    Transfer
    Ordered
    Composition
    Quadratic
    """
    for read in _READERS:
        found = read(function)
        if found is not None:
            return found
    return General(function)


def _transfer(function: Function) -> Transfer | None:
    name = function.variable.name
    body = _with_norms(function.body, name)
    lists = {n for n in walk(body) if isinstance(n, Apply) and _is_list(n, name)}
    for listing in sorted(lists, key=str):
        scalar = listing.head == "norm"
        new = fresh("s", body)
        rest = replaced(body, listing, Symbol(new))
        if not depends(rest, (name,)):
            outer = about(function, rest, Variable(new, "scalar" if scalar else "vector"))
            return Transfer(function, outer, listing)
    return None


def _with_norms(node: Node, name: str) -> Node:
    """Write sums of squares as squares of norms, and traces as sums of eigenvalues."""
    x = Symbol(name)
    square = Apply("pow", (Apply("norm", (x, _TWO)), _TWO))
    for sum_of_squares in (
        Apply("sum", (Apply("pow", (x, _TWO)),)),
        Apply("sum", (Apply("pow", (Apply("abs", (x,)), _TWO)),)),
        Apply("dot", (x, x)),
    ):
        node = replaced(node, sum_of_squares, square)
    node = replaced(node, Apply("norm", (Apply("abs", (x,)), _TWO)), square.args[0])
    node = replaced(node, Apply("sqrt", (square,)), square.args[0])
    eigenvalues = Apply("eigenvalues", (x,))
    if eigenvalues in walk(node):
        node = replaced(node, Apply("diagonal", (x,)), eigenvalues)
    return _entries_inside(node, name)


def _entries_inside(node: Node, name: str) -> Node:
    """Take the entries of the matrix first, and then what is done to each of them."""
    match node:
        case Apply("entries", (inner,)) if inner != Symbol(name) and is_entrywise(inner, name):
            return replaced(inner, Symbol(name), Apply("entries", (Symbol(name),)))
    return mapped(node, lambda part: _entries_inside(part, name))


def is_entrywise(node: Node, name: str) -> bool:
    """Tell whether a formula says what is done to each entry by itself."""
    from normcalc.language.vocabulary import VECTOR_HEADS

    heads = {p.head for p in walk(node) if isinstance(p, Apply) and depends(p, (name,))}
    return not heads & VECTOR_HEADS


def _is_list(node: Node, name: str) -> bool:
    x = Symbol(name)
    match node:
        case Apply("norm", (inner, order)):
            return inner == x and order == _TWO
        case Apply("group_norms", (inner, _, order)):
            return inner == x and order == _TWO
        case Apply("row_norms" | "column_norms", (inner, order)):
            return inner == x and order == _TWO
        case Apply("singular_values" | "eigenvalues" | "entries", (inner,)):
            return inner == x
    return False


def _ordered(function: Function) -> Ordered | None:
    vector = Symbol(function.variable.name)
    terms = summands(function)
    for base, absolute in ((vector, False), (Apply("abs", (vector,)), True)):
        found = [order_statistic(term.core, base) for term in terms]
        if all(found):
            listed = tuple(
                (term.factor, *one) for term, one in zip(terms, found, strict=True) if one
            )
            return Ordered(function, listed, absolute)
    return None


def order_statistic(core: Node, base: Node) -> tuple[str, Node | None] | None:
    """Return which function of the sorted entries of `base` a tree is, if it is one."""
    match core:
        case Apply("amax" | "amin" | "sum" | "mean", (inner,)) if inner == base:
            return core.head, None
        case Apply("sum_largest", (inner, count)) if inner == base:
            return "sum_largest", count
        case Apply("dot", (weights, Apply("sort", (inner,)))) if inner == base:
            return "sort", weights
        case Apply("dot", (Apply("sort", (inner,)), weights)) if inner == base:
            return "sort", weights
    return None


def _blocks(function: Function) -> Blocks | None:
    """Read ``sum(factor * group_norms(x, groups, p))``, with one factor or one for each group."""
    found = _reduced_blocks(function, "sum")
    return None if found is None else Blocks(function, *found)


def _largest_block(function: Function) -> LargestBlock | None:
    found = _reduced_blocks(function, "amax")
    return None if found is None else LargestBlock(function, *found)


def _reduced_blocks(function: Function, head: str) -> tuple[Node, Apply] | None:
    """Return the factor and the list of norms in ``head(factor * norms)``."""
    terms = summands(function)
    core = terms[0].core
    if len(terms) != 1 or not isinstance(core, Apply) or core.head != head:
        return None
    factors = summands(about(function, core.args[0], function.variable))
    listing = factors[0].core
    heads = {"group_norms", "row_norms", "column_norms"}
    if function.variable.kind == "vector" and is_positive(function, factors[0].factor):
        heads.add("abs")  # blocks of one entry each
    if len(factors) != 1 or not isinstance(listing, Apply) or listing.head not in heads:
        return None
    if listing.args[0] != Symbol(function.variable.name):
        return None
    return product_of([terms[0].factor, factors[0].factor]), listing


def _overlapping(function: Function) -> Blocks | None:
    """Read sums of norms of groups before anything else: the groups may overlap."""
    found = _blocks(function)
    return found if found is not None and found.listing.head == "group_norms" else None


def _quadratic(function: Function) -> Quadratic | None:
    return Quadratic(function) if degree(function.body, function.variable.name) <= 2 else None


def _root_of_quadratic(function: Function) -> RootOfQuadratic | None:
    terms = summands(function)
    match [(t.factor, t.core) for t in terms]:
        case [(factor, Apply("sqrt", (inner,)))] if degree(inner, function.variable.name) == 2:
            return RootOfQuadratic(function, factor, part_of(function, inner))
    return None


def _of_norm(function: Function) -> OfNorm | None:
    """Read a function of one norm, which is the largest part that the variable enters through."""
    name = function.variable.name
    for node in walk(function.body):
        if node == function.body or not isinstance(node, Apply) or node.head not in _NORMS:
            continue
        new = fresh("s", function.body)
        rest = replaced(function.body, node, Symbol(new))
        if not depends(rest, (name,)):
            outer = about(function, rest, Variable(new, "scalar"))
            return OfNorm(function, outer, part_of(function, node))
    return None


_NORMS = (
    "norm", "sum", "amax", "dot", "sum_largest", "sqrt", "distance", "gauge", "dual_norm",
)  # fmt: skip


def _composition(function: Function) -> Composition | None:
    name = function.variable.name
    whole = _one_sided(function.body, name)
    inner = _only_affine_part(whole, name)
    if inner is None or inner == Symbol(name):
        return None
    shapes: dict[str, Shape] = {p.name: p.kind.shape for p in function.parameters}
    if function.variable.kind in ("vector", "matrix"):
        shapes[name] = function.variable.kind
    kind = shape_of(inner, shapes)
    new = fresh("y", whole)
    body = replaced(whole, inner, Symbol(new))
    body = on_natural_domain(body, new) if kind == "scalar" else body
    return Composition(function, about(function, body, Variable(new, kind)), inner)


def _one_sided(body: Node, name: str) -> Node:
    """Write a condition ``left <= right`` with two affine sides as ``left - right <= 0``."""
    condition = condition_of(body)
    inner = condition.args[0] if isinstance(condition, Logic) and condition.args else condition
    if not isinstance(inner, Compare):
        return body
    sides = (inner.left, inner.right)
    if any(degree(side, name) != 1 for side in sides):
        return body
    return replaced(body, inner, Compare(inner.relation, minus(*sides), _ZERO))


def _only_affine_part(body: Node, name: str) -> Node | None:
    """Return an affine part through which alone the variable enters; the largest there is."""
    parts = list(dict.fromkeys(affine_parts(body, name)))
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return None
    shared = (n for n in walk(parts[0]) if isinstance(n, Apply) and degree(n, name) == 1)
    gone = Symbol(fresh("y", body))
    return next((n for n in shared if not depends(replaced(body, n, gone), (name,))), None)


def _extreme(function: Function) -> Extreme | None:
    """Read ``max(f(x), g(x), ...)`` with a common factor, and ``min``."""
    terms = summands(function)
    core = terms[0].core
    if len(terms) != 1 or not isinstance(core, Apply) or core.head not in ("max", "min"):
        return None
    bodies = (product_of([terms[0].factor, arg]) for arg in core.args)
    functions = tuple(part_of(function, body) for body in bodies)
    return Extreme(function, functions, core.head == "max")


def _level_set(function: Function) -> LevelSet | Epigraph | None:
    condition = condition_of(function.body)
    if not isinstance(condition, Compare):
        return None
    name, sides = function.variable.name, (condition.left, condition.right)
    relation = condition.relation
    if relation in (">=", ">"):
        sides, relation = (sides[1], sides[0]), "<="
    left, right = sides
    if not depends(right, (name,)) and relation in ("<=", "==", "<"):
        return LevelSet(function, part_of(function, left), right, relation.replace("<=", "<="))
    if relation != "<=":
        return None
    last, others = Apply("entry", (Symbol(name), Number(Fraction(-1)))), _others(name)
    new = fresh("y", left)
    inside = replaced(left, others, Symbol(new))
    if right == last and not depends(inside, (name,)):
        return Epigraph(function, about(function, inside, Variable(new, "vector")))
    return None


def fresh(name: str, body: Node) -> str:
    """Return a name that the formula does not use."""
    while name in symbols(body):
        name += "_"
    return name


def _others(name: str) -> Node:
    return Apply("part", (Symbol(name), _ZERO, Number(Fraction(-1))))


def condition_of(body: Node) -> Node | None:
    """Return the condition of an indicator, ``Piecewise((0, condition), (oo, True))``."""
    match body:
        case Piecewise(((zero, condition), (infinite, None))) if zero == _ZERO and infinite == _OO:
            return condition
    return None


def indicator(condition: Node) -> Piecewise:
    """Return the indicator of a condition."""
    return Piecewise(((_ZERO, condition), (_OO, None)))


_READERS: tuple[Callable[[Function], VectorForm | None], ...] = (
    read_atomic,
    _overlapping,
    read_transformed,
    _transfer,
    _ordered,
    _blocks,
    _largest_block,
    _quadratic,
    _root_of_quadratic,
    _composition,
    _level_set,
    read_ratio,
    _of_norm,
    _extreme,
)
