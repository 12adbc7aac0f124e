"""Bad input: one clear message on standard error, exit code 2, quickly, nothing run or written."""

from __future__ import annotations

import time

import pytest

FORMULAS = {
    "syntax error": ("lam*abs(x", "')' is missing here"),
    "unknown function": ("abz(x)", "did you mean abs"),
    "no variable": ("lam*foo", "neither x nor"),
    "empty": ("", "empty"),
    "attack by import": ("__import__('os').system('touch owned')", "underscore"),
    "attack by attribute": ("x.__class__.__bases__", "not part of the language"),
    "attack by lambda": ("(lambda: x)()", "missing here"),
    "tower of powers": ("x + 10**10**10", "exponent"),
    "nested parentheses": ("(" * 5000 + "x" + ")" * 5000, "limit is 10000"),
    "nested, but short": ("(" * 500 + "x" + ")" * 500, "nested more than"),
    "a megabyte": ("x+" * 500_000 + "x", "limit is 10000"),
    "a letter like x": ("abs(х)", "CYRILLIC"),
    "not text": ("abs(x)\udcff", "not part of the language"),
}
COMMANDS = {
    "derive": ["derive", "prox"],
    "certify": ["certify"],
    "facts": ["facts"],
    "kernel": ["kernel"],
    "ball": ["ball", "-o", "ball.png"],
}
OPTIONS = [
    (["derive", "prox", "abs(x)", "--kind", "lam=Real"], "no parameter 'lam'"),
    (["derive", "prox", "c*x", "--kind", "c"], "NAME=KIND"),
    (["derive", "prox", "c*x", "--kind", "c="], "NAME=KIND"),
    (["derive", "prox", "c*x", "--kind", "c=Positiv"], "not a kind"),
    (["derive", "prox", "c*x", "--kind", "c=Real.matrix"], "not a kind"),
    (["derive", "prox", "c*x", "--kind", "c=__import__('os')"], "not a kind"),
    (["derive", "prox", "c*x", "--kind", "c=Interval(1, 0)"], "empty"),
    (["derive", "prox", "c*x", "--kind", "c=Interval(0, b)"], "not a number"),
    (["derive", "prox", "c*x", "--kind", "c=1e999"], "decimal exponent"),
    (["derive", "prox", "c*x", "--kind", "c=Real", "--kind", "c=1"], "twice"),
    (["derive", "prox", "domain*x", "--kind", "domain=Real"], "another name"),
    (["derive", "prox", "c*x", "--where", "c <"], "ends too early"),
    (["derive", "prox", "c*x", "--where", "b < 0"], "'b'"),
    (["derive", "prox", "x", "--domain", "0", "nan"], "not a number"),
    (["derive", "prox", "x", "--domain", "1", "0"], "empty"),
    (["derive", "prox", "abs(x)", "--variable", "y"], "'y' does not occur"),
    (["derive", "smoothness", "abs(x)", "--explain"], "no steps to show"),
    (["certify", "abs(x)", "--operator", "x"], "'x' is not known"),
    (["certify", "abs(x)", "--operator", "v.__class__"], "not part of the language"),
    (["certify", "abs(x1)", "--operator", "v"], "one real variable"),
    (["kernel", "abs(x)", "-o", "soft.c"], "a kernel for numba is a .py file"),
    (["kernel", "abs(x)", "-o", "nowhere/soft.py"], "cannot write nowhere/soft.py"),
    (["ball", "abs(x1) + abs(x2)", "-o", "ball.bmp"], "must be one of .pdf, .png, .svg"),
    (["ball", "abs(x1) + abs(x2)", "-o", "nowhere/ball.pdf"], "nowhere"),
    (["ball", "norm(x, p)", "-o", "ball.pdf"], "p"),
    (["ball", "norm(x, 1)", "--dimension", "3", "--dual", "-o", "ball.pdf"], "plane"),
    (["gallery", "no_such_script", "-o", "figures"], "there are"),
]
USAGE = [
    ["frobnicate"],
    ["derive"],
    ["derive", "laplacian", "abs(x)"],
    ["derive", "prox"],
    ["derive", "prox", "abs(x)", "--explian"],
    ["ball", "abs(x1) + abs(x2)"],
    ["ball", "abs(x1) + abs(x2)", "-o", "ball.pdf", "--style", "nature"],
    ["certify", "abs(x)", "--budget", "0"],
    ["certify", "abs(x)", "--budget", "nan"],
    ["cache"],
]
QUICKLY = 2.0


@pytest.fixture(autouse=True)
def nothing_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(autouse=True, scope="module")
def rooms_are_loaded():
    from normcalc.cli import main

    main(["certify", "abs(x)"])


def check(run, words, part):
    start = time.process_time()
    done = run(*words)
    assert time.process_time() - start < QUICKLY
    assert done.code == 2, done
    assert done.out == ""
    assert part in done.err
    assert done.err.startswith(f"normcalc {words[0]}: ")
    assert len(done.err) < 1000
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fault", FORMULAS)
def test_formula(run, command, fault):
    text, part = FORMULAS[fault]
    head, *rest = COMMANDS[command]
    goal = rest if command == "derive" else []
    check(run, [head, *goal, text, *(rest if command == "ball" else [])], part)


@pytest.mark.parametrize(("words", "part"), OPTIONS, ids=lambda case: str(case)[-40:])
def test_option(run, words, part):
    check(run, words, part)


@pytest.mark.parametrize("words", USAGE, ids=lambda words: " ".join(words))
def test_usage(run, words):
    done = run(*words)
    assert done.code == 2
    assert done.out == ""
    assert "usage: normcalc" in done.err


def test_caret_points_at_the_column(run):
    first, text, caret = run("facts", "lam*abz(x)").err.splitlines()
    assert "'abz'" in first
    assert text[caret.index("^") :].startswith("abz")


def test_error_as_data(run):
    done = run("facts", "abz(x)", "--json")
    assert done.code == 2
    assert done.data["error"] == "LanguageError"
    assert done.data["message"] in done.err


def test_standard_input_that_never_ends(run, monkeypatch):
    class Endless:
        def read(self, count: int) -> str:
            return "x" * count

    monkeypatch.setattr("sys.stdin", Endless())
    check(run, ["facts", "-"], "limit is 10000")


def test_standard_input_that_is_not_text(run, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe"), encoding="utf-8"))
    check(run, ["facts", "-"], "not text")


def test_unsafe_cache(run, tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("shared")
    home.chmod(0o777)
    monkeypatch.setenv("NORMCALC_CACHE_DIR", str(home))
    check(run, ["cache", "info"], "can be written by others")
