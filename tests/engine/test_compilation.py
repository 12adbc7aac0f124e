"""A new penalty compiles nothing but itself."""

from __future__ import annotations

import numpy as np

from normcalc.data import diabetes
from normcalc.engine import least_squares, minimize
from normcalc.engine.jit import element_address, setup_address
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
    before = misses()
    for method in ("coordinate_descent", "proximal_gradient"):
        for order in "CF":
            loss = least_squares(np.array(X, order=order), y)
            minimize(loss + l1, lam=1000.0, method=method)
            minimize(loss + concave, lam=1.0, gamma=3.0, method=method)
            minimize(loss + elastic_net, lam=1.0, mu=1.0, method=method)
    assert len(LOOPS) > 10
    assert misses() == before
    assert all(len(loop.signatures) == 1 for loop in LOOPS.values())


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
