"""Steps on faces of penalties lead where proximal steps alone lead, in fewer of them."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.engine.methods import faces
from normcalc.engine.penalties import JointPenalty

RNG = np.random.default_rng(5)
X, y = RNG.normal(size=(40, 150)), RNG.normal(size=40)
X[:, 1] = X[:, 0]  # two columns that a sorted norm gives one size
y += 3.0 * X[:, 0] - 2.0 * X[:, 5]
SIZES = np.linspace(0.3, 0.1, 150)


def _problem(kind: str) -> tuple[object, dict[str, object]]:
    weights: dict[str, object] = {"w": 40.0 * SIZES}
    sorted_norm = nc.function("dot(w, sort(abs(x)))", w=nc.Nonincreasing)
    if kind == "squares":
        return nc.least_squares(X, y) + sorted_norm, weights
    if kind == "curved":
        return nc.loss("log(1 + exp(-y*z))", X, np.sign(y)) + sorted_norm, {"w": 10.0 * SIZES}
    return nc.least_squares(X, y) + nc.function("lam*norm(x, 2) + mu*norm(x, 1)"), {
        "lam": 3.0,
        "mu": 8.0,
    }


@pytest.mark.parametrize("kind", ["squares", "curved", "smooth"])
def test_faces_change_the_way_and_not_the_end(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    objective, given = _problem(kind)
    way: dict[str, object] = {"method": "proximal_gradient", "tol": 1e-10}
    quick = nc.minimize(objective, **way, **given)
    monkeypatch.setattr(faces.Faces, "possible", False)
    plain = nc.minimize(objective, **way, **given)
    assert quick.status == plain.status == "optimal"
    assert quick.fun == pytest.approx(plain.fun, rel=1e-9)
    np.testing.assert_allclose(quick.x, plain.x, atol=1e-5)
    assert 2 * quick.nit < plain.nit
    assert 0 < np.count_nonzero(quick.x) < 75


def test_zeros_are_kept_where_signs_do_not_matter() -> None:
    kept = JointPenalty(nc.function("norm(x, 2) + norm(x, inf)"), {})
    moved = JointPenalty(nc.function("norm(diff(x), 1) + norm(x, 2)"), {})
    assert kept.derived.shrinks
    assert not moved.derived.shrinks
    assert moved.prox(np.array([3.0, 0.0, 1.0]), 0.5)[1] != 0.0


def test_a_face_adds_up_and_spreads() -> None:
    face = faces.face_of(np.array([2.0, 0.0, -1.0, -2.0]))
    np.testing.assert_array_equal(face.sums(np.array([5.0, 1.0, 2.0])), [-5.0, -1.0])
    np.testing.assert_array_equal(face.spread(np.array([1.0, 3.0])), [-1.0, 3.0, -3.0])
    assert face.same(faces.face_of(np.array([7.0, 0.0, -3.0, -7.0])))
    assert not face.same(faces.face_of(np.array([7.0, 0.0, 3.0, -7.0])))
    assert not face.same(faces.face_of(np.array([7.0, 0.0, -7.0, -7.0])))
