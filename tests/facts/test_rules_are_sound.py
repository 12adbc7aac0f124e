"""What the rules prove about random formulas must survive random points; wrong rules must not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from normcalc.errors import LanguageError
from normcalc.facts import norm_kind, rules
from normcalc.facts.claims import triangle
from normcalc.facts.names import Names
from normcalc.facts.outer import outer_facts
from normcalc.facts.quadratic import gram, is_semidefinite
from normcalc.facts.rules import traits
from normcalc.facts.search import refute
from normcalc.facts.smt import entails
from normcalc.facts.traits import Traits, raised
from normcalc.language.build import function
from normcalc.language.evaluate import evaluate
from normcalc.language.parser import parse

NAMES = ("x1", "x2")
LEAVES = st.sampled_from(["x1", "x2", "(x1 - 2*x2)", "abs(x1)", "abs(x2)", "2", "0", "1/3", "-1"])
EXPONENTS = st.sampled_from(["2", "3", "1/2", "3/2", "2/3", "4"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda p: f"({p[0]} + {p[1]})"),
        pairs.map(lambda p: f"({p[0]} - {p[1]})"),
        pairs.map(lambda p: f"({p[0]} * {p[1]})"),
        pairs.map(lambda p: f"({p[0]} / (1 + abs({p[1]})))"),
        pairs.map(lambda p: f"max({p[0]}, {p[1]})"),
        pairs.map(lambda p: f"min({p[0]}, {p[1]})"),
        inner.map(lambda a: f"abs({a})"),
        inner.map(lambda a: f"sqrt({a})"),
        inner.map(lambda a: f"log(1 + abs({a}))"),
        inner.map(lambda a: f"sign({a})"),
        inner.map(lambda a: f"Piecewise((0, Eq({a}, 0)), (1, True))"),
        st.tuples(inner, EXPONENTS).map(lambda p: f"({p[0]})**({p[1]})"),
    )


FORMULAS = st.recursive(LEAVES, grown, max_leaves=5)


def sample(text: str, x: np.ndarray) -> np.ndarray:
    value = evaluate(parse(text), {"x1": x[:, 0], "x2": x[:, 1]})
    return np.broadcast_to(np.asarray(value, dtype=float), (len(x),))


def violations(text: str, t: Traits) -> list[str]:
    """Return the traits that some sampled points contradict."""
    with np.errstate(invalid="ignore"):
        return _violations(text, t)


def _violations(text: str, t: Traits) -> list[str]:
    rng = np.random.default_rng(11)
    x = np.vstack([rng.standard_normal((150, 2)), rng.integers(-2, 3, (60, 2))])
    y = np.vstack([rng.standard_normal((150, 2)), rng.integers(-2, 3, (60, 2))])
    fx, fy, both, middle = (sample(text, z) for z in (x, y, x + y, (x + y) / 2))
    slack = 1e-8 * (1 + np.abs(fx) + np.abs(fy) + np.abs(both))
    fine = np.isfinite(fx) & np.isfinite(fy) & np.isfinite(both) & np.isfinite(middle)
    bad = []

    def need(name: str, holds: np.ndarray) -> None:
        if not holds[fine].all():
            bad.append(name)

    if t.subadditive:
        need("subadditive", both <= fx + fy + slack)
    if t.convex:
        need("convex", middle <= (fx + fy) / 2 + slack)
    if t.concave:
        need("concave", middle >= (fx + fy) / 2 - slack)
    if t.nonnegative:
        need("nonnegative", fx >= -slack)
    if t.positive:
        need("positive", fx > 0)
    if t.parity is not None:
        sign = 1 if t.parity == "even" else -1
        need("parity", np.abs(sample(text, -x) - sign * fx) <= slack)
    if t.degree is not None:
        scaled = sample(text, 3 * x)
        expected = 3.0 ** float(t.degree) * fx
        need("degree", np.abs(scaled - expected) <= 1e-8 * (1 + np.abs(expected)))
    if t.radial:
        need("radial", sample(text, 2 * x) >= fx - slack)
    if t.zeros is not None:
        forms = np.array([[float(v) for v in row] for row in t.zeros])
        vanishes = (np.abs(x @ forms.T) < 1e-12).all(axis=1)
        whole = (x == np.round(x)).all(axis=1)
        need("zeros", ((np.abs(fx) < 1e-9) == vanishes) | ~whole)
    if t.continuous and not np.isfinite(fx).all():
        bad.append("continuous")
    return bad


@settings(max_examples=120, deadline=None)
@given(FORMULAS)
def test_proved_traits_hold_at_random_points(text: str) -> None:
    assume("x" in text)
    try:
        node = parse(text)
    except LanguageError:  # a constant such as sqrt(-1)
        reject()
    assert violations(text, traits(node, Names(NAMES))) == [], text


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("x1**2 + x2**2", {"subadditive": True}),
        ("sqrt(abs(x1)) + abs(x2)", {"curvature": "convex"}),
        ("abs(x1) + x2", {"parity": "even"}),
        ("abs(x1) - 1", {"nonnegative": True}),
        ("abs(x1)*abs(x2)", {"degree": sp.Integer(1)}),
        ("abs(x1 - 2*x2)", {"zeros": ((1, 0), (0, 1))}),
        ("1/(1 + abs(x1))", {"radial": True}),
        ("1/abs(x1)", {"continuous": True}),
    ],
)
def test_a_wrong_trait_is_caught(text: str, wrong: dict[str, object]) -> None:
    found = traits(parse(text), Names(NAMES))
    assert violations(text, found) == []
    assert violations(text, replace(found, **wrong)) == [next(iter(wrong)).replace(
        "curvature", "convex")]  # fmt: skip


def test_a_wrong_rule_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(part: Traits, exponent: sp.Expr) -> Traits:
        return replace(raised(part, exponent), subadditive=True)

    traits.cache_clear()
    monkeypatch.setattr(rules, "raised", wrong)
    found = traits(parse("abs(x1)**3 + abs(x2)**3"), Names(NAMES))
    traits.cache_clear()
    assert "subadditive" in violations("abs(x1)**3 + abs(x2)**3", found)


def test_the_search_agrees_with_z3() -> None:
    for text, holds in {
        "max(abs(x1), abs(x2))": True,
        "max(abs(x1), abs(x2)) - abs(x1)/2": False,
        "max(abs(x1), 2*abs(x1) - abs(x2))": False,
    }.items():
        f = function(text)
        claim = triangle(f.body, NAMES)
        assert (entails([], claim.comparison).value == "YES") is holds
        assert (refute(claim, f) is None) is holds


def test_z3_does_not_divide_by_zero() -> None:
    # the quotient is only reached away from zero; a proof must not assume that x is not zero
    body = parse("Piecewise((1, Eq(x, 0)), (x/x - 1, True))")
    assert entails([], parse("x != 0")).value == "NO"
    claim = parse("y <= 0")
    assert entails([], type(claim)("<=", body, claim.right)).value == "NO"
    assert entails([], parse("exp(x) > 0")).value == "UNKNOWN"


@pytest.mark.parametrize(
    ("phi", "concave"),
    [
        ("s/(1 + s)", True), ("log(1 + s)", True), ("min(s, 1)", True), ("1 - exp(-s)", True),
        ("s**2", False), ("s/(1 + s**2)", False), ("s - 1", False), ("max(s - 1, 0)", False),
        ("Piecewise((s - s**2/4, s <= 2), (1, True))", True),
        ("Piecewise((s**2, s <= 1), (2*s - 1, True))", False),
    ],
)  # fmt: skip
def test_functions_of_a_norm(phi: str, concave: bool) -> None:
    assert (outer_facts(parse(phi), "s", {}) is not None) is concave


def test_mcp_satisfies_the_triangle_inequality_with_its_parameters_symbolic() -> None:
    mcp = "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
    assert norm_kind(function(mcp)).kind == "F-norm"


def test_quadratic_forms_are_exact() -> None:
    matrix = gram(parse("x1**2 - 2*sqrt(2)*x1*x2 + 2*x2**2"), NAMES)
    assert matrix is not None
    assert is_semidefinite(matrix)
    less = gram(parse("x1**2 - 2*sqrt(2)*x1*x2 + (2 - 1/10**25)*x2**2"), NAMES)
    assert less is not None
    assert not is_semidefinite(less)
    assert gram(parse("x1**2 + x2"), NAMES) is None
