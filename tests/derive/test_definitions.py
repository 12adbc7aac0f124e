"""Conjugates, envelopes, dual norms and polar balls of vectors: formulas and definitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Callable

CONJUGATES = [
    ("norm(x, 3)", "Piecewise((0, norm(x, 3/2) <= 1), (oo, True))"),
    ("sum(abs(x))**2/2", "max(abs(x))**2/2"),
    ("indicator((x >= 0) & (sum(x) == 1))", "support_function(all(x >= 0) and sum(x) == 1)"),
    ("log(sum(exp(x)))", "conjugate(log(sum(exp(x))))"),
    ("lam*sum(singular_values(X))",
        "Piecewise((0, max(abs(singular_values(X)))/lam <= 1), (oo, True))"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "conjugate"), CONJUGATES)
def test_conjugates(formula: str, conjugate: str) -> None:
    found = nc.conjugate(nc.function(formula))
    assert str(found.value) == conjugate


CHECKED = [
    (goal, formula)
    for goal in (nc.conjugate, nc.moreau_envelope)
    for formula in ("norm(x)**3", "max(abs(x))**2/2", "log(sum(exp(x)))", "norm(x) + sum(abs(x))")
]


@pytest.mark.parametrize(("goal", "formula"), CHECKED)
def test_values_are_certified(goal: Callable[..., Any], formula: str) -> None:
    certificate = nc.certify(goal(nc.function(formula)), budget=3.0)
    assert certificate.status == "verified"
    assert certificate.points > 0


@dataclass
class Claim:
    """An answer of somebody else's."""

    goal: str
    function: nc.Function
    value_at: Callable[..., float]
    value: None = None
    table: None = None

    def __call__(self, v: Any, **values: Any) -> float:
        return self.value_at(np.asarray(v), **values)


@pytest.mark.parametrize(
    ("goal", "wrong"),
    [
        ("conjugate", lambda v: 0.499 * float(v @ v)),
        ("conjugate", lambda v: 0.51 * float(v @ v)),
        ("moreau_envelope", lambda v, step: 0.5 * float(v @ v) / (1 + 2 * step)),
        ("moreau_envelope", lambda v, step: 0.5 * float(v @ v)),
    ],
)
def test_wrong_values_are_refuted(goal: str, wrong: Callable[..., float]) -> None:
    with pytest.raises(nc.Refuted, match="is off by"):
        nc.certify(Claim(goal, nc.function("norm(x)**2/2"), wrong))


def test_infinite_values_alone_are_no_certificate() -> None:
    with pytest.raises(nc.Unsettled, match="no ray"):
        nc.certify(Claim("conjugate", nc.function("norm(x)**2/2"), lambda v: np.inf), budget=3.0)


def test_a_right_infinite_value_is_seen() -> None:
    certificate = nc.certify(nc.conjugate(nc.function("norm(x, 3)")), budget=3.0)
    assert certificate.points > 0


def test_answers_at_zero_alone_are_no_certificate() -> None:
    def refusing(v: np.ndarray, step: float) -> np.ndarray:
        if np.any(v):
            raise nc.NotDerivable("the groups overlap")
        return v

    with pytest.raises(nc.Unsettled, match="overlap"):
        nc.certify(refusing, nc.function("norm(x)**2 + norm(x)"), budget=3.0)


GROUPS, WEIGHTS = [[0, 1], [1, 2], [2, 3, 0]], np.array([1.0, 0.5, 0.8])


def latent_prox(v: np.ndarray, step: float) -> np.ndarray:
    """Minimise over one share for each group, by proximal gradients on the shares."""
    shares = [np.zeros(len(g)) for g in GROUPS]
    for _ in range(4000):
        rest = v.copy()
        for g, share in zip(GROUPS, shares, strict=True):
            rest[g] -= share
        for k, g in enumerate(GROUPS):
            moved = shares[k] + rest[g] / len(GROUPS)
            size = np.linalg.norm(moved)
            cut = step * WEIGHTS[k] / len(GROUPS)
            shares[k] = moved * max(0.0, 1 - cut / size) if size > 0 else moved
    found = np.zeros_like(v)
    for g, share in zip(GROUPS, shares, strict=True):
        found[g] += share
    return found


