"""Differentiable targets: values and derivatives are those of the kernels, without NaN.

The NumPy variant is always run; JAX and PyTorch where they are installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import codegen_tables as tables
import numpy as np
import pytest

from normcalc.codegen import compile as compile_kernel
from normcalc.codegen import source_of, where
from normcalc.codegen.derivative import differentiated, with_derivatives
from normcalc.codegen.program import program
from normcalc.codegen.where import primitives
from normcalc.errors import InputError, NotDerivable
from normcalc.line.table import Hull

if TYPE_CHECKING:
    from pathlib import Path

SETS = {name: example.values for name, example in tables.EXAMPLES.items()}
ARGUMENTS = np.concatenate([np.linspace(-6.1, 6.2, 57), [0.0, 1e-7, -300.0, 2e4]])
TARGETS = ("numpy", "jax", "torch")


@pytest.fixture(autouse=True)
def interpreted(monkeypatch):
    monkeypatch.setenv("NORMCALC_JIT", "0")


def loaded(source: str, folder: Path) -> ModuleType:
    path = folder / "generated.py"
    path.write_text(source, encoding="utf-8")
    module = ModuleType("generated")
    exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102
    return module


def made(table, target, folder):
    """Return a function that gives the value and all derivatives as NumPy arrays."""
    if target == "numpy":
        text = where.source(program(with_derivatives(table), "operator"), "numpy")
        return loaded(text, folder).operator
    pytest.importorskip(target)
    operator = loaded(source_of(table, target=target, name="operator"), folder).operator
    return {"jax": by_jax, "torch": by_torch}[target](operator)


def by_jax(operator):
    import jax

    jax.config.update("jax_enable_x64", True)

    def run(v, *values):
        tangents = np.eye(1 + len(values))
        value = jax.jit(operator)(v, *values)
        found = [
            jax.jvp(operator, (v, *values), (row[0] * np.ones_like(v), *row[1:]))[1]
            for row in tangents
        ]
        return [np.asarray(x) for x in (value, *found)]

    return run


def by_torch(operator):
    import torch

    def run(v, *values):
        given = [torch.tensor(v), *(torch.tensor(x, dtype=torch.float64) for x in values)]
        # Each number with parameters of its own sums: one at a time.
        rows = []
        for one in given[0]:
            leaves = [x.clone().requires_grad_() for x in (one, *given[1:])]
            value = operator(*leaves)
            value.backward()
            rows.append([float(value.detach()), *(float(x.grad) for x in leaves)])
        return np.array(rows).T

    return run


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", tables.EXAMPLES)
def test_values_and_derivatives_are_those_of_the_kernels(name, target, tmp_path) -> None:
    table = tables.EXAMPLES[name].table
    run = made(table, target, tmp_path)
    names = ["v", *(parameter.name for parameter in table.parameters)]
    kernels = [compile_kernel(table), *(compile_kernel(differentiated(table, n)) for n in names)]
    for values in SETS[name]:
        found = run(ARGUMENTS, *values)
        for kernel, got in zip(kernels, found, strict=True):
            expected = kernel(ARGUMENTS, *values)
            near = np.abs(got - expected) <= 2e-10 * (np.abs(expected) + 1e-3)
            assert (near | (got == expected)).all(), (name, values)


@pytest.mark.parametrize("target", TARGETS)
def test_where_the_object_does_not_exist_the_value_is_no_number(target, tmp_path) -> None:
    found = made(tables.REFUSING, target, tmp_path)(np.array([1.0, -2.0]), 2.0)
    assert np.isnan(found[0]).all()


@pytest.mark.parametrize("target", TARGETS)
def test_nan_and_infinities(target, tmp_path) -> None:
    run = made(tables.MCP, target, tmp_path)
    value, slope, *_ = run(np.array([np.nan, np.inf, -np.inf, -0.0]), 0.5, 1.0, 3.0)
    assert np.isnan(value[0])
    assert value[1:].tolist() == [np.inf, -np.inf, 0.0]
    assert slope[1:].tolist() == [1.0, 1.0, 0.0]


def test_a_wrong_border_is_seen(tmp_path) -> None:
    text = where.source(program(with_derivatives(tables.MCP), "operator"), "numpy")
    wrong = loaded(text.replace("size <= border_2", "size <= 0.9*border_2"), tmp_path).operator
    right = loaded(text, tmp_path).operator
    assert not np.allclose(wrong(ARGUMENTS, 0.5, 1.0, 3.0), right(ARGUMENTS, 0.5, 1.0, 3.0))


def test_single_precision_stays_single(tmp_path) -> None:
    torch = pytest.importorskip("torch")
    operator = loaded(source_of(tables.LOGISTIC, target="torch", name="f"), tmp_path).f
    v = torch.linspace(-3, 3, 31, dtype=torch.float32)
    found = operator(v, 0.5)
    assert found.dtype == torch.float32
    expected = compile_kernel(tables.LOGISTIC)(v.numpy().astype(float), 0.5)
    assert np.abs(found.numpy() - expected).max() < 2e-6


def test_jit_grad_and_vmap(tmp_path) -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    operator = loaded(source_of(tables.LOGSUM, target="jax", name="f"), tmp_path).f
    loss = jax.jit(jax.grad(lambda v, lam: operator(v, lam, 0.5).sum(), argnums=(0, 1)))
    gradient, of_step = loss(np.linspace(-4, 4, 9), 1.0)
    assert np.isfinite(gradient).all()
    assert np.isfinite(of_step)
    rows = jax.vmap(lambda v: operator(v, 1.0, 0.5))(np.ones((3, 4)) * 3.0)
    assert rows.shape == (3, 4)


def test_points_of_searches_and_compiled_kernels_are_refused() -> None:
    v, u = tables.v, tables.u
    hull = Hull(u**4, u, -tables.oo, tables.oo, (), "too hard")
    table = tables.one(tables.Case(-tables.oo, tables.oo, hull, u), parity=None)
    with pytest.raises(NotDerivable, match="search"):
        source_of(table, target="jax")
    with pytest.raises(InputError, match="give the derivation"):
        source_of(compile_kernel(tables.SOFT), target="jax")
    with pytest.raises(InputError, match="leave out derivative"):
        source_of(tables.SOFT, target="torch", derivative="v")
    assert v != u


CURVES = {
    "line": (lambda u: (2 * u + 1, 2 + 0 * u), lambda t: (t - 1) / 2, -np.inf, np.inf),
    "cube": (lambda u: (u**3, 3 * u**2), np.cbrt, -np.inf, np.inf),
    "pole": (
        lambda u: (u - 1 / u, 1 + 1 / u**2),
        lambda t: (t + np.sqrt(t**2 + 4)) / 2,
        0,
        np.inf,
    ),
    "end": (lambda u: (np.arctanh(u), 1 / (1 - u**2)), np.tanh, -1, 1),
    "root": (lambda u: (np.sqrt(u), 0.5 / np.sqrt(u)), lambda t: t**2, 0, np.inf),
}


@pytest.mark.parametrize("name", CURVES)
def test_roots_of_arrays(name) -> None:
    function, inverse, lo, hi = CURVES[name]
    target = np.array([0.01, 0.3, 1.0, 2.5, 7.0])
    with np.errstate(all="ignore"):
        found = primitives.root(function, target, lo, hi, 0.5 + 0 * target, target > 0)
    assert found == pytest.approx(inverse(target), rel=1e-12)


def test_roots_at_infinity_and_of_no_number() -> None:
    target = np.array([np.inf, -np.inf, np.nan])
    with np.errstate(all="ignore"):
        ends = -np.inf, np.inf
        found = primitives.root(lambda u: (u, 1 + 0 * u), target, *ends, target, target == 0)
    assert found[:2].tolist() == [np.inf, -np.inf]
    assert np.isnan(found[2])


@pytest.mark.parametrize("name", ["wright_omega", "log_wright_omega", "softplus", "log_cosh"])
def test_array_primitives_are_those_of_the_kernels(name) -> None:
    from normcalc.codegen import primitives as scalar

    x = np.concatenate([np.linspace(-40, 40, 81), [0.999, 1.001, -2.001, 1e-7]])
    with np.errstate(all="ignore"):
        got = getattr(primitives, name)(x)
        expected = np.array([getattr(scalar, name)(each) for each in x])
    assert got == pytest.approx(expected, rel=1e-14)


def test_lambert_w_and_the_cube_root() -> None:
    from scipy.special import lambertw

    z = np.array([-0.36, -0.2, -1e-3, 0.0, 1e-9, 0.5, 3.0, 1e6])
    assert primitives.lambert_w(z) == pytest.approx(lambertw(z).real, rel=1e-12, abs=1e-300)
    with np.errstate(all="ignore"):
        assert np.isnan(primitives.lambert_w(np.array([-0.5]))).all()
        x = np.array([-8.0, 0.0, 1e-12, 27.0, np.inf])
        assert primitives.cbrt(x) == pytest.approx(np.cbrt(x), rel=1e-15)


CUDA = """
import importlib.util, math, sys
import numpy as np

