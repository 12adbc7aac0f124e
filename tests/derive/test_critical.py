"""The weight from which on zero is a solution, against solutions at weights on both sides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

import normcalc as nc

PENALTIES = [
    ("norm(x, 1)", {}),
    ("norm(x)", {}),
    ("max(abs(x))", {}),
    ("dot(w, sort(abs(x)))", {"w": np.array([2.0, 1.0, 0.5])}),
    ("norm(x, 1) + norm(x)", {}),
]


@pytest.mark.parametrize(("penalty", "values"), PENALTIES)
@pytest.mark.parametrize("loss", ["norm(A @ x - b)**2/2", "sum(log(1 + exp(-(A @ x))))"])
def test_zero_is_a_solution_from_there_on(loss: str, penalty: str, values: dict) -> None:
    rng = np.random.default_rng(1)
    data = {"A": rng.normal(size=(5, 3)), "b": rng.normal(size=5)}
    f, n = nc.function(loss), nc.function(penalty, **({"w": nc.Nonincreasing} if values else {}))
    own = {p.name: data[p.name] for p in f.parameters}
    least = nc.lambda_max(f, n)(3, **own, **values)
    for share, zero in ((1.001, True), (0.97, False)):

        def total(x: np.ndarray, lam: float = share * least) -> float:
            return f(x, **own) + lam * n(x, **values)

        starts = [*np.eye(3) * 0.1, *np.eye(3) * -0.1, rng.normal(size=3) * 0.1]
        found = min(minimize(total, s, method="Nelder-Mead").fun for s in starts)
        assert (found < total(np.zeros(3)) - 1e-9) is not zero


def test_unknown_parameters_and_losses_are_refused() -> None:
    least = nc.lambda_max("norm(A @ x - b)**2/2", "norm(x, 1)")
    with pytest.raises(nc.ParameterError, match="no parameter 'c'"):
        least(2, A=np.eye(2), b=np.ones(2), c=1.0)
    with pytest.raises(nc.NotDerivable, match="convex loss"):
        nc.lambda_max("-norm(A @ x - b)**2", "norm(x, 1)")
    with pytest.raises(nc.NotDerivable):
        nc.lambda_max("norm(A @ x - b)**2", "norm(diff(x), 1)")
