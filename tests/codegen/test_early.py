"""A kernel's first numbers come from the interpreter, and machine code takes over."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import normcalc as nc

V = np.array([-4.0, -0.5, 0.0, 1.0, 2.5, np.inf, np.nan])
# Units in the last place by which results of the stages differ.
FORMULAS = {
    "lam*abs(x)": 0,
    "Piecewise((lam*abs(x) - x**2/8, abs(x) <= 4*lam), (2*lam**2, True))": 0,
    "lam*log(1 + abs(x))": 2,
    "lam*log(1 + exp(x))": 4,
}


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch):
    """Let kernels have their early stage."""
    monkeypatch.delenv("NORMCALC_JIT")


def made(formula: str):
    kernel = nc.compile(nc.prox(nc.function(formula)))
    assert not kernel._machine.settled
    return kernel


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_stages_agree_to_the_last_digits(formula: str, kind: type) -> None:
    kernel = made(formula)
    for step in (0.3, 3.0):
        early = kernel(V.astype(kind), step, 1.3)
        assert not kernel._machine.settled
        settled = made(formula)
        settled.warm()
        late = settled(V.astype(kind), step, 1.3)
        assert settled._machine.settled
        assert early.dtype == late.dtype == kind
        np.testing.assert_array_equal(np.isnan(early), np.isnan(late))
        kept = np.isfinite(late)
        np.testing.assert_array_equal(early[~kept], late[~kept])
        np.testing.assert_array_max_ulp(early[kept], late[kept], FORMULAS[formula])


def test_machine_code_takes_over_where_it_pays() -> None:
    formula = "lam*abs(x)"
    for begin in (
        lambda k: k(np.ones(20_000), 0.5, 1.0),
        lambda k: k(np.ones((200, 100)), 0.5, lam=1.0),
        lambda k: k(np.ones(5000), 0.5, np.ones(5000)),
        lambda k: [k(np.ones(50), 0.1, 1.0, out=np.ones(50)) for _ in range(300)],
        lambda k: [k(2.0, 0.1 * i, 1.0) for i in range(1, 3000)],
        lambda k: k.bind(0.5, 1.0),
        lambda k: k.parallel(np.ones(3), 0.5, 1.0),
        lambda k: k.warm(),
    ):
        kernel = made(formula)
        assert kernel(3.0, 0.5, 1.0) == 2.5
        begin(kernel)
        assert kernel._machine.settled
        np.testing.assert_array_equal(kernel([3.0, -0.1], 0.5, 1.0), [2.5, 0.0])


def test_the_same_calls_have_the_same_results() -> None:
    # The interpreter's share is counted, so two kernels go over at the same call.
    first, second = made("lam*log(1 + exp(x))"), made("lam*log(1 + exp(x))")
    v = np.linspace(-3.0, 3.0, 11)
    for _ in range(300):
        np.testing.assert_array_equal(first(v, 0.7, 1.3), second(v, 0.7, 1.3))
        assert first._machine.settled == second._machine.settled
    assert first._machine.settled


def test_threads_and_pickles_see_right_numbers() -> None:
    kernel = made("lam*abs(x)")
    v = np.linspace(-3.0, 3.0, 40)

    def shrunk(step: float) -> bool:
        found = [kernel(v, step, 1.0, out=np.empty(40)) for _ in range(100)]
        expected = np.sign(v) * np.maximum(np.abs(v) - step, 0.0)
        return all(np.array_equal(each, expected) for each in found)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(shrunk, [0.25, 0.5, 1.0, 2.0]))
    assert kernel._machine.settled
    again = pickle.loads(pickle.dumps(kernel))
    np.testing.assert_array_equal(again(v, 0.5, 1.0), kernel(v, 0.5, 1.0))


def test_errors_are_the_same() -> None:
    kernel = made("lam*abs(x)")
    with pytest.raises(nc.ParameterError, match="positive"):
        kernel(V, 0.5, -1.0)
    with pytest.raises(nc.InputError):
        kernel("text", 0.5, 1.0)
    assert not kernel._machine.settled


def test_vectors_begin_in_the_interpreter_too(fresh_cache) -> None:
    kernel = nc.compile(nc.prox(nc.function("lam*norm(x)")))
    point = kernel([3.0, 4.0], 0.5, 2.0)
    np.testing.assert_allclose(point, [2.4, 3.2], rtol=1e-15)
    assert kernel._early is not None
    kernel(np.ones((100, 50)), 0.5, 2.0)
    assert kernel._early is None
    np.testing.assert_allclose(kernel([3.0, 4.0], 0.5, 2.0), point, rtol=1e-15)


def test_all_is_machine_code_if_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "1")
    kernel = nc.compile(nc.prox(nc.function("lam*abs(x)")))
    assert kernel._machine.settled
    assert nc.compile(nc.prox(nc.function("lam*norm(x)")))._early is None
