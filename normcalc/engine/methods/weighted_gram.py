"""Gram matrices of columns with weighted rows, made from one another where little has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

FEW = 0.3  # of the rows: when more weights change, a new matrix costs no more
UPDATES = 50  # after so many, rounding errors are thrown away


class Weighted(NamedTuple):
    """The Gram matrix of chosen columns, the weights of the rows, and how often it was updated."""

    columns: Any
    weights: Floats
    gram: Floats
    updates: int


def following(last: Weighted | None, columns: Any, part: Any, weights: Floats) -> Weighted:
    """Return the Gram matrix of some columns, from one of the first of them if there is one.

    Rows whose weight has changed and columns that are new cost as many products as there are of
    them; dense columns are the rows of `part`.

    Examples
    --------
    >>> part, ones = np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones(2)
    >>> first = following(None, np.array([7]), part[:1], ones)
    >>> following(first, np.array([7, 5]), part, np.array([1.0, 0.0])).gram
    array([[1., 3.],
           [3., 9.]])
    """
    known = 0 if last is None else len(last.columns)
    same = last is not None and np.array_equal(last.columns, columns[:known])
    if last is None or not same or last.updates >= UPDATES:
        return Weighted(columns, weights, _fresh(part, weights), 0)
    changed = np.flatnonzero(weights != last.weights)
    if known == len(columns) and changed.size == 0:
        return last
    if not isinstance(part, np.ndarray) or changed.size > FEW * len(weights):
        return Weighted(columns, weights, _fresh(part, weights), 0)
    gram = np.empty((len(columns), len(columns)))
    some = part[:known, changed]
    gram[:known, :known] = last.gram + (some * (weights - last.weights)[changed]) @ some.T
    gram[:, known:] = (part * weights) @ part[known:].T
    gram[known:, :known] = gram[:known, known:].T
    return Weighted(columns, weights, gram, last.updates + (changed.size > 0))


def _fresh(part: Any, weights: Floats) -> Floats:
    if isinstance(part, np.ndarray):
        return np.asarray((part * weights) @ part.T)
    return np.asarray((part.T @ part.multiply(weights[:, None]).tocsc()).todense())
