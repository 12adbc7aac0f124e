"""C files: compiled without warnings, called, and compared with the kernel that numba compiles."""

from __future__ import annotations

import ctypes
import math
import shutil
import subprocess
from typing import TYPE_CHECKING

import codegen_tables as tables
import mpmath as mp
import numpy as np
import pytest

from normcalc.codegen import compile as compile_kernel
from normcalc.codegen import export, source_of
from normcalc.codegen.c import carried
from normcalc.derive import prox
from normcalc.errors import NotDerivable
from normcalc.language.build import function
from tests.language.catalogue import CASES, Case

if TYPE_CHECKING:
    from pathlib import Path

GCC = shutil.which("gcc")
FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O2", "-shared", "-fPIC")
STEPS = (0.05, 0.7, 3.0, 40.0)
SOME = (
    "abs_box", "pow_p", "neglog", "entropy", "exp_affine", "logistic", "l_half", "logsum_eps",
    "scad", "ind_point",
)  # fmt: skip
EXTREME = [0.0, -0.0, np.nan, np.inf, -np.inf, 1e300, -1e300, 1e-300, 5e-324, -1e-8]
pytestmark = pytest.mark.skipif(GCC is None, reason="needs gcc")


def arguments() -> np.ndarray:
    rng = np.random.default_rng(0)
    wild = rng.standard_normal(100) * 10 ** rng.uniform(-9, 9, 100)
    return np.concatenate([EXTREME, np.linspace(-8, 8, 101), wild])


def built(source: str, folder: Path, name: str = "kernel") -> ctypes.CDLL:
    (folder / f"{name}.c").write_text(source, encoding="utf-8")
    library = folder / f"{name}.so"
    command = [str(GCC), *FLAGS, "-o", str(library), str(folder / f"{name}.c"), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(library))


def called(library: ctypes.CDLL, v: np.ndarray, values: list[float]) -> np.ndarray | int:
    """Return the numbers, or the code of the refusal."""
    real, suffix = (ctypes.c_float, "_float") if v.dtype == np.float32 else (ctypes.c_double, "")
    operator = getattr(library, f"prox{suffix}")
    pointer = ctypes.POINTER(real)
    doubles = [ctypes.c_double] * len(values)
    operator.argtypes = [pointer, pointer, ctypes.c_size_t, *doubles]
    out = np.full_like(v, 7.0)
    code = operator(v.ctypes.data_as(pointer), out.ctypes.data_as(pointer), v.size, *values)
    return int(code) if code < 0 else out


