"""Problems put together at random from losses, penalties, sets and linear maps, against CVXPY.

The least values that CVXPY found for 200 of them lie in `least_values.json`; a few are compared at
every run, all of them by ``python -m pytest -m slow tests/engine/test_convex_problems.py``, which
solves them with CVXPY again where that is installed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import normcalc as nc

REAL, POSITIVE = nc.Real.vector, nc.Positive.vector
KINDS = {"w": POSITIVE, "s": nc.Nonincreasing, "lo": REAL, "hi": REAL}
COUNT, HANDFUL = 200, (10, 18, 22, 27, 52, 77)
LEAST = json.loads(Path(__file__).with_name("least_values.json").read_text("utf-8"))


class Part(NamedTuple):
    """A term: the formula and its parameters, and the same for CVXPY."""

    text: str
    given: dict[str, Any]
    twin: Any  # from CVXPY and its variable to a cost, or to a list of constraints


class Draw:
    """Random sizes, data and parts of one problem."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = np.random.default_rng([20, seed])
        self.rows, self.columns = int(rng.integers(4, 30)), int(rng.integers(4, 16))
        self.A = rng.normal(size=(self.rows, self.columns)) + 0.6 * rng.normal(size=(self.rows, 1))
        signal = rng.normal(size=self.columns) * (rng.random(self.columns) < 0.6)
        self.b = self.A @ signal + rng.normal(size=self.rows)
        self.mu, self.nu = 0.1 + 1.5 * rng.random(2)

    def normal(self, *shape: int) -> np.ndarray:
        return self.rng.normal(size=shape)

    def positive(self, *shape: int) -> np.ndarray:
        return 0.2 + self.rng.random(shape)

    def one(self, table: dict[str, Any]) -> tuple[str, Any]:
        name = list(table)[self.rng.integers(len(table))]
        return name, table[name](self)


def residuals(text: str, of: Any) -> Any:
    """Return a loss of real targets, from the formula and a function of CVXPY's residuals."""
    return lambda d: (text, d.b, lambda cp, z: of(cp, z - d.b))


def margins(text: str, of: Any) -> Any:
    """Return a loss of two classes, from the formula and a function of CVXPY's margins."""

    def made(d: Draw) -> Any:
        side = np.where(d.b > np.median(d.b), 1.0, -1.0)
        return text, side, lambda cp, z: of(cp, cp.multiply(side, z))

    return made


def counts(d: Draw) -> Any:
    d.A = 0.3 * d.A
    y = d.rng.poisson(2.0, size=d.rows).astype(float)
    return "exp(z) - y*z", y, lambda cp, z: cp.exp(z) - cp.multiply(y, z)


LOSSES = {
    "squares": residuals("(z - y)**2/2", lambda cp, r: cp.square(r) / 2),
    "logistic": margins("log(1 + exp(-y*z))", lambda cp, m: cp.logistic(-m)),
    "huber": residuals(
        "Piecewise(((z - y)**2/2, abs(z - y) <= 1), (abs(z - y) - 1/2, True))",
        lambda cp, r: cp.huber(r, 1.0) / 2,
    ),
    "pinball": residuals(
        "max(3*(y - z)/4, (z - y)/4)", lambda cp, r: cp.maximum(-0.75 * r, 0.25 * r)
    ),
    "deviations": residuals("abs(z - y)", lambda cp, r: cp.abs(r)),
    "tube": residuals("max(abs(z - y) - 1/2, 0)", lambda cp, r: cp.pos(cp.abs(r) - 0.5)),
    "counts": counts,
    "hinge": margins("max(0, 1 - y*z)", lambda cp, m: cp.pos(1 - m)),
    "squared hinge": margins("max(0, 1 - y*z)**2", lambda cp, m: cp.square(cp.pos(1 - m))),
    "exponential": margins("exp(-y*z)", lambda cp, m: cp.exp(-m)),
    "quartic": residuals("(z - y)**4", lambda cp, r: cp.power(r, 4)),
}


