"""Sums of terms, each a function of an affine image of the unknown.

The objective is ``sum_i h_i(K_i x + s_i)``.  A formula is taken apart into such terms by its
canonical forms; a loss with data is one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.constant import evened
from normcalc.engine.maps import Identity, LinearMap, Typed
from normcalc.engine.operators import BoundPenalty, bind, operators
from normcalc.engine.overlaps import laid_out
from normcalc.engine.penalties import JointPenalty, derived_of
from normcalc.engine.quadratics import quadratic
from normcalc.engine.spectral import lowered, spectral
from normcalc.engine.squares import added, entrywise_quadratic
from normcalc.engine.weights import bound
from normcalc.errors import InputError, LanguageError, NotDerivable
from normcalc.forms.constants import depends
from normcalc.forms.degree import affine_parts, replaced
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.lower import lower
from normcalc.forms.recognise import condition_of
from normcalc.forms.separable import Separable
from normcalc.forms.terms import about, summands
from normcalc.forms.vectors import Composition
from normcalc.language.evaluate import evaluate
from normcalc.language.nodes import Apply, Node, Symbol, children, symbols

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from normcalc.engine.jit import Floats
    from normcalc.language.function import Function

MANY = 6  # terms of the unknown that are not looked at together
ROUNDING = (1e-15, 1e-13, 1e-11, 1e-9)  # what it may carry slopes beyond their domain, relatively


@dataclass(frozen=True, eq=False)
class Term:
    """``h(K x + shift)``; `plain` where K is the identity and the shift zero."""

    penalty: Any
    map: LinearMap
    shift: Floats | float = 0.0

    @property
    def plain(self) -> bool:
        """Whether the term is a function of the unknown itself."""
        return isinstance(self.map, Identity) and not np.any(self.shift)

    def multiplier(self, y: Floats) -> Floats:
        """Return a subgradient; of a loss with a constant one that sums to zero.

        Of rows without weight it is zero.
        """
        loss = getattr(self.penalty, "loss", None)
        used = getattr(loss, "used", None)
        y = y if used is None else np.where(used, y, 0.0)
        return evened(y) if loss is not None and loss.intercept else y

    def image(self, x: Floats) -> Floats:
        """Return ``K x + shift``."""
        return self.map.apply(x) + self.shift

    def worth(self, x: Floats) -> float:
        """Return the value at `x`, constraints taken to hold if rounding may be the reason."""
        image, penalty = self.image(x), self.penalty
        if isinstance(penalty, JointPenalty):
            return penalty.nearly(image)
        return float(penalty.worth(image))


@dataclass(frozen=True, eq=False)
class LossTerm:
    """A loss with data as the outer function of a term: its argument is ``A x``."""

    loss: Any

    @property
    def name(self) -> str:
        """The formula."""
        return str(self.loss)

    @property
    def convex(self) -> bool:
        """Whether the loss is proved to be convex."""
        return bool(self.loss.convex)

    @property
    def has_conjugate(self) -> bool:
        """Whether lower bounds can be had."""
        return bool(self.loss.has_conjugate)

    def worth(self, image: Floats) -> float:
        """Return the loss."""
        return float(self.loss.value(image + getattr(self.loss, "offset", 0.0)))

    def slope(self, image: Floats) -> Floats:
        """Return the derivative in each prediction, for losses that have one."""
        return np.asarray(self.loss.slope(image + getattr(self.loss, "offset", 0.0)))

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the prox."""
        return np.asarray(self.loss.prox(v, step))

    def dual(self, u: Floats) -> float:
        """Return the conjugate."""
        return float(self.loss.dual(u))

    def into_domain(self, u: Floats) -> float:
        """Return a share of `u` in the domain of the conjugate, if rounding took it outside.

        Else it is 1, and `dual` tells.
        """
        shares = (1.0 - missing for missing in (0.0, *ROUNDING))
        return next((share for share in shares if self.dual(share * u) < np.inf), 1.0)


class SmoothTerms:
    """Differentiable functions of the unknown, as a loss whose predictions are the unknown."""

    smooth, intercept = True, False

    def __init__(self, penalties: list[JointPenalty], zero: Floats) -> None:
        """Take functions that have a gradient everywhere."""
        self.penalties, self.design, self.target = penalties, Identity(zero.shape), zero
        self.convex = all(each.convex for each in penalties)
        self.has_conjugate = len(penalties) == 1 and penalties[0].has_conjugate
        self.at_zero = abs(self.value(zero))

    @property
    def gradient_at_zero(self) -> Floats:
        """The gradient at zero."""
        return self.slope(self.target)

    def prediction(self, x: Floats | None) -> Floats:
        """Return the unknown itself."""
        return self.target if x is None else x

    def value(self, z: Floats) -> float:
        """Return the sum of the values."""
        return sum(each.worth(z) for each in self.penalties)

    def slope(self, z: Floats) -> Floats:
        """Return the sum of the gradients."""
        return np.asarray(sum(each.slope(z) for each in self.penalties))

    def curvature(self, z: Floats) -> Floats:
        """Return ones, from which a method that measures the curvature starts."""
        return np.ones_like(z)

    def dual(self, slope: Floats) -> float:
        """Return the conjugate."""
        return self.penalties[0].dual(slope)


