"""Objectives: a loss with its data, plus penalties that are Functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from normcalc.engine.design import Design, check_design, check_vector
from normcalc.errors import InputError

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

Scaling = Literal["half", "mean", "sum"]
_SHOWN: dict[str, str] = {"half": "1/2", "mean": "1/(2n)", "sum": ""}


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """The loss ``weight/2 ||A x - b||^2``; make it with `least_squares`."""

    design: Design = field(repr=False)
    target: Floats = field(repr=False)
    scaling: Scaling = "half"

    @cached_property
    def weight(self) -> float:
        """The factor before ``1/2 ||A x - b||^2``."""
        return {"half": 1.0, "mean": 1.0 / self.target.size, "sum": 2.0}[self.scaling]

    @cached_property
    def at_zero(self) -> float:
        """The loss at zero."""
        return 0.5 * self.weight * float(self.target @ self.target)

    def __call__(self, x: Any) -> float:
        """Return the loss at `x`, shape (columns,)."""
        residual = self.target - self.design.apply(check_vector(x, "x", self.design.shape[1]))
        return 0.5 * self.weight * float(residual @ residual)

    def __str__(self) -> str:
        """Return the formula with its scaling."""
        return f"{_SHOWN[self.scaling]} ||A x - b||^2".lstrip()

    def __add__(self, penalty: object) -> Objective:
        """Return the objective with a penalty."""
        return Objective(self, checked_penalty(penalty))

    __radd__ = __add__


@dataclass(frozen=True, eq=False)
class Objective:
    """A loss plus one separable penalty; adding more penalties adds their formulas.

    Examples
    --------
    >>> print(least_squares([[1.0, 0.0]], [2.0], scaling="mean"))
    1/(2n) ||A x - b||^2
    """

    loss: LeastSquares
    penalty: Any

    def __str__(self) -> str:
        """Return the formula; the penalty is a sum over coordinates."""
        name = self.penalty.variable.name
        term = re.sub(rf"\b{re.escape(name)}\b", f"{name}_j", str(self.penalty))
        return f"{self.loss} + sum_j [{term}]"

    def __repr__(self) -> str:
        """Return the formula and the shape of the matrix."""
        rows, columns = self.loss.design.shape
        return f"<Objective {self}, A {rows} x {columns}>"

    def __add__(self, penalty: object) -> Objective:
        """Return the objective with one penalty more."""
        return Objective(self.loss, self.penalty + checked_penalty(penalty))

    __radd__ = __add__


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
    return LeastSquares(design, check_vector(b, "b", design.shape[0]), scaling)


def checked_penalty(penalty: object) -> Any:
    """Return the penalty if it is a function of one real variable, else say what it is."""
    kind = getattr(getattr(penalty, "variable", None), "kind", None)
    if kind == "scalar":
        return penalty
    if kind is None:
        raise InputError(
            f"{penalty!r} is not a penalty; write normcalc.function('lam*abs(x)') to make one"
        )
    raise InputError(
        f"{penalty} is a function of a {kind} variable; minimize takes penalties that are sums "
        "over coordinates, written as a function of one variable x"
    )
