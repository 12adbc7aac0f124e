"""Plain forms of roots: only where they keep their digits, and the choice made at set-up."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.codegen.exact import exact_value
from normcalc.codegen.kernel import Kernel
from normcalc.codegen.shortcuts import ALLOWED, shortcut

LOGSUM = nc.function("lam*log(1 + abs(x)/eps)")


def quick_of(kernel, values) -> float:
    """Return the constant that a kernel chooses the form by."""
    constants = kernel.constants(*values)
    lines = [x for x in kernel.source.splitlines() if x.endswith("# quick")]
    return float(constants[int(lines[int(constants[0])].split("[")[1].split("]")[0])])


def loss(kernel, values, count: int = 40) -> float:
    """Return the worst error above the border, in units that rounding the argument costs.

    What no method can avoid is how the point changes with the last bit of the argument.
    """
    table, border = kernel._origin.table, kernel.constants(*values)[1]
    worst = 0.0
    for ratio in 1.0 + np.logspace(-9, 2, count):
        v = float(border * ratio)
        with mpmath.workdps(40):
            true = exact_value(table, v, values)
            after = exact_value(table, v * (1 + 1e-8), values)
            if true is None or after is None:
                continue
            unit = abs(after - true) * 1e8 * 2.0**-53 + abs(true) * 2.0**-53
            worst = max(worst, float(abs(kernel(np.full(9, v), *values)[0] - true) / unit))
    return worst


@pytest.mark.parametrize("eps", [0.05, 0.8, 1.0, 3.0, 1e3])
def test_both_forms_keep_what_the_argument_allows(eps: float) -> None:
    kernel = nc.compile(nc.prox(LOGSUM))
    values = (0.5, 1.0, eps)
    assert loss(kernel, values) < 4 * ALLOWED
    assert quick_of(kernel, values) == (eps < 2.5)


def test_the_plain_form_everywhere_is_seen() -> None:
    """The check above catches a kernel that takes the short form where it loses digits."""
    kernel = nc.compile(nc.prox(LOGSUM))
    loop = " > {}:\n        for i in range"
    bent = kernel.source.replace(loop.format(0.0), loop.format(-1.0))
    wrong = Kernel(bent, kernel.interface, kernel._origin)
    assert loss(wrong, (0.5, 1.0, 1e3)) > 1e4


def test_kernels_agree_with_their_elements() -> None:
    kernel = nc.compile(nc.prox(LOGSUM))
    v = np.linspace(-5, 5, 1001)
    for eps in (0.3, 1.0, 40.0):
        whole, alone = kernel(v, 0.5, 1.0, eps), [kernel(x, 0.5, 1.0, eps) for x in v.tolist()]
        assert whole == pytest.approx(alone, rel=1e-14, abs=1e-15)
        again = v.copy()
        assert np.array_equal(kernel(again, 0.5, 1.0, eps, out=again), whole)


v = sp.Symbol("v", real=True)
a, t, low = sp.symbols("a t low", positive=True)


@pytest.mark.parametrize(
    "form",
    [
        v + 1,
        v - a + sp.cbrt(v**2 + t),
        a - v + sp.sqrt(v**2 + t),
        v - a - sp.sqrt(v**2 + t),
        v - a + sp.sqrt((v - a) ** 2 - 4 * t),
        v - a + v * sp.sqrt(v**2 + t),
        v**2 - a + sp.sqrt(v**2 + t),
    ],
    ids=str,
)
def test_forms_that_the_bound_does_not_cover(form: sp.Expr) -> None:
    assert shortcut(form, v, low, True) is None
    assert shortcut((v - a + sp.sqrt((v + a) ** 2 - t)) / 2, v, low, False) is None


def test_the_bound_holds_where_it_says_so() -> None:
    """``w**2 <= 16 T`` at every argument of the piece, by numbers at random parameters."""
    form = (v - a + sp.sqrt((v + a) ** 2 - 4 * t)) / 2
    plain, good = shortcut(form, v, low, True)
    rng, seen = np.random.default_rng(0), 0
    for _ in range(300):
        numbers = dict(zip((a, t, low), 10 ** rng.uniform(-1, 1, 3), strict=True))
        if numbers[a] ** 2 < numbers[t] or not good.subs(numbers):
            continue
        points = np.linspace(numbers[low], max(numbers[a], numbers[low]), 50)
        root = np.sqrt(np.maximum((points + numbers[a]) ** 2 - 4 * numbers[t], 0.0))
        other = (numbers[a] - points + root) / 2
        sizes = points * numbers[a] + numbers[t]
        assert (other**2 <= ALLOWED * sizes * (1 + 1e-12))[points < numbers[a]].all()
        seen += 1
    assert seen > 30
    assert plain.has(v)
