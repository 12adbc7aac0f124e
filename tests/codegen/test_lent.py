"""Loops look at what they are lent: what is no vector of their kind is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import codegen_tables as tables
import numpy as np
import pytest

from normcalc.codegen import compile as compile_kernel
from normcalc.codegen.build import jit_enabled

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(not jit_enabled(), reason="the loops of numba are tested")


@pytest.fixture(scope="module")
def fast() -> Callable[..., bool]:
    kernel = compile_kernel(tables.SOFT, name="prox_soft")
    kernel.warm()
    fast: Callable[..., bool] = kernel._machine.fast
    return fast


class Named(np.ndarray):
    """An array that is more than one."""


CONSTS = np.array([0.0, 0.5])
read_only = np.zeros(6)
read_only.flags.writeable = False
UNFIT = {
    "nothing": None,
    "a number": 2.0,
    "a list": [1.0] * 6,
    "a matrix": np.ones((2, 3)),
    "a number in an array": np.array(1.0),
    "single precision": np.ones(6, np.float32),
    "whole numbers": np.ones(6, np.int64),
    "another byte order": np.ones(6, ">f8"),
    "gaps": np.ones(12)[::2],
    "reversed": np.ones(6)[::-1],
    "another length": np.ones(5),
    "a subclass": np.ones(6).view(Named),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_does_not_fit_is_left_alone(fast: Callable[..., bool], name: str) -> None:
    out = np.full(6, 7.0)
    assert fast(UNFIT[name], CONSTS, out) is False
    np.testing.assert_array_equal(out, 7.0)
    kept = np.array(UNFIT[name]) if isinstance(UNFIT[name], np.ndarray) else None
    assert fast(np.ones(6), CONSTS, UNFIT[name]) is False
    if kept is not None:
        np.testing.assert_array_equal(np.asarray(UNFIT[name]), kept)


def test_memory_that_is_read_only_or_shared(fast: Callable[..., bool]) -> None:
    v = np.linspace(-2.0, 2.0, 7)
    assert fast(read_only, CONSTS, np.empty(6)) is True
    assert fast(np.ones(6), CONSTS, read_only) is False
    assert fast(v[:6], CONSTS, v[1:]) is False
    assert fast(v, CONSTS, v) is False
    np.testing.assert_array_equal(v, np.linspace(-2.0, 2.0, 7))


def test_what_fits_is_mapped(fast: Callable[..., bool]) -> None:
    out = np.full(9, np.nan)
    assert fast(np.array([-2.0, 0.25, 3.0]), CONSTS, out[3:6]) is True
    np.testing.assert_array_equal(out[3:6], [-1.5, 0.0, 2.5])
    assert np.isnan(out[[0, 1, 2, 6, 7, 8]]).all()
    assert fast(np.empty(0), CONSTS, np.empty(0)) is True


def test_where_headers_have_changed_numba_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba import types

    from normcalc.codegen import lent

    assert isinstance(lent.lent(types.float64, 1, written=False), lent.Lent)
    monkeypatch.setattr(lent, "_as_expected", lambda: False)
    assert lent.lent(types.float64, 1, written=False) == types.float64[::1]


def test_precisions_take_turns() -> None:
    kernel = compile_kernel(tables.SOFT, name="prox_soft")
    for dtype in (np.float64, np.float32, np.float32, np.float64, np.float64):
        v, out = np.array([-2.0, 2.0], dtype), np.empty(2, dtype)
        assert kernel(v, 0.5, 1.0, out=out) is out
        np.testing.assert_array_equal(out, [-1.5, 1.5])
        kernel(v, 0.5, 2.0, out=out)
        np.testing.assert_array_equal(out, [-1.0, 1.0])
