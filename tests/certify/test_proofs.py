"""What is called proved, the arguments that come with it, and wrong claims that get neither."""

from __future__ import annotations

import time
from dataclasses import replace

import mpmath as mp
import pytest
import sympy as sp

import normcalc as nc
from normcalc.certify import Statement
from normcalc.certify.prove import prove
from normcalc.certify.rationalise import NoChange, rationalised
from normcalc.certify.space import ranges
from normcalc.line.table import Arc, Case, CaseTable, Regime
from tests.language.catalogue import CASES

oo = sp.oo
v, u = sp.symbols("v u", real=True)
step, lam, delta = sp.symbols("step lam delta", positive=True)
BY_NAME = {case.name: case for case in CASES}

# one of each kind: roots, rational functions, suprema that no point attains
PROVED = [
    ("prox", "l_two_thirds"),
    ("prox", "l_half"),
    ("prox", "neg_sqrt"),
    ("prox", "act_isrlu"),
    ("prox", "pow_4_3_ridge"),
    ("prox", "hyperbolic"),
    ("prox", "geman_mcclure"),
    ("moreau_envelope", "geman_mcclure"),
    ("conjugate", "abs_shift"),
    ("conjugate", "hyperbolic"),
    ("conjugate", "inv"),
    ("conjugate", "l_half"),
    ("conjugate", "mcp"),
    ("conjugate", "support_interval"),
]


@pytest.mark.parametrize(("goal", "name"), PROVED)
def test_semialgebraic_rows_are_proved(goal, name):
    certificate = nc.certify(getattr(nc, goal)(BY_NAME[name].function()))
    assert certificate.status == "proved", str(certificate)
    assert "(check-sat)" in certificate.smt2
    asked = [query.claim for outcome in certificate.outcomes for query in outcome.queries]
    assert "the regime is not empty" in asked


# with exp, log, trigonometric functions or a symbolic exponent
TRANSCENDENTAL = {
    "pow_p", "inv_pow", "neg_root", "fair", "expabs", "neglog", "log_barrier_affine",
    "gamma_nll", "poisson_kl", "weibull_nll", "entropy", "exp", "exp_affine", "poisson_log",
    "gamma_log", "cross_entropy", "logistic", "logistic_margin", "softplus_sq", "act_arctan",
    "act_arcsinh", "act_bent_identity", "act_elliot", "act_log", "act_tanh", "act_sigmoid",
    "l_p", "logsum_eps", "logsum_delta", "etp", "cauchy", "entropy_cauchy", "sinusoid",
}  # fmt: skip
# with a regime in which there is no prox
UNPROVED = {"l1_minus_l2sq"}
# no affine function lies below them
WITHOUT_CONJUGATE = {"neg_abs", "l1_minus_l2sq"}


@pytest.mark.slow
@pytest.mark.parametrize("goal", ["prox", "conjugate"])
@pytest.mark.parametrize("name", sorted(set(BY_NAME) - TRANSCENDENTAL))
def test_the_semialgebraic_catalogue_is_proved(goal, name):
    if goal == "conjugate" and name in WITHOUT_CONJUGATE:
        return
    certificate = nc.certify(getattr(nc, goal)(BY_NAME[name].function()))
    expected = "verified" if goal == "prox" and name in UNPROVED else "proved"
    assert certificate.status == expected, str(certificate)


ARGUED = {
    "pow_3": "(q - s)**2*(4*lam*q*step + 2*lam*s*step + 1)",
    "pow_3_2": "(q - s)**2*(lam*q*step + 2*lam*s*step + q**2 + 2*q*s + s**2)",
    "enet": "(q - s)**2*(l2*step + 1)",
}


@pytest.mark.parametrize("name", ARGUED)
def test_an_argument_is_one_line_that_expands_to_the_excess(name):
    outcome = nc.certify(nc.prox(BY_NAME[name].function())).outcomes[1]
    assert f"{ARGUED[name]} >= 0" in outcome.argument


def test_the_line_for_the_cube_is_right():
    q, s = sp.symbols("q s", nonnegative=True)
    slope = q + 3 * lam * step * q**2
    excess = 2 * step * lam * (s**3 - q**3) + (s - slope) ** 2 - (q - slope) ** 2
    line = (q - s) ** 2 * (4 * lam * q * step + 2 * lam * s * step + 1)
    assert sp.expand(excess - line) == 0


def proof(claim, regime=0):
    space = ranges(claim.function, with_step=claim.goal != "conjugate")
    with mp.workdps(40):
        return prove(claim, "claim", space, time.thread_time() + 10, 1000)[1][regime]


def statement(goal, text, parity, *cases, parameters=(lam,)):
    table = CaseTable(v, u, parameters, (Regime((), cases=cases),), parity)
    return Statement(goal, nc.function(text), table)


