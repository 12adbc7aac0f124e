"""Kernels of vectors at complex points, and together with the function's value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import normcalc as nc

W = np.linspace(1.0, 0.2, 6)
GROUPS = [[0, 1], [2, 3, 4], [5]]
ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("lam*norm(x)", {}, {"lam": 0.7}),
    ("dot(w, sort(abs(x)))", {"w": nc.Nonincreasing}, {"w": W}),
    ("lam*max(abs(x))", {}, {"lam": 0.7}),
    ("w*sum(group_norms(x, G, 2))", {}, {"w": 0.7, "G": GROUPS}),
    ("indicator(norm(x, 1) <= r)", {}, {"r": 1.3}),
]


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")


@pytest.mark.parametrize(("formula", "kinds", "values"), ROWS)
def test_complex_points_minimise(formula: str, kinds: Any, values: Any) -> None:
    f = nc.function(formula, **kinds)
    kernel, rng = nc.compile(nc.prox(f)), np.random.default_rng(3)
    z = rng.normal(size=(2, 6)) + 1j * rng.normal(size=(2, 6))
    found = kernel(z, 0.5, **values)

    def cost(u: Any) -> float:
        return float(f(u, **values) + np.sum(np.abs(u - z[1]) ** 2))

    least = cost(0.999999999 * found[1])
    for _ in range(40):
        other = found[1] + 1e-3 * (rng.normal(size=6) + 1j * rng.normal(size=6))
        assert cost(other) >= least - 1e-7
    assert cost(found[1] * np.exp(0.05j)) > least + 1e-5
    single = kernel(z.astype(np.complex64), 0.5, **values)
    assert single.dtype == np.complex64
    assert single == pytest.approx(found, rel=1e-5, abs=1e-6)
    out = np.empty_like(z)
    assert kernel(z, 0.5, **values, out=out) is out
    assert np.array_equal(out, found)


def test_phases_that_matter_are_refused() -> None:
    kernel = nc.compile(nc.prox(nc.function("lam*max(x)")))
    with pytest.raises(nc.InputError, match="phase"):
        kernel(np.array([1j, 2.0]), 1.0, 0.5)


@pytest.mark.parametrize(("formula", "kinds", "values"), ROWS)
def test_prox_and_value(formula: str, kinds: Any, values: Any) -> None:
    f = nc.function(formula, **kinds)
    both, kernel = nc.prox_and_value(nc.prox(f)), nc.compile(nc.prox(f))
    v = np.random.default_rng(0).normal(size=(3, 6))
    points, found = both(v, step=0.5, **values)
    assert np.array_equal(points, kernel(v, 0.5, **values))
    wanted = [f(one, **values) for one in points]
    assert found == pytest.approx(wanted, rel=1e-12, abs=1e-12)
    assert not np.allclose(found, [f(one, **values) + 1e-3 for one in v], rtol=1e-9)
    assert both.total(v, step=0.5, **values)[1] == pytest.approx(sum(wanted))
    heights, slopes = both.envelope(v, step=0.5, **values)
    moved = both.envelope(v + 1e-6 * slopes, step=0.5, **values)[0]
    assert moved - heights == pytest.approx(1e-6 * np.sum(slopes**2, axis=1), rel=1e-4)


def test_what_has_no_prox_is_refused() -> None:
    with pytest.raises(nc.NotDerivable, match="a prox is needed"):
        nc.prox_and_value(nc.projection(nc.function("indicator(norm(x) <= r)")))
    kernel = nc.compile(nc.prox(nc.function("lam*abs(x)")))
    with pytest.raises(nc.InputError, match="derivation"):
        nc.differentiate(kernel)
