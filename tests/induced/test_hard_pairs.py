"""Pairs without a rule: bounds that hold, in small dimensions that meet."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import normcalc as nc
from normcalc.errors import NotDerivable
from normcalc.induced import intermediate, interpolation
from normcalc.induced.enclosing import enclosed
from normcalc.induced.power import climb, lower_bound
from normcalc.induced.rules import Found, Problem
from normcalc.induced.vectors import PNorm, as_norm, resolve

ORDERS = (1, sp.Rational(3, 2), 2, 3, sp.oo)
RNG = np.random.default_rng(5)
entries = st.integers(-4, 4).map(float)
orders = st.sampled_from([sp.Integer(1), sp.Rational(4, 3), sp.Integer(2), sp.Integer(3), sp.oo])
matrices = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: arrays(float, shape, elements=entries)
)


def pair(p: sp.Expr, q: sp.Expr, A: np.ndarray) -> Problem:
    return Problem(PNorm(sp.sympify(p), A.shape[1]), PNorm(sp.sympify(q), A.shape[0]), A)


@settings(max_examples=150, deadline=None)
@given(orders, orders, matrices, st.integers(0, 9))
def test_no_vector_passes_an_upper_bound(p, q, A, seed) -> None:
    problem = pair(p, q, A)
    x = np.random.default_rng(seed).normal(size=(A.shape[1], 200))
    best = np.max(problem.n_out.values(A @ x) / problem.n_in.values(x))
    assert best <= intermediate.upper_bound(problem) * (1 + 1e-12)
    assert best <= interpolation.upper_bound(problem, problem.n_in, problem.n_out) * (1 + 1e-12)


@settings(max_examples=60, deadline=None)
@given(orders, orders, matrices)
def test_bounds_are_in_order_and_attained(p, q, A) -> None:
    norm = nc.induced_norm(float(p), float(q))
    found = norm.bounds(A)
    problem = pair(p, q, A)
    assert 0 <= found.lower <= found.upper < np.inf
    assert problem.ratio(found.attained_at) == pytest.approx(found.lower, rel=1e-9, abs=1e-12)
    assert found.meet or found.verdict == "hard"


@settings(max_examples=40, deadline=None)
@given(orders, orders, orders, st.integers(0, 1000))
def test_submultiplicative(p, q, r, seed) -> None:
    rng = np.random.default_rng(seed)
    A, B = rng.integers(-3, 4, (2, 3)).astype(float), rng.integers(-3, 4, (3, 2)).astype(float)
    product = nc.induced_norm(float(p), float(r)).bounds(A @ B).lower
    first = nc.induced_norm(float(p), float(q)).bounds(B).upper
    second = nc.induced_norm(float(q), float(r)).bounds(A).upper
    assert product <= first * second * (1 + 1e-9)


def test_wrong_upper_bounds_are_refuted() -> None:
    """Interpolation without its exponents, and equivalence without its constant, are no bounds."""
    A = np.array([[1.0, 1.0], [1.0, -1.0]])
    problem = pair(sp.Integer(3), sp.Integer(3), A)
    value, _ = lower_bound(problem, np.random.default_rng(0))
    mixed = np.linalg.norm(A, 1) ** (1 / 9) * np.linalg.norm(A, np.inf) ** (1 / 9)
    assert value > mixed
    assert value > np.linalg.norm(A, 2)  # the constant from the 2-norm to the 3-norm left out
    assert value <= interpolation.upper_bound(problem, problem.n_in, problem.n_out) * (1 + 1e-12)


def test_interpolation_is_sharp_for_hadamard() -> None:
    A = np.array([[1.0, 1.0], [1.0, -1.0]])
    found = nc.induced_norm(4, 4).bounds(A)
    assert found.lower == pytest.approx(8**0.25)
    assert interpolation.upper_bound(
        pair(4, 4, A), PNorm(sp.Integer(4), 2), PNorm(sp.Integer(4), 2)
    ) == pytest.approx(8**0.25)


def test_power_method_never_falls() -> None:
    for seed in range(5):
        A = np.random.default_rng(seed).normal(size=(4, 3))
        problem = pair(sp.Integer(3), sp.Rational(3, 2), A)
        start = np.random.default_rng(seed).normal(size=3)
        value, x = climb(problem, start)
        assert value >= problem.ratio(start)
        assert problem.ratio(x) == pytest.approx(value)


def test_power_method_finds_the_best_sign_vector() -> None:
    hits = 0
    for seed in range(20):
        A = np.random.default_rng(seed).normal(size=(8, 8))
        problem = pair(sp.oo, sp.Integer(1), A)
        exact = nc.induced_norm(np.inf, 1)(A)
        value, _ = lower_bound(problem, np.random.default_rng(0))
        assert value <= exact * (1 + 1e-12)
        hits += value > exact * (1 - 1e-9)
    assert hits >= 18


def test_enclosing_is_a_bound_even_from_a_bad_start() -> None:
    """Started at a vector that is no maximiser, it finds the maximum."""
    A = np.array([[1.0, -2.0], [3.0, 4.0]])
    problem = pair(sp.Integer(3), sp.Integer(3), A)
    x = np.array([1.0, -0.2])
    poor = Found(problem.ratio(x), 100.0, x / problem.n_in.value(x))
    found = enclosed(problem, poor)
    assert found.upper <= found.lower * (1 + 1e-9)
    assert found.lower == pytest.approx(nc.induced_norm(3, 3)(A), rel=1e-9)


def test_wide_matrix_is_enclosed_through_its_transpose() -> None:
    A = np.random.default_rng(2).normal(size=(2, 9))
    assert nc.induced_norm(3, 1.5).bounds(A).meet


def test_nonnegative_matrices_converge() -> None:
    rng = np.random.default_rng(3)
    for p, q in ((3, 2), (2, 1.2), (4, 4), (1.05, 1.05)):
        A = rng.random((30, 20)) * (rng.random((30, 20)) < 0.3)
        A[:, 4] = 0
        found = nc.induced_norm(p, q).bounds(A)
        assert found.verdict == "globally convergent"
        assert found.meet
        problem = pair(sp.nsimplify(p), sp.nsimplify(q), A)
        other, _ = lower_bound(problem, rng)
        assert found.lower >= other * (1 - 1e-9)


def test_identity_blocks_converge_although_reducible() -> None:
    found = nc.induced_norm(3, 3).bounds(np.diag([1.0, 2.0, 2.0]))
    assert found.meet
    assert found.lower == pytest.approx(2)


def test_call_on_a_large_hard_pair_points_to_bounds() -> None:
    A = RNG.normal(size=(20, 20))
    norm = nc.induced_norm(np.inf, 1)
    with pytest.raises(NotDerivable, match=r"between .* and .*\.bounds\(A\)"):
        norm(A)
    found = norm.bounds(A)
    assert found.verdict == "hard"
    assert "NP-hard" in found.how
    assert not found.meet
    with pytest.raises(NotDerivable, match="do not meet"):
        norm.subgradient(A)


def test_any_two_norms_of_no_structure() -> None:
    A = np.random.default_rng(1).normal(size=(6, 5))
    found = nc.induced_norm("norm(x, 2) + sum(abs(x))", "norm(x, 3) + norm(x, oo)").bounds(A)
    assert 0 < found.lower <= found.upper < np.inf
    assert found.verdict == "hard"


def test_rng_is_reproducible() -> None:
    A = RNG.normal(size=(9, 9))
    norm = nc.induced_norm(3, 4)
    assert norm.bounds(A).lower == norm.bounds(A).lower == norm.bounds(A, rng=0).lower
    assert norm.bounds(A, rng=np.random.default_rng(7)).lower <= norm.bounds(A).upper


@pytest.mark.parametrize(
    ("text", "dual"),
    [
        ("(abs(x1)**3 + abs(x2)**3)**(1/3)", 1.5),
        ("sqrt(x1**2 + x2**2) + 0*abs(x1)", 2),
    ],
)
def test_cutting_planes_find_a_dual_norm_that_is_known(text: str, dual: float) -> None:
    norm = resolve(as_norm(text), 2)
    for z in RNG.normal(size=(5, 2)):
        x, upper = norm.support(z)
        exact = np.linalg.norm(z, dual)
        assert z @ x <= exact * (1 + 1e-12)
        assert upper >= exact * (1 - 1e-12)
        assert upper == pytest.approx(exact, rel=1e-9)
