"""Parameters as arrays, bound ones, and calls from threads and processes."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING

import codegen_tables as tables
import numpy as np
import pytest
from codegen_tables import lam, step

from normcalc.codegen import compile as compile_kernel
from normcalc.errors import InputError, NotDerivable, ParameterError

if TYPE_CHECKING:
    from normcalc.codegen.kernel import Kernel

rng = np.random.default_rng(5)


@pytest.fixture(scope="module")
def soft() -> Kernel:
    return compile_kernel(tables.SOFT, name="prox_soft")


@pytest.fixture(scope="module")
def mcp() -> Kernel:
    return compile_kernel(tables.MCP, name="prox_mcp")


def one_by_one(kernel: Kernel, v: object, *params: object) -> np.ndarray:
    return np.vectorize(lambda x, *p: kernel(float(x), *map(float, p)), otypes=[float])(v, *params)


v = rng.normal(size=(5, 6)) * 4
WEIGHTS = rng.uniform(0.1, 2.0, size=6)
SETTINGS = {
    "per column": (v, 0.5, WEIGHTS, 3.0),
    "per row": (v, rng.uniform(0.2, 1.0, size=(5, 1)), 1.0, 3.0),
    "each": (v, rng.uniform(0.2, 5.0, size=(5, 6)), WEIGHTS, rng.uniform(1.5, 4.0, size=(5, 1))),
    "a number and many steps": (2.5, rng.uniform(0.2, 5.0, size=7), 1.0, 3.0),
    "list": (v, [0.5] * 6, 1.0, 3.0),
    "long runs": (rng.normal(size=60) * 4, np.repeat([0.5, 4.0, 0.7], 20), 1.0, 3.0),
    "empty": (np.empty((0, 6)), 0.5, WEIGHTS, 3.0),
    "no entry": (np.array(2.0), 0.5, np.empty(0), 3.0),
    "column order": (np.asfortranarray(v), 0.5, WEIGHTS, 3.0),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_parameters_are_broadcast(mcp: Kernel, case: str) -> None:
    args = SETTINGS[case]
    got = mcp(*args)
    shape = np.broadcast_shapes(*map(np.shape, args))
    assert got.shape == shape
    expected = one_by_one(mcp, *args) if got.size else np.empty(shape)
    np.testing.assert_array_equal(got, expected)
    out = np.empty(shape)
    assert mcp(*args, out=out) is out
    np.testing.assert_array_equal(out, got)
    named = mcp(args[0], **dict(zip(mcp.parameters, args[1:], strict=True)))
    np.testing.assert_array_equal(named, got)


def test_broadcast_in_float32_in_place_and_after_numbers(soft: Kernel) -> None:
    w = v.astype(np.float32)
    got = soft(w, 0.5, WEIGHTS)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, soft(w.astype(float), 0.5, WEIGHTS).astype(np.float32))
    again = v.copy()
    assert soft(again, 0.5, WEIGHTS, out=again) is again
    np.testing.assert_array_equal(again, soft(v, 0.5, WEIGHTS))
    assert soft(3.0, 0.5, 1.0) == 2.5
    assert soft(np.array(3.0), np.array([0.5]), 1.0).shape == (1,)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ((0.5, -WEIGHTS), ParameterError, "lam must be greater than 0"),
        ((np.zeros(6), 1.0), InputError, "step must be greater than 0"),
        ((0.5, WEIGHTS * np.nan), ParameterError, "lam must be finite"),
        ((0.5, np.ones(4)), InputError, "shapes"),
        ((0.5, ["a"] * 6), ParameterError, "real numbers"),
        ((0.5, [[1.0], [1.0, 2.0]]), ParameterError, "rectangular"),
        ((WEIGHTS,), ParameterError, "also needs lam"),
    ],
)
def test_wrong_arrays(soft: Kernel, params: tuple, error: type, message: str) -> None:
    out = np.full(v.shape, 7.0)
    with pytest.raises(error, match=message):
        soft(v, *params, out=out)
    assert (out == 7.0).all()


def test_refusals_and_relations_name_the_numbers() -> None:
    refusing = compile_kernel(tables.REFUSING, name="refusing")
    with pytest.raises(NotDerivable, match=r"step = 2\b"):
        refusing(np.ones(3), np.array([0.5, 2.0, 0.5]))
    related = compile_kernel(tables.SOFT, name="related", relations=[step < lam])
    with pytest.raises(ParameterError, match=r"lam = 0\.25"):
        related(np.ones(2), 0.5, np.array([1.0, 0.25]))


def test_bound(soft: Kernel) -> None:
    bound = soft.bind(0.5, lam=1.0)
    for w in (v, v[0], v.astype(np.float32), v[:, ::2], 2.0, np.float64(2.0), [1, -2]):
        np.testing.assert_array_equal(bound(w), soft(w, 0.5, 1.0))
    out = np.empty(6)
    assert bound(v[0], out) is out
    assert bound(out, out=out) is out
    np.testing.assert_array_equal(out, soft(soft(v[0], 0.5, 1.0), 0.5, 1.0))
    soft(v, 3.0, 3.0)  # another call does not change what is bound
    np.testing.assert_array_equal(bound(v), soft(v, 0.5, 1.0))
    with pytest.raises(ParameterError, match="lam"):
        soft.bind(0.5, -1.0)


@pytest.mark.parametrize("fault", ["shape", "read-only", "whole numbers", "overlap"])
def test_unfit_out_of_bound_kernels(soft: Kernel, fault: str) -> None:
    memory = np.linspace(-3.0, 3.0, 20)
    outs = {"shape": np.empty(9), "read-only": np.empty(10), "whole numbers": np.empty(10, int)}
    outs["read-only"].flags.writeable = False
    bound, w = soft.bind(0.5, 1.0), memory[:10]
    if fault == "overlap":
        want = soft(w.copy(), 0.5, 1.0)
        np.testing.assert_array_equal(bound(w, memory[3:13]), want)
    else:
        with pytest.raises(InputError, match="out"):
            bound(w, outs[fault])


@pytest.mark.parametrize("shape", [(3, 8), (8, 3), (4, 1), (8, 8), (2, 4, 8), (4, 4, 4), ()])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("order", ["CC", "CF", "FC", "FF"])
def test_arrays_are_not_taken_for_vectors(
    soft: Kernel, shape: tuple, dtype: type, order: str
) -> None:
    w = np.asarray(rng.normal(size=shape) * 2, dtype=dtype, order=order[0])
    out = np.full(shape, np.nan, dtype, order=order[1])
    want = np.sign(w) * np.maximum(abs(w) - dtype(0.5), 0)
    for call in (soft.bind(0.5, 1.0), lambda w, out: soft(w, 0.5, 1.0, out=out)):
        assert call(w, out=out) is out
        np.testing.assert_allclose(out, want, rtol=1e-6)


@pytest.mark.parametrize("threads", [1, 2, 3, None])
def test_threads_give_the_same(mcp: Kernel, threads: int | None) -> None:
    long = rng.normal(size=250_001) * 4
    want = mcp(long, 0.5, 1.0, 3.0)
    np.testing.assert_array_equal(mcp.parallel(long, 0.5, 1.0, 3.0, threads=threads), want)
    out = np.empty((2, 3), order="F")
    given = rng.normal(size=(2, 3))
    assert mcp.parallel(given, 0.5, 1.0, gamma=3.0, out=out, threads=threads) is out
    np.testing.assert_array_equal(out, mcp(given, 0.5, 1.0, 3.0))
    long32 = long.astype(np.float32)
    again = mcp.parallel(long32, 0.5, 1.0, 3.0, threads=threads, out=long32.copy())
    np.testing.assert_array_equal(again, mcp(long32, 0.5, 1.0, 3.0))
    assert mcp.parallel(np.empty(0), 0.5, 1.0, 3.0, threads=threads).size == 0


def test_number_of_threads(mcp: Kernel) -> None:
    for bad in (0, -1, 1.5, True):
        with pytest.raises(InputError, match="threads"):
            mcp.parallel(v, 0.5, 1.0, 3.0, threads=bad)


def test_many_threads_with_parameters_of_their_own(soft: Kernel) -> None:
    w = np.linspace(-3, 3, 1000)

    def work(number: int) -> bool:
        out = np.empty_like(w)
        soft(w, 0.001 * number, 1.0, out=out)
        want = np.sign(w) * np.maximum(abs(w) - 0.001 * number, 0)
        return bool(np.allclose(out, want, rtol=0, atol=1e-15))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(1, 300)))


def test_kernels_travel_to_started_processes(soft: Kernel) -> None:
    assert pickle.loads(pickle.dumps(soft)).source == soft.source
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        work = [pool.submit(pickle.loads(pickle.dumps(soft)), x, 0.5, 1.0) for x in (2.0, -3.0)]
        assert [each.result(timeout=120) for each in work] == [1.5, -2.5]
