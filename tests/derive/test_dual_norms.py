"""Dual norms of vectors and matrices against linear programmes over the norm's own gradients."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from tests.derive.vector_rows import BY_NAME

DUALS = {
    "norm1": "max(abs(x))",
    "norm1_weighted": "max(abs(x)/w)",
    "norm2": "norm(x)/lam",
    "norm2_ellipsoidal": "sqrt(dot(x, solve(P, x)))",
    "norm2_weighted": "sqrt(sum(x**2/w))",
    "norm_inf": "norm(x, 1)/lam",
    "norm_p": "norm(x, p/(p - 1))",
    "norm21_group": "max(group_norms(x, G, 2)/w)",
    "norm_inf1_group": "max(group_norms(x, G, 1)/w)",
    "slope_owl": "max(cumsum(sort(abs(x)))/cumsum(w))",
    "topk_abs": "max(max(abs(x)), sum(abs(x))/k)",
    "largest_group": "sum(group_norms(x, G, oo))",
    "nuclear": "max(abs(singular_values(X)))/lam",
    "nuclear_weighted": "max(cumsum(sort(abs(singular_values(X))))/cumsum(w))",
    "spectral": "norm(singular_values(X), 1)",
    "frobenius": "norm(entries(X))",
    "induced_1": "sum(column_norms(X, oo))",
    "induced_inf": "sum(row_norms(X, oo))",
    "schatten_p": "norm(singular_values(X), p/(p - 1))",
    "ky_fan": "max(max(abs(singular_values(X))), sum(abs(singular_values(X)))/k)",
    "entry_l1": "max(abs(entries(X)))",
    "l21_rows": "max(abs(row_norms(X, 2)))",
    "linf1_rows": "max(row_norms(X, 1))",
}
POSITIVE = {"w": nc.Positive.vector}


def norm_of(name: str) -> nc.Function:
    row = BY_NAME[name]
    return nc.function(row.formula, **(POSITIVE if name == "norm1_weighted" else row.kinds))


@pytest.mark.parametrize("name", DUALS)
def test_the_dual_norm_is_the_largest_quotient(name: str) -> None:
    derived = nc.dual_norm(norm_of(name))
    assert str(derived.value) == DUALS[name]
    certificate = nc.certify(derived, budget=5.0)
    assert certificate.points > 0


VALUES = {
    "lam": 0.7, "p": 1.7, "k": 2, "P": np.array([[2.0, 0.5, 0], [0.5, 1, 0], [0, 0, 3]]),
    "G": [[0, 2], [1]],
}  # fmt: skip
OTHERS = {
    "weighted_largest": nc.function("max(abs(x)/w)", **POSITIVE),
    "largest_weighted": nc.function("lam*max(w*abs(x))", **POSITIVE),
    "weighted_blocks": nc.function("max(group_norms(x, G, oo)/w)", **POSITIVE),
    "order_as_formula": nc.function("norm(x, p/(p - 1))", p=nc.Interval(1, None)),
}


@pytest.mark.parametrize("name", [*DUALS, *OTHERS])
@pytest.mark.parametrize("size", [0.1, 1.0, 5.0])
def test_projections_on_dual_balls_are_what_moreau_says(name: str, size: float) -> None:
    norm = norm_of(name) if name in DUALS else OTHERS[name]
    rng = np.random.default_rng(4)
    matrix, groups = norm.variable.kind == "matrix", "group_norms" in str(norm)
    weights = np.array([2.0, 0.5] if groups or "singular" in str(norm) else [2.0, 1.0, 0.5])
    values = {**VALUES, "w": weights}
    own = {p.name: values[p.name] for p in norm.parameters}
    v = size * (rng.normal(size=(2, 3)) if matrix else rng.normal(size=3))
    dual, ball = nc.dual_norm(norm).value, nc.polar(norm)
    inside = {p.name: values[p.name] for p in dual.parameters}
    found = nc.projection(ball)(v, **{p.name: values[p.name] for p in ball.parameters})
    np.testing.assert_allclose(found, v - nc.prox(norm)(v, step=1.0, **own), atol=1e-9)
    assert dual(found, **inside) <= 1 + 1e-9


def test_a_wrong_dual_ball_breaks_moreaus_decomposition() -> None:
    norm, v, w = OTHERS["weighted_largest"], np.array([1.0, -2.0, 3.0]), np.array([2.0, 1.0, 0.5])
    wrong = nc.projection(nc.level_set(norm, 1))(v, w=w)  # its own ball
    assert np.abs(wrong - (v - nc.prox(norm)(v, step=1.0, w=w))).max() > 0.1


@pytest.mark.parametrize("formula", ["norm(x, p)", "norm(x, 1/2)", "norm(x, p/(p + 1))"])
def test_an_order_below_one_has_no_such_dual(formula: str) -> None:
    with pytest.raises(nc.NotDerivable, match="order"):
        nc.dual_norm(nc.function(formula))


@pytest.mark.parametrize("bound", [-1.0, 0.0])
def test_dual_balls_of_no_radius(bound: float) -> None:
    p = nc.projection(nc.function("indicator(dual_norm(norm(x, 3)) <= r)", r=nc.Real))
    if bound < 0:
        with pytest.raises(nc.NotDerivable, match="empty"):
            p([1.0, 2.0], r=bound)
    else:
        np.testing.assert_array_equal(p([1.0, 2.0], r=bound), [0.0, 0.0])


@pytest.mark.parametrize("name", ["norm1", "slope_owl", "nuclear", "ky_fan", "norm2_weighted"])
@pytest.mark.parametrize("factor", [0.999, 1.001])
def test_a_wrong_dual_norm_is_refuted(name: str, factor: float) -> None:
    class Claim:
        goal = "dual_norm"
        function = norm_of(name)
        value = factor * nc.dual_norm(norm_of(name)).value

    with pytest.raises(nc.Refuted, match="largest"):
        nc.certify(Claim())


@pytest.mark.parametrize("name", ["norm_inf", "frobenius", "nuclear", "induced_1"])
def test_the_dual_of_the_dual_is_the_norm(name: str) -> None:
    norm = norm_of(name)
    twice = nc.dual_norm(nc.dual_norm(norm))
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 2)) if norm.variable.kind == "matrix" else rng.normal(size=3)
    values = {"lam": 0.7, "w": np.array([1.0, 2.0]), "G": [[0, 2], [1]]}
    own = {p.name: values[p.name] for p in norm.parameters}
    assert twice.value(x, **own) == pytest.approx(norm(x, **own), rel=1e-12)


def test_overlapping_groups_have_no_such_dual() -> None:
    dual = nc.dual_norm(nc.function("sum(group_norms(x, G, 2))")).value
    with pytest.raises(nc.ParameterError, match="overlap"):
        dual([1.0, 2.0, 3.0], G=[[0, 1], [1, 2]])
    with pytest.raises(nc.InputError, match="each of the 3"):
        dual([1.0, 2.0, 3.0], G=[[0, 1]])
