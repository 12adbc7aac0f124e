"""A new penalty compiles nothing but itself."""

from __future__ import annotations

import os
import subprocess
import sys

import numba
import numpy as np
import pytest

import normcalc as nc
from normcalc.data import diabetes
from normcalc.engine import derived, least_squares, minimize
from normcalc.engine.jit import Vector, compiled, element_address, setup_address
from normcalc.engine.methods import kernels, sweeps

LOOPS = {
    name: value
    for module in (kernels, sweeps)
    for name, value in vars(module).items()
    if hasattr(value, "signatures")
}


def misses():
    return {name: sum(loop.stats.cache_misses.values()) for name, loop in LOOPS.items()}


def test_a_second_penalty_compiles_no_solver(l1, concave, elastic_net):
    X, y, _ = diabetes()
    for method in ("coordinate_descent", "proximal_gradient"):
        for order in "CF":
            minimize(least_squares(np.array(X, order=order), y) + l1, lam=1000.0, method=method)
    before = misses()
    for method in ("coordinate_descent", "proximal_gradient"):
        for order in "CF":
            loss = least_squares(np.array(X, order=order), y)
            minimize(loss + l1, lam=1000.0, method=method)
            minimize(loss + concave, lam=1.0, gamma=3.0, method=method)
            minimize(loss + elastic_net, lam=1.0, mu=1.0, method=method)
    assert len(LOOPS) > 10
    assert misses() == before
    assert max(len(loop.signatures) for loop in LOOPS.values()) == 1


def test_calls_by_address_agree_with_direct_calls(concave):
    kernel = concave.operators.prox
    constants, same = np.zeros((1, 3)), np.zeros(3)
    numbers = np.array([0.5, 1.0, 3.0])
    assert kernels.setup_table(setup_address(kernel.setup), numbers[None], constants) == -1
    kernel.setup(numbers, same)
    np.testing.assert_array_equal(constants[0], same)
    v = np.array([-4.0, -2.0, -0.5, 0.0, 0.5, 2.0, np.inf])
    out = np.empty_like(v)
    kernels.map_element(element_address(kernel.element), v, constants, out)
    np.testing.assert_array_equal(out, [kernel.element(entry, constants[0]) for entry in v])


@compiled(numba.float64(Vector, numba.int64))
def entry(v, place):
    return v[place]


@compiled(numba.float64(Vector))
def second_entry(v):
    return entry(v, 1)


def test_loops_take_one_signature_whether_python_or_a_loop_calls_first():
    for wrong in ([1.0, 2.0], np.array([1, 2]), np.eye(2)):
        with pytest.raises(TypeError):
            entry(wrong, 1)
        with pytest.raises(TypeError):
            second_entry(wrong)
    assert second_entry(np.array([1.0, 2.0])) == 2.0
    assert entry(np.array([1.0, 2.0]), np.int8(0)) == 1.0
    assert len(entry.signatures) == len(second_entry.signatures) == 1


FIT = """
import sys
import normcalc as nc
from normcalc.data import diabetes
X, y, _ = diabetes()
found = nc.minimize(nc.least_squares(X, y) + nc.function("lam*abs(x)/(1 + abs(x))"), lam=50.0)
print(repr(float(found.fun)), "normcalc.derive" in sys.modules)
"""


def test_another_process_does_not_derive_again(tmp_path):
    def fit():
        environment = {**os.environ, "NORMCALC_CACHE_DIR": str(tmp_path)}
        run = [sys.executable, "-W", "error", "-c", FIT]
        done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.split()

    value, derived = fit()
    assert derived == "True"
    assert fit() == [value, "False"]


def test_what_is_damaged_on_the_disk_is_derived_again(monkeypatch):
    rooms = sys.modules[derived.__module__]
    for text in ("no base 85 \\", "VPaz", ""):
        monkeypatch.setattr(rooms, "recalled", lambda key, text=text: text)
        assert derived.__wrapped__(nc.function("lam*abs(x)")).prox is not None


def test_what_a_search_or_a_time_limit_left_open_is_not_remembered(monkeypatch):
    rooms = sys.modules[derived.__module__]
    kept = []
    monkeypatch.setattr(rooms, "remember", lambda key, text: kept.append(key))
    monkeypatch.setattr(rooms, "recalled", lambda key: None)
    afresh = derived.__wrapped__
    assert afresh(nc.function("lam*abs(x)")).convex
    assert len(kept) == 1
    monkeypatch.setattr(rooms, "_conjugate", lambda penalty: None)
    assert afresh(nc.function("lam*abs(x)")).conjugate is None
    monkeypatch.setattr(rooms, "_searches", lambda table: True)
    monkeypatch.setattr(rooms, "UNDISTURBED", np.inf)
    afresh(nc.function("lam*abs(x)/(1 + abs(x))"))
    assert len(kept) == 1
    monkeypatch.setattr(rooms, "UNDISTURBED", 0.0)
    afresh(nc.function("lam*abs(x)/(1 + abs(x))"))
    assert len(kept) == 2
