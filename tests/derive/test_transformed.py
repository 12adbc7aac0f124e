"""Values of functions made from others, against closed forms that are written out here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scipy.special import entr

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Callable

SCALES = (1e-6, 1.0, 1e6)
SHAPES = ("drawn", "whole", "tied", "nearly tied", "positive", "sparse", "one")
TOLERANCE = 3e-9
STRIDE = 17  # of the points in the default run; prime to the lengths of the lists
norm = np.linalg.norm


class Row(NamedTuple):
    formula: str
    value: Callable[..., float]
    given: dict[str, Any] = {}  # noqa: RUF012 (never changed)
    least: int = 1  # entries


def huber(x: Any, g: float) -> float:
    size = np.abs(x)
    return float(np.sum(np.where(size <= g, size**2 / (2 * g), size - g / 2)))


def shifted_gauge(x: Any, c: Any, radius: float) -> float:
    """|x - r*c| = r*radius, a quadratic equation in r."""
    a, b, d = radius**2 - c @ c, x @ c, x @ x
    root = np.sqrt(b * b + a * d)
    return d / (b + root) if b > 0 else (root - b) / a


def second_order_cone(x: Any) -> float:
    size, t = norm(x[:-1]), x[-1]
    if size <= t:
        return 0.0
    return float(norm(x)) if size <= -t else (size - t) / np.sqrt(2)


def finite_where(condition: Any, value: float = 0.0) -> float:
    return value if np.all(condition) else np.inf


def scaled(phi: Callable[[Any], float], far: Callable[[Any], float]) -> Callable[[Any], float]:
    """Return the perspective of phi, with its limit for t to 0."""

    def value(x: Any) -> float:
        y, t = x[:-1], x[-1]
        if t < 0:
            return np.inf
        with np.errstate(over="ignore"):
            return far(y) if t == 0 else t * phi(y / t)

    return value


C = np.array([0.5, -0.25, 0.5, 0.1, 0.2])
ROWS = {
    "dual of l1": Row("dual_norm(norm(x, 1))", lambda x: norm(x, np.inf)),
    "dual of l2": Row("dual_norm(3*norm(x))", lambda x: norm(x) / 3),
    "dual of l3": Row("dual_norm(norm(x, 3))", lambda x: norm(x, 1.5)),
    "dual of lp": Row("dual_norm(norm(x, p))", lambda x, p: norm(x, p / (p - 1)), {"p": 1.25}),
    "dual of linf": Row("dual_norm(norm(x, oo))", lambda x: norm(x, 1)),
    "dual of a dual": Row("dual_norm(dual_norm(norm(x, 1)))", lambda x: norm(x, 1)),
    "conjugate of a square": Row("conjugate(norm(x)**2/2)", lambda x: x @ x / 2),
    "conjugate of a cube": Row("conjugate(norm(x)**3/3)", lambda x: norm(x)**1.5 / 1.5),
    "conjugate of 3/2": Row("conjugate(2*norm(x)**(3/2)/3)", lambda x: norm(x)**3 / 3),
    "conjugate of l1 squared": Row(
        "conjugate(norm(x, 1)**2/2)", lambda x: norm(x, np.inf)**2 / 2
    ),
    "conjugate of linf squared": Row("conjugate(norm(x, oo)**2/2)", lambda x: norm(x, 1)**2 / 2),
    "conjugate of fourth powers": Row(
        "conjugate(abs(x)**4/4)", lambda x: 3 / 4 * np.sum(np.abs(x)**(4 / 3))
    ),
    "conjugate of an elastic net": Row(
        "conjugate(lam*norm(x, 1) + norm(x)**2/2)",
        lambda x, lam: np.sum(np.maximum(np.abs(x) - lam, 0)**2) / 2, {"lam": 0.5},
    ),
    "conjugate of a norm": Row("conjugate(norm(x))", lambda x: finite_where(norm(x) <= 1)),
    "conjugate of an exponential": Row(
        "conjugate(exp(x))", lambda x: finite_where(x >= 0, -np.sum(entr(x) + x))
    ),
    "conjugate on a line": Row(
        "conjugate(norm(x)**2/2 + indicator(sum(x) == 1))",
        lambda x: x @ x / 2 - (np.sum(x) - 1)**2 / (2 * x.size),
    ),
    "conjugate on a simplex": Row(
        "conjugate(indicator((x >= 0) & (sum(x) == 2)))", lambda x: 2 * x.max()
    ),
    "envelope of l1": Row("moreau_envelope(norm(x, 1), g)", huber, {"g": 0.5}),
    "envelope of l2": Row(
        "moreau_envelope(norm(x), g)", lambda x, g: huber(norm(x), g), {"g": 2.0}
    ),
    "envelope of a ball": Row(
        "moreau_envelope(indicator(norm(x) <= 1), g)",
        lambda x, g: max(norm(x) - 1, 0)**2 / (2 * g), {"g": 0.5},
    ),
    "envelope of an envelope": Row(
        "moreau_envelope(moreau_envelope(norm(x, 1), g), g)",
        lambda x, g: huber(x, 2 * g), {"g": 0.25},
    ),
    "l1 with a square": Row(
        "infimal_convolution(norm(x, 1), norm(x)**2/(2*g))", huber, {"g": 0.5}
    ),
    "l2 with a square": Row(
        "infimal_convolution(norm(x)**2/2, norm(x))", lambda x: huber(norm(x), 1)
    ),
    "l1 with a larger norm": Row(
        "infimal_convolution(norm(x, 1), 4*norm(x, 1))", lambda x: norm(x, 1)
    ),
    "two squares": Row("infimal_convolution(norm(x)**2/2, norm(x)**2)", lambda x: x @ x / 3),
    "a ball with a norm": Row(
        "infimal_convolution(indicator(norm(x) <= 1), norm(x))", lambda x: max(norm(x) - 1, 0)
    ),
    "gauge of an lp ball": Row(
        "gauge(norm(x, p) <= r)", lambda x, p, r: norm(x, p) / r, {"p": 3.0, "r": 2.0}
    ),
    "gauge of a square": Row("gauge(norm(x)**2 <= 2)", lambda x: norm(x) / np.sqrt(2)),
    "gauge of a box": Row(
        "gauge((x >= -2) & (x <= 1))", lambda x: max(x.max(), -x.min() / 2, 0)
    ),
    "gauge of a corner": Row("gauge(x <= 1)", lambda x: max(x.max(), 0)),
    "gauge of a cone": Row("gauge(x >= 0)", lambda x: finite_where(x >= 0)),
    "gauge of a slice": Row(
        "gauge((x >= 0) & (sum(x) == 1))", lambda x: finite_where(x >= 0, np.sum(x))
    ),
    "support of a simplex": Row("support_function((x >= 0) & (sum(x) == 1))", np.max),
    "support of a corner": Row(
        "support_function((x >= 0) & (sum(x) <= 1))", lambda x: max(x.max(), 0)
    ),
    "support of a box": Row(
        "support_function((x >= -1) & (x <= 3))", lambda x: np.sum(np.maximum(-x, 3 * x))
    ),
    "support of a cone": Row("support_function(x >= 0)", lambda x: finite_where(x <= 0)),
    "support of an l1 ball": Row("support_function(norm(x, 1) <= 2)", lambda x: 2*norm(x, np.inf)),
    "support of an l2 ball": Row("support_function(norm(x) <= 2)", lambda x: 2 * norm(x)),
    "support of an l3 ball": Row("support_function(norm(x, 3) <= 2)", lambda x: 2 * norm(x, 1.5)),
    "support of a shifted ball": Row(
        "support_function(norm(x - 1) <= 2)", lambda x: np.sum(x) + 2 * norm(x)
    ),
    "distance to a ball": Row("distance(norm(x) <= 2)", lambda x: max(norm(x) - 2, 0)),
    "distance to a box": Row(
        "distance((x >= -1) & (x <= 3))", lambda x: norm(x - np.clip(x, -1, 3))
    ),
    "distance to a half-space": Row(
        "distance(sum(x) <= 1)", lambda x: max(np.sum(x) - 1, 0) / np.sqrt(x.size)
    ),
    "distance to a plane": Row(
        "distance(sum(x) == 1)", lambda x: abs(np.sum(x) - 1) / np.sqrt(x.size)
    ),
    "distance to a cone": Row("distance(x >= 0)", lambda x: norm(np.minimum(x, 0))),
    "distance to an ice cream cone": Row(
        "distance(norm(x[:-1]) <= x[-1])", second_order_cone, {}, 2
    ),
    "perspective of a square": Row(
        "perspective(x**2)", scaled(lambda r: r @ r, lambda y: finite_where(y == 0)), {}, 2
    ),
    "perspective of exp": Row(
        "perspective(exp(x))",
        scaled(lambda r: np.sum(np.exp(r)), lambda y: finite_where(y <= 0)), {}, 2,
    ),
    "perspective of an entropy": Row(
        "perspective(x*log(x))",
        scaled(lambda r: -np.sum(entr(r)), lambda y: finite_where(y == 0)), {}, 2,
    ),
    "perspective of a norm": Row("perspective(norm(x))", scaled(norm, norm), {}, 2),
    "perspective of a root": Row(
        "perspective(sqrt(1 + x**2))",
        scaled(lambda r: np.sum(np.hypot(1, r)), lambda y: norm(y, 1)), {}, 2,
    ),
    "perspective of a logarithm": Row(
        "perspective(-log(x))",
        scaled(lambda r: finite_where(r > 0, -np.sum(np.log(np.maximum(r, 1e-300)))),
               lambda y: finite_where(y >= 0)), {}, 2,
    ),
    "perspective of a softplus": Row(
        "perspective(log(1 + exp(x)))",
        scaled(lambda r: np.sum(np.logaddexp(0, r)), lambda y: np.sum(np.maximum(y, 0))), {}, 2,
    ),
    "perspective of a ball": Row(
        "perspective(indicator(norm(x) <= 1))",
        scaled(lambda r: finite_where(norm(r) <= 1), lambda y: finite_where(y == 0)), {}, 2,
    ),
}  # fmt: skip


def points(least: int, rng: np.random.Generator) -> list[Any]:
    """Return points of every shape, size and scale."""
    found = [_shaped(shape, n, rng) for shape in SHAPES for n in (1, 2, 5) if n >= least]
    return [scale * x for x in found for scale in SCALES]


def _shaped(shape: str, n: int, rng: np.random.Generator) -> Any:
    x = rng.normal(size=n)
    if shape == "tied":
        return np.full(n, x[0])
    if shape == "nearly tied":
        return x[0] * np.where(np.arange(n) % 2, 1 + 1e-12, 1.0)
    if shape == "one":
        return np.where(np.arange(n) == n - 1, 1.0, 0.0)
    changes = {"whole": np.round, "positive": np.abs, "sparse": lambda y: y * (y > 0.3)}
    return changes.get(shape, np.array)(x)


def is_close(found: float, expected: float, x: Any) -> bool:
    if np.isinf(expected) or np.isinf(found):
        return found == expected
    return abs(found - expected) <= TOLERANCE * abs(expected) + 1e-15 * norm(x)


def check(name: str, first: int, stride: int) -> None:
    row = ROWS[name]
    f = nc.function(row.formula)
    for x in points(row.least, np.random.default_rng(3))[first::stride]:
        found, expected = f(x, **row.given), row.value(x, **row.given)
        assert is_close(found, expected, x), (x, found, expected)


@pytest.mark.parametrize("name", ROWS)
def test_values(name: str) -> None:
    check(name, list(ROWS).index(name) % STRIDE, STRIDE)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
def test_values_at_all_points(name: str) -> None:
    check(name, 0, 1)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("centre", [C, -C, 3 * C, np.zeros(5)])
def test_gauge_of_a_shifted_ball(centre: Any, scale: float) -> None:
    f = nc.function("gauge(norm(x - c) <= 1)", c=nc.Vector)
    rng = np.random.default_rng(5)
    outside = norm(centre) > 1
    for x in scale * (2 * centre * outside + 0.3 * rng.normal(size=(3, 5))):
        assert f(x, c=centre) == pytest.approx(shifted_gauge(x, centre, 1.0), rel=1e-12)


EXACT = [
    ("perspective(x**2)", [0, 0, 0], 0.0),
    ("perspective(x**2)", [1, 0, 0], np.inf),
    ("perspective(x**2)", [0, 0, -1], np.inf),
    ("perspective(x**2)", [1e-200, 1e-250], 1e-150),
    ("perspective(exp(x))", [-1, 0, 0], 0.0),
    ("perspective(exp(x))", [1, 0], np.inf),
    ("perspective(x*log(x))", [0, 0], 0.0),
    ("perspective(x*log(x))", [1, 0], np.inf),  # grows more slowly than any power
    ("perspective(x*log(x))", [-1, 2], np.inf),
    ("perspective(x*log(x))", [0, 2], 0.0),
    ("perspective(norm(x))", [3, 4, 0], 5.0),
    ("perspective(norm(x))", [3, 4, -1e-300], np.inf),
    ("perspective(sqrt(1 + x**2))", [3, -4, 0], 7.0),  # squares overflow far out
    ("perspective(log(1 + exp(x)))", [3, -2, 0], 3.0),
    ("perspective(-log(x))", [3, 4, 0], 0.0),
    ("perspective(-sqrt(x))", [4, 0], 0.0),
    ("perspective(indicator(x >= 0))", [3, 4, 0], 0.0),
    ("perspective(indicator(norm(x) <= 1))", [3, 4, 0], np.inf),
    ("perspective(indicator(norm(x) <= 1))", [3, 4, 5], 0.0),
    ("conjugate(norm(x))", [0.6, 0.8], 0.0),
    ("conjugate(norm(x))", [0.6, 0.8000001], np.inf),
    ("conjugate(norm(x, 1) + norm(x))", [1.6, 1.7], 0.0),
    ("conjugate(norm(x, 1) + norm(x))", [1.8, 1.9], np.inf),
    ("conjugate(sum(x))", [1, 1], 0.0),
    ("conjugate(sum(x))", [1, 2], np.inf),
    ("conjugate(exp(x))", [-1e-9, 1], np.inf),
    ("conjugate(norm(x)**2/2 + indicator(norm(x, 1) <= 1))", [3, 4, 1], 3.5),
    ("conjugate(norm(x, 1) + indicator(norm(x) <= 1))", [3, 4, 1], np.sqrt(13)),
    ("conjugate(sum(x*log(x)) + indicator(sum(x) == 1))", [3, 4], 4 + np.log1p(np.exp(-1))),
    ("support_function(sum(x) == 1)", [2, 2], 2.0),
    ("support_function(sum(x) == 1)", [2, 2.001], np.inf),
    ("support_function(sum(x) <= 1)", [-1, -1], np.inf),
    ("gauge(sum(x) == 1)", [2, 1, 0], 3.0),
    ("gauge(sum(x) == 1)", [-2, 1, 0], np.inf),
    ("gauge(norm(x - 2) <= 1)", [1, -1], np.inf),
    ("gauge((x >= 0) & (sum(x) <= 1))", [2, 1, -1e-9], np.inf),
    ("gauge(norm(x) <= 1)", [0, 0], 0.0),
    ("infimal_convolution(indicator(norm(x) <= 1), indicator(norm(x, 1) <= 2))", [1, 1], 0.0),
    ("gauge(norm(x) <= 1)", [np.inf, 1], np.inf),
    ("infimal_convolution(norm(x), norm(x, 1))", [np.inf, 1], np.inf),
]


@pytest.mark.parametrize(("formula", "x", "expected"), EXACT)
def test_values_at_borders(formula: str, x: list[float], expected: float) -> None:
    assert nc.function(formula)(x) == pytest.approx(expected, rel=1e-12, abs=1e-250)


@pytest.mark.parametrize(
    "formula",
    ["conjugate(norm(x)**3)", "gauge(norm(x, 3) <= 1)", "distance(x >= 1)", "perspective(x**2)",
     "support_function(norm(x) <= 1)", "moreau_envelope(norm(x), 2)", "dual_norm(norm(x, 3))",
     "infimal_convolution(norm(x), norm(x)**2)"],
)  # fmt: skip
def test_stacks_keep_nan_to_themselves(formula: str) -> None:
    f = nc.function(formula)
    x = np.array([[[1.0, 2.0], [0.0, 1.0]], [[np.nan, 1.0], [2.0, 0.5]]])
    found = f(x)
    assert found.shape == (2, 2)
    assert np.isnan(found[1, 0])
    for at in ((0, 0), (0, 1), (1, 1)):
        assert found[at] == f(x[at])


NORMS = ("norm({0})", "norm({0}, 1)", "norm({0}, oo)")
POINTS = ("x", "x", "2*x", "x - 1")
FACTORS = ("", "2*", "1/3*")
POWERS = ("", "**2", "**2/2", "**3/3")
MORE = ("", "", " + norm(x)**2/2", " + sum(x)/2")


@st.composite
def functions(draw: st.DrawFn) -> nc.Function:
    """Small convex functions: a power of a norm, and a linear or a quadratic term."""
    factor, size, point, power, more = (
        draw(st.sampled_from(words)) for words in (FACTORS, NORMS, POINTS, POWERS, MORE)
    )
    return nc.function(factor + size.format(point) + power + more)


VECTORS = st.lists(st.integers(-8, 8).map(lambda k: k / 2), min_size=2, max_size=2).map(np.array)
FEW = settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
MANY = settings(max_examples=150, deadline=None, phases=[Phase.generate])


def check_biconjugate(f: nc.Function, x: Any) -> None:
    again = nc.function(f"conjugate(conjugate({f}))")
    assert again(x) == pytest.approx(f(x), rel=1e-7, abs=1e-9)


def check_fenchel_young(f: nc.Function, x: Any, v: Any) -> None:
    conjugate = nc.function(f"conjugate({f})")
    assert f(x) + conjugate(v) >= x @ v - 1e-9 * (1 + abs(x @ v))
    u = nc.prox(f)(v, step=1.0)  # where v - u is a slope, so that they are equal
    slope = (v - u) * (1 - 1e-12)  # a rounding outside the domain, the conjugate is infinite
    assert f(u) + conjugate(slope) == pytest.approx(u @ slope, rel=1e-6, abs=1e-8)


@FEW
@given(functions(), VECTORS)
def test_the_conjugate_of_the_conjugate(f: nc.Function, x: Any) -> None:
    check_biconjugate(f, x)


@FEW
@given(functions(), VECTORS, VECTORS)
def test_fenchel_and_young(f: nc.Function, x: Any, v: Any) -> None:
    check_fenchel_young(f, x, v)


@pytest.mark.slow
@MANY
@given(functions(), VECTORS)
def test_the_conjugates_of_many_conjugates(f: nc.Function, x: Any) -> None:
    check_biconjugate(f, x)


@pytest.mark.slow
@MANY
@given(functions(), VECTORS, VECTORS)
def test_fenchel_and_young_of_many(f: nc.Function, x: Any, v: Any) -> None:
    check_fenchel_young(f, x, v)
