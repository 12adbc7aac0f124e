"""Equations with breakpoints, level sets of roots, and calls that skip numba's dispatcher."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest

import normcalc as nc
from normcalc.codegen.skeletons.breaking import breaking
from normcalc.errors import InputError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

rng = np.random.default_rng(0)


def vectors() -> Iterator[np.ndarray]:
    for n in (1, 2, 7, 300):
        yield rng.standard_normal(n)
        yield np.ones(n)
        yield np.zeros(n)
        yield np.round(rng.standard_normal(n))
        yield 2.0 ** -np.arange(n)
        yield 1e6 * np.cumsum(rng.uniform(size=n) ** 9)


@pytest.mark.parametrize("weight", [1e-8, 0.1, 1.0, 50.0])
def test_zeros_against_sorting(weight: float) -> None:
    """``weight*total = tau``: the breakpoints in order, one straight line after the other."""
    zero = breaking(lambda total, tau, args: args[0] * total - tau)
    for v in vectors():
        sizes = np.sort(np.abs(v))[::-1]
        guesses = weight * np.cumsum(sizes) / (1 + weight * np.arange(1, v.size + 1))
        expected = guesses.max()
        assert zero(v, (weight,)) == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_a_wrong_equation_is_seen() -> None:
    zero = breaking(lambda total, tau, args: 0.99 * args[0] * total - tau)
    v = np.array([3.0, -1.0, 0.5])
    assert zero(v, (1.0,)) != pytest.approx(2.0, rel=1e-4)
    right = breaking(lambda total, tau, args: args[0] * total - tau)
    assert right(np.array([3.0, -1.0, 0.5]), (1.0,)) == pytest.approx(1.5, rel=1e-13)


@pytest.mark.parametrize("power", [2, 3])
def test_powers_of_a_sum_of_sizes_satisfy_their_optimality(power: int) -> None:
    """At the prox u of ``sum(abs(x))**p``: v - u = step*p*r**(p - 1) times a slope of the sum."""
    kernel = nc.compile(nc.prox(nc.function(f"sum(abs(x))**{power}")))
    assert "breaking(" in kernel.source
    for v in vectors():
        for step in (1e-4, 0.1, 10.0):
            u = kernel(v, step)
            slope = step * power * np.abs(u).sum() ** (power - 1)
            near = 1e-10 * max(np.abs(v).max(), 1e-12)
            assert (np.abs(v - u) <= slope + near).all()
            kept = u != 0.0
            assert (v - u)[kept] == pytest.approx(slope * np.sign(v[kept]), abs=near)


def bound_and_calls() -> tuple:
    kernel = nc.compile(nc.prox(nc.function("lam*norm(x)")))
    return kernel, kernel.bind(lam=2.0)


def test_calls_of_every_layout_agree() -> None:
    kernel, bound = bound_and_calls()
    v = rng.standard_normal(12)
    expected = v * max(1 - 2.0 / np.linalg.norm(v), 0.0)
    readonly = v.copy()
    readonly.setflags(write=False)
    wide = np.repeat(v, 2)
    for given in (v, readonly, wide[::2], v[::-1][::-1], v.tolist()):
        for call in (lambda x, o: kernel(x, 1.0, 2.0, out=o), lambda x, o: bound(x, 1.0, out=o)):
            for out in (None, np.empty(12), np.empty(24)[::2]):
                assert call(given, out) == pytest.approx(expected, rel=1e-14)
                assert out is None or out == pytest.approx(expected, rel=1e-14)
    for turn in range(3):
        again = v.copy()
        assert bound(again, 1.0, out=again) is again, turn
        assert again == pytest.approx(expected, rel=1e-14)
    shared = np.r_[v, 0.0, 0.0]
    assert bound(shared[:12], 1.0, out=shared[2:]) == pytest.approx(expected, rel=1e-14)


def test_quick_calls_still_check() -> None:
    kernel, bound = bound_and_calls()
    v, out = np.ones(4), np.empty(4)
    kernel(v, 1.0, 2.0, out=out)
    bound(v, 1.0, out=out)
    for call in (lambda x, o: kernel(x, 1.0, 2.0, out=o), lambda x, o: bound(x, 1.0, out=o)):
        assert np.isnan(call(np.array([1.0, np.nan, 0.0, 0.0]), out)).all()
        with pytest.raises(InputError, match="finite"):
            call(np.array([1.0, np.inf, 0.0, 0.0]), out)
        with pytest.raises(InputError, match="shape"):
            call(v, np.empty(5))
        with pytest.raises(InputError):
            call(np.empty(0), np.empty(0))
        frozen = np.empty(4)
        frozen.setflags(write=False)
        with pytest.raises(InputError, match="read-only"):
            call(v, frozen)
    with pytest.raises(ParameterError):
        bound(v, -1.0, out=out)
    with pytest.raises(ParameterError):
        kernel(v, -1.0, 2.0, out=out)
    again = pickle.loads(pickle.dumps(bound))
    assert np.array_equal(again(v, 1.0), bound(v, 1.0))
