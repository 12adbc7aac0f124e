"""What a method needs to know of a penalty: three compiled kernels and whether it is convex.

`operators` is the only place where the engine asks for derivations.  It dispatches on the type of
the penalty, so a penalty that brings its own kernels takes part like a derived one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, singledispatch
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from normcalc.engine.interpreted import code_of
from normcalc.engine.methods.kernels import (
    domain_end,
    map_element,
    setup_rows,
    setup_table,
    sum_element,
)
from normcalc.errors import InputError, ParameterError, SolverError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from normcalc.engine.jit import Floats


DOUBLINGS = 40  # of curvatures, until the prox exists for a step
FAR = 1e8  # from where it is told whether an objective falls without end
MANY = 1000  # coordinates: from so many on, those that need no call are told apart
SWEEPS = 50  # how often, roughly, a fit maps each coordinate


class Kernel(Protocol):
    """A function of one real argument with a set-up stage, both numba first-class functions.

    ``setup(parameters, constants) -> int64`` writes `n_constants` numbers and returns the regime,
    negative where the function does not exist; ``element(v, constants) -> float64``.
    """

    @property
    def setup(self) -> object:
        """The set-up function."""

    @property
    def element(self) -> object:
        """The function of one number."""

    @property
    def n_constants(self) -> int:
        """How many constants the set-up writes."""


@dataclass(frozen=True)
class Operators:
    """The kernels of one penalty, summed over coordinates.

    Parameters
    ----------
    name : str
        The formula, for messages.
    parameters : tuple of str
        The order in which kernels take the penalty's parameters.
    prox : Kernel
        The proximal operator; its parameters start with the step.
    value : Kernel
        The penalty of one coordinate.
    conjugate : Kernel or None
        The convex conjugate of `value`, if known; it makes duality gaps possible.
    convex : bool or None
        Whether the penalty is convex; None if unknown, which counts as not.
    check : callable
        Raises `ParameterError` for values that the parameters must not have.
    """

    name: str
    parameters: tuple[str, ...]
    prox: Kernel
    value: Kernel
    conjugate: Kernel | None = None
    convex: bool | None = None
    check: Callable[[Mapping[str, Any]], object] = dict


@singledispatch
def operators(penalty: object) -> Operators:
    """Return the kernels of a penalty, deriving and compiling them on first use."""
    raise InputError(
        f"a penalty must be a Function, not {type(penalty).__name__}; "
        "write normcalc.function('lam*abs(x)')"
    )


class Bound:
    """One kernel with its parameter values fixed: numbers and addresses, ready for the loops.

    `values` has one row, or one for each coordinate.
    """

    def __init__(self, kernel: Kernel, values: Floats, calls: int = 0) -> None:
        """Look the addresses up, for many calls maybe; `prepare` must run before the first use."""
        self.kernel, self.code = kernel, code_of(kernel)  # they keep the machine code alive
        self.code.foresee(max(calls, len(values)))
        self.element, self.setup = self.code.element, self.code.setup
        self.values = values
        self.constants = np.zeros((len(values), max(1, kernel.n_constants)))
        self.step = np.nan

    def prepare(self) -> bool:
        """Fill `constants` from `values`; return whether the function exists there."""
        return setup_table(self.setup, self.values, self.constants) < 0

    def prepare_at(self, step: float) -> bool:
        """Fill `constants` for a step, the first parameter, unless they are there already."""
        if step != self.step:
            self.values[:, 0] = step
            self.step = step if self.prepare() else np.nan
        return self.step == step

    def at(self, v: float) -> float:
        """Return the value at one number, the first coordinate's."""
        return float(sum_element(self.element, np.array([v]), self.constants[:1]))

    def sum(self, v: Floats) -> float:
        """Return the sum over the entries of `v`; of many zeros one is looked at."""
        flat = v.ravel()
        self.code.foresee(flat.size)
        if flat.size < MANY or len(self.constants) > 1:
            return float(sum_element(self.element, flat, self.constants))
        some = flat[flat != 0.0]
        rest = self.at(0.0) * (flat.size - some.size) if some.size < flat.size else 0.0
        return rest + float(sum_element(self.element, some, self.constants))

    def map(self, v: Floats) -> Floats:
        """Return the values at the entries of `v`."""
        self.code.foresee(v.size)
        out = np.empty(v.size)
        map_element(self.element, v.ravel(), self.constants, out)
        return out.reshape(v.shape)

    def chosen(self, columns: Any) -> Floats:
        """Return the constants of some coordinates; the only row where all share it."""
        return self.constants if len(self.constants) == 1 else self.constants[columns]


