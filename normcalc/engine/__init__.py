"""Problems and solvers: state an objective, minimise it, see what was proved.

Stages: `problem` (loss + penalty), `operators` (the penalty's kernels), `methods` run by one
`loop`, `certificate`, `solution`.
"""

from normcalc.engine.certificate import Certificate
from normcalc.engine.derived import derived
from normcalc.engine.folds import CrossValidation, cross_validate
from normcalc.engine.information import (
    InformationCriteria,
    degrees_of_freedom,
    information_criteria,
)
from normcalc.engine.methods.own import Problem
from normcalc.engine.operators import Kernel, Operators, operators
from normcalc.engine.paths import ExactPath, Path, largest, regularization_path
from normcalc.engine.problem import LeastSquares, Loss, Objective, least_squares, loss
from normcalc.engine.solution import Solution
from normcalc.engine.solution_set import SolutionSet, solution_set
from normcalc.engine.solve import minimize

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
