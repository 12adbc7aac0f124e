"""Exponentials, logarithms and roots against mpmath, over the whole range of floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normcalc.codegen import transcendental as tr

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

# Function, exact function, NumPy's, where arguments are drawn, and the units in the last place.
FUNCTIONS = {
    "exponential": (tr.exponential, mp.exp, np.exp, (-745.2, 709.78), 1.0),
    "exponential_less_one": (tr.exponential_less_one, mp.expm1, np.expm1, (-745.2, 709.78), 2.0),
    "logarithm": (tr.logarithm, mp.log, np.log, (5e-324, 1.7e308), 1.0),
    "logarithm_one_more": (tr.logarithm_one_more, mp.log1p, np.log1p, (-1 + 1e-15, 1.7e308), 1.0),
    "cube_root": (tr.cube_root, mp.cbrt, np.cbrt, (0.0, 1e308), 1.0),
    "area_hyperbolic_tangent": (
        tr.area_hyperbolic_tangent, mp.atanh, np.arctanh, (-1.0, 1.0), 2.0
    ),
    "area_hyperbolic_sine": (tr.area_hyperbolic_sine, mp.asinh, np.arcsinh, (-1e308, 1e308), 2.0),
    "hyperbolic_tangent": (tr.hyperbolic_tangent, mp.tanh, np.tanh, (-30.0, 30.0), 3.0),
}  # fmt: skip
SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 1e308, -1e308, -1.0])


def units(got: float, exact: mp.mpf) -> float:
    """Return the error in units in the last place."""
    return float(abs(mp.mpf(float(got)) - exact) / np.spacing(abs(float(exact))))


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_error_in_units_in_the_last_place(name: str, data: st.DataObject) -> None:
    function, exact, _, (lo, hi), allowed = FUNCTIONS[name]
    x = data.draw(st.floats(lo, hi) | st.floats(max(lo, -3.0), min(hi, 3.0)))
    with mp.workdps(60):
        value = exact(mp.mpf(x))
        if value != 0 and mp.isfinite(value):
            assert units(function(np.float64(x)), value) <= allowed


def test_that_the_check_sees_an_error() -> None:
    with mp.workdps(60):
        assert units(np.exp(0.3) * (1 + 1e-15), mp.exp(mp.mpf(0.3))) > 2.0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_ends_of_the_range(name: str) -> None:
    function, _, numpys, _, _ = FUNCTIONS[name]
    got = np.array([function(x) for x in SPECIAL])
    np.testing.assert_allclose(got, numpys(SPECIAL), rtol=3e-16)
    np.testing.assert_array_equal(np.signbit(got[:2]), np.signbit(numpys(SPECIAL[:2])))


@pytest.mark.usefixtures("fresh_cache")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_compiled_loops_have_vector_code(name: str) -> None:
    loop = compiled(name)
    x = np.random.default_rng(0).uniform(0.1, 3.0, 1000)
    out = np.empty_like(x)
    loop(x, out)
    np.testing.assert_allclose(out, FUNCTIONS[name][2](x), rtol=1e-15)
    assembly = next(iter(loop.inspect_asm().values()))
    assert "mulpd" in assembly or "fmadd" in assembly or "fmul\tv" in assembly


def compiled(name: str) -> Callable[..., None]:
    """Return a compiled loop over the carried text of a function."""
    from normcalc.codegen import carried
    from normcalc.codegen.build import load
    from normcalc.codegen.targets import PROLOGUES

    parts = [PROLOGUES["numba"], *(carried.source(each) for each in carried.closure({name}))]
    parts.append(
        "@entry\ndef loop(x, out):\n    for i in range(x.size):\n        out[i] = "
        + name
        + "(x[i])"
    )
    return load("from __future__ import annotations\n" + "\n\n\n".join(parts) + "\n").loop
