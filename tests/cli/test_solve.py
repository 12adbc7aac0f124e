"""``normcalc solve``: reads a table, solves, reports, writes complete files or none."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc

RNG = np.random.default_rng(3)
A = RNG.normal(size=(30, 4))
Y = A @ [1.0, 0.0, -2.0, 0.0] + 0.5 + 0.1 * RNG.normal(size=30)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "data.csv"
    rows = [",".join(map(repr, map(float, [*row, y]))) for row, y in zip(A, Y, strict=True)]
    path.write_text("\n".join(["a,b,c,d,y", *rows]) + "\n")
    return path


def test_coefficients_are_those_of_minimize(run, table) -> None:
    done = run(
        "solve",
        str(table),
        "--target",
        "y",
        "--penalty",
        "lam*abs(x)",
        "--set",
        "lam=0.1",
        "--json",
    )
    loss = nc.loss("(z - y)**2/2", A, Y, intercept=True, scaling="mean")
    found = nc.minimize(loss + nc.function("lam*abs(x)"), lam=0.1)
    assert done.code == 0
    (solution,) = done.data["solutions"]
    assert solution["coefficients"] == dict(zip("abcd", found.x.tolist(), strict=True))
    assert solution["intercept"] == found.intercept
    assert done.data["status"] == "optimal"


def test_a_path_is_written_and_the_best_value_named(run, table, tmp_path) -> None:
    out, figure = tmp_path / "path.csv", tmp_path / "path.png"
    done = run(
        "solve", str(table), "--target", "y", "--penalty", "lam*abs(x)", "--path", "lam",
        "--cv", "3", "-o", str(out), "--figure", str(figure),
    )  # fmt: skip
    assert done.code == 0, done.err
    assert done.out.count("best") == 1
    lines = out.read_text().splitlines()
    assert lines[0] == "lam,intercept,a,b,c,d"
    assert len(lines) == 31
    assert [float(n) for n in lines[1].split(",")[2:]] == [0.0] * 4
    assert figure.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--target", "q", "--penalty", "lam*abs(x)"], "has no column 'q'; it has a, b, c, d, y"),
        (["--target", "y", "--penalty", "lam*abs(x)"], "pass lam="),
        (["--target", "y", "--penalty", "lam*abs(x)", "--cv", "3"], "--path"),
        (["--target", "y", "--penalty", "x +"], "x +"),
        (["--target", "y", "--penalty", "x**2", "--set", "lam"], "NAME=NUMBER"),
        (
            ["--target", "y", "--penalty", "x**2", "--loss", "x**2"],
            "the variable 'z' does not occur",
        ),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(run, table, tmp_path, words, message) -> None:
    out = tmp_path / "out.csv"
    done = run("solve", str(table), *words, "-o", str(out))
    assert done.code == 2
    assert message in done.err
    assert not out.exists()


def test_a_hole_in_the_table_is_named(run, tmp_path) -> None:
    path = tmp_path / "hole.csv"
    path.write_text("a,y\n1,2\n3,none\n")
    done = run("solve", str(path), "--target", "y", "--penalty", "x**2")
    assert done.code == 2
    assert "line 3" in done.err
    assert "none" in done.err