def groups(d: Draw) -> list[list[int]]:
    cut = int(d.rng.integers(1, d.columns - 1))
    order = d.rng.permutation(d.columns)
    return [sorted(map(int, order[:cut])), sorted(map(int, order[cut:]))]


def grouped(d: Draw) -> Part:
    G, w = groups(d), d.positive(2)
    return Part(
        "sum(w*group_norms(x, G, 2))",
        {"G": G, "w": w},
        lambda cp, x: sum(w[k] * cp.norm(x[g]) for k, g in enumerate(G)),
    )


def ranked(d: Draw) -> Part:
    w = np.sort(d.positive(d.columns))[::-1]

    def twin(cp: Any, x: Any) -> Any:
        falls = [*(w[:-1] - w[1:]), w[-1]]
        return sum(f * cp.sum_largest(cp.abs(x), k + 1) for k, f in enumerate(falls))

    return Part("dot(s, sort(abs(x)))", {"s": w}, twin)


def by_map(name: str, text: str, twin: Any) -> Any:
    def made(d: Draw) -> Part:
        D = d.normal(int(d.rng.integers(2, d.columns + 3)), d.columns)
        return Part(f"mu*{text}", {"mu": d.mu, name: D}, lambda cp, x: d.mu * twin(cp, D @ x))

    return made


def plain(text: str, twin: Any) -> Any:
    return lambda d: Part(f"mu*{text}", {"mu": d.mu}, lambda cp, x: d.mu * twin(cp, x))


def sizes(d: Draw) -> Part:
    w = d.positive(d.columns)
    return Part("lam*abs(x)", {"lam": w}, lambda cp, x: w @ cp.abs(x))


def convex_quadratic(d: Draw) -> Part:
    R = d.normal(d.columns, d.columns)
    Q = R @ R.T / d.columns
    return Part("dot(x, Q @ x)/2", {"Q": Q}, lambda cp, x: cp.quad_form(x, cp.psd_wrap(Q)) / 2)


PENALTIES = {
    "weighted sizes": sizes,
    "l1": plain("norm(x, 1)", lambda cp, x: cp.norm1(x)),
    "two slopes": plain("sum(max(2*x, -x))", lambda cp, x: cp.sum(cp.maximum(2 * x, -x))),
    "l2": plain("norm(x)", lambda cp, x: cp.norm(x)),
    "largest": plain("norm(x, inf)", lambda cp, x: cp.norm(x, "inf")),
    "p-norm": plain("norm(x, 3)", lambda cp, x: cp.norm(x, 3)),
    "squares": plain("sum(x**2)", lambda cp, x: cp.sum_squares(x)),
    "squared norm": plain("norm(x, 1)**2", lambda cp, x: cp.square(cp.norm1(x))),
    "range": plain("(max(x) - min(x))", lambda cp, x: cp.max(x) - cp.min(x)),
    "two largest": plain("sum_largest(abs(x), 2)", lambda cp, x: cp.sum_largest(cp.abs(x), 2)),
    "groups": grouped,
    "sorted": ranked,
    "total variation": plain("norm(diff(x), 1)", lambda cp, x: cp.norm1(cp.diff(x))),
    "trend": plain("norm(diff(diff(x)), 1)", lambda cp, x: cp.norm1(cp.diff(x, 2))),
    "fused": plain(
        "(norm(x, 1) + norm(diff(x), 1))", lambda cp, x: cp.norm1(x) + cp.norm1(cp.diff(x))
    ),
    "sparse group": plain("(norm(x, 1) + norm(x))", lambda cp, x: cp.norm1(x) + cp.norm(x)),
    "image, l1": by_map("D", "norm(D @ x, 1)", lambda cp, z: cp.norm1(z)),
    "image, l2": by_map("K", "norm(K @ x)", lambda cp, z: cp.norm(z)),
    "image, largest": by_map("L", "norm(L @ x, inf)", lambda cp, z: cp.norm(z, "inf")),
    "image, positive parts": by_map("M", "sum(max(M @ x, 0))", lambda cp, z: cp.sum(cp.pos(z))),
    "quadratic": convex_quadratic,
}


