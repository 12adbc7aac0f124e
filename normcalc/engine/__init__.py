"""Problems and solvers: state an objective, minimise it, see what was proved.

Stages: `problem` (loss + penalty), `operators` (the penalty's kernels), `methods` run by one
`loop`, `certificate`, `solution`.
"""

from normcalc.engine.certificate import Certificate
from normcalc.engine.derived import derived
from normcalc.engine.folds import CrossValidation, cross_validate
from normcalc.engine.methods.own import Problem
from normcalc.engine.operators import Kernel, Operators, operators
from normcalc.engine.paths import ExactPath, Path, largest, regularization_path
from normcalc.engine.problem import LeastSquares, Loss, Objective, least_squares, loss
from normcalc.engine.solution import Solution
from normcalc.engine.solve import minimize

__all__ = [
    "Certificate",
    "CrossValidation",
    "ExactPath",
    "Kernel",
    "LeastSquares",
    "Loss",
    "Objective",
    "Operators",
    "Path",
    "Problem",
    "Solution",
    "cross_validate",
    "derived",
    "largest",
    "least_squares",
    "loss",
    "minimize",
    "operators",
    "regularization_path",
]
