"""Every derivative against differences of values, which know none of the rules."""

from __future__ import annotations

import dataclasses
import re
from functools import lru_cache

import numpy as np
import pytest

import normcalc as nc
from normcalc.calculus import Hessian, elementwise, rules
from normcalc.errors import InputError, NotDerivable
from tests.calculus.formulas import ROWS, Row

IDS = [f"{row.text}-{row.points}" for row in ROWS]


def setting(row: Row, n: int, seed: int) -> tuple[nc.Function, np.ndarray, dict[str, object]]:
    rng = np.random.default_rng(seed)
    params = row.numbers(n, rng)
    x = row.point(2 if row.points == "pair" else n, rng)
    if "b - A" in row.text:  # inside the domain of the logarithms
        params["b"] = np.asarray(params["A"]) @ x + rng.uniform(0.5, 2.0, n + 2)
    if "B" in row.kinds:
        params["B"] = rng.normal(size=(n + 2, n))
    return row.function(), x, params


def directions(row: Row, x: np.ndarray) -> list[np.ndarray]:
    """Return directions that span those in which the point may move."""
    found = [e.reshape(x.shape) for e in np.eye(x.size)]
    if row.points == "definite":
        return [(e + e.T) / 2 for e in found]
    return found


@lru_cache(maxsize=200)
def hessian(f: nc.Function) -> Hessian:
    return nc.hessian(f)


def value(f: nc.Function, x: np.ndarray, params: dict[str, object]) -> float:
    return float(f(x, **params))


def gradient_gap(row: Row, n: int, seed: int) -> float:
    """Return the largest relative gap between the gradient and central differences."""
    f, x, params = setting(row, n, seed)
    g = nc.gradient(f)
    found = g(x, **params)
    assert found.shape == x.shape
    gaps, step = [], 1e-6
    for e in directions(row, x):
        ahead, behind = (value(f, x + s * step * e, params) for s in (1, -1))
        slope = (ahead - behind) / (2 * step)
        gaps.append(abs(slope - np.sum(found * e)) / (1 + np.max(np.abs(found))))
    return max(gaps)


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_gradient(row: Row) -> None:
    for seed, n in enumerate((1, 2, 4)):
        if n >= row.least:
            f, x, params = setting(row, n, seed)
            assert nc.gradient(f).holds(x, **params)
            assert gradient_gap(row, n, seed) < 2e-6


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_hessian(row: Row) -> None:
    for seed, n in enumerate((1, 3)):
        if n < row.least:
            continue
        f, x, params = setting(row, n, seed)
        g, h = nc.gradient(f), hessian(f)
        found = h(x, **params)
        assert h.holds(x, **params)
        assert found.shape == (x.size, x.size)
        size = 1 + np.max(np.abs(found))
        assert np.max(np.abs(found - found.T)) < 1e-9 * size
        for e in directions(row, x):
            step = 1e-6
            slope = (g(x + step * e, **params) - g(x - step * e, **params)) / (2 * step)
            assert np.max(np.abs(slope.reshape(-1) - found @ e.reshape(-1))) < 2e-5 * size


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_matrix_and_direction_agree(row: Row) -> None:
    f, x, params = setting(row, max(3, row.least), 5)
    h = hessian(f)
    if h.second is None or h.second.matrix is None:
        return
    along = dataclasses.replace(h, second=dataclasses.replace(h.second, matrix=None))
    np.testing.assert_allclose(h(x, **params), along(x, **params), rtol=1e-10, atol=1e-10)


TEXTBOOK = {
    "norm(A @ x - b)**2/2": ("transpose(A) @ (A @ x - b)", "transpose(A) @ A"),
    "log(sum(exp(x)))": (
        "exp(x)/sum(exp(x))",
        "diag(exp(x))/sum(exp(x)) - outer(exp(x), exp(x))/sum(exp(x))**2",
    ),
    "dot(x, Q @ x)": ("transpose(Q) @ x + Q @ x", "transpose(Q) + Q"),
    "norm(x)": ("x/norm(x)", "identity(x)/norm(x) - outer(x, x)/norm(x)**3"),
    "norm(x)**4/4": ("norm(x)**2*x", "2*outer(x, x) + norm(x)**2*identity(x)"),
    "norm(x, p)**p": ("p*sign(x)*abs(x)**(p - 1)", "(p - 1)*p*diag(abs(x)**(p - 2))"),
    "sum(log(1 + exp(-x)))": (
        "-1/(1 + exp(x))",
        "diag(1/((1 + exp(-x))*(1 + exp(x))))",
    ),
    "sum(diff(x)**2)/2": ("diff_adjoint(diff(x))", "h -> diff_adjoint(diff(h))"),
    "norm(entries(A @ X))**2/2": ("transpose(A) @ A @ X", "H -> transpose(A) @ A @ H"),
    "-logdet(X)": ("-inverse(X)", "H -> inverse(X) @ H @ inverse(X)"),
    "sum(singular_values(X))": (
        "polar_factor(X)",
        "H -> singular_turn(H, ones(singular_values(X)), X)",
    ),
    "trace(A @ X)": ("transpose(A)", "H -> 0"),
    "x1**2*x2": ("(2*x2*x1, x1**2)", "((2*x2, 2*x1), (2*x1, 0))"),
    "x**3": ("3*x**2", "6*x"),
}


@pytest.mark.parametrize("text", TEXTBOOK)
def test_reads_as_in_a_textbook(text: str) -> None:
    f = nc.function(text)
    assert (nc.gradient(f).text, nc.hessian(f).text) == TEXTBOOK[text]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_latex_stands_alone(row: Row) -> None:
    f = row.function()
    for shown in (nc.gradient(f).latex(), hessian(f).latex()):
        assert shown.startswith(r"\nabla")
        assert shown.count("{") == shown.count("}")
        assert shown.count(r"\left") == shown.count(r"\right")
        assert "$" not in shown
        assert not set(re.findall(r"\\[A-Za-z]+", shown)) - KATEX


