"""Penalties of vectors for skglm, whose solvers compile the class with numba."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.block_module import block_module
from normcalc.codegen.build import load
from normcalc.errors import InputError, NotDerivable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.language.function import Function


class Mask:
    """What all penalties for skglm have in common; numba compiles the methods with the class."""

    def params_to_dict(self):  # type: ignore[no-untyped-def]
        """Return the arguments of the class."""
        return {"numbers": self.numbers}  # type: ignore[attr-defined]

    def is_penalized(self, n_features):  # type: ignore[no-untyped-def]
        """Return a mask of all features."""
        return np.ones(n_features, dtype=np.bool_)

    def generalized_support(self, w):  # type: ignore[no-untyped-def]
        """Return a mask of the nonzero entries."""
        return w != 0


def for_skglm_of_vectors(function: Function, parameters: Mapping[str, Any]) -> Any:
    """Return a penalty with ``value`` and ``prox_vec``: see `normcalc.adapters.for_skglm`."""
    from normcalc.derive import prox

    names = [p.name for p in function.parameters]
    if set(names) != set(parameters):
        raise InputError(f"{function} needs {', '.join(names)}; see {sorted(parameters)}")
    answer = prox(function)
    if answer.operator is None or any(_too_rich(x) for x in parameters.values()):
        raise NotDerivable(
            f"skglm gets a map of vectors, with numbers and vectors for parameters: {function}"
        )
    sizes = {name: len(x) for name, x in parameters.items() if np.ndim(x)}
    module = load(block_module(answer.operator, function, sizes))
    made = _class_of(module.block, module.worth)
    numbers = [np.ravel(np.asarray(parameters[name], dtype=np.float64)) for name in names]
    return made(np.concatenate([np.zeros(1), *numbers]))


def _too_rich(x: Any) -> bool:
    """Tell whether a parameter is neither a number nor a vector: groups, or a matrix."""
    return np.ndim(x) > 1 or (isinstance(x, list) and any(isinstance(one, list) for one in x))


def _class_of(block: Any, worth: Any) -> Any:
    """Return the class: its methods call compiled functions, so that numba compiles them too."""
    from numba import float64

    class Penalty(Mask):
        """A penalty of vectors for skglm."""

        def __init__(self, numbers):  # type: ignore[no-untyped-def]
            """Keep the parameters, after a place for the step."""
            self.numbers = numbers

        def get_spec(self):  # type: ignore[no-untyped-def]
            """Return the types of the attributes."""
            return (("numbers", float64[::1]),)

        def value(self, w):  # type: ignore[no-untyped-def]
            """Return the value."""
            return worth(w, self.numbers)

        def prox_vec(self, x, stepsize):  # type: ignore[no-untyped-def]
            """Return the prox."""
            out, given = np.empty_like(x), self.numbers.copy()
            given[0] = stepsize
            block(np.ascontiguousarray(x), given, out)
            return out

    return Penalty
