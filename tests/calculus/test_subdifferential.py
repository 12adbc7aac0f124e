"""Subdifferentials against the inequality that defines them, at kinks and elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.calculus import faces
from normcalc.errors import NotDerivable

RNG = np.random.default_rng(7)
A, B = RNG.normal(size=(4, 3)), RNG.normal(size=(2, 4))
X0 = np.array([1.0, 0.0, -2.0])
ON_KINK = {"A": A, "b": A @ X0}
LOW = np.outer([1.0, 2.0, 0.5], [1.0, -1.0])
REAL = nc.Real.vector
CONVEX = [
    ("norm(x)", {}, np.zeros(3), {}),
    ("norm(x)", {}, X0, {}),
    ("norm(x, 1)", {}, X0, {}),
    ("norm(x, oo)", {}, np.array([2.0, -2.0, 1.0]), {}),
    ("norm(x, oo)", {}, np.zeros(3), {}),
    ("norm(x, 3)", {}, np.zeros(3), {}),
    ("norm(x, p)", {}, np.zeros(2), {"p": 1.5}),
    ("max(x)", {}, np.array([1.0, 1.0, 0.0]), {}),
    ("max(A @ x)", {}, np.zeros(3), {"A": A}),
    ("norm(A @ x - b)", {}, X0, ON_KINK),
    ("norm(A @ x - b, 1)", {}, X0, ON_KINK),
    ("norm(A @ x - b, oo)", {}, X0, ON_KINK),
    ("norm(A @ x - b)**2/2 + lam*norm(x, 1)", {}, X0, {"A": A, "b": np.ones(4), "lam": 0.7}),
    ("norm(x) + lam*norm(x, 1)", {}, np.zeros(3), {"lam": 0.5}),
    ("lam*sum(abs(diff(x)))", {}, np.array([1.0, 1.0, 3.0, 3.0]), {"lam": 2.0}),
    ("sum(w*abs(x - c)) + sum(x**4)", {"w": nc.Nonnegative.vector, "c": REAL}, X0,
     {"w": np.array([1.0, 0.0, 2.0]), "c": np.array([1.0, 1.0, -2.0])}),
    ("mean(max(0, 1 - y*(A @ x)))", {"y": REAL}, np.array([1.0, 0.0]),
     {"y": np.array([1.0, -1.0, 1.0]), "A": np.array([[1.0, 2.0], [-1.0, 1.0], [0.3, 0.0]])}),
    ("max(x[0], x[1]) + abs(x[2])", {}, np.array([1.0, 1.0, 0.0]), {}),
    ("sum(singular_values(X))", {}, LOW, {}),
    ("sum(singular_values(X))", {}, np.zeros((2, 3)), {}),
    ("max(singular_values(X))", {}, np.eye(3, 2), {}),
    ("max(singular_values(X))", {}, np.zeros((2, 2)), {}),
    ("max(singular_values(X)) + sum(abs(X))", {}, np.eye(2), {}),
    ("norm(entries(B @ X)) + sum(singular_values(X))", {"B": nc.Matrix}, np.zeros((4, 2)),
     {"B": B}),
    ("norm(singular_values(X))", {}, np.zeros((2, 2)), {}),
]  # fmt: skip
IDS = [f"{i}-{row[0]}" for i, row in enumerate(CONVEX)]


def rise(f: nc.Function, x: np.ndarray, g: np.ndarray, params: dict) -> float:
    """Return the least ``f(y) - f(x) - <g, y - x>`` seen, nonnegative for a subgradient."""
    rng = np.random.default_rng(3)
    moves = [s * e.reshape(x.shape) for e in np.eye(x.size) for s in (-1, 1)]
    moves += [*rng.normal(size=(30, *x.shape)), -g, g]
    here = float(f(x, **params))
    return min(
        float(f(x + size * d, **params)) - here - size * float(np.sum(g * d))
        for d in moves
        for size in (1e-3, 1.0)
    )


def subgradient(f: nc.Function, x: np.ndarray, params: dict) -> np.ndarray:
    """Return a mean of gradients close to the point, which is nearly a subgradient."""
    rng, g = np.random.default_rng(5), nc.gradient(f)
    return np.mean([g(x + 1e-9 * rng.normal(size=x.shape), **params) for _ in range(20)], axis=0)


@pytest.mark.parametrize(("text", "kinds", "x", "params"), CONVEX, ids=IDS)
def test_members_support_the_function(text, kinds, x, params) -> None:
    f = nc.function(text, **kinds)
    s = nc.subdifferential(f)
    g = subgradient(f, x, params)
    assert rise(f, x, g, params) > -1e-6
    assert s.contains(x, g, tolerance=1e-6, **params)


@pytest.mark.parametrize(("text", "kinds", "x", "params"), CONVEX, ids=IDS)
def test_others_do_not(text, kinds, x, params) -> None:
    """Beyond the set there is a move that shows it."""
    f = nc.function(text, **kinds)
    s = nc.subdifferential(f)
    inside = subgradient(f, x, params)
    rng = np.random.default_rng(11)
    for _ in range(2):
        g = inside + 5 * rng.normal(size=x.shape)
        far = s.distance(x, g, tolerance=1e-7, **params)
        assert far > 1e-3
        assert not s.contains(x, g, tolerance=1e-7, **params)
        assert rise(f, x, g, params) < 0 or far < 0.1


@pytest.mark.parametrize(("text", "kinds", "x", "params"), CONVEX, ids=IDS)
def test_distance_is_one_lipschitz(text, kinds, x, params) -> None:
    s = nc.subdifferential(nc.function(text, **kinds))
    rng = np.random.default_rng(2)
    g, h = rng.normal(size=(2, *x.shape)) * 3
    a, b = (s.distance(x, v, tolerance=1e-7, **params) for v in (g, h))
    assert abs(a - b) <= np.linalg.norm(g - h) + 1e-6


def directional(f: nc.Function, x: np.ndarray, d: np.ndarray, params: dict) -> float:
    return (float(f(x + 1e-7 * d, **params)) - float(f(x, **params))) / 1e-7


@pytest.mark.parametrize(("text", "kinds", "x", "params"), CONVEX, ids=IDS)
def test_sharp_in_directions(text, kinds, x, params) -> None:
    """The support function of the set is the directional derivative: just beyond it is outside."""
    f = nc.function(text, **kinds)
    s = nc.subdifferential(f)
    inside = subgradient(f, x, params)
    d = np.random.default_rng(13).normal(size=x.shape)
    d /= np.linalg.norm(d)
    slack = directional(f, x, d, params) - float(np.sum(inside * d))
    beyond = inside + (slack + 0.01) * d
    assert s.distance(x, beyond, tolerance=1e-7, **params) > 0.005


def test_a_wrong_face_is_caught(monkeypatch) -> None:
    f = nc.function("norm(x)")
    s = nc.subdifferential(f)
    g = np.array([0.9, 0.9])
    assert not s.contains([0.0, 0.0], g)
    monkeypatch.setattr(faces, "ball", lambda p, shape: faces.box(-np.ones(shape), np.ones(shape)))
    assert s.contains([0.0, 0.0], g)
    assert rise(f, np.zeros(2), g, {}) < -1e-4


def test_faces_project() -> None:
    """The projection leaves a rest that makes an obtuse angle with every other member."""
    rng = np.random.default_rng(1)
    for face, shape in [
        (faces.ball(1.5, (3,)), (3,)), (faces.ball(3.0, (4,)), (4,)), (faces.ball(1, (3,)), (3,)),
        (faces.corners(np.array([1.0, 0.0, -1.0])), (3,)), (faces.nuclear_face(LOW, 1e-9), (3, 2)),
        (faces.spectral_face(np.eye(3, 2), 1e-9), (3, 2)),
        (faces.spectral_face(np.zeros((2, 2)), 1e-9), (2, 2)),
        (faces.eigenvalue_face(np.eye(3), 1e-9), (3, 3)),
    ]:  # fmt: skip
        for _ in range(4):
            v = 2 * rng.normal(size=shape)
            nearest = face.project(v)
            farthest = face.farthest(v - nearest)
            assert np.sum((v - nearest) * (farthest - nearest)) < 1e-9
            np.testing.assert_allclose(face.project(farthest), farthest, atol=1e-9)


def test_what_is_refused() -> None:
    for text in ("norm(x)*norm(x, 1)", "-norm(x)", "sum(abs(x**2 - 1))", "norm(x, 1/2)"):
        with pytest.raises(NotDerivable):
            nc.subdifferential(nc.function(text))
    tilted = nc.subdifferential(nc.function("a*norm(x)", a=nc.Real))
    assert "where a >= 0" in str(tilted)
    with pytest.raises(NotDerivable, match="negative"):
        tilted.contains([0.0], [0.0], a=-1.0)
    assert not nc.subdifferential(nc.function("norm(x) - sum(log(x))")).contains([-1.0], [0.0])
