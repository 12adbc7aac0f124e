"""Derived operators against oracles that share nothing with the derivations.

- The general minimisers of SciPy, started at many points in few dimensions, on the objective of
  the prox as the user wrote it: none of them may find a lower value.
- Moreau's identity between the prox of a norm and the projection on the ball of its dual norm.
- Hölder's inequality: the quotient <v, x>/norm(x), maximised over x, is the dual norm of v.
- All theorems that apply to one function, in all its spellings, give the same points.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
import pytest
from scipy.optimize import minimize

import normcalc as nc
from normcalc.certify.draws import arguments, parameter_values, shape_of_argument
from normcalc.language import PositiveDefinite
from tests.derive.oracle import HUGE, Case, best_value, excess
from tests.derive.test_dual_norms import DUALS, norm_of
from tests.derive.test_theorems import operators
from tests.derive.vector_rows import BY_NAME, ROWS, Row

WEAK = 0.3  # an oracle that comes no nearer than this would catch nothing
SIZES, STEPS = (3, 2, 1), (0.7, 4.0, 0.05)
# one value of these is a search of its own, and SciPy asks for thousands
LATE = ("norm_infconv", "latent_group", "quad_env_card_ind", "quad_env_rank_l2", "ksupport", "tgv")
# SciPy's minimisers do not enter cones and spheres that have no interior, nor named coordinates;
# these rows have oracles of their own in test_atomic, test_polyhedral and test_reduced.
BLIND = ("norm_atomic", "gauge_points", "set_halfplanes", "set_plane_sparse", "set_sphere_l1")
NO_PROJECTION = ("slope_owl", "nuclear_weighted")  # on a ball written with partial sums
POSITIVE = {"w": nc.Positive.vector}


def cases(row: Row, count: int, rng: np.random.Generator) -> list[Case]:
    """Draw arguments of several sizes and kinds: plain, tied, sparse, zero, of low rank."""
    function, found = row.function(), []
    for k in range(count):
        for n in (*SIZES[k % 3 :], *SIZES[: k % 3], 4, 5, *[3] * 9):
            shape = shape_of_argument(function, n, rng)
            values = parameter_values(function, shape, rng, row.fixed)
            if values is not None:
                listed = list(arguments(function, shape, rng))
                v = listed[int(rng.integers(len(listed)))]
                found.append(Case(function, values, v, STEPS[k % len(STEPS)]))
                break
    return found


def check(row: Row, count: int, starts: int) -> None:
    prox, rng = nc.prox(row.function()), np.random.default_rng(crc32(row.name.encode()))
    answered = 0
    for case in cases(row, count, rng):
        try:
            u = prox(case.v, step=case.step, **case.values)
        except (nc.NotDerivable, nc.InputError):  # an empty set, or no minimiser at this step
            continue
        best = best_value(case, rng, starts)
        if best == HUGE:  # no minimiser enters the set
            continue
        answered += 1
        assert -WEAK <= excess(case, u, best) <= 1e-9, case
    assert answered


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.name not in (*LATE, *BLIND)], ids=lambda row: row.name
)
def test_no_minimiser_of_scipy_beats_the_prox(row: Row) -> None:
    check(row, 2, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.name not in BLIND], ids=lambda row: row.name
)
def test_no_minimiser_of_scipy_beats_the_prox_for_longer(row: Row) -> None:
    check(row, 24, 3)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("norm_inf", lambda u, v: u * 1.0005),
        ("sparse_group", lambda u, v: u + 5e-4),
        ("tv1d", lambda u, v: v),
        ("nuclear", lambda u, v: 0.999 * u),
        ("set_simplex", lambda u, v: np.full_like(v, u.sum() / v.size)),
        ("set_ball_l1", lambda u, v: 0.99 * u),
        ("set_psd", lambda u, v: np.abs(u)),
        ("logdet", lambda u, v: 1.001 * u),
        ("block_l_half", lambda u, v: 0.99 * u),
    ],
)
def test_a_wrong_prox_is_caught(name: str, change: Any) -> None:
    row, rng = BY_NAME[name], np.random.default_rng(0)
    prox, worst = nc.prox(row.function()), 0.0
    for case in cases(row, 5, rng):
        u = change(prox(case.v, step=case.step, **case.values), case.v)
        worst = max(worst, excess(case, u, best_value(case, rng)))
    assert worst > 1e-8


GROUPED = [
    ("sum(group_norms(x, G, 2))", {}),
    ("sum(group_norms(x, G, oo))", {}),
    ("sum(group_norms(x, G, 1))", {}),
    ("sum(w*group_norms(x, G, 2))", POSITIVE),
    ("max(group_norms(x, G, 2))", {}),
    ("max(group_norms(x, G, 1))", {}),
    ("sum(group_norms(x, G, 2)) + sum(abs(x))", {}),
    ("sum(sqrt(group_norms(x, G, 2)))", {}),
    ("indicator(sum(group_norms(x, G, 2)) <= 1)", {}),
    ("indicator(max(group_norms(x, G, 2)) <= 1)", {}),
]
LISTS = [[[]], [[], [0, 1]], [[0]], [[1], []], [[0, 1], [0, 1]], [[0], [0, 1]], [[0, 1], [1]]]


@pytest.mark.parametrize(("formula", "kinds"), GROUPED)
def test_groups_that_are_empty_or_leave_entries_out_or_repeat(formula: str, kinds: Any) -> None:
    function, rng = nc.function(formula, **kinds), np.random.default_rng(0)
    prox = nc.prox(function)
    for groups in LISTS:
        values = {"G": groups, **{name: np.arange(1.0, len(groups) + 1) for name in kinds}}
        v = [[2.0, -2.0], [0.0, 0.0], [0.0, 3.0], [0.1, -0.2]][int(rng.integers(4))]
        case = Case(function, values, np.array(v), 0.7)
        try:
            u = prox(case.v, step=case.step, **values)
        except (nc.NotDerivable, nc.InputError, nc.ParameterError):
            continue  # a theorem says which groups it is about
        assert -WEAK <= excess(case, u, best_value(case, rng)) <= 1e-9, case


SPECIAL = [
    ("max(abs(x))", {}, [2.0, -2.0, 2.0]),
    ("max(abs(x))", {}, [0.1, -0.1, 0.1]),
    ("norm(x)", {}, [0.0, 0.0, 0.0]),
    ("norm(x, 3)", {}, [0.0, 0.0]),
    ("norm(x, p)", {"p": 1.0}, [1.0, -1.0, 0.0]),
    ("dot(w, sort(abs(x)))", {"w": [1.0, 1.0, 0.0]}, [2.0, 2.0, -2.0]),
    ("sum_largest(abs(x), k)", {"k": 2}, [1.0, 1.0, 1.0]),
    ("sum(abs(diff(x)))", {}, [3.0]),
    ("sum(abs(diff(x)))", {}, [1.0, 1.0, 1.0]),
    ("max(x) - min(x)", {}, [3.0]),
    ("norm(x - mean(x))", {}, [2.0, 2.0]),
    ("indicator(norm(x) <= 1)", {}, [0.2, -0.3]),
    ("indicator(sum(abs(x)) <= 1)", {}, [0.2, -0.3, 0.1]),
    ("indicator(norm(x, 3) <= 1)", {}, [0.2, -0.3]),
    ("indicator((x >= 0) & (sum(x) == 1))", {}, [7.0]),
    ("indicator((x >= 0) & (sum(x) == 1))", {}, [5.0, 5.0, 5.0]),
    ("indicator(norm(x[:-1]) <= x[-1])", {}, [0.0, 0.0, -2.0]),
    ("log(1 + norm(x)**2)", {}, [0.0, 0.0]),
    ("sum(singular_values(X))", {}, [[2.0, 0.0], [0.0, -2.0]]),
    ("max(singular_values(X))", {}, [[2.0, 0.0], [0.0, 2.0]]),
    ("max(singular_values(X))", {}, [[3.0]]),
    ("sum_largest(singular_values(X), k)", {"k": 1}, [[1.0, 1.0], [1.0, 1.0]]),
    ("indicator(sum(singular_values(X)) <= 1)", {}, [[2.0, 0.0], [0.0, 2.0]]),
    ("max(eigenvalues(X))", {}, [[1.0, 0.0], [0.0, 1.0]]),
    ("max(eigenvalues(X))", {}, [[-4.0]]),
    ("indicator(eigenvalues(X) >= 0)", {}, [[-1.0, 0.0], [0.0, -1.0]]),
    ("mu*rank(X)", {"mu": 0.5}, [[1.0, 0.0], [0.0, 1.0]]),
    ("-logdet(X)", {}, [[0.0, 0.0], [0.0, 0.0]]),
]


@pytest.mark.parametrize(("formula", "values", "v"), SPECIAL)
def test_ties_zeros_interior_points_and_one_entry(formula: str, values: Any, v: Any) -> None:
    kinds = {"w": nc.Nonincreasing} if "w" in values else {}
    kinds |= {"p": nc.Interval(1, None)} if "p" in values else {}
    function, rng = nc.function(formula, **kinds), np.random.default_rng(0)
    case = Case(function, values, np.array(v), 0.7)
    u = nc.prox(function)(case.v, step=case.step, **values)
    assert -WEAK <= excess(case, u, best_value(case, rng)) <= 1e-9, case


def dual_case(name: str, rng: np.random.Generator) -> tuple[Any, Any, Any, Any]:
    """Return a norm, its derived dual norm, values for the parameters, and a direction."""
    norm = norm_of(name)
    dual = nc.dual_norm(norm).value
    shape = (2, 2) if norm.variable.kind == "matrix" else (3,)
    names = {p.name for p in norm.parameters}
    given = {key: x for key, x in (("G", [[0, 2], [1]]), ("k", 2)) if key in names}
    values = parameter_values(dual, shape, rng, given)
    assert values is not None
    return norm, dual, values, rng.normal(size=shape)


SCALES = ((0.7, 1.0), (0.7, 0.05), (3.0, 4.0), (0.1, 1.0))


def subgradient_gap(name: str, factor: float = 1.0) -> float:
    """Return by how much (v - u)/step fails to be a subgradient of the norm at its prox u.

    It is one if its dual norm is at most 1, and its product with u is the norm of u.
    """
    norm, dual, values, v = dual_case(name, np.random.default_rng(1))
    prox, worst = nc.prox(norm), 0.0
    for step, size in SCALES:
        u = factor * prox(size * v, step=step, **values)
        w = (size * v - u) / step
        missing = float(norm(u, **values)) - float(np.sum(w * u))
        worst = max(worst, float(dual(w, **values)) - 1.0, abs(missing) / (1 + size))
    return worst


@pytest.mark.parametrize("name", DUALS)
def test_what_a_prox_takes_away_is_a_subgradient_by_the_derived_dual(name: str) -> None:
    assert subgradient_gap(name) < 1e-8


def test_a_wrong_prox_takes_away_no_subgradient() -> None:
    assert subgradient_gap("norm_inf", 1.001) > 1e-4


@pytest.mark.parametrize("name", DUALS)
def test_moreau_between_a_norm_and_the_ball_of_its_derived_dual(name: str) -> None:
    norm, dual, values, v = dual_case(name, np.random.default_rng(1))
    ball = nc.level_set(dual)
    if name in NO_PROJECTION:
        with pytest.raises(nc.NotDerivable):
            nc.projection(ball)
        return
    projection, prox = nc.projection(ball), nc.prox(norm)
    for step, size in SCALES:
        u = prox(size * v, step=step, **values)
        w = projection(size * v / step, level=1.0, **values)
        np.testing.assert_allclose(u + step * w, size * v, atol=2e-8 * (1 + size), rtol=0)


@pytest.mark.parametrize("name", DUALS)
def test_hoelder_is_attained_and_never_exceeded(name: str) -> None:
    norm, dual, values, v = dual_case(name, np.random.default_rng(2))
    claimed = float(dual(v, **values))

    def loss(z: Any) -> float:
        x = z.reshape(v.shape)
        size = float(norm(x, **values))
        return -float(np.sum(x * v)) / size if size else 0.0

    best = 0.0
    columns = np.sign(v) * (np.abs(v) == np.abs(v).max(axis=0))
    rows = np.sign(v) * (np.abs(v) == np.abs(v).max(axis=-1, keepdims=True))
    for start in (v, columns, rows, polished(v)):
        found = minimize(loss, start.ravel(), method="Nelder-Mead", options={"maxfev": 200})
        best = max(best, -found.fun, -loss(start.ravel()))
    assert best <= claimed * (1 + 1e-9)
    assert best >= claimed * (1 - 2e-3)


def polished(v: Any) -> Any:
    """Return a matrix of equal singular values, or a vector of equal sizes."""
    if v.ndim == 1:
        return np.sign(v)
    left, _, right = np.linalg.svd(v, full_matrices=False)
    return left @ right


EYE = np.eye(3)
DIFFERENCES = np.array([[-1.0, 1.0, 0.0], [0.0, -1.0, 1.0]])
ONES = np.ones(3)
WHOLE, SINGLE = [[0, 1, 2]], [[0], [1], [2]]
FALLING = {"w": nc.Nonincreasing}
FAMILIES = {
    "the Euclidean norm": [
        ("norm(x)", {}, {}),
        ("norm(x, p)", {"p": nc.Interval(1, None)}, {"p": 2.0}),
        ("sqrt(dot(x, P @ x))", {"P": PositiveDefinite}, {"P": EYE}),
        ("sqrt(sum(w*x**2))", POSITIVE, {"w": ONES}),
        ("sum(group_norms(x, G, 2))", {}, {"G": WHOLE}),
        ("max(group_norms(x, G, 2))", {}, {"G": WHOLE}),
        ("norm(A @ x)", {}, {"A": EYE}),
        ("max(norm(x), norm(x)/2)", {}, {}),
        ("max(norm(x) - 0, 0)", {}, {}),
        ("norm(x) + indicator(x >= -100)", {}, {}),
    ],
    "the sum of sizes": [
        ("sum(abs(x))", {}, {}),
        ("norm(x, 1)", {}, {}),
        ("norm(x, p)", {"p": nc.Interval(1, None)}, {"p": 1.0}),
        ("dot(w, sort(abs(x)))", FALLING, {"w": ONES}),
        ("sum_largest(abs(x), k)", {}, {"k": 3}),
        ("sum(group_norms(x, G, 2))", {}, {"G": SINGLE}),
        ("sum(group_norms(x, G, 1))", {}, {"G": WHOLE}),
        ("max(group_norms(x, G, 1))", {}, {"G": WHOLE}),
        ("sum(w*abs(x))", {"w": nc.Nonnegative.vector}, {"w": ONES}),
        ("sum(abs(A @ x))", {}, {"A": EYE}),
        ("max(sum(abs(x)), max(abs(x)))", {}, {}),
    ],
    "the largest size": [
        ("max(abs(x))", {}, {}),
        ("norm(x, oo)", {}, {}),
        ("dot(w, sort(abs(x)))", FALLING, {"w": np.array([1.0, 0.0, 0.0])}),
        ("sum_largest(abs(x), k)", {}, {"k": 1}),
        ("max(group_norms(x, G, 2))", {}, {"G": SINGLE}),
        ("sum(group_norms(x, G, oo))", {}, {"G": WHOLE}),
        ("max(abs(A @ x))", {}, {"A": EYE}),
        ("max(max(x), max(-x))", {}, {}),
    ],
    "total variation": [
        ("sum(abs(diff(x)))", {}, {}),
        ("sum(w*abs(diff(x)))", {"w": nc.Nonnegative.vector}, {"w": np.ones(2)}),
        ("sum(abs(D @ x))", {}, {"D": DIFFERENCES}),
        ("sum(abs(diff(x))) + 0*sum(abs(x))", {}, {}),
        ("abs(x[0] - x[1]) + abs(x[1] - x[2])", {}, {}),
    ],
    "half the square": [
        ("sum(x**2)/2", {}, {}),
        ("norm(x)**2/2", {}, {}),
        ("dot(x, Q @ x)/2", {"Q": PositiveDefinite}, {"Q": EYE}),
        ("norm(A @ x)**2/2", {}, {"A": EYE}),
    ],
    "sparse groups": [
        ("sum(abs(x)) + norm(x)", {}, {}),
        ("sum(w*group_norms(x, G, 2))", POSITIVE, {"G": SINGLE + WHOLE, "w": np.ones(4)}),
        ("sum(group_norms(x, G, 2)) + sum(abs(x))", {}, {"G": WHOLE}),
        ("sum(abs(A @ x)) + norm(x)", {}, {"A": EYE}),
    ],
    "the simplex": [
        ("indicator((x >= 0) & (sum(x) == 1))", {}, {}),
        ("indicator((x >= 0) & (A @ x == b))", {}, {"A": np.ones((1, 3)), "b": np.ones(1)}),
        ("indicator(x >= 0) + indicator(sum(x) == 1)", {}, {}),
    ],
    "the ball of the sum of sizes": [
        ("indicator(sum(abs(x)) <= 1)", {}, {}),
        ("indicator(norm(x, 1) <= 1)", {}, {}),
        ("indicator(dot(w, sort(abs(x))) <= 1)", FALLING, {"w": ONES}),
        ("indicator(sum(group_norms(x, G, 2)) <= 1)", {}, {"G": SINGLE}),
        ("indicator(sum_largest(abs(x), k) <= 1)", {}, {"k": 3}),
    ],
    "the sum of singular values": [
        ("sum(singular_values(X))", {}, {}),
        ("norm(singular_values(X), 1)", {}, {}),
        ("dot(w, singular_values(X))", FALLING, {"w": ONES}),
        ("sum_largest(singular_values(X), k)", {}, {"k": 3}),
    ],
    "the Frobenius norm": [
        ("norm(entries(X))", {}, {}),
        ("norm(singular_values(X))", {}, {}),
        ("norm(row_norms(X, 2))", {}, {}),
        ("norm(column_norms(X, 2))", {}, {}),
    ],
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_all_theorems_for_all_spellings_agree(family: str) -> None:
    matrix = "X" in FAMILIES[family][0][0]
    rng = np.random.default_rng(3)
    points = [rng.normal(size=(3, 3) if matrix else 3) * size for size in (2.0, 0.2)]
    points += [np.eye(3) * 2.0 if matrix else np.array([2.0, -2.0, 2.0]), 0.0 * points[0]]
    answers = []
    for formula, kinds, values in FAMILIES[family]:
        function = nc.function(formula, **kinds)
        given = {p.name: p.kind.check(p.name, values[p.name]) for p in function.parameters}
        found: list[Any] = [op for op in operators("prox", formula, **kinds) if op is not None]
        if not found:  # a table of cases, which is no operator
            prox = nc.prox(function)
            found.append(lambda v, step, values, prox=prox: prox(v, step=step, **values))
        answers += [(formula, [op(v, 0.8, given) for v in points]) for op in found]
    assert len(answers) >= len(FAMILIES[family])
    for formula, answer in answers:
        for u, first in zip(answer, answers[0][1], strict=True):
            np.testing.assert_allclose(u, first, atol=2e-8, err_msg=formula)
