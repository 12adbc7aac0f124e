"""Proxes of functions made from others, against the same functions in other words, and SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

import normcalc as nc

norm = np.linalg.norm
STEPS = (1e-6, 0.5, 2.0, 1e6)
SCALES = (1e-6, 1.0, 1e6)

# one function in two ways, whose proxes are derived by different theorems
PAIRS = [
    ("conjugate(norm(x)**3/3)", "2*norm(x)**(3/2)/3"),
    ("conjugate(norm(x))", "indicator(norm(x) <= 1)"),
    ("conjugate(norm(x, 1))", "indicator(norm(x, oo) <= 1)"),
    ("conjugate(norm(x, 1)**2/2)", "norm(x, oo)**2/2"),
    ("conjugate(x*log(x))", "sum(exp(x - 1))"),
    ("conjugate(exp(x))", "sum(x*log(x) - x)"),
    ("conjugate(log(sum(exp(x))))", "sum(x*log(x)) + indicator((x >= 0) & (sum(x) == 1))"),
    ("conjugate(max(x))", "indicator((x >= 0) & (sum(x) == 1))"),
    ("conjugate(conjugate(norm(x)**3))", "norm(x)**3"),
    ("support_function(norm(x, 1) <= 2)", "2*norm(x, oo)"),
    ("support_function((x >= 0) & (sum(x) == 1))", "max(x)"),
    ("support_function((x >= -1) & (x <= 3))", "sum(max(-x, 3*x))"),
    ("dual_norm(norm(x, oo))", "norm(x, 1)"),
    ("dual_norm(norm(x, 3))", "norm(x, 3/2)"),
    ("gauge(norm(x) <= 2)", "norm(x)/2"),
    ("gauge((x <= 1) & (x >= -1))", "norm(x, oo)"),
    ("gauge(norm(x, 1) <= 3)", "norm(x, 1)/3"),
    ("gauge(x <= 1)", "max(max(x), 0)"),
    ("gauge((x >= 0) & (sum(x) == 1))", "sum(x) + indicator(x >= 0)"),
    ("distance(norm(x) <= 0)", "norm(x)"),
    ("distance(norm(x) <= 1)**2/2", "moreau_envelope(indicator(norm(x) <= 1), 1)"),
    ("moreau_envelope(norm(x, 1), 1/2)",
     "sum(Piecewise((x**2, abs(x) <= 1/2), (abs(x) - 1/4, True)))"),
    ("infimal_convolution(norm(x, 1), 3*norm(x, 1))", "norm(x, 1)"),
    ("perspective(norm(x))", "norm(x[:-1]) + indicator(x[-1] >= 0)"),
    ("perspective(indicator(norm(x) <= 1))", "indicator(norm(x[:-1]) <= x[-1])"),
    ("perspective(norm(x)**2)", "conjugate(indicator(norm(x[:-1])**2/4 + x[-1] <= 0))"),
]  # fmt: skip


def draws(seed: int) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [(s * rng.normal(size=n), step) for n in (2, 4) for s in SCALES for step in STEPS]


def is_same(u: Any, w: Any, v: Any) -> bool:
    """Tell whether two points are equal, but for a rounding of what they are computed from."""
    return bool(np.abs(u - w).max() <= 2e-9 * (np.abs(v).max() + np.abs(w).max()))


@pytest.mark.parametrize(("made", "plain"), PAIRS)
def test_two_ways_to_one_prox(made: str, plain: str) -> None:
    p, q = nc.prox(nc.function(made)), nc.prox(nc.function(plain))
    for v, step in draws(1)[len(made) % 5 :: 5]:
        u, w = p(v, step=step), q(v, step=step)
        assert is_same(u, w, v), (v, step, u, w)


@pytest.mark.parametrize(("second", "plain"), [
    ("norm(x)**2", "moreau_envelope(norm(x, 1), 1/2)"),
    ("indicator(norm(x, oo) <= 1)", "sum(max(abs(x) - 1, 0))"),
])  # fmt: skip
def test_infimal_convolutions_with_an_inner_solver(second: str, plain: str) -> None:
    f = nc.function(f"infimal_convolution(norm(x, 1), {second})")
    p, q = nc.prox(f), nc.prox(nc.function(plain))
    for v, step in draws(2):
        if step == 0.5:
            assert is_same(p(v, step=step), q(v, step=step), v)


# f, and its conjugate in a formula of its own
CONJUGATES = [
    ("norm(x, 1)", "indicator(norm(x, oo) <= 1)"),
    ("norm(x, 3)", "indicator(norm(x, 3/2) <= 1)"),
    ("norm(x)**3/3", "2*norm(x)**(3/2)/3"),
    ("norm(x, 1)**2/2", "norm(x, oo)**2/2"),
    ("exp(x)", "sum(x*log(x) - x)"),
    ("max(x)", "indicator((x >= 0) & (sum(x) == 1))"),
    ("distance(norm(x) <= 1)", "norm(x) + indicator(norm(x) <= 1)"),
    ("gauge((x >= -2) & (x <= 1))", "indicator(sum(max(-2*x, x)) <= 1)"),
    ("moreau_envelope(norm(x, 1), 1/2)", "norm(x)**2/4 + indicator(norm(x, oo) <= 1)"),
    ("perspective(norm(x)**2)", "indicator(norm(x[:-1])**2/4 + x[-1] <= 0)"),
]


@pytest.mark.parametrize(("f", "conjugate"), CONJUGATES)
def test_moreaus_identity(f: str, conjugate: str) -> None:
    """prox_{step f}(v) + step*prox_{f*/step}(v/step) = v, both derived from their own formulas."""
    text = f if any(word in f for word in ("norm", "max", "gauge")) else f"sum({f})"
    p, q = nc.prox(nc.function(text)), nc.prox(nc.function(conjugate))
    for v, step in draws(3)[len(f) % 5 :: 5]:
        u, w = p(v, step=step), q(v / step, step=1 / step)
        assert is_same(u + step * w, v, u), (v, step, u, w)


def stable_log(x: Any) -> Any:
    return np.log(np.maximum(x, 1e-300))


def inside(condition: Any, value: Any) -> float:
    return float(value) if np.all(condition) else np.inf


# phi: the perspective at (y, t > 0), the conjugate of phi
PERSPECTIVES = {
    "x**2": (lambda y, t: y @ y / t, lambda q: q @ q / 4),
    "norm(x)**3": (lambda y, t: norm(y)**3 / t**2, lambda q: 2 * (norm(q) / 3)**1.5),
    "exp(x)": (
        lambda y, t: t * np.sum(np.exp(np.minimum(y / t, 700))),
        lambda q: inside(q >= 0, np.sum(q * stable_log(q) - q)),
    ),
    "x*log(x)": (
        lambda y, t: inside(y >= 0, np.sum(y * (stable_log(y) - np.log(t)))),
        lambda q: np.sum(np.exp(q - 1)),
    ),
    "-log(x)": (
        lambda y, t: inside(y > 0, -t * np.sum(stable_log(y) - np.log(t))),
        lambda q: inside(q < 0, np.sum(-1 - stable_log(-q))),
    ),
    "sqrt(1 + x**2)": (
        lambda y, t: np.sum(np.hypot(y, t)),
        lambda q: inside(np.abs(q) <= 1, -np.sum(np.sqrt(np.maximum(1 - q * q, 0)))),
    ),
    "abs(x) + 1": (
        lambda y, t: norm(y, 1) + t * y.size,
        lambda q: inside(np.abs(q) <= 1, -q.size),
    ),
    "norm(x)": (lambda y, t: norm(y), lambda q: inside(norm(q) <= 1, 0)),
}  # fmt: skip


def least_by_search(phi: Any, v: Any, step: float) -> float:
    """Return the least objective that Nelder and Mead find, from several points."""

    def cost(z: Any) -> float:
        y, t = z[:-1], z[-1]
        far = float(np.sum((z - v) ** 2)) / (2 * step)
        return far + phi(y, t) if t > 0 else np.inf

    size = np.abs(v).max() + step
    starts = [np.abs(v) + 1e-3 * size, np.full(v.size, 0.1 * size), np.full(v.size, 1e-6 * size)]
    options = {"xatol": 1e-13 * size, "fatol": 0.0, "maxfev": 400}
    return min(float(minimize(cost, z, method="Nelder-Mead", options=options).fun) for z in starts)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", PERSPECTIVES)
def test_prox_of_a_perspective(name: str, step: float) -> None:
    phi = PERSPECTIVES[name][0]
    f = nc.function(f"perspective({name})")
    p = nc.prox(f)
    for v in np.random.default_rng(7).normal(size=(2, 2)):
        u = p(v, step=step)
        value = phi(u[:-1], u[-1]) if u[-1] > 0 else f(u)
        cost = value + np.sum((u - v) ** 2) / (2 * step)
        size = 1 + abs(value) + norm(u - v) / step * (1 + norm(u))
        assert cost <= least_by_search(phi, v, step) + 1e-9 * size


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", PERSPECTIVES)
def test_where_the_scale_of_the_prox_is_zero(name: str, scale: float) -> None:
    """The last entry is 0 exactly where s + step*phi*(y/step) <= 0."""
    conjugate = PERSPECTIVES[name][1]
    p = nc.prox(nc.function(f"perspective({name})"))
    step = 0.5 * scale
    for q in np.array([[-0.5, -0.25], [0.5, 0.75], [-0.9, 0.6], [0.1, 0.1]]):
        limit = -step * conjugate(q)
        if not np.isfinite(limit):
            continue
        gap = 1e-3 * (scale + abs(limit))
        before, after = (p([*(q * step), limit + d], step=step) for d in (-gap, gap))
        assert before[-1] == 0
        assert norm(before) <= 1e-8 * scale
        assert after[-1] > 0


def test_the_apex_is_reached_from_its_polar_cone() -> None:
    p = nc.prox(nc.function("perspective(x**2)"))
    for scale in SCALES:
        for v in ([0, 0], [0, -1], [1, -1], [2, -1.0001]):
            assert not p(scale * np.array(v), step=scale).any()


def test_a_formula_that_overflows_is_refused_or_right() -> None:
    """For phi = log(1 + exp(x)) at (1, s) small scales cannot be told, which is said."""
    p = nc.prox(nc.function("perspective(log(1 + exp(x)))"))
    with pytest.raises(nc.NotDerivable, match="overflows"):
        p([1.0, 5e-4], step=1e-6)
    assert p([1.0, -0.5], step=0.5) == pytest.approx([0.5, 0.0])
    assert p([1.0, 0.5], step=1e-6)[-1] == pytest.approx(0.5, abs=1e-5)


def in_exponential_cone(u: Any, slack: float) -> bool:
    y, t, z = u
    if t <= 0:
        return t >= -slack and y <= slack and z >= -slack
    return t * np.exp(y / t) <= z + slack


def in_its_dual(w: Any, slack: float) -> bool:
    """w1 < 0 and -w1*exp(w2/w1) <= e*w3, or its limit: w1 = 0 and the others not negative."""
    a, b, c = w
    if a >= -slack:
        return a <= slack and b >= -slack and c >= -slack
    return -a * np.exp(min(b / a - 1, 700)) <= c + slack


CONES = {
    "perspective(exp(x))(x[:-1]) <= x[-1]": (in_exponential_cone, in_its_dual),
    "norm(x[:-1]) <= x[-1]": (
        lambda u, slack: norm(u[:-1]) <= u[-1] + slack,
        lambda w, slack: norm(w[:-1]) <= w[-1] + slack,
    ),
    "perspective(norm(x)**2)(x[:-1]) <= x[-1]": (
        lambda u, slack: u[1] >= -slack and u[0] ** 2 <= (u[1] + slack) * (u[2] + slack),
        lambda w, slack: w[1] >= -slack and w[0] ** 2 / 4 <= (w[1] + slack) * (w[2] + slack),
    ),
    "gauge((x >= -1) & (x <= 2))(x[:-1]) <= x[-1]": (
        lambda u, slack: max(u[:-1].max() / 2, -u[:-1].min(), 0) <= u[-1] + slack,
        lambda w, slack: np.sum(np.maximum(w[:-1], -2 * w[:-1])) <= w[-1] + slack,
    ),
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", CONES)
def test_projections_on_cones(name: str, scale: float) -> None:
    """u is in the cone, v - u is orthogonal to it and in the polar cone."""
    in_cone, in_dual = CONES[name]
    p = nc.projection(nc.function(f"indicator({name})"))
    for v in scale * np.random.default_rng(11).normal(size=(4, 3)):
        u, slack = p(v), 1e-7 * norm(v)
        assert in_cone(u, slack), (v, u)
        assert in_dual(u - v, slack), (v, u)
        assert abs(u @ (v - u)) <= 1e-8 * (v @ v)


def least_split(A: Any, B: Any, mu: float, u: Any) -> float:
    """Return the least ``|A u - w|_1 + mu*|B w|_1`` over w: a linear program."""
    n, m = A.shape[0], B.shape[0]
    cost = np.concatenate([np.zeros(n), np.ones(n), np.full(m, mu)])
    I, J, O, P = np.eye(n), np.eye(m), np.zeros((n, m)), np.zeros((m, n))
    rows = np.block([[I, -I, O], [-I, -I, O], [B, P, -J], [-B, P, -J]])
    ends = np.concatenate([A @ u, -A @ u, np.zeros(2 * m)])
    bounds = [(None, None)] * n + [(0, None)] * (n + m)
    return float(linprog(cost, A_ub=rows, b_ub=ends, bounds=bounds).fun)


def dual_value(A: Any, B: Any, mu: float, v: Any, step: float) -> float:
    """Return the largest value of the dual problem, over |q| <= mu with |B.T q| <= 1."""

    def cost(q: Any) -> Any:
        w = A.T @ (B.T @ q)
        return step / 2 * w @ w - w @ v, B @ (A @ (step * w - v))

    sides = [{"type": "ineq", "fun": lambda q, s=s: 1 - s * (B.T @ q), "jac": lambda q, s=s: -s *
              B.T} for s in (1, -1)]  # fmt: skip
    found = minimize(
        cost, np.zeros(B.shape[0]), jac=True, method="SLSQP", constraints=sides,
        bounds=[(-mu, mu)] * B.shape[0], options={"ftol": 1e-14, "maxiter": 200},
    )  # fmt: skip
    return -float(found.fun)


@pytest.mark.parametrize(("mu", "step"), [(0.3, 0.2), (0.3, 2.0), (1.5, 0.2)])
def test_total_generalised_variation(mu: float, step: float) -> None:
    """Differences of differences: no share of the image is better, and the dual value is met."""
    A, B = np.diff(np.eye(5), axis=0), np.diff(np.eye(4), axis=0)
    given = {"A": A, "B": B, "mu": mu}
    f = nc.function("infimal_convolution(norm(x, 1), mu*norm(B @ x, 1))(A @ x)")
    v = np.random.default_rng(13).normal(size=5)
    u = nc.prox(f)(v, step=step, **given)
    primal = least_split(A, B, mu, u)
    assert f(u, **given) == pytest.approx(primal, rel=1e-8)
    bound = dual_value(A, B, mu, v, step)
    assert primal + norm(u - v) ** 2 / (2 * step) == pytest.approx(bound, rel=1e-7)


# one wrong prox for each transform: a slip that people make
def soft(v: Any, t: float) -> Any:
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


def to_ball(v: Any, r: float) -> Any:
    return v * min(1.0, r / max(norm(v), 1e-300))


WRONG = {
    "conjugate: the step forgotten inside": (
        "conjugate(norm(x)**2)", lambda v, step: v - step * (v / (1 + 2 * step)),
    ),
    "conjugate: the prox of the function itself": (
        "conjugate(norm(x, 1))", lambda v, step: soft(v, step),
    ),
    "moreau_envelope: only one of the steps": (
        "moreau_envelope(norm(x, 1), 1/2)", lambda v, step: v + step / (step + 0.5) *
        (soft(v, step) - v),
    ),
    "moreau_envelope: the prox of the function": (
        "moreau_envelope(norm(x), 1)", lambda v, step: v - to_ball(v, step),
    ),
    "infimal_convolution: the prox of the sum": (
        "infimal_convolution(norm(x, 1), norm(x)**2)",
        lambda v, step: soft(v, step) / (1 + 2 * step),
    ),
    "gauge: the projection": ("gauge(norm(x) <= 2)", lambda v, step: to_ball(v, 2)),
    "gauge: the radius on the wrong side": (
        "gauge(norm(x) <= 2)", lambda v, step: v - to_ball(v, 2 * step),
    ),
    "support_function: not scaled by the step": (
        "support_function(norm(x, oo) <= 1)", lambda v, step: v - np.clip(v, -1, 1),
    ),
    "support_function: the wrong sign": (
        "support_function(x <= 1)", lambda v, step: v + step * np.minimum(v / step, 1),
    ),
    "distance: the projection, however far": (
        "distance(norm(x) <= 1)", lambda v, step: to_ball(v, 1),
    ),
    "distance: the step from the origin": (
        "distance(x >= 0)", lambda v, step: v - to_ball(v, step),
    ),
    "dual_norm: the norm": ("dual_norm(norm(x, 1))", lambda v, step: soft(v, step)),
    "perspective: the scale is kept": (
        "perspective(norm(x)**2)",
        lambda v, step: np.append(v[:-1] / (1 + 2 * step / max(v[-1], 1e-9)), max(v[-1], 0)),
    ),
    "perspective: the scale kept away from zero": (
        "perspective(norm(x))",
        lambda v, step: np.append(v[:-1] - to_ball(v[:-1], step), max(v[-1], step)),
    ),
}  # fmt: skip


def test_every_transform_has_a_wrong_prox() -> None:
    assert {name.partition(":")[0] for name in WRONG} == {
        "conjugate", "moreau_envelope", "infimal_convolution", "gauge", "support_function",
        "distance", "dual_norm", "perspective",
    }  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_proxes_are_refuted(name: str) -> None:
    formula, wrong = WRONG[name]
    with pytest.raises(nc.Refuted):
        nc.certify(wrong, nc.function(formula))


@pytest.mark.parametrize("formula", sorted({formula for formula, _ in WRONG.values()}))
def test_derived_proxes_are_not(formula: str) -> None:
    certificate = nc.certify(nc.prox(nc.function(formula)), budget=1.0)
    assert certificate.status == "verified"
