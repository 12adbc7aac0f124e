"""What a method needs to know of a penalty: three compiled kernels and whether it is convex.

`operators` is the only place where the engine asks for derivations.  It dispatches on the type of
the penalty, so a penalty that brings its own kernels takes part like a derived one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, Protocol

import numpy as np

from normcalc.engine.jit import element_address, setup_address
from normcalc.engine.methods.kernels import domain_end, setup_one, sum_element
from normcalc.errors import InputError, ParameterError, SolverError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.engine.jit import Floats


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
    check: Callable[[Mapping[str, float]], object] = dict


@singledispatch
def operators(penalty: object) -> Operators:
    """Return the kernels of a penalty, deriving and compiling them on first use."""
    raise InputError(
        f"a penalty must be a Function, not {type(penalty).__name__}; "
        "write normcalc.function('lam*abs(x)')"
    )


class Bound:
    """One kernel with its parameter values fixed: numbers and addresses, ready for the loops."""

    def __init__(self, kernel: Kernel, values: Floats) -> None:
        """Look the addresses up; `prepare` must run before the first use."""
        self.kernel = kernel  # keeps the machine code alive
        self.element = element_address(kernel.element)
        self.setup = setup_address(kernel.setup)
        self.values = values
        self.constants = np.zeros(max(1, kernel.n_constants))

    def prepare(self) -> bool:
        """Fill `constants` from `values`; return whether the function exists there."""
        return setup_one(self.setup, self.values, self.constants) >= 0

    def sum(self, v: Floats) -> float:
        """Return the sum over the entries of `v`."""
        return float(sum_element(self.element, v, self.constants))


@dataclass(frozen=True)
class BoundPenalty:
    """A penalty with numbers for parameters.  `domain` is where the conjugate is finite."""

    operators: Operators
    prox: Bound
    value: Bound
    conjugate: Bound | None
    domain: tuple[float, float]


def bind(chosen: Operators, given: Mapping[str, float]) -> BoundPenalty:
    """Fix the parameters of a penalty's kernels."""
    numbers = np.array([given[name] for name in chosen.parameters], dtype=np.float64)
    prox = Bound(chosen.prox, np.concatenate([[1.0], numbers]))
    value = Bound(chosen.value, numbers)
    if not value.prepare():
        raise SolverError(f"{chosen.name} has no value at {dict(given)}")
    conjugate = Bound(chosen.conjugate, numbers) if chosen.conjugate and chosen.convex else None
    if conjugate is None or not conjugate.prepare():
        return BoundPenalty(chosen, prox, value, None, (0.0, 0.0))
    low = domain_end(conjugate.element, conjugate.constants, -1.0)
    high = domain_end(conjugate.element, conjugate.constants, 1.0)
    return BoundPenalty(chosen, prox, value, conjugate if low >= 0 else None, (-low, high))


def check_parameters(chosen: Operators, given: Mapping[str, object]) -> dict[str, float]:
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


def _number(name: str, value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]  # anything else raises just below
    except (TypeError, ValueError):
        number = np.nan
    if not np.isfinite(number):
        raise ParameterError(f"parameter {name} must be a finite number, got {value!r}")
    return number
