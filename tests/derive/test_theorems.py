"""The register of theorems: sources that exist, and theorems that agree where two apply."""

from __future__ import annotations

import re
from importlib.resources import files

import numpy as np
import pytest

import normcalc as nc
from normcalc.derive.search import derivation
from normcalc.forms import lower
from normcalc.language import function
from normcalc.theorems.registry import Conclusion, all_theorems, as_operator, theorems_for

THEOREMS = all_theorems()


@pytest.mark.parametrize("name", [t.name for t in THEOREMS])
def test_every_theorem_has_a_statement_and_sources(name: str) -> None:
    theorem = next(t for t in THEOREMS if t.name == name)
    bibliography = files("normcalc.theorems").joinpath("sources.bib").read_text("utf-8")
    entries = re.findall(r"^@\w+\{(\w+),", bibliography, re.MULTILINE)
    assert len(entries) == len(set(entries))
    for place in theorem.source.split("; "):
        assert place.partition(",")[0] in entries
    assert len(theorem.statement) > 30


def operators(goal: str, formula: str, **kinds: object) -> list[object]:
    """Return what every theorem that applies to a function answers."""
    form = lower(function(formula, **kinds))
    found = []
    for theorem in theorems_for(goal, form):
        try:
            conclusion: Conclusion = theorem.prove(form, derivation)
        except nc.NotDerivable:
            continue
        found.append(conclusion.operator)
    return found


TWO = [
    ("norm(x)", {}, {}),
    ("lam*norm(x)", {}, {"lam": 0.7}),
    ("sum(abs(x)) + norm(x)", {}, {}),
    ("norm(x) + indicator(x >= 0)", {}, {}),
    ("indicator((x >= 0) & (sum(x) == 1))", {}, {}),
    ("indicator(A @ x == b)", {}, {"A": np.array([[1.0, 2.0, -1.0]]), "b": np.array([0.5])}),
]


@pytest.mark.parametrize(("formula", "kinds", "values"), TWO)
def test_two_theorems_agree(formula: str, kinds: dict, values: dict) -> None:
    found = operators("prox", formula, **kinds)
    assert len(found) > 1
    for v in np.random.default_rng(0).normal(size=(6, 3)) * 2:
        first, *others = (operator(v, 0.8, values) for operator in found)
        for other in others:
            np.testing.assert_allclose(other, first, atol=1e-9)


SAME = [
    ("sum(abs(x))", "sum(group_norms(x, G, 1))", {"G": [[0, 1], [2]]}),
    ("sum_largest(abs(x), 3)", "norm(x, 1)", {}),
    ("max(abs(x))", "sum_largest(abs(x), 1)", {}),
    ("max(x) + max(-x)", "max(x) - min(x)", {}),
    ("norm(x)", "sqrt(sum(x**2) + 0*x[0])", {}),
    ("indicator(norm(x) <= 1)", "indicator(sqrt(dot(x, I @ x)) <= 1)", {"I": np.eye(3)}),
    ("indicator(sum(abs(x)) <= 2)", "indicator(norm(x, 1) <= 2)", {}),
]


@pytest.mark.parametrize(("left", "right", "values"), SAME)
def test_two_spellings_of_one_function_have_one_prox(left: str, right: str, values: dict) -> None:
    f, g = function(left), function(right)
    own = {name: x for name, x in values.items() if name in {p.name for p in f.parameters}}
    other = {name: x for name, x in values.items() if name in {p.name for p in g.parameters}}
    v = np.random.default_rng(1).normal(size=(5, 3)) * 2
    np.testing.assert_allclose(
        nc.prox(f)(v, step=0.6, **own), nc.prox(g)(v, step=0.6, **other), atol=1e-8
    )


def test_moreau_between_two_sides_derived_apart() -> None:
    """The prox of a norm and the projection on its dual ball, each derived from its own text."""
    v = np.random.default_rng(2).normal(size=(5, 4)) * 2
    pairs = [
        ("max(abs(x))", "indicator(sum(abs(x)) <= 1)"),
        ("norm(x)", "indicator(norm(x) <= 1)"),
        ("norm(x, 3)", "indicator(norm(x, 3/2) <= 1)"),
        ("max(x)", "indicator((x >= 0) & (sum(x) == 1))"),
        ("sum_largest(abs(x), 2)", "indicator((max(abs(x)) <= 1) & (sum(abs(x)) <= 2))"),
    ]
    for norm, ball in pairs:
        step = 0.7
        left = nc.prox(function(norm))(v, step=step)
        right = nc.projection(function(ball))(v / step)
        np.testing.assert_allclose(left + step * right, v, atol=1e-8)


