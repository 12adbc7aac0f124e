"""Every formula that stands for another package's function is read, derived, and has its value."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import normcalc as nc
from normcalc.forms import lower
from normcalc.theorems.registry import theorems_for

PAGE = Path(__file__).parents[2] / "docs" / "coming-from.md"
SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(.+?)`.*? \| `([^`]+)` \|(?: `([^`]*)` | )\|$", re.MULTILINE)
LOSS = re.compile(r"^\| `(\w+)\(.*?\)` \| `(nc\.\w+\(.+\))` \|$", re.MULTILINE)
X = np.array([[1.5, -0.2, 0.7], [-3.0, 0.0, 0.4]])
W = np.array([1.0, 2.0, 0.5])


def declared(text: str) -> dict[str, Any]:
    """Return what the last column declares, as keyword arguments of `nc.function`."""
    call = ast.parse(f"f({text})", mode="eval").body
    assert isinstance(call, ast.Call)
    return {str(k.arg): meant(k.value) for k in call.keywords}


def meant(node: ast.expr) -> Any:
    """Return a literal, a name of the package, an attribute of one, or a call of one."""
    if isinstance(node, ast.Call):
        return meant(node.func)(*map(ast.literal_eval, node.args))
    if isinstance(node, ast.Attribute):
        return getattr(meant(node.value), node.attr)
    return nc if isinstance(node, ast.Name) and node.id == "nc" else ast.literal_eval(node)


def rows(page: str) -> list[tuple[str, str, str, str]]:
    """Return package, name, formula and declarations of every row."""
    return [(head, *row) for head, body in SECTION.findall(page) for row in ROW.findall(body)]


ROWS = rows(PAGE.read_text("utf-8"))
FUNCTIONS = {(head, name): (text, given) for head, name, text, given in ROWS}


def function(package: str, name: str) -> nc.Function:
    text, given = FUNCTIONS[package, name]
    return nc.function(text, **declared(given))


@pytest.mark.parametrize(("package", "name"), FUNCTIONS)
def test_formula_is_read(package: str, name: str) -> None:
    assert theorems_for("prox", lower(function(package, name)))


@pytest.mark.slow
@pytest.mark.parametrize(("package", "name"), FUNCTIONS)
def test_formula_has_a_prox(package: str, name: str) -> None:
    assert str(nc.prox(function(package, name)))


def test_the_tables_are_seen() -> None:
    assert len(FUNCTIONS) == len(ROWS) > 95
    packages = {package.partition(" ")[0] for package, _ in FUNCTIONS}
    assert packages == {"skglm", "pyproximal", "CVXPY", "proximity-operator.net"}


def test_losses_are_read() -> None:
    A, y = X.T, np.array([1.0, -1.0, 1.0])
    found = LOSS.findall(PAGE.read_text("utf-8"))
    assert [name for name, _ in found] == ["Quadratic", "Logistic", "Huber", "Poisson", "Gamma"]
    for name, text in found:
        call = ast.parse(text, mode="eval").body
        assert isinstance(call, ast.Call)
        words = [ast.literal_eval(a) for a in call.args if isinstance(a, ast.Constant)]
        target = np.abs(y) if name in {"Poisson", "Gamma"} else y
        loss = meant(call.func)(*words, A, target, scaling="mean")
        assert "sum_j [lam*abs(x_j)]" in str(loss + nc.function("lam*abs(x)"))


# The other package's object, its argument, and our argument and parameters.
GROUPS = [[0, 1], [2]]
SKGLM: dict[str, tuple[Any, Any, Any, dict[str, Any]]] = {
    "L1(alpha)": (lambda m: m.L1(0.7), W, W, {"alpha": 0.7}),
    "L1(alpha, positive=True)": (lambda m: m.L1(0.7, positive=True), W, W, {"alpha": 0.7}),
    "L2(alpha)": (lambda m: m.L2(0.7), W, W, {"alpha": 0.7}),
    "L1_plus_L2(alpha, l1_ratio)": (
        lambda m: m.L1_plus_L2(0.7, 0.3), X[0], X[0], {"alpha": 0.7, "l1_ratio": 0.3}),
    "WeightedL1(alpha, weights)": (
        lambda m: m.WeightedL1(0.7, W), X[0], X[0], {"alpha": 0.7, "weights": W}),
    "MCPenalty(alpha, gamma)": (
        lambda m: m.MCPenalty(0.7, 3.0), X[1], X[1], {"alpha": 0.7, "gamma": 3.0}),
    "SCAD(alpha, gamma)": (
        lambda m: m.SCAD(0.7, 3.0), X[1], X[1], {"alpha": 0.7, "gamma": 3.0}),
    "L0_5(alpha)": (lambda m: m.L0_5(0.7), X[1], X[1], {"alpha": 0.7}),
    "L2_3(alpha)": (lambda m: m.L2_3(0.7), X[1], X[1], {"alpha": 0.7}),
    "LogSumPenalty(alpha, eps)": (
        lambda m: m.LogSumPenalty(0.7, 0.2), X[1], X[1], {"alpha": 0.7, "eps": 0.2}),
    "L2_1(alpha)": (lambda m: m.L2_1(0.7), X, X, {"alpha": 0.7}),
    "L2_05(alpha)": (lambda m: m.L2_05(0.7), X, X, {"alpha": 0.7}),
    "SLOPE(alphas)": (lambda m: m.SLOPE(np.array([3.0, 2.0, 1.0])), X[1], X[1],
                      {"alphas": [3.0, 2.0, 1.0]}),
}  # fmt: skip
PYPROXIMAL: dict[str, tuple[Any, Any, Any, dict[str, Any]]] = {
    "L1(sigma)": (lambda m: m.L1(0.7), X[1], X[1], {"sigma": 0.7}),
    "L1(sigma, g)": (lambda m: m.L1(0.7, g=W), X[1], X[1], {"sigma": 0.7, "g": W}),
    "L2(sigma)": (lambda m: m.L2(sigma=0.7), X[1], X[1], {"sigma": 0.7}),
    "Euclidean(sigma)": (lambda m: m.Euclidean(0.7), X[1], X[1], {"sigma": 0.7}),
    "L21(ndim, sigma)": (lambda m: m.L21(2, 0.7), X.ravel(), X, {"sigma": 0.7}),
    "L21_plus_L1(sigma, rho)": (
        lambda m: m.L21_plus_L1(0.7, 0.3), X, X, {"sigma": 0.7, "rho": 0.3}),
    "Huber(alpha)": (lambda m: m.Huber(0.5), X[1], X[1], {"alpha": 0.5}),
    "TV((n,), sigma)": (lambda m: m.TV((3,), 0.7), X[1], X[1], {"sigma": 0.7}),
    "TV((n, m), sigma)": (lambda m: m.TV((2, 3), 0.7), X.ravel(), X, {"sigma": 0.7}),
    "Nuclear(dim, sigma)": (lambda m: m.Nuclear((2, 3), 0.7), X.ravel(), X, {"sigma": 0.7}),
    "Log(sigma, gamma)": (lambda m: m.Log(0.7, 1.3), X[1], X[1], {"sigma": 0.7, "gamma": 1.3}),
    "ETP(sigma, gamma)": (lambda m: m.ETP(0.7, 1.3), X[1], X[1], {"sigma": 0.7, "gamma": 1.3}),
    "Geman(sigma, gamma)": (
        lambda m: m.Geman(0.7, 1.3), X[1], X[1], {"sigma": 0.7, "gamma": 1.3}),
    "SCAD(sigma, a)": (lambda m: m.SCAD(0.7, 3.7), X[1], X[1], {"sigma": 0.7, "a": 3.7}),
}  # fmt: skip


@pytest.mark.parametrize("name", SKGLM)
def test_value_in_skglm(name: str) -> None:
    penalties = pytest.importorskip("skglm.penalties")
    make, theirs, ours, given = SKGLM[name]
    assert make(penalties).value(theirs) == pytest.approx(function("skglm", name)(ours, **given))


@pytest.mark.parametrize("name", PYPROXIMAL)
def test_value_in_pyproximal(name: str) -> None:
    package = pytest.importorskip("pyproximal")
    make, theirs, ours, given = PYPROXIMAL[name]
    assert make(package)(theirs) == pytest.approx(function("pyproximal", name)(ours, **given))


def test_a_wrong_row_would_be_seen() -> None:
    page = (
        "## P\n\n| P | this | declare |\n| `A` | `x*log(` | |\n| `B` | `-x**2` | `b=nc.Real` |\n"
    )
    (_, _, broken, _), (_, _, other, given) = rows(page)
    with pytest.raises(nc.LanguageError):
        nc.function(broken)
    assert declared(given) == {"b": nc.Real}
    assert nc.function(other)(2.0) == -4
