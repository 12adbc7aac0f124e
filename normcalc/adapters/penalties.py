"""Operators in the shapes that other packages expect of a penalty.

Nothing here imports those packages: each adapter has the methods that their solvers call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final

import numpy as np

from normcalc.adapters.blocks import Mask, for_skglm_of_vectors
from normcalc.codegen.fused import subdifferential_distance
from normcalc.codegen.vector_kernel import VectorKernel
from normcalc.codegen.verbs import compile as compiled
from normcalc.errors import InputError, NotDerivable

if TYPE_CHECKING:
    from normcalc.codegen.arrays import Array
    from normcalc.language.function import Function


class _Bound:
    """A function with its parameters as a penalty of vectors."""

    def __init__(self, function: Function, **parameters: Any) -> None:
        """Compile the value and the prox.

        Parameters
        ----------
        function : Function
            Of a vector; one of a real variable stands for the sum over the entries.
        **parameters : float, array_like or groups
            A value for every parameter.
        """
        known = {p.name for p in function.parameters}
        wrong = sorted(known ^ set(parameters))
        if wrong:
            raise InputError(f"{function} needs {', '.join(sorted(known))}; see {wrong}")
        from normcalc.derive import prox

        self.function, self.parameters = function, parameters
        self._value: Any = compiled(function) if function.variable.kind == "scalar" else function
        self._prox = compiled(prox(function))
        vectors = isinstance(self._prox, VectorKernel)
        self._bound = self._prox.bind(**parameters) if vectors else None

    def __call__(self, x: Array) -> float:
        """Return the value, of numbers the sum."""
        return float(np.sum(self._value(np.asarray(x), **self.parameters)))

    def _point(self, x: Array, step: float) -> Array:
        if self._bound is not None:
            found: Array = self._bound(np.asarray(x), step)
            return found
        found = self._prox(np.asarray(x), step=step, **self.parameters)
        return np.asarray(found)


@final
class ForCopt(_Bound):
    """A penalty for copt: ``penalty(x)`` and ``penalty.prox(x, step_size)``.

    Examples
    --------
    >>> import normcalc as nc
    >>> penalty = nc.adapters.ForCopt(nc.function("lam*abs(x)"), lam=0.5)
    >>> penalty([1.0, -2.0]), penalty.prox(np.array([1.0, -2.0]), 1.0)
    (1.5, array([ 0.5, -1.5]))
    >>> penalty = nc.adapters.ForCopt(nc.function("lam*norm(x)"), lam=2.5)
    >>> penalty([3.0, 4.0]), penalty.prox([3.0, 4.0], 1.0)
    (12.5, array([1.5, 2. ]))
    """

    def prox(self, x: Array, step_size: float) -> Array:
        """Return the prox at `x`."""
        return self._point(x, float(step_size))


@final
class ForPyproximal(_Bound):
    """A penalty for pyproximal: the methods of its ``ProxOperator``.

    Examples
    --------
    >>> import normcalc as nc
    >>> penalty = nc.adapters.ForPyproximal(nc.function("lam*abs(x)"), lam=0.5)
    >>> penalty.prox(np.array([1.0, -2.0]), 1.0), penalty.proxdual(np.array([1.0, -2.0]), 1.0)
    (array([ 0.5, -1.5]), array([ 0.5, -0.5]))
    """

    hasgrad = False

    def __init__(self, function: Function, **parameters: Any) -> None:
        """Compile the value, the prox, and, where it is needed, that of the conjugate."""
        super().__init__(function, **parameters)
        self._dual: Any = None

    def prox(self, x: Array, tau: float, **_: Any) -> Array:
        """Return ``argmin_y f(y) + |y - x|**2/(2 tau)``."""
        return self._point(x, _positive(tau))

    def proxdual(self, x: Array, tau: float, **_: Any) -> Array:
        """Return the prox of the conjugate; of a convex function of vectors by Moreau."""
        if self._bound is not None:
            t, point = _positive(tau), np.asarray(x, dtype=np.float64)
            rest: Array = point - t * self._bound(point / t, 1.0 / t)
            return rest
        if self._dual is None:
            from normcalc.derive import conjugate, prox

            self._dual = compiled(prox(conjugate(self.function)))
        found: Array = self._dual(np.asarray(x), step=_positive(tau), **self.parameters)
        return found


def _positive(tau: Any) -> float:
    if np.any(np.asarray(tau) <= 0):
        raise InputError(f"tau must be positive, not {tau}")
    return float(tau)


def for_skglm(function: Function, **parameters: Any) -> Any:
    """Return a penalty for skglm: an object whose class its solvers compile with numba.

    It has ``value``, ``prox_1d``, ``prox_vec``, ``subdiff_distance``, ``is_penalized`` and
    ``generalized_support`` (the nonzero entries).  The set-up of the prox is kept while the step
    stays the same.  It has no ``alpha_max``: see `normcalc.lambda_max`.

    Of a function of vectors it has ``value`` and ``prox_vec``, which is what ``FISTA`` takes with
    ``opt_strategy="fixpoint"``.

    Parameters
    ----------
    function : Function
        Of one real variable with numbers for parameters, or of a vector with numbers and vectors.
    **parameters : float or array_like, shape (k,)
        A value for every parameter.

    Returns
    -------
    object
        For the argument ``penalty=`` of skglm's estimators and solvers.

    Raises
    ------
    NotDerivable
        If the prox or the subdifferential of the function is not derived.

    Examples
    --------
    >>> import normcalc as nc
    >>> penalty = nc.adapters.for_skglm(nc.function("lam*abs(x)"), lam=0.5)
    >>> penalty.prox_1d(2.0, 1.0, 0), penalty.value(np.array([1.0, -2.0]))
    (1.5, 1.5)
    """
    if function.variable.kind == "vector":
        return for_skglm_of_vectors(function, parameters)
    bound = ForCopt(function, **parameters)
    distance = subdifferential_distance(function)
    names = bound._value.parameters
    if bound._prox.parameters != ("step", *names) or distance.lower.parameters != names:
        raise NotDerivable(f"the operators of {function} differ in their parameters")
    bound._prox(0.0, step=1.0, **parameters)
    kernels = (bound._prox, bound._value, distance.lower, distance.upper)
    made = _skglm_class(_compiled(*kernels), [kernel.n_constants for kernel in kernels])
    return made(np.array([parameters[name] for name in names], dtype=np.float64))


def _compiled(prox: Any, value: Any, lower: Any, upper: Any) -> tuple[Any, ...]:
    """Return what the methods of a penalty for skglm do, compiled, with constants as arguments."""
    from numba import njit

    set_prox, prox_at, set_value, value_at = prox.setup, prox.element, value.setup, value.element
    set_lower, set_upper = lower.setup, upper.setup
    lower_at, upper_at = lower.element, upper.element

    @njit
    def set_up(numbers, of_value, of_lower, of_upper):  # type: ignore[no-untyped-def]
        set_value(numbers, of_value)
        set_lower(numbers, of_lower)
        set_upper(numbers, of_upper)

    @njit
    def set_step(step, numbers, of_prox):  # type: ignore[no-untyped-def]
        given = np.empty(len(numbers) + 1)
        given[0] = step
        given[1:] = numbers
        if set_prox(given, of_prox) < 0:
            raise ValueError("the prox does not exist at this step")

    @njit
    def total(w, of_value):  # type: ignore[no-untyped-def]
        found = 0.0
        for j in range(len(w)):
            found += value_at(w[j], of_value)
        return found

    @njit
    def distance(w, grad, ws, of_lower, of_upper):  # type: ignore[no-untyped-def]
        found = np.zeros_like(grad)
        for i, j in enumerate(ws):
            below = lower_at(w[j], of_lower) + grad[i]
            above = -grad[i] - upper_at(w[j], of_upper)
            found[i] = max(below, above, 0.0) if below == below else np.inf
        return found

    return set_up, set_step, prox_at, total, distance


def _skglm_class(compiled_parts: tuple[Any, ...], sizes: list[int]) -> Any:
    """Return the class: its methods call compiled functions, so that numba compiles them too."""
    from numba import float64

    set_up, set_step, prox_at, total, distance = compiled_parts
    n_prox, n_value, n_lower, n_upper = sizes

    class Penalty(Mask):
        """A penalty for skglm."""

        def __init__(self, numbers):  # type: ignore[no-untyped-def]
            """Set up the value and the subdifferential."""
            self.numbers, self.step = numbers, -1.0
            self.of_prox, self.of_value = np.zeros(n_prox), np.zeros(n_value)
            self.of_lower, self.of_upper = np.zeros(n_lower), np.zeros(n_upper)
            set_up(numbers, self.of_value, self.of_lower, self.of_upper)

        def get_spec(self):  # type: ignore[no-untyped-def]
            """Return the types of the attributes."""
            arrays = ("numbers", "of_prox", "of_value", "of_lower", "of_upper")
            return (("step", float64), *((name, float64[::1]) for name in arrays))

        def value(self, w):  # type: ignore[no-untyped-def]
            """Return the sum over the entries."""
            return total(w, self.of_value)

        def prox_1d(self, value, stepsize, j):  # type: ignore[no-untyped-def]
            """Return the prox of one entry."""
            if stepsize != self.step:
                set_step(stepsize, self.numbers, self.of_prox)
                self.step = stepsize
            return prox_at(value, self.of_prox)

        def prox_vec(self, x, stepsize):  # type: ignore[no-untyped-def]
            """Return the prox of a vector."""
            out = np.empty_like(x)
            for j in range(len(x)):
                out[j] = self.prox_1d(x[j], stepsize, j)  # type: ignore[no-untyped-call]
            return out

        def subdiff_distance(self, w, grad, ws):  # type: ignore[no-untyped-def]
            """Return how far the negative gradient is from the subdifferential, on `ws`."""
            return distance(w, grad, ws, self.of_lower, self.of_upper)

    return Penalty
