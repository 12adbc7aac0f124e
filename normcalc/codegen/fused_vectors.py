"""The prox of a function of vectors or matrices together with the function's value there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from normcalc.codegen.block_module import value_module
from normcalc.codegen.build import load
from normcalc.codegen.vector_arguments import quiet
from normcalc.codegen.verbs import compile as compiled
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from normcalc.codegen.arrays import Array
    from normcalc.derive import Derivation


@final
class VectorProxAndValue:
    """The prox of a function of vectors or matrices, and the function's value at each prox.

    Parameters
    ----------
    derivation : Derivation
        A prox that `normcalc.prox` derived.

    Raises
    ------
    NotDerivable
        If it is not a prox, or there is no kernel for the prox or the value.

    Examples
    --------
    >>> import normcalc as nc
    >>> both = nc.prox_and_value(nc.prox(nc.function("lam*norm(x)")))
    >>> both([3.0, 4.0], step=1.0, lam=2.5)
    (array([1.5, 2. ]), 6.25)
    """

    def __init__(self, derivation: Derivation) -> None:
        """Compile the prox and the value."""
        if derivation.goal != "prox":
            raise NotDerivable(f"a prox is needed, and this is a {derivation.goal}")
        self.prox: Any = compiled(derivation)
        self._worth = quiet(load(value_module(derivation.function)).worth)

    def __call__(self, v: Any, **parameters: Any) -> tuple[Array, Any]:
        """Return the prox of each vector or matrix, and the function's value at each prox.

        Parameters
        ----------
        v : array_like
            A vector or matrix, or a stack of them on the first axes.
        **parameters : float, array_like or groups
            The step and all parameters, by name.
        """
        step, values = self.prox._settings((), parameters, kept=True)
        points = self.prox._mapped(v, step, values, None)
        core = self.prox._core
        stack = np.ascontiguousarray(points, np.float64).reshape(-1, *points.shape[-core:])
        found = np.array([self._worth(one, values.p) for one in stack], points.dtype)
        return points, found.reshape(points.shape[:-core]) if points.ndim > core else float(
            found[0]
        )

    def total(self, v: Any, **parameters: Any) -> tuple[Array, float]:
        """Return the prox, and the sum of the function's values there."""
        points, values = self(v, **parameters)
        return points, float(np.sum(values, dtype=np.float64))

    def envelope(self, v: Any, **parameters: Any) -> tuple[Any, Array]:
        """Return the Moreau envelope of each vector, and its gradient ``(v - prox)/step``.

        Where the prox is set-valued, the gradient is that of the prox which the kernel takes.
        """
        points, values = self(v, **parameters)
        gap = np.asarray(v, dtype=points.dtype) - points
        gradient = gap / points.dtype.type(parameters["step"])
        axes = tuple(range(-self.prox._core, 0))
        return values + 0.5 * np.sum(gap * gradient, axis=axes), gradient
