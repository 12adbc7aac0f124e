"""NumPy alone: the same functions, run by the interpreter."""

from __future__ import annotations

PROLOGUE = '''\
import numpy as np


def inner(function):
    """Leave `function` to the interpreter."""
    return function


apart = entry = fused = inner
'''
