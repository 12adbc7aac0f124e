"""The linter for other people's operators, on formulas that libraries have shipped."""

from __future__ import annotations

import numpy as np
import pytest

from normcalc.certify import certify
from normcalc.errors import Refuted
from normcalc.language import Interval, function

HUBER = function("Piecewise((x**2/(2*delta), abs(x) <= delta), (abs(x) - delta/2, True))")
L0 = function("Piecewise((0, x == 0), (lam, True))")
LOG = function("log(1 + abs(x))")
MCP = function(
    "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
)
SCAD = function(
    "Piecewise((lam*abs(x), abs(x) <= lam),"
    " ((2*a*lam*abs(x) - x**2 - lam**2)/(2*(a - 1)), abs(x) <= a*lam),"
    " (lam**2*(a + 1)/2, True))",
    a=Interval.open(2, None),
)
BOX = function("0*x", domain=(0, 1))
RIDGE = function("x**2/2")


def soft(v, threshold):
    return np.sign(v) * np.maximum(np.abs(v) - threshold, 0.0)


def mcp_everywhere(v, step, lam, gamma):
    if gamma <= step:
        return v * (np.abs(v) > lam * np.sqrt(gamma * step))
    inner = soft(v, step * lam) / (1 - step / gamma)
    return np.where(np.abs(v) <= gamma * lam, inner, v)


def mcp_one_regime(v, step, lam, gamma):
    if abs(v) <= step * lam:
        return 0.0
    return v if abs(v) > gamma * lam else np.sign(v) * (abs(v) - step * lam) / (1 - step / gamma)


def scad_dividing(v, step, lam, a):
    size, slope = abs(v), 1 / (a - 1 - step)
    if step > a + 1:
        return v if size > lam * np.sqrt(step * (a + 1)) else 0.0
    if step > a - 1:
        return v if size > lam * (a + 1 + step) / 2 else float(soft(v, step * lam))
    if size <= lam * (1 + step):
        return float(soft(v, step * lam))
    return np.sign(v) * ((a - 1) * size - a * lam * step) * slope if size <= a * lam else v


def log_stationary(v, step):
    root = np.sqrt(np.maximum((np.abs(v) + 1) ** 2 - 4 * step, 0.0))
    return np.sign(v) * np.maximum((np.abs(v) - 1 + root) / 2, 0.0)


RIGHT = {
    "soft threshold": (function("lam*abs(x)"), lambda v, step, lam: soft(v, step * lam)),
    "mcp": (MCP, mcp_everywhere),
    "box": (BOX, lambda v, step: min(max(v, 0.0), 1.0)),
    "huber": (
        HUBER,
        lambda v, step, delta: np.where(
            np.abs(v) <= delta + step, v * delta / (delta + step), soft(v, step)
        ),
    ),
    "ridge": (function("lam*x**2/2"), lambda v, step, lam: v / (1 + step * lam)),
}

WRONG = {
    "l0 at step*lam": (L0, lambda v, step, lam: v * (np.abs(v) > step * lam)),
    "huber split on its input": (
        HUBER,
        lambda v, step, delta: np.where(
            np.abs(v) <= delta, v * delta / (delta + step), soft(v, step)
        ),
    ),
    "mcp with one regime": (MCP, mcp_one_regime),
    "log not compared with zero": (LOG, log_stationary),
    "ridge without its half": (function("lam*x**2"), lambda v, step, lam: v / (1 + step * lam)),
    "sphere for a ball": (BOX, lambda v, step: np.where(np.asarray(v) > 0.5, 1.0, 0.0)),
    "clamped reciprocal": (
        function("1/x", domain=(0, None)),
        lambda v, step: np.maximum(v, 1.0) + 0 * v,
    ),
    "leaves the domain": (BOX, lambda v, step: np.minimum(v, 1.0)),
    "not a number": (LOG, lambda v, step: np.full_like(v, np.nan)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_operators_pass(name):
    f, op = RIGHT[name]
    outcome = certify(op, f, budget=0.5).outcomes[0]
    assert outcome.status == "verified"
    assert outcome.points > 500


@pytest.mark.parametrize("name", WRONG)
def test_wrong_operators_are_refuted(name):
    f, op = WRONG[name]
    with pytest.raises(Refuted, match="is wrong at v = ") as caught:
        certify(op, f)
    witness = caught.value.witness
    assert witness["better_value"] < witness["claimed_value"] or np.isnan(witness["claimed_point"])


def test_an_exception_is_a_refutation_with_its_input():
    with pytest.raises(Refuted, match="raises ZeroDivisionError") as caught:
        certify(scad_dividing, SCAD)
    assert caught.value.witness["step"] == caught.value.witness["a"] - 1


def test_a_missing_parameter_is_reported():
    with pytest.raises(Refuted, match="raises TypeError"):
        certify(lambda v, step: v, function("lam*abs(x)"))


def test_errors_of_the_size_of_rounding_are_forgiven():
    def ridge(error):
        return lambda v, step: v / (1 + step) * (1 + error)

    assert certify(ridge(1e-13), RIDGE, budget=0.5).points > 500
    with pytest.raises(Refuted):
        certify(ridge(1e-3), RIDGE)
    assert certify(ridge(1e-3), RIDGE, tolerance=1.0, budget=0.5).points > 500
