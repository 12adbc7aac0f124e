"""Functions that wait for their callers: they compute, raise and free as others do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from normcalc.codegen.build import jit_enabled

pytestmark = pytest.mark.skipif(not jit_enabled(), reason="what numba compiles is tested")


@pytest.fixture(scope="module")
def functions() -> tuple[Any, Any]:
    from numba import njit

    from normcalc.codegen.lean import own

    @njit(**own)  # type: ignore[untyped-decorator]
    def doubled(v: Any) -> Any:
        if v[0] < 0.0:
            raise ValueError("below zero")
        out = np.empty(v.size)
        for i in range(v.size):
            out[i] = 2.0 * v[i]
        return out

    @njit(**own, forceinline=True)  # type: ignore[untyped-decorator]
    def largest(v: Any) -> Any:
        return doubled(v).max()

    @njit(error_model="numpy")  # type: ignore[untyped-decorator]
    def entry(v: Any) -> Any:
        return largest(v) + doubled(v)[0]

    return doubled, entry


def test_they_compute(functions: tuple[Any, Any]) -> None:
    doubled, entry = functions
    assert entry(np.array([1.0, 3.0, 2.0])) == 8.0
    (found,) = doubled.overloads.values()
    assert found.library.get_pointer_to_function(found.fndesc.mangled_name) == 0
    (found,) = entry.overloads.values()
    assert found.library.get_pointer_to_function(found.fndesc.mangled_name) != 0


def test_what_they_raise_arrives(functions: tuple[Any, Any]) -> None:
    with pytest.raises(ValueError, match="below zero"):
        functions[1](np.array([-1.0, 3.0]))


def test_what_they_take_is_given_back(functions: tuple[Any, Any]) -> None:
    from numba.core.runtime import _nrt_python, rtsys

    v = np.ones(100)
    functions[1](v)
    _nrt_python.memsys_enable_stats()
    before = rtsys.get_allocation_stats()
    for _ in range(5):
        functions[1](v)
    after = rtsys.get_allocation_stats()
    assert after.alloc - after.free == before.alloc - before.free
    assert after.alloc > before.alloc
