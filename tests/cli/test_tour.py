"""The tour tells what it promises, writes complete files, and what it shows can be typed."""

from __future__ import annotations

import doctest
import io
import json
import re
import subprocess
import sys
from code import InteractiveInterpreter
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from normcalc.cli import main
from normcalc.cli.tour.story import WIDE, Story, fold, prepare
from normcalc.errors import InputError

FILES = {
    "mcp-prox.tex": b"\\begin{gather*}",
    "mcp_prox.py": b'"""prox of Piecewise',
    "octagon-and-dual.pdf": b"%PDF",
    "octagon-and-dual.png": b"\x89PNG",
    "mcp-and-prox.pdf": b"%PDF",
    "mcp-and-prox.png": b"\x89PNG",
}
# What the tour must show: both step regimes, the steps, certificates, Lambert W and how it is
# evaluated, when it compiles, fits with what was proved of them, the norm, its dual, the files.
TOLD = [
    "if step < gamma:",
    "if step >= gamma:",
    "u = gamma*(v - lam*step)/(gamma - step)",
    "overtakes u = 0",
    "proved   global minimiser for step < gamma",
    "u = (v - lam*step)/(1 + mu*step)",
    "u = step*lambertw(exp((v - step)/step)/step)",
    "step*wright_omega(",
    "verified the kernel equals the table in float32",
    "442 x 10, lam = 4.516",
    "442 x 64, lam = 4.516",
    "bmi:bp",
    "optimal, duality gap",
    "stationary, residual",
    "kind                    norm",
    "max(abs(x1) + (-1 + sqrt(2))*abs(x2), (-1 + sqrt(2))*abs(x1) + abs(x2))",
    "an octagon",
    "Files written:",
]


@dataclass(frozen=True)
class Tour:
    text: str
    folder: Path


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    folder = tmp_path_factory.mktemp("tour") / "made" / "here"
    with redirect_stdout(io.StringIO()) as told:
        assert main(["tour", "--out", str(folder)]) == 0
    return Tour(told.getvalue(), folder)


@pytest.mark.parametrize("part", TOLD)
def test_is_told(tour, part):
    assert part in " ".join(tour.text.split()) or part in tour.text


def test_says_when_it_compiles(tour):
    said = re.findall(r"compiled now, once, in|found on disk, loaded in", tour.text)
    assert len(said) == 3


def test_sections_are_timed(tour):
    heads = re.findall(r"^(\d\. .*)\n=+$", tour.text, re.MULTILINE)
    assert len(heads) == Story.total
    for head in heads:
        assert re.search(rf"^{re.escape(head)} +\d+\.\d s$", tour.text, re.MULTILINE)


def test_fits_the_terminal(tour):
    assert max(map(len, tour.text.splitlines())) <= WIDE


def test_files_are_listed_and_complete(tour):
    listed = tour.text.partition("Files written:\n")[2].split()
    assert sorted(listed) == sorted(str(tour.folder / name) for name in FILES)
    assert sorted(path.name for path in tour.folder.iterdir()) == sorted(FILES)
    for name, magic in FILES.items():
        assert (tour.folder / name).read_bytes().startswith(magic)
        assert (tour.folder / name).stat().st_size > 200


def test_fonts_are_embedded(tour):
    for name in FILES:
        if name.endswith(".pdf"):
            content = (tour.folder / name).read_bytes()
            assert b"/FontFile2" in content
            assert b"/Type3" not in content


def test_kernel_file_runs_alone(tour):
    code = "import mcp_prox; print(float(mcp_prox.prox(2.0, 1.0, 1.0, 3.0)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tour.folder, capture_output=True, text=True, check=True,
        env={"NORMCALC_JIT": "0"},
    )  # fmt: skip
    assert done.stdout == "1.5\n"


class Session(InteractiveInterpreter):
    """A session that keeps what Python complains about."""

    complaints = ""

    def write(self, data: str) -> None:
        self.complaints += data


def test_what_is_shown_can_be_typed(tour):
    examples = doctest.DocTestParser().get_examples(tour.text)
    assert len(examples) > 30
    names: dict[str, Any] = {}
    typed = Session(names)
    with redirect_stdout(io.StringIO()):
        for example in examples:
            assert not typed.runsource(example.source, symbol="single"), example.source
    assert not typed.complaints
    assert names["lasso"].support.size == 11
    assert names["sparse"].support.size == 8


def test_json(tour, capsys):
    capsys.readouterr()
    assert main(["tour", "--out", str(tour.folder), "--json", "--verbose"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [Path(name).name for name in data["files"]] == list(FILES)
    assert data["certificates"]["mcp"]["status"] == "proved"
    assert {fit["status"] for fit in data["fits"]} == {"optimal", "stationary"}
    assert data["fits"][0]["gap"] < 1e-4
    assert data["fits"][1]["gap"] is None
    assert data["norm"]["kind"] == "norm"
    assert len(data["sections"]) == Story.total


def test_out_is_a_file(run, tmp_path):
    path = tmp_path / "taken"
    path.write_text("mine")
    done = run("tour", "--out", str(path))
    assert done.code == 2
    assert done.err == f"normcalc tour: {path} is a file; --out takes a directory\n"
    assert path.read_text() == "mine"


def test_out_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        prepare(tmp_path / "file" / "below")


def test_fold_keeps_every_word():
    text = "a\n  bb ccc   dddd\n\n" + "word " * 40
    assert fold(text, 20, hang=4).split() == text.split()
    assert max(map(len, fold(text, 20, hang=4).splitlines())) <= 20
