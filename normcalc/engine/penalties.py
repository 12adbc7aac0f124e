"""Penalties with numbers for their parameters: value, prox, conjugate and its domain.

Sums over coordinates (`operators.BoundPenalty`) run through compiled loops; any other function of
a vector or a matrix (`JointPenalty`) through the kernels and derivations of the whole.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from normcalc.engine.balls import size_and_radius
from normcalc.engine.conjugates import by_prox
from normcalc.engine.flat import share_of_support, vanishes
from normcalc.engine.weights import with_weights
from normcalc.errors import InputError, NotDerivable, SolverError
from normcalc.forms.terms import about
from normcalc.language.calling import check_parameters
from normcalc.language.evaluate import evaluate
from normcalc.language.nodes import Compare, walk
from normcalc.language.slack import value
from normcalc.language.transforms import is_transform
from normcalc.operators import FirstOf
from normcalc.operators.split import inner_solver

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.engine.jit import Floats
    from normcalc.language.function import Function
    from normcalc.language.nodes import Node

HALVINGS = 60
TINY = 1e-300
NEAR = 1e-9
SLACK = Fraction(1, 10**12)  # relatively: by how much rounding may miss a condition
MISSED = Fraction(1, 10**6)  # by how much, relatively, points may miss a constraint
INSIDE = 1.0 - 1e-12  # rounding must not carry a dual point out of the domain


class Penalty(Protocol):
    """What methods ask of a penalty at an array."""

    @property
    def name(self) -> str:
        """The formula."""

    @property
    def convex(self) -> bool:
        """Whether the penalty is proved to be convex."""

    @property
    def has_conjugate(self) -> bool:
        """Whether lower bounds can be had."""

    def worth(self, x: Floats) -> float:
        """Return the value."""

    def prox(self, v: Floats, step: float) -> Floats:
        """Return a minimiser of ``step*f(u) + |u - v|**2/2``."""

    def dual(self, u: Floats) -> float:
        """Return the conjugate; plus infinity outside its domain."""

    def into_domain(self, u: Floats) -> float:
        """Return the largest ``s <= 1`` found with ``s*u`` in the domain of the conjugate."""


class Zero:
    """No penalty at all."""

    name, convex, has_conjugate = "0", True, True

    def worth(self, x: Floats) -> float:
        """Return 0."""
        del x
        return 0.0

    def prox(self, v: Floats, step: float) -> Floats:
        """Return `v`."""
        del step
        return v

    def dual(self, u: Floats) -> float:
        """Return 0 at zero, else plus infinity."""
        return np.inf if u.any() else 0.0

    def into_domain(self, u: Floats) -> float:
        """Return 0: of a line through zero only zero is in the domain."""
        return 0.0 if u.any() else 1.0


class Derived:
    """What is derived of a function, each when it is first asked for."""

    def __init__(self, function: Function) -> None:
        """Remember the function."""
        self.function = function

    @cached_property
    def prox(self) -> Callable[..., Floats]:
        """The prox: compiled where a kernel can be had, else the derivation itself."""
        from normcalc.codegen import compile as compiled
        from normcalc.derive import prox

        found = prox(self.function)
        try:
            made: Callable[..., Floats] = compiled(found)
        except NotDerivable:
            return found
        return made

    @cached_property
    def conjugate(self) -> Callable[..., Any] | None:
        """The conjugate, if there is a formula: a search stops below its value."""
        from normcalc.derive import conjugate

        return self._formula(conjugate)

    @cached_property
    def dual_norm(self) -> Callable[..., float] | None:
        """The dual norm of a norm, if there is a formula."""
        from normcalc.derive import dual_norm

        return self._formula(dual_norm)

    def _formula(self, verb: Callable[..., Any]) -> Callable[..., Any] | None:
        try:
            found = verb(self.function)
        except (NotDerivable, InputError):
            return None
        searched = found.value is None or any(map(is_transform, walk(found.value.body)))
        return None if searched else found

    @cached_property
    def ball(self) -> tuple[Function, Callable[..., float], Node] | None:
        """Of the indicator of a norm's ball the norm, its dual norm and the radius."""
        from normcalc.derive import dual_norm

        found = size_and_radius(self.function)
        if found is None or not self.convex:
            return None
        norm = about(self.function, found[0], self.function.variable)
        try:
            dual = dual_norm(norm)
        except (NotDerivable, InputError):
            return None
        searched = dual.value is None or any(map(is_transform, walk(dual.value.body)))
        return None if searched else (norm, dual, found[1])

    @cached_property
    def conditional(self) -> bool:
        """Whether the formula has conditions, which rounding may break."""
        return any(isinstance(node, Compare) for node in walk(self.function.body))

    @cached_property
    def operator(self) -> Any:
        """The operator that the prox was derived as; None if it is a table of cases."""
        from normcalc.derive import prox

        return prox(self.function).operator

    @cached_property
    def direct(self) -> bool:
        """Whether the prox is derived without an inner solver."""
        try:
            return self.operator is None or inner_solver(self.operator) is None
        except NotDerivable:
            return False

    @cached_property
    def maybe_direct(self) -> bool:
        """Whether the prox is derived without an inner solver, for some numbers at least."""
        try:
            return self.direct or isinstance(self.operator, FirstOf)
        except NotDerivable:
            return False

    def direct_at(self, v: Floats, values: Mapping[str, Any]) -> bool:
        """Tell whether the prox at these numbers needs no inner solver, so that it is exact."""
        if self.direct or not self.maybe_direct:
            return self.direct
        for option in self.operator.options:
            try:
                option(v, 1.0, values)
            except NotDerivable:
                continue
            return inner_solver(option) is None
        return False

    @cached_property
    def gradient(self) -> Callable[..., Floats] | None:
        """The gradient, if there is one everywhere."""
        from normcalc.derive import gradient

        try:
            found = gradient(self.function)
        except (NotDerivable, InputError):
            return None
        return None if found.conditions else found

    @cached_property
    def convex(self) -> bool:
        """Whether the function is proved to be convex."""
        from normcalc.facts import convex

        return convex(self.function).value == "YES"

    @cached_property
    def shrinks(self) -> bool:
        """Whether it is proved that the prox keeps zeros: convex, whatever the entries' signs."""
        from normcalc.facts import absolute

        return self.convex and absolute(self.function).value == "YES"

    @cached_property
    def support(self) -> bool:
        """Whether it is convex and positively homogeneous, and no formula of its dual is known.

        Then the conjugate is the indicator of the points whose prox with step 1 is zero.
        """
        from normcalc.facts import positively_homogeneous

        if self.dual_norm is not None or not self.convex:
            return False
        return positively_homogeneous(self.function).value == "YES"

    @cached_property
    def parted(self) -> bool:
        """Whether the formula of the dual norm asks for groups that hold each entry once."""
        return self.dual_norm is not None and bool(partitions(self.dual_norm))


