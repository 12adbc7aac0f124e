"""Feasible dual points near the multipliers of a splitting method.

Near a solution the multiplier of a term can move only as its prox lets it: at ``z`` with the
subgradient ``y`` by ``(I - J) d``, where J is the derivative of the prox with step 1 at ``z + y``.
That is nothing for an absolute value off its kink, and everything at it; along a curved dual ball
it is the tangent.  So the multipliers ``y_i - (I - J_i) K_i e`` with

    sum K_i^T (I - J_i) K_i e = sum K_i^T y_i

add up to zero and stay in the domains of the conjugates, up to second order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse.linalg import LinearOperator, lsmr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from normcalc.engine.composite import Term
    from normcalc.engine.jit import Floats

WIDTH = 1e-7  # relatively: of the differences that tell derivatives
NOISE = 1e-6  # of these differences, relatively: less is zero
SMALL = 400  # unknowns up to which the matrix is formed
ROUNDS = 4  # what differences and iterations leave is taken off again
CLOSED = 1e-14  # of the sizes of what adds up to zero


def closed(terms: Sequence[Term], ys: Sequence[Floats], x: Floats) -> list[Floats] | None:
    """Return multipliers that add up to zero, near `ys` at a point `x`; None if none are found."""
    bends = [_bend(term, y, term.image(x)) for term, y in zip(terms, ys, strict=True)]
    found = list(ys)
    scale = sum(float(np.abs(t.map.adjoint(y)).max()) for t, y in zip(terms, ys, strict=True))
    solve = _solver(terms, bends, x)
    for _ in range(ROUNDS):
        pairs = zip(terms, found, strict=True)
        excess = np.asarray(sum(term.map.adjoint(y) for term, y in pairs))
        if float(np.abs(excess).max()) <= CLOSED * scale:
            return found
        e = solve(excess)
        trios = zip(terms, found, bends, strict=True)
        found = [y - bend(term.map.apply(e)) for term, y, bend in trios]
    pairs = zip(terms, found, strict=True)
    left = float(np.abs(sum(term.map.adjoint(y) for term, y in pairs)).max())
    return found if left <= 10.0 * CLOSED * scale else None


def _bend(term: Term, y: Floats, z: Floats) -> Callable[[Floats], Floats]:
    """Return how directions change a subgradient, ``d - J d``."""
    v = z + y
    size = WIDTH * (1.0 + float(np.abs(v).max()))

    def bend(d: Floats) -> Floats:
        length = float(np.abs(d).max())
        if length == 0.0:
            return np.zeros_like(d)
        step = size / length * d
        prox = term.penalty.prox
        turned = (prox(v + step, 1.0) - prox(v - step, 1.0)) * (0.5 * length / size)
        return np.where(np.abs(d - turned) <= NOISE * length, 0.0, d - turned)

    return bend


def _solver(terms: Sequence[Term], bends: Sequence[Any], x: Floats) -> Callable[[Floats], Floats]:
    def product(e: Floats) -> Floats:
        d = e.reshape(x.shape)
        pairs = zip(terms, bends, strict=True)
        return np.asarray(sum(t.map.adjoint(bend(t.map.apply(d))) for t, bend in pairs)).ravel()

    if x.size <= SMALL:
        matrix = np.stack([product(unit) for unit in np.eye(x.size)], axis=1)
        inverse = np.linalg.pinv(0.5 * (matrix + matrix.T), rcond=1e-10, hermitian=True)
        return lambda excess: np.asarray(inverse @ excess.ravel()).reshape(x.shape)
    whole = LinearOperator((x.size, x.size), matvec=product, rmatvec=product, dtype=np.float64)
    return lambda excess: np.asarray(
        lsmr(whole, excess.ravel(), atol=1e-12, btol=1e-12, maxiter=SMALL)[0]
    ).reshape(x.shape)
