"""Generated code: from a case table to a readable Python module, compiled by numba.

`compile` gives a `Kernel`; `export` writes its standalone module.
"""

from __future__ import annotations

from normcalc.codegen.kernel import Interface, Kernel, Pointers
from normcalc.codegen.vector_kernel import VectorKernel
from normcalc.codegen.verbs import (
    compile,  # noqa: A004 - the public verb, as re.compile is
    evaluate,
    export,
    source_of,
)

__all__ = [
    "Interface",
    "Kernel",
    "Pointers",
    "VectorKernel",
    "compile",
    "evaluate",
    "export",
    "source_of",
]
