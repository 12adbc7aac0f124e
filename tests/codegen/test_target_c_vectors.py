"""C files for kernels of vectors: compiled without warnings, compared with the kernel."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from structured_values import points, setting

import normcalc as nc
from normcalc.codegen import source_of
from normcalc.codegen.c import vectors
from tests.derive.vector_rows import BY_NAME, ROWS

if TYPE_CHECKING:
    from pathlib import Path

GCC = shutil.which("gcc")
FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1", "-shared", "-fPIC")
# No kernel in any language; roots of polynomials; a name with two types.
NO_KERNEL = {"quad_env_card_ind", "quad_env_rank_l2", "dist_set_sq", "set_epi_support",
             "set_epi_dist"}  # fmt: skip
NOT_IN_C = {"l1_over_l2", "l1_over_l2_powers", "norm_max_of"}
QUICK = ["norm2", "slope_owl", "set_simplex", "tv1d", "norm21_group", "tree_group_l2", "nuclear",
         "lad", "norm_p", "fused_lasso", "set_affine", "topk_abs"]  # fmt: skip
pytestmark = pytest.mark.skipif(GCC is None, reason="needs gcc")


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")


def built(source: str, folder: Path, name: str = "kernel") -> ctypes.CDLL:
    (folder / f"{name}.c").write_text(source, encoding="utf-8")
    library = folder / f"{name}.so"
    command = [str(GCC), *FLAGS, "-o", str(library), str(folder / f"{name}.c"), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(library))


def pointer(array: np.ndarray) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)


def passed(kernel: Any, step: float, values: dict[str, Any], kept: list[Any]) -> list[Any]:
    """Return the arguments behind the sizes of the point; arrays stay alive in `kept`."""
    found: list[Any] = [ctypes.c_double(step)] if "step" in kernel.parameters else []
    for parameter in kernel.interface.function.parameters:
        x = values[parameter.name]
        if parameter.kind.order in ("groups", "partition"):
            starts = np.cumsum([0, *map(len, x)]).astype(np.int64)
            kept += [np.array([i for group in x for i in group], np.int64), starts]
            found += [pointer(kept[-2]), pointer(kept[-1]), ctypes.c_size_t(len(x))]
        elif np.ndim(x) == 0:
            found.append(ctypes.c_double(float(x)))
        else:
            kept.append(np.array(x, dtype=np.float64, order="C"))
            found += [pointer(kept[-1]), *map(ctypes.c_size_t, kept[-1].shape)]
    return found


def called(
    library: ctypes.CDLL, kernel: Any, v: Any, step: float, values: dict[str, Any]
) -> tuple[int, Any, str]:
    """Return the code, the point and the message."""
    kind = np.float32 if getattr(v, "dtype", None) == np.float32 else np.float64
    point, out, why = np.array(v, dtype=kind, order="C"), np.full(np.shape(v), 7.0, kind), []
    kept: list[Any] = []
    message = ctypes.c_char_p()
    why = passed(kernel, step, values, kept)
    sizes = map(ctypes.c_size_t, point.shape)
    operator = library.prox if point.dtype == np.float64 else library.prox_float
    code = operator(pointer(point), pointer(out), *sizes, *why, ctypes.byref(message))
    return code, out, (message.value or b"").decode()


def compare(name: str, folder: Path) -> None:
    answer = nc.prox(BY_NAME[name].function())
    kernel = nc.compile(answer)
    library = built(source_of(answer, target="c", name="prox"), folder)
    v, values = setting(BY_NAME[name], answer)
    named = {"step": 0.7} if "step" in kernel.parameters else {}
    for one in points(v):
        code, got, _ = called(library, kernel, one, 0.7, values)
        try:
            wanted = kernel(one, **named, **values)
        except nc.NormcalcError:
            assert code == -1
            continue
        assert code == 0
        scale = max(1e-3, np.abs(one).max(), np.abs(wanted).max())
        assert np.abs(got - wanted).max() <= 1e-9 * scale


@pytest.mark.parametrize("name", QUICK)
def test_a_row(name: str, tmp_path: Path) -> None:
    compare(name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", [r.name for r in ROWS if r.name not in {*QUICK, *NO_KERNEL}])
def test_every_row(name: str, tmp_path: Path) -> None:
    if nc.prox(BY_NAME[name].function()).operator is None:
        return  # works number by number: test_target_c
    if name in NOT_IN_C:
        with pytest.raises(nc.NotDerivable, match=r"^C "):
            source_of(nc.prox(BY_NAME[name].function()), target="c")
        return
    compare(name, tmp_path)


def test_what_c_has_not_is_named() -> None:
    with pytest.raises(nc.NotDerivable, match="C text has no"):
        source_of(nc.prox(BY_NAME["l1_over_l2"].function()), target="c")
    with pytest.raises(nc.InputError, match="for_torch"):
        source_of(nc.prox(BY_NAME["norm2"].function()), target="torch")


def test_sizes_ties_and_large_vectors(tmp_path: Path) -> None:
    answer = nc.prox(BY_NAME["slope_owl"].function())
    kernel = nc.compile(answer)
    library = built(source_of(answer, target="c", name="prox"), tmp_path)
    rng = np.random.default_rng(0)
    for n in (1, 2, 63, 65, 3000):
        w = np.sort(rng.uniform(size=n))[::-1].copy()
        for v in (rng.normal(size=n), np.round(rng.normal(size=n)), np.zeros(n)):
            _, got, _ = called(library, kernel, v, 0.7, {"w": w})
            assert np.array_equal(got, kernel(v, 0.7, w))


@pytest.mark.parametrize("name", ["slope_owl", "linf1_rows"])
def test_single_precision_is_double_precision_rounded_once(name: str, tmp_path: Path) -> None:
    answer = nc.prox(BY_NAME[name].function())
    kernel = nc.compile(answer)
    library = built(source_of(answer, target="c", name="prox"), tmp_path)
    v, values = setting(BY_NAME[name], answer)
    v = v.astype(np.float32)
    double = called(library, kernel, v.astype(float), 0.7, values)[1]
    single = called(library, kernel, v, 0.7, values)[1]
    assert single.dtype == np.float32
    assert np.array_equal(single, double.astype(np.float32))
    assert not np.array_equal(single, double)


COUNTING = """
#include <stdlib.h>
static size_t held, most;
static void *counted(size_t n);
static void *counted(size_t n)
{
    size_t *p = malloc(n + 16);
    *p = n;
    held += n;
    most = held > most ? held : most;
    return (char *)p + 16;
}
static void dropped(void *p);
static void dropped(void *p)
{
    size_t *start = (size_t *)(void *)((char *)p - 16);
    held -= *start;
    free(start);
}
size_t left_over(void);
size_t left_over(void) { return held; }
size_t peak(void);
size_t peak(void) { return most; }
#define malloc counted
#define free dropped
"""


LOOP = """
def apply(v, step, p, out):
    for i in range(200):
        moved = v + 1.0*i
        out[0] = moved[0]
    return True
