"""Derivatives of kernels of vectors, against differences of the kernels themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from differences import agrees, slope
from structured_values import setting

import normcalc as nc
from normcalc.codegen.duals import numbers, rules
from tests.derive.vector_rows import BY_NAME, ROWS

if TYPE_CHECKING:
    from normcalc.codegen import VectorDerivatives

REFUSED = frozenset(
    ["quad_env_card_ind", "quad_env_rank_l2", "dist_set_sq", "set_epi_support", "set_epi_dist"]
)
# One of each way to be found: a formula, a sort, a root, pooling, a string, groups, factors of a
# matrix, a linear map, rows that are held, alternating directions, a search.
QUICK = [
    "norm2", "slope_owl", "set_simplex", "norm_inf", "tv1d", "norm21_group", "nuclear", "spectral",
    "set_affine", "lad", "norm_p", "set_ball_lp", "logsumexp", "fused_lasso", "owl_powers",
    "norm_quasi_p", "l1_over_l2", "neg_entropy_simplex", "least_squares",
]  # fmt: skip
# Where steps of differences show more than rounding: curved, or of a long iteration.
LOOSE = {"set_sphere_owl": 1e-5, "set_intersection": 1e-5}


def prepared(name: str) -> tuple[Any, VectorDerivatives, Any, Any, dict[str, Any]]:
    """Return kernel, derivatives, a point without ties, a direction and parameters."""
    answer = nc.prox(BY_NAME[name].function())
    kernel = nc.compile(answer)
    v, values = setting(BY_NAME[name], answer)
    rng = np.random.default_rng(5)
    v, along = v + 0.01 * rng.normal(size=v.shape), rng.normal(size=v.shape)
    if v.ndim == 2 and v.shape[0] == v.shape[1]:
        v, along = (v + v.T) / 2, (along + along.T) / 2
    if "step" in kernel.parameters:
        values = {"step": 0.7, **values}
    return kernel, nc.differentiate(kernel), v, along, values


def movable(values: dict[str, Any], row: Any) -> list[str]:
    """Return the parameters that may move a little: numbers that are not whole, and vectors."""
    return [
        n for n, x in values.items()
        if n not in ("G", "k", "o", "V", "F", *row.fixed)
        and np.asarray(x).dtype.kind == "f" and np.ndim(x) < 2
    ]  # fmt: skip


def check(name: str) -> None:
    kernel, found, v, along, values = prepared(name)
    room = LOOSE.get(name, 1e-6)
    point, moved = found.jvp(v, values, along)
    assert np.allclose(point, kernel(v, **values), rtol=1e-9, atol=1e-9)
    wanted = slope(lambda h: kernel(v + h * along, **values))
    assert agrees(moved, wanted, room)
    assert not agrees(1.001 * moved + 1e-4, wanted, room)
    for parameter in movable(values, BY_NAME[name]):
        unit = np.ones(np.shape(values[parameter]))

        def at(h: float, name: str = parameter, unit: Any = unit) -> Any:
            return kernel(v, **{**values, name: values[name] + h * unit})

        moved = found.jvp(v, values, 0.0, {parameter: unit if unit.ndim else 1.0})[1]
        try:
            wanted = slope(at)
        except nc.NormcalcError:
            continue  # a condition between parameters
        assert agrees(moved, wanted, room), parameter


def test_a_slope_across_a_kink_is_told_from_the_derivative(monkeypatch: Any) -> None:
    """A step of 1e-4 reaches over the border of the ball, and shows the mean of both sides."""
    monkeypatch.setenv("NORMCALC_JIT", "0")
    answer = nc.prox(nc.function("indicator(norm(x) <= r)"))
    kernel, found = nc.compile(answer), nc.differentiate(answer)
    v, values = np.array([0.6, 0.8]) * (1 + 2e-5), {"step": 1.0, "r": 1.0}

    def moved(h: float) -> Any:
        return kernel(v + h * np.array([0.6, 0.8]), **values)

    wrong = (8 * (moved(1e-4) - moved(-1e-4)) - (moved(2e-4) - moved(-2e-4))) / 12e-4
    assert np.abs(wrong).max() > 0.2
    right = found.jvp(v, values, [0.6, 0.8])[1]
    wanted = slope(moved)
    assert agrees(right, wanted)
    assert not agrees(wrong, wanted)
    with pytest.raises(AssertionError, match="kink"):
        agrees(right, slope(lambda h: np.array([abs(h), 1.0])))
    rough = np.random.default_rng(0)
    with pytest.raises(AssertionError, match="differences tell"):
        agrees(right, slope(lambda h: h + 1e-6 * rough.normal(size=2)))


@pytest.mark.parametrize("name", QUICK)
def test_a_row(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")
    check(name)


def _has_vectors(row: Any) -> bool:
    return nc.prox(row.function()).operator is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", [r.name for r in ROWS if r.name not in {*REFUSED, *QUICK}])
def test_every_row(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")
    if _has_vectors(BY_NAME[name]):
        check(name)


@pytest.mark.parametrize(
    "name", ["norm2", *(pytest.param(n, marks=pytest.mark.slow) for n in ("slope_owl", "nuclear"))]
)
def test_machine_code_does_the_same(name: str) -> None:
    check(name)


@pytest.mark.parametrize("name", ["set_simplex", "nuclear", "norm21_group", "slope_owl"])
def test_products_from_the_left(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORMCALC_JIT", "0")
    _, found, v, along, values = prepared(name)
    weights = np.random.default_rng(0).normal(size=v.shape)
    weights = weights + weights.T if v.ndim == 2 and v.shape[0] == v.shape[1] else weights
    _, gradient, sums = found.vjp(v, values, weights)
    moved = found.jvp(v, values, along)[1]
    assert np.sum(weights * moved) == pytest.approx(np.sum(gradient * along), rel=1e-9, abs=1e-12)
    assert "G" not in sums
    for parameter, total in sums.items():
        change = np.random.default_rng(1).normal(size=np.shape(values[parameter]))
        moved = found.jvp(v, values, 0.0, {parameter: change if change.ndim else float(change)})[1]
        wanted = np.sum(weights * moved)
        assert np.sum(total * change) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


class TestConventions:
    """What is said of kinks, stacks and strange numbers."""

    def test_a_dead_zone_and_its_border_do_not_move(self, monkeypatch: Any) -> None:
        monkeypatch.setenv("NORMCALC_JIT", "0")
        found = nc.differentiate(nc.prox(nc.function("lam*norm(x)")))
        for v in ([3.0, 4.0], [0.0, 0.0], [0.1, 0.2]):
            _, moved = found.jvp(v, {"step": 5.0, "lam": 1.0}, [1.0, 1.0], {"lam": 1.0})
            assert np.array_equal(moved, [0.0, 0.0])
        assert found.jvp([3.0, 4.1], {"step": 5.0, "lam": 1.0}, [1.0, 1.0])[1].any()

    @pytest.mark.parametrize("point", [np.eye(3), np.diag([2.0, 2.0, -1.0]), np.diag([3, 3, 2.0])])
    def test_equal_eigenvalues(self, point: Any, monkeypatch: Any) -> None:
        monkeypatch.setenv("NORMCALC_JIT", "0")
        along = np.array([[0.3, 0.7, -0.2], [0.7, -0.4, 0.5], [-0.2, 0.5, 0.9]])
        for formula in ("indicator(eigenvalues(X) >= 0)", "lam*sum(singular_values(X))"):
            answer = nc.prox(nc.function(formula))
            kernel, found = nc.compile(answer), nc.differentiate(answer)
            values = {"step": 0.5, **({"lam": 0.3} if "lam" in formula else {})}
            moved = found.jvp(point, values, along)[1]
            wanted = slope(lambda h: kernel(point + h * along, **values))  # noqa: B023
            assert agrees(moved, wanted)

    def test_stacks_precision_and_strange_numbers(self, monkeypatch: Any) -> None:
        monkeypatch.setenv("NORMCALC_JIT", "0")
        found = nc.differentiate(nc.prox(nc.function("lam*max(abs(x))")))
        v = np.random.default_rng(0).normal(size=(2, 3, 4))
        values = {"step": 0.5, "lam": 1.0}
        points, moved = found.jvp(v, values, v)
        one = found.jvp(v[1, 2], values, v[1, 2])
        assert np.array_equal(points[1, 2], one[0])
        assert np.array_equal(moved[1, 2], one[1])
        single = found.jvp(v.astype(np.float32), values, v)
        assert single[1].dtype == np.float32
        v[0, 0, 0] = np.nan
        strange = found.jvp(v, values, 1.0)[1]
        assert np.isnan(strange[0, 0]).all()
        assert np.isfinite(strange[1]).all()

    def test_what_does_not_fit_is_refused(self, monkeypatch: Any) -> None:
        monkeypatch.setenv("NORMCALC_JIT", "0")
        found = nc.differentiate(nc.prox(nc.function("sum(w*group_norms(x, G, 2))", w=nc.Vector)))
        values = {"step": 0.5, "w": [1.0, 1.0], "G": [[0], [1, 2]]}
        with pytest.raises(nc.InputError, match="no parameter is called mu"):
            found.jvp(np.ones(3), values, 0.0, {"mu": 1.0})
        with pytest.raises(nc.InputError, match="groups"):
            found.jvp(np.ones(3), values, 0.0, {"G": 1.0})
        with pytest.raises(nc.InputError, match="shape"):
            found.jvp(np.ones(3), values, 0.0, {"w": [1.0, 2.0, 3.0]})
        with pytest.raises(nc.InputError, match="finite"):
            found.jvp([np.inf, 1.0, 2.0], values, 1.0)
        empty = nc.differentiate(nc.prox(nc.function("indicator((x >= 0) & (sum(x) == r))",
                                                     r=nc.Real)))  # fmt: skip
        with pytest.raises(nc.NotDerivable, match="empty"):
            empty.jvp(np.ones(3), {"step": 1.0, "r": -1.0}, 1.0)


@pytest.mark.parametrize("name", sorted({*rules.UNARY} - {"level", "below", "above"}))
def test_rules_of_one_number(name: str) -> None:
    x = {"area_hyperbolic_cosine": 1.7}.get(name, 0.4)
    found = numbers.UNARY[name](complex(x, 2.0))
    step = 1e-6
    ends = [numbers.UNARY[name](complex(x + s, 0.0)).real for s in (step, -step)]
    assert found.imag == pytest.approx(2.0 * (ends[0] - ends[1]) / (2 * step), rel=1e-8)


def test_a_slope_that_is_infinite_stays_out_of_values() -> None:
    with np.errstate(all="ignore"):
        root = numbers.UNARY["square_root"](0j + 1j)
        assert root.imag == np.inf
        product = numbers.BINARY["times"](root, complex(2.0, 0.0))
        assert product.real == 0.0
        assert numbers.UNARY["square_root"](0j).imag == 0.0


def test_directions_of_another_shape_are_refused_by_name() -> None:
    found = nc.differentiate(nc.prox(nc.function("lam*norm(x)")))
    values = {"step": 1.0, "lam": 1.0}
    with pytest.raises(nc.InputError, match=r"v_tangent has the shape \(3,\)"):
        found.jvp([1.0, 2.0], values, [1.0, 0.0, 0.0])
    with pytest.raises(nc.InputError, match=r"cotangent has the shape \(3,\)"):
        found.vjp([1.0, 2.0], values, [1.0, 0.0, 0.0])
    with pytest.raises(nc.InputError):
        found.jvp([1.0, 2.0], values, ["a", "b"])
