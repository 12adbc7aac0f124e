"""Checks that could pass for lack of anything to check must say so instead."""

from __future__ import annotations

import time

import pytest
import sympy as sp
import z3

import normcalc as nc
from normcalc.certify import Statement, certify
from normcalc.certify.smt import Session
from normcalc.certify.space import on_equalities, ranges
from normcalc.certify.terms import NotAlgebraic, rational_power
from normcalc.certify.translate_tree import tree
from normcalc.errors import InputError, Refuted, Unsettled
from normcalc.language import Nonnegative, Positive, function, parse
from normcalc.line.table import Case, CaseTable, Regime

v, u = sp.symbols("v u", real=True)
step, lam = sp.symbols("step lam", positive=True)
SOFT = (Case(sp.S(0), step * lam, sp.S(0), u), Case(step * lam, sp.oo, v - step * lam, u))


def table(*regimes):
    return CaseTable(v, u, (step, lam), regimes, "odd")


@pytest.fixture
def session():
    return Session(time.thread_time() + 20, 1000)


def test_contradictory_parameters_are_refused():
    f = function("lam*abs(x)", where="lam < 0", lam=Positive)
    claim = Statement("prox", f, table(Regime((), cases=SOFT)))
    with pytest.raises(Refuted, match="no parameters satisfy"):
        certify(claim)
    with pytest.raises(Unsettled, match="no legal parameter"):
        certify(claim, smt=False)


def test_an_empty_regime_is_named():
    f = function("lam*abs(x)")
    empty = Regime((step * lam < step * lam - 1,), cases=SOFT)
    certificate = certify(Statement("prox", f, table(Regime((), cases=SOFT), empty)))
    assert "empty regime" in str(certificate)
    hidden = Regime((sp.Lt(sp.sin(step), -2, evaluate=False),), cases=SOFT)
    with pytest.raises(Unsettled, match="no parameter values"):
        certify(Statement("prox", f, table(Regime((), cases=SOFT), hidden)))


def test_a_table_without_cases_covers_nothing():
    with pytest.raises(Refuted, match="no case"):
        certify(Statement("prox", function("lam*abs(x)"), table(Regime(()))))


def test_a_false_parity_is_not_believed():
    f = function("lam*max(x, 0)")
    with pytest.raises(Refuted):
        certify(Statement("prox", f, table(Regime((), cases=SOFT))), smt=False)


def test_a_root_excludes_no_point(session):
    x = session.terms.real("x")
    root = session.terms.radical(x, 2)
    assert session.ask("false claim", [root >= 0], x >= 0).verdict == "sat"
    assert session.ask("true claim", [x >= 0, x <= 4], root <= 2).verdict == "unsat"


def test_a_quotient_excludes_no_point(session):
    x = session.terms.real("x")
    quotient = rational_power(session.terms, x, sp.Rational(-1, 1))
    assert session.ask("false claim", [quotient == quotient], x != 0).verdict == "sat"


def test_every_step_of_a_proof_is_kept(session):
    x = session.terms.real("x")
    root = session.terms.radical(x, 2)
    session.ask("true claim", [x >= 0, x <= 4], root <= 2)
    assert [q.claim for q in session.queries] == ["a root exists", "true claim"]
    assert all("(check-sat)" in q.smt2 for q in session.queries)


def test_no_answer_is_not_a_proof():
    late = Session(time.thread_time() - 1)
    x = late.terms.real("x")
    assert late.ask("true claim", [x > 1], x > 0).verdict == "unknown"
    assert late.queries[-1].verdict == "unknown"


def test_splitting_agrees_with_the_whole(session):
    x = session.terms.real("x")
    size = z3.If(x >= 0, x, -x)
    formulas = [z3.Not(size * size >= 0)]
    assert session._split("true", formulas).verdict == "unsat"
    assert session._split("false", [z3.Not(size * size > 0)]).verdict == "sat"


@pytest.mark.parametrize(
    "text", ["log(x)", "exp(x)", "x**lam", "-Piecewise((oo, x < 0), (x, True))"]
)
def test_formulas_beyond_the_solver_are_refused(session, text):
    names = {"x": session.terms.real("x"), "lam": session.terms.real("lam")}
    with pytest.raises(NotAlgebraic):
        tree(session.terms, parse(text), names)


def test_bad_input_is_refused_before_any_work():
    f = function("lam*abs(x)")
    with pytest.raises(InputError, match="goal"):
        certify(Statement("integral", f, table()))
    with pytest.raises(InputError, match="say of which function"):
        certify(lambda v, step: v)
    with pytest.raises(InputError, match="budget"):
        certify(Statement("prox", f, table()), budget=0.0)
    with pytest.raises(InputError, match="does not have"):
        certify(Statement("prox", function("abs(x)"), table(Regime((), cases=SOFT))))


def test_a_regime_of_several_equalities_is_sampled():
    f = function("l1*abs(x) + l2*x**2/2", l1=Nonnegative, l2=Nonnegative)
    certificate = nc.certify(nc.conjugate(f), smt=False)
    assert all(outcome.points > 20 for outcome in certificate.outcomes)
    space = ranges(f, with_step=False)
    l1, l2 = sp.symbols("l1 l2", nonnegative=True)
    joint = list(on_equalities([sp.Eq(l1, 0), sp.Eq(l1, l2)], space, {"l1": 1.0, "l2": 2.0}))
    assert {"l1": 0.0, "l2": 0.0} in joint
