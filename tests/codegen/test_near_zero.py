"""Points near zero, where the terms of a slope cancel, to all their digits."""

from __future__ import annotations

import mpmath as mp
import pytest

import normcalc as nc


@pytest.mark.parametrize(
    ("text", "domain", "slope"),
    [
        ("exp(abs(x)) - abs(x) - 1", None, lambda u: mp.exp(u) - 1),
        ("exp(x) - x", None, lambda u: mp.exp(u) - 1),
        ("x*atanh(x) + log(1 - x**2)/2 - x**2/2", (-1, 1), lambda u: mp.atanh(u) - u),
        ("cosh(x) - x**2/2", None, lambda u: mp.sinh(u) - u),
    ],
)
@pytest.mark.parametrize("v", [1e-6, 1e-3, 0.5])
@pytest.mark.parametrize("step", [1e-3, 1e5])
def test_small_points(text, domain, slope, v, step) -> None:
    f = nc.function(text, domain=domain) if domain else nc.function(text)
    with mp.workdps(40):
        exact = mp.findroot(lambda u: u + step * slope(u) - v, (0, v), solver="anderson")
        error = abs(nc.prox(f)(v, step=step) / exact - 1)
    assert error < 1e-13