@dataclass(frozen=True)
class BoundPenalty:
    """A penalty with numbers for parameters.  `domain` is where the conjugate is finite."""

    operators: Operators
    prox_kernel: Bound
    value: Bound
    conjugate: Bound | None
    domain: tuple[Any, Any]

    @property
    def name(self) -> str:
        """The formula."""
        return self.operators.name

    @property
    def convex(self) -> bool:
        """Whether the penalty is proved to be convex."""
        return bool(self.operators.convex)

    @property
    def has_conjugate(self) -> bool:
        """Whether lower bounds can be had."""
        return self.conjugate is not None

    def worth(self, x: Floats) -> float:
        """Return the sum over the entries."""
        return self.value.sum(x)

    @cached_property
    def _flat(self) -> bool:
        """Whether the conjugate is the same number in all of its domain.

        It is nowhere less than minus the value at zero, and convex, so both ends tell.
        """
        if self.conjugate is None or np.ndim(self.domain[0]) or np.isinf(self.domain).any():
            return False
        return all(self.conjugate.at(end) == -self.value.at(0.0) for end in self.domain)

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the prox of each entry."""
        if not self.prox_kernel.prepare_at(step):
            raise SolverError(
                f"the proximal operator of {self.name} does not exist for step {step:.3g}"
            )
        return self.prox_kernel.map(v)

    def rows(self, curvature: Floats, chosen: Any = slice(None)) -> Floats:
        """Set the prox up for the step ``1/curvature`` of each of some coordinates.

        Where it exists for shorter steps only, entries of `curvature` are raised, in place: such
        steps go towards a minimiser along an axis, though not all the way.
        """
        prox = self.prox_kernel
        table = prox.values if len(prox.values) == 1 else np.ascontiguousarray(prox.values[chosen])
        constants = np.zeros((curvature.size, prox.constants.shape[1]))
        for _ in range(DOUBLINGS):
            refused = setup_rows(prox.setup, curvature, table, constants)
            if refused < 0:
                return constants
            curvature[curvature <= curvature[refused]] = 2.0 * curvature[refused]
        raise SolverError(
            f"the objective may have no minimiser along a column of A: the proximal operator of "
            f"{self.name} does not exist for steps down to {1.0 / curvature[refused]:.3g}"
        )

    def falls(self, j: int, curvature: float) -> bool:
        """Tell whether the value of a coordinate and a square fall, as far as numbers reach."""
        constants = self.value.chosen(slice(j, j + 1))
        t = np.array([-FAR, FAR])
        far = [float(sum_element(self.value.element, t[k : k + 1], constants)) for k in (0, 1)]
        start = float(sum_element(self.value.element, np.zeros(1), constants))
        return bool(min(far) + 0.5 * curvature * FAR**2 < start)

    def dual(self, u: Floats) -> float:
        """Return the conjugate of the sum; plus infinity outside its domain."""
        if self.conjugate is None:
            return np.inf
        if u.size >= MANY and self._flat:
            return -self.value.at(0.0) * u.size
        return self.conjugate.sum(np.clip(u, *self.domain))  # rounding may step a digit outside

    def into_domain(self, u: Floats) -> float:
        """Return the largest ``s <= 1`` with ``s*u`` in the domain of the conjugate."""
        return scale_into(self.domain, u)


def scale_into(domain: tuple[Any, Any], slopes: Floats) -> float:
    """Return the largest ``s <= 1`` with ``s * slopes`` inside intervals around zero.

    Examples
    --------
    >>> scale_into((-1.0, 2.0), np.array([-0.5, 4.0]))
    0.5
    """
    low, high = domain
    if np.ndim(low) == 0:  # one interval: the extremes tell
        least, most = float(slopes.min()), float(slopes.max())
        if low <= 0.0 <= high:
            return min(
                1.0, low / least if least < low else 1.0, high / most if most > high else 1.0
            )
        slopes = np.array([least, most])
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(slopes < low, low / slopes, np.where(slopes > high, high / slopes, 1.0))
    return float(shares.min())


def bind(chosen: Operators, given: Mapping[str, Any], size: int = 1) -> BoundPenalty:
    """Fix the parameters of a penalty's kernels; arrays hold one for each coordinate."""
    numbers = _table([given[name] for name in chosen.parameters], size)
    step = np.ones((len(numbers), 1))
    prox = Bound(chosen.prox, np.concatenate([step, numbers], axis=1), SWEEPS * size)
    value = Bound(chosen.value, numbers)
    if not value.prepare():
        raise SolverError(f"{chosen.name} has no value at {dict(given)}")
    conjugate = Bound(chosen.conjugate, numbers) if chosen.conjugate and chosen.convex else None
    if conjugate is None or not conjugate.prepare():
        return BoundPenalty(chosen, prox, value, None, (0.0, 0.0))
    ends = [_ends(conjugate.element, row) for row in conjugate.constants]
    low, high = (np.array(side) if len(side) > 1 else side[0] for side in zip(*ends, strict=True))
    usable = bool(np.all(np.asarray(low) <= 0.0))
    return BoundPenalty(chosen, prox, value, conjugate if usable else None, (low, high))


def _ends(element: int, constants: Floats) -> tuple[float, float]:
    """Return where the conjugate is finite; the lower end is 1 if zero is outside."""
    low = domain_end(element, constants, -1.0)
    return -low, domain_end(element, constants, 1.0)


def _table(values: Sequence[Any], size: int) -> Floats:
    """Return one row of parameters, or one for each coordinate if any of them is an array."""
    rows = size if any(np.ndim(value) for value in values) else 1
    table = np.empty((rows, len(values)))
    for k, value in enumerate(values):
        if np.ndim(value) and np.shape(value) != (size,):
            raise ParameterError(
                f"a parameter with a value for each coordinate has shape ({size},), "
                f"not {np.shape(value)}"
            )
        table[:, k] = value
    return table


def check_parameters(chosen: Operators, given: Mapping[str, object]) -> dict[str, Any]:
    """Return the values of all parameters, or say which is missing, unknown or not a number."""
    missing = [name for name in chosen.parameters if name not in given]
    unknown = [name for name in given if name not in chosen.parameters]
    if missing or unknown:
        has = ", ".join(chosen.parameters) or "no parameters"
        hint = f"pass {missing[0]}=... or bind it" if missing else f"leave out {unknown[0]}"
        raise ParameterError(f"{chosen.name} has {has}; {hint}")
    values = {name: _number(name, given[name]) for name in chosen.parameters}
    chosen.check(values)
    return values


def _number(name: str, value: object) -> Any:
    try:
        text = np.asarray(value).dtype.kind in "SU"
        number = np.array(np.nan) if text else np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        number = np.array(np.nan)
    if not np.isfinite(number).all():
        raise ParameterError(f"parameter {name} must be a finite number, got {value!r}")
    return float(number) if number.ndim == 0 else number
