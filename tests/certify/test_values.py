"""Conjugates and envelopes: the claimed value as well as the point."""

from __future__ import annotations

import pytest
import sympy as sp

from normcalc.certify import Statement, certify
from normcalc.errors import Refuted
from normcalc.language import function
from normcalc.line.table import Arc, Case, CaseTable, Regime

oo, zero, one = sp.oo, sp.S.Zero, sp.S.One
v, u = sp.symbols("v u", real=True)
step, lam = sp.symbols("step lam", positive=True)


def table(parameters, parity, *cases):
    return CaseTable(v, u, parameters, (Regime((), cases=cases),), parity)


def l1_conjugate(end):
    return table((lam,), "even", Case(zero, end, zero, zero), Case(end, oo, oo, oo))


def l1_envelope(constant):
    return table(
        (step, lam),
        "even",
        Case(zero, step * lam, zero, v**2 / (2 * step)),
        Case(step * lam, oo, v - step * lam, lam * v - constant),
    )


EXP = Arc(sp.exp(u), u, -oo, oo, sp.log(v))
L1 = function("lam*abs(x)")
RIGHT = {
    "l1*": Statement("conjugate", L1, l1_conjugate(lam)),
    "exp*": Statement(
        "conjugate",
        function("exp(x)"),
        table((), None, Case(-oo, zero, -oo, oo), Case(zero, oo, EXP, v * u - v)),
    ),
    "l1 envelope": Statement("moreau_envelope", L1, l1_envelope(step * lam**2 / 2)),
}
WRONG = {
    "l1* on half the interval": Statement("conjugate", L1, l1_conjugate(lam / 2)),
    "l1* on twice the interval": Statement("conjugate", L1, l1_conjugate(2 * lam)),
    "l1 envelope without its half": Statement("moreau_envelope", L1, l1_envelope(step * lam**2)),
    "exp* with a wrong value": Statement(
        "conjugate",
        function("exp(x)"),
        table((), None, Case(-oo, zero, -oo, oo), Case(zero, oo, EXP, v * u - 2 * v)),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_values_pass(name):
    certificate = certify(RIGHT[name])
    assert certificate.status == ("verified" if name == "exp*" else "proved")


@pytest.mark.parametrize("name", WRONG)
def test_wrong_values_are_refuted(name):
    with pytest.raises(Refuted):
        certify(WRONG[name])
