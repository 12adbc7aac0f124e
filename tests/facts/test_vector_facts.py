"""Vectors, groups and matrices: true answers by hand, YES at random points, NO by NumPy."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.errors import InputError, NotDerivable
from normcalc.facts import Facts, gram_matrix, lists, rules
from normcalc.facts.curvature import curvature_steps
from normcalc.facts.draws import draws
from normcalc.facts.scalar import convex_on_line
from normcalc.facts.setting import setting
from normcalc.language.parameters import Partition
from tests.facts.vector_table import COORDINATES, MATRICES, QUESTIONS, ROWS, Row, none

if TYPE_CHECKING:
    from collections.abc import Callable

LETTER = {"YES": "Y", "NO": "N"}
SLACK = 1e-8
every = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.formula} {row.norm}")


@cache
def asked(formula: str, kinds: tuple[tuple[str, Any], ...]) -> Facts:
    return nc.facts(nc.function(formula, **dict(kinds)))


def answers(row: Row) -> Facts:
    return asked(row.formula, tuple(row.kinds.items()))


@every
def test_kind_and_answers(row: Row) -> None:
    found = answers(row)
    if "norm" not in row.open:
        assert found.norm.kind == row.norm
    for question, letter in zip(QUESTIONS, row.answers, strict=True):
        value = found[question].value
        left_open = value == "UNKNOWN" and question in row.open
        assert letter == "-" or left_open or LETTER.get(value) == letter, str(found[question])


# What a YES says of numbers, and what a NO denies: the two sides at x, y and t.
CLAIMS: dict[str, Callable[..., tuple[Any, Any]]] = {
    "convex": lambda f, x, y, t: (f((x + y) / 2), (f(x) + f(y)) / 2),
    "triangle": lambda f, x, y, t: (f(x + y), f(x) + f(y)),
    "nonnegative": lambda f, x, y, t: (0.0, f(x)),
    "definite": lambda f, x, y, t: (1e-6, f(x)),
    "monotone": lambda f, x, y, t: (f(x), f(y)),
    "homogeneous": lambda f, x, y, t: (f(t * x), abs(t) * f(x)),
    "positively homogeneous": lambda f, x, y, t: (f(t * x), t * f(x)),
    "even": lambda f, x, y, t: (f(-x), f(x)),
    "absolute": lambda f, x, y, t: (f(np.abs(x)), f(x)),
    "permutation-invariant": lambda f, x, y, t: (f(y), f(x)),
    "hilbertian": lambda f, x, y, t: (f(x + y)**2 + f(x - y)**2, 2*f(x)**2 + 2*f(y)**2),
    "radial": lambda f, x, y, t: (f(x), f(2 * x)),
}  # fmt: skip
ORDERED = {"convex", "triangle", "nonnegative", "definite", "monotone", "radial"}


def broken(question: str, f: Callable[[Any], Any], x: Any, y: Any, t: float) -> bool:
    """Tell whether numbers contradict a claim."""
    left, right = CLAIMS[question](f, x, y, t)
    gap = left - right if question in ORDERED else abs(left - right)
    return bool(gap > SLACK * (1 + abs(left) + abs(right)))


def shaped(row: Row, rng: np.random.Generator, n: int) -> Any:
    if row in COORDINATES:
        size = nc.function(row.formula).variable.size
        return rng.standard_normal(size) * rng.choice([0.1, 1.0, 10.0])
    shape = (n, n) if row in MATRICES else (n,)
    return rng.standard_normal(shape) * rng.choice([0.1, 1.0, 10.0]) + rng.integers(-1, 2, shape)


def companions(question: str, x: Any, y: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    """Return two points of the kind that a question is about."""
    if question == "monotone":
        return np.abs(x), np.abs(x) + np.abs(y)
    if question == "permutation-invariant":
        return x, rng.permutation(x.ravel()).reshape(x.shape)
    return x, y


def contradicted(row: Row, claims: Facts | dict[str, str]) -> list[str]:
    """Return the questions answered YES that random points contradict."""
    rng, found = np.random.default_rng(5), []
    for question in CLAIMS:
        answer = claims[question]
        if getattr(answer, "value", answer) != "YES":
            continue
        for _ in range(60):
            values = row.draw(rng, 4)
            x, y = companions(question, shaped(row, rng, 4), shaped(row, rng, 4), rng)
            if broken(question, lambda z, v=values: row.value(z, **v), x, y, 1.7):
                found.append(question)
                break
    return found


@every
def test_every_yes_survives_random_points(row: Row) -> None:
    assert contradicted(row, answers(row)) == []


def arrays(value: Any) -> Any:
    return np.array(value, dtype=float)


def from_witness(row: Row, witness: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters; a vector may be given entry by entry."""
    found = {}
    for p in nc.function(row.formula, **row.kinds).parameters:
        entries = [witness[k] for k in witness if k.startswith(p.name) and k[1:].isdigit()]
        value = witness.get(p.name, entries)
        groups = p.kind.order in ("groups", "partition")
        found[p.name] = value if groups else arrays(value)
    return found