def changed(goal, name, k, **changes):
    derivation = getattr(nc, goal)(BY_NAME[name].function())
    regime = derivation.table.regimes[0]
    cases = [replace(c, **changes) if j == k else c for j, c in enumerate(regime.cases)]
    table = replace(derivation.table, regimes=(replace(regime, cases=tuple(cases)),))
    return Statement(goal, derivation.function, table)


def two_thirds(factor):
    border = sp.Rational(2, 3) * (24 * (step * lam) ** 3) ** sp.Rational(1, 4) * factor
    derivation = nc.prox(BY_NAME["l_two_thirds"].function())
    regime = derivation.table.regimes[0]
    low, high = regime.cases
    cases = (replace(low, hi=border), replace(high, lo=border))
    return Statement(
        "prox",
        derivation.function,
        replace(derivation.table, regimes=(replace(regime, cases=cases),)),
    )


def tangent(**changes):
    """Geman and McClure's table with its common tangent changed."""
    derivation = nc.prox(BY_NAME["geman_mcclure"].function())
    small, large = derivation.table.regimes
    *others, root = large.roots
    root = replace(root, **{name: change(root) for name, change in changes.items()})
    regimes = (small, replace(large, roots=(*others, root)))
    return Statement("prox", derivation.function, replace(derivation.table, regimes=regimes))


WRONG_TANGENTS = {
    "heights that differ": {"equation": lambda root: root.equation + step},
    "a bracket beyond the slopes of the arcs": {"hi": lambda root: 2 * root.hi},
    "the wrong way round": {"rising": lambda root: not root.rising},
    "another arc": {"inner": lambda root: root.inner[::-1]},
}


def test_the_common_tangent_is_proved():
    assert proof(tangent(), 1).proved


@pytest.mark.parametrize("name", WRONG_TANGENTS)
def test_a_wrong_common_tangent_is_not_proved(name):
    assert not proof(tangent(**WRONG_TANGENTS[name]), 1).proved


WRONG = {
    "infinite where it is finite": lambda: statement(
        "conjugate", "lam*abs(x)", "even",
        Case(sp.S.Zero, lam / 2, sp.S.Zero, sp.S.Zero), Case(lam / 2, oo, sp.nan, oo),
    ),
    "a limit that is exceeded": lambda: changed("conjugate", "hyperbolic", 1, result=-delta),
    "a limit that is not reached": lambda: changed("conjugate", "inv", 1, result=sp.S.One),
    "a threshold too low": lambda: two_thirds(sp.Rational(9, 10)),
    "a threshold too high": lambda: two_thirds(sp.Rational(11, 10)),
    "a slope off by a factor": lambda: statement(
        "prox", "lam*abs(x)**3", "odd",
        Case(sp.S.Zero, oo, Arc(u + 6 * lam * step * u**2, u, sp.S.Zero, oo), u),
        parameters=(step, lam),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_no_wrong_claim_is_proved_or_argued_for(name):
    try:
        found = proof(WRONG[name]())
    except nc.Refuted:
        return
    assert not found.proved
    assert not found.argument


def test_the_right_threshold_is_proved():
    assert proof(two_thirds(1)).proved


@pytest.mark.parametrize(
    "text", ["sqrt(x + 1)*sqrt(x)", "sqrt(1 + x**3)", "x**p", "sqrt(x**2 - 1)"]
)
def test_other_roots_are_left_alone(text):
    x, p = sp.Symbol("x", real=True), sp.Symbol("p", positive=True)
    forms = {
        "sqrt(x + 1)*sqrt(x)": sp.sqrt(x + 1) * sp.sqrt(x),
        "sqrt(1 + x**3)": sp.sqrt(1 + x**3),
        "x**p": x**p,
        "sqrt(x**2 - 1)": sp.sqrt(x**2 - 1),
    }
    with pytest.raises(NoChange):
        rationalised([forms[text]], x, "s")


@pytest.mark.parametrize("root", [sp.sqrt, sp.cbrt])
def test_changes_undo_themselves(root):
    x = sp.Symbol("x", positive=True)
    change = rationalised([root(x)], x, "s")
    assert sp.simplify(change.inverse.subs(x, change.formula) - change.new) == 0


@pytest.mark.parametrize("sign", [1, -1])
def test_conics_are_rational(sign):
    x = sp.Symbol("x", real=True)
    change = rationalised([sp.sqrt(delta**2 + sign * x**2)], x, "s")
    value = change.values[0].subs({change.new: sp.Rational(1, 3), delta: 2})
    there = change.formula.subs({change.new: sp.Rational(1, 3), delta: 2})
    assert sp.simplify(value**2 - (4 + sign * there**2)) == 0
