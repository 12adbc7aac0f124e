"""Functions of the literature: derived, then certified by the global search of another room.

The long sweep runs with ``python -m pytest -m slow tests/derive``.
"""

import pytest

import normcalc as nc
from tests.language.catalogue import CASES

# Beyond the method: both refusals name the reason, and the budget ends the second.
REFUSED = {"entropy_cauchy"}
FEW = {
    "abs_box", "pinball", "pow_p", "l_p", "exp_affine", "cross_entropy", "act_prelu", "act_elliot",
    "scad", "capped_l1", "etp", "sinusoid", "l0_nonneg",
}  # fmt: skip


def check(case):
    p = nc.prox(case.function())
    certificate = nc.certify(p, smt=False)
    assert certificate.status == "verified"
    points = [outcome.points for outcome in certificate.outcomes]
    assert min(points) > 50


@pytest.mark.parametrize("case", [c for c in CASES if c.name in FEW], ids=str)
def test_derived_prox_is_the_global_minimiser(case):
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [c for c in CASES if c.name not in FEW | REFUSED], ids=str)
def test_the_whole_catalogue(case):
    check(case)


def test_the_search_would_notice_a_wrong_regime():
    function = next(c for c in CASES if c.name == "scad").function()
    p = nc.prox(function)
    wrong = nc.prox(next(c for c in CASES if c.name == "abs").function())
    claim = type("Claim", (), {"goal": "prox", "function": function, "table": wrong.table})()
    with pytest.raises(nc.Refuted):
        nc.certify(claim, smt=False)
    assert p.table != wrong.table
