"""Penalties that are sums over blocks, read from their structure: against searches by SciPy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize as search

import normcalc as nc
from normcalc.engine import largest
from normcalc.engine.blockwise import BlockPenalty, block_penalty
from normcalc.engine.methods import block_descent, working_set
from normcalc.engine.partition import in_blocks
from normcalc.errors import InputError, SolverError

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(3)
A = RNG.normal(size=(20, 6))
B = A @ [2.0, -1.0, 0.0, 0.0, 0.0, 1.0] + 0.2 * RNG.normal(size=20)
TWO = np.stack([B, A @ [0.0, 1.0, 0.0, 0.0, 0.0, 2.0]], axis=1)
SIGNS = np.where(RNG.random(20) < 0.5, -1.0, 1.0)
GROUPS = [[4, 0], [2], [1, 5, 3]]
WEIGHTS = np.array([1.0, 0.5, 2.0])
POSITIVE = nc.Positive.vector


@dataclass(frozen=True)
class Case:
    """A penalty as text, its values, what one block is, and the penalty by hand."""

    text: str
    by_hand: Callable[[Any], float]
    values: dict[str, Any] = field(default_factory=lambda: {"G": GROUPS})
    kinds: dict[str, Any] = field(default_factory=dict)

    @property
    def penalty(self) -> Any:
        return nc.function(self.text, **self.kinds)


def _sizes(x: Any, order: float = 2) -> Any:
    return np.array([np.linalg.norm(x[g], order) for g in GROUPS])


WEIGHTED: dict[str, Any] = {
    "values": {"G": GROUPS, "w": WEIGHTS},
    "kinds": {"w": POSITIVE},
}
CASES = {
    "groups": Case("3*sum(group_norms(x, G, 2))", lambda x: 3 * _sizes(x).sum()),
    "weighted groups": Case(
        "3*sum(w*group_norms(x, G, 2))", lambda x: 3 * WEIGHTS @ _sizes(x), **WEIGHTED
    ),
    "sparse groups": Case(
        "2*sum(group_norms(x, G, 2)) + norm(x, 1)", lambda x: 2 * _sizes(x).sum() + abs(x).sum()
    ),
    "greatest entries": Case(
        "3*sum(group_norms(x, G, inf))", lambda x: 3 * _sizes(x, np.inf).sum()
    ),
    "squares besides": Case(
        "sum(2*group_norms(x, G, 2) + w*group_norms(x, G, 2)**2)",
        lambda x: 2 * _sizes(x).sum() + WEIGHTS @ _sizes(x) ** 2,
        **WEIGHTED,
    ),
    "ridge besides": Case(
        "2*sum(group_norms(x, G, 2)) + sum(x**2)", lambda x: 2 * _sizes(x).sum() + x @ x
    ),
}  # fmt: skip
ROWS = {
    "rows": Case("4*sum(row_norms(X, 2))", lambda X: 4 * np.linalg.norm(X, axis=1).sum(), {}),
    "sparse rows": Case(
        "3*sum(row_norms(X, 2)) + sum(entries(abs(X)))",
        lambda X: 3 * np.linalg.norm(X, axis=1).sum() + abs(X).sum(),
        {},
    ),
    "greatest entries": Case(
        "4*sum(row_norms(X, inf))", lambda X: 4 * abs(X).max(axis=1).sum(), {}
    ),
}


def _worse_everywhere(fun: Callable[[Any], float], x: Any, best: float) -> bool:
    """Tell whether searches from several starts find nothing better."""
    starts = [x, np.zeros_like(x), x + 0.1, -x]
    options = {"maxiter": 40_000, "maxfev": 40_000, "xatol": 1e-9, "fatol": 1e-12}
    least = min(search(fun, s, method="Nelder-Mead", options=options).fun for s in starts)
    least = min(least, *(search(fun, s, method="Powell").fun for s in starts))
    return bool(least >= best - 1e-7 * abs(best))


@pytest.mark.parametrize("name", CASES)
def test_no_search_finds_a_better_point(name: str) -> None:
    case = CASES[name]
    found = nc.minimize(nc.least_squares(A, B) + case.penalty, tol=1e-10, **case.values)
    assert (found.status, found.method) == ("optimal", "block coordinate descent")

    def fun(x: Any) -> float:
        return 0.5 * float((A @ x - B) @ (A @ x - B)) + case.by_hand(x)

    assert found.fun == pytest.approx(fun(found.x), rel=1e-12)
    assert _worse_everywhere(fun, found.x, found.fun)
    assert not _worse_everywhere(fun, found.x, found.fun + 1e-3)


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_a_matrix(name: str) -> None:
    case = ROWS[name]
    objective = nc.least_squares(A, TWO) + case.penalty
    found = nc.minimize(objective, tol=1e-10)
    other = nc.minimize(objective, tol=1e-10, method="proximal_gradient")
    assert (found.status, found.method) == ("optimal", "block coordinate descent")
    assert other.method == "accelerated proximal gradient"
    np.testing.assert_allclose(found.x, other.x, atol=1e-4)
    by_hand = 0.5 * ((A @ found.x - TWO) ** 2).sum() + case.by_hand(found.x)
    assert found.fun == pytest.approx(by_hand, rel=1e-12)


def _stationarity_by_hand(x: Any, slope: Any, weights: Any, rest: float) -> float:
    """Return how far minus the slope is from the subdifferential of a sparse group penalty."""
    worst = 0.0
    for g, w in zip(GROUPS, weights, strict=True):
        s, u = -slope[g], x[g]
        if u.any():
            free = s - w * u / np.linalg.norm(u)
            off = np.where(u == 0, np.maximum(abs(free) - rest, 0), abs(free - rest * np.sign(u)))
            worst = max(worst, float(off.max()))
        else:
            left = np.linalg.norm(np.maximum(abs(s) - rest, 0))
            worst = max(worst, float(left - w))
    return worst


@pytest.mark.parametrize("intercept", [False, True])
def test_curved_losses_meet_the_optimality_conditions(intercept: bool) -> None:
    penalty = nc.function("sum(w*group_norms(x, G, 2)) + r*norm(x, 1)", w=POSITIVE)
    made = nc.loss("log(1 + exp(-y*z))", A, SIGNS, intercept=intercept)
    given = {"w": 0.5 * WEIGHTS, "G": GROUPS, "r": 0.2}
    found = nc.minimize(made + penalty, tol=1e-12, **given)
    assert (found.status, found.method) == ("optimal", "block proximal Newton")
    z = A @ found.x + found.intercept
    rows = -SIGNS / (1 + np.exp(SIGNS * z))
    assert _stationarity_by_hand(found.x, A.T @ rows, 0.5 * WEIGHTS, 0.2) < 1e-8
    assert _stationarity_by_hand(found.x, A.T @ rows, 0.4 * WEIGHTS, 0.2) > 1e-3
    assert not intercept or abs(rows.sum()) < 1e-8


def test_zero_is_a_solution_from_the_largest_dual_norm_on() -> None:
    objective = nc.least_squares(A, B) + nc.function("lam*sum(w*group_norms(x, G, 2))", w=POSITIVE)
    given = {"G": GROUPS, "w": WEIGHTS}
    slopes = A.T @ B
    by_hand = max(np.linalg.norm(slopes[g]) / w for g, w in zip(GROUPS, WEIGHTS, strict=True))
    assert largest(objective, "lam", **given) == pytest.approx(by_hand, rel=1e-9)
    assert not nc.minimize(objective, lam=1.001 * by_hand, **given).x.any()
    assert nc.minimize(objective, lam=0.999 * by_hand, **given).x.any()


def test_structure_is_read_and_not_the_name() -> None:
    G = [[0, 1], [2, 3], [4, 5]]
    spelled = nc.function("2*norm(x, 1) + sum(sqrt(group_norms(x, G, 2)**2))")
    plain = nc.function("sum(group_norms(x, G, 2)) + 2*sum(abs(x))")
    funs = {nc.minimize(nc.least_squares(A, B) + f, G=G, tol=1e-11).fun for f in (spelled, plain)}
    assert max(funs) - min(funs) < 1e-8
    listed = nc.function("lam*abs(x)"), nc.function("sum(group_norms(x, G, 2))")
    both = nc.least_squares(A, B) + listed[0] + listed[1]
    found = nc.minimize(both, lam=2.0, G=G, tol=1e-11)
    assert found.method == "block coordinate descent"
    assert found.fun == pytest.approx(min(funs), rel=1e-9)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("sum(group_norms(x, G, 2))", [[0, 1], [1, 2], [3, 4, 5]]),  # they overlap
        ("sum(group_norms(x, G, 2))", [[0, 1], [2, 3]]),  # they leave entries out
        ("sum(group_norms(x, G, 2)) + norm(x)", GROUPS),  # a term of all entries
        ("norm(group_norms(x, G, 2))", GROUPS),  # no sum
    ],
)
def test_what_is_no_sum_over_disjoint_blocks(text: str, groups: Any) -> None:
    assert in_blocks([nc.function(text)], {"G": groups}, np.zeros(6)) is None
    with pytest.raises(SolverError, match="disjoint groups"):
        nc.minimize(
            nc.least_squares(A, B) + nc.function(text), G=groups, method="coordinate_descent"
        )


def test_groups_that_do_not_fit_are_refused() -> None:
    objective = nc.least_squares(A, B) + nc.function("sum(group_norms(x, G, 2))")
    with pytest.raises((InputError, SolverError)):
        nc.minimize(objective, G=[[0, 1, 2, 3, 4, 5, 6]])


@pytest.mark.parametrize("form", [np.asarray, np.asfortranarray, sparse.csc_matrix])
@pytest.mark.parametrize("limit", [10**6, 40, 0])
def test_forms_of_the_matrix_and_parts_of_the_working_set(
    form: Any, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = RNG.normal(size=(30, 300))
    b = wide[:, :20] @ np.ones(20)
    groups = [list(range(j, min(j + 7, 300))) for j in range(0, 300, 7)]
    objective = nc.least_squares(form(wide), b) + nc.function("lam*sum(group_norms(x, G, 2))")
    lam = largest(objective, "lam", G=groups) / 20
    best = nc.minimize(objective, lam=lam, G=groups, tol=1e-11, method="proximal_gradient")
    monkeypatch.setattr(block_descent, "GRAM_LIMIT", limit)
    monkeypatch.setattr(working_set, "FIRST", 20)
    found = nc.minimize(objective, lam=lam, G=groups, tol=1e-10, max_iter=20_000)
    assert found.status == "optimal"
    assert found.fun == pytest.approx(best.fun, rel=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_the_gap_bounds_the_error_on_the_way(name: str) -> None:
    case = CASES[name]
    objective = nc.least_squares(A, B) + case.penalty
    best = nc.minimize(objective, tol=1e-11, **case.values).fun
    for record in nc.minimize(objective, tol=1e-11, **case.values).history:
        assert record.fun - best <= record.gap + 1e-12 * best


def test_the_domain_of_the_conjugate_is_that_of_the_dual_norm() -> None:
    penalty = nc.function("2*sum(group_norms(x, G, 2)) + norm(x, 1)")
    made = block_penalty([penalty], {"G": GROUPS}, np.zeros(6))
    assert isinstance(made, BlockPenalty)
    u = 10 * RNG.normal(size=6)
    share = made.into_domain(u)
    # in the sum of balls 2 B_2 + B_inf of each group, on the border of one of them
    reach = [np.linalg.norm(np.maximum(abs(share * u[g]) - 1, 0)) for g in GROUPS]
    assert max(reach) == pytest.approx(2.0, rel=1e-9)
    assert made.dual(share * u) == 0.0
    assert made.dual(1.001 * share * u) == np.inf


def test_a_wrong_bound_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BlockPenalty, "into_domain", lambda self, u: 1.0)
    monkeypatch.setattr(BlockPenalty, "dual", lambda self, u: -1.0)
    with pytest.raises(SolverError, match="is wrong"):
        nc.minimize(nc.least_squares(A, B) + CASES["groups"].penalty, G=GROUPS)


def test_blocks_that_are_not_convex_end_stationary() -> None:
    penalty = nc.function("2*sum(min(group_norms(x, G, 2), 1))")
    found = nc.minimize(nc.least_squares(A, B) + penalty, G=GROUPS)
    assert (found.status, found.method) == ("stationary", "block coordinate descent")
    assert np.isnan(found.gap)
