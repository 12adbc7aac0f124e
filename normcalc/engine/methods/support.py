"""Sweeps with Newton steps between them, on the coordinates that are not at rest.

Coordinates that are zero and would stay there take no part until the others are done: sweeps on
the rest touch a smaller Gram matrix.  On those that are not zero the fixed point equation
``x = prox(x - gradient/curvature)`` is a system of as many equations, see `newton_system`; a step
is taken where the objective falls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from normcalc.engine.methods.kernels import map_element, score
from normcalc.engine.methods.newton_system import Factored, Linearised
from normcalc.engine.methods.sweeps import gain, gram_solve, principal

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

FEW = 50  # sweeps on coordinates as few as this cost no more on all of them
MOST = 0.8  # of the coordinates: the Gram matrix of so many is not copied
FORWARD = 0.1  # of the largest score: how far one round of sweeps is carried
ROUNDS = 20  # of sweeps on some coordinates, before all are swept over
BURST = 60  # sweeps before the first Newton step; twice as many after one that failed
SHORT = 3  # sweeps between a Newton step that helped and the next
WIDTH = 1e-6  # of the differences that slopes of the prox are read from
REGULAR = 1e-12  # of the largest curvature, on the diagonal
LARGEST = 3000  # unknowns of one system


class Model(NamedTuple):
    """A quadratic on the coordinates of a working set, and a penalty's kernels there.

    The Gram matrix may be the corner of a larger array.
    """

    prox: int
    value: int
    gram: Floats
    curvature: Floats
    constants: Floats
    values: Floats

    def of(self, move: Floats) -> Floats:
        """Return by how much a move changes the gradient."""
        return np.asarray(self.gram[: move.size, : move.size] @ move)

    def part(self, chosen: Any) -> Model:
        """Return the model as a function of some coordinates, the others fixed."""
        values = self.values if len(self.values) == 1 else self.values[chosen]
        gram = principal(self.gram, chosen)
        return Model(
            self.prox, self.value, gram, self.curvature[chosen], self.constants[chosen], values
        )


def solve(model: Model, x: Floats, gradient: Floats, tol: float, sweeps: int) -> None:
    """Minimise a model plus the penalty over `x`, in place, until moves are below `tol`."""
    scores, chosen, goal = np.empty(x.size), np.empty(0, dtype=np.intp), np.inf
    for _ in range(ROUNDS if x.size > FEW else 0):
        score(model.prox, x, gradient, model.curvature, model.constants, scores)
        waiting = scores > tol
        waiting[chosen] = False
        if goal <= tol and not waiting.any():
            return
        worst = float(scores.max())
        chosen = np.flatnonzero((x != 0.0) | (scores > tol))
        if sweeps <= 0 or worst <= tol or chosen.size > MOST * x.size:
            break
        goal = max(tol, FORWARD * min(goal, worst))
        sweeps -= _solve_part(model, chosen, x, gradient, goal, sweeps)
    _solve(model, x, gradient, tol, sweeps)


def _solve_part(
    model: Model, chosen: Any, x: Floats, gradient: Floats, tol: float, sweeps: int
) -> int:
    """Minimise over some coordinates; return the sweeps that it took."""
    part, slopes = x[chosen], gradient[chosen]
    done = _solve(model.part(chosen), part, slopes, tol, sweeps)
    move = np.zeros_like(x)
    move[chosen] = part - x[chosen]
    x[chosen] = part
    gradient += model.of(move)
    return done


def _solve(model: Model, x: Floats, gradient: Floats, tol: float, sweeps: int) -> int:
    left, burst, factored = sweeps, BURST, Factored(model.gram)
    while left > 0:
        most = min(burst, left)
        done = gram_solve(*model[:3], x, gradient, *model[3:], tol, most)
        left -= done
        if done < burst:
            break
        burst = SHORT if step(model, factored, x, gradient) else 2 * max(burst, BURST)
    return sweeps - left


def step(model: Model, factored: Factored, x: Floats, gradient: Floats) -> bool:
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
    bend = curvature * (1.0 - slopes) / slopes + REGULAR * float(curvature.max())
    move = factored.solve(Linearised(chosen, bend, -curvature * missed / slopes))
    if move is None:
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
    slopes = gradient + model.of(point - x)
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
