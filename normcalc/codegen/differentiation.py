"""The derivatives of a kernel as kernels, and products with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from normcalc.codegen.kernel import Kernel
from normcalc.codegen.vector_derivatives import VectorDerivatives
from normcalc.codegen.vector_kernel import VectorKernel
from normcalc.codegen.verbs import compile as compiled
from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.codegen.verbs import HasTable
    from normcalc.language.function import Function
    from normcalc.line.table import CaseTable


@final
class Derivatives:
    """A kernel with its derivatives in the argument and in each parameter.

    ``derivatives[name]`` is the kernel of one derivative, compiled when it is first needed.  All
    of them work number by number, so the Jacobian in the argument is diagonal.  At a kink the
    derivative is that of the case which gives the value there, for instance 0 at both ends of a
    dead zone; where the value jumps, the jump has no share.

    Parameters
    ----------
    derivation : Derivation, Function or CaseTable
        What to compile.

    Examples
    --------
    >>> import normcalc as nc
    >>> found = nc.differentiate(nc.prox(nc.function("lam*abs(x)")))
    >>> found["lam"]([-3.0, 0.5, 3.0], step=2.0, lam=1.0)
    array([ 2.,  0., -2.])
    """

    def __init__(self, derivation: CaseTable | HasTable | Function) -> None:
        """Compile the kernel of the value."""
        self.derivation = derivation
        self.kernel: Kernel = compiled(derivation)
        self.names = (self.kernel.interface.argument, *self.kernel.parameters)
        self._known: dict[str, Kernel] = {}

    def __getitem__(self, name: str) -> Kernel:
        """Return the kernel of the derivative in the argument or a parameter."""
        if name not in self._known:
            self._known[name] = compiled(self.derivation, derivative=name)
        return self._known[name]

    def jvp(
        self,
        v: Any,
        parameters: Mapping[str, Any],
        v_tangent: Any = 0.0,
        tangents: Mapping[str, float] | None = None,
    ) -> tuple[Any, Any]:
        """Return the value, and its derivative along a direction.

        Parameters
        ----------
        v : float or array_like
            The argument.
        parameters : mapping of str to float
            The step and all parameters, by name.
        v_tangent : float or array_like
            The direction in `v`, of its shape or one that broadcasts to it.
        tangents : mapping of str to float, optional
            The direction in the parameters; those that are left out stay fixed.

        Examples
        --------
        >>> import normcalc as nc
        >>> found = nc.differentiate(nc.prox(nc.function("lam*abs(x)")))
        >>> found.jvp(3.0, {"step": 2.0, "lam": 1.0}, 1.0, {"lam": 0.25})
        (1.0, 0.5)
        """
        moving = {self.names[0]: v_tangent, **(tangents or {})}
        unknown = sorted(set(moving) - set(self.names))
        if unknown:
            raise InputError(f"no parameter is called {', '.join(unknown)}")
        found = 0.0 * np.asarray(v)
        for name, tangent in moving.items():
            if np.any(tangent):
                found = found + self[name](v, **parameters) * np.asarray(tangent)
        value = self.kernel(v, **parameters)
        return value, float(found) if isinstance(value, float) else found

    def vjp(
        self, v: Any, parameters: Mapping[str, Any], cotangent: Any
    ) -> tuple[Any, Any, dict[str, float]]:
        """Return the value, and the gradient of ``sum(cotangent*value)`` in `v` and parameters.

        Parameters
        ----------
        v : float or array_like
            The argument.
        parameters : mapping of str to float
            The step and all parameters, by name.
        cotangent : float or array_like
            The weights, of the shape of `v` or one that broadcasts to it.

        Examples
        --------
        >>> import normcalc as nc
        >>> found = nc.differentiate(nc.prox(nc.function("lam*abs(x)")))
        >>> found.vjp([3.0, 0.5], {"step": 2.0, "lam": 1.0}, 1.0)
        (array([1., 0.]), array([1., 0.]), {'step': -1.0, 'lam': -2.0})
        """
        argument, *others = self.names
        weight = np.asarray(cotangent)
        along = self[argument](v, **parameters) * weight
        sums = {n: float(np.sum(self[n](v, **parameters) * weight)) for n in others}
        return self.kernel(v, **parameters), along, sums


def differentiate(derivation: CaseTable | HasTable | Function | Kernel | VectorKernel) -> Any:
    """Return the derivatives of a prox, a conjugate, an envelope or a value.

    Parameters
    ----------
    derivation : Derivation, Function, CaseTable or VectorKernel
        What to differentiate: in its argument, in the step, and in each parameter.

    Returns
    -------
    Derivatives or VectorDerivatives
        Products with vectors from either side, ``jvp`` and ``vjp``; for what works number by
        number, kernels by name as well.

    Raises
    ------
    InputError
        If it is a compiled kernel of numbers.
    NotDerivable
        When a derivative is asked of a point that only a search finds, or there is no kernel.

    Examples
    --------
    >>> import normcalc as nc
    >>> found = nc.differentiate(nc.prox(nc.function("-log(x)", domain=(0, None))))
    >>> round(found["v"](0.0, step=1.0), 6)
    0.5
    >>> found = nc.differentiate(nc.prox(nc.function("lam*norm(x)")))
    >>> found.vjp([0.0, 4.0], {"step": 1.0, "lam": 2.0}, 1.0)[1]
    array([0.5, 1. ])
    """
    if isinstance(derivation, VectorKernel):
        return VectorDerivatives(derivation)
    if getattr(derivation, "operator", None) is not None:
        kernel = compiled(derivation)
        return Derivatives(derivation) if isinstance(kernel, Kernel) else VectorDerivatives(kernel)
    if isinstance(derivation, Kernel):
        raise InputError(
            "a compiled kernel is code: give the derivation that it was compiled from, whose "
            "formula can be differentiated"
        )
    return Derivatives(derivation)
