"""From which weight of a penalty on the zero vector is a solution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.calculus import gradient
from normcalc.derive.search import derivation
from normcalc.errors import NotDerivable
from normcalc.facts import facts
from normcalc.language import function as make
from normcalc.language.function import Function

if TYPE_CHECKING:
    from normcalc.calculus import Gradient
    from normcalc.derive.derivation import Derivation


@dataclass(frozen=True)
class CriticalWeight:
    """The least weight lam for which 0 minimises ``loss(x) + lam*penalty(x)``.

    Made by `normcalc.lambda_max`.

    Parameters
    ----------
    slope : Gradient
        The gradient of the loss.
    dual : Derivation
        The dual norm of the penalty.
    """

    slope: Gradient
    dual: Derivation

    def __str__(self) -> str:
        """Return the formula: a dual norm at a gradient."""
        return f"{self.dual.value} at x = {self.slope.text} for x = 0"

    def __call__(self, shape: int | tuple[int, ...], /, **params: Any) -> float:
        """Return the weight for numbers.

        Parameters
        ----------
        shape : int or tuple of int
            The length of x, or the shape of a matrix X.
        **params : float or array_like
            A value for every parameter of the loss and of the penalty.

        Raises
        ------
        ParameterError
            A parameter is missing, unknown or not of its kind.
        """
        assert self.dual.value is not None
        own = [{p.name for p in f.parameters} for f in (self.slope.function, self.dual.value)]
        first, second = ({k: params[k] for k in params if k in names} for names in own)
        for name in params.keys() - own[0] - own[1]:
            second[name] = params[name]  # refused there, by name
        return float(self.dual.value(self.slope(np.zeros(shape), **first), **second))


def lambda_max(loss: Function | str, penalty: Function | str) -> CriticalWeight:
    """Derive the least weight of a norm from which on 0 is a solution.

    For a convex loss f and a norm N, 0 minimises ``f(x) + lam*N(x)`` if and only if the dual norm
    of the gradient of f at 0 is at most lam: the subdifferential of N at 0 is the dual unit ball.

    Parameters
    ----------
    loss : Function or str
        Convex, and differentiable at 0.
    penalty : Function or str
        A norm.

    Returns
    -------
    CriticalWeight
        Called with the length of x and the parameters, it returns the number.

    Raises
    ------
    NotDerivable
        The loss is not known to be convex, or has no gradient, or the penalty no dual norm.

    Examples
    --------
    >>> import normcalc as nc
    >>> least = nc.lambda_max("norm(A @ x - b)**2/2", "norm(x, 1)")
    >>> print(least)
    max(abs(x)) at x = transpose(A) @ (A @ x - b) for x = 0
    >>> least(2, A=[[1.0, 2.0], [0.0, 1.0]], b=[1.0, 1.0])
    3.0
    """
    f, n = (g if isinstance(g, Function) else make(g) for g in (loss, penalty))
    if facts(f).convex.value != "YES":
        raise NotDerivable(f"lambda_max needs a convex loss, and {f} is not known to be convex")
    return CriticalWeight(gradient(f), derivation("dual_norm", n))
