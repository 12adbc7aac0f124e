"""Parameter values for regimes that a random draw would hardly ever meet."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.certify.interpret import matching
from normcalc.certify.sampling import regime_points
from normcalc.certify.seeking import seek
from normcalc.certify.space import ranges

THIN = [
    "Piecewise((1/3*atan(x + 2) + mu*x**2/2, And(x >= -1, x <= 2)), (oo, True))",
    "Piecewise((0, x == 0), (lam*Piecewise((0, x == c), (1, True)) - mu*sign(x), x >= 1),"
    " (oo, True))",
]


@pytest.mark.parametrize("text", THIN)
def test_every_regime_gets_points(text: str) -> None:
    function = nc.function(text, **({"c": nc.Real} if "c)" in text else {}))
    table = nc.prox(function).table
    space = ranges(function, with_step=True)
    found = regime_points(function, table, space, np.random.default_rng(0), 2)
    met = {k for _, regimes in found for k in regimes}
    assert met == set(range(len(table.regimes)))
    with_numbers = [(p, k) for p, k in found if all(isinstance(x, float) for x in p.values())]
    assert all(matching(table, point) == regimes for point, regimes in with_numbers)


def test_nothing_is_found_where_the_conditions_contradict_each_other() -> None:
    function = nc.function("lam*abs(x)")
    space = ranges(function, with_step=True)
    lam, step = (s for s in nc.prox(function).table.parameters)
    impossible = [lam > 2 * step, step > lam]
    bases = [{"lam": 1.0, "step": 1.0}]
    assert list(seek(function, impossible, space, bases, np.random.default_rng(0))) == []
