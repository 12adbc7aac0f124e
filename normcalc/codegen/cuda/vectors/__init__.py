"""Kernels of vectors for graphics cards: one thread for a row, memory that the caller gives."""

from __future__ import annotations

from normcalc.codegen.cuda.vectors.module import source

__all__ = ["source"]
