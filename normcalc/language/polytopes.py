"""The heads for functions of finitely many points, and of a function of sets, over NumPy."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

_HELD = 1e-9
_FEASIBLE = 1e-10
_RANK = 1e-12
_FEW = 60


def atomic_norm(x: Any, atoms: Any) -> Any:
    """Return the least sum of sizes of weights with which the rows of `atoms` add up to `x`.

    Examples
    --------
    >>> atomic_norm(np.array([3.0, 1.0]), np.array([[1.0, 0.0], [1.0, 1.0]]))
    array([3.])
    """
    return gauge_of_points(x, np.concatenate([atoms, np.negative(atoms)]))


def gauge_of_points(x: Any, points: Any) -> Any:
    """Return the least sum of nonnegative weights with which the rows of `points` add up to `x`.

    It is plus infinity outside the cone of the points.

    Examples
    --------
    >>> gauge_of_points(np.array([[3.0, 1.0], [-1.0, 0.0]]), np.array([[1.0, 0.0], [1.0, 1.0]]))
    array([[ 3.],
           [inf]])
    """
    rows, array = np.asarray(points, dtype=float), np.asarray(x, dtype=float)
    if rows.shape[-1] != array.shape[-1]:
        raise ValueError(f"points of {rows.shape[-1]} and of {array.shape[-1]} entries")
    flat = array.reshape(-1, array.shape[-1])
    facets = _facets(rows.tobytes(), rows.shape) if rows.size <= _FEW else None
    found = _totals(rows, flat) if facets is None else _largest(*facets, flat)
    return np.reshape(found, (*array.shape[:-1], 1))


@lru_cache(maxsize=32)
def _facets(data: bytes, shape: tuple[int, int]) -> tuple[Any, Any, Any] | None:
    """Return rows of ``a @ x <= 1``, ``b @ x <= 0`` and ``c @ x == 0``: the hull with zero."""
    points = np.frombuffer(data).reshape(shape)
    size = float(np.abs(points).max())
    if not 0 < size < np.inf:
        return None
    _, sizes, basis = np.linalg.svd(points / size)
    rank = int(np.sum(sizes > _RANK * sizes[0]))
    normals, offsets = _hull(points / size @ basis[:rank].T)
    away = offsets > _HELD
    normals = normals @ basis[:rank]
    return normals[away] / (offsets[away, None] * size), normals[~away], basis[rank:]


def _hull(points: Any) -> tuple[Any, Any]:
    """Return normals and offsets of the facets of the hull of zero and points that span."""
    from scipy.spatial import ConvexHull

    if points.shape[1] == 1:
        return np.array([[1.0], [-1.0]]), np.array([points.max(initial=0), -points.min(initial=0)])
    hull = ConvexHull(np.concatenate([points, np.zeros((1, points.shape[1]))]))
    return hull.equations[:, :-1], -hull.equations[:, -1]


def _largest(facets: Any, borders: Any, across: Any, x: Any) -> Any:
    missed = np.concatenate([x @ borders.T, np.abs(x @ across.T)], axis=-1)
    room = _FEASIBLE * np.abs(x).max(axis=-1)
    value = np.max(x @ facets.T, axis=-1, initial=0.0)
    return np.where(np.max(missed, axis=-1, initial=0.0) <= room, value, np.inf)


def _totals(rows: Any, x: Any) -> Any:
    return np.array([_least_total(rows, one) for one in x])


def _least_total(rows: Any, x: Any) -> float:
    """Solve the linear programme, and then its last equations to full precision."""
    from scipy.optimize import linprog

    size = float(np.max(np.abs(x), initial=0.0))
    if size == 0 or not np.isfinite(size):
        return 0.0 if size == 0 else float("nan")
    target = x / size
    closely: Any = {f"{side}_feasibility_tolerance": _FEASIBLE for side in ("primal", "dual")}
    answer = linprog(np.ones(len(rows)), A_eq=rows.T, b_eq=target, options=closely)
    if answer.x is None:
        return float("inf")
    held = rows[answer.x > _HELD * answer.x.max()]
    weights, *_ = np.linalg.lstsq(held.T, target, rcond=None)
    sharp = weights.min() >= 0 and np.abs(held.T @ weights - target).max() <= _HELD
    return size * float(weights.sum() if sharp else answer.x.sum())


def lovasz(x: Any, table: Any) -> Any:
    """Return the Lovasz extension at `x` of the set function whose values are in `table`.

    The value of a set stands at the sum of ``2**i`` over its elements i.  With the entries in
    decreasing order, each one counts as much as the set function grows when it joins those before.

    Examples
    --------
    >>> lovasz(np.array([3.0, 1.0]), np.array([0.0, 1.0, 1.0, 1.0]))
    array([3.])
    """
    return np.sum(greedy_base(x, table) * np.asarray(x, dtype=float), axis=-1, keepdims=True)


def greedy_base(x: Any, table: Any) -> Any:
    """Return the growth of the set function at each entry, the largest entries joining first.

    For a submodular function it is the vertex of the base polytope that is largest along `x`.

    Examples
    --------
    >>> greedy_base(np.array([1.0, 3.0]), np.array([0.0, 1.0, 1.0, 1.0]))
    array([0., 1.])
    """
    array, values = np.asarray(x, dtype=float), np.asarray(table, dtype=float)
    if len(values) != 2 ** array.shape[-1]:
        raise ValueError(f"{array.shape[-1]} entries have {2 ** array.shape[-1]} sets")
    order = np.argsort(-array, axis=-1, kind="stable")
    sets = np.cumsum(1 << order, axis=-1)
    growth = np.diff(values[sets], axis=-1, prepend=values[0])
    found = np.empty_like(array)
    np.put_along_axis(found, order, growth, axis=-1)
    return found
