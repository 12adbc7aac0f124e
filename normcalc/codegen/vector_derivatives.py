"""The derivatives of a kernel of vectors: its own text over dual numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from normcalc.codegen.build import load_alone
from normcalc.codegen.duals import dual_module
from normcalc.codegen.vector_arguments import fill_unknown, quiet
from normcalc.errors import InputError, NotDerivable
from normcalc.language.calling import as_real, check_point

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from normcalc.codegen.arrays import Array
    from normcalc.codegen.vector_kernel import VectorKernel

_SYMMETRIC = ("prox", "projection")


@final
class VectorDerivatives:
    """A kernel of vectors or matrices with its derivatives in the point and the parameters.

    The text of the kernel runs over dual numbers (forward mode), on the branches that the point
    takes; what searches find moves by the implicit function theorem.  At a kink, where cases
    meet, the derivative is that of the case which gives the value: entries inside a dead zone,
    and on its border, do not move; what jumps has no share of the jump.  Among equal
    eigenvalues the basis is the one in which the direction is diagonal.

    Parameters
    ----------
    kernel : VectorKernel
        What to differentiate.

    Examples
    --------
    >>> import normcalc as nc
    >>> found = nc.differentiate(nc.prox(nc.function("lam*norm(x)")))
    >>> values = {"step": 1.0, "lam": 2.5}
    >>> found.jvp([3.0, 4.0], values, [1.0, 0.0])
    (array([1.5, 2. ]), array([0.68, 0.24]))
    >>> found.jvp([3.0, 4.0], values, tangents={"lam": 1.0})[1]
    array([-0.6, -0.8])
    """

    def __init__(self, kernel: VectorKernel) -> None:
        """Load the text of the kernel over dual numbers; machine code waits for the first use."""
        self.kernel = kernel
        self.names = ("v", *kernel.parameters)
        self.source = dual_module(kernel.source, kernel.interface.name)
        self._apply = quiet(load_alone(self.source).apply)

    def jvp(
        self,
        v: Any,
        parameters: Mapping[str, Any],
        v_tangent: Any = 0.0,
        tangents: Mapping[str, Any] | None = None,
    ) -> tuple[Array, Array]:
        """Return the points, and their derivatives along a direction.

        Parameters
        ----------
        v : array_like
            A vector or matrix, or a stack of them on the first axes.
        parameters : mapping of str to number, array or groups
            The step of a prox and all parameters, by name.
        v_tangent : array_like
            The direction in `v`, of its shape or one that broadcasts to it.
        tangents : mapping of str to number or array, optional
            The direction in the parameters, of their shapes; those left out stay fixed.

        Raises
        ------
        InputError
            If something is called by an unknown name, or does not fit.
        NotDerivable
            If the object does not exist for these values.
        """
        step, values = self.kernel._settings((), dict(parameters), kept=True)
        moving = dict(tangents or {})
        self._check_names(moving)
        rates = [moving.get(name, 0.0) for name in self.names[1:]]
        rate = rates.pop(0) if self.names[1:2] == ("step",) else 0.0
        given = tuple(map(_moved, values.p, rates, self.kernel.interface.function.parameters))
        point, stacked = self._stack(v)
        directions = _spread(v_tangent, "v_tangent", point.shape)
        duals = np.empty(stacked.shape, np.complex128)
        duals.real, duals.imag = stacked, directions.reshape(stacked.shape)
        found = np.empty_like(duals)
        for one, out in zip(duals, found, strict=True):
            self._run(one, complex(step, float(rate)), given, out)
        return self._shaped(found.real, v), self._shaped(found.imag, v)

    def vjp(
        self,
        v: Any,
        parameters: Mapping[str, Any],
        cotangent: Any,
        only: Iterable[str] | None = None,
    ) -> tuple[Array, Array, dict[str, Any]]:
        """Return the points, and the gradient of ``sum(cotangent*points)`` in `v` and parameters.

        A prox is the gradient of a convex function, so its Jacobian in `v` is symmetric, and the
        gradient in `v` costs one run.  Each number among the parameters costs one as well.

        Parameters
        ----------
        v : array_like
            A vector or matrix, or a stack of them on the first axes.
        parameters : mapping of str to number, array or groups
            The step of a prox and all parameters, by name.
        cotangent : array_like
            The weights, of the shape of `v` or one that broadcasts to it.
        only : iterable of str, optional
            The parameters to differentiate in; by default all but groups.

        Raises
        ------
        NotDerivable
            If the map is neither a prox nor a projection, or does not exist for these values.

        Examples
        --------
        >>> import normcalc as nc
        >>> found = nc.differentiate(nc.prox(nc.function("indicator(norm(x) <= r)")))
        >>> _, along, sums = found.vjp([3.0, 4.0], {"step": 1.0, "r": 1.0}, [1.0, 1.0])
        >>> along.round(3), sums["step"], round(sums["r"], 3)
        (array([ 0.032, -0.024]), 0.0, 1.4)
        """
        if self.kernel.interface.goal not in _SYMMETRIC:
            raise NotDerivable(f"{self.kernel.interface.goal} has no symmetric Jacobian: use jvp")
        chosen = self._movable(parameters) if only is None else list(only)
        self._check_names(chosen)
        weights = _spread(cotangent, "cotangent", np.shape(v))
        points, along = self.jvp(v, parameters, weights)
        sums = {name: self._sum(v, parameters, weights, name) for name in chosen}
        return points, along, sums

    def _sum(self, v: Any, parameters: Mapping[str, Any], weights: Array, name: str) -> Any:
        """Return the derivative of the weighted sum in each number of a parameter."""
        given = np.asarray(parameters[name], dtype=np.float64)
        found = np.empty(given.shape)
        for place in np.ndindex(given.shape):
            unit = np.zeros(given.shape)
            unit[place] = 1.0
            moved = self.jvp(v, parameters, 0.0, {name: unit if given.ndim else 1.0})[1]
            found[place] = np.sum(weights * moved)
        return found if given.ndim else float(found)

    def _movable(self, parameters: Mapping[str, Any]) -> list[str]:
        kinds = {p.name: p.kind for p in self.kernel.interface.function.parameters}
        fixed = ("groups", "partition")
        return [n for n in self.names[1:] if n not in kinds or kinds[n].order not in fixed]

    def _check_names(self, names: Iterable[str]) -> None:
        unknown = sorted(set(names) - set(self.names[1:]))
        if unknown:
            raise InputError(
                f"no parameter is called {', '.join(unknown)}; there are "
                f"{', '.join(self.names[1:]) or 'none'}"
            )

    def _stack(self, v: Any) -> tuple[Array, Array]:
        point = as_real(v, "v")
        check_point(self.kernel.interface.function, point)
        core = point.shape[-self.kernel._core :]
        return point, np.ascontiguousarray(point).reshape(-1, *core)

    @staticmethod
    def _shaped(found: Array, v: Any) -> Array:
        kind = np.float32 if getattr(v, "dtype", None) == np.float32 else np.float64
        return np.array(found, dtype=kind).reshape(np.shape(v))

    def _run(self, point: Array, step: complex, given: tuple[Any, ...], out: Array) -> None:
        try:
            if self._apply(point, step, given, out):
                return
        except IndexError as error:
            raise InputError(f"shapes do not fit: {error}") from error
        except ValueError as error:
            raise NotDerivable(str(error)) from error
        fill_unknown(point.real, out)
        out[...] = complex(np.nan, np.nan)


def _spread(given: Any, name: str, shape: tuple[int, ...]) -> Array:
    """Return an array over the shape of the point."""
    array = np.asarray(as_real(given, name), dtype=np.float64)
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise InputError(
            f"{name} has the shape {array.shape}, and v the shape {shape}; give {name} that shape"
        ) from None


def _moved(value: Any, rate: Any, parameter: Any) -> Any:
    """Return a prepared parameter as dual numbers; groups stay, and do not move."""
    if isinstance(value, tuple):
        if np.any(rate):
            raise InputError(f"{parameter.name} are groups, which have no derivative")
        return value
    if np.shape(rate) not in ((), np.shape(value)):
        raise InputError(f"the direction in {parameter.name} has the shape {np.shape(rate)}")
    if np.ndim(value) == 0:
        return complex(value, rate)
    found = np.empty(np.shape(value), np.complex128)
    found.real, found.imag = value, rate
    return found
