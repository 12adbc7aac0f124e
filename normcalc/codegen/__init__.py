"""Generated code: from a case table to files in several languages, compiled by numba for use here.

`compile` gives a `Kernel`, `derivatives` its derivatives; `export` writes standalone files.
"""

from __future__ import annotations

from normcalc.codegen.derivatives import Derivatives, derivatives
from normcalc.codegen.exports import export
from normcalc.codegen.kernel import Interface, Kernel, Pointers
from normcalc.codegen.verbs import (
    compile,  # noqa: A004 - the public verb, as re.compile is
    evaluate,
    source_of,
)

__all__ = [
    "Derivatives",
    "Interface",
    "Kernel",
    "Pointers",
    "compile",
    "derivatives",
    "evaluate",
    "export",
    "source_of",
]
