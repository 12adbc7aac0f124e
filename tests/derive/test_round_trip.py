"""A derived formula, printed and typed in again, is the same function."""

import numpy as np
import pytest

import normcalc as nc
from tests.language.catalogue import CASES

V = np.linspace(-6.0, 6.0, 61)
SOME = {"abs", "enet", "huber", "mcp", "scad", "capped_l1", "l0", "pow_3", "neglog", "pinball",
        "entropy", "abs_box", "act_elliot"}  # fmt: skip


@pytest.mark.parametrize("case", [c for c in CASES if c.name in SOME], ids=str)
@pytest.mark.parametrize("step", [0.4, 6.0])
def test_prox(case, step):
    p = nc.prox(case.function())
    formula = p.as_function()
    if formula is None:
        refused = [r for r in p.table.regimes if r.refusal or r.roots]
        assert refused
        return
    kinds = {parameter.name: parameter.kind for parameter in formula.parameters}
    typed = nc.function(str(formula), **kinds)
    expected = p(V, step=step, **case.values)
    given = typed.elementwise(V, step=step, **case.values)
    np.testing.assert_allclose(given, expected, atol=1e-9)


@pytest.mark.parametrize("text", ["lam*abs(x)", "exp(x)", "x**2/2 + abs(x)", "max(1 - x, 0)"])
def test_conjugate(text):
    c = nc.conjugate(nc.function(text))
    typed = nc.function(str(c.value))
    numbers = {"lam": 0.8} if "lam" in text else {}
    np.testing.assert_allclose(typed.elementwise(V, **numbers), c(V, **numbers), atol=1e-12)
