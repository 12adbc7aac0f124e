"""Sweeps with Newton steps between them, on the coordinates that are not zero.

There the fixed point equation ``x = prox(x - gradient/curvature)`` is a system of as many
equations, whose Jacobian follows from the Gram matrix and the slopes of the prox.  A step is taken
where the objective falls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from normcalc.engine.methods.kernels import map_element
from normcalc.engine.methods.sweeps import gain, gram_solve

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

BURST = 60  # sweeps before the first Newton step; twice as many after one that failed
SHORT = 5  # sweeps between a Newton step that helped and the next
WIDTH = 1e-6  # of the differences that slopes of the prox are read from
REGULAR = 1e-12  # of the largest curvature, on the diagonal
LARGEST = 2000  # unknowns of one system


class Model(NamedTuple):
    """A quadratic on the coordinates of a working set, and a penalty's kernels there."""

    prox: int
    value: int
    gram: Floats
    curvature: Floats
    constants: Floats
    values: Floats


def solve(model: Model, x: Floats, gradient: Floats, tol: float, sweeps: int) -> None:
    """Minimise a model plus the penalty over `x`, in place, until moves are below `tol`."""
    burst = BURST
    while sweeps > 0:
        most = min(burst, sweeps)
        done = gram_solve(*model[:3], x, gradient, *model[3:], tol, most)
        if done < burst:
            return
        sweeps -= done
        burst = SHORT if step(model, x, gradient) else 2 * max(burst, BURST)


def step(model: Model, x: Floats, gradient: Floats) -> bool:
    """Take a Newton step on the coordinates that are not zero if the objective falls."""
    chosen = np.flatnonzero(x)
    if not 0 < chosen.size <= LARGEST:
        return False
    curvature, constants = model.curvature[chosen], model.constants[chosen]
    v = x[chosen] - gradient[chosen] / curvature
    slopes, missed = _slopes(model.prox, v, constants), x[chosen] - _at(model.prox, v, constants)
    smooth = slopes > WIDTH
    if not smooth.any():
        return False
    chosen, curvature = chosen[smooth], curvature[smooth]
    slopes, missed = slopes[smooth], missed[smooth]
    matrix = model.gram[np.ix_(chosen, chosen)]
    bend = curvature * (1.0 - slopes) / slopes + REGULAR * float(curvature.max())
    matrix[np.diag_indices(chosen.size)] += bend
    try:
        move = -cho_solve(cho_factor(matrix, overwrite_a=True), curvature * missed / slopes)
    except LinAlgError:
        return False
    return any(_taken(model, x, gradient, chosen, there) for there in _ways(x[chosen], move))


def _ways(x: Floats, move: Floats) -> list[Floats]:
    """Return where to go: to the end with crossing coordinates at zero, or to the first zero."""
    crossing = x * (x + move) < 0.0
    ends = [np.where(crossing, 0.0, x + move)]
    if crossing.any():
        ends.append(x + float(np.min(-x[crossing] / move[crossing])) * move)
    return ends


def _taken(model: Model, x: Floats, gradient: Floats, chosen: Any, there: Floats) -> bool:
    point = x.copy()
    point[chosen] = there
    slopes = gradient + (there - x[chosen]) @ model.gram[chosen]
    if not gain(model.value, x, gradient, point, slopes, model.values) > 0.0:
        return False
    x[:], gradient[:] = point, slopes
    return True


def _at(prox: int, v: Floats, constants: Floats) -> Floats:
    out = np.empty_like(v)
    map_element(prox, v, constants, out)
    return out


def _slopes(prox: int, v: Floats, constants: Floats) -> Floats:
    width = WIDTH * (1.0 + np.abs(v))
    ahead, behind = _at(prox, v + width, constants), _at(prox, v - width, constants)
    return (ahead - behind) / (2.0 * width)
