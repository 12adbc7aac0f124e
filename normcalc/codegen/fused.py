"""Two operators in one pass over memory, and the distance to a subdifferential.

Arrays go through in blocks that stay in the cache, so what the first kernel writes the second one
reads at once; each kernel keeps its own loop, which runs on all lanes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, final

import numpy as np

from normcalc.codegen.arrays import as_floats
from normcalc.codegen.fused_vectors import VectorProxAndValue
from normcalc.codegen.verbs import compile as compiled
from normcalc.errors import InputError, NotDerivable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.codegen.arrays import Array
    from normcalc.codegen.kernel import Kernel
    from normcalc.derive import Derivation
    from normcalc.language.function import Function
    from normcalc.line.table import CaseTable

_BLOCK = 4096


def blocks(size: int) -> Iterator[slice]:
    """Return slices that cover `size` numbers, each of a size that stays in the cache.

    Examples
    --------
    >>> list(blocks(5000))
    [slice(0, 4096, None), slice(4096, 8192, None)]
    """
    return (slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))


@final
class ProxAndValue:
    """The prox of a function of one real variable and the function's value there, in one pass.

    Parameters
    ----------
    derivation : Derivation
        A prox that `normcalc.prox` derived.

    Examples
    --------
    >>> import normcalc as nc
    >>> both = nc.prox_and_value(nc.prox(nc.function("lam*abs(x)")))
    >>> both([-3.0, 0.5], step=2.0, lam=1.0)
    (array([-1.,  0.]), array([1., 0.]))
    """

    def __init__(self, derivation: Derivation) -> None:
        """Compile the two kernels."""
        if derivation.goal != "prox" or derivation.table is None:
            raise NotDerivable("the prox of a function of one real variable is needed")
        self.prox: Kernel = compiled(derivation)
        self.value: Kernel = compiled(derivation.function)

    def __call__(self, v: Any, **parameters: Any) -> tuple[Array, Array]:
        """Return the prox of each number, and the function's value at each prox.

        Parameters
        ----------
        v : array_like
            Of any shape, float64 or float32.
        **parameters : float
            The step and all parameters, by name.
        """
        array = np.ascontiguousarray(as_floats(v, "v"))
        points, values = np.empty_like(array), np.empty_like(array)
        flat, into, onto = array.reshape(-1), points.reshape(-1), values.reshape(-1)
        first, second = self._constants(parameters)
        for part in blocks(flat.size):
            self.prox(flat[part], *first, out=into[part])
            self.value(into[part], *second, out=onto[part])
        return points, values

    def total(self, v: Any, **parameters: Any) -> tuple[Array, float]:
        """Return the prox, and the sum of the function's values there, which no array holds."""
        array = np.ascontiguousarray(as_floats(v, "v"))
        points = np.empty_like(array)
        flat, into = array.reshape(-1), points.reshape(-1)
        work = np.empty(min(flat.size, _BLOCK), array.dtype)
        first, second = self._constants(parameters)
        found = 0.0
        for part in blocks(flat.size):
            self.prox(flat[part], *first, out=into[part])
            value = work[: into[part].size]
            self.value(into[part], *second, out=value)
            found += float(np.sum(value, dtype=np.float64))
        return points, found

    def envelope(self, v: Any, **parameters: Any) -> tuple[Array, Array]:
        """Return the Moreau envelope at each number, and its gradient ``(v - prox)/step``.

        Where the prox is set-valued, the gradient is that of the prox which the kernel takes.
        """
        points, values = self(v, **parameters)
        gap = np.asarray(v, dtype=points.dtype) - points
        gradient = gap / points.dtype.type(parameters["step"])
        values += points.dtype.type(0.5) * gap * gradient
        return values, gradient

    def _constants(
        self, parameters: dict[str, float]
    ) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return the arguments of the two kernels, in their order."""
        known = {*self.prox.parameters, *self.value.parameters}
        wrong = sorted(known ^ set(parameters))
        if wrong:
            raise InputError(f"needed are {', '.join(sorted(known))}; see {', '.join(wrong)}")
        first = tuple(parameters[name] for name in self.prox.parameters)
        return first, tuple(parameters[name] for name in self.value.parameters)


def prox_and_value(derivation: Derivation) -> ProxAndValue | VectorProxAndValue:
    """Return the prox and the value at it as one operator; also envelopes with gradients.

    Parameters
    ----------
    derivation : Derivation
        A prox.

    Returns
    -------
    ProxAndValue or VectorProxAndValue
        ``both(v, step=..., ...)`` gives points and values: one value for each number, or for each
        vector or matrix.

    Raises
    ------
    NotDerivable
        If it is not a prox, or there is no kernel.

    Examples
    --------
    >>> import normcalc as nc
    >>> both = nc.prox_and_value(nc.prox(nc.function("abs(x)")))
    >>> both.envelope([3.0, 0.5], step=1.0)
    (array([2.5  , 0.125]), array([1. , 0.5]))
    """
    if derivation.operator is not None:
        return VectorProxAndValue(derivation)
    return ProxAndValue(derivation)


def ends(table: CaseTable) -> tuple[CaseTable, CaseTable]:
    """Return the tables of the lower and of the upper end of a set-valued answer.

    Examples
    --------
    >>> import normcalc as nc
    >>> lower, _ = ends(nc.subdifferential(nc.function("abs(x)")).table)
    >>> [case.result for case in lower.regimes[0].cases]
    [-1, -1, 1]
    """

    def end(place: int) -> CaseTable:
        regimes = tuple(
            replace(r, cases=tuple(replace(c, result=_pair(c.result)[place]) for c in r.cases))
            for r in table.regimes
        )
        return replace(table, regimes=regimes)

    return end(0), end(1)


def _pair(result: Any) -> tuple[Any, Any]:
    return result if isinstance(result, tuple) else (result, result)


@final
class SubdifferentialDistance:
    """How far a negative gradient is from the subdifferential of a function of one variable.

    It is zero exactly where ``0`` lies in ``gradient + subdifferential``: at stationary points of
    a sum whose smooth part has this gradient.

    Parameters
    ----------
    function : Function
        A function of one real variable.

    Examples
    --------
    >>> import normcalc as nc
    >>> distance = nc.subdifferential_distance(nc.function("lam*abs(x)"))
    >>> distance([0.0, 0.0, 2.0], [0.5, -3.0, -1.0], lam=1.0)
    array([0., 2., 0.])
    """

    def __init__(self, function: Function) -> None:
        """Compile the two ends."""
        from normcalc.derive import subdifferential

        table = getattr(subdifferential(function), "table", None)
        if table is None or table.parity is not None:
            raise NotDerivable(f"no subdifferential on the line is known of {function}")
        kinds = {p.name: p.kind for p in function.parameters}
        lower, upper = ends(table)
        self.lower: Kernel = compiled(lower, name="lower", kinds=kinds)
        self.upper: Kernel = compiled(upper, name="upper", kinds=kinds)

    def __call__(self, x: Any, gradient: Any, **parameters: Any) -> Array:
        """Return the distance at each number; infinite where the subdifferential is empty.

        Parameters
        ----------
        x : array_like
            The points, of any shape.
        gradient : array_like
            The gradient of the smooth part at them, of the same shape.
        **parameters : float
            The parameters of the function, by name.
        """
        x, g = as_floats(x, "x"), as_floats(gradient, "gradient")
        if x.shape != g.shape:
            raise InputError(f"x has shape {x.shape} and the gradient {g.shape}")
        below = np.asarray(self.lower(x, **parameters)) + g
        above = -g - np.asarray(self.upper(x, **parameters))
        distance = np.maximum(np.maximum(below, above), 0.0)
        missing = np.isnan(distance) & ~np.isnan(x) & ~np.isnan(g)
        return np.where(missing, np.inf, distance)


def subdifferential_distance(function: Function) -> SubdifferentialDistance:
    """Return the distance of a negative gradient to the subdifferential, as an operator.

    Parameters
    ----------
    function : Function
        A function of one real variable.

    Returns
    -------
    SubdifferentialDistance
        ``distance(x, gradient, **parameters)``, number by number.

    Raises
    ------
    NotDerivable
        If no subdifferential is derived.

    Examples
    --------
    >>> import normcalc as nc
    >>> distance = nc.subdifferential_distance(nc.function("-log(x)", domain=(0, None)))
    >>> distance([1.0, -1.0], [1.0, 0.0])
    array([ 0., inf])
    """
    return SubdifferentialDistance(function)
