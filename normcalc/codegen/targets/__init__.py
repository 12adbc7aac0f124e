"""What a generated module is written for, one file per target.

A target is a module with one name, `PROLOGUE`: the imports and the decorators ``inner`` (for
functions that other generated ones call) and ``entry`` (for those called from Python).
"""

from __future__ import annotations

from normcalc.codegen.targets import numba, plain

PROLOGUES = {"numba": numba.PROLOGUE, "plain": plain.PROLOGUE}