def smooth_and_rest(terms: list[Term]) -> tuple[list[Any], list[Any]] | None:
    """Return the differentiable functions and the others, if all are of the unknown itself."""
    if not all(term.plain for term in terms):
        return None
    listed = [term.penalty for term in terms]
    smooth = [p for p in listed if isinstance(p, JointPenalty) and p.derived.gradient is not None]
    return added(smooth), [p for p in listed if p not in smooth]


def coordinates(penalty: Any, size: int) -> BoundPenalty | None:
    """Return a penalty as a sum over coordinates with the same formula, if it is one."""
    if isinstance(penalty, BoundPenalty):
        return penalty
    form = lower(penalty.function) if isinstance(penalty, JointPenalty) else None
    if not isinstance(form, Separable) or form.varying:
        return None
    return bind(operators(form.element), penalty.values, size)


def loss_terms(loss: Any) -> list[Term]:
    """Return the term that a bound loss is."""
    return [Term(LossTerm(loss), loss.design)]


def function_terms(function: Function, given: Mapping[str, Any], zero: Floats) -> list[Term]:
    """Return the terms of a function at arrays of the shape of `zero`, parameters checked."""
    if function.variable.kind == "scalar":
        return [Term(bound(function, given, zero.size), Identity(zero.shape))]
    whole = JointPenalty(function, given)  # every parameter is there and of its kind
    known = _by_numbers(whole, zero)
    if known is not None:
        return [Term(known, Identity(zero.shape))]
    listed = list(_parts(function))
    if any(laid_out(part, whole.values, zero.size) for part in listed):
        return [_term(part, whole.values, zero, alone=False) for part in listed]
    if whole.derived.direct and _at_numbers(whole, zero):
        return [Term(whole, Identity(zero.shape))]
    parts = _joined(function, whole.values, zero)
    alone = not any(_of_unknown(part) for part in parts)
    return [_term(part, whole.values, zero, alone) for part in parts]


def _by_numbers(whole: JointPenalty, zero: Floats) -> JointPenalty | None:
    """Return a function whose parameters tell more of it than its formula does, if they do."""
    return entrywise_quadratic(whole, zero) or quadratic(whole, zero) or spectral(whole, zero)


def _at_numbers(whole: JointPenalty, zero: Floats) -> bool:
    """Tell whether the prox of the whole exists with these numbers, as its theorem may ask more.

    That of one part, not of a linear image, is taken as it is.
    """
    from normcalc.derive import prox

    if len(summands(whole.function)) < 2 and not isinstance(lowered(whole.function), Composition):
        return True
    try:
        prox(whole.function)(zero, step=1.0, **whole.values)  # without compiling anything
    except (NotDerivable, InputError):
        return False
    return True


def _parts(function: Function) -> Iterator[Function]:
    listed = summands(function)
    if len(listed) == 1 or function.domain is not None:
        yield function
        return
    for one in listed:
        yield about(function, product_of([one.factor, one.core]), function.variable)


def _joined(function: Function, values: Mapping[str, Any], zero: Floats) -> list[Function]:
    """Return the parts of a sum; those of the unknown whose sum has an exact prox are one.

    Sums over entries of the unknown and of images stay apart, since methods know these best, and
    so do parts that are known to be convex by their numbers alone, such as those of a matrix.
    """
    parts = list(_parts(function))
    finite = [part for part in parts if condition_of(part.body) is None]  # others may conflict
    own = [part for part in finite if not _has_data(part)]
    if function.domain is not None or all(map(_summed, own)):
        return parts
    for chosen in (own, [part for part in own if not _summed(part)]):
        whole = _sum_of(chosen, function, values)
        some = 1 < len(chosen) < min(len(parts), MANY)
        if some and whole.convex and whole.derived.direct_at(zero, whole.values):
            return [whole.function, *(part for part in parts if part not in chosen)]
    return parts


