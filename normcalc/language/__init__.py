"""The language: what a user may write, and the `Function` that it becomes.

Three doors lead in: a text, a SymPy expression, a typed Python function.  Behind them there is
one tree (`nodes`), one closed vocabulary (`vocabulary`), and two interpreters, one for NumPy and
one for high precision.  SymPy and mpmath are imported only when they are asked for.
"""

from __future__ import annotations

from typing import Any

from normcalc.language.build import function
from normcalc.language.combinations import (
    distance,
    gauge,
    infimal_convolution,
    perspective,
    support_function,
)
from normcalc.language.evaluate import evaluate
from normcalc.language.function import Domain, Function
from normcalc.language.latex import latex
from normcalc.language.parameters import (
    Groups,
    Integer,
    Interval,
    Kind,
    Matrix,
    Nonincreasing,
    Nonnegative,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    SetFunction,
    Vector,
)
from normcalc.language.parser import parse
from normcalc.language.sets import level_set, set_function
from normcalc.language.shapes import Variable
from normcalc.language.symbolic import Symbolic, from_sympy, symbolic, symbolic_node
from normcalc.language.text import text
from normcalc.language.tracer import EXPORTED, traced

__all__ = [
    "Domain",
    "Function",
    "Integer",
    "Groups",
    "Interval",
    "Kind",
    "Matrix",
    "Nonincreasing",
    "Nonnegative",
    "Parameter",
    "Positive",
    "PositiveDefinite",
    "Real",
    "SetFunction",
    "Symbolic",
    "Variable",
    "Vector",
    "distance",
    "evaluate",
    "evaluate_mp",
    "from_sympy",
    "function",
    "gauge",
    "infimal_convolution",
    "latex",
    "level_set",
    "set_function",
    "parse",
    "perspective",
    "support_function",
    "symbolic",
    "symbolic_node",
    "text",
    "traced",
]


def __getattr__(name: str) -> Any:
    if name == "evaluate_mp":
        from normcalc.language.precise import evaluate_mp

        return evaluate_mp
    if name in EXPORTED:
        return traced(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
