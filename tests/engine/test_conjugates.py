"""Conjugates without a formula, which proxes give, against formulas by hand and many points."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.engine import conjugates
from normcalc.engine.penalties import JointPenalty

RNG = np.random.default_rng(4)
CENTRE = RNG.normal(size=5)


CASES = {
    "indicator((x >= 0) & (sum(x) == 1))": ({}, lambda u: u.max()),
    "indicator(norm(x, 1) <= r)": ({"r": 2.0}, lambda u: 2.0 * np.abs(u).max()),
    "indicator(max(abs(x)) <= r)": ({"r": 0.5}, lambda u: 0.5 * np.abs(u).sum()),
    "indicator(norm(x - c) <= 2)": (
        {"c": CENTRE},
        lambda u: CENTRE @ u + 2.0 * np.linalg.norm(u),
    ),
    "sqrt(a**2 + norm(x)**2)": (
        {"a": 1.0},
        lambda u: -np.sqrt(1.0 - u @ u) if u @ u < 1.0 else np.inf,
    ),
}


def conjugate(text, given):
    kinds = {"c": nc.Real.vector} if "c" in given else {}
    penalty = JointPenalty(nc.function(text, **kinds), given)
    assert penalty.derived.conjugate is None  # so that a search would be needed
    assert penalty.has_conjugate
    return penalty


@pytest.mark.parametrize("text", CASES)
def test_values_are_those_by_hand(text: str) -> None:
    given, by_hand = CASES[text]
    penalty = conjugate(text, given)
    for size in (1e-3, 0.3, 1.0, 40.0):
        u = size * RNG.normal(size=5)
        assert penalty.dual(u) == pytest.approx(by_hand(u), rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("text", CASES)
def test_no_point_gives_more(text: str) -> None:
    given, _ = CASES[text]
    penalty = conjugate(text, given)
    u = 0.4 * RNG.normal(size=5)
    points = [penalty.prox(size * RNG.normal(size=5), 1.0) for size in np.geomspace(0.01, 30, 40)]
    most = max(float(u @ w) - penalty.nearly(w) for w in points)
    assert penalty.dual(u) >= most - 1e-12 * (1.0 + abs(most))


def test_a_supremum_that_is_not_attained_is_infinite() -> None:
    exponentials = JointPenalty(nc.function("log(sum(exp(x)))"), {})
    inside = np.array([0.2, 0.3, 0.5])
    assert exponentials.dual(inside) == pytest.approx(inside @ np.log(inside), rel=1e-11)
    assert exponentials.dual(2.0 * inside) == np.inf


def test_a_search_that_stops_early_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text, (given, by_hand) = next(iter(CASES.items()))
    monkeypatch.setattr(conjugates, "STILL", 1e3)
    monkeypatch.setattr(conjugates, "LONG", 1e-3)
    u = np.array([1.0, 0.9, 0.0, -1.0, 0.5])
    assert conjugates.by_prox(conjugate(text, given), u) != pytest.approx(by_hand(u), rel=1e-6)


def test_without_an_exact_prox_nothing_is_claimed() -> None:
    both = JointPenalty(nc.function("norm(A @ x, 1) + indicator(norm(x) <= 1)"), {"A": np.eye(3)})
    assert not both.derived.direct
    assert both.dual(np.ones(3)) == np.inf
