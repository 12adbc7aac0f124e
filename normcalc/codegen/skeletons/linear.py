"""Affine maps and quadratic functions, read off from values at unit vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.skeletons.marks import Parameters, Value, Vector, inner
from normcalc.codegen.skeletons.reductions import image_of

if TYPE_CHECKING:
    from collections.abc import Callable


def matrix_of(image: Callable[[Any, Parameters], Vector]) -> Callable[..., tuple[Vector, Vector]]:
    """Return ``matrix(like, p)``: the matrix and the shift of an affine map."""

    @inner
    def matrix(like: Vector, p: Parameters) -> tuple[Vector, Vector]:
        point = np.zeros_like(like)
        flat = point.reshape(-1)
        shift = np.ascontiguousarray(image(point, p)).reshape(-1).copy()
        size = 0.0
        for i in range(shift.size):
            size = max(size, abs(shift[i]))
        # far out the shift is small against the slope, which it would round otherwise
        far = 2.0 ** (np.ceil(np.log2(size)) + 60.0) if 0.0 < size < np.inf else 1.0
        found = np.empty((shift.size, flat.size))
        for j in range(flat.size):
            flat[j] = far
            at = np.ascontiguousarray(image(point, p)).reshape(-1)
            for i in range(shift.size):
                found[i, j] = (at[i] - shift[i]) / far
            flat[j] = 0.0
        return found, shift

    return matrix


def square_length(matrix: Vector) -> float:
    """Return mu where ``matrix @ matrix.T`` is mu times the identity, else -1."""
    m, n = matrix.shape
    mu, aside, along, size = 0.0, 0.0, 0.0, 0.0
    for i in range(m):
        for j in range(i + 1):
            total = 0.0
            for k in range(n):
                total += matrix[i, k] * matrix[j, k]
            mu = total if i == 0 else mu
            size = max(size, abs(total))
            if i == j:
                along = max(along, abs(total - mu))
            else:
                aside = max(aside, abs(total))
    fits = aside <= 1e-13 * size and along <= 1e-13 * size + 1e-5 * abs(mu)
    return mu if fits else -1.0


def back(matrix: Vector, y: Vector) -> Vector:
    """Return ``matrix.T @ y``."""
    found = np.zeros(matrix.shape[1])
    for i in range(y.size):
        for j in range(found.size):
            found[j] += matrix[i, j] * y[i]
    return found


def quadratic_of(value: Value) -> Callable[..., tuple[Vector, Vector, float]]:
    """Return ``parts(like, p)``: H, g and c with ``value = x.H.x/2 + g.x + c``."""

    @inner
    def parts(like: Vector, p: Parameters) -> tuple[Vector, Vector, float]:
        point = np.zeros_like(like)
        x = point.reshape(-1)
        n, c = x.size, value(point, p)
        plus, g, hessian = np.empty(n), np.empty(n), np.empty((n, n))
        for i in range(n):
            x[i] = 1.0
            plus[i] = value(point, p)
            x[i] = -1.0
            minus = value(point, p)
            g[i], hessian[i, i] = (plus[i] - minus) / 2.0, plus[i] + minus - 2.0 * c
            x[i] = 0.0
        for i in range(n):
            x[i] = 1.0
            for j in range(i):
                x[j] = 1.0
                hessian[i, j] = value(point, p) - plus[i] - plus[j] + c
                hessian[j, i] = hessian[i, j]
                x[j] = 0.0
            x[i] = 0.0
        return hessian, g, c

    return parts


def solved(hessian: Vector, slope: Vector, v: Vector, step: float, out: Vector) -> None:
    """Solve ``(I + step*H) u = v - step*g``."""
    sizes, vectors = np.linalg.eigh(hessian)
    if sizes.size and 1.0 + step * sizes[0] <= 0.0:
        raise ValueError("not prox-bounded: the curvature needs a shorter step")
    right = back(vectors, v.reshape(-1) - step * slope) / (1.0 + step * sizes)
    out.reshape(-1)[:] = image_of(vectors, right)


def common_curvature(hessian: Vector) -> float:
    """Return r where H is r times the identity."""
    r = hessian[0, 0]
    for i in range(hessian.shape[0]):
        for j in range(hessian.shape[1]):
            goal = r if i == j else 0.0
            if abs(hessian[i, j] - goal) > 1e-300 + 1e-12 * abs(goal):
                return np.nan
    return float(r)


def are_orthogonal(a: Vector, b: Vector) -> bool:
    """Tell whether all rows of one matrix are orthogonal to all rows of another."""
    worst = 0.0
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * b[j, k]
            worst = max(worst, abs(total))
    return bool(worst <= 1e-13 * np.abs(a).max() * np.abs(b).max())


def project_along(matrix: Vector, gap: Vector, v: Vector, out: Vector) -> None:
    """Write the nearest point to `v` whose image differs by `gap` from that of `v`."""
    left, sizes, right = np.linalg.svd(matrix, False)
    share = back(left, gap)
    least = np.finfo(np.float64).eps * max(matrix.shape[0], matrix.shape[1]) * sizes.max()
    for k in range(sizes.size):
        share[k] = share[k] / sizes[k] if sizes[k] > least else 0.0
    move = back(right, share)
    missed = np.abs(image_of(matrix, move) - gap)
    top = np.abs(gap).max() if gap.size else 0.0
    for i in range(gap.size):
        if missed[i] > 1e-9 * (1.0 + top) + 1e-5 * abs(gap[i]):
            raise ValueError("the set is empty: the equations contradict each other")
    for i in range(v.size):
        out[i] = v[i] - move[i]
