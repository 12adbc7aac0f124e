"""A compiled operator: what callers hold after `compile`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np

from normcalc.codegen.arrays import Array, as_floats, checked_out
from normcalc.codegen.build import jit_enabled, load
from normcalc.codegen.cache import compiled_on_disk
from normcalc.codegen.early import count
from normcalc.codegen.machine import FLOAT32, FLOAT64, Constants
from normcalc.codegen.parameters import Checks, Interface, is_array
from normcalc.codegen.staged import SETUP, Staged
from normcalc.codegen.threads import mapped_in_threads
from normcalc.codegen.ufuncs import with_ufunc
from normcalc.codegen.vector_arguments import AtSizes
from normcalc.errors import InputError
from normcalc.language.calling import is_complex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from normcalc.certify import Certificate
    from normcalc.codegen.datasheets import Datasheet, Origin
    from normcalc.language.function import Function

__all__ = ["Checks", "Interface", "Kernel", "Pointers"]


# In calls, a global name is found faster than an attribute.
_Array = np.ndarray
_PRECISIONS = (FLOAT64, FLOAT32)


class Pointers(NamedTuple):
    """A kernel's `setup` and `element` with fixed signatures, for solvers compiled once."""

    setup: Any
    element: Any


@final
class Kernel(Staged):
    """An operator of one real argument, applied to each number of an array.

    ``kernel(v, step, *params, out=None)``; parameters may be named, and may be arrays, which are
    broadcast against `v` as NumPy does it.  The result has the precision of `v`; whole numbers
    become float64, and a number gives a float.  NaN in gives NaN out.  `v` is never changed unless
    it is `out`.  At a tie of a nonconvex prox the point nearer to zero is taken.

    The first calls on few numbers run in the interpreter, then the text is compiled: both agree to
    the last digits, and ``NORMCALC_JIT=1`` in the environment, or `warm`, compiles at once.

    Complex numbers are mapped by their sizes, where the function depends on these alone.

    float32 stays float32: where all pieces are affine and not steep it is computed as such, else
    in float64 and rounded once.

    Parameters
    ----------
    source : str
        The Python text that is compiled; see `path` for the file.
    interface : Interface
        Names, checks and messages.
    origin : Origin, optional
        What it was compiled from, which a datasheet measures it against.
    """

    def __init__(self, source: str, interface: Interface, origin: Origin | None = None) -> None:
        """Load the module of `source`."""
        super().__init__(source, interface)
        self._origin = origin

    def __call__(self, v: Any, *params: Any, out: Array | None = None, **named: Any) -> Any:
        """Return the value at each number of `v`.

        Raises
        ------
        InputError
            If `v`, `out` or the step is not usable.
        ParameterError
            If a parameter is missing, unknown, or outside its kind.
        NotDerivable
            If the object does not exist for these parameters.
        """
        if named:
            params = self.interface.ordered(params, named)
        last, constants, loop, numbers = self._last
        try:
            new = params != last
        except ValueError:  # an array among the parameters
            new = True
        if new:
            if any(map(is_array, params)):
                return self._broadcast(v, params, out)
            last, constants, _, _ = self._remembered(params)
        # The common case, in the fewest steps: the loop itself looks at what it is given.
        elif loop(v, numbers, out):
            return out
        if _Array in map(type, params) and any(map(is_array, params)):
            # It has one entry, which equals the last parameter.
            return self._broadcast(v, params, out)
        if not self._machine.settled and self._outgrown(count(v)):
            constants = self._remembered(last)[1]
        if type(v) is type(out) is _Array and v.ndim == 1 and v.dtype in _PRECISIONS:
            loop, numbers = self._machine.loop(v.dtype, constants)
            if loop(v, numbers, out):
                if self._machine.settled:
                    self._last = (last, constants, loop, numbers)
                return out
        return self._general(v, constants, out)

    def bind(self, *params: float, **named: float) -> Callable[..., Any]:
        """Return ``bound(v, out=None)``: the operator at fixed parameters, checked here, once.

        It is a plain function, whose call costs less than that of the kernel.

        Examples
        --------
        >>> import normcalc as nc
        >>> shrink = nc.compile(nc.prox(nc.function("lam*abs(x)"))).bind(0.5, lam=2.0)
        >>> shrink(-3.0)
        -2.0
        """
        self._settle()
        constants = self._prepare(self.interface.ordered(params, named))
        general, machine, double = self._general, self._machine, constants.double
        fast = machine.ready()

        def bound(v: Any, out: Array | None = None) -> Any:
            if fast(v, double, out):
                return out
            if type(v) is _Array and v.dtype is FLOAT32 and machine.in_single(v, constants, out):
                return out
            return general(v, constants, out)

        return bound

    def parallel(
        self,
        v: Any,
        *params: float,
        out: Array | None = None,
        threads: int | None = None,
        **named: float,
    ) -> Any:
        """Return the value at each number of `v`, the work shared among threads.

        Parameters
        ----------
        threads : int, optional
            By default as many as there are processors, fewer for arrays too short to gain from it.
        v, *params, out, **named
            As for a call; parameters are numbers here.
        """
        self._settle()
        constants = self._prepare(self.interface.ordered(params, named))
        array = as_floats(v, self.interface.argument)
        return mapped_in_threads(self._machine, array, constants, out, threads)

    def _general(self, v: Any, constants: Constants, out: Any) -> Any:
        if type(v) is _Array and v.ndim == 1 and v.dtype in _PRECISIONS and v.flags.carray:
            if out is v:
                self._machine.in_place(v, constants)
                return v
            if out is None:
                out = np.empty(v.size, v.dtype)
            if _alike(v, out) and self._machine.vector(v, constants, out):
                return out
        asked = self.interface.of
        if asked is not None and is_complex(v):
            return self._at_sizes(asked, v, constants, out)
        array = as_floats(v, self.interface.argument)
        result = self._machine.array(array, constants, out)
        if out is None and array.ndim == 0 and not isinstance(v, np.ndarray):
            return float(result)
        return result

    def _at_sizes(
        self, asked: tuple[str, Function], v: Any, constants: Constants, out: Any
    ) -> Any:
        """Map complex numbers by their sizes, where phases do not matter."""
        from normcalc.derive.phases import at_complex  # with it comes all that derives

        real = AtSizes(*asked, lambda sizes: self._general(sizes, constants, None))
        return at_complex(real, v, (), {} if out is None else {"out": out})

    def _broadcast(self, v: Any, params: tuple[Any, ...], out: Any) -> Array:
        """Map numbers that have parameters of their own."""
        values = self.interface.arrays(self.interface.ordered(params, {}))
        array = as_floats(v, self.interface.argument)
        try:
            shape = np.broadcast_shapes(array.shape, *(value.shape for value in values))
        except ValueError as error:
            raise InputError(
                f"the shapes of {self.interface.signature} differ: {error}"
            ) from error
        result = np.empty(shape, array.dtype)
        if out is not None:
            result = checked_out(out, result)
        rows = np.stack([np.broadcast_to(value, shape).reshape(-1) for value in values], axis=1)
        numbers = np.broadcast_to(array, shape).astype(np.float64).reshape(-1)
        self._outgrown((1 + SETUP) * numbers.size)
        found, refused = self._machine.rows(numbers, rows, self.n_constants)
        if refused >= 0:
            self._prepare(tuple(rows[refused].tolist()))  # which raises what is wrong
        result[...] = found.reshape(shape)
        return result

    def constants(self, *params: float, **named: float) -> NDArray[np.float64]:
        """Return what `setup` computes for these parameters, after checking them."""
        return self._prepare(self.interface.ordered(params, named)).double.copy()

    def pointers(self) -> Pointers:
        """Return `setup` and `element` as numba first-class functions.

        A solver that declares its arguments as
        ``types.FunctionType(int64(float64[::1], float64[::1]))`` and
        ``types.FunctionType(float64(float64, float64[::1]))`` takes those of any kernel without
        being compiled again.  With ``NORMCALC_JIT=0`` they are plain Python functions.
        """
        if not jit_enabled():
            return Pointers(self.setup, self.element)
        from normcalc.codegen.pointers import first_class

        return Pointers(*first_class(self.setup, self.element))

    def ufunc(self) -> np.ufunc:
        """Return this operator as a ufunc of NumPy, of the argument and the parameters in order.

        It broadcasts, and takes `where`, `out` and `dtype`, as all ufuncs do, with a loop for
        float64 and one for float32.  A ufunc cannot raise: the result is NaN where a parameter is
        not of its kind, parameters break a relation, or the object does not exist for them.
        Neighbours with the same parameters share one set-up.  It is compiled once per process;
        what goes to another process is the kernel, not its ufunc.

        Raises
        ------
        InputError
            With ``NORMCALC_JIT=0``, since a ufunc's loop is machine code.

        Examples
        --------
        >>> import numpy as np
        >>> import normcalc as nc
        >>> shrink = nc.compile(nc.prox(nc.function("lam*abs(x)"))).ufunc()
        >>> shrink([[3.0], [-1.0]], 0.5, [1.0, 2.0, -1.0])
        array([[ 2.5,  2. ,  nan],
               [-0.5,  0. ,  nan]])
        """
        if not jit_enabled():
            raise InputError("the loop of a ufunc is compiled by numba: unset NORMCALC_JIT")
        module = load(with_ufunc(self.source, self.interface))
        found: np.ufunc = getattr(module, f"{self.interface.name}_ufunc")
        return found

    def datasheet(
        self,
        *,
        certificate: Certificate | None = None,
        parameters: Mapping[str, float] | None = None,
        draws: int = 200,
        seed: int = 0,
    ) -> Datasheet:
        """Measure this kernel: its speed, and its error against 50 digits.

        Parameters
        ----------
        certificate : Certificate, optional
            What `normcalc.certify` said of the derivation.
        parameters : mapping of str to float, optional
            Fixed values; the others are drawn from 0.1 to 10, or within their kind.
        draws : int
            How many pairs of arguments and parameters are compared.
        seed : int
            Of the draws.

        Returns
        -------
        Datasheet
            Figures that print well.

        Raises
        ------
        NotDerivable
            If no draw of parameters is within all kinds, or the kernel came through a pickle, in
            which its formula does not travel.

        Examples
        --------
        >>> import normcalc as nc
        >>> sheet = nc.compile(nc.prox(nc.function("lam*abs(x)"))).datasheet(draws=50)
        >>> sheet.worst_error < 1e-12, sheet.ties
        (True, 'none: one answer everywhere')
        """
        from normcalc.codegen.datasheets import of_numbers

        return of_numbers(self, self._origin, certificate, parameters, draws, seed)

    @property
    def is_cached(self) -> bool:
        """Tell whether the machine code is on disk, so that the first call does not compile."""
        return compiled_on_disk(self.path)

    def warm(self, verbose: bool = False) -> None:
        """Compile for float64 now rather than at the first call."""
        if verbose and jit_enabled() and not self.is_cached:
            sys.stderr.write(f"compiling {self.interface.name} kernel ... (once)")
            sys.stderr.flush()
            start = time.perf_counter()
            self._compile()
            sys.stderr.write(f" {time.perf_counter() - start:.1f} s\n")
        else:
            self._compile()

    def __reduce__(self) -> tuple[type[Kernel], tuple[str, Interface]]:
        """Pickle as the source and the interface: the other process builds or finds the module."""
        return Kernel, (self.source, self.interface)

    def __str__(self) -> str:
        """Return the source."""
        return self.source

    def __repr__(self) -> str:
        """Return the signature and the file."""
        return f"<Kernel {self.interface.signature} in {self.path.name}>"


def _alike(v: Array, out: Any) -> bool:
    """Tell whether `out` is a vector that a loop can write to, of the precision of `v`."""
    return type(out) is _Array and out.dtype == v.dtype and out.ndim == 1 and out.flags.carray
