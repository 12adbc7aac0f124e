"""Numbers computed once per parameter set are enclosed by intervals, inner points included."""

from __future__ import annotations

from dataclasses import replace

import mpmath as mp
import pytest

import normcalc as nc
from normcalc.certify.bracket import monotone_root
from normcalc.certify.enclosure import enclosed
from normcalc.certify.interpret import bind
from tests.language.catalogue import CASES

NUMBERS = {
    "logsum_eps": {"step": 2.0, "lam": 1.0, "eps": 0.5},
    "cauchy": {"step": 4.0, "lam": 1.5, "delta": 0.5},
    "geman_mcclure": {"step": 8.0, "lam": 1.5, "g": 0.7},
}


def bound(name):
    """Bind the regime with roots of a prox of the catalogue."""
    table = nc.prox(next(c for c in CASES if c.name == name).function()).table
    index = next(k for k, regime in enumerate(table.regimes) if regime.roots)
    return bind(table, index, NUMBERS[name])


@pytest.mark.parametrize("name", NUMBERS)
def test_roots_are_enclosed_and_shifted_ones_are_not(name):
    with mp.workdps(40):
        found = bound(name)
        assert enclosed(found) is True
        for root in found.regime.roots:
            shifted = found.numbers[root.symbol] * (1 + mp.mpf(10) ** -11)
            wrong = replace(found, numbers={**found.numbers, root.symbol: shifted})
            assert enclosed(wrong) is False


def test_the_certificate_says_so():
    certificate = nc.certify(nc.prox(nc.function("lam*log(1 + abs(x)/eps)")), smt=False)
    outcome = next(o for o in certificate.outcomes if "enclosed" in o.how)
    assert "thresholds enclosed at" in outcome.note


@pytest.mark.parametrize("number", [float, mp.mpf])
def test_one_solver_serves_both_precisions(number):
    with mp.workdps(40):
        found = monotone_root(lambda x: x**3 - 8, number(0), number("inf"))
        assert isinstance(found, number)
        assert abs(found - 2) < (1e-14 if number is float else mp.mpf(10) ** -35)
        assert monotone_root(lambda x: x + 1, number(0), number(5)) == 0
