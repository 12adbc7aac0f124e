"""A linear program below a problem whose loss has kinks or is not convex.

A box for the unknown bounds each prediction.  Below the loss of each row lies a convex polygon on
that interval, as below each penalty, and the sum of polygons is minimised by linear programming.
Only the multipliers of its solution are used: for any of them the rows and the coordinates have
least values of their own, whose sum is a lower bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from scipy import sparse
from scipy.optimize import linprog

from normcalc.engine.losses import TARGET, RowLoss
from normcalc.engine.methods.bent import Side, bent
from normcalc.engine.methods.counting import parameter_rows
from normcalc.engine.methods.hulls import Hulls, lower_hull
from normcalc.engine.methods.relaxation import Relaxed
from normcalc.errors import LanguageError, NotDerivable
from normcalc.line.read import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.engine.jit import Floats
    from normcalc.engine.methods.bent import Bent
    from normcalc.language.function import Function

MOST = 300  # rows
ROUNDS = 4
FRUITFUL = 0.05  # of a bound's distance: new tangents that gain less are not worth another round


def rows_of(loss: Any) -> list[Bent]:
    """Return the loss of each row as stretches; nothing where it has none or too many rows."""
    if not isinstance(loss, RowLoss) or loss.target.ndim != 1 or len(loss.target) > MOST:
        return []
    values = dict(loss.values)
    if of_residuals(loss.formula):
        centered = rows_with({**values, TARGET: 0.0}, loss)
        return [
            one.moved(float(y)) for one, y in zip(centered, loss.target, strict=bool(centered))
        ]
    return rows_with(values, loss)


def of_residuals(formula: Function) -> bool:
    """Return whether a loss is seen to depend on prediction and target by their difference alone.

    Examples
    --------
    >>> from normcalc.engine.losses import loss_formula
    >>> of_residuals(loss_formula("log(1 + (z - y)**2)")), of_residuals(loss_formula("exp(y*z)"))
    (True, False)
    """
    try:
        line = line_of(formula)
    except (NotDerivable, LanguageError):
        return False
    target = [p for p in line.parameters if p.name == TARGET]
    bounded = not (line.lo == -sp.oo and line.hi == sp.oo)
    if not target or bounded:
        return False
    moved = line.expr.subs(line.variable, line.variable + target[0])
    return bool(moved == line.expr.subs(target[0], 0))


def rows_with(values: Mapping[str, Any], loss: RowLoss) -> list[Bent]:
    """Return the loss of each row for given parameters; nothing where one is not derived."""
    rows, whose = parameter_rows(sorted(values), values, len(loss.target))
    made = []
    for row in rows:
        made.append(bent((loss.formula,), row, 0))
        if made[-1] is None:
            return []
    return [each for k in whose if (each := made[k]) is not None]


class RowRelaxation:
    """The losses of rows and the columns of the design."""

    shift = 0.0

    def __init__(self, loss: Any, rows: list[Bent], size: int) -> None:
        """Copy the few columns of the design."""
        self.rows, self.offset = rows, loss.prediction(None)
        self.columns = np.column_stack([loss.design.apply(unit) for unit in np.eye(size)])
        self.weights = np.broadcast_to(loss.weight, self.offset.shape)
        self.floor = float(self.weights @ [row.least for row in rows])

    def minimise(self, hulls: Hulls, x: Floats, cutoff: float, accuracy: float) -> Relaxed:
        """Minimise the polygons; tangents of rows are added where predictions come to lie."""
        lo, hi = hulls.places[:, 0], hulls.places[:, -1]
        middle, reach = 0.5 * (lo + hi), 0.5 * (hi - lo)
        center, spread = self.columns @ middle + self.offset, np.abs(self.columns) @ reach
        sides = [Side(float(c - s), float(c + s)) for c, s in zip(center, spread, strict=True)]
        touched: list[tuple[float, ...]] = [()] * len(sides)
        bound = -np.inf
        for _ in range(ROUNDS):
            before = bound
            polygons = self._polygons(sides, touched)
            x, multipliers = self._solved(hulls, polygons)
            bound = max(bound, self._bound(hulls, polygons, multipliers))
            z = self.columns @ x + self.offset
            near = zip(touched, z.tolist(), strict=True)
            touched = [(*at, t) for at, t in near]
            gained = bound - before
            if bound >= cutoff or not gained > max(accuracy, FRUITFUL * (cutoff - bound)):
                break
        above = self._heights(z, sides) - polygons.worth(z)
        return Relaxed(hulls.inside(x), bound, bound, reach * (above @ np.abs(self.columns)))

    def _polygons(self, sides: list[Side], touched: list[tuple[float, ...]]) -> Hulls:
        each = zip(self.rows, sides, touched, strict=True)
        found = Hulls([lower_hull(row.below(side, at)) for row, side, at in each])
        found.scale(self.weights)
        return found

    def _heights(self, z: Floats, sides: list[Side]) -> Floats:
        each = zip(self.rows, z.tolist(), sides, strict=True)
        inside = [row.worth(min(max(t, s.lo), s.hi), s) for row, t, s in each]
        return np.asarray(self.weights * np.array(inside))

    def _solved(self, hulls: Hulls, polygons: Hulls) -> tuple[Floats, Floats]:
        """Return the point of the linear program and the multipliers of the predictions.

        The unknowns are how much of each edge is filled, from the left.
        """
        many = hulls.slopes.shape[1]
        fillings = np.repeat(self.columns, many, axis=1)
        rows, edges = polygons.slopes.shape
        own = sparse.kron(sparse.eye(rows), np.ones((1, edges)))
        matrix = sparse.hstack([sparse.csc_matrix(fillings), -own], format="csc")
        start = self.columns @ hulls.places[:, 0] + self.offset - polygons.places[:, 0]
        costs = np.concatenate([hulls.slopes.ravel(), polygons.slopes.ravel()])
        ends = np.concatenate([hulls.lengths.ravel(), polygons.lengths.ravel()])
        if not costs.size:  # the box is a point, where any multipliers give the value
            return hulls.places[:, 0], np.zeros(rows)
        found: Any = linprog(costs, A_eq=matrix, b_eq=-start, bounds=np.c_[0.0 * ends, ends])
        if found.x is None:  # the bound of no multipliers still holds
            return 0.5 * (hulls.places[:, 0] + hulls.places[:, -1]), np.zeros(rows)
        filled = found.x[: fillings.shape[1]].reshape(-1, many)
        return hulls.places[:, 0] + filled.sum(axis=1), -found.eqlin.marginals

    def _bound(self, hulls: Hulls, polygons: Hulls, multipliers: Floats) -> float:
        """Return the least value of rows and coordinates apart, for given multipliers."""
        rows = float(polygons.least(-multipliers).sum())
        pull = np.asarray(multipliers @ self.columns)
        return rows + float(hulls.least(pull).sum()) + float(multipliers @ self.offset)
