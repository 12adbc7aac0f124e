"""Every rule against the oracle, and beside every rule a wrong one that the oracle refutes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import sympy as sp
from induced_oracle import NORMS, Norm, oracle

import normcalc as nc
from normcalc.induced import all_rules
from normcalc.induced.rules import Problem, best_rule
from normcalc.induced.vectors import as_norm, resolve

MATRICES = {
    "square": [[1.0, -2.0], [3.0, 4.0]],
    "tall": [[0.3, -1.1], [2.0, 0.7], [-0.4, 1.9]],
    "wide": [[1.2, -0.5, 0.8], [-0.3, 2.1, 1.4]],
    "three": [[0.9, -1.3, 0.2], [1.1, 0.4, -2.2], [-0.6, 1.7, 0.5]],
    "column": [[2.0], [-1.0]],
    "row": [[2.0, -1.0, 0.5]],
    "single": [[-3.0]],
    "zero column": [[1.0, 0.0], [-2.0, 0.0], [0.5, 0.0]],
    "zero row": [[1.0, 2.0], [0.0, 0.0]],
    "repeated": [[2.0, 0.0], [0.0, -2.0]],
    "rank one": [[1.0, -2.0], [2.0, -4.0]],
    "nonnegative": [[1.0, 2.0], [0.0, 3.0], [0.5, 0.1]],
    "nonpositive": [[-1.0, -2.0], [-4.0, -0.5]],
    "diagonal": [[1.0, 0.0], [0.0, 2.0]],
}
STRUCTURED = [name for name in NORMS if name not in ("sum", "cut")]
SLOW = ("sum", "cut")
DEGENERATE = [name for name in MATRICES if name not in ("square", "tall", "wide", "three")]


def fitting(name: str, dimension: int) -> bool:
    size = NORMS[name].size
    return size is None or size == dimension


def cases(names_in, names_out, matrices) -> list[tuple[str, str, str]]:
    """Return the combinations whose lengths fit."""
    return [
        (a, b, m)
        for a, b, m in product(names_in, names_out, matrices)
        if fitting(a, np.shape(MATRICES[m])[1]) and fitting(b, np.shape(MATRICES[m])[0])
    ]


def compare(a: str, b: str, m: str, gap: float = 1e-9) -> None:
    """The lower bound is attained, the upper one holds, and for so few columns they meet."""
    A, n_in, n_out = np.array(MATRICES[m]), NORMS[a], NORMS[b]
    found = nc.induced_norm(n_in.given, n_out.given).bounds(A)
    truth = oracle(A, n_in, n_out)
    x = found.attained_at[:, None]
    assert n_out.of(A @ x)[0] / n_in.of(x)[0] == pytest.approx(found.lower, rel=1e-12)
    assert n_in.of(x)[0] == pytest.approx(1, rel=1e-12)
    assert found.lower <= found.upper
    assert truth <= found.upper * (1 + 1e-10)
    assert found.lower == pytest.approx(truth, rel=1e-7)
    assert found.upper <= found.lower * (1 + gap)


@pytest.mark.parametrize(
    ("a", "b", "m"),
    [
        *cases(STRUCTURED, STRUCTURED, ("square", "tall", "wide", "three")),
        *cases(("1", "inf", "3", "octagon", "ellipse"), ("1", "2", "3", "octagon"), DEGENERATE),
    ],
)
def test_structured_pairs(a: str, b: str, m: str) -> None:
    compare(a, b, m)


@pytest.mark.parametrize(
    ("a", "b", "m"),
    [
        *cases(SLOW, ("1", "2", "3", "octagon"), ("square", "zero column", "diagonal")),
        *cases(("1", "2", "3", "octagon"), SLOW, ("square", "wide", "zero column")),
        *cases(SLOW, SLOW, ("square", "column", "row")),
    ],
)
def test_pairs_with_a_norm_of_no_structure(a: str, b: str, m: str) -> None:
    compare(a, b, m)


@pytest.mark.slow
@pytest.mark.parametrize(("a", "b", "m"), cases(SLOW, NORMS, MATRICES))
def test_all_pairs_from_a_norm_of_no_structure(a: str, b: str, m: str) -> None:
    compare(a, b, m, gap=1e-5)  # a continuum of maximisers takes a cut for each


@pytest.mark.parametrize("seed", range(6))
def test_random_matrices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    A = rng.normal(size=shape).round(3) * rng.integers(0, 2, size=shape)
    if not A.any():
        A[0, 0] = 1.0
    for a, b in product(("1", "2", "inf", "3", "3/2"), repeat=2):
        found = nc.induced_norm(NORMS[a].given, NORMS[b].given).bounds(A)
        truth = oracle(A, NORMS[a], NORMS[b])
        assert truth <= found.upper * (1 + 1e-10)
        assert found.lower == pytest.approx(truth, rel=1e-7)


def problem(A: list[list[float]], a: str, b: str) -> Problem:
    rows, columns = np.shape(A)
    n_in, n_out = (as_norm(NORMS[name].given) for name in (a, b))
    return Problem(resolve(n_in, columns), resolve(n_out, rows), np.array(A))


CHOSEN = [
    ("square", "1", "3", "vertices_of_the_input_ball"),
    ("square", "octagon", "3", "vertices_of_the_input_ball"),
    ("square", "inf", "1", "vertices_of_the_input_ball"),
    ("square", "3", "inf", "vertices_of_the_dual_output_ball"),
    ("square", "ellipse", "octagon", "vertices_of_the_dual_output_ball"),
    ("square", "2", "ellipse", "largest_singular_value"),
    ("nonnegative", "3", "3/2", "nonnegative_power_method"),
    ("nonpositive", "3", "3", "nonnegative_power_method"),
    ("square", "sum", "1", "dual_norm_by_cutting_planes"),
    ("square", "3", "3", None),
    ("nonnegative", "3/2", "3", None),  # q > p: hard even for a nonnegative matrix
]


@pytest.mark.parametrize(("m", "a", "b", "name"), CHOSEN)
def test_which_rule(m: str, a: str, b: str, name: str | None) -> None:
    rule = best_rule(problem(MATRICES[m], a, b))
    assert (rule.name if rule else None) == name


def test_vectors_of_ones() -> None:
    A = np.arange(1.0, 401.0).reshape(20, 20)
    to_three = nc.induced_norm("norm(x, oo)", 3).bounds(A)
    from_three = nc.induced_norm(3, 1).bounds(-A)
    assert "vector_of_ones (" in to_three.how
    assert "vector_of_ones_for_the_transpose" in from_three.how
    assert to_three.lower == pytest.approx(np.linalg.norm(A.sum(axis=1), 3))
    assert from_three.lower == pytest.approx(np.linalg.norm(A.sum(axis=0), 1.5))


def test_every_rule_is_complete() -> None:
    rules = all_rules()
    assert len({rule.name for rule in rules}) == len(rules) == 7
    from importlib.resources import files

    known = files("normcalc.theorems").joinpath("sources.bib").read_text("utf-8")
    for rule in rules:
        assert rule.needs
        assert rule.statement.endswith(".")
        assert f"{{{rule.source.partition(',')[0]}," in known


# One wrong rule beside each right one.  Each is a mistake that is easy to make.
SQUARE = np.array(MATRICES["square"])
R = np.linalg.cholesky(np.array([[4, 0.5], [0.5, 1]])).T
WRONG = {
    "columns measured by the input norm": ("1", "2", np.abs(SQUARE).sum(axis=0).max()),
    "rows instead of columns": ("1", "1", np.abs(SQUARE).sum(axis=1).max()),
    "rows measured by the input norm, not its dual": (
        "3", "inf", np.linalg.norm(SQUARE, 3, axis=1).max(),
    ),
    "axes for the vertices of the octagon": (
        "octagon", "2", np.linalg.norm(SQUARE, axis=0).max(),
    ),
    "the rows of the octagon for its vertices": (
        "octagon", "2", np.linalg.norm(SQUARE @ [[1, 0, 1 / np.sqrt(2)], [0, 1, 1 / np.sqrt(2)]],
                               axis=0).max(),
    ),
    "one sign vector left out": ("inf", "1", np.abs(SQUARE @ [1, -1]).sum()),
    "Frobenius for spectral": ("2", "2", np.linalg.norm(SQUARE)),
    "the spectral radius": ("2", "2", np.abs(np.linalg.eigvals(SQUARE)).max()),
    "the Cholesky factor where its inverse belongs": (
        "ellipse", "2", np.linalg.norm(SQUARE @ R, 2),
    ),
    "the ellipsoid ignored": ("ellipse", "2", np.linalg.norm(SQUARE, 2)),
    "the transpose between the same norms, not the duals": (
        "3/2", "1", nc.induced_norm(1.5, 1)(SQUARE.T),
    ),
    "ones for a matrix of both signs": ("inf", "3", np.linalg.norm(SQUARE @ [1, -1], 3)),
    "the method for nonnegative matrices, of absolute values": (
        "3", "2", nc.induced_norm(3, 2)(np.abs(SQUARE)),
    ),
    "the largest component of the tangent plane left out": ("3", "3", np.linalg.norm(SQUARE, 2)),
    "a corner of the first planes for the dual norm": ("sum", "1", 4.0),
}  # fmt: skip


@pytest.mark.parametrize(("a", "b", "claimed"), WRONG.values(), ids=list(WRONG))
def test_wrong_rules_are_refuted(a: str, b: str, claimed: float) -> None:
    truth = oracle(SQUARE, NORMS[a], NORMS[b])
    assert truth != pytest.approx(claimed, rel=1e-3)
    assert nc.induced_norm(NORMS[a].given, NORMS[b].given)(SQUARE) == pytest.approx(
        truth, rel=1e-7
    )


def test_the_oracle_knows_a_closed_form() -> None:
    """The oracle itself, where the answer is known without either."""
    norm = Norm(2, lambda x: np.linalg.norm(x, axis=0))
    assert oracle(SQUARE, norm, norm) == pytest.approx(np.sqrt(15 + np.sqrt(125)), rel=1e-12)
    three = np.diag([1.0, 3.0, 2.0])
    assert oracle(three, norm, norm) == pytest.approx(3, rel=1e-9)


def test_duality_of_the_whole_table() -> None:
    A = np.array(MATRICES["three"])
    for p, q in product((1, 2, np.inf, 3, 1.5), repeat=2):
        there = nc.induced_norm(p, q).bounds(A)
        back = nc.induced_norm(conjugate(q), conjugate(p)).bounds(A.T)
        assert there.lower == pytest.approx(back.lower, rel=1e-8)


def conjugate(p: float) -> float:
    return {1: np.inf, np.inf: 1}.get(p) or float(sp.Rational(p) / (sp.Rational(p) - 1))
