"""Mistakes that shipped operators have made, each refuted; the derived kernel beside it passes.

Rows are named after the mistake.  Formulas are texts where one line says them, and Python where
the mistake lies in the algorithm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mpmath as mp
import numpy as np
import pytest

import normcalc as nc
from normcalc.language import Interval, Nonnegative
from normcalc.language.precise import evaluate_mp

if TYPE_CHECKING:
    from collections.abc import Callable

SCAD = (
    "Piecewise((lam*abs(x), abs(x) <= lam),"
    " ((2*a*lam*abs(x) - x**2 - lam**2)/(2*(a - 1)), abs(x) <= a*lam),"
    " (lam**2*(a + 1)/2, True))"
)


def hard(threshold: str) -> str:
    return f"Piecewise((0, abs(v) <= {threshold}), (v, True))"


@dataclass(frozen=True)
class Row:
    mistake: str
    formula: str
    wrong: str | Callable[..., Any]
    domain: tuple[Any, Any] | None = None
    kinds: dict[str, Any] = field(default_factory=dict)

    @property
    def function(self) -> nc.Function:
        return nc.function(self.formula, domain=self.domain, **self.kinds)


def scad_dividing(v, step, lam, a):
    size, slope = abs(v), 1 / (a - 1 - step)
    if step > a + 1:
        return v if size > lam * np.sqrt(step * (a + 1)) else 0.0
    if step > a - 1:
        return v if size > lam * (a + 1 + step) / 2 else np.sign(v) * max(size - step * lam, 0)
    if size <= lam * (1 + step):
        return np.sign(v) * max(size - step * lam, 0)
    return np.sign(v) * ((a - 1) * size - a * lam * step) * slope if size <= a * lam else v


def logistic_fixed_steps(v, step):
    u = np.zeros_like(v)
    for _ in range(20):
        p = 1 / (1 + np.exp(-u))
        u = u - 0.5 * (step * p + u - v) / (1 + step)
    return u


def logistic_inverted_step(v, step):
    u = np.clip(v, -30.0, 30.0)
    for _ in range(200):
        u = u - (u - v + 1 / ((1 + np.exp(-u)) * step)) / (1 + 0.25 / step)
    return u


def hyperbola_unsafe(v, step, delta):
    u = np.array(v, dtype=float)
    for _ in range(30):
        root = np.sqrt(u**2 + delta**2)
        u = u - (u - v + step * u / root) / (1 + step * delta**2 / root**3)
    return u


def reciprocal_root_sign(v, step):
    shift, half = v**3 / 27 + step / 2, np.sqrt(step * v**3 / 27 + step**2 / 4 + 0j)
    u = v / 3 + (shift + half) ** (1 / 3) - (shift - half) ** (1 / 3)
    return u.real


def four_thirds(v, step):
    chi = np.sqrt(v**2 + 256 * step**2 / 729)
    return v + 4 * step / (3 * 2 ** (1 / 3)) * (np.cbrt(chi - v) - np.cbrt(chi + v))


def half_threshold(v, step, lam):
    k, size = step * lam, np.abs(v)
    with np.errstate(all="ignore"):
        angle = np.arccos(np.clip(k / 8 * (size / 3) ** -1.5, -1, 1))
        u = 2 / 3 * v * (1 + np.cos(2 * np.pi / 3 - 2 / 3 * angle))
    return np.where(size > 54 ** (1 / 3) / 4 * k ** (2 / 3), u, 0.0)


def entropy_only_positive(v, step):
    from scipy.special import lambertw

    u = step * lambertw(np.exp(np.minimum(v / step - 1, 300)) / step).real
    return np.where(v > 0, u, v)


def entropy_log_sum_newton(v, step, w, delta):
    u = np.maximum(v, 0.1)
    for _ in range(50):
        slope = step * (np.log(u) + 1 + w / (delta + u)) + u - v
        u = u - slope / (step * (1 / u - w / (delta + u) ** 2) + 1)
    return u


def largest_stationary(v, step, w, delta):
    terms = [1, -v, delta - step + 2 * step * w, -v * delta, -step * delta]
    found = np.roots(terms)
    return max(u.real for u in found if abs(u.imag) < 1e-9 and u.real > 0)


def hellinger_half(v, step, b):
    lo, hi = np.zeros_like(v), np.abs(v) + step + b + 1
    for _ in range(200):
        u = (lo + hi) / 2
        low = u + step / 2 * (1 - np.sqrt(b / u)) < v
        lo, hi = np.where(low, u, lo), np.where(low, hi, u)
    return (lo + hi) / 2


ROWS = (
    Row("l0 threshold lam*step", "Piecewise((0, x == 0), (lam, True))", hard("lam*step")),
    Row(
        "huber split on the input",
        "Piecewise((x**2/(2*delta), abs(x) <= delta), (abs(x) - delta/2, True))",
        "Piecewise((v*delta/(delta + step), abs(v) <= delta),"
        " (sign(v)*max(abs(v) - step, 0), True))",
    ),
    Row(
        "log penalty with two for four under the root",
        "lam*log(delta + abs(x))",
        "sign(v)*max(abs(v) - delta + sqrt(max((abs(v) + delta)**2 - 2*lam*step, 0)), 0)/2",
    ),
    Row(
        "log penalty not compared with zero",
        "lam*log(1 + abs(x))",
        "sign(v)*max(abs(v) - 1 + sqrt(max((abs(v) + 1)**2 - 4*lam*step, 0)), 0)/2",
    ),
    Row(
        "log sum switched where a second minimum appears",
        "lam*log(delta + abs(x))",
        "Piecewise((0, abs(v) <= max(2*sqrt(lam*step) - delta, 0)),"
        " (sign(v)*max(abs(v) - delta + sqrt(max((abs(v) + delta)**2 - 4*lam*step, 0)), 0)/2,"
        " True))",
    ),
    Row(
        "quadratic envelope of the count with its small step threshold for large steps",
        "mu - max(sqrt(mu) - abs(x)/sqrt(2), 0)**2",
        "Piecewise((sign(v)*max(abs(v) - step*sqrt(2*mu), 0)/(1 - step),"
        " step < 1 and abs(v) <= sqrt(2*mu)), (0, abs(v) <= sqrt(2*mu)), (v, True))",
    ),
    Row(
        "mcp firm threshold for every step",
        "Piecewise((lam*abs(x) - x**2/(2*b), abs(x) <= b*lam), (b*lam**2/2, True))",
        "Piecewise((0, abs(v) <= lam*step), (v, abs(v) > b*lam),"
        " (sign(v)*(abs(v) - lam*step)/(1 - step/b), True))",
    ),
    Row(
        "scad middle regime for large step",
        SCAD,
        "Piecewise((sign(v)*max(abs(v) - lam*step, 0),"
        " step >= a - 1 and abs(v) <= lam*(a + 1 + step)/2),"
        " (sign(v)*max(abs(v) - lam*step, 0), step < a - 1 and abs(v) <= lam*(1 + step)),"
        " (((a - 1)*v - sign(v)*a*lam*step)/(a - 1 - step), step < a - 1 and abs(v) <= a*lam),"
        " (v, True))",
        kinds={"a": Interval.open(2, None)},
    ),
    Row("scad divides by zero", SCAD, scad_dividing, kinds={"a": Interval.open(2, None)}),
    Row(
        "capped l1 with wrong constant",
        "lam*min(abs(x), theta)",
        "Piecewise((sign(v)*max(abs(v) - lam*step, 0), abs(v) <= theta + lam*step), (v, True))",
    ),
    Row("ridge factor two", "lam*x**2", "v/(1 + lam*step)"),
    Row("logistic with a fixed number of Newton steps", "log(1 + exp(x))", logistic_fixed_steps),
    Row("logistic with the step inverted", "log(1 + exp(x))", logistic_inverted_step),
    Row(
        "fair penalty without a one under the root",
        "w*abs(x) - log(1 + w*abs(x))",
        "sign(v)*(w*abs(v) - step*w**2 - 1 + sqrt((w*abs(v) - step*w**2)**2 + 4*w*abs(v)))/(2*w)",
    ),
    Row(
        "squared hinge with a sign error",
        "max(1 - x, 0)**2",
        "Piecewise(((v - 2*step)/(1 + 2*step), v < 1), (v, True))",
    ),
    Row("hyperbola by Newton without a safeguard", "sqrt(x**2 + delta**2)", hyperbola_unsafe),
    Row("reciprocal clamped at zero", "1/x", "max(v, 1)", (0, None)),
    Row("cube root sign error", "1/x", reciprocal_root_sign, (0, None)),
    Row(
        "log and reciprocal by one Newton step",
        "w/x - log(x)",
        "(v + sqrt(v**2 + 4*(step + w*step)))/2",
        (0, None),
    ),
    Row(
        "negative root with the exponent of the logarithm",
        "-sqrt(x)",
        "(v + sqrt(v**2 + 2*step))/2",
        (0, None),
    ),
    Row("power 4/3 with the step squared for cubed", "abs(x)**(4/3)", four_thirds),
    Row(
        "power 3/2 with the step not squared",
        "abs(x)**(3/2)",
        "v + 9*step*sign(v)*(1 - sqrt(1 + 16*abs(v)/(9*step)))/8",
    ),
    Row(
        "power 3 with six for twelve",
        "abs(x)**3",
        "sign(v)*(sqrt(1 + 6*step*abs(v)) - 1)/(6*step)",
    ),
    Row(
        "leaky rectifier without the step",
        "Piecewise((0, x >= 0), ((1/w - 1)*x**2/2, True))",
        "max(v, 0) + w*min(v, 0)",
        kinds={"w": Interval(0, 1, lo_open=True)},
    ),
    Row(
        "entropy overflow of exp before Lambert W",
        "x*log(x)",
        "step*lambertw(exp(v/step - 1)/step)",
        (0, None),
    ),
    Row("entropy that leaves negative inputs", "x*log(x)", entropy_only_positive, (0, None)),
    Row("exponential overflow of exp before Lambert W", "exp(x)", "v - lambertw(step*exp(v))"),
    Row(
        "entropy with a log sum by Newton outside the domain",
        "x*log(x) + w*log(delta + x)",
        entropy_log_sum_newton,
        (0, None),
    ),
    Row(
        "barrier with a Cauchy penalty at its largest stationary point",
        "w*log(delta + x**2) - log(x)",
        largest_stationary,
        (0, None),
    ),
    Row("hellinger factor two", "(sqrt(x) - sqrt(b))**2", hellinger_half, (0, None)),
    Row(
        "chi squared with the reference squared",
        "(x - b)**2/b",
        "b**2*(v/b + 2*step)/(2*step + b**2)",
    ),
    Row("half threshold with another objective's factor", "lam*sqrt(abs(x))", half_threshold),
    Row(
        "interior points pushed to the boundary",
        "Piecewise((0, abs(x) <= r), (oo, True))",
        "r*sign(v)",
    ),
    Row(
        "interior points sent to zero",
        "Piecewise((0, abs(x) <= r), (oo, True))",
        "Piecewise((0, abs(v) <= r), (r*sign(v), True))",
    ),
    Row(
        "soft threshold divides zero by zero",
        "lam*abs(x)",
        "v/abs(v)*max(abs(v) - lam*step, 0)",
    ),
    Row(
        "elastic net shrunk before the threshold",
        "l1*abs(x) + l2*x**2/2",
        "sign(v)*max(abs(v)/(1 + l2*step) - l1*step, 0)",
        kinds={"l1": Nonnegative, "l2": Nonnegative},
    ),
)


@pytest.fixture(scope="module")
def kernels():
    """Derived kernels by function, each compiled once."""
    made: dict[nc.Function, Any] = {}

    def kernel_of(function):
        return made.setdefault(function, nc.compile(nc.prox(function)))

    return kernel_of


def value(function, u, witness):
    """Evaluate the objective of a prox from the tree itself, at thirty digits."""
    lo, hi = function.domain or (None, None)
    with mp.workdps(30):
        u, v, step = (mp.mpf(x) for x in (u, witness["v"], witness["step"]))
        if (lo is not None and u < float(lo)) or (hi is not None and u > float(hi)):
            return mp.inf
        numbers = {p.name: mp.mpf(witness[p.name]) for p in function.parameters}
        inside = u + mp.mpf(10) ** -40 if u == lo else u  # the value at an end is the limit
        f = evaluate_mp(function.body, {**numbers, function.variable.name: inside})
        return f + (u - v) ** 2 / (2 * step)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.mistake)
def test_the_mistake_is_refuted_with_a_witness_that_holds(row):
    with pytest.raises(nc.Refuted, match="is wrong at v = ") as caught:
        nc.certify(row.wrong, row.function, budget=3)
    witness = caught.value.witness
    if "better_point" not in witness:
        assert "raises" in str(caught.value)
        return
    better = value(row.function, witness["better_point"], witness)
    claimed = witness["claimed_point"]
    assert mp.isfinite(better)
    assert not mp.isfinite(claimed) or better < value(row.function, claimed, witness)


# their kernels take long to derive and compile
SLOW = ("entropy with a log sum", "barrier with a Cauchy")
FUNCTIONS = {row.function: row.mistake.startswith(SLOW) for row in ROWS}
RIGHT = [
    pytest.param(function, marks=pytest.mark.slow if slow else (), id=str(function))
    for function, slow in FUNCTIONS.items()
]


@pytest.mark.parametrize("function", RIGHT)
def test_the_derived_kernel_passes(function, kernels):
    outcome = nc.certify(kernels(function), function, budget=0.25).outcomes[0]
    assert outcome.status == "verified"
    assert outcome.points > 300


def test_no_mistake_is_listed_twice():
    assert len({row.mistake for row in ROWS}) == len(ROWS)
