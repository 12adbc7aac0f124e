"""Derivatives against differences of the kernel, and what they are at kinks."""

from __future__ import annotations

from dataclasses import replace

import codegen_tables as tables
import numpy as np
import pytest
import sympy as sp
from codegen_tables import Case

import normcalc as nc
from normcalc.codegen import compile as compile_kernel
from normcalc.codegen.derivative import differentiated
from normcalc.errors import InputError, NotDerivable
from tests.language.catalogue import CASES
from tests.language.catalogue import Case as Row

# One function of each kind of point: affine, closed form, Newton's method, root at set-up.
SOME = (
    "abs", "scad", "pow_p", "neglog", "entropy", "logistic", "logsum_eps", "l_p", "gamma_nll",
    "ind_interval", "weibull_nll",
)  # fmt: skip


@pytest.fixture(autouse=True)
def interpreted(monkeypatch):
    """Leave kernels to the interpreter: few numbers, many kernels."""
    monkeypatch.setenv("NORMCALC_JIT", "0")


def differences(kernel, v, values, place):
    """Return the centred difference in the argument (place 0) or in a parameter."""
    given = [v, *values]
    h = 1e-6 * (1 + np.abs(given[place]))
    ends = [[*given[:place], given[place] + sign * h, *given[place + 1 :]] for sign in (1, -1)]
    above, below = (kernel(*end) for end in ends)
    return (above - below) / (2 * h)


def worst(table, wrong=None):
    """Return how far derivatives are from differences, away from kinks and jumps."""
    case, derived = table
    kernel = compile_kernel(derived)
    v = np.linspace(-6.03, 6.01, 61)
    values = [0.6, *(float(case.values[name]) for name in kernel.parameters[1:])]
    found = 0.0
    for place, name in enumerate(("v", *kernel.parameters)):
        change = differentiated(derived.table, name)
        derivative = compile_kernel(wrong(change) if wrong else change)
        error = np.abs(derivative(v, *values) - differences(kernel, v, values, place))
        # A kink lies within the difference at few of the points.
        found = max(found, float(np.sort(error / (1 + np.abs(kernel(v, *values))))[-4]))
    return found


@pytest.mark.parametrize("case", [c for c in CASES if c.name in SOME], ids=str)
def test_against_differences(case: Row) -> None:
    assert worst((case, nc.prox(case.function()))) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_whole_catalogue_against_differences(case: Row) -> None:
    if case.name == "entropy_cauchy":
        with pytest.raises(NotDerivable, match="search"):
            nc.differentiate(nc.prox(case.function()))["v"]
        return
    if case.name == "act_tanh":
        pytest.skip("where the point is rounded to an end of the domain, derivatives are NaN")
    assert worst((case, nc.prox(case.function()))) < 1e-4


def test_a_wrong_derivative_is_seen() -> None:
    case = next(c for c in CASES if c.name == "scad")

    def bent(table):
        regimes = [
            replace(r, cases=tuple(replace(c, result=c.result * 1.01) for c in r.cases))
            for r in table.regimes
        ]
        return replace(table, regimes=tuple(regimes))

    assert worst((case, nc.prox(case.function())), bent) > 1e-3


def test_a_border_belongs_to_the_case_that_gives_the_value() -> None:
    found = nc.differentiate(nc.prox(nc.function("lam*abs(x)")))
    assert found["v"]([-1.0, -0.5, 0.0, 1.0, 1.0 + 1e-9], step=1.0, lam=1.0).tolist() == [
        0.0, 0.0, 0.0, 0.0, 1.0,
    ]  # fmt: skip


def test_the_derivative_in_the_argument_is_even_where_the_value_is_odd() -> None:
    found = nc.differentiate(nc.prox(nc.function("lam*abs(x)**3")))
    v = np.linspace(0.1, 4, 9)
    one, other = found["v"](v, step=0.5, lam=1.0), found["v"](-v, step=0.5, lam=1.0)
    assert np.array_equal(one, other)
    assert np.array_equal(found["lam"](v, step=0.5, lam=1.0), -found["lam"](-v, step=0.5, lam=1.0))


