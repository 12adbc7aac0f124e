"""Kernels for graphics cards, as Python that ``numba.cuda`` compiles."""

from __future__ import annotations

from normcalc.codegen.cuda.module import source

__all__ = ["source"]
