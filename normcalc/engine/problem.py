"""Objectives: a loss with its data, plus penalties that are Functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from normcalc.engine.design import Design, check_design, check_target, check_vector
from normcalc.engine.losses import TARGET, RowLoss, loss_formula
from normcalc.errors import InputError
from normcalc.language.calling import check_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.engine.jit import Floats
    from normcalc.language.function import Function

Scaling = Literal["half", "mean", "sum"]
_SHOWN: dict[str, str] = {"half": "1/2", "mean": "1/(2n)", "sum": ""}


class Addable:
    """A loss: adding a penalty makes an objective."""

    def __add__(self, penalty: object) -> Objective:
        """Return the objective with a penalty."""
        return Objective(self, (checked_penalty(penalty),))

    __radd__ = __add__

    def __sub__(self, penalty: object) -> Objective:
        """Return the objective with a penalty of the opposite sign."""
        opposite: object = -checked_penalty(penalty)
        return self + opposite

    def __rsub__(self, other: object) -> Objective:
        """Refuse minus a loss, which no solver here minimises."""
        raise InputError(
            f"{other} - ({self}) would subtract a loss; write the loss first: loss - f"
        )


@dataclass(frozen=True, eq=False)
class LeastSquares(Addable):
    """The loss ``weight/2 ||A x - b||^2``; make it with `least_squares`."""

    design: Design = field(repr=False)
    target: Floats = field(repr=False)
    scaling: Scaling = "half"

    convex = smooth = has_conjugate = True
    intercept = False
    parameters: tuple[str, ...] = ()

    @cached_property
    def weight(self) -> float:
        """The factor before ``1/2 ||A x - b||^2``."""
        return {"half": 1.0, "mean": 1.0 / len(self.target), "sum": 2.0}[self.scaling]

    @cached_property
    def at_zero(self) -> float:
        """The loss at zero."""
        return self.value(np.zeros(self.target.shape))

    @cached_property
    def gradient_at_zero(self) -> Floats:
        """The gradient in `x` at zero."""
        return self.design.adjoint(self.slope(self.prediction(None)))

    def __call__(self, x: Any) -> float:
        """Return the loss at `x`, shape (columns,)."""
        return self.value(self.prediction(check_vector(x, "x", self.design.shape[1])))

    def bound(self, values: Mapping[str, Any]) -> LeastSquares:
        """Return itself: there are no parameters."""
        del values
        return self

    def prediction(self, x: Floats | None) -> Floats:
        """Return ``A x``; zeros for None."""
        return np.zeros(self.target.shape) if x is None else self.design.apply(x)

    def value(self, z: Floats) -> float:
        """Return the loss at predictions."""
        residual = (self.target - z).ravel()
        return 0.5 * self.weight * float(residual @ residual)

    def slope(self, z: Floats) -> Floats:
        """Return the derivative of the loss in each prediction."""
        return self.weight * (z - self.target)

    def curvature(self, z: Floats) -> Floats:
        """Return the second derivative of the loss in each prediction."""
        return np.full(z.shape, self.weight)

    def dual(self, slope: Floats) -> float:
        """Return the conjugate of the loss as a function of ``A x``."""
        flat = slope.ravel()
        return float(flat @ flat) / (2.0 * self.weight) + float(flat @ self.target.ravel())

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the proximal operator of the loss as a function of ``A x``."""
        pull = step * self.weight
        return np.asarray((v + pull * self.target) / (1.0 + pull))

    def __str__(self) -> str:
        """Return the formula with its scaling."""
        return f"{_SHOWN[self.scaling]} ||A x - b||^2".lstrip()


@dataclass(frozen=True, eq=False)
class Loss(Addable):
    """A loss formula with its data; make it with `loss`."""

    formula: Function
    design: Design = field(repr=False)
    target: Floats = field(repr=False)
    weights: Floats | float = field(default=1.0, repr=False)
    offset: Floats | float = field(default=0.0, repr=False)
    intercept: bool = False
    scaling: Scaling = "sum"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the formula's parameters; the target is data."""
        return tuple(p.name for p in self.formula.parameters if p.name != TARGET)

    def bound(self, values: Mapping[str, Any]) -> RowLoss:
        """Return the loss with numbers for its parameters."""
        own = {name: values[name] for name in self.parameters if name in values}
        target = {p.name: 0.0 for p in self.formula.parameters if p.name == TARGET}
        check_parameters(self.formula, {**own, **target})
        factor = self.weights / len(self.target) if self.scaling == "mean" else self.weights
        data = (self.design, self.target, factor, self.offset)
        return RowLoss(self.formula, data, self.intercept, own)

    @property
    def sum(self) -> str:
        """The formula with its scaling."""
        factor = "1/n " if self.scaling == "mean" else ""
        weight = "" if np.ndim(self.weights) == 0 else "w_i "
        return f"{factor}sum_i {weight}[{self.formula}]"

    @property
    def where(self) -> str:
        """What a prediction is."""
        offset = "" if np.ndim(self.offset) == 0 else " + offset"
        constant = " + c" if self.intercept else ""
        return f"z = A x{offset}{constant}"

    def __str__(self) -> str:
        """Return the formula with its scaling, and what a prediction is."""
        return f"{self.sum}, {self.where}"


