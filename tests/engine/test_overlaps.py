"""Groups that share entries: the same problem, with entries repeated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import normcalc as nc
from normcalc.engine.overlaps import laid_out

RNG = np.random.default_rng(8)
A = RNG.normal(size=(30, 12))
B = A[:, :4].sum(axis=1) + 0.3 * RNG.normal(size=30)
CHAIN = [[0, 1, 2, 3], [2, 3, 4, 5], [5, 6, 7], [7, 8, 9, 10, 11]]
TREE = [[0, 1], [2, 3], [0, 1, 2, 3], [4, 5, 6, 7, 8, 9, 10, 11]]
NORMS = {
    "lengths": nc.function("lam*sum(group_norms(x, G, 2))"),
    "largest": nc.function("lam*sum(group_norms(x, G, inf))"),
    "and sizes": nc.function("lam*sum(group_norms(x, G, 2)) + lam*norm(x, 1)/2"),
}


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize("groups", [CHAIN, TREE], ids=["chain", "tree"])
def test_no_direction_leads_down(name: str, groups: Any) -> None:
    loss, params = nc.least_squares(A, B, scaling="mean"), {"G": groups, "lam": 0.2}
    found = nc.minimize(loss + NORMS[name], tol=1e-9, **params)

    def value(x: Any) -> float:
        return float(((A @ x - B) ** 2).sum() / 60.0 + NORMS[name](x, **params))

    assert found.status == "optimal"
    assert found.fun == pytest.approx(value(found.x), rel=1e-9)
    steps = 1e-3 * RNG.normal(size=(500, 12)) * (RNG.random((500, 12)) < 0.3)
    assert min(value(found.x + step) for step in steps) >= found.fun * (1 - 1e-8)


def test_the_formula_of_repeated_entries_is_the_same_function() -> None:
    f, x = NORMS["lengths"], RNG.normal(size=12)
    values = {"G": tuple(map(tuple, CHAIN)), "lam": 0.7}
    laid = laid_out(f, values, 12)
    assert laid is not None
    assert f(laid[1].apply(x), **laid[0]) == pytest.approx(float(f(x, **values)))
    u = RNG.normal(size=len(laid[1].places))
    assert laid[1].adjoint(u) @ x == pytest.approx(u @ laid[1].apply(x))
    assert laid_out(f, {**values, "G": ((0, 1), (2, 3))}, 12) is None
    assert laid_out(NORMS["and sizes"], values, 12) is None  # x stands elsewhere, too
