"""Kernels of vectors as C99: their text is translated, for the types that it is called with."""

from __future__ import annotations

from normcalc.codegen.c.vectors.module import header, source

__all__ = ["header", "source"]
