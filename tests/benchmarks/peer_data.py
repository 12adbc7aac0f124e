"""Designs for `bench_peers.py`: made up, or read from where the user keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse


def dense(rows: int = 1000, columns: int = 10_000, planted: int = 100) -> tuple[Any, Any]:
    """Return columns correlated like an autoregression, and a sparse signal in noise."""
    noise, X = (
        np.random.default_rng(0).standard_normal((rows, columns)),
        np.empty((rows, columns), order="F"),
    )
    X[:, 0] = noise[:, 0]
    for j in range(1, columns):
        X[:, j] = 0.5 * X[:, j - 1] + np.sqrt(0.75) * noise[:, j]
    return X, _target(X, planted, np.random.default_rng(1))


def compressed(rows: int = 20_000, columns: int = 200_000, planted: int = 300) -> tuple[Any, Any]:
    """Return compressed columns with one entry in a thousand, and a sparse signal in noise."""
    rng = np.random.default_rng(0)
    draw = rng.standard_normal
    X = sparse.random(rows, columns, 1e-3, format="csc", random_state=rng, data_rvs=draw)
    X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
    return X, _target(X, planted, rng)


def _target(X: Any, planted: int, rng: Any) -> Any:
    signal = np.zeros(X.shape[1])
    signal[rng.choice(X.shape[1], planted, False)] = rng.choice([-1, 1], planted)
    image = X @ signal
    return image + np.std(image) / 3.0 * rng.standard_normal(len(image))


def genes(folder: str, name: str) -> tuple[Any, Any, Any]:
    """Return standardised expressions, the most variable gene left out, that gene, and labels.

    ``folder/name.npz`` has the samples as rows of `X`, and, for a classification, signs `y`.
    """
    kept = np.load(Path(folder) / f"{name}.npz")
    X = np.asarray(kept["X"], dtype=float)
    j = int(np.argmax(X.var(axis=0)))
    y, rest = X[:, j], np.delete(X, j, axis=1)
    standard = np.asfortranarray((rest - rest.mean(axis=0)) / (rest.std(axis=0) + 1e-12))
    labels = kept["y"].astype(float) if "y" in kept else None
    return standard, (y - y.mean()) / y.std(), labels


def counts(X: Any, y: Any) -> Any:
    """Return counts whose logarithm of the mean is linear in the columns."""
    mean = np.exp(np.clip(y / np.std(y), -3.0, 2.0))
    return np.random.default_rng(2).poisson(mean).astype(float)
