"""A squared distance and a function of the slopes of an image: two accelerated methods in turn.

For ``w/2 |x - c|^2 + h(K x)``, where K takes the two differences of each pixel and ``|K|^2 <= 8``,
steps start as those of Chambolle and Pock, whose image is good early.  Where h is a sum over
numbers they go on as accelerated gradients of the dual ``min |K^T y|^2/(2w) - <K c, y> + h*(y)``:
restarts make these fast once the multipliers inside their intervals are known.  A step is one
compiled pass over the image, with h's derived prox kernel called for a row at a time.

The product of the first method's steps may exceed ``1/|K|^2`` by less than a third, which is
proved for steps that stay the same; as soon as a gap does not fall, it does so no more.

References
----------
Chambolle and Pock, "A first-order primal-dual algorithm for convex problems with applications to
imaging", JMIV 2011, algorithm 2.
Banert, Upadhyaya and Giselsson, "The Chambolle-Pock method converges weakly with theta > 1/2 and
tau sigma |L|^2 < 4/(1 + 2 theta)", Optimization Letters; here theta is 1.
Beck and Teboulle, "Fast gradient-based algorithms for constrained total variation image denoising
and deblurring problems", IEEE Trans. Image Process. 2009.
O'Donoghue and Candes, "Adaptive restart for accelerated gradient schemes", FoCM 2015.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from normcalc.codegen.build import load
from normcalc.engine.certificate import Measure
from normcalc.engine.jit import address
from normcalc.engine.methods.image_sweeps import (
    ROW,
    ROW_SINGLE,
    dual_sweep,
    primal_dual_sweep,
    primal_dual_sweep_single,
    primal_image,
    slopes,
)
from normcalc.engine.methods.kernels import sum_element
from normcalc.engine.methods.multipliers import Bounds
from normcalc.engine.operators import bind, operators
from normcalc.engine.partition import in_blocks
from normcalc.engine.spectral import lowered
from normcalc.engine.squares import EntrywiseQuadratic
from normcalc.errors import SolverError
from normcalc.forms.separable import Separable
from normcalc.language.nodes import Apply, Number, Symbol, substitute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.engine.composite import Term
    from normcalc.engine.jit import Floats
    from normcalc.engine.operators import BoundPenalty
    from normcalc.engine.penalties import JointPenalty

NORM = 8.0  # the squared norm of the differences of an image, at most
TAU = 8.0  # the first step of the image, over 1/w
EARLY = 200  # steps after which a sum over numbers goes on by gradients of the dual
ROUNDS = 48  # steps before the first measure
SHARE = 0.25  # of all steps so far that are taken before the next
LONGER = 1.32  # the product of steps and squared norm, at first
BENT = 0.7  # the share of the squared distance's weight that shortens the steps of the image
CACHE = 400_000  # bytes of rows that steps which follow each other keep in the cache
ROUGH = 3e-5  # the relative gap from which on single precision no longer serves
OUTSIDE = 1.0 - 1e-9  # shares below this are more than rounding
TWO = Number(Fraction(2))


class Pairs:
    """A function of pairs of numbers: one of a number, summed over lengths or numbers.

    Pairs come as the last axis, or as two planes.
    """

    def __init__(self, inner: BoundPenalty, radial: bool) -> None:
        """Take the function of a number, an even one if it is for lengths."""
        self.inner, self.radial = inner, radial
        self.name, self.convex, self.has_conjugate = inner.name, inner.convex, inner.has_conjugate

    def _sizes(self, pairs: Floats) -> Floats:
        if not self.radial:
            return pairs
        first, second = pairs if pairs.ndim == 3 else pairs.T
        return np.asarray(np.sqrt(first * first + second * second))

    def worth(self, pairs: Floats) -> float:
        """Return the value."""
        value, sizes = self.inner.value, self._sizes(pairs)
        return float(sum_element(value.element, sizes.ravel(), value.constants))

    def dual(self, u: Floats) -> float:
        """Return the conjugate; plus infinity outside its domain."""
        sizes = self._sizes(u)
        outside = self.inner.into_domain(sizes) < OUTSIDE
        return np.inf if outside else self.inner.dual(sizes)

    def into_domain(self, u: Floats) -> float:
        """Return the largest ``s <= 1`` with ``s*u`` in the domain of the conjugate."""
        return self.inner.into_domain(self._sizes(u))


def lacks(terms: Sequence[Term], zero: Floats) -> str:
    """Return what the method misses in a problem; an empty text if nothing."""
    del zero
    needs = "a squared distance, and a convex function of image_gradient(X) by lengths or entries"
    if len(terms) != 2:
        return needs
    home, other = sorted(terms, key=lambda term: not term.plain)
    square = isinstance(home.penalty, EntrywiseQuadratic) and home.penalty.weight > 0.0
    if not square or not _slopes(other):
        return needs
    return "" if other.penalty.convex and _inner(other.penalty) is not None else needs


def _slopes(term: Term) -> bool:
    """Tell whether a term is a function of the differences of an image."""
    inner: Any = getattr(term.map, "inner", None)
    plain = isinstance(inner, Apply) and inner.head == "image_gradient"
    return plain and isinstance(inner.args[0], Symbol)


def _inner(penalty: JointPenalty) -> Pairs | None:
    form: Any = lowered(penalty.function)
    listing: Any = getattr(form, "listing", None)
    summed = lowered(form.outer) if hasattr(form, "outer") and listing is not None else None
    if isinstance(summed, Separable) and not summed.varying:
        if listing.head == "entries":
            return Pairs(_bound(summed.element, penalty), radial=False)
        if listing.head == "row_norms" and listing.args[1] == TWO:
            element = summed.element
            size = Apply("abs", (Symbol(element.variable.name),))
            body = substitute(element.body, {element.variable.name: size})
            even = replace(element, body=body, text="")
            return Pairs(_bound(even, penalty), radial=True)
    found = in_blocks((penalty.function,), penalty.values, np.zeros((2, 2)))
    form = None if found is None else lowered(found.function)
    if isinstance(form, Separable) and not form.varying:
        return Pairs(_bound(form.element, penalty), radial=False)
    return None


def _bound(element: Any, penalty: JointPenalty) -> BoundPenalty:
    return bind(operators(element), penalty.values)


class Early(NamedTuple):
    """What primal-dual steps work with, in one precision: the kernel's address, and arrays."""

    row: int
    center: Any
    image: Any
    ahead: Any
    duals: Any


