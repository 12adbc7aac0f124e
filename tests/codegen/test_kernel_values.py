"""Every table, against search at 50 digits that knows no table."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pytest
import sympy as sp
from codegen_tables import EXAMPLES, MCP, SOFT, Example, reference

from normcalc.codegen import compile as compile_kernel

if TYPE_CHECKING:
    from normcalc.codegen.kernel import Kernel

POINTS = [-7.25, -0.61, -4e-7, 3e-5, 0.37, 0.9, 1.31, 2.6, 5.5, 37.0]
FAR = [-1e5, -300.0, 800.0, 1e6]
CASES = [(name, values) for name, example in EXAMPLES.items() for values in example.values]


COMPILED = ["mcp", "cube", "entropy"]


def kernel_of(name: str) -> Kernel:
    return compile_kernel(EXAMPLES[name].table, name=f"prox_{name}")


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test compares plain kernels with compiled ones, bit for bit or nearly so.
    monkeypatch.setenv("NORMCALC_JIT", "0")


def allowed(example: Example, v: float, u: float, values: tuple[float, ...]) -> float:
    return 1e-13 * abs(u) + 4e-16 * float(example.condition(v, u, *values))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(("name", "values"), CASES)
def test_kernel_finds_the_minimiser(name: str, values: tuple[float, ...]) -> None:
    example, kernel = EXAMPLES[name], kernel_of(name)
    for v in [*POINTS, *FAR]:
        exact = reference(example, v, values)
        got = kernel(v, *values)
        u = float(exact)
        assert abs(float(got - exact)) <= allowed(example, v, u, values), (v, got, u)


@pytest.mark.parametrize("name", ["cube", "neglog", "fourth"])
def test_formula_as_derived_fails_the_same_check(name: str) -> None:
    # The check above would see lost digits: the formula as SymPy has it loses them.
    example = EXAMPLES[name]
    arc = example.table.regimes[0].cases[0].point
    raw = sp.lambdify(["v", "step"], arc.closed, "numpy")
    worst = 0.0
    for values in example.values:
        for v in [*POINTS, *FAR]:
            v = abs(v) if example.even else v
            u = float(reference(example, v, values))
            with np.errstate(all="ignore"):
                error = abs(float(raw(v, *values)) - u)
            worst = max(worst, error / allowed(example, v, u, values))
    assert worst > 100


@pytest.mark.parametrize("name", COMPILED)
def test_float32_stays_float32(name: str) -> None:
    example, kernel = EXAMPLES[name], kernel_of(name)
    values = example.values[0]
    v = np.array([*POINTS], dtype=np.float32)
    single, double = kernel(v, *values), kernel(v.astype(np.float64), *values)
    assert single.dtype == np.float32
    # Affine pieces are computed in float32; all else is rounded once.
    assert (abs(single - double) <= 1e-6 * (abs(double) + abs(v))).all()


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("name", EXAMPLES)
def test_ends_of_the_line(name: str) -> None:
    kernel, values = kernel_of(name), EXAMPLES[name].values[0]
    v = np.array([np.nan, np.inf, -np.inf, 1e300, -1e300, 1e-300, -1e-300, 0.0, -0.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = kernel(v, *values)
    assert np.isnan(got[0])
    assert not np.isnan(got[1:]).any()
    assert np.isfinite(got[3:]).all()
    assert got[1] == np.inf
    assert got[2] == (-np.inf if EXAMPLES[name].lo < 0 else 0.0)
    assert (np.diff(got[[2, 4, 6, 7, 5, 3, 1]]) >= 0).all()
    assert got[7] == got[8]


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("name", "step", "v", "expected"),
    [
        ("exp", 0.5, 1e300, np.log(1e300) - np.log(0.5)),
        ("entropy", 0.5, 1e300, 1e300),
        ("neglog", 0.5, -1e300, 0.5e-300),
        ("neglog", 1e300, 1.0, 1e150),
        ("neglog", 1e-300, 1.0, 1.0),
        ("cube", 0.5, 1e300, (1e300 / 1.5) ** 0.5),
        ("cube", 1e300, 1e300, (1 / 3) ** 0.5),
        ("cube", 1e-300, 3.0, 3.0),
        ("fourth", 0.5, 1e200, (1e200 / 2.0) ** (1 / 3)),
        ("logistic", 0.5, -800.0, -799.5),
    ],
)
def test_huge_and_tiny(name: str, step: float, v: float, expected: float) -> None:
    assert kernel_of(name)(v, step) == pytest.approx(expected, rel=1e-13)


@pytest.mark.usefixtures("plain")
def test_borders_and_ties_take_the_point_nearer_to_zero() -> None:
    soft = compile_kernel(SOFT, name="prox_soft")
    assert soft(0.5, 0.5, 1.0) == 0.0
    mcp = compile_kernel(MCP, name="prox_mcp")
    border = mcp.constants(4.0, 1.0, 1.0)[1]
    assert border == 2.0
    assert mcp(np.array([2.0, -2.0, np.nextafter(2, 3)]), 4.0, 1.0, 1.0).tolist() == [
        0.0,
        0.0,
        np.nextafter(2, 3),
    ]


@pytest.mark.usefixtures("plain")
def test_dead_zone_returns_plus_zero() -> None:
    kernel = compile_kernel(SOFT, name="prox_soft")
    assert not np.signbit(kernel(np.array([-0.25, -0.0, 0.0]), 0.5, 1.0)).any()


@pytest.mark.usefixtures("plain")
def test_near_the_border_of_a_regime_no_digit_is_lost() -> None:
    kernel = kernel_of("mcp")
    gamma = 1.0 + 2.0**-40
    v = 0.5 * (1.0 + gamma)
    # (v - lam*step)/(1 - step/gamma), in which the naive quotient loses 12 digits.
    assert kernel(v, 1.0, 1.0, gamma) == pytest.approx(gamma / 2, rel=1e-13)
