"""Losses: a scalar formula in prediction and target, summed over the rows of a design."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.constant import best_constant
from normcalc.engine.operators import Bound
from normcalc.errors import InputError, NotDerivable, SolverError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.engine.design import Design
    from normcalc.engine.jit import Floats
    from normcalc.language.function import Function

PREDICTION, TARGET = "z", "y"


class Kernels:
    """What is derived from a loss formula, each when it is first asked for."""

    def __init__(self, formula: Function) -> None:
        """Remember the formula, a function of the prediction."""
        self.formula = formula

    @cached_property
    def value(self) -> Callable[..., Floats]:
        """The loss of each row."""
        return _compiled(self.formula)

    @cached_property
    def slope(self) -> Callable[..., Floats]:
        """The derivative in the prediction, where the loss has one."""
        from normcalc.derive import gradient

        return _compiled(replace(self.formula, body=gradient(self.formula).trees[0], text=""))

    @cached_property
    def curvature(self) -> Callable[..., Floats]:
        """The second derivative in the prediction."""
        from normcalc.calculus import hessian

        return _compiled(replace(self.formula, body=hessian(self.formula).partials[0][0], text=""))

    @cached_property
    def conjugate(self) -> Callable[..., Floats] | None:
        """The convex conjugate in the prediction; None if it was not derived."""
        from normcalc.derive import conjugate

        try:
            return _compiled(conjugate(self.formula))
        except NotDerivable:
            return None

    @cached_property
    def prox(self) -> Callable[..., Floats]:
        """The proximal operator in the prediction."""
        from normcalc.derive import prox

        return _compiled(prox(self.formula))

    @cached_property
    def convex(self) -> bool:
        """Whether the loss is proved to be convex."""
        from normcalc.facts.scalar import convex_on_line

        return convex_on_line(self.formula).value == "YES"

    @cached_property
    def smooth(self) -> bool:
        """Whether the loss is proved to be differentiable."""
        from normcalc.derive import gradient
        from normcalc.facts import differentiable

        if differentiable(self.formula).value == "YES":
            return True
        return not gradient(self.formula).conditions


@lru_cache(maxsize=64)
def kernels(formula: Function) -> Kernels:
    """Return what is derived from a formula; the same formula is derived once a process."""
    return Kernels(formula)


def _compiled(obj: Any) -> Callable[..., Floats]:
    from normcalc.codegen import compile as compiled

    made: Callable[..., Floats] = compiled(obj)
    return made


def loss_formula(given: object) -> Function:
    """Return a loss as a function of the prediction ``z``, its target ``y`` any real number."""
    from normcalc.language import Function

    made = given if isinstance(given, Function) else _read(given)
    if made.variable.kind != "scalar" or made.variable.name != PREDICTION:
        raise InputError(
            f"a loss is a formula in the prediction {PREDICTION!r} (and the target {TARGET!r}), "
            f"for example 'log(1 + exp(-y*z))'; {made} is a function of {made.variable.name!r}"
        )
    return made


def _read(given: object) -> Function:
    return _read_once(given) if isinstance(given, str) else _read_anew(given)


@lru_cache(maxsize=64)
def _read_once(given: str) -> Function:
    return _read_anew(given)


def _read_anew(given: object) -> Function:
    from normcalc.language import Real, function

    kinds: dict[str, Any] = {TARGET: Real} if _mentions_target(given) else {}
    return function(given, PREDICTION, **kinds)


def _mentions_target(given: object) -> bool:
    from normcalc.language import function

    return any(p.name == TARGET for p in function(given, PREDICTION).parameters)


class RowLoss:
    """A loss with its data and numbers for its parameters: ``sum_i weight_i loss(z_i; y_i)``.

    Predictions are ``z = A x + offset + c``, with a free constant c where `intercept` is true.
    """

    def __init__(
        self,
        formula: Function,
        data: tuple[Design, Floats, Floats | float, Floats | float],
        intercept: bool,
        values: Mapping[str, Any],
    ) -> None:
        """Take the design, targets, weights and offsets as checked by `normcalc.loss`."""
        self.formula, self.kernels = formula, kernels(formula)
        self.design, self.target, self.weight, self.offset = data
        self.intercept, self._step = intercept, np.nan
        self._bound: dict[str, Bound] = {}
        needed = {parameter.name for parameter in formula.parameters}
        every = {**values, TARGET: self.target}
        self.values = {name: every[name] for name in every if name in needed}

    @property
    def convex(self) -> bool:
        """Whether the loss is proved to be convex."""
        return self.kernels.convex

    @property
    def smooth(self) -> bool:
        """Whether the loss is proved to be differentiable."""
        return self.kernels.smooth

    @property
    def has_conjugate(self) -> bool:
        """Whether lower bounds can be had."""
        return self.convex and self.kernels.conjugate is not None

    @cached_property
    def used(self) -> Any:
        """Which rows have a weight, in the shape of the predictions; None if all have."""
        used = np.broadcast_to(np.asarray(self.weight) > 0.0, self.target.shape)
        return None if used.all() else used

    @cached_property
    def at_zero(self) -> float:
        """The loss at the prediction zero, a scale for tolerances."""
        return abs(self.value(self.prediction(None)))

    @cached_property
    def gradient_at_zero(self) -> Floats:
        """The gradient in `x` at zero, the best constant added."""
        prediction = self.prediction(None)
        if self.intercept and prediction.ndim == 1:
            prediction = prediction + best_constant(self, prediction)
        return np.asarray(self.design.adjoint(self.slope(prediction)))

    def prediction(self, x: Floats | None) -> Floats:
        """Return ``A x + offset``; the offset alone for None."""
        image = np.zeros(self.target.shape) if x is None else self.design.apply(x)
        return np.asarray(image + self.offset)

    def value(self, z: Floats) -> float:
        """Return the loss at predictions."""
        return float(np.sum(self.weight * self._rows("value", z)))

    def slope(self, z: Floats) -> Floats:
        """Return the derivative of the loss in each prediction."""
        return np.asarray(self.weight * self._rows("slope", z))

    def curvature(self, z: Floats) -> Floats:
        """Return the second derivative of the loss in each prediction."""
        return np.asarray(self.weight * self._rows("curvature", z))

    def dual(self, slope: Floats) -> float:
        """Return the conjugate of the loss as a function of ``A x``; it may be infinite."""
        weight = np.broadcast_to(self.weight, slope.shape)
        if self.kernels.conjugate is None:
            return np.inf
        used = weight > 0.0
        if np.any(slope, where=~used):  # what rows without weight cost is zero everywhere
            return np.inf
        each = np.zeros(slope.shape)
        np.divide(slope, weight, out=each, where=used)
        rows = np.where(used, weight * self._rows("conjugate", each), 0.0)
        return float(np.sum(rows) - np.sum(slope * self.offset))

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the proximal operator of the loss as a function of ``A x``."""
        if step != self._step:
            self._step = np.nan
            steps = step * np.broadcast_to(self.weight, self.target.shape).ravel()
            self._moving = (steps > 0.0).reshape(self.target.shape)
            self._prox.values[:, 0] = np.where(steps > 0.0, steps, 1.0)
            if not self._prox.prepare():
                raise SolverError(f"the prox of {self.formula} does not exist for step {step:.3g}")
            self._step = step
        moved = self._prox.map(v + self.offset) - self.offset
        return np.where(self._moving, moved, v)

    def _rows(self, name: str, v: Floats) -> Floats:
        """Return what a kernel says of each row; parameters are checked the first time only."""
        bound = self._bound.get(name)
        if bound is not None:
            return bound.map(v)
        kernel = getattr(self.kernels, name)
        found = np.asarray(kernel(v, **self.values))
        bound = Bound(kernel, self._table(kernel.parameters))
        if bound.prepare():
            self._bound[name] = bound
        return found

    def _table(self, names: tuple[str, ...]) -> Floats:
        """Return a row of parameters for each prediction; those without a value are one."""
        table = np.ones((self.target.size, len(names)))
        for k, name in enumerate(names):
            if name in self.values:
                table[:, k] = np.broadcast_to(self.values[name], self.target.shape).ravel()
        return table

    @cached_property
    def _prox(self) -> Bound:
        """The kernel of the prox with a row of parameters for each prediction, its step first."""
        kernel: Any = self.kernels.prox
        return Bound(kernel, self._table(("", *kernel.parameters[1:])))
