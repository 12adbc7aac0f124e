"""Problems and solvers: state an objective, minimise it, see what was proved.

Stages: `problem` (loss + penalty), `operators` (the penalty's kernels), `methods` run by one
`loop`, `certificate`, `solution`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from normcalc.engine.certificate import Certificate
from normcalc.engine.derived import derived
from normcalc.engine.methods.own import Problem
from normcalc.engine.operators import Kernel, Operators, operators
from normcalc.engine.problem import LeastSquares, Loss, Objective, least_squares, loss
from normcalc.engine.solution import Solution
from normcalc.engine.solution_set import SolutionSet, solution_set
from normcalc.engine.solve import minimize

if TYPE_CHECKING:
    from normcalc.engine.folds import CrossValidation, cross_validate
    from normcalc.engine.information import (
        InformationCriteria,
        degrees_of_freedom,
        information_criteria,
    )
    from normcalc.engine.paths import ExactPath, Path, largest, regularization_path
else:
    # What is about many fits is imported when it is asked for: a first fit is in a hurry.
    _HOME = {
        **dict.fromkeys(("CrossValidation", "cross_validate"), "folds"),
        **dict.fromkeys(
            ("InformationCriteria", "degrees_of_freedom", "information_criteria"), "information"
        ),
        **dict.fromkeys(("ExactPath", "Path", "largest", "regularization_path"), "paths"),
    }

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        return value


__all__ = [
    "Certificate",
    "CrossValidation",
    "ExactPath",
    "InformationCriteria",
    "Kernel",
    "LeastSquares",
    "Loss",
    "Objective",
    "Operators",
    "Path",
    "Problem",
    "Solution",
    "SolutionSet",
    "cross_validate",
    "degrees_of_freedom",
    "derived",
    "information_criteria",
    "largest",
    "least_squares",
    "loss",
    "minimize",
    "operators",
    "regularization_path",
    "solution_set",
]
