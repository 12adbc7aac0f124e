"""Losses that are minus the logarithm of a probability: which are, and what they then say.

A loss of a prediction z and a target y = -1 or 1 defines probabilities if ``exp(-loss(z; 1))`` and
``exp(-loss(z; -1))`` add up to 1 for every z.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from normcalc.engine.losses import PREDICTION, TARGET, kernels, loss_formula
from normcalc.errors import InputError
from normcalc.language.symbolic import symbolic

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats
    from normcalc.language.function import Function

PLACES = np.linspace(-8.0, 8.0, 33)


def probability(formula: object, z: Floats, **params: Any) -> Floats:
    """Return the probability of the target 1 at predictions.

    Parameters
    ----------
    formula : str, sympy.Expr or Function
        A loss of the prediction ``z`` and the target ``y``, which is -1 or 1.
    z : array
        Predictions.
    **params : float
        Values of the other parameters of the loss.

    Returns
    -------
    array, of the shape of `z`

    Raises
    ------
    InputError
        If the loss does not define probabilities.

    Examples
    --------
    >>> probability("log(1 + exp(-y*z))", np.array([0.0, 2.0])).round(4)
    array([0.5   , 0.8808])
    """
    made = probabilistic(formula)
    own = {p.name: params[p.name] for p in made.parameters if p.name in params}
    points = np.asarray(z, dtype=np.float64)
    right, wrong = (_values(made, points, own, side) for side in (1.0, -1.0))
    return np.asarray(np.where(right < wrong, np.exp(-right), -np.expm1(-wrong)))


def probabilistic(formula: object) -> Function:
    """Return a loss as a function, or raise InputError if it does not define probabilities."""
    made = loss_formula(formula)
    total = _missing(made)
    if total is not None:
        raise InputError(
            f"{made} defines no probabilities: exp(-loss) at y = 1 and at y = -1 add up to "
            f"{total}, not to 1; use predict, or a loss such as log(1 + exp(-y*z))"
        )
    return made


def _values(made: Function, z: Floats, own: dict[str, Any], side: float) -> Floats:
    return np.asarray(kernels(made).value(z, **own, **{TARGET: np.full(z.shape, side)}))


@lru_cache(maxsize=64)
def _missing(made: Function) -> str | None:
    """Return what the two probabilities add up to where that is not 1; None if it is proved."""
    form = symbolic(made)
    symbol = form.parameters.get(TARGET)
    if symbol is None:
        return f"a number that no target {TARGET!r} changes"
    total = sum(sp.exp(-form.expr.xreplace({symbol: sp.Integer(side)})) for side in (1, -1))
    others = {s: sp.Rational(7, 10) for s in total.free_symbols - {form.variable}}
    sums = [complex(total.xreplace(others).subs(form.variable, place).evalf()) for place in PLACES]
    worst = max(sums, key=lambda each: abs(each - 1.0))
    if not abs(worst - 1.0) < 1e-9:
        return f"{worst.real:.3g} for some {PREDICTION}"
    return None if sp.simplify(total - 1) == 0 else "a sum that was not proved to be 1"