class Quiet:
    "The functions of a card do not raise; Python's do, and the simulator runs Python."
    def __getattr__(self, name):
        found = getattr(math, name)
        if not callable(found):
            return found
        def run(*x):
            try:
                return np.float64(found(*x))
            except (ValueError, OverflowError):
                with np.errstate(all="ignore"):
                    return np.float64(getattr(np, name, lambda *x: np.nan)(*x))
        return run

np.seterr(all="ignore")
data = np.load(sys.argv[1])
for name in {str(key).partition("/")[0] for key in data}:
    spec = importlib.util.spec_from_file_location(name, sys.argv[2] + "/" + name + ".py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.math = Quiet()
    for i in range(int(data[name + "/count"])):
        v, expected = data[name + "/v"], data[f"{name}/out{i}"]
        got = module.operator(v, *data[f"{name}/in{i}"], blocks=2, threads=32)
        near = np.abs(got - expected) <= 1e-12 * np.abs(expected) + 4e-16 * np.abs(v) + 1e-99
        right = (near | (got == expected) | (np.isnan(got) & np.isnan(expected))).all()
        assert got.dtype == v.dtype
        print(name, i, bool(right))
try:
    spec = importlib.util.spec_from_file_location("refusing", sys.argv[2] + "/refusing.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.operator(np.ones(2), 2.0)
except ValueError as error:
    print(error)
"""


def test_graphics_cards_in_the_simulator(tmp_path) -> None:
    """One process for all: numba decides when it is imported whether to simulate."""
    v = np.concatenate([np.linspace(-6.1, 6.2, 23), [0.0, np.nan, np.inf, 1e-7, -3e3]])
    stored: dict[str, object] = {}
    for name, sets in SETS.items():
        table = tables.EXAMPLES[name].table
        (tmp_path / f"{name}.py").write_text(source_of(table, target="cuda", name="operator"))
        stored |= {f"{name}/v": v, f"{name}/count": len(sets)}
        for i, values in enumerate(sets):
            stored |= {
                f"{name}/in{i}": values,
                f"{name}/out{i}": compile_kernel(table)(v, *values),
            }
    refusing = source_of(tables.REFUSING, target="cuda", name="operator")
    (tmp_path / "refusing.py").write_text(refusing)
    np.savez(tmp_path / "data.npz", **stored)
    command = [sys.executable, "-c", CUDA, str(tmp_path / "data.npz"), str(tmp_path)]
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.endswith("False")] == []
    assert sum(line.endswith("True") for line in lines) == sum(map(len, SETS.values()))
    assert lines[-1] == "not prox-bounded for step >= 1"
