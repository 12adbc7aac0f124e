"""What is written for TeX goes through TeX: TikZ pictures, PGF figures."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

import normcalc as nc

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    shutil.which("pdflatex") is None or shutil.which("pdftotext") is None,
    reason="needs pdflatex and poppler",
)

CUBE = nc.function("norm(x, oo)")
MCP = nc.function(
    "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
)
FIGURES = {
    "polytope": (lambda: nc.plot.ball3d(CUBE, label=r"50% of $\ell_\infty$").figure, "50% of"),
    "shaded": (lambda: nc.plot.ball3d(nc.function("norm(x[:2]) + abs(x[2])")).figure, ""),
    "pair": (lambda: nc.plot.dual_pair(nc.function("max(abs(x1), abs(x1 + x2))")), "dual norm"),
    "curve": (lambda: nc.plot.penalty(MCP, step=2.0, lam=1.0, gamma=1.0), "prox"),
    "powers": (
        lambda: nc.plot.path(np.geomspace(1, 1e-3, 4), [[0, 0], [1, 0], [2, 1], [2, 2]]).figure,
        "10\u22123",
    ),
}


def typeset(path: Path) -> Path:
    """Compile a document and return its PDF."""
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-1500:]
    return path.with_suffix(".pdf")


def asked(command: str, path: Path) -> str:
    """Return what a tool of poppler says about a PDF."""
    done = subprocess.run([command, path, *["-"][: command == "pdftotext"]], capture_output=True)
    return done.stdout.decode("utf-8")


@pytest.mark.parametrize("name", FIGURES)
def test_tikz_is_a_document_of_the_size_of_the_figure(name: str, tmp_path: Path) -> None:
    draw, words = FIGURES[name]
    figure = draw()
    page = typeset(nc.plot.save(figure, tmp_path / "figure.tex"))
    (width, height) = re.findall(r"Page size: +([\d.]+) x ([\d.]+)", asked("pdfinfo", page))[0]
    wide, high = 72 * figure.get_size_inches()
    assert abs(float(width) - wide - 2) < 0.1  # a border of one point around it
    assert abs(float(height) - high - 2) < 0.1
    assert words in asked("pdftotext", page)
    assert "Type 3" not in asked("pdffonts", page)


def test_a_picture_with_a_slip_is_no_document(tmp_path: Path) -> None:
    path = nc.plot.save(nc.plot.ball3d(CUBE).figure, tmp_path / "figure.tex")
    path.write_text(path.read_text("utf-8").replace("dash pattern", "dashed pattern"), "utf-8")
    with pytest.raises(AssertionError, match="dashed pattern"):
        typeset(path)


@pytest.mark.parametrize("name", ["polytope", "shaded", "powers"])
def test_pgf_goes_into_a_document(name: str, tmp_path: Path) -> None:
    draw, words = FIGURES[name]
    figure = draw()
    for k in range(2):
        nc.plot.save(figure, tmp_path / f"figure{k}.pgf", CUBE)
    text = (tmp_path / "figure0.pgf").read_text("utf-8")
    assert text.startswith("% norm(x, oo)\n")
    assert text == (tmp_path / "figure1.pgf").read_text("utf-8").replace("figure1", "figure0")
    assert (tmp_path / "figure0-img0.png").exists() == (name == "shaded")
    paper = tmp_path / "paper.tex"
    packages = r"\usepackage{amsmath,amssymb,pgf}\def\mathdefault#1{#1}"
    paper.write_text(
        rf"\documentclass{{article}}{packages}\begin{{document}}\input{{figure0.pgf}}\end{{document}}"
    )
    page = typeset(paper)
    assert words.replace("\u2212", "") in asked("pdftotext", page).replace("\u2212", "")
    assert "Type 3" not in asked("pdffonts", page)
