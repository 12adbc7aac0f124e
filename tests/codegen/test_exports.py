"""Files of every kind: golden texts, what they say of themselves, and what is refused."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

import codegen_tables as tables
import pytest

import normcalc as nc
from normcalc.codegen import compile as compile_kernel
from normcalc.codegen import export, source_of
from normcalc.codegen.writers import WRITERS
from normcalc.errors import InputError

GOLDEN = Path(__file__).parent / "golden"
UPDATE = "NORMCALC_UPDATE_GOLDEN"
TABLES = {
    **{name: example.table for name, example in tables.EXAMPLES.items()},
    "conjugate_cube": tables.CONJUGATE_CUBE,
    "box": tables.BOX,
    "refusing": tables.REFUSING,
}
FORMULAS = {
    "soft": "lam*abs(x)",
    "half": "lam*sqrt(abs(x))",
    "mcp": "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))",
    "logsum": "lam*log(1 + abs(x)/eps)",
    "exponential": "exp(x)",
}


def compare(text: str, name: str) -> None:
    path = GOLDEN / name
    if os.environ.get(UPDATE) == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["c", "h", "cuda", "jax", "torch"])
@pytest.mark.parametrize("name", TABLES)
def test_golden_texts(name: str, target: str) -> None:
    """Set NORMCALC_UPDATE_GOLDEN=1 to rewrite the files; then read the difference."""
    header = f"Proximal operator of {name}."
    text = source_of(TABLES[name], target=target, name=name, header=header)
    compare(text, f"{target}/{name}{WRITERS[target].suffix}.txt")


@pytest.mark.parametrize("name", FORMULAS)
def test_golden_formulas(name: str, tmp_path: Path) -> None:
    path = export(nc.prox(nc.function(FORMULAS[name])), tmp_path / "formula.tex")
    # an equal formula that was typed in other words may have been derived before
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    head = lines[0].removeprefix("% prox of ").partition(": argmin")[0]
    assert nc.function(head) == nc.function(FORMULAS[name])
    told = "".join(line for line in lines if not line.startswith("% prox of"))
    compare(told, f"tex/{name}.tex.txt")


@pytest.mark.parametrize("target", ["cuda", "jax", "torch"])
@pytest.mark.parametrize("name", TABLES)
def test_python_targets_parse_and_import_what_they_say(name: str, target: str) -> None:
    tree = ast.parse(source_of(TABLES[name], target=target))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    rooms = {each.partition(".")[0] for each in imported}
    allowed = {"cuda": {"numba", "numpy"}, "jax": {"jax"}, "torch": {"torch"}}[target]
    assert rooms <= {"__future__", "math"} | allowed
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    assert not [a for f in functions for a in f.args.args if a.annotation is not None]


@pytest.mark.parametrize("suffix", [".py", ".c", ".h", ".tex"])
def test_files_tell_the_formula_the_source_and_the_certificate(suffix, tmp_path) -> None:
    derived = nc.prox(nc.function("lam*abs(x)"))
    certificate = nc.certify(derived)
    path = export(derived, tmp_path / f"soft{suffix}", certificate=certificate)
    text = path.read_text(encoding="utf-8")
    assert "prox of lam*abs(x): argmin_u f(u) + (u - v)^2/(2 step)" in text
    assert "v - lam*step  v >= lam*step" in text
    assert "Source: rockafellarwets1998" in text
    assert f"Certificate: {certificate.status}" in text
    assert "global minimiser for all parameters" in text


def test_a_c_file_has_its_header_beside_it(tmp_path) -> None:
    export(tables.SOFT, tmp_path / "soft.c", name="soft")
    assert '#include "soft.h"' in (tmp_path / "soft.c").read_text()
    assert "double soft_element(double v, const double *consts);" in (
        tmp_path / "soft.h"
    ).read_text()  # fmt: skip


def test_derivatives_are_exported(tmp_path) -> None:
    path = export(tables.SOFT, tmp_path / "slope.c", name="slope", derivative="lam")
    text = path.read_text()
    assert "The derivative in lam of" in text
    assert "= -step; /* c1 */" in text
    assert "result = c1;" in text
    with_name = export(nc.prox(nc.function("abs(x)")), tmp_path / "d.h", derivative="step")
    assert "double prox_dstep_element(double v, const double *consts);" in with_name.read_text()


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("soft.f90", {}, "kernels are written as .py, .c, .h, .tex"),
        ("soft", {}, "a file without suffix"),
        ("soft.py", {"target": "c"}, "'c' is no target of a .py file"),
        ("soft.c", {"target": "jax"}, "another suffix"),
        ("soft.py", {"target": "fortran"}, "'fortran' is no target"),
        ("soft.tex", {}, "written from a derivation"),
    ],
)
def test_what_is_refused(name, options, words, tmp_path) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        export(tables.SOFT, tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_kernel_is_python_text(tmp_path) -> None:
    kernel = compile_kernel(tables.SOFT, name="soft")
    assert "from numba import njit" in export(kernel, tmp_path / "soft.py").read_text()
    plain = export(kernel, tmp_path / "plain.py", target="plain").read_text()
    assert "numba" not in plain
    with pytest.raises(InputError, match="give the derivation"):
        export(kernel, tmp_path / "soft.c")


def environments(text: str) -> list[str]:
    """Return the environments that are open at the end; raise where one is closed wrongly."""
    waiting: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+\*?)\}", text):
        if kind == "begin":
            waiting.append(name)
        else:
            assert waiting.pop() == name
    return waiting


@pytest.mark.parametrize("name", FORMULAS)
def test_latex_is_balanced(name, tmp_path) -> None:
    path = export(nc.prox(nc.function(FORMULAS[name])), tmp_path / "formula.tex")
    text = path.read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    assert environments(body) == []
    grouped = re.sub(r"\\[{}]", "", body)
    assert grouped.count("{") == grouped.count("}")
    assert body.count(r"\left") == body.count(r"\right")
    assert r"\prox_{" in body


def test_an_environment_that_is_closed_wrongly_is_seen() -> None:
    with pytest.raises(AssertionError):
        environments(r"\begin{cases} \end{aligned}")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize("name", FORMULAS)
def test_latex_compiles(name, tmp_path) -> None:
    path = export(nc.prox(nc.function(FORMULAS[name])), tmp_path / "formula.tex")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
