"""What a kernel takes and gives: shapes, precisions, memory, parameters, errors."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import codegen_tables as tables
import numpy as np
import pytest
from codegen_tables import lam, step

from normcalc.codegen import compile as compile_kernel
from normcalc.errors import InputError, NotDerivable, ParameterError

if TYPE_CHECKING:
    from normcalc.codegen.kernel import Kernel


@pytest.fixture(scope="module")
def soft() -> Kernel:
    return compile_kernel(tables.SOFT, name="prox_soft")


def expected(v: np.ndarray) -> np.ndarray:
    return np.sign(v) * np.maximum(np.abs(v) - 0.5, 0)


base = np.linspace(-3.0, 3.0, 24)
LAYOUTS = {
    "vector": base,
    "matrix": base.reshape(4, 6),
    "column order": np.asfortranarray(base.reshape(4, 6)),
    "transposed cube": base.reshape(2, 3, 4).transpose(1, 2, 0),
    "strided": np.repeat(base, 3)[::3],
    "reversed": base[::-1],
    "broadcast": np.broadcast_to(base[:4], (3, 4)),
    "empty": base[:0],
    "empty matrix": np.empty((0, 3)),
    "one element": base[:1].reshape(1, 1, 1),
    "zero-dimensional": np.array(2.0),
    "unaligned": np.frombuffer(bytearray(b"x" + base.tobytes()), dtype=np.float64, offset=1),
    "other byte order": base.astype(base.dtype.newbyteorder()),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(soft: Kernel, layout: str, dtype: type) -> None:
    v = LAYOUTS[layout]
    if dtype is np.float32:
        v = v.astype(v.dtype.newbyteorder("=").char.lower().replace("d", "f"))
    kept = v.copy()
    v.flags.writeable = False
    got = soft(v, 0.5, 1.0)
    assert isinstance(got, np.ndarray)
    assert got.shape == v.shape
    assert got.dtype == dtype
    np.testing.assert_array_equal(got, expected(kept).astype(dtype))
    np.testing.assert_array_equal(v, kept)
    for order in "CF":
        out = np.full(v.shape, np.nan, dtype, order=order)
        assert soft(v, 0.5, 1.0, out=out) is out
        np.testing.assert_array_equal(out, got)


@pytest.mark.parametrize(
    "v", [2.0, 2, np.float64(2), np.float32(2), np.int8(2)], ids=lambda v: type(v).__name__
)
def test_numbers_give_floats(soft: Kernel, v: float) -> None:
    got = soft(v, 0.5, 1.0)
    assert type(got) is float
    assert got == 1.5


@pytest.mark.parametrize("v", [[1, 2], (1.0, -2.0), np.arange(3, dtype=np.uint8)])
def test_sequences_and_integers_give_float64(soft: Kernel, v: object) -> None:
    got = soft(v, 0.5, 1.0)
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, expected(np.asarray(v, dtype=float)))


def test_out_may_be_the_argument(soft: Kernel) -> None:
    for v in (base.copy(), base.reshape(4, 6).copy(), np.asfortranarray(base.reshape(4, 6))):
        want = expected(v)
        assert soft(v, 0.5, 1.0, out=v) is v
        np.testing.assert_array_equal(v, want)
    v = base.copy()
    want = expected(v[::2])
    soft(v[::2], 0.5, 1.0, out=v[::2])
    np.testing.assert_array_equal(v[::2], want)
    np.testing.assert_array_equal(v[1::2], base[1::2])


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (slice(0, 20), slice(4, 24)),
        (slice(4, 24), slice(0, 20)),
        (slice(None), slice(None, None, -1)),
    ],
)
def test_overlapping_out(soft: Kernel, source: slice, target: slice) -> None:
    memory = base.copy()
    want = expected(memory[source])
    soft(memory[source], 0.5, 1.0, out=memory[target])
    np.testing.assert_array_equal(memory[target], want)


@pytest.mark.parametrize(
    "v",
    [
        np.array([1 + 2j]),
        np.array([True]),
        True,
        "text",
        np.array(["1"]),
        np.array([1.0, None]),
        np.array([1.0], dtype=np.float16),
        np.ma.masked_array([1.0, 2.0], mask=[0, 1]),
        np.array(["2024-01-01"], dtype="datetime64[D]"),
        [[1.0], [1.0, 2.0]],
        None,
    ],
    ids=repr,
)
def test_arguments_that_are_no_real_numbers(soft: Kernel, v: object) -> None:
    with pytest.raises(InputError):
        soft(v, 0.5, 1.0)


@pytest.mark.parametrize(
    "out",
    [
        np.empty(23), np.empty((24, 1)), np.empty(24, np.float32), np.empty(24, np.int64),
        [0.0] * 24, np.broadcast_to(0.0, 24), np.ma.masked_array(np.empty(24)),
    ],
    ids=lambda o: type(o).__name__,
)  # fmt: skip
def test_unfit_out_is_refused_and_untouched(soft: Kernel, out: object) -> None:
    before = np.array(out, copy=True)
    with pytest.raises(InputError, match="out"):
        soft(base, 0.5, 1.0, out=out)
    np.testing.assert_array_equal(np.asarray(out), before)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf, "1", None, True, ["a"], 1j])
def test_steps_that_are_none(soft: Kernel, bad: object) -> None:
    with pytest.raises(InputError, match="step"):
        soft(base, bad, 1.0)


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ((), {}, "also needs step, lam"),
        ((0.5,), {}, "also needs lam"),
        ((0.5, 1.0, 2.0), {}, "takes 2 parameters"),
        ((0.5,), {"mu": 1.0}, "no parameter 'mu'"),
        ((0.5, 1.0), {"lam": 1.0}, "given twice"),
        ((0.5, -1.0), {}, "lam must be greater than 0"),
        ((0.5, np.nan), {}, "lam must be finite"),
        ((0.5, np.ones(24, complex)), {}, "lam must be an array of real numbers"),
        ((0.5, np.linspace(1, 0, 24)), {}, "lam must be greater than 0"),
    ],
)
def test_wrong_parameters(soft: Kernel, args: tuple, kwargs: dict, message: str) -> None:
    soft(base, 0.5, 1.0)
    with pytest.raises(ParameterError, match=message):
        soft(base, *args, **kwargs)


def test_parameters_by_name_and_change(soft: Kernel) -> None:
    assert soft(3.0, 0.5, lam=2.0) == soft(3.0, lam=2.0, step=0.5) == 2.0
    assert soft(3.0, np.float64(0.5), np.array(4.0)) == 1.0
    assert soft(3.0, 0.5, 2) == 2.0


class Even:
    def check(self, name: str, value: float) -> float:
        if value % 2:
            raise ParameterError(f"{name} is odd")
        return value


def test_kinds_and_relations() -> None:
    kernel = compile_kernel(
        tables.SOFT, name="soft_even", kinds={"lam": Even()}, relations=[step < lam]
    )
    assert kernel(3.0, 0.5, 2.0) == 2.0
    with pytest.raises(ParameterError, match="lam is odd"):
        kernel(3.0, 0.5, 1.0)
    with pytest.raises(ParameterError, match=r"lam.*step"):
        kernel(3.0, 4.0, 2.0)


def test_refused_regime_says_why_and_where() -> None:
    kernel = compile_kernel(tables.REFUSING, name="refusing")
    assert kernel(1.0, 0.5) == 2.0
    with pytest.raises(NotDerivable, match=r"not prox-bounded.*step = 2"):
        kernel(1.0, 2.0)
    assert kernel(1.0, 0.5) == 2.0


def test_holes_between_regimes_are_closed_only_within_rounding() -> None:
    regimes = tables.REFUSING.regimes
    third = step * 3 < 1
    narrow = tables.table(
        (
            type(regimes[0])((third,), cases=regimes[0].cases),
            type(regimes[0])((step > 1,), cases=regimes[0].cases),
        )
    )
    kernel = compile_kernel(narrow, name="narrow")
    assert kernel(0.0, np.nextafter(1 / 3, 1)) == 0.0
    with pytest.raises(NotDerivable, match=r"no regime.*step = 0\.5"):
        kernel(0.0, 0.5)


def test_nothing_outside_the_cases_and_nan_through_constants() -> None:
    box = compile_kernel(tables.BOX, name="box")
    got = box(np.array([-9.0, 0.5, 9.0, np.nan, np.inf]), 1.0, 1.0, 2.0)
    np.testing.assert_array_equal(got, [-1.0, 0.5, 2.0, np.nan, 2.0])


def test_even_results() -> None:
    kernel = compile_kernel(tables.CONJUGATE_CUBE, name="conjugate")
    v = np.array([-4.0, 4.0, 0.0, np.nan])
    np.testing.assert_allclose(kernel(v), [16 / 3, 16 / 3, 0.0, np.nan], rtol=1e-15)
    assert kernel.parameters == ()


def test_pickle(soft: Kernel) -> None:
    again = pickle.loads(pickle.dumps(soft))
    assert again.source == soft.source
    np.testing.assert_array_equal(again(base, 0.5, 1.0), soft(base, 0.5, 1.0))
    assert len(pickle.dumps(soft)) < 20_000


def test_setup_and_element_have_the_promised_shape(soft: Kernel) -> None:
    consts = np.full(soft.n_constants, np.nan)
    assert soft.setup(np.array([0.5, 1.0]), consts) == 0
    assert consts[0] == 0
    assert soft.element(3.0, consts) == 2.5
    refusing = compile_kernel(tables.REFUSING, name="refusing")
    assert refusing.setup(np.array([2.0]), np.zeros(refusing.n_constants)) == -2