def agree(got: np.ndarray, expected: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Tell where two results are the same up to a rounding of result or argument."""
    with np.errstate(invalid="ignore"):
        near = np.abs(got - expected) <= 1e-14 * np.abs(expected) + 4.5e-16 * np.abs(v)
    return (got == expected) | (np.isnan(got) & np.isnan(expected)) | (near & np.isfinite(got))


def compare(case: Case, folder: Path) -> None:
    derived = prox(case.function())
    library = built(source_of(derived, target="c"), folder)
    kernel = compile_kernel(derived)
    # A search takes a millisecond a number.
    v = arguments() if case.name != "entropy_cauchy" else arguments()[::10].copy()
    for step in STEPS:
        values = [step, *(float(case.values[name]) for name in kernel.parameters[1:])]
        got = called(library, v, values)
        try:
            expected = kernel(v, *values)
        except NotDerivable:
            assert isinstance(got, int)
            continue
        assert not isinstance(got, int), values
        wrong = ~agree(got, expected, v)
        assert not wrong.any(), (values, v[wrong][:3], got[wrong][:3], expected[wrong][:3])


@pytest.mark.parametrize("case", [c for c in CASES if c.name in SOME], ids=str)
def test_same_numbers_as_the_kernel(case: Case, tmp_path: Path) -> None:
    compare(case, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_same_numbers_as_the_kernel_on_the_whole_catalogue(case: Case, tmp_path: Path) -> None:
    compare(case, tmp_path)


def test_a_wrong_threshold_is_seen(tmp_path: Path) -> None:
    source = source_of(tables.SOFT, target="c", name="prox")
    wrong = source.replace("size <= border_1", "size <= 1.001*border_1")
    assert wrong != source
    v = np.linspace(-3, 3, 20_001)
    expected = compile_kernel(tables.SOFT, name="prox")(v, 0.5, 1.0)
    assert agree(called(built(source, tmp_path, "a"), v, [0.5, 1.0]), expected, v).all()
    assert not agree(called(built(wrong, tmp_path, "b"), v, [0.5, 1.0]), expected, v).all()


def test_single_precision_is_double_precision_rounded_once(tmp_path: Path) -> None:
    library = built(source_of(tables.LOGSUM, target="c", name="prox"), tmp_path)
    v = np.linspace(-5, 5, 1001, dtype=np.float32)
    expected = called(library, v.astype(np.float64), [1.0, 0.5]).astype(np.float32)
    assert np.array_equal(called(library, v, [1.0, 0.5]), expected)


def test_refusals_have_codes_and_messages(tmp_path: Path) -> None:
    library = built(source_of(tables.REFUSING, target="c", name="prox"), tmp_path)
    code = called(library, np.ones(2), [2.0])
    library.prox_message.restype = ctypes.c_char_p
    assert code == -2
    assert library.prox_message(code) == b"not prox-bounded for step >= 1"


def test_relations_are_checked_on_request(tmp_path: Path) -> None:
    derived = prox(function("Piecewise((0,And(x>=lo,x<=hi)),(oo,True))", where="lo <= hi"))
    library = built(source_of(derived, target="c"), tmp_path)
    params = (ctypes.c_double * 3)(1.0, 3.0, 2.0)
    assert library.prox_violated(params) == 0
    params[2] = 4.0
    assert library.prox_violated(params) == -1


def test_names_that_c_uses(tmp_path: Path) -> None:
    names = ["double", "double_", "exp", "x", "n", "out", "given", "λ", "root", "code"]
    text = " + ".join(f"{i}*{name}*abs(x0)" for i, name in enumerate(names[:7], 1) if name != "x")
    f = function(text.replace("abs(x0)", "abs(x)").replace("exp*", "expo*"))
    library = built(source_of(prox(f), target="c"), tmp_path)
    v = np.array([-300.0, 1.0])
    values = [0.5, *range(1, len(f.parameters) + 1)]
    expected = compile_kernel(prox(f))(v, *values)
    assert np.array_equal(called(library, v, [float(x) for x in values]), expected)


def test_the_header_declares_what_the_file_defines(tmp_path: Path) -> None:
    export(tables.MCP, tmp_path / "mcp.c", name="mcp")
    caller = """#include "mcp.h"
int main(void)
{
    const double given[2] = {0.5, 2.0};
    double out[2];
    const float few[1] = {2.0f};
    float some[1];
    double consts[MCP_CONSTANTS];
    const double params[3] = {0.5, 1.0, 3.0};
    if (mcp(given, out, 2, 0.5, 1.0, 3.0) < 0 || out[0] != 0.0) return 1;
    if (mcp_float(few, some, 1, 0.5, 1.0, 3.0) < 0) return 2;
    if (mcp_setup(params, consts) != 0 || mcp_element(2.0, consts) != out[1]) return 3;
    return mcp_message(0)[0];
}
"""
    (tmp_path / "main.c").write_text(caller)
    command = [str(GCC), *FLAGS[:6], "-o", "main", "main.c", "mcp.c", "-lm"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert subprocess.run([str(tmp_path / "main")], check=False).returncode == 0


def test_headers_cannot_leave_their_comment(tmp_path: Path) -> None:
    text = 'end */ int evil; /* "quoted" \\ ??/'
    library = built(source_of(tables.SOFT, target="c", name="prox", header=text), tmp_path)
    assert not hasattr(library, "evil")


PRIMITIVES = {
    "wright_omega": (lambda x: mp.lambertw(mp.exp(x)).real, (-700.0, -30.0, -2.0, 0.3, 5.0, 1e5)),
    "log_wright_omega": (lambda x: mp.log(mp.lambertw(mp.exp(x)).real), (-30.0, 0.9, 1.1, 1e3)),
    "lambert_w": (lambda x: mp.lambertw(x).real, (-0.3, -0.1, 0.0, 1e-9, 0.5, 2.0, 1e9)),
    "softplus": (lambda x: mp.log(1 + mp.exp(x)), (-40.0, -1.0, 0.0, 3.0, 800.0)),
    "log_cosh": (lambda x: mp.log(mp.cosh(x)), (-3.0, 1e-6, 0.5, 1.0, 700.0)),
    "digamma": (mp.digamma, (0.1, 1.0, 3.7, 100.0)),
    "trigamma": (lambda x: mp.polygamma(1, x), (0.1, 1.0, 3.7, 100.0)),
}


@pytest.mark.parametrize("name", PRIMITIVES)
def test_primitives_against_many_digits(name: str, tmp_path: Path) -> None:
    exact, points = PRIMITIVES[name]
    head = "#include <math.h>\n" + "\n".join(carried.carried(f"{name}(x)"))
    library = built(f"{head}\ndouble call(double x);\ndouble call(double x)\n{{\n    "
                    f"return {name}(x);\n}}\n", tmp_path)  # fmt: skip
    library.call.restype, library.call.argtypes = ctypes.c_double, [ctypes.c_double]
    for x in points:
        with mp.workdps(50):
            true = float(exact(mp.mpf(x)))
        assert math.isclose(library.call(x), true, rel_tol=3e-15, abs_tol=1e-300), x
