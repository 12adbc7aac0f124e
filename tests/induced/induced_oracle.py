"""An oracle for induced norms that shares nothing with the library: dense sampling, then descent.

Norms are written here once more, as NumPy functions of columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize, minimize_scalar

if TYPE_CHECKING:
    from collections.abc import Callable

ANGLES = 3001
GRID = 90
REFINED = 6


@dataclass(frozen=True)
class Norm:
    """A norm as the library reads it and as NumPy computes it, with its length if it has one."""

    given: str | float
    of: Callable[[np.ndarray], np.ndarray]
    size: int | None = None


def p_norm(p: float) -> Norm:
    return Norm(p, lambda x: np.linalg.norm(x, p, axis=0))


def quadratic(text: str, gram: list[list[float]]) -> Norm:
    P = np.array(gram)
    return Norm(f"sqrt({text})", lambda x: np.sqrt(np.sum(x * (P @ x), axis=0)), len(gram))


def octagon(x: np.ndarray) -> np.ndarray:
    a, b = np.abs(x)
    return np.maximum(np.maximum(a, b), (a + b) / np.sqrt(2))


def prism(x: np.ndarray) -> np.ndarray:
    a, b, c = np.abs(x)
    return np.maximum(np.maximum(a + b, c), np.abs(x[0] - x[2]))


NORMS = {
    "1": p_norm(1),
    "2": p_norm(2),
    "inf": p_norm(np.inf),
    "3": p_norm(3),
    "3/2": p_norm(1.5),
    "weighted": Norm("3*norm(x, 1)/2", lambda x: 1.5 * np.abs(x).sum(axis=0)),
    "scaled": Norm("2*norm(x, 3)", lambda x: 2 * np.linalg.norm(x, 3, axis=0)),
    "octagon": Norm("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))", octagon, 2),
    "prism": Norm("max(abs(x1) + abs(x2), abs(x3), abs(x1 - x3))", prism, 3),
    "ellipse": quadratic("4*x1**2 + x1*x2 + x2**2", [[4, 0.5], [0.5, 1]]),
    "ellipsoid": quadratic(
        "2*x1**2 + x2**2 + 3*x3**2 + x1*x2", [[2, 0.5, 0], [0.5, 1, 0], [0, 0, 3]]
    ),
    "sum": Norm(
        "norm(x, 2) + sum(abs(x))", lambda x: np.linalg.norm(x, axis=0) + np.abs(x).sum(axis=0)
    ),
    "cut": Norm(
        "max(norm(x, 2), 2*norm(x, 1)/3)",
        lambda x: np.maximum(np.linalg.norm(x, axis=0), np.abs(x).sum(axis=0) * 2 / 3),
    ),
}


def oracle(A: np.ndarray, n_in: Norm, n_out: Norm) -> float:
    """Return the largest ratio of the two norms, for at most three columns."""

    def ratio(x: np.ndarray) -> np.ndarray:
        return n_out.of(A @ x) / n_in.of(x)

    return {1: _line, 2: _plane, 3: _space}[A.shape[1]](ratio)


def _line(ratio: Callable[[np.ndarray], np.ndarray]) -> float:
    return float(ratio(np.ones((1, 1)))[0])


def _plane(ratio: Callable[[np.ndarray], np.ndarray]) -> float:
    t, h = np.linspace(0, np.pi, ANGLES, retstep=True)

    def at(angle: np.ndarray) -> np.ndarray:
        return ratio(np.array([np.cos(angle), np.sin(angle)]).reshape(2, -1))

    values = at(t)
    best = float(values.max())
    for k in np.argsort(-values)[: 4 * REFINED]:
        found = minimize_scalar(
            lambda a: -at(a)[0], bounds=(t[k] - h, t[k] + h), method="bounded",
            options={"xatol": 1e-12},
        )  # fmt: skip
        best = max(best, -float(found.fun))
    return best


def _space(ratio: Callable[[np.ndarray], np.ndarray]) -> float:
    z, t = np.meshgrid(np.linspace(0, 1, GRID), np.linspace(0, 2 * np.pi, 2 * GRID))
    r = np.sqrt(1 - z**2)
    points = np.array([r * np.cos(t), r * np.sin(t), z]).reshape(3, -1)
    corners = np.array(np.meshgrid(*[[-1.0, 0.0, 1.0]] * 3)).reshape(3, -1)
    points = np.hstack([points, corners[:, np.any(corners, axis=0)]])  # peaks sit on kinks
    values = ratio(points)
    best = float(values.max())
    patches = np.array_split(np.arange(values.size), 8 * REFINED)
    starts = sorted((p[np.argmax(values[p])] for p in patches), key=lambda k: -values[k])
    for k in starts[:REFINED]:
        x = points[:, k]
        for _ in range(2):  # a simplex that has collapsed on a ridge starts afresh
            found = minimize(
                lambda x: -ratio(x[:, None])[0], x, method="Nelder-Mead",
                options={"xatol": 1e-11, "fatol": 1e-13, "maxiter": 2000},
            )  # fmt: skip
            x = found.x
            best = max(best, -float(found.fun))
    return best