@every
def test_every_no_has_a_witness_that_numpy_confirms(row: Row) -> None:
    found = answers(row)
    for question in CLAIMS:
        truth = found[question]
        if truth.value != "NO":
            continue
        witness = dict(truth.witness or {})
        values = from_witness(row, witness)
        x = arrays(witness["x"])
        x = x if x.ndim else x[None]
        y = arrays(witness.get("y", witness["x"]))
        if question == "permutation-invariant" and "y" not in witness:
            swapped, cycled = np.concatenate([x[[1, 0]], x[2:]]), np.roll(x, -1)
            y = swapped if row.value(swapped, **values) != row.value(x, **values) else cycled
        if question == "definite" and not x.any():
            assert row.value(x, **values) != 0
            continue
        scale = float(witness.get("t", 1))
        assert broken(question, lambda z, v=values: row.value(z, **v), x, y, scale), question


def test_a_wrong_answer_is_caught() -> None:
    rows = {row.formula: row for row in ROWS}
    claimed = dict.fromkeys(CLAIMS, "UNKNOWN")
    for formula, question in [
        ("norm(diff(x))", "definite"), ("sum(singular_values(X))", "absolute"),
        ("norm(x, 1)", "hilbertian"), ("sum(sqrt(abs(x)))", "convex"),
        ("sum(abs(diff(x)))", "monotone"), ("norm(cumsum(x))", "permutation-invariant"),
        ("sum(x**2)", "triangle"), ("max(x)", "even"),
    ]:  # fmt: skip
        if (formula, question) == ("norm(diff(x))", "definite"):
            wrong = replace(rows[formula], value=lambda x: np.linalg.norm(np.diff(np.ones(4))))
            assert contradicted(wrong, {**claimed, question: "YES"}) == [question]
        else:
            assert contradicted(rows[formula], {**claimed, question: "YES"}) == [question]


def test_a_wrong_rule_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    # differences do not keep convexity: abs(x1) - abs(x2) is not convex
    row = Row("sum(diff(abs(x)))", lambda x: np.diff(np.abs(x)).sum(), "none", "N------", "", {},
              none)  # fmt: skip
    function = nc.function(row.formula)
    assert nc.facts(function).convex.value == "NO"
    rules.traits.cache_clear()
    monkeypatch.setitem(lists.RULES, "diff", lists.RULES["cumsum"])
    wrong = nc.facts(function)
    rules.traits.cache_clear()
    assert wrong.convex.value == "YES"
    assert "convex" in contradicted(row, wrong)


@pytest.mark.parametrize(
    ("formula", "kinds", "shown"),
    [
        ("norm(A @ x)", {}, "seminorm with kernel {x : A @ x = 0}, the null space of A"),
        ("norm(diff(x))", {}, "seminorm with kernel {x : diff(x) = 0}, the constant vectors"),
        ("max(group_norms(x, G, 2))", {},
         "seminorm with kernel {x : x is zero on every group of G}"),
        ("max(group_norms(x, G, 2))", {"G": Partition}, "norm"),
        ("sum(w*abs(x))", {"w": nc.Nonnegative.vector}, "norm if w > 0"),
        ("dot(w, sort(abs(x)))", {"w": nc.Nonincreasing}, "norm if w > 0"),
        ("norm(x, p)", {"p": nc.Interval.open(0, 1)}, "quasi-norm with constant 2**(-1 + 1/p)"),
        ("norm(group_norms(x, G, 2), 2/3)", {"G": Partition},
         "quasi-norm with constant sqrt(2)"),
    ],
)  # fmt: skip
def test_kinds_say_what_is_particular(formula: str, kinds: dict[str, Any], shown: str) -> None:
    assert str(nc.facts(nc.function(formula, **kinds)).norm) == shown