@dataclass(frozen=True, eq=False)
class Objective:
    """A loss plus penalties.  Penalties of one number are summed over coordinates.

    Examples
    --------
    >>> print(least_squares([[1.0, 0.0]], [2.0], scaling="mean"))
    1/(2n) ||A x - b||^2
    """

    loss: Any
    penalties: tuple[Any, ...]

    def __str__(self) -> str:
        """Return the formula; a penalty of one number is a sum over coordinates."""
        terms = [getattr(self.loss, "sum", str(self.loss)), *map(_shown, self.penalties)]
        where = getattr(self.loss, "where", "")
        return " + ".join(terms) + (f", {where}" if where else "")

    def __repr__(self) -> str:
        """Return the formula and the shape of the matrix."""
        rows, columns = self.loss.design.shape
        return f"<Objective {self}, A {rows} x {columns}>"

    def __add__(self, penalty: object) -> Objective:
        """Return the objective with one penalty more; formulas of one number are added up."""
        new, kept = checked_penalty(penalty), list(self.penalties)
        for k, old in enumerate(kept):
            if old.variable == new.variable:
                return Objective(self.loss, (*kept[:k], old + new, *kept[k + 1 :]))
        return Objective(self.loss, (*kept, new))

    __radd__ = __add__
    __sub__ = Addable.__sub__
    __rsub__ = Addable.__rsub__


def _shown(penalty: Any) -> str:
    if penalty.variable.kind != "scalar":
        return str(penalty)
    name = penalty.variable.name
    term = re.sub(rf"\b{re.escape(name)}\b", f"{name}_j", str(penalty))
    return f"sum_j [{term}]"


def least_squares(A: object, b: object, *, scaling: Scaling = "half") -> LeastSquares:
    """Return the least squares loss of ``A x`` to `b`.

    Parameters
    ----------
    A : array, sparse matrix or linear operator, shape (n, p)
        Real and finite.  Not modified, and not copied if it is contiguous float64.
    b : array, shape (n,)
        Real and finite.
    scaling : {"half", "mean", "sum"}
        ``1/2 ||A x - b||^2`` (default), ``1/(2n) ||A x - b||^2`` (as scikit-learn has it) or
        ``||A x - b||^2``.  Printing the loss shows which.

    Returns
    -------
    LeastSquares
        Add a penalty to it and pass the sum to `minimize`.

    Raises
    ------
    InputError
        If the numbers are not real and finite, or the shapes do not match.

    Examples
    --------
    >>> loss = least_squares([[1.0, 0.0], [0.0, 2.0]], [3.0, 4.0])
    >>> print(loss)
    1/2 ||A x - b||^2
    >>> loss([3.0, 0.0])
    8.0
    """
    if scaling not in _SHOWN:
        raise InputError(f"scaling must be one of {', '.join(_SHOWN)}, not {scaling!r}")
    design = check_design(A)
    return LeastSquares(design, check_target(b, "b", design.shape[0]), scaling)


def loss(
    formula: object,
    A: object,
    y: object,
    *,
    weights: object = None,
    offset: object = None,
    intercept: bool = False,
    scaling: Scaling = "sum",
) -> Loss:
    """Return ``sum_i weight_i loss(z_i; y_i)`` with predictions ``z = A x + offset``.

    Parameters
    ----------
    formula : str, sympy.Expr or Function
        The loss of one row in its prediction ``z`` and its target ``y``, for example
        ``"log(1 + exp(-y*z))"`` (logistic, y = -1 or 1), ``"exp(z) - y*z"`` (Poisson) or
        ``"max(0, 1 - y*z)"`` (hinge).  Other names are parameters; `minimize` takes their values.
    A : array, sparse matrix or linear operator, shape (n, p)
        Real and finite.  Not modified, and not copied if it is contiguous float64.
    y : array, shape (n,) or (n, k)
        Real and finite.  With k columns the unknown is a matrix of shape (p, k).
    weights : array, shape (n,), optional
        Nonnegative; 1 if left out.
    offset : array, shape (n,), optional
        Added to the predictions.
    intercept : bool
        Whether a constant, which no penalty sees, is added to the predictions and fitted.
    scaling : {"sum", "mean"}
        "mean" divides the sum by n.

    Returns
    -------
    Loss
        Add a penalty to it and pass the sum to `minimize`.

    Raises
    ------
    InputError, LanguageError
        If the formula is not one in ``z``, or numbers or shapes are wrong.

    Examples
    --------
    >>> print(loss("log(1 + exp(-y*z))", [[1.0], [2.0]], [1.0, -1.0], scaling="mean"))
    1/n sum_i [log(1 + exp(-y*z))], z = A x
    """
    if scaling not in ("sum", "mean"):
        raise InputError(f"scaling must be 'sum' or 'mean', not {scaling!r}")
    if not isinstance(intercept, bool | np.bool_):
        raise InputError(f"intercept must be True or False, not {intercept!r}")
    made, design = loss_formula(formula), check_design(A)
    target = check_target(y, "y", design.shape[0])
    chosen: Any = 1.0 if weights is None else check_vector(weights, "weights", len(target))
    if np.any(chosen < 0.0) or not np.any(chosen > 0.0):
        raise InputError("weights must not be negative, and not all of them zero")
    shift: Any = 0.0 if offset is None else check_vector(offset, "offset", len(target))
    if target.ndim == 2:
        chosen, shift = (each[:, None] if np.ndim(each) else each for each in (chosen, shift))
    return Loss(made, design, target, chosen, shift, bool(intercept), scaling)


def checked_penalty(penalty: object) -> Any:
    """Return the penalty if it is a Function, else say what it is."""
    if getattr(getattr(penalty, "variable", None), "kind", None) is None:
        raise InputError(
            f"{penalty!r} is not a penalty; write normcalc.function('lam*abs(x)') to make one"
        )
    return penalty
