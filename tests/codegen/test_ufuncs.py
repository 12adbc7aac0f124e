"""Ufuncs of NumPy: against the kernels, and everything that a ufunc does by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import codegen_tables as tables
import numpy as np
import pytest
from test_exports import compare

import normcalc as nc
from normcalc.codegen import export, source_of
from normcalc.codegen.ufuncs import with_ufunc
from normcalc.errors import InputError, NotDerivable

if TYPE_CHECKING:
    from pathlib import Path

MCP = "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
# A parameter between two ends, and one below another.
ASYMMETRIC = nc.function("tau*max(x, 0) + (1 - tau)*max(-x, 0)", tau=nc.Interval.open(0, 1))
RELATED = nc.function("max(a*x, b*x)", a=nc.Real, b=nc.Real, where="a <= b")


@pytest.fixture(scope="module")
def logsum() -> tuple[Any, np.ufunc]:
    kernel = nc.compile(nc.prox(nc.function("lam*log(1 + abs(x)/eps)")))
    return kernel, kernel.ufunc()


def test_it_is_a_ufunc_of_numpy(logsum: tuple[Any, np.ufunc]) -> None:
    ufunc = logsum[1]
    assert type(ufunc) is np.ufunc
    assert (ufunc.nin, ufunc.nout, ufunc.types) == (4, 1, ["ffff->f", "dddd->d"])
    assert "prox(v, step, lam, eps)" in str(ufunc.__doc__)
    assert logsum[0].ufunc() is ufunc


def test_layouts_and_broadcasting(logsum: tuple[Any, np.ufunc]) -> None:
    kernel, ufunc = logsum
    base = 3 * np.random.default_rng(0).standard_normal((40, 30))
    lam = np.random.default_rng(1).uniform(0.1, 3.0, (40, 1))
    for v in (base, base.T.copy().T, base[::-2, ::3], base[:0], base[3, 4]):
        assert np.array_equal(ufunc(v, 0.5, 1.0, 0.3), kernel(v, 0.5, 1.0, 0.3))
    assert np.array_equal(ufunc(base, 0.5, lam, 0.3), kernel(base, 0.5, lam, 0.3))
    assert np.array_equal(ufunc(base.T, 0.5, lam.T, 0.3), kernel(base, 0.5, lam, 0.3).T)
    assert np.array_equal(ufunc(base, 0.5, lam, 0.3)[1], kernel(base[1], 0.5, lam[1, 0], 0.3))


def test_out_where_and_dtype(logsum: tuple[Any, np.ufunc]) -> None:
    kernel, ufunc = logsum
    v = np.linspace(-3, 3, 300)
    expected = kernel(v, 0.5, 1.0, 0.3)
    out = v.copy()
    assert ufunc(out, 0.5, 1.0, 0.3, out=out) is out
    assert np.array_equal(out, expected)
    mask = np.arange(300) % 3 == 0
    out = np.full(300, 7.0)
    ufunc(v, 0.5, 1.0, 0.3, where=mask, out=out)
    assert np.array_equal(out, np.where(mask, expected, 7.0))
    single = ufunc(v.astype(np.float32), 0.5, 1.0, 0.25)
    assert single.dtype == np.float32
    assert single == pytest.approx(kernel(v, 0.5, 1.0, 0.25), rel=1e-4, abs=1e-6)
    assert ufunc(v, 0.5, 1.0, 0.25, dtype=np.float32).dtype == np.float32
    assert ufunc([1, 2], 1, 1, 1).dtype == np.float64
    with pytest.raises(TypeError):
        ufunc(v + 0j, 0.5, 1.0, 0.3)


def test_numbers_that_are_none_and_too_large(logsum: tuple[Any, np.ufunc]) -> None:
    """And no floating point warning, which would be an error here."""
    kernel, ufunc = logsum
    v = np.array([np.nan, np.inf, -np.inf, 1e300, -1e-300, 0.0])
    for copies in (1, 100):
        many = np.repeat(v, copies)
        assert np.array_equal(ufunc(many, 0.5, 1.0, 0.3), kernel(many, 0.5, 1.0, 0.3), True)
    assert np.isnan(ufunc(1.0, [np.nan, np.inf, -1.0, 0.0], 1.0, 0.3)).all()


def test_nan_where_no_prox_exists() -> None:
    kernel = nc.compile(nc.prox(nc.function("-x**2/6")))
    ufunc = kernel.ufunc()
    with pytest.raises(NotDerivable):
        kernel(1.0, 4.0)
    found = ufunc(1.0, [1.0, 4.0, 2.0])
    assert found == pytest.approx([1.5, np.nan, 3.0], nan_ok=True)


def test_nan_for_parameters_that_are_not_of_their_kind() -> None:
    ufunc = nc.compile(nc.prox(ASYMMETRIC)).ufunc()
    assert np.isnan(ufunc(2.0, 1.0, [0.0, 0.5, 1.0, -0.1])).tolist() == [True, False, True, True]
    related = nc.compile(nc.prox(RELATED)).ufunc()
    found = related(3.0, 1.0, [0.0, 2.0, 0.5], [1.0, 1.0, 2.0])
    assert found == pytest.approx([2.0, np.nan, 1.0], nan_ok=True)


def test_a_check_left_out_is_seen() -> None:
    """The right answer above is not what the loop gives without its checks."""
    kernel = nc.compile(nc.prox(ASYMMETRIC))
    text = with_ufunc(kernel.source, kernel.interface)
    scope: dict[str, Any] = {"__name__": "bent", "__file__": "bent.py"}
    bent = text.replace("params[1] < 1.0", "True").replace(", cache=True", "")
    exec(bent, scope)  # noqa: S102  # generated text
    assert np.isfinite(scope["prox_ufunc"](2.0, 1.0, 1.5))


def test_golden_ufunc() -> None:
    text = source_of(tables.SOFT, target="ufunc", name="soft", header="Soft threshold.")
    compare(text, "ufunc/soft.py.txt")


def test_a_file_stands_alone(tmp_path: Path) -> None:
    derived = nc.prox(nc.function(MCP))
    path = export(derived, tmp_path / "prox_mcp.py", target="ufunc", name="mcp")
    same = export(nc.compile(derived, name="mcp"), tmp_path / "again.py", target="ufunc")
    assert same.read_text().partition("import os")[2] == path.read_text().partition("import os")[2]
    code = (
        "import sys, prox_mcp; print(prox_mcp.mcp_ufunc([3.0, -1.0], 0.5, 1.0, 3.0).tolist());"
        "assert 'normcalc' not in sys.modules"
    )
    run = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        run, env=environment, capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.stdout.strip() == str(derived(np.array([3.0, -1.0]), 0.5, 1.0, 3.0).tolist())


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")
    kernel = nc.compile(nc.prox(nc.function("lam*abs(x)")))
    with pytest.raises(InputError, match="compiled by numba"):
        kernel.ufunc()
