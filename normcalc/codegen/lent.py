"""Arrays that Python lends to a loop for one call, which cost less to hand over.

Where Python calls machine code, numba makes of each array one that could outlive the call: it
takes memory, and counts references.  An entry of a kernel keeps nothing, so its arrays are read
where they lie.  Whatever is no array of that type, or has another number of dimensions, or gaps,
or may not be written, arrives as an array without strides, which `separate` refuses.
"""

from __future__ import annotations

import ctypes
from functools import cache, reduce
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import NativeValue, models, register_model, unbox

from normcalc.codegen.lean import known

__all__ = ["Lent", "lends", "lent"]

# What the headers of NumPy say of an array: words and two short numbers after Python's own part.
_HEAD = object.__basicsize__
_WORD = ctypes.sizeof(ctypes.c_void_p)
_TYPE = _HEAD - _WORD
_DATA, _COUNT, _SHAPE, _DTYPE, _FLAGS = (_HEAD + place * _WORD for place in (0, 1, 2, 5, 6))
_CONTIGUOUS, _ALIGNED, _WRITEABLE = 0x1, 0x100, 0x400

# Machine code on the disk knows these objects by name.
for _name, _object in {
    "ndarray": np.ndarray,
    **{str(kind): np.dtype(kind) for kind in ("float64", "float32")},
}.items():
    binding.add_symbol(f"normcalc_{_name}", id(_object))


class Lent(types.Array):  # type: ignore[misc]
    """The type of a contiguous array of numbers that is not kept beyond a call.

    A slice of it has the type of any array, so that what is called with slices is compiled once.
    """

    def __init__(self, dtype: Any, ndim: int, written: bool) -> None:
        """Name the type, which the names of functions in machine code hold."""
        self.written = written
        name = f"lent({dtype}, {ndim}d{', written' if written else ''})"
        super().__init__(dtype, ndim, "C", name=name)

    @property
    def key(self) -> Any:
        """What tells this type from others."""
        return (*super().key, self.written)

    @property
    def mangling_args(self) -> Any:
        """What the names of functions in machine code hold."""
        name, args = super().mangling_args
        return name, [*args, "written" if self.written else "read"]


register_model(Lent)(models.ArrayModel)


@unbox(Lent)  # type: ignore[untyped-decorator]
def _unboxed(typ: Lent, obj: Any, c: Any) -> NativeValue:
    """Fill in numba's structure of an array from the fields of NumPy's."""
    build, word = c.builder, c.context.get_value_type(types.intp)
    itemsize = word(c.context.get_abi_sizeof(c.context.get_data_type(typ.dtype)))
    array = c.context.make_array(typ)(c.context, build)
    for name in ("meminfo", "parent", "data", "nitems", "shape", "strides"):
        setattr(array, name, cgutils.get_null_value(getattr(array, name).type))
    array.itemsize = itemsize
    with build.if_then(_is(c, obj, _TYPE, "normcalc_ndarray")), build.if_then(_fits(c, obj, typ)):
        shape = _field(c, obj, _SHAPE, word.as_pointer())
        sizes = [build.load(build.gep(shape, [word(axis)])) for axis in range(typ.ndim)]
        strides = [itemsize]
        for size in reversed(sizes[1:]):
            strides.insert(0, build.mul(strides[0], size))
        array.shape = cgutils.pack_array(build, sizes, word)
        array.strides = cgutils.pack_array(build, strides, word)
        array.nitems = reduce(build.mul, sizes)
        array.data = _field(c, obj, _DATA, array.data.type)
    return NativeValue(array._getvalue())


def _fits(c: Any, obj: Any, typ: Lent) -> Any:
    """Return whether an array of NumPy is of a type."""
    short = ir.IntType(32)
    flags, count = (_field(c, obj, place, short) for place in (_FLAGS, _COUNT))
    needed = short(_CONTIGUOUS | _ALIGNED | (_WRITEABLE if typ.written else 0))
    found = [
        c.builder.icmp_unsigned("==", c.builder.and_(flags, needed), needed),
        c.builder.icmp_unsigned("==", count, short(typ.ndim)),
        _is(c, obj, _DTYPE, f"normcalc_{typ.dtype}"),
    ]
    return reduce(c.builder.and_, found)


def _is(c: Any, obj: Any, offset: int, name: str) -> Any:
    """Return whether a field holds the object that a name of the linker stands for."""
    field, known = _field(c, obj, offset, cgutils.voidptr_t), c.pyapi.get_c_object(name)
    return c.builder.icmp_unsigned("==", field, c.builder.bitcast(known, field.type))


def _field(c: Any, obj: Any, offset: int, kind: Any) -> Any:
    """Return what stands in an object at an offset."""
    place = c.builder.gep(c.builder.bitcast(obj, cgutils.voidptr_t), [cgutils.intp_t(offset)])
    return c.builder.load(c.builder.bitcast(place, kind.as_pointer()))


def lent(dtype: Any, ndim: int, written: bool) -> Any:
    """Return the type of an array argument; numba's own where its insides are not known."""
    if lends():
        return Lent(dtype, ndim, written)
    return types.Array(dtype, ndim, "C")


def lends() -> bool:
    """Tell whether arrays are lent, which spares their callers the checks."""
    return known() and _as_expected()


@cache
def _as_expected() -> bool:
    """Tell whether the fields of an array are where they are read."""
    array = np.zeros((3, 5))[:2]
    shape = ctypes.cast(_read(array, _SHAPE, ctypes.c_void_p), ctypes.POINTER(ctypes.c_ssize_t))
    return bool(
        _read(array, _DATA, ctypes.c_void_p) == array.ctypes.data
        and _read(array, _COUNT, ctypes.c_int) == array.ndim
        and tuple(shape[:2]) == array.shape
        and _read(array, _TYPE, ctypes.c_void_p) == id(np.ndarray)
        and _read(array, _DTYPE, ctypes.c_void_p) == id(array.dtype)
        and _read(array, _FLAGS, ctypes.c_int) == array.flags.num
    )


def _read(array: Any, offset: int, kind: Any) -> Any:
    return kind.from_address(id(array) + offset).value
