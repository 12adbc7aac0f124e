"""Claims of plus infinity are judged by growth, and never by a finite radius."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.certify import Statement, certify
from normcalc.certify.growth import falls_without_end
from normcalc.certify.search import minimum
from normcalc.errors import Refuted
from normcalc.language import function
from normcalc.line.table import Arc, Case, CaseTable, Regime

v, u = sp.symbols("v u", real=True)
oo = sp.oo

ENDLESS = [
    ("sqrt(abs(x))", 1.3e-6, True),
    ("abs(x)**(2/3)", 1e-5, True),
    ("log(1 + exp(x))", 1 + 1e-9, True),
    ("log(1 + exp(-x))", -50.0, True),
    ("log(1 + exp(x))", 0.5, False),
    ("log(1 + exp(x))", 1.0, None),
    ("x**2", 1e9, False),
    ("sqrt(1 + x**2)", 1.0, None),
    ("x - 2*log(1 + abs(x))", 1.0, True),
    ("exp(abs(x))", 1e3, False),
    ("Piecewise((-1/x, x > 0), (oo, True))", -1.0, True),
    ("1 - cos(x)", 0.0, None),
]


@pytest.mark.parametrize(("text", "slope", "expected"), ENDLESS)
def test_growth_decides(text, slope, expected):
    assert falls_without_end(function(text), "conjugate", slope, {}) is expected


def test_a_finite_radius_would_have_been_wrong():
    f = function("sqrt(abs(x))")
    assert minimum(f, "conjugate", np.array([1e-7]), {})[1][0] == 0.0


def conjugate_of_abs(end):
    cases = (
        Case(sp.S.Zero, sp.sympify(end), sp.S.Zero, sp.S.Zero),
        Case(sp.sympify(end), oo, sp.nan, oo),
    )
    return Statement(
        "conjugate", function("abs(x)"), CaseTable(v, u, (), (Regime((), cases=cases),), "even")
    )


def test_the_domain_of_a_conjugate_is_checked_on_both_sides():
    assert certify(conjugate_of_abs(1)).points > 20
    with pytest.raises(Refuted, match="its value is inf"):
        certify(conjugate_of_abs("1/2"), smt=False)
    with pytest.raises(Refuted, match="is wrong at v = "):
        certify(conjugate_of_abs(2), smt=False)


@pytest.mark.parametrize(
    "text",
    ["log(1 + exp(x))", "sqrt(abs(x))", "exp(x)", "-Piecewise((sqrt(x), x >= 0), (-oo, True))"],
)
def test_conjugates_that_end_are_verified(text):
    with mp.workdps(15):
        certificate = nc.certify(nc.conjugate(nc.function(text)))
    assert certificate.status in ("verified", "proved")
    assert certificate.points > 20


def test_a_point_too_far_out_is_left_undecided():
    f = function("abs(x)**p", p=nc.Interval(1, None))
    certificate = certify(nc.conjugate(f), smt=False)
    assert certificate.status == "verified"


def test_a_slope_that_levels_off_is_not_left_undecided():
    arc = Arc(u / sp.sqrt(1 + u**2), u, sp.S.Zero, oo)
    cases = (Case(sp.S.Zero, oo, arc, v * u - sp.sqrt(1 + u**2)),)
    table = CaseTable(v, u, (), (Regime((), cases=cases),), "even")
    with pytest.raises(Refuted):
        certify(Statement("conjugate", function("sqrt(1 + x**2)"), table), smt=False)
