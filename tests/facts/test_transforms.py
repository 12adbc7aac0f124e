"""Facts about functions made from functions, proved by rules and against their values."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.facts.names import Names
from normcalc.facts.rules import traits
from normcalc.facts.signs import ignores_order, ignores_signs

NORM = ("convex", "degree 1", "even", "nonnegative", "zeros known", "continuous")
TABLE = {
    "infimal_convolution(norm(x), norm(x, 1))": NORM,
    "infimal_convolution(norm(x), norm(x)**2)": ("convex", "even", "nonnegative"),
    "dual_norm(norm(x, 3))": NORM,
    "dual_norm(norm(x))(A @ x)": NORM,
    "dual_norm(norm(x))(x - b)": ("convex", "nonnegative", "continuous"),
    "gauge(norm(x)**4 + norm(x, 1) <= 1)": NORM,
    "gauge(x <= 1)": ("convex", "degree 1", "nonnegative"),
    "support_function(norm(x) <= 2)": NORM,
    "support_function(x <= 1)": ("convex", "degree 1"),
    "distance(norm(x) <= 1)": ("convex", "even", "nonnegative", "continuous"),
    "distance(x >= 0)": ("convex", "degree 1", "nonnegative", "continuous"),
    "distance(x**2 == 1)": ("even", "nonnegative", "continuous"),
    "conjugate(norm(x)**3)": ("convex", "degree 3/2", "even", "nonnegative"),
    "conjugate(sum(x))": ("convex",),
    "moreau_envelope(norm(x), 1)": ("convex", "even", "nonnegative", "zeros known", "continuous"),
    "moreau_envelope(sum(sqrt(abs(x))), 1)": ("even", "nonnegative"),
    "perspective(norm(x)**2)": ("convex", "degree 1", "nonnegative"),
}


def proved(text: str) -> set[str]:
    f = nc.function(text)
    found = traits(f.body, Names(("x",), f.parameters, (), "vector"))
    words = {f"degree {found.degree}"} if found.degree is not None else set()
    words |= {"convex"} if found.convex else set()
    words |= {"even"} if found.parity == "even" else set()
    words |= {"zeros known"} if found.zeros is not None else set()
    return words | {w for w in ("nonnegative", "continuous") if getattr(found, w)}


@pytest.mark.parametrize("text", TABLE)
def test_the_rules_prove_exactly_this(text: str) -> None:
    assert proved(text) == set(TABLE[text])


@pytest.mark.parametrize("text", [t for t in TABLE if "A @" not in t and "- b" not in t])
def test_values_agree(text: str) -> None:
    f, rng, found = nc.function(text), np.random.default_rng(1), set(TABLE[text])
    x, y = rng.normal(size=3), rng.normal(size=3)
    x[-1], y[-1] = abs(x[-1]), abs(y[-1])
    fx, fy = float(f(x)), float(f(y))
    tolerance = 1e-6 * (1 + abs(fx) + abs(fy)) if np.isfinite(fx + fy) else 0.0
    degree = next((float(eval_degree(w)) for w in found if w.startswith("degree")), None)
    if degree is not None and np.isfinite(fx):
        assert f(2 * x) == pytest.approx(2**degree * fx, abs=tolerance)
    if "even" in found:
        assert f(-x) == pytest.approx(fx, abs=tolerance)
    if "convex" in found:
        assert float(f((x + y) / 2)) <= (fx + fy) / 2 + tolerance


def eval_degree(words: str) -> float:
    above, _, below = words.removeprefix("degree ").partition("/")
    return int(above) / int(below or 1)


@pytest.mark.parametrize(
    ("text", "signs", "order"),
    [
        ("dual_norm(norm(x, 3))", True, True),
        ("conjugate(dot(w, x**2))", True, False),
        ("distance(x >= 0)", False, True),
        ("gauge(norm(x - b) <= 1)", False, True),
        ("infimal_convolution(norm(x), norm(diff(x)))", False, False),
        ("perspective(norm(x)**2)", False, False),
    ],
)
def test_symmetries_pass_through(text: str, signs: bool, order: bool) -> None:
    f = nc.function(text)
    names = Names(("x",), f.parameters, (), "vector")
    assert ignores_signs(f.body, names) == signs
    assert ignores_order(f.body, names) == order


def test_facts_of_a_norm_that_is_a_search() -> None:
    found = nc.facts(nc.function("gauge(norm(x)**4 + norm(x, 1) <= 1)"))
    assert str(found.norm) == "norm"
    assert [found[q].value for q in ("absolute", "monotone", "permutation-invariant")] == [
        "YES"
    ] * 3
    assert found["hilbertian"].value == "NO"