def test_conjugates_and_values_have_derivatives() -> None:
    conjugate = nc.differentiate(nc.conjugate(nc.function("exp(x)")))
    assert conjugate["v"](2.0) == pytest.approx(np.log(2.0), rel=1e-15)
    value = nc.differentiate(nc.function("lam*log(1 + abs(x))"))
    assert value["x"]([-1.0, 1.0], lam=3.0).tolist() == [-1.5, 1.5]
    assert value["lam"]([-1.0, 1.0], lam=3.0) == pytest.approx(np.log(2.0) * np.ones(2))


def test_the_gradient_of_an_envelope_is_the_gap_over_the_step() -> None:
    f = nc.function("Piecewise((lam*abs(x)-x**2/6,abs(x)<=3*lam),(3*lam**2/2,True))")
    slope = nc.differentiate(nc.moreau_envelope(f))["v"]
    v = np.linspace(-5, 5, 41)
    point = nc.prox(f)(v, step=0.7, lam=1.0)
    assert slope(v, step=0.7, lam=1.0) == pytest.approx((v - point) / 0.7, abs=1e-13)


def test_products_agree_with_each_other() -> None:
    found = nc.differentiate(nc.prox(nc.function("lam*log(1 + abs(x)/eps)")))
    rng = np.random.default_rng(1)
    v, tangent, weight = rng.standard_normal((3, 50)) * 3
    given = {"step": 0.4, "lam": 0.9, "eps": 0.8}
    moving = {"step": 0.3, "eps": -1.2}
    value, along = found.jvp(v, given, tangent, moving)
    again, gradient, sums = found.vjp(v, given, weight)
    assert np.array_equal(value, again)
    inner = gradient @ tangent + sum(sums[name] * moving[name] for name in moving)
    assert inner == pytest.approx(float(along @ weight), rel=1e-12)


def test_names_that_are_not_there() -> None:
    found = nc.differentiate(nc.prox(nc.function("lam*abs(x)")))
    with pytest.raises(InputError, match="no 'mu' to differentiate in: v, step, lam"):
        found["mu"]
    with pytest.raises(InputError, match="no parameter is called mu"):
        found.jvp(1.0, {"step": 1.0, "lam": 1.0}, 1.0, {"mu": 1.0})


def test_set_valued_answers_have_no_derivative() -> None:
    with pytest.raises(NotDerivable, match="set-valued"):
        differentiated(nc.subdifferential(nc.function("abs(x)")).table, "v")


def test_roots_of_the_setup_move_with_the_parameters() -> None:
    regime = tables.LOGSUM.regimes[1]
    root = regime.roots[0].symbol
    scaled = replace(regime, cases=(Case(sp.S.Zero, sp.oo, tables.v * root, tables.u),))
    table = replace(tables.LOGSUM, regimes=(tables.LOGSUM.regimes[0], scaled))
    kernel = compile_kernel(table)
    for place, name in enumerate(("v", "step", "eps")):
        got = compile_kernel(differentiated(table, name))(2.0, 1.0, 0.5)
        assert got == pytest.approx(differences(kernel, 2.0, [1.0, 0.5], place), rel=1e-7)


def test_tables_by_hand() -> None:
    slope = compile_kernel(differentiated(tables.MCP, "gamma"))
    v, h = np.linspace(-4, 4, 33), 1e-6
    kernel = compile_kernel(tables.MCP)
    expected = (kernel(v, 0.5, 1.0, 3.0 + h) - kernel(v, 0.5, 1.0, 3.0 - h)) / (2 * h)
    inside = np.abs(np.abs(v) - 3.0) > 1e-3
    assert slope(v, 0.5, 1.0, 3.0)[inside] == pytest.approx(expected[inside], abs=1e-8)
