"""A compiled map of vectors or matrices: what callers hold after `compile`."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from normcalc.codegen.arrays import checked_out
from normcalc.codegen.build import load
from normcalc.codegen.skeletons.grouping import grouped
from normcalc.errors import InputError, NotDerivable, ParameterError
from normcalc.language.axes import core_of
from normcalc.language.calling import as_real, check_parameters, check_point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from normcalc.codegen.arrays import Array
    from normcalc.language.function import Function


@dataclass(frozen=True)
class VectorInterface:
    """Everything about a vector kernel but its code.

    Parameters
    ----------
    name : str
        Name of the friendly function.
    goal : str
        "prox", "projection", ...; only a prox takes a step.
    function : Function
        Whose map it is; it knows the kinds of the parameters.
    """

    name: str
    goal: str
    function: Function

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in call order, after the point."""
        step = ("step",) if self.goal == "prox" else ()
        return (*step, *(p.name for p in self.function.parameters))


@final
class VectorKernel:
    """An operator of vectors or matrices, compiled.

    ``kernel(v, step, *params, out=None)``; parameters may be named.  Vectors lie on the last axis
    of `v` and matrices on the last two; an array with more dimensions is a stack.  float32 stays
    float32, computed in float64 and rounded once.  NaN in a vector makes that vector NaN.  `v` is
    never changed unless it is `out`.

    Parameters
    ----------
    source : str
        The Python text that is compiled; see `path` for the file.
    interface : VectorInterface
        Names and checks.
    """

    def __init__(self, source: str, interface: VectorInterface) -> None:
        """Load the module of `source`."""
        self.source = source
        self.interface = interface
        module = load(source)
        self.path = Path(str(module.__file__))
        self.parameters = interface.parameters
        self._core = core_of(interface.function) or 1
        self._apply: Callable[..., None] = module.apply
        self._apply_stack: Callable[..., None] = module.apply_stack
        # The parameters of the last call, where all are numbers, and what became of them.
        self._last: tuple[Any, tuple[Any, ...]] = (None, ())

    def __call__(self, v: Any, *params: Any, out: Array | None = None, **named: Any) -> Array:
        """Return the point for each vector or matrix of `v`.

        Raises
        ------
        InputError
            If `v` or `out` is not usable.
        ParameterError
            If the step or a parameter is missing, unknown, or not of its kind.
        NotDerivable
            If the object does not exist for these values.
        """
        step, p = self._settings(params, named)
        return self._mapped(v, step, p, out)

    def bound(self, *params: Any, **named: Any) -> Bound:
        """Return the kernel with its parameters checked once, but for the step.

        Lists of groups become arrays then, which takes longer than the map itself.

        Examples
        --------
        >>> import normcalc as nc
        >>> kernel = nc.compile(nc.prox(nc.function("sum(group_norms(x, G, 2))")))
        >>> kernel.bound(G=[[0, 1], [2]])([3.0, 4.0, 0.5], 1.0)
        array([2.4, 3.2, 0. ])
        """
        if "step" in self.parameters:
            params = (1.0, *params)
        return Bound(self, self._settings(params, named)[1])

    def _settings(self, params: tuple[Any, ...], named: dict[str, Any]) -> tuple[float, Any]:
        values = self._ordered(params, named)
        step = checked_step(values.pop("step")) if "step" in self.parameters else 1.0
        numbers = all(type(value) is float for value in values.values())
        key = tuple(values.values()) if numbers else None
        if numbers and key == self._last[0]:
            return step, self._last[1]
        checked = check_parameters(self.interface.function, values)
        p = tuple(_prepared(value) for value in checked.values())
        if numbers:
            self._last = (key, p)
        return step, p

    def _ordered(self, params: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        names = self.parameters
        if len(params) > len(names):
            raise ParameterError(
                f"{self!r} takes {len(names)} parameters, {len(params)} were given"
            )
        values = dict(zip(names, params, strict=False))
        for name, value in named.items():
            if name in values:
                raise ParameterError(f"parameter {name!r} is given twice")
            values[name] = value
        if "step" in names and "step" not in values:
            raise ParameterError("a value for step is needed")
        return values

    def _mapped(self, v: Any, step: float, p: tuple[Any, ...], out: Array | None) -> Array:
        single = getattr(v, "dtype", None) == np.float32
        point = v if _is_ready(v) else np.ascontiguousarray(as_real(v, "v"))
        check_point(self.interface.function, point)
        if out is not None:
            checked_out(out, v if single else point)
        direct = out is not None and _is_ready(out) and not np.may_share_memory(out, point)
        found: Array = out if direct and out is not None else np.empty_like(point)
        self._run(point, step, p, found)
        if out is None:
            return found.astype(np.float32) if single else found
        if not direct:
            out[...] = found
        return out

    def _run(self, point: Array, step: float, p: tuple[Any, ...], found: Array) -> None:
        if np.isfinite(point.sum()) or np.isfinite(point).all():
            self._finite(point, step, p, found)
            return
        core = point.shape[-self._core :]
        stack, target = point.reshape(-1, *core), found.reshape(-1, *core)
        for one, left in zip(stack, target, strict=True):
            if np.isnan(one).any():
                left[...] = np.nan
            elif np.isinf(one).any():
                raise InputError("v must be finite")
            else:
                self._finite(one, step, p, left)

    def _finite(self, point: Array, step: float, p: tuple[Any, ...], found: Array) -> None:
        with _told():
            if point.ndim == self._core:
                self._apply(point, step, p, found)
            else:
                core = point.shape[-self._core :]
                self._apply_stack(
                    point.reshape(-1, *core), step, p, found.reshape(-1, *core)
                )

    def __reduce__(self) -> tuple[type[VectorKernel], tuple[str, VectorInterface]]:
        """Pickle as the source and the interface: the other process builds or finds the module."""
        return VectorKernel, (self.source, self.interface)

    def __str__(self) -> str:
        """Return the source."""
        return self.source

    def __repr__(self) -> str:
        """Return the signature and the file."""
        inside = ", ".join(["v", *self.parameters])
        return f"<VectorKernel {self.interface.name}({inside}) in {self.path.name}>"


@dataclass(frozen=True)
class Bound:
    """A vector kernel with parameters that are checked already: ``bound(v, step, out=None)``."""

    kernel: VectorKernel
    values: tuple[Any, ...]

    def __call__(self, v: Any, step: float = 1.0, out: Array | None = None) -> Array:
        """Return the point for each vector or matrix of `v`; only a prox takes the step."""
        return self.kernel._mapped(v, checked_step(step), self.values, out)


def _is_ready(v: Any) -> bool:
    """Tell whether a compiled loop takes an array as it is."""
    return type(v) is np.ndarray and v.dtype == np.float64 and v.flags.carray and v.ndim > 0


def _prepared(value: Any) -> Any:
    if isinstance(value, tuple):
        return grouped(value)
    return value if isinstance(value, float) else np.array(value, dtype=np.float64, order="C")


def checked_step(given: Any) -> float:
    """Return a step as a float.

    Raises
    ------
    ParameterError
        If it is not one positive and finite real number.
    """
    if np.ndim(given) or isinstance(given, complex | np.complexfloating):
        raise ParameterError(f"step must be one real number, not {given!r}")
    try:
        step = float(given)
    except (TypeError, ValueError):
        raise ParameterError(f"step must be a real number, not {given!r}") from None
    if not 0 < step < np.inf:
        raise ParameterError(f"step = {step} is not positive and finite")
    return step


@contextmanager
def _told() -> Iterator[None]:
    """Turn what loops raise into the errors of this package."""
    try:
        with np.errstate(all="ignore"):
            yield
    except IndexError as error:
        raise InputError(f"shapes do not fit: {error}") from error
    except ValueError as error:
        raise NotDerivable(str(error)) from error