"""


def test_memory_of_a_loop_does_not_grow_with_its_turns(tmp_path: Path) -> None:
    answer = nc.prox(BY_NAME["norm2"].function())
    text = COUNTING + vectors.source(answer, LOOP, "prox")
    kept = re.sub(r"release\(w, turn\d+\);", "(void)0;", text)
    kept = re.sub(r" *const mark turn\d+ .*", "", kept)
    assert kept != text
    v, peaks = np.zeros(30_000), []
    for place, source in enumerate((text, kept)):
        library = built(source, tmp_path, f"kernel{place}")
        library.left_over.restype = library.peak.restype = ctypes.c_size_t
        assert called(library, nc.compile(answer), v, 0.7, {"lam": 1.0})[0] == 0
        assert library.left_over() == 0
        peaks.append(library.peak() / v.nbytes)
    assert peaks[0] < 10
    assert peaks[1] > 200


def test_codes_and_messages(tmp_path: Path) -> None:
    answer = nc.prox(BY_NAME["set_simplex"].function())
    kernel = nc.compile(answer)
    library = built(source_of(answer, target="c", name="prox"), tmp_path)
    assert called(library, kernel, np.ones(3), 1.0, {"r": -1.0})[::2] == (-1, "the set is empty")
    code, out, message = called(library, kernel, [1.0, np.nan, 2.0], 1.0, {"r": 1.0})
    assert (code, message) == (1, "")
    assert np.isnan(out).all()
    assert called(library, kernel, np.ones(2), 1.0, {"r": 1.0})[1].tolist() == [0.5, 0.5]


def test_a_wrong_loop_is_seen(tmp_path: Path) -> None:
    answer = nc.prox(BY_NAME["norm2"].function())
    source = source_of(answer, target="c", name="prox")
    wrong = source.replace("scale_ = (", "scale_ = 1.001*(", 1)
    assert wrong != source
    kernel, v = nc.compile(answer), np.array([3.0, 4.0])
    right = called(built(source, tmp_path, "a"), kernel, v, 1.0, {"lam": 1.0})[1]
    other = called(built(wrong, tmp_path, "b"), kernel, v, 1.0, {"lam": 1.0})[1]
    assert right == pytest.approx([2.4, 3.2], rel=1e-15)
    assert not np.allclose(other, right, rtol=1e-9)


def test_files_with_a_header(tmp_path: Path) -> None:
    written = nc.export(nc.prox(BY_NAME["norm21_group"].function()), tmp_path / "groups.c")
    header = (tmp_path / "groups.h").read_text()
    assert "const int64_t *G, const int64_t *G_starts, size_t G_count" in header
    command = [str(GCC), *FLAGS, "-o", str(tmp_path / "g.so"), str(written), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
