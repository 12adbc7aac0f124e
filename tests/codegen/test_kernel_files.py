"""The cache directory, several processes at once, plain Python, and first-class functions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import codegen_tables as tables
import numpy as np
import pytest

from normcalc.codegen import cache
from normcalc.codegen import compile as compile_kernel
from normcalc.errors import CacheError

HERE = Path(__file__).parent
SCRIPT = """
import sys
import numpy as np
from codegen_tables import EXAMPLES
from normcalc.codegen import compile
v = np.linspace(-4.0, 4.0, 33)
for name in sys.argv[1:]:
    kernel = compile(EXAMPLES[name].table, name="prox_" + name)
    for values in EXAMPLES[name].values:
        print(name, *[float(x).hex() for x in kernel(v, *values)])
print("numba" in sys.modules)
"""


def started(names: list[str], **environment: str) -> subprocess.Popen[str]:
    root = str(HERE.parents[1])
    merged = {**os.environ, "PYTHONPATH": os.pathsep.join([root, str(HERE)]), **environment}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SCRIPT, *names],
        env=merged, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.splitlines()


def test_two_processes_compile_the_same_kernel_at_once(fresh_cache: Path) -> None:
    first, second = started(["mcp"]), started(["mcp"])
    assert finished(first) == finished(second)
    assert len(list(fresh_cache.glob("nc_*.py"))) == 1
    assert not list(fresh_cache.glob(".nc_*"))
    assert fresh_cache.stat().st_mode & 0o777 == 0o700
    # And a third one finds the machine code.
    kernel = compile_kernel(tables.MCP, name="prox_mcp")
    assert kernel.is_cached
    kernel(np.ones(3), 0.5, 1.0, 3.0)
    assert sum(kernel._machine.module.apply.stats.cache_hits.values()) == 1


def test_plain_python_agrees_and_needs_no_numba() -> None:
    names = ["mcp", "entropy", "neglog", "logistic", "logsum"]
    lines = finished(started(names, NORMCALC_JIT="0"))
    assert lines.pop() == "False"
    v = np.linspace(-4.0, 4.0, 33)
    for line in lines:
        name, *texts = line.split()
        plain = np.array([float.fromhex(text) for text in texts])
        kernel = compile_kernel(tables.EXAMPLES[name].table, name=f"prox_{name}")
        close = [
            np.allclose(kernel(v, *values), plain, rtol=1e-13, atol=1e-15)
            for values in tables.EXAMPLES[name].values
        ]
        assert any(close), (name, [kernel(v, *x) - plain for x in tables.EXAMPLES[name].values])
    assert len(lines) == sum(len(tables.EXAMPLES[name].values) for name in names)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_directory_that_others_may_write_to(fresh_cache: Path, mode: int) -> None:
    fresh_cache.mkdir()
    fresh_cache.chmod(mode)
    with pytest.raises(CacheError, match=r"written by others.*NORMCALC_CACHE_DIR"):
        compile_kernel(tables.SOFT, name="soft")
    assert not list(fresh_cache.iterdir())


def test_read_only_directory(fresh_cache: Path) -> None:
    fresh_cache.mkdir()
    fresh_cache.chmod(0o500)
    with pytest.raises(CacheError, match="read-only"):
        compile_kernel(tables.SOFT, name="soft")


def test_directory_of_another_user(fresh_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 123456)
    with pytest.raises(CacheError, match="another user"):
        compile_kernel(tables.SOFT, name="soft")


def test_directory_that_is_a_file(fresh_cache: Path) -> None:
    fresh_cache.write_text("")
    with pytest.raises(CacheError, match="cannot make"):
        compile_kernel(tables.SOFT, name="soft")


def test_fallback_only_if_told(fresh_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh_cache.mkdir()
    fresh_cache.chmod(0o777)
    monkeypatch.setenv("NORMCALC_CACHE_FALLBACK", "1")
    kernel = compile_kernel(tables.SOFT, name="soft_elsewhere")
    assert kernel(2.0, 0.5, 1.0) == 1.5
    assert kernel.path.parent != fresh_cache
    assert kernel.path.parent.stat().st_mode & 0o777 == 0o700


def test_damaged_file_is_replaced(fresh_cache: Path) -> None:
    source = "x = 1\n"
    path = cache.store(source)
    for damage in ("x = 2\n", ""):
        path.write_text(damage)
        assert cache.store(source).read_text() == source
    path.chmod(0o666)
    cache.store(source)
    assert not path.stat().st_mode & 0o022
    stamp = path.stat().st_mtime_ns
    cache.store(source)
    assert path.stat().st_mtime_ns == stamp
    assert cache.clear() == 1
    assert not list(fresh_cache.glob("nc_*"))


def test_names_depend_on_what_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    name = cache.name_of("x")
    assert name != cache.name_of("y")
    monkeypatch.setattr(cache, "_numba_version", lambda: "9.9")
    assert name != cache.name_of("x")


def test_verbose_says_once_that_it_compiles(
    fresh_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compile_kernel(tables.SOFT, name="soft", verbose=True)
    assert capsys.readouterr().err.startswith("compiling soft kernel ... (once)")
    compile_kernel(tables.SOFT, name="soft", verbose=True)(1.0, 0.5, 1.0)
    told = capsys.readouterr()
    assert told.out == told.err == ""


def test_one_compiled_solver_calls_every_kernel() -> None:
    from numba import njit
    from numba.types import FunctionType, float64, int64

    setup_type = FunctionType(int64(float64[::1], float64[::1]))
    element_type = FunctionType(float64(float64, float64[::1]))

    @njit(float64(setup_type, element_type, float64[::1], float64[::1], float64[::1]))
    def total(setup, element, params, consts, v):
        if setup(params, consts) < 0:
            return np.nan
        result = 0.0
        for i in range(v.size):
            result += element(v[i], consts)
        return result

    v = np.linspace(-3.0, 5.0, 50)
    for name in ("soft", "mcp", "neglog"):
        values = tables.EXAMPLES[name].values[0]
        kernel = compile_kernel(tables.EXAMPLES[name].table, name=f"prox_{name}")
        consts = np.zeros(kernel.n_constants)
        got = total(*kernel.pointers(), np.array(values), consts, v)
        assert got == pytest.approx(kernel(v, *values).sum(), rel=1e-12)
    assert len(total.signatures) == 1
