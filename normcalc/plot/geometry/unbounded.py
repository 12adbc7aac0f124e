"""Unbounded bodies in space: in which directions they go on for ever, and where to cut them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.language.arithmetic import exact
from normcalc.language.nodes import Apply, Node, Number, Symbol
from normcalc.plot.geometry.mesh3d import chambers
from normcalc.plot.geometry.points import PointFunction
from normcalc.plot.geometry.polytope3d import Polytope, from_rows
from normcalc.plot.geometry.radial import radii

if TYPE_CHECKING:
    from normcalc.forms.polyhedral import Polyhedral

Array = NDArray[np.float64]
Value = Callable[[Array], Array]

FAR = 1e6
_SHARE = 2.0


def cut_gauge(gauge: Polyhedral, window: float | None) -> Polytope:
    """Return the ball of a polyhedral gauge, cut across the directions in which it is unbounded.

    Examples
    --------
    >>> from normcalc.forms.polyhedral import from_rows
    >>> strip = cut_gauge(from_rows([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)]), 3.0)
    >>> strip.counts, strip.recession, strip.volume
    ((8, 12, 6), array([[0., 0., 1.]]), inf)
    """
    rows = np.array([[float(x) for x in row] for row in gauge.rows])
    across = kernel(rows)
    forms = across if len(across) else np.eye(3)
    half = _SHARE / float(np.max(np.linalg.norm(rows, axis=1))) if window is None else window
    found = from_rows(np.vstack([rows, forms / half, -forms / half]))
    cuts = tuple(int(k) for k in np.flatnonzero(~_among(found.rows, rows)))
    return replace(found, cuts=cuts, recession=across)


def kernel(rows: Array) -> Array:
    """Return an orthonormal basis of the directions on which all rows vanish.

    Examples
    --------
    >>> kernel(np.array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])).round(4)
    array([[0.5774, 0.5774, 0.5774]])
    """
    _, sizes, basis = np.linalg.svd(rows, full_matrices=True)
    full = np.concatenate([sizes, np.zeros(3 - len(sizes))])
    found = basis[full <= 1e-9 * full.max()]
    signs = np.where(found.sum(axis=1) < 0, -1.0, 1.0)
    return np.asarray(found * signs[:, None] + 0.0)


def _among(rows: Array, others: Array) -> NDArray[np.bool_]:
    """Tell which rows are among others."""
    gaps = np.max(np.abs(rows[:, None] - others[None]), axis=2)
    return np.asarray(gaps.min(axis=1) < 1e-12)


def cut_function(
    f: PointFunction, level: float, window: float | None
) -> tuple[PointFunction, Array, Callable[[Array], NDArray[np.bool_]]] | None:
    """Return a function whose ball is that of `f`, cut off, or None if that is bounded.

    With it come the directions in which the ball is a cylinder, and a test whether points of the
    boundary lie on a cut.
    """
    vectors = chambers(2).points
    reach = radii(f, level, vectors, FAR)
    if np.all(np.isfinite(reach)):
        return None
    half = _SHARE * float(np.min(reach)) if window is None else window
    near = vectors[np.isfinite(reach)] + 1e-3 * np.sin(np.arange(3))
    across = kernel(f.gradient(near)) if len(near) else np.empty((0, 3))
    forms = across if len(across) else np.eye(3)
    scale, shift = (level / half, 0.0) if f.degree == 1 else (1.0, level - half)

    def value(points: Array) -> Array:
        walls = np.max(np.abs(points @ forms.T), axis=1)
        return np.asarray(np.maximum(f.value(points), scale * walls + shift))

    def on_cut(points: Array) -> NDArray[np.bool_]:
        return np.asarray(np.max(np.abs(points @ forms.T), axis=1) > half * (1 - 1e-9))

    walls = [_wall(f.names, form, scale, shift) for form in forms]
    node = Apply("max", (f.body, *walls))
    return PointFunction(value, f.names, node, f.text), across, on_cut


def _wall(names: tuple[str, ...], form: Array, scale: float, shift: float) -> Node:
    """Return ``scale * abs(form . x) + shift`` as a formula."""
    terms = [Apply("mul", (Number(exact(float(scale * c))), Symbol(n)))
             for c, n in zip(form, names, strict=True) if c]  # fmt: skip
    size = Apply("abs", (terms[0] if len(terms) == 1 else Apply("add", tuple(terms)),))
    return size if shift == 0 else Apply("add", (size, Number(exact(shift))))
