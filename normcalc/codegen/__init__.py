"""Generated code: from a case table to files in several languages, compiled by numba for use here.

`compile` gives a `Kernel`, `differentiate` its derivatives; `export` writes standalone files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normcalc.codegen.datasheets import Datasheet
    from normcalc.codegen.differentiation import Derivatives, differentiate
    from normcalc.codegen.exports import export
    from normcalc.codegen.fused import (
        ProxAndValue,
        SubdifferentialDistance,
        prox_and_value,
        subdifferential_distance,
    )
    from normcalc.codegen.kernel import Interface, Kernel, Pointers
    from normcalc.codegen.vector_derivatives import VectorDerivatives
    from normcalc.codegen.vector_kernel import VectorKernel
    from normcalc.codegen.verbs import (
        compile,  # noqa: A004 - the public verb, as re.compile is
        evaluate,
        source_of,
    )
else:
    # Files are imported when they are asked for: a kernel needs few of them.
    _HOME = {
        "datasheets": ("Datasheet",),
        "differentiation": ("Derivatives", "differentiate"),
        "exports": ("export",),
        "fused": (
            "ProxAndValue",
            "SubdifferentialDistance",
            "prox_and_value",
            "subdifferential_distance",
        ),
        "kernel": ("Interface", "Kernel", "Pointers"),
        "vector_derivatives": ("VectorDerivatives",),
        "vector_kernel": ("VectorKernel",),
        "verbs": ("compile", "evaluate", "source_of"),
    }

    def __getattr__(name: str) -> object:
        for home, names in _HOME.items():
            if name in names:
                value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Datasheet",
    "Derivatives",
    "Interface",
    "Kernel",
    "Pointers",
    "ProxAndValue",
    "SubdifferentialDistance",
    "VectorDerivatives",
    "VectorKernel",
    "compile",
    "differentiate",
    "evaluate",
    "export",
    "prox_and_value",
    "source_of",
    "subdifferential_distance",
]
