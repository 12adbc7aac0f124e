"""Random functions of one variable: derived and right, or refused for a reason; never late.

The long run is ``python -m pytest -m slow tests/derive/test_random.py``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import sympy as sp
from hypothesis import HealthCheck, Phase, given, settings

import normcalc as nc
from normcalc.certify.objective import values
from normcalc.certify.sampling import parameter_points, regime_points
from normcalc.certify.space import ranges
from normcalc.line.core import BUDGET, OutOfReach, prox_table
from normcalc.line.read import line_of
from normcalc.line.smt import unsatisfiable
from tests.derive.strategies import Formula, formulas

if TYPE_CHECKING:
    from normcalc.language import Function
    from normcalc.line.table import CaseTable, Regime

# What may be said instead of an answer.
UNBOUNDED = "not prox-bounded"
NO_ANSWER = (
    UNBOUNDED, "does not take the lower value", "tends to -oo", "the domain is empty",
    "is not real for", "infinitely many zeros",
)  # fmt: skip
SLACK = 12.0  # the processor is shared

QUIET = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.generate, Phase.shrink),
}


@dataclass(frozen=True)
class Claim:
    """What `certify` needs to know of a derivation."""

    function: Function
    table: CaseTable
    goal: str = "prox"


def check(formula: Formula, search: float) -> None:
    """Raise AssertionError or Refuted unless the formula has a right answer or a good excuse."""
    function = formula.function()
    start = time.perf_counter()
    try:
        found = nc.prox(function)
    except nc.NotDerivable as refusal:
        check_reason(function, str(refusal))
        return
    finally:
        assert time.perf_counter() - start < BUDGET + SLACK, f"{formula} took too long"
    assert found.table is not None
    certified(found, search)
    for regime in found.table.regimes:
        assert regime.refusal is None or _listed(regime.refusal), regime.refusal
    check_unbounded_regimes(function, found.table)


def _listed(reason: str) -> bool:
    return any(words in reason for words in NO_ANSWER)


def check_reason(function: Function, reason: str) -> None:
    """A refusal gives a reason from the list; that the objective falls for ever is looked at."""
    assert _listed(reason), reason
    if UNBOUNDED in reason and not any(words in reason for words in NO_ANSWER[1:]):
        space = ranges(function, with_step=True)
        for numbers in parameter_points(function, space, np.random.default_rng(0), 10):
            assert falls(function, numbers), f"{reason} at {numbers}"


def check_unbounded_regimes(function: Function, table: CaseTable) -> None:
    """Where a regime is refused as not prox-bounded, the objective falls for ever."""
    space = ranges(function, with_step=True)
    for numbers, found in regime_points(function, table, space, np.random.default_rng(1), 4):
        for k in found:
            if UNBOUNDED in str(table.regimes[k].refusal):
                assert falls(function, numbers), f"refused, but bounded at {numbers}"


def falls(function: Function, numbers: dict[str, float]) -> bool:
    """Say whether the objective of the prox is seen to fall without end for some argument."""
    far = np.logspace(-9, 40, 800)
    u = np.concatenate([-far[::-1], [0.0], far])
    f = values(function, u, numbers)
    for v in (0.0, 3.0, -3.0):
        cost = f + (u - v) ** 2 / (2 * numbers["step"])
        outer = np.abs(u) > 1e6
        if np.any(np.isneginf(cost)) or cost[outer].min() < cost[~outer].min() - 1:
            return True
    return False


def certified(claim: Claim | nc.Derivation, search: float) -> None:
    """Put the table to the global search."""
    try:
        nc.certify(claim, smt=False, budget=search)
    except nc.Unsettled:
        # No parameters are looked for on a border that is given by a root: its regime is left out.
        table = claim.table
        wide = tuple(r for r in table.regimes if not _on_a_root(r))
        assert len(wide) < len(table.regimes)
        nc.certify(Claim(claim.function, replace(table, regimes=wide)), smt=False, budget=search)


def _on_a_root(regime: Regime) -> bool:
    roots = {root.symbol for root in regime.roots}
    return any(isinstance(c, sp.Eq) and c.free_symbols & roots for c in regime.conditions)


@settings(max_examples=5, **QUIET)
@given(formulas())
def test_random_functions(formula: Formula) -> None:
    check(formula, search=1.0)


@pytest.mark.slow
@settings(max_examples=300, **QUIET)
@given(formulas())
def test_many_random_functions(formula: Formula) -> None:
    check(formula, search=6.0)


# What the long runs found, each as small as it gets.


@pytest.mark.parametrize(
    "text",
    [
        "Piecewise((0, x == 0), (log(1 + exp(x)), x >= 1), (oo, True))",
        "Piecewise((0, x == 0), (2 - exp(-x), True))",
        "Piecewise((sqrt(abs(x - 2)), x >= 0), (oo, True))",
        "Piecewise((sqrt(abs(x)), x < 0), (-x, True))",
        "Piecewise((abs(x), mu <= 1), (2*abs(x), True))",
        "Piecewise((-mu*abs(x - 1), abs(x) <= mu), (oo, True))",
        "2/(1 + exp(x - c))",
    ],
)
def test_found_at_random(text: str) -> None:
    check(Formula(text), search=1.0)
    assert within_reach(Formula(text))


def within_reach(formula: Formula) -> bool:
    try:
        prox_table(line_of(formula.function()), 30.0)
    except OutOfReach:
        return False
    except nc.NotDerivable:
        return True
    return True


def test_the_solver_assumes_nothing_of_roots_that_are_not_real() -> None:
    c = sp.Symbol("c", real=True)
    assert not unsatisfiable((sp.Or(sp.sqrt(c) > 1, sp.sqrt(-c) > 1),))
    assert not unsatisfiable((sp.Or(1 / c > 1, sp.Eq(c, 0)), sp.Eq(c, 0)))


def test_a_regime_on_an_irrational_border_is_certified() -> None:
    f = nc.function("Piecewise((0, x == 0), (log(1 + exp(x)), x >= 1), (oo, True))")
    outcomes = nc.certify(nc.prox(f), smt=False).outcomes
    (border,) = [outcome for outcome in outcomes if "Eq(" in outcome.claim]
    assert border.points > 0


def test_a_kernel_beside_a_pole() -> None:
    f = nc.function("-log(cos(pi*x/2))", domain=(-1, 1))
    u = nc.prox(f)(2.0, step=100.0)
    assert u + 100 * np.pi / 2 * np.tan(np.pi * u / 2) == pytest.approx(2.0)


def test_a_kernel_near_zero() -> None:
    p = nc.prox(nc.function("exp(abs(x)) - abs(x) - 1"))
    assert p(1e-6, step=1e5) == pytest.approx(1e-6 / (1 + 1e5), rel=1e-9, abs=0.0)


def test_budgets_inside_budgets_end() -> None:
    subprocess.run([sys.executable, "-c", NESTED], check=True, timeout=12)


NESTED = """
import time
from normcalc.line.deadline import TimeUp, deadline, limited

def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        sum(range(50))

for _ in range(20):
    try:
        with deadline(0.03):
            while True:
                limited(0.02, lambda: busy(0.001))
    except TimeUp:
        pass
busy(0.5)
"""


def test_a_wrong_table_is_noticed() -> None:
    l1 = prox_table(line_of(nc.function("lam*abs(x)")))
    with pytest.raises(nc.Refuted):
        certified(Claim(nc.function("lam*abs(x - 1)"), l1), 1.0)


def test_a_wrong_refusal_is_noticed() -> None:
    with pytest.raises(AssertionError):
        check_reason(nc.function("lam*abs(x)"), "no answer: not prox-bounded: f(u)")
    check_reason(nc.function("-lam*x**4"), "no answer: not prox-bounded: f(u)")
