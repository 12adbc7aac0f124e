"""Code of the pages that no session runs: C, other packages' solvers, and parts of the library."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from runpy import run_path
from typing import Any

import numpy as np
import pytest

import normcalc as nc
from normcalc.codegen import emit, exports, targets, writers
from normcalc.derive.search import derivation
from normcalc.forms import lower
from normcalc.theorems import registry

DOCS = Path(__file__).parents[2] / "docs"
COMPILER = shutil.which("cc") or shutil.which("gcc")


def blocks(page: str, language: str = "python") -> list[str]:
    """Return the blocks of a page that are no session."""
    fence = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [b for b in fence.findall((DOCS / page).read_text("utf-8")) if ">>>" not in b]


def run(text: str, folder: Path, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run a block as a module in which some names are known, and return all names."""
    path = folder / "block.py"
    path.write_text(text, "utf-8")
    return run_path(str(path), names, "block")


def session(page: str) -> str:
    """Return what the sessions of a page type."""
    text = (DOCS / page).read_text("utf-8")
    return "\n".join(re.findall(r"^(?:>>>|\.\.\.) ?(.*)$", text, re.MULTILINE))


@pytest.mark.skipif(COMPILER is None, reason="needs a C compiler")
def test_c_program_of_the_tutorial(tmp_path: Path) -> None:
    (program,) = blocks("tutorials/engineer.md", "c")
    (tmp_path / "program.c").write_text(program, "utf-8")
    p = nc.prox(nc.function("buy*max(x, 0) + sell*max(-x, 0) + impact*abs(x)**(3/2)"))
    nc.export(p, tmp_path / "cost.c", name="cost")
    line = re.findall(r"^cc (.*)$", (DOCS / "tutorials/engineer.md").read_text("utf-8"), re.M)[0]
    subprocess.run([str(COMPILER), *line.split()], cwd=tmp_path, check=True)
    printed = subprocess.run([tmp_path / "program"], capture_output=True, text=True, check=True)
    ours = nc.compile(p)([-2.0, -0.1, 0.0, 0.3, 2.0], step=1.0, buy=0.4, sell=0.2, impact=0.5)
    assert [float(x) for x in printed.stdout.split()] == pytest.approx(ours, abs=5e-7)


ELSEWHERE = blocks("howto/use-elsewhere.md")
NEEDED = [re.findall(r"^(?:from|import) (\w+)", block, re.MULTILINE) for block in ELSEWHERE]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("block", ELSEWHERE, ids=[names[-1] for names in NEEDED])
def test_other_packages_find_the_same_solution(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = set(re.findall(r"^(?:from|import) (\w+)", block, re.MULTILINE)) - {"runpy"}
    missing = sorted(n for n in needed if importlib.util.find_spec(n) is None)
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    monkeypatch.chdir(tmp_path)
    names = run(block, tmp_path, run(session("howto/use-elsewhere.md"), tmp_path))
    np.testing.assert_allclose(np.asarray(names["x"]), names["reference"].x, atol=1e-7)


def test_five_packages_are_shown() -> None:
    shown = {"pyproximal", "skglm", "copt", "torch", "jax"}
    assert shown <= {n for names in NEEDED for n in names}


def test_the_theorem_of_the_page_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = blocks("howto/add-a-theorem.md")
    every = {theorem.name: theorem for theorem in registry.all_theorems()}  # loads them, for good
    monkeypatch.setattr(registry, "_THEOREMS", every)
    names = run(text, tmp_path)
    f = nc.function("max(norm(x), norm(x, 1)/sqrt(2))")
    found = names["dual_of_largest"](lower(f), derivation).value
    assert str(found) == "infimal_convolution(norm(x), sqrt(2)*max(abs(x)))"
    points = np.random.default_rng(0).standard_normal((4, 3))
    definition = nc.function("dual_norm(max(norm(x), norm(x, 1)/sqrt(2)))")
    for v in points:
        assert found(v) == pytest.approx(definition(v), rel=1e-6)
    assert found(np.ones(3)) == pytest.approx(2**0.5)
    assert nc.function("norm(x)")(np.ones(3)) == pytest.approx(3**0.5)  # a wrong dual norm
    with pytest.raises(nc.NotDerivable):
        names["dual_of_largest"](lower(nc.function("min(norm(x), norm(x, 1))")), derivation)


def test_the_target_of_the_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prologue, rows = blocks("howto/add-a-target.md")
    names = run(prologue, tmp_path)
    for table in (targets.PROLOGUES, emit._FOOTS, writers.WRITERS):
        monkeypatch.setitem(table, "checked", None)  # so that the entry goes when the test ends
    names |= {"PROLOGUES": targets.PROLOGUES, "_FOOTS": emit._FOOTS, "WRITERS": writers.WRITERS}
    names |= {"Writer": writers.Writer, "emit": emit.emit, "retargeted": emit.retargeted}
    names["_PYTHON"] = exports._PYTHON
    names = run(rows, tmp_path, names)
    monkeypatch.setattr(exports, "_PYTHON", names["_PYTHON"])
    p = nc.prox(nc.function("lam*abs(x)"))
    path = nc.export(p, tmp_path / "own.py", target="checked", name="own")
    assert "boundscheck=True" in path.read_text("utf-8")
    script = "from own import own; print(own([2.0, 0.1], 0.5, 1.0).tolist())"
    found = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=dict(os.environ),
                           capture_output=True, text=True, check=True)  # fmt: skip
    assert found.stdout.strip() == "[1.5, 0.0]"


def test_a_penalty_is_added_as_the_page_says() -> None:
    text = (DOCS / "howto/add-a-penalty.md").read_text("utf-8")
    formula = re.findall(r'return function\("(.+?)"\)', text)[0]
    at, value, given = re.findall(r"known\((-?\d+), (\d+), (.+?)\)", text)[0]
    numbers = {n: float(x) for n, x in re.findall(r"(\w+)=([\d.]+)", given)}
    assert nc.function(formula)(float(at), **numbers) == float(value)
