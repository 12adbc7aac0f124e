"""Subdifferentials of norms that have a prox, by the faces of their dual balls."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc

SLOPE = nc.function("dot(w, sort(abs(x)))", w=nc.Nonincreasing)
G = [[0, 2], [1, 3]]
W = [3.0, 2.0, 1.0]

# what, point, subgradients, vectors that are none, parameters
CASES = {
    "groups": ("sum(group_norms(x, G, 2))", [3, 0, 4, 0],
               [[0.6, 0.6, 0.8, 0.8], [0.6, 0, 0.8, 0]],
               [[0.6, 0.6, 0.8, 0.9], [0.6, 0, 0.7, 0]], {"G": G}),
    "largest group": ("max(group_norms(x, G, oo))", [3, 1, 1, -3],
                      [[1, 0, 0, 0], [0.25, 0, 0, -0.75]],
                      [[0.5, 0, 0.5, 0], [0.5, 0, 0, 0.5]], {"G": G}),
    "groups of a map": ("sum(group_norms(A @ x, G, 2))", [1, 0],
                        [[1, 1], [1, -1], [1, 0]], [[1, 1.1], [0.9, 0]],
                        {"A": np.array([[1, 0], [0, 1], [0, 0], [0, 0]]), "G": G}),
    "sorted": (SLOPE, [2, -2, 0], [[2.5, -2.5, 1], [3, -2, -1], [2, -3, 0.3]],
               [[3.1, -1.9, 0], [2.5, -2.5, 1.1], [2.5, 2.5, 0]], {"w": W}),
    "largest two": ("sum_largest(x, 2)", [1, 0, 0], [[1, 1, 0], [1, 0.5, 0.5]],
                    [[1, 1.1, -0.1], [0.9, 0.6, 0.5]], {}),
    "octagon": ("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/2)", [1, 1],
                [[0, 1], [0.5, 0.5], [0.3, 0.7]], [[0.5, 0.6], [-0.1, 1.1]], {}),
    "corner": ("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))", [0, 2],
               [[0, 1]], [[0.1, 1], [0, 0.9]], {}),
    "coordinates": ("x1**2 + abs(x2)", [3, 0], [[6, 0.3], [6, -1]], [[5, 0], [6, 1.1]], {}),
    "infimal convolution": ("infimal_convolution(norm(x), 2*norm(x, oo))", [0, 0],
                            [[1, 0], [0.6, 0.8]], [[1, 0.1], [0.9, 0.9]], {}),
    "loss and penalty": ("norm(A @ x - b)**2/2 + lam*sum_largest(abs(x), 2)", [0, 0, 0],
                         [[0, 0, 0], [-0.9, 1, 0.1]], [[1.2, 0, 0], [1, 1, 0.3]],
                         {"A": np.eye(3), "b": np.array([0.2, 0, 0]), "lam": 1.0}),
    "two norms": ("norm(x, 1) + sum(group_norms(x, G, 2))", [0, 0, 0, 1],
                  [[1, 0, 1.7, 2], [0, 1, 0, 2]], [[1, 0, 2.1, 2], [0, 1.1, 0, 2]], {"G": G}),
}  # fmt: skip


def made(what: str | nc.Function) -> nc.Subdifferential:
    return nc.subdifferential(nc.function(what) if isinstance(what, str) else what)


@pytest.mark.parametrize("name", CASES)
def test_members(name: str) -> None:
    what, point, inside, outside, values = CASES[name]
    kinks = made(what)
    assert [kinks.contains(point, g, **values) for g in inside] == [True] * len(inside)
    assert [kinks.contains(point, g, **values) for g in outside] == [False] * len(outside)


@pytest.mark.parametrize("name", CASES)
def test_members_support_the_function_and_others_do_not(name: str) -> None:
    """``f(y) >= f(x) + <g, y - x>`` for every y, near and far, if and only if g is a member."""
    what, point, inside, outside, values = CASES[name]
    f, x = nc.function(what) if isinstance(what, str) else what, np.array(point, dtype=float)
    rng, count = np.random.default_rng(0), 60 if "convolution" in str(f) else 3000  # a search each
    size = 10.0 ** rng.uniform(-2, 1, size=(count, 1))
    y = x + size * rng.normal(size=(count, x.size)) * (rng.random((count, x.size)) < 0.6)
    rise = np.array(f(y, **values)) - float(f(x, **values))
    for g in inside:
        assert (rise - (y - x) @ g >= -1e-7 * (1 + np.abs(rise))).all()
    for g in outside:
        assert (rise - (y - x) @ g < -1e-7 * (1 + np.abs(rise))).any()


@pytest.mark.parametrize(
    ("what", "values"),
    [
        (SLOPE, {"w": W}),
        ("sum_largest(abs(x), 2)", {}),
        ("sum(group_norms(x, G, 2))", {"G": [[0, 2], [1]]}),
    ],
)
def test_distances_are_those_of_a_search(what: str | nc.Function, values: dict) -> None:
    kinks, rng = made(what), np.random.default_rng(3)
    f = nc.function(what) if isinstance(what, str) else what
    prox = nc.prox(f)
    for x in ([2.0, 0.0, -2.0], [0.0, 0.0, 0.0], [1.0, 3.0, 0.0]):
        g = 2 * rng.normal(size=3)
        # members of the set are (x + t p - prox(x + t p))/t for small t and every p
        members = [(x + 1e-4 * p - prox(x + 1e-4 * p, step=1e-4, **values)) / 1e-4
                   for p in np.vstack([g, g + rng.normal(size=(200, 3))])]  # fmt: skip
        least = np.linalg.norm(np.array(members) - g, axis=1).min()
        assert kinks.distance(x, g, **values) == pytest.approx(least, rel=1e-2, abs=1e-3)
        assert kinks.distance(x, g, **values) <= least + 1e-3


def test_what_it_says() -> None:
    assert str(made("sum(group_norms(x, G, 2))")).splitlines()[2] == (
        "    s1: max(group_norms(s1, G, 2)) <= 1, dot(s1, x) == sum(group_norms(x, G, 2))"
    )
    assert "conjugate(sum_largest(x, 2))(s1) == 0" in str(made("sum_largest(x, 2)"))


def test_a_norm_that_is_not_convex_has_none() -> None:
    with pytest.raises(nc.NotDerivable, match="is no weight times a norm"):
        made("sum(group_norms(x, G, 1/2))")
