"""First fits run in the interpreter, then machine code takes over; no interruption is lost."""

from __future__ import annotations

import _thread
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

import normcalc as nc
from normcalc.data import diabetes
from normcalc.engine import interpreted, least_squares, minimize, operators
from normcalc.engine.jit import element_address, setup_address
from normcalc.engine.methods.kernels import map_element, setup_table

V = np.array([-400.0, -2.0, -0.5, 0.0, 0.5, 2.0, 30.0, np.inf])
FORMULAS = {
    "lam*abs(x)": {"lam": 2.0},
    "lam*log(1 + abs(x)/eps)": {"lam": 2.0, "eps": 0.3},
    "lam*(a + 1)*abs(x)/(a + abs(x))": {"lam": 2.0, "a": 3.0},
    "lam*log(1 + exp(x))": {"lam": 2.0},
}


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch):
    """Let kernels have their early stage, whatever is on the disk."""
    monkeypatch.delenv("NORMCALC_JIT")
    monkeypatch.setattr("normcalc.codegen.early.compiled_before", lambda source, entry: False)


def made(formula: str):
    kernel = nc.compile(nc.prox(nc.function(formula)))
    code = interpreted.code_of(kernel)
    assert isinstance(code, interpreted.Interpreted)
    return kernel, code


def table(kernel, given) -> np.ndarray:
    return np.array([[{**given, "step": 0.7}[name] for name in kernel.parameters]])


@pytest.mark.parametrize("formula", FORMULAS)
def test_loops_find_the_same_numbers_before_and_after_compilation(formula: str) -> None:
    kernel, code = made(formula)
    constants, out = np.zeros((2, 1, kernel.n_constants)), np.empty((3, V.size))
    numbers = table(kernel, FORMULAS[formula])
    assert setup_table(code.setup, numbers, constants[0]) == -1
    map_element(code.element, V, constants[0], out[0])
    assert not code._machine.any()
    code.compile()
    assert code._machine.tolist() == [setup_address(kernel.setup), element_address(kernel.element)]
    assert setup_table(code.setup, numbers, constants[1]) == -1
    map_element(code.element, V, constants[1], out[1])
    map_element(element_address(kernel.element), V, constants[1], out[2])
    np.testing.assert_array_equal(out[1], out[2])
    np.testing.assert_allclose(constants[0], constants[1], rtol=1e-13)
    np.testing.assert_allclose(out[0], out[1], rtol=1e-13, atol=1e-300)


def test_machine_code_takes_over_in_a_loop_that_runs() -> None:
    kernel, code = made("lam*abs(x)")
    constants, v = np.zeros((1, kernel.n_constants)), np.linspace(-5.0, 5.0, 200_000)
    setup_table(code.setup, table(kernel, FORMULAS["lam*abs(x)"]), constants)
    out = np.empty_like(v)
    map_element(code.element, v, constants, out)
    assert code._machine.all()
    np.testing.assert_array_equal(out, np.sign(v) * np.maximum(abs(v) - 0.7 * 2.0, 0.0))


def test_many_calls_that_are_foreseen_compile_at_once() -> None:
    _, code = made("mu*abs(x)")
    code.foresee(1000)
    assert not code._machine.any()
    code.foresee(1_000_000)
    assert code._machine.all()


def test_a_kernel_refuses_alike_in_both_stages() -> None:
    kernel, code = made("-lam*x**2/2")
    for _ in range(2):
        rows = np.array([[0.5, 1.0], [2.0, 1.0]])  # the step, lam
        assert setup_table(code.setup, rows, np.zeros((2, max(1, kernel.n_constants)))) == 1
        code.compile()


def test_a_first_fit_compiles_nothing_and_finds_what_later_ones_find() -> None:
    X, y, _ = diabetes()
    penalty = nc.function("lam*(1 - exp(-abs(x)/eps))")
    objective = least_squares(X, y) + penalty
    first = minimize(objective, lam=100.0, eps=30.0)
    kernels = [operators(penalty).prox, operators(penalty).value]
    codes = [interpreted.code_of(kernel) for kernel in kernels]
    assert not any(code._machine.any() for code in codes)
    for code in codes:
        code.compile()
    later = minimize(objective, lam=100.0, eps=30.0)
    np.testing.assert_allclose(first.x, later.x, rtol=1e-9)
    assert first.status == later.status == "stationary"


def test_kernels_that_are_not_of_this_package_have_their_addresses(concave) -> None:
    kernel = concave.operators.prox
    code = interpreted.code_of(kernel)
    code.foresee(10**9)
    assert (code.setup, code.element) == (
        setup_address(kernel.setup),
        element_address(kernel.element),
    )


def mapped_until_interrupted(code, v, constants, expected) -> None:
    threading.Timer(0.003, _thread.interrupt_main).start()
    out = np.empty_like(v)
    for _ in range(100_000):
        out[:] = np.nan
        map_element(code.element, v, constants, out)
        np.testing.assert_array_equal(out, expected)


def test_an_interruption_waits_while_the_interpreter_works() -> None:
    kernel, code = made("lam*abs(x) + mu*x**2")
    given = {"lam": 2.0, "mu": 1.0}
    constants, v = np.zeros((1, kernel.n_constants)), np.linspace(-5.0, 5.0, 2000)
    setup_table(code.setup, table(kernel, given), constants)
    expected = np.empty_like(v)
    map_element(code.element, v, constants, expected)
    with pytest.raises(KeyboardInterrupt), interpreted.patient():
        mapped_until_interrupted(code, v, constants, expected)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interruptions_elsewhere_are_as_before() -> None:
    with pytest.raises(KeyboardInterrupt), interpreted.patient():
        os.kill(os.getpid(), signal.SIGINT)
    with interpreted.patient():
        done = threading.Thread(target=lambda: interpreted.patient().__enter__())
        done.start()
        done.join()


def test_a_fit_in_a_new_process_loads_loops_without_the_compiler() -> None:
    code = (
        "import numpy as np, normcalc as nc\n"
        "fit = lambda: nc.minimize(nc.least_squares(np.eye(3), np.ones(3)) + f, lam=0.5)\n"
        "f = nc.function('lam*abs(x)')\n"
        "from numba.core.registry import cpu_target\n"
        "context = cpu_target.target_context\n"
        "refreshed = []\n"
        "context.refresh = lambda: refreshed.append(1)\n"
        "print(fit().status, len(refreshed))\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "NORMCALC_JIT"}
    for _ in range(4):  # the first may find nothing on the disk, or others write there as well
        run = [sys.executable, "-c", code]
        done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
        if done.stdout.split()[1:] == ["0"]:
            break
    assert done.stdout.split() == ["optimal", "0"], done.stderr
