"""Gram matrices of columns with weighted rows, made from one another where little has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

FEW = 0.3  # of the rows: when more weights change, a new matrix costs no more
DRIFT = 0.1  # of the sum of the weights: after smaller changes the last matrix is good enough
UPDATES = 50  # after so many, rounding errors are thrown away


class Weighted(NamedTuple):
    """The Gram matrix of chosen columns, the weights of the rows, and how often it was updated."""

    columns: Any
    weights: Floats
    gram: Floats
    updates: int


def following(
    last: Weighted | None, columns: Any, part: Any, weights: Floats, drift: float = 0.0
) -> Weighted:
    """Return the Gram matrix of some columns, from one of the first of them if there is one.

    Rows whose weight has changed and columns that are new cost as many products as there are of
    them; where all weights have changed, but by no more than a share `drift` of their sum, the
    last weights stay.  Dense columns are the rows of `part`.

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
    updates, first = last.updates, last.gram
    if changed.size > FEW * len(weights) or not isinstance(part, np.ndarray):
        if np.abs(weights - last.weights).sum() > drift * weights.sum():
            return Weighted(columns, weights, _fresh(part, weights), 0)
        weights = last.weights
    elif changed.size:
        some, updates = part[:known, changed], updates + 1
        first = first + (some * (weights - last.weights)[changed]) @ some.T
    if known == len(columns):
        return Weighted(columns, weights, first, updates)
    gram = np.empty((len(columns), len(columns)))
    gram[:known, :known] = first
    gram[:, known:] = _beside(part, weights, known)
    gram[known:, :known] = gram[:known, known:].T
    return Weighted(columns, weights, gram, updates)


def _beside(part: Any, weights: Floats, known: int) -> Floats:
    """Return the products of all columns with those that are new."""
    if isinstance(part, np.ndarray):
        return np.asarray(part @ (part[known:] * weights).T)
    added = part[:, known:].multiply(weights[:, None]).tocsc()
    return np.asarray((part.T @ added).todense())


def _fresh(part: Any, weights: Floats) -> Floats:
    if isinstance(part, np.ndarray):
        scaled = part * np.sqrt(weights)
        return np.asarray(scaled @ scaled.T)  # the same array twice: half the products
    return _beside(part, weights, 0)
