"""A small real data set, shipped so that examples and tests run offline.

Source and licence are in the README of this folder.
"""

from __future__ import annotations

import gzip
from importlib.resources import files
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["diabetes"]

Floats = NDArray[np.float64]


def diabetes(interactions: bool = False) -> tuple[Floats, Floats, list[str]]:
    """Return the diabetes study of Efron, Hastie, Johnstone and Tibshirani.

    Parameters
    ----------
    interactions : bool
        Whether to add the squares of all variables but the binary ``sex``, and all products of
        two variables.

    Returns
    -------
    X : array, shape (442, 10) or (442, 64)
        Columns of mean zero and variance one, Fortran-ordered.
    y : array, shape (442,)
        Progression of the disease after one year, centred.
    names : list of str
        A name for each column.

    References
    ----------
    Efron, Hastie, Johnstone and Tibshirani, "Least angle regression", Annals of Statistics 2004.

    Examples
    --------
    >>> X, y, names = diabetes()
    >>> X.shape, y.shape, names[:4]
    ((442, 10), (442,), ['age', 'sex', 'bmi', 'bp'])
    >>> diabetes(interactions=True)[2][-1]
    's5:s6'
    """
    table, names = _read()
    X, y = _standardised(table[:, :-1]), table[:, -1] - table[:, -1].mean()
    names = names[:-1]
    if interactions:
        X, names = _with_products(X, names)
    return np.asfortranarray(X), y, names


def _read() -> tuple[Floats, list[str]]:
    packed = files(__package__).joinpath("diabetes.csv.gz").read_bytes()
    head, *lines = gzip.decompress(packed).decode("ascii").split()
    return np.array([line.split(",") for line in lines], dtype=np.float64), head.split(",")


def _standardised(X: Floats) -> Floats:
    centred = X - X.mean(axis=0)
    return np.asarray(centred / centred.std(axis=0))


def _with_products(X: Floats, names: list[str]) -> tuple[Floats, list[str]]:
    squares = [j for j, name in enumerate(names) if name != "sex"]
    pairs = list(combinations(range(len(names)), 2))
    columns = [X, X[:, squares] ** 2, *(X[:, [i]] * X[:, [j]] for i, j in pairs)]
    added = [f"{names[j]}^2" for j in squares] + [f"{names[i]}:{names[j]}" for i, j in pairs]
    return _standardised(np.hstack(columns)), [*names, *added]
