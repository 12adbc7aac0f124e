"""Kernels of numbers at complex points: by sizes, and only where phases do not matter."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc

POINTS = np.array([3 + 4j, 0.2j, -2.0, 0.0, 1 - 1j])


@pytest.mark.parametrize("formula", ["lam*abs(x)", "lam*log(1 + abs(x))", "lam*abs(x)**3"])
def test_no_complex_number_near_or_far_is_better(formula: str) -> None:
    f = nc.function(formula)
    found = nc.compile(nc.prox(f))(POINTS, 0.7, lam=1.3)
    rng = np.random.default_rng(5)
    moves = 10.0 ** rng.uniform(-6, 1, 400) * np.exp(2j * np.pi * rng.random(400))

    def objective(u):
        return nc.compile(f)(np.abs(u), lam=1.3) + np.abs(u - POINTS[:, None]) ** 2 / 1.4

    least = objective(found[:, None])
    assert np.all(least <= objective(found[:, None] + moves) + 1e-12)
    turned = found[:, None] * np.exp(0.1j)  # the same sizes with other phases are worse
    assert np.all((least < objective(turned)) | (found[:, None] == 0.0))


def test_layouts_and_precisions() -> None:
    kernel = nc.compile(nc.prox(nc.function("lam*abs(x)")))
    single = kernel(POINTS.astype(np.complex64).reshape(5, 1), 0.5, 1.0)
    assert single.dtype == np.complex64
    assert single.shape == (5, 1)
    out = np.empty(5, complex)
    assert kernel(POINTS, 0.5, 1.0, out=out) is out
    np.testing.assert_allclose(out, single.ravel(), rtol=1e-6)
    assert kernel(3 + 4j, 1.0, 1.0) == pytest.approx(2.4 + 3.2j)


@pytest.mark.parametrize("formula", ["x**2/2", "max(x, 0)"])
def test_functions_that_depend_on_phases_are_refused(formula: str) -> None:
    kernel = nc.compile(nc.prox(nc.function(formula)))
    with pytest.raises(nc.InputError, match="depends on the phase"):
        kernel(POINTS, 1.0)


def test_derivatives_and_tables_take_real_numbers() -> None:
    slope = nc.differentiate(nc.prox(nc.function("lam*abs(x)")))["v"]
    with pytest.raises(nc.InputError, match="complex128"):
        slope(POINTS, 1.0, 1.0)
