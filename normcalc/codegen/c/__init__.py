"""C99: the same program as the Python kernel, in a file that needs the C library alone."""

from __future__ import annotations

from normcalc.codegen.c.module import header, source

__all__ = ["header", "source"]