@pytest.mark.parametrize("step", [0.3, 1.0, 4.0])
def test_the_latent_group_norm_shares_its_argument(step: float) -> None:
    latent = nc.prox(nc.function("dual_norm(max(group_norms(x, G, 2)/w))", w=nc.Positive.vector))
    v = np.array([1.0, -2.0, 0.5, 0.8])
    found = latent(v, step=step, G=GROUPS, w=WEIGHTS)
    np.testing.assert_allclose(found, latent_prox(v, step), atol=1e-6)
    plain = nc.prox(nc.function("sum(w*group_norms(x, G, 2))", w=nc.Positive.vector))
    assert np.abs(plain(v, step=step, G=GROUPS, w=WEIGHTS) - found).max() > 1e-2


def test_the_prox_of_a_conjugate_agrees_with_that_of_its_formula() -> None:
    v, f = np.array([1.0, -2.0, 0.5]), nc.function("norm(x)**3")
    through_formula = nc.prox(nc.conjugate(f))(v, step=0.7)
    by_definition = nc.prox(nc.function("conjugate(norm(x)**3)"))(v, step=0.7)
    np.testing.assert_allclose(through_formula, by_definition, atol=1e-12)


def test_gradient_of_an_envelope() -> None:
    v, h = np.array([1.0, -2.0, 0.5]), 1e-6
    envelope = nc.moreau_envelope(nc.function("norm(x, 3)"))
    slope = nc.gradient(envelope)(v, step=0.5)
    rates = [
        (envelope(v + h * e, step=0.5) - envelope(v - h * e, step=0.5)) / (2 * h)
        for e in np.eye(3)
    ]
    np.testing.assert_allclose(slope, rates, atol=1e-7)


def test_dual_norms_without_a_formula_are_maxima() -> None:
    norm = nc.function("norm(x, 1) + max(abs(x))")
    dual = nc.dual_norm(norm)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, 3))
    ball = x / norm(x)[:, None]
    v = np.array([1.0, -2.0, 0.5])
    assert (ball @ v).max() <= dual(v) + 1e-9
    assert (ball @ v).max() >= 0.98 * dual(v)
    polar = nc.polar(norm)
    assert polar(v / dual(v) * 0.999) == 0
    assert polar(v / dual(v) * 1.001) == np.inf
    with pytest.raises(nc.NotDerivable, match="not known to be a norm"):
        nc.dual_norm(nc.function("norm(x) + max(x)"))


@pytest.mark.parametrize(
    ("make", "point", "value"),
    [
        (lambda: nc.distance(nc.function("indicator(norm(x) <= 1)")), [3.0, 4.0], 4.0),
        (lambda: nc.gauge(nc.function("indicator(sum(abs(x)) <= 2)")), [3.0, 1.0], 2.0),
        (lambda: nc.support_function(nc.function("indicator(max(abs(x)) <= 2)")), [3.0, 1.0], 8.0),
        (lambda: nc.perspective(nc.function("x**2")), [3.0, 2.0], 4.5),
        (
            lambda: nc.infimal_convolution(nc.function("abs(x)"), nc.function("x**2/2")),
            [3.0, 0.5],
            2.625,
        ),
    ],
)
def test_combinations_in_python(make: Callable[[], nc.Function], point: Any, value: float) -> None:
    np.testing.assert_allclose(make()(point), value, rtol=1e-9)


def test_combinations_refuse_what_does_not_fit() -> None:
    with pytest.raises(nc.LanguageError, match="two functions"):
        nc.infimal_convolution(nc.function("abs(x)"))
    with pytest.raises(nc.LanguageError, match="vectors or of matrices"):
        nc.distance(nc.function("indicator(x1 + x2 <= 1)"))
    with pytest.raises(nc.LanguageError, match="write the domain"):
        nc.perspective(nc.function("x*log(x)", domain=(0, None)))
    with pytest.raises(nc.ParameterError, match="declare both alike"):
        nc.infimal_convolution(nc.function("lam*abs(x)"), nc.function("lam*x**2", lam=nc.Real))