def box(d: Draw) -> Part:
    low, high = -0.4 * d.positive(d.columns), 0.4 * d.positive(d.columns)
    given = {"lo": low, "hi": high}
    return Part("indicator((x >= lo) & (x <= hi))", given, lambda cp, x: [x >= low, x <= high])


def ball(text: str, twin: Any) -> Any:
    return lambda d: Part(
        f"indicator({text} <= r)", {"r": d.nu}, lambda cp, x: [twin(cp, x) <= d.nu]
    )


def through_a_point(d: Draw, relation: str) -> Part:
    C = d.normal(2, d.columns)
    c = C @ d.positive(d.columns)
    met = (lambda cp, x: [C @ x == c]) if relation == "==" else (lambda cp, x: [C @ x <= c])
    return Part(f"indicator(C @ x {relation} c)", {"C": C, "c": c}, met)


SETS = {
    "box": box,
    "nonnegative": lambda d: Part("indicator(x >= 0)", {}, lambda cp, x: [x >= 0]),
    "simplex": lambda d: Part(
        "indicator((x >= 0) & (sum(x) == 1))", {}, lambda cp, x: [x >= 0, cp.sum(x) == 1]
    ),
    "l1 ball": ball("norm(x, 1)", lambda cp, x: cp.norm1(x)),
    "l2 ball": ball("norm(x)", lambda cp, x: cp.norm(x)),
    "cube": ball("max(abs(x))", lambda cp, x: cp.norm(x, "inf")),
    "variation ball": ball("norm(diff(x), 1)", lambda cp, x: cp.norm1(cp.diff(x))),
    "equations": lambda d: through_a_point(d, "=="),
    "inequalities": lambda d: through_a_point(d, "<="),
}
OF_MATRICES = {
    "sizes": plain("sum(abs(X))", lambda cp, X: cp.sum(cp.abs(X))),
    "rows": plain("sum(row_norms(X, 2))", lambda cp, X: cp.sum(cp.norm(X, 2, axis=1))),
    "columns": plain("sum(column_norms(X, 2))", lambda cp, X: cp.sum(cp.norm(X, 2, axis=0))),
    "nuclear": plain("sum(singular_values(X))", lambda cp, X: cp.normNuc(X)),
    "spectral": plain("max(singular_values(X))", lambda cp, X: cp.sigma_max(X)),
    "squares": plain("sum(X**2)", lambda cp, X: cp.sum_squares(X)),
    "slopes": plain("sum(abs(image_gradient(X)))", lambda cp, X: _slopes(cp, X)),
    "nonnegative": lambda d: Part("indicator(X >= 0)", {}, lambda cp, X: [X >= 0]),
    "nuclear ball": lambda d: Part(
        "indicator(sum(singular_values(X)) <= r)",
        {"r": d.nu},
        lambda cp, X: [cp.normNuc(X) <= d.nu],
    ),
}


def _slopes(cp: Any, X: Any) -> Any:
    return cp.sum(cp.abs(cp.diff(X, axis=0))) + cp.sum(cp.abs(cp.diff(X, axis=1)))


class Problem(NamedTuple):
    """A problem for `minimize`, what it is made of, and the same for CVXPY."""

    objective: Any
    given: dict[str, Any]
    parts: str
    shape: tuple[int, ...]
    twin: Any  # from CVXPY, its variable and its constant to a cost


def of_a_vector(d: Draw) -> Problem:
    """Put together a loss with weights, offsets, a constant or none, and one to three terms."""
    kind, (text, target, rows) = d.one(LOSSES)
    w = d.positive(d.rows) if d.rng.random() < 0.4 else np.ones(d.rows)
    offset = 0.3 * d.normal(d.rows) if d.rng.random() < 0.3 else np.zeros(d.rows)
    scaling = "mean" if d.rng.random() < 0.3 else "sum"
    constant = bool(d.rng.random() < 0.3)
    plainly = kind == "squares" and not constant and not offset.any() and (w == 1).all()
    made = (
        nc.least_squares(d.A, target, scaling="mean" if scaling == "mean" else "half")
        if plainly
        else nc.loss(
            text, d.A, target, weights=w, offset=offset, intercept=constant, scaling=scaling
        )
    )
    share = 1.0 / d.rows if scaling == "mean" else 1.0
    parts = dict(d.one(PENALTIES) for _ in range(int(d.rng.integers(1, 3))))
    parts |= dict(d.one(SETS) for _ in range(int(d.rng.random() < 0.45)))
    listed = list(parts.values())

    def cost(cp: Any, x: Any, c: Any) -> Any:
        z = d.A @ x + offset + (c if constant else 0.0)
        return share * (w @ rows(cp, z)), listed

    names = ", ".join([kind, "constant"][: 1 + constant] + list(parts))
    return Problem(_sum(made, listed), _given(listed), names, (d.columns,), cost)


