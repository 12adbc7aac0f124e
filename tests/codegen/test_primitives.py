"""The functions that generated modules carry, against mpmath."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normcalc.codegen import carried
from normcalc.codegen import primitives as prim

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
NUMBERS = st.floats(allow_nan=False)


def close(got: float, exact: mp.mpf, tolerance: float) -> bool:
    return abs(got - exact) <= tolerance * abs(exact)


@pytest.mark.parametrize("x", [*np.linspace(-700, 60, 153), -2.0, 1.0, 1e3, 1e18, 1e300])
def test_wright_omega(x: float) -> None:
    with mp.workdps(60):
        if x < 50:
            exact = mp.lambertw(mp.exp(mp.mpf(x))).real
        else:
            exact = mp.findroot(lambda w: w + mp.log(w) - x, mp.mpf(x) - mp.log(x))
        assert close(prim.wright_omega(x), exact, 5e-16)
        assert abs(prim.log_wright_omega(x) - mp.log(exact)) <= 5e-16 * max(abs(mp.log(exact)), 1)


def test_wright_omega_at_the_ends() -> None:
    assert prim.wright_omega(np.inf) == np.inf
    assert prim.wright_omega(-np.inf) == 0.0
    assert np.isnan(prim.wright_omega(np.nan))


@pytest.mark.parametrize("z", [-0.3678, -0.3, -0.1, -1e-9, 0.0, 1e-300, 0.2, 1.0, 5.0, 1e300])
def test_lambert_w(z: float) -> None:
    with mp.workdps(40):
        exact = mp.lambertw(mp.mpf(z)).real
        assert abs(prim.lambert_w(z) - exact) <= 1e-13 * max(abs(exact), 0)
    assert np.isnan(prim.lambert_w(-0.4))


@pytest.mark.parametrize("x", [-800.0, -20.0, -1e-9, 0.0, 1e-5, 0.7, 3.0, 40.0, 900.0])
def test_soft_functions(x: float) -> None:
    with mp.workdps(900):
        assert close(prim.softplus(x), mp.log(1 + mp.exp(mp.mpf(x))), 5e-16) or x < -700
        assert close(prim.log_cosh(x), mp.log(mp.cosh(mp.mpf(x))), 5e-16)
    assert prim.xlogy(0.0, 0.0) == 0.0
    assert prim.xlogy(2.0, 0.0) == -np.inf


@pytest.mark.parametrize("x", [1e-6, 0.3, 1.0, 2.5, 15.9, 16.0, 1e4])
def test_gamma_functions(x: float) -> None:
    assert abs(prim.digamma(x) - mp.digamma(x)) <= 1e-14 * max(abs(mp.digamma(x)), 1)
    assert close(prim.trigamma(x), mp.polygamma(1, x), 1e-14)


@given(NUMBERS, NUMBERS)
def test_halfway_halves_the_floats_between(a: float, b: float) -> None:
    lo, hi = sorted((a, b))
    middle = prim.halfway(lo, hi)
    assert lo <= middle <= hi
    if lo < hi and np.nextafter(lo, hi) < hi:
        assert lo < middle < hi


class Counter:
    def __init__(self, value, derivative) -> None:
        self.value, self.derivative, self.calls = value, derivative, 0

    def __call__(self, u, k):
        self.calls += 1
        return self.value(u), self.derivative(u)


SHAPES = {
    "line": (lambda u: u, lambda u: 1.0),
    "cube": (lambda u: u**3, lambda u: 3 * u**2),
    "exponential": (lambda u: u + np.exp(u), lambda u: 1 + np.exp(u)),
    "steep": (lambda u: u + np.exp(1e10 * u), lambda u: 1 + 1e10 * np.exp(1e10 * u)),
    "arctangent": (np.arctan, lambda u: 1 / (1 + u * u)),
    "step": (lambda u: np.float64(np.sign(u - 0.3)), lambda u: np.float64(0.0)),
    "no derivative": (lambda u: u + u**3, lambda u: np.float64(np.nan)),
    "wrong derivative": (lambda u: u + u**3, lambda u: np.float64(-1.0)),
    "overflows to nan": (
        lambda u: u + 100 * np.exp(u) / (1 + np.exp(u)),
        lambda u: 1 + 100 * np.exp(-abs(u)) / (1 + np.exp(-abs(u))) ** 2,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
@given(target=st.floats(-1e12, 1e12), start=NUMBERS, lo=st.sampled_from([-np.inf, -1e9, -2.0]))
def test_root_ends_at_the_last_float(shape: str, target: float, start: float, lo: float) -> None:
    function = Counter(*SHAPES[shape])
    u = prim.rooted(function)(target, lo, np.inf, start, ())
    assert function.calls <= 200
    assert lo <= u
    below, above = np.nextafter(u, -np.inf), np.nextafter(u, np.inf)
    around = 1e-12 * abs(u)
    with np.errstate(all="ignore"):
        high = function.value(np.float64(above + around))
        low = function.value(np.float64(below - around))
    noise = 4e-16 * abs(target)
    assert high >= target - noise or np.isnan(high) or shape == "arctangent" or shape == "step"
    assert low <= target + noise or u <= np.nextafter(np.nextafter(lo, np.inf), np.inf)


def test_root_of_an_entropy_needs_no_bracket() -> None:
    function = Counter(lambda u: u + np.log(u), lambda u: 1 + 1 / u)
    root = prim.rooted(function)
    assert root(-600.0, 0.0, np.inf, -600.0, ()) == pytest.approx(np.exp(-600.0), rel=1e-12)
    assert root(np.inf, 0.0, np.inf, 1.0, ()) == np.inf
    assert root(-np.inf, 0.0, np.inf, 1.0, ()) == 0.0
    assert np.isnan(root(np.nan, 0.0, np.inf, 1.0, ()))


def test_slack_closes_rounding_holes_only() -> None:
    assert prim.less(1.0, 2.0, 0.0)
    assert not prim.less(1.0, 1.0, 0.0)
    assert prim.less(1.0, 1.0, 1e-12)
    assert not prim.less(1.0 + 1e-11, 1.0, 1e-12)
    assert prim.at_most(np.inf, np.inf, 0.0)
    assert not prim.same(1.0, 1.1, 1e-12)


def test_closure_brings_what_is_called() -> None:
    assert carried.closure({"rooted"}) == ["halfway", "split", "rooted", "begun", "narrowed"]
    assert carried.closure(set()) == []