class DualGradient:
    """One run; see the module for the method."""

    name = "accelerated primal-dual and dual gradient steps"
    stalled = False

    def __init__(self, terms: list[Term], x0: Floats) -> None:
        """Find the kernel that maps a row, and start at the center."""
        home = next(term for term in terms if term.plain)
        other = next(term for term in terms if term is not home)
        self.home, self.center = home.penalty, np.ascontiguousarray(home.penalty.center)
        self.weight = home.penalty.weight
        found: Any = _inner(other.penalty)
        self.pairs: Pairs = found
        self.other = replace(other, penalty=found)
        self.terms = [term if term is home else self.other for term in terms]
        kernel: Any = self.pairs.inner.operators.prox
        self.module: Any = load(kernel.source)
        self.duals, self.planes = np.zeros((2, *x0.shape)), np.zeros((2, *x0.shape))
        self.tau, self.longer = TAU / self.weight, LONGER
        self.steps, self.bounds, self.gap = 0, Bounds(self.terms, x0), np.inf
        self.x = self.center.copy()
        self.early = self._early(np.float32)

    def _early(self, kind: Any) -> Early:
        """Return the arrays of the primal-dual steps in a precision, from where they are."""
        if kind is np.float64:
            row = address(self.module.apply, ROW)
            return Early(row, self.center, self.x, self.x.copy(), self.duals)
        row = address(self.module.apply, ROW_SINGLE)
        arrays = (self.center, self.x, self.x, self.duals)
        return Early(row, *(array.astype(kind) for array in arrays))

    def step(self) -> None:
        """Take a share more steps than so far: a measure costs as much as some of them."""
        count = max(ROUNDS, int(SHARE * self.steps))
        self.steps += count
        if self.pairs.radial or self.steps <= EARLY:
            together = max(1, CACHE // (6 * self.x.itemsize * self.x.shape[1]))
            for first in range(0, count, together):
                self._primal_dual(min(together, count - first))
            self.x[...], self.duals[...] = self.early.image, self.early.duals
            return
        for _ in range(count):
            self._dual()
        primal_image(self.center, self.duals, self.weight, self.x)

    def _constants(self, sigma: float) -> Floats:
        prox = self.pairs.inner.prox_kernel
        if not prox.prepare_at(1.0 / sigma):
            raise SolverError(f"the prox of {self.other.penalty.name} does not exist for a step")
        return np.asarray(prox.constants[0])

    def _table(self, steps: Floats) -> Any:
        """Return the kernel's constants for each step, in the precision of these steps."""
        double = np.array([self._constants(sigma).copy() for sigma in steps[:, 0]])
        if self.early.image.dtype == np.float64:
            return double
        single = np.empty(double.shape, np.float32)
        pairs = zip(double, single, strict=True)
        if all(self.module.narrow(wide, narrow) for wide, narrow in pairs):
            return single
        self.early = self._early(np.float64)
        return double

    def _primal_dual(self, count: int) -> None:
        steps = np.empty((count, 6))
        for k in range(count):
            sigma, tau = self.longer / (NORM * self.tau), self.tau
            share = 1.0 / float(np.sqrt(1.0 + 2.0 * BENT * self.weight * tau))
            keep = 1.0 / (1.0 + tau * self.weight)
            steps[k] = sigma, 1.0 / sigma, keep, 1.0 - keep, tau * keep, share
            self.tau = share * tau
        constants = self._table(steps)
        row, center, *spaces = self.early
        numbers = steps.astype(center.dtype)
        double = center.dtype == np.float64
        sweep = primal_dual_sweep if double else primal_dual_sweep_single
        sweep(row, constants, int(self.pairs.radial), center, numbers, *spaces)

    @cached_property
    def _momentum(self) -> list[float]:
        return [1.0]

    @cached_property
    def _ahead(self) -> Floats:
        return self.duals.copy()

    def _dual(self) -> None:
        momentum, ahead, sigma = self._momentum, self._ahead, self.weight / NORM
        following = 0.5 * (1.0 + float(np.sqrt(1.0 + 4.0 * momentum[0] ** 2)))
        share = (momentum[0] - 1.0) / following
        row = address(self.module.apply, ROW)
        fixed = row, self._constants(sigma), int(self.pairs.radial), self.center, self.weight
        turn = dual_sweep(*fixed, sigma, share, self.duals, ahead)
        momentum[0] = following
        if turn > 0.0:
            momentum[0], ahead[...] = 1.0, self.duals

    def multipliers(self) -> list[Floats]:
        """Return a subgradient of each term."""
        pairs = np.ascontiguousarray(self.duals.reshape(2, -1).T)
        pairs *= self.other.penalty.into_domain(pairs)
        pull = -self.other.map.adjoint(pairs)
        return [pull if term.plain else pairs for term in self.terms]

    def value(self, x: Floats) -> float:
        """Return the objective at a point."""
        slopes(np.ascontiguousarray(x), self.planes)
        return float(self.home.worth(x) + self.pairs.worth(self.planes))

    def conflict(self) -> None:
        """Return None: the terms have no constraints that could exclude each other."""

    def _bound(self) -> float:
        """Return the best lower bound so far, by weak duality at multipliers inside the domain."""
        inside = self.pairs.into_domain(self.duals)
        duals = self.duals if inside == 1.0 else inside * self.duals
        pull = self.planes[0]
        primal_image(self.center, duals, self.weight, pull)  # the least point, so far
        pull -= self.center
        pull *= self.weight
        bound = -self.home.dual(pull) - self.pairs.dual(duals)
        self.bounds.best = max(self.bounds.best, bound)
        return self.bounds.best

    def measure(self) -> Measure:
        """Return objective and gap; multipliers and image are in their domains at all times.

        Single precision serves until the gap is small.  Should it or the longer steps not bring
        the gap down, double precision and then the proven steps follow.
        """
        fun = self.value(self.x)
        gap = abs(fun - self._bound())
        rough, worse = self.early.image.dtype != np.float64, gap > self.gap
        if rough and (worse or gap <= ROUGH * abs(fun)):
            self.early = self._early(np.float64)
        elif worse:
            self.longer = 1.0
        self.gap = gap
        return Measure(fun, gap, 0.0)
