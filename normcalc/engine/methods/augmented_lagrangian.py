"""The augmented Lagrangian method with semismooth Newton steps.

For ``f(x) + g(K x + s)`` the dual problem ``min g*(u) + f*(-K^T u) - <u, s>`` is solved by the
method of multipliers: x and the copy z of ``K x + s`` are its multipliers.  An outer step
minimises over u the smooth convex function whose gradient is

    prox of sigma g at (z + sigma u) - K (prox of tau f at (x - tau K^T u)) - s + (u - u_k)/rho

and takes the two proxes for the next z and x.  Where both functions are sums over entries the
derivatives of their proxes are diagonal, zero for all entries that rest at a kink, so a Newton
step solves a linear system in the entries that move.  Of other proxes, such as those of norms,
differences tell the derivative along a direction, which conjugate gradients need; on straight
pieces these are exact.  The length of a step is found exactly, since the slope along a line needs
no product with K.

References
----------
Rockafellar, "Augmented Lagrangians and applications of the proximal point algorithm in convex
programming", Math. Oper. Res. 1976.
Li, Sun and Toh, "A highly efficient semismooth Newton augmented Lagrangian method for solving
lasso problems", SIOPT 2018.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.engine.certificate import Measure
from normcalc.engine.composite import Term, coordinates
from normcalc.engine.methods.multipliers import Bounds, home_of, largest
from normcalc.engine.methods.semismooth import (
    conjugate_gradients,
    derivative,
    reach,
    solved,
    turning,
    turning_entries,
    zero_of,
)
from normcalc.engine.methods.stacked import Rows, as_matrix, entrywise, exact
from normcalc.engine.penalties import Zero
from normcalc.engine.rays import conflict, constraints

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.engine.jit import Floats
    from normcalc.engine.rays import Ray

NEWTON = 12  # Newton steps between two measures
HARD = 60  # Newton steps after which a subproblem is left as it is
LESS = 0.1  # of the steps, where rounding hides descent
GROWTH = 5.0  # of the steps, after a subproblem that was easy
EASY, FAIR = 8, 20  # Newton steps of a subproblem that is easy, or not hard
FIRST = 1.0  # of the steps that balance slopes and sizes
BOLD = 10.0  # the same where only the sizes are known
REGULAR = 0.3  # of the curvature: the proximal term of the dual
STRAIGHT = 1e-7  # derivatives of a prox below this are zero, up to rounding
UNLIKE = 1e-2  # relatively: multipliers with a larger pull prove no conflict
NOISE = 3e-16  # of the sizes of what is added up: a gradient as small is zero
ROUNDED = 1e-14  # of the largest slope: smaller ones are rounding, which may leave the domain
CHEAP = 10  # steps of conjugate gradients, or an eighth of the rows: then systems are factored
FINE = 1e-4  # relatively: the least residual of other systems
CLOSE, CLOSER = 0.1, 0.01  # of an outer step: a gradient that ends it; of joint proxes
COARSE = 1e4  # times the size of x: beyond this, steps cost digits


def lacks(terms: Sequence[Term], zero: Floats) -> str:
    """Return what the method misses in a problem; an empty text if nothing."""
    joint = [term for term in terms if not entrywise(term)]
    if zero.ndim != 1 or not all(exact(term, zero) for term in joint):
        return "terms of linear images of a vector, each with a prox that needs no search"
    home = home_of(list(terms))
    others = [term for k, term in enumerate(terms) if k != home]
    if not others or any(as_matrix(term.map, zero) is None for term in others):
        return "several terms, of images by matrices that are at hand"
    if joint and (home is None or len(others) > 1):  # alternating directions are steadier
        return "a term of the unknown itself and one of an image, or sums over entries"
    return ""


@dataclass
class At:
    """A dual point of the subproblem, its image, and what follows from it."""

    u: Floats
    pull: Floats
    x: Floats
    z: Floats
    image: Floats
    slope: Floats

    @property
    def missed(self) -> float:
        """How large the gradient of the subproblem is."""
        return float(np.linalg.norm(self.slope))


class AugmentedLagrangian:
    """One run; see the module for the method."""

    name = "augmented Lagrangian with Newton steps"
    stalled = False

    def __init__(self, terms: list[Term], x0: Floats) -> None:
        """Stack the terms, and choose the first steps from the sizes of the problem."""
        self.given, self.terms = terms, [_in_coordinates(term, x0) for term in terms]
        home = home_of(self.terms)
        self.home = Zero() if home is None else self.terms[home].penalty
        self.of_home = turning_entries if home is None or entrywise(self.terms[home]) else turning
        self.uneven = False  # whether conjugate gradients were slow
        self.summed = all(map(entrywise, self.terms))
        self.close = CLOSE if self.summed else CLOSER
        self.rows = Rows.of([t for k, t in enumerate(self.terms) if k != home], x0)
        self.place = home
        self.bounds = Bounds(self.terms, x0)
        matrix, shift = self.rows.matrix, self.rows.shift
        self.z = matrix @ x0 + shift
        self.u = self.slopes = np.zeros(len(shift))
        self.anchor, self.x, self.rest = x0, x0, np.zeros_like(x0)
        self._first_steps()
        self.here = self._at(self.u, np.zeros_like(x0))
        self.count, self.dual = 0, np.inf
        self.before: list[Floats] | None = None

    def _first_steps(self) -> None:
        """Balance the curvatures of both proxes at about the size that the solution may have."""
        matrix = self.rows.matrix
        self.norm = norm = float(np.linalg.norm(matrix)) / np.sqrt(min(matrix.shape)) or 1.0
        moved, step = reach(self.rows.prox, self.z)
        if step > 0.0:
            self.tau = FIRST * step / norm**2
        else:  # equations, which say nothing about the size of a multiplier
            scale = moved / norm / np.sqrt(matrix.shape[1]) or 1.0
            self.tau = BOLD * (reach(self.home.prox, np.full(matrix.shape[1], scale))[1] or scale)
        self.sigma = self.tau * norm**2
        self.far = 1.0 / (REGULAR * self.sigma)
        self.rho = self._regular()

    def _regular(self) -> Floats:
        """Return the steps of the proximal term of the dual, longer where the dual is less curved.

        Rows at a kink follow the least curved ones, or they would hold these back.
        """
        rows = self.rows.derivative(self.z + self.sigma * self.u, self.sigma)
        least = rows[rows > STRAIGHT].min(initial=1.0)
        return np.asarray(self.far / np.maximum(rows, least))

    def _at(self, u: Floats, pull: Floats) -> At:
        x = self.home.prox(self.anchor - self.tau * pull, self.tau)
        z = self.rows.prox(self.z + self.sigma * u, self.sigma)
        image = self.rows.matrix @ x + self.rows.shift
        return At(u, pull, x, z, image, z - image + (u - self.u) / self.rho)

    def step(self) -> None:
        """Do some Newton steps, and an outer step once the subproblem is solved well enough."""
        for _ in range(NEWTON):
            if self._solved():
                self._move()
                return
            direction = self._direction()
            pull = self.rows.matrix.T @ direction
            length = self._length(direction, pull)
            if length <= 0.0 and self.count == 0:  # long steps cost the digits that tell descent
                self._shrink()
                return
            if length <= 0.0:
                self._move(shorter=True)
                return
            here = self.here
            self.here = self._at(here.u + length * direction, here.pull + length * pull)
            self.count += 1
        if self.count >= HARD:
            self._move(shorter=True)

    def _solved(self) -> bool:
        """Tell whether the gradient is small beside how far the outer step goes."""
        here = self.here
        moved = np.hypot(
            np.linalg.norm(here.x - self.anchor) * np.sqrt(self.sigma / self.tau),
            np.linalg.norm(here.z - self.z),
        )
        far = np.linalg.norm(here.x) + self.tau * np.linalg.norm(here.pull)
        least = NOISE * float(np.linalg.norm(here.z) + self.norm * far)
        close = self.close * min(1.0, float(moved)) if self.count else 0.0
        return here.missed <= max(least, close)

    def _move(self, shorter: bool = False) -> None:
        """Take the proxes for the next x and z, and change the steps by how hard that was."""
        here = self.here
        lag = largest(here.x - self.anchor) / self.tau / (1.0 + largest(here.pull))
        self.dual = max(lag, largest(here.z - self.z) / self.sigma / (1.0 + largest(here.u)))
        self.rest = (self.anchor - here.x) / self.tau - here.pull  # a subgradient of the home term
        self.x = self.anchor = here.x
        slopes = here.u + (self.z - here.z) / self.sigma  # subgradients at the next z
        self.slopes = np.where(np.abs(slopes) <= ROUNDED * largest(slopes), 0.0, slopes)
        self.z, self.u = here.z, here.u
        growth = GROWTH if self.count <= EASY else 1.5 if self.count <= FAIR else 1.0
        growth = 0.3 if shorter else growth
        reached = self.tau * largest(here.pull) / (1.0 + largest(here.x))
        coarse, growth = reached > COARSE, growth if self.count or reached < 1.0 else 0.3
        if growth < 1.0 or not coarse:
            self.tau, self.sigma, self.far = (
                each * growth for each in (self.tau, self.sigma, self.far)
            )
        self.rho = self._regular()
        self.count, self.uneven = 0, False
        self.here = self._at(here.u, self.rows.matrix.T @ here.u)

    def _shrink(self) -> None:
        """Go on from the same point with shorter steps."""
        self.tau, self.sigma = LESS * self.tau, LESS * self.sigma
        self.far *= LESS
        self.rho, self.here = self._regular(), self._at(self.u, self.rows.matrix.T @ self.u)

    def _direction(self) -> Floats:
        """Return the Newton direction: a system in the entries of x that move, or in all rows."""
        if not self.summed:
            return self._joint_direction()
        here, matrix = self.here, self.rows.matrix
        moving = derivative(self.home.prox, self.anchor - self.tau * here.pull, self.tau)
        rows = derivative(self.rows.prox, self.z + self.sigma * here.u, self.sigma)
        diagonal = self.sigma * rows + 1.0 / self.rho
        chosen = np.flatnonzero(moving > 0.0)
        columns = matrix[:, chosen] * np.sqrt(self.tau * moving[chosen])
        if len(chosen) <= len(diagonal):
            scaled = columns / diagonal[:, None]
            square = np.eye(len(chosen)) + columns.T @ scaled
            first = here.slope / diagonal
            return np.asarray(scaled @ solved(square, columns.T @ first) - first)
        square = columns @ columns.T
        square[np.diag_indices(len(square))] += diagonal
        return -solved(square, here.slope)

    def _joint_direction(self) -> Floats:
        """Return about the Newton direction where proxes move entries together."""
        here, matrix = self.here, self.rows.matrix
        home = self.of_home(self.home.prox, self.anchor - self.tau * here.pull, self.tau)
        rows = self.rows.turning(self.z + self.sigma * here.u, self.sigma)

        def product(d: Floats) -> Floats:
            bent = self.tau * (matrix @ home(matrix.T @ d)) + self.sigma * rows(d)
            return np.asarray(bent + d / self.rho)

        size, tol = here.slope.size, max(FINE, min(1e-2, here.missed))
        if not self.uneven:
            found = conjugate_gradients(product, here.slope, tol, max(CHEAP, size // 2))
            if found is not None:
                return -found
        self.uneven = True
        turned = np.stack([home(row) for row in matrix])
        square = self.tau * (turned @ matrix.T)
        square += self.sigma * np.stack([rows(unit) for unit in np.eye(size)])
        square[np.diag_indices(size)] += 1.0 / self.rho
        return -solved(0.5 * (square + square.T), here.slope)

    def _length(self, direction: Floats, pull: Floats) -> float:
        """Return a step after which the slope along the direction is a small part of itself."""

        def slope(t: float) -> float:
            u = self.here.u + t * direction
            x = self.home.prox(self.anchor - self.tau * (self.here.pull + t * pull), self.tau)
            z = self.rows.prox(self.z + self.sigma * u, self.sigma)
            inner = z - self.rows.shift + (u - self.u) / self.rho
            return float(direction @ inner - pull @ x)

        return zero_of(slope, float(direction @ self.here.slope))

    def value(self, x: Floats) -> float:
        """Return the objective at a point."""
        return float(sum(term.worth(x) for term in self.terms))

    def conflict(self) -> Ray | None:
        """Return a proof that no point meets all constraints, from how multipliers grow."""
        chosen = constraints(self.given)
        now = self.multipliers()
        before, self.before = self.before, [now[k] for k in chosen]
        if not chosen or before is None:
            return None
        grown = [after - old for after, old in zip(self.before, before, strict=True)]
        pull = sum(self.given[k].map.adjoint(g) for k, g in zip(chosen, grown, strict=True))
        if largest(np.asarray(pull)) > UNLIKE * self.norm * max(map(largest, grown)):
            return None
        return conflict([self.given[k] for k in chosen], grown, self.x)

    def measure(self) -> Measure:
        """Return objective, gap, and by how much the optimality conditions are missed."""
        image = self.rows.matrix @ self.x + self.rows.shift
        primal = largest(image - self.z) / (1.0 + largest(self.z))
        fun, kkt = self.value(self.x), max(primal, self.dual)
        return Measure(fun, self.bounds.gap(fun, kkt, self.multipliers(), self.x), kkt)

    def multipliers(self) -> list[Floats]:
        """Return a subgradient of each term."""
        found = self.rows.parts(self.slopes)
        if self.place is None:
            return found
        return [*found[: self.place], self.rest, *found[self.place :]]


def _in_coordinates(term: Term, zero: Floats) -> Term:
    found = coordinates(term.penalty, zero.size) if term.plain else None
    return term if found is None else Term(found, term.map)