def test_the_zero_norm_fails_homogeneity_at_twice_a_unit_vector() -> None:
    witness = nc.facts(nc.function("norm(x, 0)"))["homogeneous"].witness
    assert witness == {"x": (1, 0), "t": 2}


def test_convexity_is_explained_operation_by_operation() -> None:
    steps = nc.facts(nc.function("norm(A @ x - b)**2 + lam*sum(abs(x))")).convex.steps
    assert [step.partition(":")[0].strip() for step in steps] == [
        "norm(A @ x - b)**2 + lam*sum(abs(x))", "norm(A @ x - b)**2", "norm(A @ x - b)",
        "A @ x - b", "lam*sum(abs(x))", "sum(abs(x))", "abs(x)", "x",
    ]  # fmt: skip
    unknown = nc.facts(nc.function("log(1 + norm(x)**2)"))
    assert unknown.convex.value == "NO"
    assert "no rule gives its curvature" in unknown.explain()
    barrier = curvature_steps(setting(nc.function("-log(1 - norm(x)**2)")))
    assert "concave and nonincreasing in t = norm(x)" in barrier[1]


@pytest.mark.parametrize(
    ("formula", "size", "expected"),
    [
        ("norm(diff(x))", 3, [[1, -1, 0], [-1, 2, -1], [0, -1, 1]]),
        ("2*norm(cumsum(x))", 2, [[8, 4], [4, 4]]),
        ("norm(x - mean(x))", 2, [[0.5, -0.5], [-0.5, 0.5]]),
    ],
)
def test_gram_matrices_in_numbers(formula: str, size: int, expected: Any) -> None:
    np.testing.assert_allclose(gram_matrix(nc.function(formula), size), expected, atol=1e-12)
    with pytest.raises(InputError, match="no Gram matrix"):
        gram_matrix(nc.function("norm(x, 1)"), 2)


def test_gram_matrix_of_named_coordinates_is_exact() -> None:
    found = nc.facts(nc.function("sqrt(x1**2 + x1*x2 + x2**2)"))
    assert found.gram == ((1, sp.Rational(1, 2)), (sp.Rational(1, 2), 1))


@pytest.mark.parametrize(
    ("formula", "counts", "vertex"),
    [
        ("abs(x1) + abs(x2)/3", (4, 4), (0, 3)),
        ("abs(x1) + abs(x2) + abs(x3)", (6, 12, 8), (0, 0, 1)),
        ("max(abs(x1), abs(x2), abs(x3), abs(x4))", (16, 32, 24, 8), (1, 1, 1, 1)),
        ("max(abs(x1), abs(x2), abs(x1 - x2))", (6, 6), (1, 1)),
        # a prism over a square: 8 corners; its polar would have 6
        ("max(abs(x1) + abs(x2), abs(x3))", (8, 12, 6), (1, 0, 1)),
        ("max(abs(x1), abs(x2)) + abs(x3)", (6, 12, 8), (0, 0, 1)),
    ],
)
def test_faces_are_counted_exactly(
    formula: str, counts: tuple[int, ...], vertex: tuple[int, ...]
) -> None:
    found = nc.facts(nc.function(formula))
    assert found.faces.counts == counts
    assert vertex in found.faces.vertices
    euler = sum((-1) ** k * count for k, count in enumerate(counts))
    assert euler == 1 - (-1) ** len(counts)
    for corner in found.faces.vertices:
        assert nc.function(formula)([float(x) for x in corner]) == pytest.approx(1.0)


def test_faces_need_a_bounded_polyhedral_ball() -> None:
    with pytest.raises(NotDerivable, match="maximum of linear forms"):
        _ = nc.facts(nc.function("norm(x)")).faces
    with pytest.raises(NotDerivable, match="unbounded"):
        _ = nc.facts(nc.function("abs(x1 - x2)")).faces


def test_draws_fit_the_shapes_that_a_formula_leaves_open() -> None:
    f = nc.function("norm(w*(A @ x) - b) + sum(v*group_norms(x, G, 2))", w=nc.Positive.vector,
                    b=nc.Vector, v=nc.Positive.vector)  # fmt: skip
    found = next(draws(f))
    assert np.isfinite(found(found.points)).all()


def test_a_hidden_kink_is_no_proof_of_convexity() -> None:
    # log(1 + x^2) has a double zero under the root, so that the function is like -|x| near 0
    assert convex_on_line(nc.function("-sqrt(log(1 + x**2))")).value == "NO"
