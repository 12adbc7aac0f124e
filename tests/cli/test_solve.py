"""``normcalc solve``: reads a table, solves, reports, writes complete files or none."""

from __future__ import annotations

import csv

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


HEAD = '"age, years",color,"b ""x""",y\n'
ROWS = [f"{A[k, 0]:.3f},{'rgb'[k % 3]},{A[k, 1]:.3f},{Y[k]:.3f}\n" for k in range(30)]


def solved(run, path, *words, target="y"):
    return run(
        "solve", str(path), "--target", target, "--penalty", "lam*abs(x)", "--set", "lam=0.01",
        *words,
    )  # fmt: skip


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_separators_and_marks_of_spreadsheets(run, table, tmp_path, separator, mark) -> None:
    path = tmp_path / "other.csv"
    text = table.read_text().replace(",", separator)
    path.write_bytes((mark + text).replace("\n", "\r\n").encode() + b"\r\n \r\n")
    for target in ("y", "a"):
        expected = solved(run, table, "--json", target=target).data["solutions"]
        assert solved(run, path, "--json", target=target).data["solutions"] == expected


def test_words_become_columns_and_names_are_quoted(run, tmp_path) -> None:
    path, out = tmp_path / "words.csv", tmp_path / "out.csv"
    path.write_text(HEAD + "".join(ROWS))
    done = solved(run, path, "-o", str(out))
    assert done.code == 0, done.err
    assert "color is compared with color=b" in done.out
    with out.open(newline="") as file:
        header, row = csv.reader(file)
    assert header == ["intercept", "age, years", "color=g", "color=r", 'b "x"']
    assert len(row) == 5


def test_targets_of_two_words(run, tmp_path) -> None:
    path = tmp_path / "sides.csv"
    sides = ["yes" if t > 0 else "no" for t in Y]
    path.write_text("a,y\n" + "".join(f"{a[0]},{s}\n" for a, s in zip(A, sides, strict=True)))
    done = solved(run, path, "--loss", "log(1 + exp(-y*z))", "--json")
    loss = nc.loss(
        "log(1 + exp(-y*z))", A[:, :1], np.where(Y > 0, 1.0, -1.0), intercept=True, scaling="mean"
    )
    found = nc.minimize(loss + nc.function("lam*abs(x)"), lam=0.01)
    assert done.data["notes"] == ["y is -1 for no, 1 for yes"]
    assert done.data["solutions"][0]["objective"] == pytest.approx(found.fun, rel=1e-9)
    path.write_text("a,y\n1,low\n2,high\n3,middle\n4,low\n")
    assert "one of two words" in solved(run, path).err


def test_missing_entries_are_counted_and_left_out_when_asked(run, table, tmp_path) -> None:
    path = tmp_path / "holes.csv"
    lines = table.read_text().splitlines()
    path.write_text("\n".join([*lines[:9], "NA,1,2,3,4", "1,,2,3,4", *lines[9:]]) + "\n")
    done = solved(run, path)
    assert done.code == 2
    assert "2 of 32 rows have missing entries, first in line 10, column 'a': 'NA'" in done.err
    left = solved(run, path, "--drop-missing", "--json").data
    assert left["notes"] == ["2 rows with missing entries are left out"]
    assert left["solutions"] == solved(run, table, "--json").data["solutions"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,a,y\n1,2,3\n", "two columns called 'a'"),
        ("a,y\n1,2\nx,3\n", "line 3, column 'a': 'x' is no number"),
        ("a,y\n1,2\n3\n", "line 3: 1 entries, but 2 columns"),
        ("a,y\n", "needs one row of numbers"),
        ("", "has no column 'y'"),
        ("a;y\n1,5;2\n", "line 2, column 'a': '1,5' is no number"),
        ("name,y\nann,1\nbob,2\ncy,3\n", "'ann' is no number"),
        ("name,y\nann,1\nann,2\n", "no column besides 'y' that varies"),
    ],
)
def test_tables_that_cannot_be_read(run, tmp_path, text, message) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    done = solved(run, path)
    assert done.code == 2
    assert message in done.err


def test_one_row_and_a_constant_column(run, tmp_path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("a,b,y\n1,1,3\n")
    done = solved(run, path, "--json")
    assert (done.code, done.data["status"]) == (0, "optimal")
    assert done.data["solutions"][0]["intercept"] == pytest.approx(3.0)
