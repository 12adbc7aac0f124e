"""NumPy and numba: compiled on first use, kept on disk beside the module."""

from __future__ import annotations

OWN = 'own = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}'

PROLOGUE = f'''\
import os

import numpy as np

if os.environ.get("NORMCALC_JIT", "1") == "0":

    def inner(function):
        """Leave `function` to the interpreter."""
        return function

    apart = entry = fused = inner
else:
    from numba import njit

    # What Python never calls.
    {OWN}
    # Loops run on all lanes only if what they call has melted into them.
    inner = njit(**own, forceinline=True)
    # And a product and a sum in one rounding, where the last bit does not matter.
    fused = njit(**own, forceinline=True, fastmath={{"contract"}})
    apart = njit(**own)
    entry = njit(error_model="numpy", cache=True, nogil=True)
'''
