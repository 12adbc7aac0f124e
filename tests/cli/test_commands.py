"""Each command does what its help says, in words and in JSON."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import normcalc as nc
from normcalc.cli import main
from normcalc.cli.arguments import COMMANDS

L1 = "lam*abs(x)"
SOFT = "sign(v)*max(abs(v) - lam*step, 0)"
OCTAGON = "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"
NAMES = [module.__name__.rpartition(".")[2] for module in COMMANDS]

# Words on the command line, the exit code, and what both kinds of output contain.
CASES = [
    (["derive", "prox", L1], 0, "u = v - lam*step"),
    (["derive", "prox", " -x**2"], 0, "not prox-bounded"),
    (["derive", "conjugate", L1], 0, "lam"),
    (["derive", "moreau_envelope", L1], 0, "v**2/(2*step)"),
    (["derive", "dual_norm", "max(abs(x1), abs(x2))"], 0, "abs(x1) + abs(x2)"),
    (["derive", "subdifferential", L1], 0, "[-lam, lam]"),
    (["derive", "prox", "x*log(x)", "--domain", "0", "oo"], 0, "lambertw"),
    (["derive", "prox", "-log(x)", "--domain", "0", "None"], 0, "sqrt"),
    (["derive", "prox", "abs(t)", "--variable", "t"], 0, "step"),
    (["derive", "prox", L1, "--kind", "lam=1/2"], 0, "step/2"),
    (["derive", "prox", "c*x", "--kind", "c=Real"], 0, "c*step"),
    (["derive", "smoothness", "log(1 + exp(x))"], 0, "1/4"),
    (["derive", "strong_convexity", "mu*x**2"], 0, "2*mu"),
    (["derive", "weak_convexity", "lam*log(1 + abs(x)/eps)"], 0, "lam/eps**2"),
    (["derive", "lipschitz", L1, "--latex"], 0, r"= \lambda"),
    (["derive", "penalty_from_shrinkage", SOFT], 0, L1),
    (["derive", "penalty_from_shrinkage", "x/2", "--latex"], 0, "frac{x^{2}}{2}"),
    (["certify", L1], 0, "proved"),
    (["certify", L1, "--operator", SOFT], 0, "verified"),
    (["certify", L1, "--goal", "conjugate"], 0, "proved"),
    (["certify", "x**2/2", "--operator", "-v", "--budget", "2"], 1, "wrong at"),
    (["certify", L1, "--operator", "max(abs(v) - lam*step, 0)"], 1, "wrong at"),
    (["facts", OCTAGON], 0, "norm"),
    (["facts", "norm(x, p)"], 0, "norm if p >= 1"),
    (["kernel", L1], 0, "def prox(v, step, lam, out=None)"),
    (["kernel", L1, "--goal", "conjugate", "--target", "plain"], 0, "def conjugate(v, lam"),
    (["kernel", L1, "--target", "c"], 0, "int prox(const double *given, double *out, size_t n"),
    (["kernel", L1, "--target", "h"], 0, "double prox_element(double v, const double *consts);"),
    (["kernel", L1, "--target", "jax"], 0, "@jax.custom_jvp"),
    (["kernel", L1, "--derivative", "lam"], 0, "def prox_dlam(v, step, lam, out=None)"),
    (["doctor"], 0, "numba"),
    (["cache", "info"], 0, "kernels"),
    (["derive", "gradient", "norm(A @ x - b)**2/2"], 0, "transpose(A) @ (A @ x - b)"),
    (["derive", "hessian", "log(sum(exp(x)))"], 0, "outer"),
    (["derive", "conjugate", "norm(x)**2/2"], 0, "norm(x)"),
    (["derive", "prox", "-x**4"], 1, "not prox-bounded"),
    (["derive", "prox", "x1**3*x2"], 1, "x1**3*x2"),
]


@pytest.mark.parametrize(("words", "code", "part"), CASES, ids=lambda case: str(case)[:40])
def test_command(run, words, code, part):
    done = run(*words)
    assert done.code == code
    assert part in (done.out if code == 0 else done.err)
    assert bool(done.err) == bool(code)
    assert not code or done.out == ""


@pytest.mark.parametrize(("words", "code", "part"), CASES, ids=lambda case: str(case)[:40])
def test_json(run, words, code, part):
    done = run(*words, "--json")
    assert done.code == code
    assert done.data
    assert ("error" in done.data) == (code != 0)


def test_derivation_as_data(run):
    regimes = run("derive", "prox", L1, "--json").data["table"]["regimes"]
    assert [case["point"] for case in regimes[0]["cases"]] == ["0", "v - lam*step"]
    assert [case["to"] for case in regimes[0]["cases"]] == ["lam*step", "oo"]


def test_point_without_a_formula_as_data(run):
    cases = run("derive", "prox", "lam*sqrt(abs(x))", "--json").data["table"]["regimes"][0][
        "cases"
    ]
    assert cases[0]["jumps_above"]
    assert cases[1]["slope"]
    assert not cases[1]["point"]


def test_constants_and_penalties_as_data(run):
    regimes = run("derive", "smoothness", L1, "--json").data["regimes"]
    assert [regime["value"] for regime in regimes] == ["oo"]
    found = run("derive", "penalty_from_shrinkage", "where(abs(v) > t, v, 0)", "--json").data
    assert found["jumps"] == [{"from": "0", "to": "t"}]
    assert "prox" in found["latex"]


def test_refutation_as_data(run):
    data = run("certify", "x**2/2", "--operator", "v/2", "--json").data
    assert data["error"] == "Refuted"
    witness = data["witness"]
    v, step = witness["v"], witness["step"]
    # The witness can be checked by hand.
    assert witness["claimed_point"] == pytest.approx(v / 2)
    assert witness["better_point"] == pytest.approx(v / (1 + step))
    assert witness["better_value"] < witness["claimed_value"]


def test_explanation_and_latex(run):
    explained = run("derive", "prox", L1, "--explain")
    assert "theorem prox_by_hull" in explained.out
    assert run("derive", "prox", L1, "--explain", "--json").data["explanation"] in explained.out
    assert r"\begin{cases}" in run("derive", "prox", L1, "--latex").out


def test_formula_from_standard_input(run, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(f"{L1}\n"))
    assert run("derive", "prox", "-").out == run("derive", "prox", L1).out


def test_kernel_file_runs_alone(run, tmp_path):
    path = tmp_path / "soft.py"
    done = run("kernel", L1, "-o", str(path), "--target", "plain", "--json")
    assert done.data["file"] == str(path)
    code = "import soft, sys; print(soft.prox(-3.0, 1.0, 0.5), 'normcalc' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == ["-2.5", "False"]
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["soft.py"]


def test_kernel_in_c_has_its_header_beside_it(run, tmp_path):
    path = tmp_path / "soft.c"
    assert run("kernel", L1, "-o", str(path), "--target", "c").out == f"{path}\n"
    assert '#include "soft.h"' in path.read_text()
    assert (
        "int prox_setup(const double *params, double *consts);"
        in (tmp_path / "soft.h").read_text()
    )


@pytest.mark.parametrize(
    ("name", "magic", "more"),
    [
        ("ball.png", b"\x89PNG", ["--dual"]),
        ("ball.pdf", b"%PDF", ["--style", "icml"]),
        ("ball.svg", b"<?xml", []),
    ],
)
def test_ball(run, tmp_path, name, magic, more):
    path = tmp_path / name
    done = run("ball", OCTAGON, "-o", str(path), *more)
    assert done.code == 0
    assert done.out.startswith(f"{path}\nUnit ball of max(")
    assert "octagon with vertices" in done.out
    assert path.read_bytes().startswith(magic)
    assert path.stat().st_size > 2000
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["abs(x1) + abs(x2) + abs(x3)"], "6 vertices, 12 edges and 8 faces"),
        (["norm(x, oo)", "--dimension", "3"], "8 vertices, 12 edges and 6 faces"),
        (["sum(singular_values(X))", "--camera", "62", "18"], "a convex body with 2 creases"),
    ],
)
def test_ball_in_space(run, tmp_path, words, part):
    path = tmp_path / "ball.tex"
    done = run("ball", *words, "-o", str(path))
    assert done.code == 0
    assert part in done.out
    assert path.read_text().startswith("% ")


def test_gallery(run, tmp_path):
    folder = tmp_path / "figures"
    done = run("gallery", "octagon_dual", "-o", str(folder), "--format", "png", "--verbose")
    assert done.code == 0
    assert done.err == "1/1 octagon_dual\n"
    assert (folder / "octagon_dual.png").read_bytes()[:4] == b"\x89PNG"
    assert done.out.splitlines()[0] == str(folder / "octagon_dual.png")
    assert (folder / "octagon_dual.txt").read_text()


def test_ball_of_a_bound_parameter(run, tmp_path):
    path = tmp_path / "ball.svg"
    data = run("ball", "norm(x, p)", "--kind", "p=3/2", "-o", str(path), "--json").data
    assert data["function"] == "norm(x, 3/2)"


def test_cache_clear(run, tmp_path, monkeypatch):
    monkeypatch.setenv("NORMCALC_CACHE_DIR", str(tmp_path / "kernels"))
    nc.compile(nc.prox(nc.function("7*abs(x)")))
    assert run("cache", "info", "--json").data["kernels"] == 1
    assert run("cache", "clear").out.startswith("1 kernels deleted")
    assert run("cache", "info", "--json").data == {
        "directory": str(tmp_path / "kernels"), "kernels": 0, "bytes": 0,
    }  # fmt: skip


def test_doctor_finds_an_unsafe_cache(run, tmp_path, monkeypatch):
    tmp_path.chmod(0o777)
    monkeypatch.setenv("NORMCALC_CACHE_DIR", str(tmp_path))
    done = run("doctor")
    assert done.code == 1
    assert "can be written by others" in done.out
    assert run("doctor", "--json").data["problems"]


def test_doctor_reports_that_nothing_is_compiled(run, monkeypatch):
    monkeypatch.setenv("NORMCALC_JIT", "0")
    assert "off (NORMCALC_JIT=0)" in run("doctor").out


@pytest.mark.parametrize("name", NAMES)
def test_help(run, name):
    done = run(name, "--help")
    assert done.code == 0
    assert f"normcalc {name}" in done.out.partition("example")[2]
    assert max(map(len, done.out.splitlines())) <= 100


def test_help_lists_every_command(run):
    assert run().out == run("--help").out
    for name in NAMES:
        assert f"\n  {name}" in run().out.replace("    ", "  ")


def test_version(run):
    assert run("--version").out == f"normcalc {nc.__version__}\n"


def test_choices_agree_with_the_rooms():
    from normcalc import derive as room
    from normcalc.certify import claim
    from normcalc.cli.commands import ball, certify, derive
    from normcalc.derive import verbs
    from normcalc.plot.styles import VENUES

    assert tuple(VENUES) == ball.VENUES
    assert set(derive.DERIVATIONS) == set(verbs.GOALS)
    assert {*derive.MEASURES, derive.INVERSE} <= set(room.__all__)
    assert set(certify.GOALS) == set(claim.GOALS)


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from normcalc.cli import main; main(['--help']);"
        "print([m for m in ('sympy', 'numpy', 'numba', 'matplotlib', 'z3') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_reader_that_leaves_early():
    writer = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "normcalc", "kernel", L1],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert writer.stdout is not None
    writer.stdout.close()
    _, errors = writer.communicate(timeout=120)
    assert writer.returncode == 141
    assert errors == b""


def test_interruption(run, monkeypatch):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr("normcalc.cli.commands.doctor.run", interrupted)
    assert run("doctor").code == 130


def test_unexpected_errors_are_not_hidden(monkeypatch):
    def broken(options):
        raise ZeroDivisionError

    monkeypatch.setattr("normcalc.cli.commands.doctor.run", broken)
    with pytest.raises(ZeroDivisionError):
        main(["doctor"])


def test_nothing_is_half_written(tmp_path, monkeypatch):
    from normcalc.cli.answer import write_whole
    from normcalc.errors import InputError

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        write_whole(tmp_path / "kernel.py", "text")
    assert list(tmp_path.iterdir()) == []