def _sum_of(parts: list[Function], function: Function, values: Mapping[str, Any]) -> JointPenalty:
    body = reduce(lambda left, right: Apply("add", (left, right)), (part.body for part in parts))
    whole = about(function, body, function.variable)
    return JointPenalty(whole, {p.name: values[p.name] for p in whole.parameters})


def _summed(function: Function) -> bool:
    form = lowered(function)
    return isinstance(lowered(form.outer) if isinstance(form, Composition) else form, Separable)


def _of_unknown(function: Function) -> bool:
    return not isinstance(lowered(function), Composition)


def _has_data(function: Function) -> bool:
    """Tell whether a function is one of an image by a map that has parameters."""
    form = lowered(function)
    name = function.variable.name
    return isinstance(form, Composition) and set(symbols(form.inner)) != {name}


def _term(function: Function, values: Mapping[str, Any], zero: Floats, alone: bool) -> Term:
    laid = laid_out(function, values, zero.size)
    if laid is not None:
        return Term(JointPenalty(function, laid[0]), laid[1])
    form = lowered(function)
    own = alone and not _has_data(function) and derived_of(function).direct
    if isinstance(form, Composition) and not own:
        linear = Typed(function, form.inner, values, zero)
        return Term(JointPenalty(form.outer, values), linear, linear.shift)
    plain = _plain(function, values, zero)
    known = type(plain) is not JointPenalty or plain.derived.gradient is not None
    part = None if known or _has_prox(function) else _moved(function)
    if part is None:
        return Term(plain, Identity(zero.shape))
    variable = Symbol(function.variable.name)
    outer = about(function, replaced(function.body, part, variable), function.variable)
    shift = evaluate(part, {**values, variable.name: zero})
    return Term(_plain(outer, values, zero), Identity(zero.shape), np.asarray(shift))


def _plain(function: Function, values: Mapping[str, Any], zero: Floats) -> Any:
    plain = JointPenalty(function, values)
    return _by_numbers(plain, zero) or plain


@lru_cache(maxsize=256)
def _has_prox(function: Function) -> bool:
    from normcalc.derive import prox

    try:
        prox(function)
    except NotDerivable:
        return False
    return True


def _moved(function: Function) -> Node | None:
    """Return the unknown less something else, if that is all that a formula knows of it."""
    name = function.variable.name
    parts = set(affine_parts(function.body, name))
    part = parts.pop() if len(parts) == 1 else None
    match part:
        case Apply("sub" | "add", (Symbol(first), other)) if first == name:
            return None if depends(other, (name,)) else part
    return None


def unknown(function: Function, given: Mapping[str, Any], x0: object) -> Floats:
    """Return zeros in the shape of the unknown, from the starting point or from the parameters."""
    if x0 is not None:
        return np.zeros(np.asarray(x0).shape)
    matrix = function.variable.kind == "matrix"
    for node in _inside(function.body):
        found = _shape_beside(node, function.variable.name, given)
        if found is not None and len(found) == (2 if matrix else 1):
            return np.zeros(found)
    fitting = list(_fitting(function, given)) if matrix else []
    if len(fitting) == 1:
        return fitting[0]
    raise InputError(
        f"the shape of {function.variable.name} in {function} cannot be told from the "
        f"parameters{shapes_of(function, given)}; pass x0=numpy.zeros(shape)"
    )


def _fitting(function: Function, given: Mapping[str, Any]) -> Iterator[Floats]:
    """Yield zeros in each shape that a formula takes, of lengths that the parameters have."""
    lengths = sorted({n for value in given.values() for n in np.shape(value)})
    for shape in product(lengths, repeat=2):
        try:
            evaluate(function.body, {**given, function.variable.name: np.zeros(shape)})
        except (ValueError, IndexError, InputError, LanguageError):
            continue
        yield np.zeros(shape)


def shapes_of(function: Function, given: Mapping[str, Any]) -> str:
    """Return the shapes of all parameters that have one, for a message."""
    listed = [p.name for p in function.parameters if np.ndim(given.get(p.name, 0.0))]
    return "".join(f"; {name} has shape {np.shape(given[name])}" for name in listed)


def _inside(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _inside(child)


def _shape_beside(node: Node, name: str, given: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Return the shape that a parameter next to the variable gives it."""
    if not isinstance(node, Apply) or node.head == "product" or Symbol(name) not in node.args:
        return None
    for other in node.args:
        if isinstance(other, Symbol) and np.ndim(given.get(other.name, 0.0)) > 0:
            shape = np.shape(given[other.name])
            return _width(node.head, shape)
    return None


def _width(head: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a vector to the right of a matrix, or of a neighbour in a sum."""
    return shape[1:] if head == "image" else shape
