"""The minimiser over a unit ball: in the ball, and as low as the dual norm says."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from tests.derive.test_dual_norms import DUALS, norm_of

OCTAGON = nc.function("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))")
rng = np.random.default_rng(0)
V = rng.normal(size=(6, 3))
VALUES = {
    "lam": 0.7, "k": 2, "p": 3.0, "G": [[0, 2], [1]], "P": V.T @ V, "V": V,
    "w": np.array([2.0, 1.0, 0.5]),
}  # fmt: skip
NORMS = {
    **{name: norm_of(name) for name in DUALS},
    "octagon": OCTAGON,
    "atomic": nc.function("2*atomic_norm(x, V)"),
    "largest size": nc.function("lam*max(abs(V @ x))"),
    "order 1": nc.function("norm(x, 1)/3"),
}


def own(f: nc.Function, name: str) -> dict:
    """Return values of the parameters; the groups, rows or singular values are fewer."""
    values = {p.name: VALUES[p.name] for p in f.parameters}
    if "group" in name and "w" in values:
        values["w"] = VALUES["w"][:2]
    return values


@pytest.mark.parametrize("name", NORMS)
def test_it_lies_in_the_ball_and_attains_the_dual_norm(name: str) -> None:
    f = NORMS[name]
    values, minimizer, dual = own(f, name), nc.linear_minimizer(f), nc.dual_norm(f).value
    shape = {"matrix": (4, 3), "vector": (3,), "coordinates": (2,)}[f.variable.kind]
    arguments = [*rng.normal(size=(4, *shape)), np.ones(shape), np.zeros(shape)]
    for v in arguments:
        x = minimizer(v, **values)
        assert f(x, **values) <= 1 + 1e-12
        assert np.sum(v * x) == pytest.approx(-dual(v, **values), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", ["norm_p", "slope_owl", "norm21_group", "nuclear", "octagon"])
def test_it_is_certified_without_the_dual(name: str) -> None:
    assert nc.certify(nc.linear_minimizer(NORMS[name]), budget=2.0).points > 0


@pytest.mark.parametrize("factor", [0.999, 1.001, -1.0])
def test_a_wrong_minimiser_is_refuted(factor: float) -> None:
    class Claim:
        goal = "linear_minimizer"
        function = NORMS["nuclear"]

        def __call__(self, v, **values):
            return factor * nc.linear_minimizer(self.function)(v, **values)

    with pytest.raises(nc.Refuted, match="wrong at v"):
        nc.certify(Claim())


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("abs(x1 - x2)", "only a norm"),
        ("norm(x, 1/2)", "not a norm"),
        ("gauge_of_points(x, V)", "no norm"),
        ("max(x)", "no norm"),
        ("sum(x**2)", "not a multiple of the 1-norm"),
        ("-sqrt(dot(x, P @ x))", "not known to be positive"),
        ("max(eigenvalues(X))", "no norm"),
        ("norm(A @ x)", "not a multiple"),
    ],
)
def test_what_is_no_norm_is_refused(formula: str, reason: str) -> None:
    with pytest.raises(nc.NotDerivable, match=reason):
        nc.linear_minimizer(nc.function(formula))


def test_numbers_that_make_it_no_norm_are_refused() -> None:
    with pytest.raises(nc.NotDerivable, match="unbounded"):
        nc.linear_minimizer(NORMS["largest size"])([1.0, 2.0], V=[[1.0, 0.0]], lam=1.0)
    with pytest.raises(nc.NotDerivable, match="cover"):
        nc.linear_minimizer(NORMS["largest_group"])([1.0, 2.0, 3.0], G=[[0, 1], [1, 2]])
    with pytest.raises(nc.NotDerivable, match="not a norm"):
        nc.linear_minimizer(NORMS["slope_owl"])([1.0, 2.0], w=[0.0, 0.0])