def partitions(formula: Any) -> list[str]:
    """Return the names of the groups that must hold each entry once, of what was derived."""
    found = formula[1] if isinstance(formula, tuple) else formula
    return [p.name for p in found.value.parameters if p.kind.order == "partition"]


@lru_cache(maxsize=256)
def derived_of(function: Function) -> Derived:
    """Return what is derived of a function; the same function is derived once a process."""
    return Derived(function)


class JointPenalty:
    """A function of a vector or a matrix with numbers for its parameters."""

    def __init__(self, function: Function, given: Mapping[str, Any]) -> None:
        """Check the parameters."""
        self.function, weights = with_weights(function)
        self.derived, self.name = derived_of(self.function), str(function)
        names = [p.name for p in function.parameters]
        own = {n: given[n] for n in names if n in given}
        self.values = check_parameters(self.function, {**own, **weights})
        self._known: dict[Any, bool] = {}

    @property
    def convex(self) -> bool:
        """Whether the function is proved to be convex."""
        return self.derived.convex

    @property
    def has_conjugate(self) -> bool:
        """Whether lower bounds can be had."""
        if not self.convex:
            return False
        known = self.derived.ball or self.derived.conjugate or self.derived.dual_norm
        return known is not None or self.derived.support or self.derived.maybe_direct

    @property
    def may_be_flat(self) -> bool:
        """Whether some directions may not change the value; `flat.directions` finds them."""
        return self.derived.support or self.derived.parted

    def worth(self, x: Floats) -> float:
        """Return the value; conditions hold where rounding may be why they do not."""
        if not self.derived.conditional:
            return float(self.function(x, **self.values))
        return float(np.sum(value(self.function, x, self.values, SLACK)))

    def nearly(self, x: Floats) -> float:
        """Return the value, constraints taken to hold if rounding may be the reason."""
        return float(np.sum(value(self.function, x, self.values, MISSED)))

    def slope(self, x: Floats) -> Floats:
        """Return the gradient, for functions that have one."""
        if self.derived.gradient is None:
            raise SolverError(f"{self.name} has no gradient everywhere")
        return np.asarray(self.derived.gradient(x, **self.values))

    @cached_property
    def _prox(self) -> Callable[..., Floats]:
        """The prox with its parameters checked once, where it has a kernel."""
        from normcalc.codegen.vector_kernel import VectorKernel

        found = self.derived.prox
        if isinstance(found, VectorKernel):
            return found.bind(**self.values)
        return lambda v, step: found(v, step=step, **self.values)

    def prox(self, v: Floats, step: float) -> Floats:
        """Return a minimiser of ``step*f(u) + |u - v|**2/2``."""
        try:
            return np.asarray(self._prox(v, step))
        except (InputError, NotDerivable) as refusal:
            raise SolverError(
                f"the proximal operator of {self.name} cannot be had for step {step:.3g}: "
                f"{refusal}"
            ) from refusal

    def dual(self, u: Floats) -> float:
        """Return the conjugate; plus infinity outside its domain."""
        ball, conjugate = self.derived.ball, self.derived.conjugate
        if ball is not None and self._holds("ball", u):  # the radius times the dual norm
            norm, dual_norm, radius = ball
            own = {p.name: self.values[p.name] for p in norm.parameters}
            return float(evaluate(radius, self.values)) * float(dual_norm(u, **own))
        if self._holds("dual_norm", u):  # the conjugate of a norm, without its formula
            return 0.0 if self._dual_norm(u) <= 1.0 else np.inf
        if self.may_be_flat:
            return 0.0 if vanishes(self, u) else np.inf
        if conjugate is not None and self._holds("conjugate", u):
            return float(np.sum(conjugate(u, **self.values)))
        return by_prox(self, u) if self._direct_at(u) else np.inf

    def _direct_at(self, u: Floats) -> bool:
        if u.shape not in self._known:
            self._known[u.shape] = self.derived.direct_at(u, self.values)
        return self._known[u.shape]

    def _holds(self, name: str, u: Floats) -> bool:
        """Tell whether there is a formula, and what it asks of groups holds at such arrays."""
        if (name, u.shape) not in self._known:
            formula = getattr(self.derived, name)
            asked = [] if formula is None else partitions(formula)
            listed = [sorted(i for group in self.values[g] for i in group) for g in asked]
            every = list(range(len(u)))
            self._known[name, u.shape] = formula is not None and all(g == every for g in listed)
        return self._known[name, u.shape]

    def _dual_norm(self, u: Floats) -> float:
        dual_norm = self.derived.dual_norm
        return np.inf if dual_norm is None else float(dual_norm(u, **self.values))

    def into_domain(self, u: Floats) -> float:
        """Return the largest ``s <= 1`` found with ``s*u`` in the domain of the conjugate."""
        if self._holds("ball", u):
            return 1.0
        if self._holds("dual_norm", u):
            return min(1.0, INSIDE / max(self._dual_norm(u), TINY))
        if self.may_be_flat:
            return share_of_support(self, u)
        if self.dual(u) < np.inf:
            return 1.0
        if not self.dual(NEAR * u) < np.inf:  # a subspace, which rounding leaves
            return 0.0
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.dual(middle * u) < np.inf else (low, middle)
        return low
