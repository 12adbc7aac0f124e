"""NumPy and numba: compiled on first use, kept on disk beside the module."""

from __future__ import annotations

PROLOGUE = '''\
import os

import numpy as np

if os.environ.get("NORMCALC_JIT", "1") == "0":

    def inner(function):
        """Leave `function` to the interpreter."""
        return function

    entry = inner
else:
    from numba import njit

    inner = njit(error_model="numpy")
    entry = njit(error_model="numpy", cache=True)
'''
