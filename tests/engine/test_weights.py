"""Numbers before a penalty are parameters of one kernel: a new number compiles nothing."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.engine.derived import derived
from normcalc.engine.penalties import derived_of
from normcalc.engine.weights import with_weights


@pytest.mark.parametrize(
    ("formula", "lifted", "weights"),
    [
        ("0.3*abs(x)", "weight*abs(x)", {"weight": 0.3}),
        ("0.3*weight*abs(x)", "weight1*weight*abs(x)", {"weight1": 0.3}),
        ("0.1*abs(x) + 2*x**2", "weight*abs(x) + weight1*x**2", {"weight": 0.1, "weight1": 2.0}),
        ("lam*abs(x) + 0.5*x**2", "lam*abs(x) + weight*x**2", {"weight": 0.5}),
        ("0.2*norm(x, 1) + 0.1*norm(x)", None, {"weight": 0.2, "weight1": 0.1}),
        ("0.2*log(1 + abs(x))", "weight*log(1 + abs(x))", {"weight": 0.2}),
        ("abs(x)", "abs(x)", {}),
        ("-0.5*abs(x)", "-0.5*abs(x)", {}),
        # not convex one by one: whether the sum is convex may hang on the numbers
        ("0.5*x**2 + 0.1*log(1 + abs(x))", "0.5*x**2 + 0.1*log(1 + abs(x))", {}),
    ],
)
def test_numbers_before_terms_become_parameters(formula, lifted, weights) -> None:
    f = nc.function(formula)
    g, numbers = with_weights(f)
    assert dict(numbers) == weights
    if lifted is not None:
        assert str(g) == lifted
    at = np.array([0.7, -1.2]) if f.variable.kind == "vector" else 0.7
    given = {p.name: 1.7 for p in f.parameters}
    assert g(at, **given, **numbers) == pytest.approx(f(at, **given), rel=1e-15)


@pytest.mark.parametrize(
    ("formula", "given"),
    [
        ("{}*abs(x)", {}),
        ("{}*norm(x, oo)", {}),
        ("{}*norm(x, 1) + {}*sum(group_norms(x, G, 2))", {"G": [[0, 1], [2, 3]]}),
    ],
)
def test_a_new_number_derives_nothing_and_is_heeded(formula, given) -> None:
    rng = np.random.default_rng(3)
    A, b = rng.normal(size=(12, 4)), rng.normal(size=12)
    loss = nc.least_squares(A, b)
    nc.minimize(loss + nc.function(formula.format(0.41, 0.41)), **given)
    before = derived.cache_info().misses, derived_of.cache_info().misses
    for number in (0.43, 4.3):
        f = nc.function(formula.format(number, number))
        found = nc.minimize(loss + f, **given, tol=1e-9)
        for direction in rng.normal(size=(40, 4)):
            for size in (1e-3, 1e-1):
                x = found.x + size * direction
                rival = ((A @ x - b) ** 2).sum() / 2 + np.sum(f(x, **given))
                assert found.fun <= rival + 1e-8
    assert (derived.cache_info().misses, derived_of.cache_info().misses) == before
