"""Bregman proxes against a grid search of the objective as it is written."""

import numpy as np
import pytest

import normcalc as nc

ENTROPY = ("x*log(x) - x", (0, None), np.geomspace(1e-6, 40, 200001))
BURG = ("-log(x)", (0, None), np.geomspace(1e-6, 40, 200001))
FERMI_DIRAC = ("x*log(x) + (1 - x)*log(1 - x)", (0, 1), np.linspace(1e-7, 1 - 1e-7, 200001))
EXPONENTIAL = ("exp(x)", None, np.linspace(-12, 6, 200001))


@pytest.mark.parametrize(
    ("text", "kernel", "numbers"),
    [
        ("abs(x - c)", ENTROPY, {"c": 1.2}),
        ("abs(x - c)", BURG, {"c": 1.2}),
        ("x**2/2", BURG, {}),
        ("exp(x)", EXPONENTIAL, {}),
        ("abs(x)**3/3", ENTROPY, {}),
        ("x*log(x) - w*x", ENTROPY, {"w": 0.4}),
        ("x*log(x) - w*x", FERMI_DIRAC, {"w": 0.4}),
    ],
)
@pytest.mark.parametrize("step", [0.2, 1.7])
def test_no_point_of_a_grid_is_better(text, kernel, numbers, step):
    formula, domain, grid = kernel
    f, phi = nc.function(text), nc.function(formula, domain=domain)
    p = nc.bregman_prox(f, phi)
    h = 1e-6
    for v in (0.15, 0.5, 0.83):
        slope = (phi(v + h) - phi(v - h)) / (2 * h)
        u = p(v, step=step, **numbers)
        objective = f.elementwise(grid, **numbers) + (phi.elementwise(grid) - slope * grid) / step
        own = f(u, **numbers) + (phi(u) - slope * u) / step
        assert own <= np.min(objective) + 1e-7


def test_a_kernel_with_a_kink_is_refused():
    with pytest.raises(nc.NotDerivable, match="smooth strictly convex"):
        nc.bregman_prox(nc.function("x**2"), nc.function("abs(x)"))
