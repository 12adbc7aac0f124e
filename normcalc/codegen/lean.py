"""How numba compiles the functions of a kernel that only its entries call.

They get no wrappers for Python.  With a numba whose insides are known they also wait for the
entries they end up in (`waiting`) and loops take arrays as they lie (`lent`); with any other the
same kernels take longer to compile and to call.
"""

from __future__ import annotations

from typing import Any

import numba

__all__ = ["known", "own"]

_TESTED = ((0, 68),)


def known() -> bool:
    """Tell whether the tests of what stands on numba's insides have run with this numba."""
    return numba.version_info.short in _TESTED


own: dict[str, Any] = {
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
if known():
    from normcalc.codegen.waiting import Lean

    own["pipeline_class"] = Lean
