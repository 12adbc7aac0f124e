"""Points found by a search, against points that are derived."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.codegen import compile as compiled
from normcalc.line.core import OutOfReach
from normcalc.line.numeric import CONJUGATE, ENVELOPE, PROX, with_search
from normcalc.line.read import line_of
from normcalc.line.table import CaseTable, Regime

V = np.concatenate([[0.0, 1.0, -1.0], np.random.default_rng(0).uniform(-50, 50, 60)])
MCP = "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"


def never(line: object) -> CaseTable:
    """Stand for a derivation that does not end."""
    raise OutOfReach("too hard", (Regime((), refusal="too hard", beyond=True),))


def searched(function: nc.Function, search=PROX):
    return compiled(with_search(never, line_of(function), search))


@pytest.mark.parametrize("step", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize(
    ("text", "domain", "numbers"),
    [
        ("lam*abs(x)", None, {"lam": 1.3}),
        (MCP, None, {"lam": 1.3, "gamma": 2.0}),
        ("Piecewise((0, x == 0), (lam, True))", None, {"lam": 1.0}),
        ("lam*sqrt(abs(x))", None, {"lam": 0.7}),
        ("x*log(x)", (0, None), {}),
        ("-log(cos(pi*x/2))", (-1, 1), {}),
    ],
)
def test_the_search_finds_the_derived_point(text, domain, numbers, step) -> None:
    f = nc.function(text, domain=domain) if domain else nc.function(text)
    found = searched(f)(V, step=step, **numbers)
    np.testing.assert_allclose(found, nc.prox(f)(V, step=step, **numbers), rtol=1e-11, atol=1e-300)


def test_values_and_suprema() -> None:
    f = nc.function("log(1 + exp(x))")
    envelope, conjugate = searched(f, ENVELOPE), searched(f, CONJUGATE)
    derived = nc.moreau_envelope(f)(V, step=0.5)
    np.testing.assert_allclose(envelope(V, step=0.5), derived, atol=1e-12)
    np.testing.assert_allclose(conjugate(0.3), nc.conjugate(f)(0.3))
    assert conjugate(1.5) == np.inf


@pytest.mark.parametrize("text", ["-lam*x**4", "-lam*exp(2*x + 1)", "lam*(abs(x) - 5*x**2/2)"])
def test_there_is_no_point_where_the_objective_falls_for_ever(text) -> None:
    assert np.isnan(searched(nc.function(text))(-50.0, step=0.2, lam=1.0))


HARD = "Piecewise((abs(x)**(1/3)/3 + (abs(x) - mu)**2 - 2*x, abs(x) <= mu), (oo, True))"


def test_a_hard_function_is_searched_says_so_and_is_certified() -> None:
    p = nc.prox(nc.function(HARD))
    assert "by a search, since the derivation" in str(p)
    assert "(by a search)" in p.latex()
    assert "not derived, since" in p.explain()
    assert p.as_function() is None
    outcome = nc.certify(p, smt=False, budget=3.0).outcomes[-1]
    assert outcome.status == "verified"
    assert "found by a search" in outcome.claim


def test_a_wrong_search_is_refuted() -> None:
    p = nc.prox(nc.function(HARD))

    class Wrong:
        function, goal, table = p.function, p.goal, p.table

        def __call__(self, v, **numbers):
            return p(v, **numbers) * 1.01

    with pytest.raises(nc.Refuted, match="missed a better point"):
        nc.certify(Wrong(), smt=False, budget=3.0)


def test_the_search_refuses_a_jump_whose_lower_value_is_not_taken() -> None:
    jump = nc.function("mu*heaviside(x - c)", c=nc.Real)
    with pytest.raises(nc.NotDerivable, match="does not take the lower value"):
        with_search(never, line_of(jump), PROX)
    closed = nc.function("Piecewise((0, x <= c), (mu, True))", c=nc.Real)
    assert with_search(never, line_of(closed), PROX).regimes[0].cases