def of_a_matrix(d: Draw) -> Problem:
    """Put together squares with several targets, and one or two terms."""
    B = d.A[:, :3] @ d.normal(3, 4) + d.normal(d.rows, 4)
    parts = dict(d.one(OF_MATRICES) for _ in range(int(d.rng.integers(1, 3))))
    listed = list(parts.values())
    made = nc.least_squares(d.A, B, scaling="half")
    return Problem(
        _sum(made, listed),
        _given(listed),
        ", ".join(["targets", *parts]),
        (d.columns, 4),
        lambda cp, X, c: (cp.sum_squares(d.A @ X - B) / 2, listed),
    )


def _sum(made: Any, parts: list[Part]) -> Any:
    for part in parts:
        many = {name: kind for name, kind in KINDS.items() if name in part.given}
        made = made + nc.function(part.text, **many)
    return made


def _given(parts: list[Part]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part.given.items()}


def drawn(seed: int) -> Problem:
    """Return the problem of a seed."""
    d = Draw(seed)
    return of_a_matrix(d) if d.rng.random() < 0.2 else of_a_vector(d)


def by_cvxpy(cp: Any, problem: Problem) -> float:
    """Return the least value that CVXPY finds."""
    x, c = cp.Variable(problem.shape), cp.Variable()
    cost, parts = problem.twin(cp, x, c)
    limits = []
    for part in parts:
        made = part.twin(cp, x)
        limits += made if isinstance(made, list) else []
        cost = cost if isinstance(made, list) else cost + made
    tight = {"tol_gap_abs": 1e-9, "tol_gap_rel": 1e-9, "tol_feas": 1e-9}
    whole = cp.Problem(cp.Minimize(cost), limits)
    try:
        return float(whole.solve(solver="CLARABEL", **tight))
    except cp.SolverError:  # of problem 125
        return float(whole.solve(solver="SCS", eps=1e-9, max_iters=200_000))


def difference(found: Any, least: float) -> float:
    """Return how far an objective is from the least, relatively."""
    return float(abs(found.fun - least) / (1.0 + abs(least)))


def check(seed: int, least: float) -> None:
    problem = drawn(seed)
    found = nc.minimize(problem.objective, **problem.given)
    assert found.success or found.gap < 1e-9, (problem.parts, found.message)
    assert difference(found, least) < 2e-6, (problem.parts, found.fun, least)
    assert found.certificate.lower_bound <= least + 2e-6 * (1 + abs(least))


@pytest.mark.parametrize("seed", HANDFUL)
def test_a_handful_against_least_values_on_record(seed: int) -> None:
    check(seed, LEAST[seed])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [seed for seed in range(COUNT) if seed not in HANDFUL])
def test_the_others_against_least_values_on_record(seed: int) -> None:
    check(seed, LEAST[seed])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(COUNT))
def test_cvxpy_finds_the_least_values_on_record(seed: int) -> None:
    cp = pytest.importorskip("cvxpy")
    assert by_cvxpy(cp, drawn(seed)) == pytest.approx(LEAST[seed], rel=2e-6, abs=2e-6)


def test_a_least_value_of_another_problem_is_found_out() -> None:
    problem = drawn(HANDFUL[0])
    found = nc.minimize(problem.objective, **problem.given)
    assert difference(found, 1.0001 * LEAST[HANDFUL[0]]) > 2e-6
