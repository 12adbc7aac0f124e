"""Conjugates at the ends of their domain, against the supremum on a wide grid."""

import numpy as np
import pytest

import normcalc as nc

FAR = np.concatenate(
    [np.linspace(-30, 30, 60001), [s * 10.0**k for s in (-1, 1) for k in range(2, 9)]]
)
BARRIER = "Piecewise((-mu*log(a*x + b), a*x + b > 0), (oo, True))"
LEFT = {"a": -1.5, "b": 0.5, "mu": 0.7}

# Function, parameters, arguments at which the conjugate is finite.
FINITE = [
    (nc.function("lam*log(1 + x**2/delta)"), {"lam": 0.8, "delta": 1.3}, [0.0]),
    (nc.function("lam*x**2/(x**2 + g)"), {"lam": 0.8, "g": 1.3}, [0.0]),
    (nc.function("lam*min(x**2, theta)"), {"lam": 0.8, "theta": 1.3}, [0.0]),
    (nc.function("(x - 1)**2/(1 + (x - 1)**2) - 2"), {}, [0.0]),
    (nc.function("x/(1 + x**2)"), {}, [0.0]),
    (nc.function("1/(1 + x**2)"), {}, [0.0]),
    (nc.function("1/(1 + exp(x))"), {}, [0.0]),
    (nc.function("-1/(1 + exp(x))"), {}, [0.0]),
    (nc.function("c*x + exp(-x**2)", c=nc.Real), {"c": 0.5}, [0.5]),
    (nc.function("abs(x) - 1/(1 + x**2)"), {}, [-1.0, 0.3, 1.0]),
    (nc.function("abs(x - 1) - exp(-x**2)"), {}, [-1.0, -0.9, 0.2, 1.0]),
    (nc.function("max(0, x)**2"), {}, [0.0, 0.7]),
    (nc.function(BARRIER, a=nc.Real, b=nc.Real, where="a != 0"), LEFT, [0.4, 3.0]),
]  # fmt: skip


def supremum(function, v, numbers):
    """Return the largest ``v*u - f(u)`` on the grid."""
    values = function.elementwise(FAR, **numbers)
    return (v * FAR - values)[np.isfinite(values)].max()


@pytest.mark.parametrize(("function", "numbers", "arguments"), FINITE, ids=lambda c: str(c)[:40])
def test_values(function, numbers, arguments):
    conjugate = nc.conjugate(function)
    for v in arguments:
        assert conjugate(v, **numbers) == pytest.approx(supremum(function, v, numbers), abs=2e-3)
        assert conjugate(v, **numbers) >= supremum(function, v, numbers) - 1e-12


@pytest.mark.parametrize(
    ("function", "numbers", "arguments"),
    [
        (FINITE[0][0], FINITE[0][1], [-1e-9, 1e-9]),
        (FINITE[4][0], {}, [-0.1, 0.1]),
        (FINITE[-2][0], {}, [-1e-9]),
        (FINITE[-1][0], LEFT, [0.0, -0.3]),
        (FINITE[-1][0], {**LEFT, "a": 1.5}, [0.0, 0.3]),
    ],
    ids=lambda c: str(c)[:40],
)
def test_infinite_values(function, numbers, arguments):
    conjugate = nc.conjugate(function)
    assert [conjugate(v, **numbers) for v in arguments] == [np.inf] * len(arguments)


def test_no_affine_minorant():
    for text in ("-log(1 + x**2)", "-abs(x)"):
        with pytest.raises(nc.NotDerivable, match="no affine minorant"):
            nc.conjugate(nc.function(text))


def test_twice_with_one_slope():
    function = nc.function("c*x + exp(-x**2)", c=nc.Real)
    twice = nc.conjugate(nc.conjugate(function))
    v = np.linspace(-3, 3, 7)
    assert twice(v, c=0.5) == pytest.approx(0.5 * v)


@pytest.mark.parametrize("name", ["cauchy", "geman_mcclure", "log_barrier"])
def test_certified(name):
    found = nc.certify(nc.conjugate(getattr(nc.zoo, name)()), smt=False, budget=2)
    assert found.status == "verified"
