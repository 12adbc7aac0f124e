"""The text that makes a ufunc of NumPy from a generated module: loops in C's convention.

A ufunc's loop gets addresses and strides.  It is compiled by numba from Python text as the rest of
the module is, and handed to the function of NumPy's C interface that makes ufuncs; numba's own
ufuncs neither take `where=` nor share one set-up among numbers with equal parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.emit_loop import BLOCK
from normcalc.language.parameters import Kind

if TYPE_CHECKING:
    from normcalc.codegen.parameters import Checks, Interface

_IMPORTS = "import ctypes\n\nfrom numba import cfunc, types\n"
_TAIL = '''\

@entry
def usable(params, consts):
    """Fill in `consts`; False where a parameter may not be what it is, or nothing exists."""
{checks}
    return setup(params, consts) >= 0


@inner
def alike(args, strides, i, j):
    """Tell whether two numbers have the same parameters."""
    equal = True
    for place in range(1, {inputs}):
        stride = strides[place]
        equal = equal and args[place][i * stride] == args[place][j * stride]
    return equal


@inner
def map_alike(v, out, stride, gap, first, last, consts, kept):
    """Map numbers that share their parameters: few one by one, many in blocks."""
    if last - first < 8:
        for i in range(first, last):
            out[i * gap] = element(np.float64(v[i * stride]), consts)
        return
    for start in range(first, last, {block}):
        count = min({block}, last - start)
        for i in range(count):
            kept[i] = v[(start + i) * stride]
        apply_in_place(kept[:count], consts)
        for i in range(count):
            out[(start + i) * gap] = kept[i]


# Loops without branches compute what they throw away; their exceptions are nobody's.
forget_exceptions = types.ExternalFunction("feclearexcept", types.intc(types.intc))


def loop_of(size):
    """Return the loop of a ufunc for numbers of `size` bytes, as C calls it."""

    def loop(args, dims, steps, data):
        params, consts, kept = np.empty({count}), np.zeros({n_constants}), np.empty({block})
        strides = np.empty({operands}, np.int64)
        for place in range({operands}):
            strides[place] = steps[place] // size
        v, out, first = args[0], args[{inputs}], 0
        while first < dims[0]:
            last = first + 1
            while last < dims[0] and alike(args, strides, first, last):
                last += 1
            for place in range({count}):
                params[place] = args[place + 1][first * strides[place + 1]]
            if usable(params, consts):
                map_alike(v, out, strides[0], strides[{inputs}], first, last, consts, kept)
            else:
                for i in range(first, last):
                    out[i * strides[{inputs}]] = np.nan
            first = last
        forget_exceptions(63)

    number = {{4: types.float32, 8: types.float64}}[size]
    sizes = types.CPointer(types.intp)
    arrays = types.CPointer(types.CPointer(number))
    return cfunc(types.void(arrays, sizes, sizes, types.voidptr), cache=True)(loop)


def universal(name, about, loops):
    """Return a ufunc with a loop for float32 and one for float64, which must be kept."""
    # The table of functions that every extension module imports; the one at 1 makes ufuncs.
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    capsule = np._core._multiarray_umath._UFUNC_API
    table = ctypes.cast(pointer(capsule, None), ctypes.POINTER(ctypes.c_void_p))
    kinds = [ctypes.c_void_p] * 3 + [ctypes.c_int] * 4 + [ctypes.c_char_p] * 2 + [ctypes.c_int]
    make = ctypes.PYFUNCTYPE(ctypes.py_object, *kinds)(table[1])
    functions = (ctypes.c_void_p * 2)(*(loop.address for loop in loops))
    letters = bytes([np.dtype("f").num] * {operands} + [np.dtype("d").num] * {operands})
    codes = ctypes.create_string_buffer(letters)
    words = (name.encode(), about.encode())
    data = (ctypes.c_void_p * 2)()
    KEPT.append((loops, functions, data, codes, words))
    # Two loops, {inputs} inputs, one output, no identity.
    return make(functions, data, ctypes.addressof(codes), 2, {inputs}, 1, -1, *words, 0)


# NumPy does not copy what a ufunc is made of.
KEPT = []
{name}_ufunc = universal("{name}", "{about}", (loop_of(4), loop_of(8)))
'''


def with_ufunc(source: str, interface: Interface) -> str:
    """Return a module made for numba with a ufunc beside its other functions.

    The ufunc is called ``<name>_ufunc`` and takes the argument and the parameters in their order.
    """
    future = "from __future__ import annotations\n\n"
    count = len(interface.parameters)
    inside = ", ".join([interface.argument, *interface.parameters])
    tail = _TAIL.format(
        checks="\n".join(_checks(interface)),
        inputs=1 + count,
        operands=2 + count,
        count=count,
        block=BLOCK,
        n_constants=interface.n_constants,
        name=interface.name,
        about=f"{interface.name}({inside}), NaN where a parameter is not of its kind "
        "or the object does not exist.",
    )
    return f"{source.replace(future, future + _IMPORTS, 1).rstrip()}\n\n{tail}"


def _checks(interface: Interface) -> list[str]:
    """Return the lines that return False where a parameter may not be what it is."""
    lines = []
    for place, (name, kind) in enumerate(zip(interface.parameters, interface.kinds, strict=True)):
        value = f"params[{place}]"
        wanted = [f"abs({value}) < np.inf", *_bounds(value, name, kind)]
        lines.append(f"    if not ({' and '.join(wanted)}):  # {name}")
        lines.append("        return False")
    if interface.relations:
        lines += ["    if violated(params) >= 0:", "        return False"]
    return lines


def _bounds(value: str, name: str, kind: Checks | str | None) -> list[str]:
    if name == "step" or kind == "positive":
        return [f"{value} > 0.0"]
    if kind is None or isinstance(kind, str):
        return [f"{value} >= 0.0"] if kind == "nonnegative" else []
    assert isinstance(kind, Kind)
    above, below = ">" if kind.lo_open else ">=", "<" if kind.hi_open else "<="
    found = [] if kind.lo is None else [f"{value} {above} {float(kind.lo)!r}"]
    found += [] if kind.hi is None else [f"{value} {below} {float(kind.hi)!r}"]
    return [*found, f"{value} == np.floor({value})"] if kind.integer else found
