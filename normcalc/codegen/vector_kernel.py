"""A compiled map of vectors or matrices: what callers hold after `compile`."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from normcalc.codegen.arrays import checked_out
from normcalc.codegen.build import jit_enabled, load
from normcalc.codegen.early import Early, count, has_early_stage
from normcalc.codegen.structured import plain_or_numba
from normcalc.codegen.vector_arguments import (
    AtSizes,
    Prepared,
    VectorInterface,
    apart,
    fill_unknown,
    is_ready,
    prepared,
    quiet,
    silent,
)
from normcalc.errors import InputError, NotDerivable, ParameterError
from normcalc.language.axes import core_of
from normcalc.language.calling import (
    as_real,
    check_parameters,
    check_point,
    checked_step,
    is_complex,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.certify import Certificate
    from normcalc.codegen.arrays import Array
    from normcalc.codegen.datasheets import Datasheet
    from normcalc.derive.derivation import Derivation


_WEIGHT = 5  # how many formulas an entry of a vector costs


@final
class VectorKernel:
    """An operator of vectors or matrices, compiled.

    ``kernel(v, step, *params, out=None)``; parameters may be named.  Vectors lie on the last axis
    of `v` and matrices on the last two; an array with more dimensions is a stack.  float32 stays
    float32, computed in float64 and rounded once.  NaN in a vector makes that vector NaN.  `v` is
    never changed unless it is `out`.  The first calls on few numbers run in the interpreter, as
    those of a `Kernel` do.

    Parameters
    ----------
    source : str
        The Python text that is compiled; see `path` for the file.
    interface : VectorInterface
        Names and checks.
    origin : Derivation, optional
        What it was compiled from, which a datasheet measures it against.
    """

    def __init__(
        self, source: str, interface: VectorInterface, origin: Derivation | None = None
    ) -> None:
        """Load the module of `source`."""
        self.source = source
        self._origin = origin
        self.interface = interface
        module = load(source)
        self.path = Path(str(module.__file__))
        self.parameters = interface.parameters
        self._core = core_of(interface.function) or 1
        self._module = module
        self._apply: Callable[..., bool] = quiet(module.apply)
        self._apply_stack: Callable[..., int] = quiet(module.apply_stack)
        self._early: Early | None = None
        if has_early_stage():
            self._early = Early(plain_or_numba(source, "plain"), source, _WEIGHT)
            self._apply = silent(self._early.module.apply)
            self._apply_stack = silent(self._early.module.apply_stack)
        self._any_size = interface.function.variable.size is None
        # Vectors of any size: what the loop has to check of them it checks itself.
        self._flat = self._any_size and self._core == 1 and jit_enabled()
        # The parameters of the last call, where all are numbers, and what became of them.
        self._last: tuple[Any, Prepared] = (None, Prepared(()))

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
        last, values = self._last
        try:
            known = params == last and not named
        except ValueError:  # an array among the parameters
            known = False
        if not known:
            step, values = self._settings(params, named)
            return self._mapped(v, step, values, out)
        # The common case, in the fewest steps: the loop itself looks at what it is given.
        if self._flat and values.loop is not None and values.done(v, last[0], out) and len(v):
            return out  # type: ignore[return-value]
        return self._mapped(v, last[0], values, out)

    def bind(self, *params: Any, **named: Any) -> Bound:
        """Return the kernel with its parameters checked once, but for the step.

        Lists of groups become arrays then, which takes longer than the map itself.

        Examples
        --------
        >>> import normcalc as nc
        >>> kernel = nc.compile(nc.prox(nc.function("lam*norm(x)")))
        >>> kernel.bind(lam=2.0)([3.0, 4.0], 1.0)
        array([1.8, 2.4])
        """
        if "step" in self.parameters:
            params = (1.0, *params)
        return Bound(self, self._settings(params, named, kept=True)[1])

    def datasheet(
        self,
        *,
        certificate: Certificate | None = None,
        parameters: Mapping[str, Any] | None = None,
        size: int = 1000,
        draws: int = 20,
        seed: int = 0,
    ) -> Datasheet:
        """Measure this kernel: its speed, and its distance from the operator in NumPy.

        Both compute in double precision; the error is relative to the largest entry.

        Parameters
        ----------
        certificate : Certificate, optional
            What `normcalc.certify` said of the derivation.
        parameters : mapping of str to number or array, optional
            Fixed values, which vectors and groups need; numbers are drawn within their kinds.
        size : int
            Entries of the vectors, unless the function fixes them; matrices are square, with at
            most so many, and symmetric.
        draws : int
            How many points are compared.
        seed : int
            Of the draws.

        Raises
        ------
        ParameterError
            If a parameter that is no number is not given.
        NotDerivable
            If the kernel came through a pickle, in which its formula does not travel.

        Examples
        --------
        >>> import normcalc as nc
        >>> sheet = nc.compile(nc.prox(nc.function("lam*norm(x)"))).datasheet(size=50)
        >>> sheet.worst_error < 1e-12, sheet.reference
        (True, 'the NumPy operator')
        """
        from normcalc.codegen.vector_datasheets import of_vectors

        return of_vectors(self, self._origin, certificate, parameters, size, draws, seed)

    def _settings(
        self, params: tuple[Any, ...], named: dict[str, Any], kept: bool = False
    ) -> tuple[float, Prepared]:
        """Return the step and the parameters as loops take them, and remember numbers."""
        values = self._ordered(params, named)
        step = checked_step(values.pop("step", 1.0))
        checked = check_parameters(self.interface.function, values)
        numbers = all(isinstance(x, Real) for x in values.values())
        found = Prepared(tuple(prepared(value) for value in checked.values()), numbers or kept)
        if self.parameters[:1] == ("step",) and numbers:
            self._last = ((step, *(values[name] for name in self.parameters[1:])), found)
        return step, found

    def _loop(self, values: Prepared) -> Callable[..., bool]:
        """Return the loop for one point: its machine code, if these parameters are kept."""
        if self._early is not None:
            return self._apply
        if values.loop is None:
            values.loop = self._apply
            if values.kept and jit_enabled():
                from normcalc.codegen.pointers import vector_entry

                values.loop = vector_entry(self._module.apply, self._core, values.p)
        return values.loop

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

    def _mapped(self, v: Any, step: float, values: Prepared, out: Array | None) -> Array:
        if not 0.0 < step < np.inf:
            checked_step(step)
        if self._early is not None and not self._early.takes(count(v)):
            self._early = None
            self._apply, self._apply_stack = self._module.apply, self._module.apply_stack
        # The common case, in the fewest steps: one point, contiguous, of double precision.
        if is_ready(v) and v.ndim == self._core and v.size and self._any_size:
            if out is None:
                out = np.empty(v.shape)
            if is_ready(out) and out.shape == v.shape and apart(out, v):
                self._run(v, step, values, out)
                return out
        return self._general(v, step, values, out)

    def _general(self, v: Any, step: float, values: Prepared, out: Array | None) -> Array:
        if is_complex(v):
            from normcalc.derive.phases import at_complex  # with it comes all that derives

            at_sizes = AtSizes(
                self.interface.goal,
                self.interface.function,
                lambda real: self._general(real, step, values, None),
            )
            found: Array = at_complex(at_sizes, v, (), {} if out is None else {"out": out})
            return found
        single = getattr(v, "dtype", None) == np.float32
        point = v if is_ready(v) else as_real(v, "v")
        check_point(self.interface.function, point)
        point = np.ascontiguousarray(point)
        if out is not None:
            checked_out(out, v if single else point)
        found = np.empty_like(point)
        core = point.shape[-self._core :]
        self._run_stack(point.reshape(-1, *core), step, values, found.reshape(-1, *core))
        if out is None:
            return found.astype(np.float32) if single else found
        out[...] = found
        return out

    def _run(self, point: Array, step: float, values: Prepared, found: Array) -> None:
        """Map one point; what loops raise becomes an error of this package."""
        try:
            if (values.loop or self._loop(values))(point, step, values.p, found):
                return
        except IndexError as error:
            raise InputError(f"shapes do not fit: {error}") from error
        except ValueError as error:
            raise NotDerivable(str(error)) from error
        fill_unknown(point, found)

    def _run_stack(self, stack: Array, step: float, values: Prepared, found: Array) -> None:
        if len(stack) == 1:
            self._run(stack[0], step, values, found[0])
            return
        done = 0
        while done < len(stack):
            try:
                done += self._apply_stack(stack[done:], step, values.p, found[done:])
            except IndexError as error:
                raise InputError(f"shapes do not fit: {error}") from error
            except ValueError as error:
                raise NotDerivable(str(error)) from error
            if done < len(stack):
                fill_unknown(stack[done], found[done])
                done += 1

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
    values: Prepared

    def __call__(self, v: Any, step: float = 1.0, out: Array | None = None) -> Array:
        """Return the point for each vector or matrix of `v`; only a prox takes the step."""
        if type(step) is not float:
            step = checked_step(step)
        values = self.values
        plain = self.kernel._flat and values.loop is not None and 0.0 < step < np.inf
        if plain and values.done(v, step, out) and len(v):
            return out  # type: ignore[return-value]
        return self.kernel._mapped(v, step, values, out)
