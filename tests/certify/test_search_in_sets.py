"""The search for rivals in thin sets: parameters that fit, points that are moved into the set."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.certify.draws import parameter_values
from normcalc.certify.rivals import Problem, _moved
from normcalc.language import PositiveDefinite

THIN = [
    ("indicator(dot(a, x) == b)", (3,)),
    ("indicator((x >= 0) & (sum(x) == 1))", (4,)),
    ("indicator(norm(x) == 1)", (3,)),
    ("indicator(A @ x == b)", (3,)),
    ("indicator(norm(x[:-1]) <= x[-1])", (3,)),
    ("indicator((eigenvalues(X) >= 0) & (trace(X) == 1))", (3, 3)),
    ("indicator(X[1:, :-1] == X[:-1, 1:])", (3, 3)),
]


@pytest.mark.parametrize(("formula", "shape"), THIN)
def test_points_are_moved_into_the_set_together(formula: str, shape: tuple[int, ...]) -> None:
    f, rng = nc.function(formula), np.random.default_rng(0)
    values = parameter_values(f, shape, rng, {})
    assert values is not None
    points = 2 * rng.normal(size=(8, *shape))
    points = points + np.swapaxes(points, 1, 2) if "eigenvalues" in formula else points
    problem = Problem(f, values, points[0], 1.0)
    before, after = (np.isfinite(problem.cost(p)).sum() for p in (points, _moved(problem, points)))
    assert before <= 3
    assert after >= 6


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("formula", ["indicator(A @ x == b)", "norm(A @ x - b)"])
def test_right_sides_have_as_many_entries_as_the_matrix_has_rows(formula: str, n: int) -> None:
    f = nc.function(formula)
    for seed in range(5):
        values = parameter_values(f, (n,), np.random.default_rng(seed), {})
        assert values is not None
        assert values["A"].shape == (values["b"].size, n)


@pytest.mark.parametrize("formula", ["rank(X[2:, :])", "rank(X[:2, :]) + rank(X[2:, :])"])
def test_ranks_of_parts_without_entries(formula: str) -> None:
    assert nc.certify(nc.prox(formula), budget=3.0).status == "verified"


def test_no_shapes_are_tried_for_what_is_given() -> None:
    f = nc.function("norm(P @ x - b)", P=PositiveDefinite)
    given = {"P": np.eye(3), "b": np.ones(3)}
    assert parameter_values(f, (3,), np.random.default_rng(0), given) is not None
    assert parameter_values(f, (2,), np.random.default_rng(0), given) is None


@pytest.mark.parametrize(
    ("formula", "change"),
    [
        ("indicator((x >= 0) & (sum(x) == 1))", lambda u: u[::-1]),
        ("indicator(A @ x == b)", lambda u: u + 1e-4),
        ("sum(eigenvalues(X)*log(eigenvalues(X)))", lambda u: u - 1e-4 * np.eye(len(u))),
        ("gauge_of_points(x, V)", lambda u: u + 1e-6),
        ("indicator(norm(x) == 1)", lambda u: -u),
        ("indicator((eigenvalues(X) >= 0) & (trace(X) == 1))", lambda u: np.eye(len(u)) / len(u)),
    ],
)
def test_a_worse_point_of_a_thin_set_is_refuted(formula: str, change) -> None:
    right = nc.prox(formula)

    def wrong(v, step=1.0, **values):
        return change(right(v, step=step, **values))

    with pytest.raises(nc.Refuted):
        nc.certify(wrong, nc.function(formula), budget=10.0)