def test_operators_refuse_what_they_cannot_do() -> None:
    v = np.array([1.0, 2.0, 3.0])
    with pytest.raises(nc.NotDerivable, match="rise"):
        nc.prox(function("dot(w, sort(x))", w=nc.Vector))(v, step=1.0, w=[1.0, 2.0, 3.0])
    with pytest.raises(nc.NotDerivable, match="not prox-bounded"):
        nc.prox(function("-dot(x, x) + x[0]*x[1]"))(v, step=10.0)
    with pytest.raises(nc.NotDerivable, match="empty"):
        nc.projection(function("indicator(A @ x == b)"))(
            v, A=[[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]], b=[0.0, 1.0]
        )
    with pytest.raises(nc.NotDerivable, match="indicator"):
        nc.projection(function("norm(A @ x)"))
    with pytest.raises(nc.ParameterError, match="step"):
        nc.prox(function("norm(x)"))(v)
    with pytest.raises(nc.ParameterError, match="step"):
        nc.prox(function("norm(x)"))(v, step=-1.0)
    with pytest.raises(nc.InputError, match="finite"):
        nc.prox(function("norm(x)"))([1.0, np.inf], step=1.0)
    assert np.isnan(nc.prox(function("norm(x)"))([1.0, np.nan], step=1.0)).all()


def test_as_operator_of_a_table_applies_it_to_every_entry() -> None:
    soft = as_operator(nc.prox(function("abs(x)")))
    np.testing.assert_allclose(soft(np.array([3.0, -0.2]), 1.0, {}), [2.0, 0.0])


@pytest.mark.parametrize(
    ("formula", "kinds", "reason"),
    [
        ("-sqrt(dot(x, P @ x))", {}, "not known to be positive"),
        ("indicator(norm(x, 1) - norm(x - b)**2 <= r)", {"b": nc.Vector}, "level set"),
        ("sum(abs(x)) - norm(x, 3)", {}, "not every term is known to be convex"),
        ("singular_values(X)[0] - singular_values(X)[1]", {}, "order of singular_values"),
        ("sum(W*abs(X))", {"W": nc.Matrix}, "matrix among its parameters"),
        ("max(norm(x), -sum(abs(x)))", {}, "not the larger of two"),
    ],
)
def test_no_theorem_applies_where_its_hypotheses_fail(formula, kinds, reason) -> None:
    with pytest.raises(nc.NotDerivable, match=reason):
        nc.prox(function(formula, **kinds))


def test_a_concave_quadratic_is_no_term_for_the_inner_solver() -> None:
    found = nc.prox(function("sum(abs(x)) - dot(x, P @ x)"))
    v = np.array([1.0, 2.0])
    with pytest.raises(nc.NotDerivable, match="not a multiple of the squared norm"):
        found(v, step=0.1, P=np.diag([1.0, 2.0]))
    same = nc.prox(function("sum(abs(x)) - 3*sum(x**2)"))
    np.testing.assert_allclose(found(v, step=0.1, P=3 * np.eye(2)), same(v, step=0.1))


def test_empty_groups_keep_their_place_among_the_weights() -> None:
    f = function("sum(w*group_norms(x, G, 2))", w=nc.Positive.vector)
    v, groups, weights = [3.0, 4.0, 5.0], [[], [0, 1], [2]], [9.0, 1.0, 2.0]
    assert f(v, G=groups, w=weights) == 5.0 + 10.0
    np.testing.assert_allclose(nc.prox(f)(v, step=1.0, G=groups, w=weights), [2.4, 3.2, 3.0])


@pytest.mark.parametrize(
    ("formula", "convex"),
    [
        ("max(x) - min(x)", True),
        ("2*max(x) + sum(x)", True),
        ("-max(abs(x))", False),
        ("min(x)", False),
        ("norm(x, 3) - max(abs(x))", False),
    ],
)
def test_sorted_weights_that_surely_rise_are_not_convex(formula: str, convex: bool) -> None:
    from normcalc.theorems.convexity import is_convex

    assert is_convex(function(formula)) is convex
