"""Right tables are proved or verified; wrong ones are refuted, by search and by proof alike."""

from __future__ import annotations

import time

import mpmath as mp
import numpy as np
import pytest

from normcalc.certify import certify, set_valued
from normcalc.certify.objective import objective
from normcalc.certify.prove import prove
from normcalc.certify.search import minimum
from normcalc.certify.space import ranges
from normcalc.errors import Refuted


def test_algebraic_claims_are_proved(algebraic):
    certificate = certify(algebraic)
    assert certificate.status == "proved", str(certificate)
    assert certificate.points > 100
    assert "(check-sat)" in certificate.smt2
    assert all(outcome.worst_gap < 1e-9 for outcome in certificate.outcomes)


def test_transcendental_claims_are_at_least_verified(transcendental):
    certificate = certify(transcendental)
    assert certificate.status in ("proved", "verified")
    assert certificate.points > 100


def test_entropy_is_never_called_proved(claims):
    assert certify(claims["entropy"]).outcomes[1].status == "verified"


def test_without_the_solver_nothing_is_called_proved(claims):
    assert {o.status for o in certify(claims["mcp"], smt=False).outcomes} == {"verified"}


def test_the_search_refutes_every_wrong_claim(wrong):
    with pytest.raises(Refuted) as caught:
        certify(wrong, smt=False)
    assert "step" in caught.value.witness


def proof_of(claim):
    space = ranges(claim.function, with_step=True)
    with mp.workdps(40):
        return prove(claim, "claim", space, time.thread_time() + 10, 1000)


def test_the_proof_accepts_no_wrong_claim(wrong):
    try:
        cover, regimes = proof_of(wrong)
    except Refuted:
        return
    assert not (cover.proved and all(r.proved for r in regimes))


@pytest.mark.parametrize("name", ["mcp", "scad", "l0", "huber", "capped"])
def test_the_solver_alone_finds_counterexamples(wrong_by_name, name):
    with pytest.raises(Refuted, match="claim is wrong at v = ") as caught:
        proof_of(wrong_by_name(name))
    assert caught.value.witness["better_value"] < caught.value.witness["claimed_value"]


def test_witnesses_hold_in_plain_arithmetic(wrong):
    with pytest.raises(Refuted) as caught:
        certify(wrong)
    witness = caught.value.witness
    if "better_point" not in witness:
        return
    sides = [
        objective(wrong.function, "prox", np.array(witness[k]), witness["v"], witness)
        for k in ("claimed_point", "better_point")
    ]
    assert sides[1] < sides[0]
    assert f"v = {witness['v']!r}" in str(caught.value)


def test_ties_have_two_minimisers(claims):
    numbers = {"step": 2.0, "lam": 1.0}
    assert set_valued(claims["l0"].table, 2.0, numbers) == (0.0, 2.0)
    assert set_valued(claims["l0"].table, -3.0, numbers) == (-3.0,)


def test_a_tie_must_be_marked(claims):
    with pytest.raises(Refuted, match="marks no tie"):
        certify(claims["unmarked tie"])


def test_the_search_does_not_need_the_candidate(claims):
    numbers = {"step": 1.0, "lam": 1.0, "a": 3.7}
    v = np.array([3.0])
    point, value = minimum(claims["scad"].function, "prox", v, numbers)
    assert point[0] == pytest.approx((2.7 * 3 - 3.7) / 1.7, abs=1e-6)
    assert value[0] == pytest.approx(2.205882352941176, abs=1e-12)


def test_certificates_repeat_under_one_seed(claims):
    first, second = (certify(claims["huber"], smt=False, rng=5) for _ in range(2))
    assert [o.points for o in first.outcomes] == [o.points for o in second.outcomes]
    assert [o.worst_gap for o in first.outcomes] == [o.worst_gap for o in second.outcomes]
