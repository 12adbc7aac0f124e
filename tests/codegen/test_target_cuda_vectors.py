"""Kernels of vectors for graphics cards, in numba's simulator, against those for processors."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structured_values import points, setting

import normcalc as nc
from normcalc.codegen import source_of
from tests.derive.vector_rows import BY_NAME, ROWS

GOLDEN = Path(__file__).parent / "golden" / "cuda"
QUICK = ["norm2", "slope_owl", "set_simplex", "set_ball_l1", "norm_inf", "ksupport", "tv1d",
         "norm21_group", "linf1_rows", "logsumexp", "lad"]  # fmt: skip
SIMULATE = """
import importlib.util, pickle, sys
import numpy as np

def loaded(name):
    spec = importlib.util.spec_from_file_location(name, f"{sys.argv[1]}/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

with open(f"{sys.argv[1]}/data.pickle", "rb") as file:
    data = pickle.load(file)
for name, (v, given, wanted) in data.items():
    try:
        got = loaded(name).operator(v, *given, count=3, threads=2)
    except ValueError as error:
        print(name, error)
        continue
    far = np.abs(got - wanted).max() > 1e-9 * max(1e-3, np.abs(v).max(), np.abs(wanted).max())
    single = loaded(name).operator(v.astype(np.float32), *given, count=2, threads=1)
    strange = np.array(v[:2])
    strange[0].flat[0] = np.nan
    first, second = loaded(name).operator(strange, *given, threads=2)
    kept = single.dtype == np.float32 and np.isnan(first).all() and np.isfinite(second).all()
    print(name, "far" if far else "close", "kept" if kept else "lost")
"""


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")


def row(name: str) -> tuple[str, tuple[Any, ...]]:
    """Return the text for cards, and points, parameters and what processors make of them."""
    answer = nc.prox(BY_NAME[name].function())
    kernel = nc.compile(answer)
    v, values = setting(BY_NAME[name], answer)
    named = {"step": 0.7} if "step" in kernel.parameters else {}
    given, wanted = [], []
    for point in points(v):
        try:
            wanted.append(kernel(point, **named, **values))
        except nc.NormcalcError:
            continue
        given.append(point)
    numbers = [*named.values(), *(values[p.name] for p in answer.function.parameters)]
    text = source_of(answer, target="cuda", name="operator")
    return text, (np.array(given), numbers, np.array(wanted))


def simulated(texts: dict[str, str], data: dict[str, Any], folder: Path) -> list[str]:
    """Return what the simulator prints; one process, since numba decides when it is imported."""
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    with (folder / "data.pickle").open("wb") as file:
        pickle.dump(data, file)
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    command = [sys.executable, "-W", "ignore", "-c", SIMULATE, str(folder)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def compare(names: list[str], folder: Path) -> None:
    rows = {name: row(name) for name in names}
    texts = {name: text for name, (text, _) in rows.items()}
    lines = simulated(texts, {name: data for name, (_, data) in rows.items()}, folder)
    assert lines == [f"{name} close kept" for name in names]


def test_the_same_numbers_as_processors(tmp_path: Path) -> None:
    compare(QUICK, tmp_path)


@pytest.mark.slow
def test_every_row_that_goes_to_cards(tmp_path: Path) -> None:
    names = []
    for one in ROWS:
        try:
            answer = nc.prox(one.function())
            if answer.operator is not None and one.name not in QUICK:
                source_of(answer, target="cuda")
                names.append(one.name)
        except nc.NotDerivable:
            continue
    assert len(names) > 130
    compare(names, tmp_path)


def test_a_wrong_loop_and_refusals_are_seen(tmp_path: Path) -> None:
    text, (v, _, wanted) = row("set_simplex")
    wrong = text.replace("larger(v[i] - tau, 0.0)", "larger(v[i] - 1.01 * tau, 0.0)")
    assert wrong != text
    data = {"wrong": (v, [0.7, 1.0], wanted), "empty": (v, [0.7, -1.0], wanted)}
    lines = simulated({"wrong": wrong, "empty": text}, data, tmp_path)
    assert lines == ["wrong far kept", "empty the set is empty"]


def test_memory_that_is_short_is_asked_for_again(tmp_path: Path) -> None:
    text, data = row("slope_owl")
    little = text.replace("8 * stack[0].size + 4096", "4")
    assert little != text
    assert simulated({"slope": little}, {"slope": data}, tmp_path) == ["slope close kept"]


@pytest.mark.parametrize("name", ["nuclear", "set_psd", "l1_over_l2", "norm_max_of"])
def test_what_does_not_go_to_cards_is_refused(name: str) -> None:
    with pytest.raises(nc.NotDerivable, match=r"graphics cards.*target='numba'"):
        source_of(nc.prox(BY_NAME[name].function()), target="cuda")


@pytest.mark.parametrize("name", ["set_simplex", "norm21_group"])
def test_golden(name: str) -> None:
    text = source_of(nc.prox(BY_NAME[name].function()), target="cuda", name="operator")
    path = GOLDEN / f"vector_{name}.py.txt"
    if os.environ.get("NORMCALC_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
