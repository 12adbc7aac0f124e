"""Kernels handed to other processes and threads by joblib."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import normcalc as nc

joblib = pytest.importorskip("joblib")
V = np.linspace(-4, 4, 1001)
STEPS = [0.25, 0.5, 1.0, 2.0]


def kernels() -> dict[str, tuple[Any, dict[str, float]]]:
    scalar = nc.prox(nc.function("lam*log(1 + abs(x)/eps)"))
    vector = nc.prox(nc.function("lam*norm(x)"))
    return {
        "numbers": (nc.compile(scalar), {"lam": 0.8, "eps": 0.3}),
        "vectors": (nc.compile(vector), {"lam": 3.0}),
    }


@pytest.mark.parametrize("backend", ["loky", "threading"])
@pytest.mark.parametrize("name", ["numbers", "vectors"])
def test_two_workers_agree_with_one(name: str, backend: str) -> None:
    kernel, values = kernels()[name]
    work = (joblib.delayed(kernel)(V, step=step, **values) for step in STEPS)
    found = joblib.Parallel(n_jobs=2, backend=backend)(work)
    expected = [kernel(V, step=step, **values) for step in STEPS]
    assert np.array_equal(found, expected)
    assert not np.array_equal(found, expected[::-1])  # the check sees results that are swapped


@pytest.mark.parametrize("name", ["numbers", "vectors"])
def test_pickled_through(name: str) -> None:
    kernel, values = kernels()[name]
    again = pickle.loads(pickle.dumps(kernel))
    assert np.array_equal(again(V, step=0.5, **values), kernel(V, step=0.5, **values))
    dumped = joblib.hash(kernel)
    assert dumped == joblib.hash(again)