KATEX = set(
    re.findall(
        r"\\[A-Za-z]+",
        r"""\nabla \left \right \frac \text \quad \ne \le \ge \lambda \varepsilon \operatorname
        \sum \max \min \prod \top \mathbf \sigma \psi \Gamma \log \exp \sin \cos \tan \sinh \cosh
        \tanh \arcsin \arccos \arctan \sqrt \begin \end \cdot \langle \rangle \dim \infty \pi \in
        \ni \wedge \vee \downarrow \mathrm""",
    )
)


WRONG = [
    (rules.RULES, "dot", lambda c, args, i: rules.functional(c, args[i], args[i]),
     Row("dot(c, x)", "c=n")),
    (rules.RULES, "image", lambda c, args, i: rules._solve(c, args, i), Row("sum(A @ x)", "A=nn")),
    (rules.RULES, "cumsum", rules._pair("cumsum", "cumsum"), Row("norm(cumsum(x))")),
    (elementwise._FORMULAS, "cosh", "-sinh(u)", Row("sum(cosh(x))")),
]  # fmt: skip


@pytest.mark.parametrize(("table", "head", "rule", "row"), WRONG, ids=[w[1] for w in WRONG])
def test_a_wrong_rule_is_caught(table, head, rule, row, monkeypatch) -> None:
    assert gradient_gap(row, 3, 1) < 2e-6
    elementwise._formula.cache_clear()
    monkeypatch.setitem(table, head, rule)
    assert gradient_gap(row, 3, 1) > 1e-3
    monkeypatch.undo()
    elementwise._formula.cache_clear()


def test_several_points_at_once() -> None:
    g = nc.gradient(nc.function("log(sum(exp(x)))"))
    points = np.random.default_rng(0).normal(size=(2, 3, 4))
    found = g(points)
    assert found.shape == points.shape
    np.testing.assert_allclose(found[1, 2], g(points[1, 2]))
    np.testing.assert_allclose(found.sum(axis=-1), 1)


def test_no_derivative_outside_the_domain() -> None:
    assert np.isnan(nc.gradient(nc.function("sum(log(x))"))([-1.0, 2.0])).all()
    entropy = nc.function("x*log(x)", domain=(0, None))
    assert np.isnan(nc.gradient(entropy)([-1.0, 0.0, 1.0])).tolist() == [True, True, False]
    assert np.isnan(nc.hessian(nc.function("-logdet(X)"))(-np.eye(2))).all()


def test_large_arguments() -> None:
    g = nc.gradient(nc.function("sum(log(1 + exp(-x)))"))
    h = nc.hessian(nc.function("sum(log(1 + exp(-x)))"))
    np.testing.assert_allclose(g([700.0, -700.0]), [0, -1], atol=1e-300)
    np.testing.assert_allclose(h([700.0, -700.0]), np.zeros((2, 2)), atol=1e-300)


def test_conditions_name_the_kinks() -> None:
    x = [1.0, 0.0]
    for text, smooth in [("norm(x)", True), ("norm(x, 1)", False), ("norm(x)**2", True),
                         ("sum(abs(x)**3)", True), ("max(x)", True), ("norm(x, oo)", True),
                         ("sum(max(x, 0))", False), ("prod(x)", False)]:  # fmt: skip
        assert nc.gradient(nc.function(text)).holds(x) is smooth, text
    assert not nc.gradient(nc.function("norm(x)")).holds([0.0, 0.0])
    assert not nc.gradient(nc.function("max(x)")).holds([1.0, 1.0])


def test_conditions_that_always_hold_are_not_shown() -> None:
    for text in ("sum(sqrt(1 + x**2))", "sum(sqrt(diff(x)**2 + eps))", "sum(a**x)"):
        assert not nc.gradient(nc.function(text)).conditions, text
    assert nc.gradient(nc.function("sum(sqrt(diff(x)**2 + eps))", eps=nc.Nonnegative)).conditions


def test_repeated_singular_values() -> None:
    twice = np.eye(2, 3)
    assert nc.gradient(nc.function("sum(singular_values(X))")).holds(twice)
    assert not nc.gradient(nc.function("max(singular_values(X))")).holds(twice)
    tilted = nc.gradient(nc.function("dot(w, singular_values(X))"))
    assert not tilted.holds(twice, w=[2.0, 1.0])
    assert not nc.hessian(nc.function("sum(singular_values(X))")).holds(twice)


@pytest.mark.parametrize(
    ("text", "call", "error", "words"),
    [
        ("norm(A @ x)", {"x": [1.0, 2.0], "A": np.eye(3)}, InputError, "shapes do not fit"),
        ("trace(X)", {"x": np.ones((1, 3))}, InputError, "square"),
        ("norm(x)", {"x": 1.0}, InputError, "takes a vector"),
        ("norm(x - y)", {"x": [1.0], "y": np.ones(3)}, InputError, "shapes do not fit"),
    ],
)
def test_bad_numbers(text, call, error, words) -> None:
    kinds = {"y": nc.Real.vector} if "y" in call else {}
    params = {name: entry for name, entry in call.items() if name != "x"}
    with pytest.raises(error, match=words):
        nc.gradient(nc.function(text, **kinds))(call["x"], **params)


def test_refusals_say_why() -> None:
    with pytest.raises(NotDerivable, match="order of a norm"):
        nc.gradient(nc.function("norm(x, 1 + norm(x))"))
    with pytest.raises(NotDerivable, match="vector that depends"):
        nc.gradient(nc.function("sum(X + diagonal(X))"))
