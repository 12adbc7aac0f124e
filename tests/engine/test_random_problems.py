"""Random convex problems against SciPy: linear programmes, bounded smooth problems, root finding.

By default each of 20 kinds is solved once; the other 180 problems are solved by
``python -m pytest -m slow tests/engine/test_random_problems.py``.  Where CVXPY is installed it is
a second reference.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import brentq, linprog, lsq_linear, minimize

import normcalc as nc

ROWS, COLUMNS = 12, 6


class Case(NamedTuple):
    objective: object
    given: dict
    least: float


class Data(NamedTuple):
    A: np.ndarray
    b: np.ndarray
    side: np.ndarray
    D: np.ndarray
    mu: float

    @property
    def squares(self):
        return nc.least_squares(self.A, self.b)

    def loss(self, formula, target=None, **options):
        return nc.loss(formula, self.A, self.b if target is None else target, **options)


def data(seed: int) -> Data:
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(ROWS, COLUMNS)) + 0.5 * rng.normal(size=(ROWS, 1))
    b = A @ (rng.normal(size=COLUMNS) * (rng.random(COLUMNS) < 0.6)) + 0.5 * rng.normal(size=ROWS)
    return Data(
        A, b, np.where(b > 0, 1.0, -1.0), rng.normal(size=(4, COLUMNS)), 0.2 + rng.random()
    )


def split(smooth, slope, weights=1.0, signs=(1.0, -1.0)) -> float:
    """Minimise a smooth function plus weighted sizes, in positive and negative parts."""
    parts = len(signs)

    def objective(z):
        pieces = z.reshape(parts, -1)
        x = sum(s * piece for s, piece in zip(signs, pieces, strict=True))
        pull = slope(x)
        value = smooth(x) + np.sum(weights * pieces)
        return value, np.concatenate([s * pull + weights for s in signs])

    options = {"maxiter": 20_000, "maxfun": 50_000, "ftol": 1e-15, "gtol": 1e-10, "maxcor": 50}
    start, bounds = np.full(parts * COLUMNS, 0.1), [(0, None)] * (parts * COLUMNS)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return float(found.fun)


def quadratic(A, b, images, rest, cost, equal=None) -> float:
    """Minimise squares plus ``cost . t`` for ``images @ x <= rest @ t``."""
    columns, extra = A.shape[1], len(cost)

    def objective(z):
        residual = A @ z[:columns] - b
        slope = np.concatenate([A.T @ residual, cost])
        return 0.5 * residual @ residual + cost @ z[columns:], slope

    table = np.hstack([-images, rest])
    limits = [{"type": "ineq", "fun": lambda z: table @ z, "jac": lambda z: table}]
    if equal is not None:
        limits += [{"type": "ineq", "fun": lambda z: equal - z[columns:].sum()}]
    start = np.concatenate([np.zeros(columns), np.full(extra, 0.1 / extra)])
    options = {"ftol": 1e-15, "maxiter": 2000}
    found = minimize(
        objective, start, jac=True, method="SLSQP", constraints=limits, options=options
    )
    return float(found.fun)


def both(K):
    """Return rows whose products are at most t where ``|K x| <= t``."""
    return np.vstack([K, -K]), np.vstack([np.eye(len(K))] * 2)


def programme(d: Data, rows, penalty_rows, weight, loss_weights) -> float:
    """Minimise a loss of two slopes of ``rows`` plus weighted sizes of images, as a linear one.

    `rows` are pairs of signs times rows and targets: the loss is the largest of their residuals.
    """
    count, images = len(d.b), len(penalty_rows)
    cost = np.concatenate([np.zeros(COLUMNS), np.ones(count), weight * np.ones(images)])
    tables, limits = [], []
    for (matrix, target), w in zip(rows, loss_weights, strict=True):
        tables.append(np.hstack([w * matrix, -np.eye(count), np.zeros((count, images))]))
        limits.append(w * target)
    for s in (1, -1):
        zeros = np.zeros((images, count))
        tables.append(np.hstack([s * penalty_rows, zeros, -np.eye(images)]))
        limits.append(np.zeros(images))
    bounds = [(None, None)] * COLUMNS + [(0, None)] * (count + images)
    found = linprog(cost, np.vstack(tables), np.concatenate(limits), bounds=bounds)
    return float(found.fun)


def in_ball(d: Data, radius: float) -> float:
    """Minimise squares over a Euclidean ball by its multiplier."""

    def x(multiplier):
        return np.linalg.solve(d.A.T @ d.A + multiplier * np.eye(COLUMNS), d.A.T @ d.b)

    free = x(0.0)
    if np.linalg.norm(free) > radius:
        free = x(brentq(lambda m: np.linalg.norm(x(m)) - radius, 0.0, 1e6, xtol=1e-14))
    return float(0.5 * np.sum((d.A @ free - d.b) ** 2))


def with_norm(d: Data) -> float:
    """Minimise squares plus a Euclidean norm, over the radius."""
    top = float(np.linalg.norm(d.b)) * 10

    def x(radius):
        def of(m):
            return np.linalg.solve(d.A.T @ d.A + m * np.eye(COLUMNS), d.A.T @ d.b)

        return of(brentq(lambda m: m * np.linalg.norm(of(m)) - d.mu, 0.0, radius, xtol=1e-14))

    if np.linalg.norm(d.A.T @ d.b) <= d.mu:
        return float(0.5 * d.b @ d.b)
    found = x(1e3 * top)
    return float(0.5 * np.sum((d.A @ found - d.b) ** 2) + d.mu * np.linalg.norm(found))


def halves(d: Data):
    """Return squares and their gradient."""
    return (
        lambda x: 0.5 * np.sum((d.A @ x - d.b) ** 2),
        lambda x: d.A.T @ (d.A @ x - d.b),
    )


def logistic(d: Data):
    return (
        lambda x: np.sum(np.logaddexp(0, -d.side * (d.A @ x))),
        lambda x: d.A.T @ (-d.side / (1 + np.exp(d.side * (d.A @ x)))),
    )


def poisson(d: Data):
    counts = np.round(np.abs(d.b))
    return (
        lambda x: np.sum(np.exp(0.3 * d.A @ x) - counts * (0.3 * d.A @ x)),
        lambda x: 0.3 * d.A.T @ (np.exp(0.3 * d.A @ x) - counts),
    )


def square_root(d: Data):
    return (
        lambda x: np.sum(np.sqrt(1 + (d.A @ x - d.b) ** 2)),
        lambda x: d.A.T @ ((d.A @ x - d.b) / np.sqrt(1 + (d.A @ x - d.b) ** 2)),
    )


EYE = np.eye(COLUMNS)
DIFFERENCES = np.diff(EYE, axis=0)
SIZES = nc.function("lam*abs(x)")
RISING = np.linspace(0.5, 2.0, COLUMNS)


def sizes(loss, parts, weights=None):
    """Return a case with weighted sizes as the penalty."""

    def made(d: Data) -> Case:
        lam = d.mu if weights is None else d.mu * weights
        return Case(loss(d) + SIZES, {"lam": lam}, split(*parts(d), lam))

    return made


def images(penalty, K):
    """Return a case of squares and sizes of images."""

    def made(d: Data) -> Case:
        rows = d.D if K is None else K
        given = {"mu": d.mu} | ({"D": d.D} if K is None else {})
        least = quadratic(d.A, d.b, *both(rows), d.mu * np.ones(len(rows)))
        return Case(d.squares + nc.function(penalty), given, least)

    return made


def deviations(penalty, K=EYE):
    """Return a case of absolute deviations and sizes of images."""

    def made(d: Data) -> Case:
        rows = d.D if K is None else K
        given = {"mu": d.mu} | ({"D": d.D} if K is None else {})
        signed = [(d.A, d.b), (-d.A, -d.b)]
        least = programme(d, signed, rows, d.mu, (1.0, 1.0))
        return Case(d.loss("abs(z - y)") + nc.function(penalty), given, least)

    return made


def elastic(d: Data) -> Case:
    smooth, slope = halves(d)
    formula = nc.function("lam*abs(x) + x**2")
    least = split(lambda x: smooth(x) + x @ x, lambda x: slope(x) + 2 * x, d.mu)
    return Case(d.squares + formula, {"lam": d.mu}, least)


def ridge(d: Data) -> Case:
    x = np.linalg.solve(d.A.T @ d.A + d.mu * EYE, d.A.T @ d.b)
    least = halves(d)[0](x) + 0.5 * d.mu * x @ x
    return Case(d.squares + nc.function("lam*x**2/2"), {"lam": d.mu}, least)


def hinge(d: Data) -> Case:
    signed = [(-d.side[:, None] * d.A, -np.ones(ROWS))]
    least = programme(d, signed, EYE, d.mu, (1.0,))
    return Case(d.loss("max(0, 1 - y*z)", d.side) + SIZES, {"lam": d.mu}, least)


def quantile(d: Data) -> Case:
    signed = [(d.A, d.b), (-d.A, -d.b)]
    least = programme(d, signed, EYE, d.mu, (0.3, 0.7))
    return Case(d.loss("max(0.7*(y - z), 0.3*(z - y))") + SIZES, {"lam": d.mu}, least)


def box(d: Data) -> Case:
    low, high = -0.3 * RISING, 0.2 * RISING
    least = lsq_linear(d.A, d.b, (low, high), method="bvls").cost
    return Case(d.squares + nc.zoo.box(), {"lo": low, "hi": high}, least)


def nonnegative(d: Data) -> Case:
    least = split(*halves(d), d.mu, signs=(1.0,))
    return Case(d.squares + nc.zoo.nonnegative_l1(), {"lam": d.mu}, least)


def pursuit(d: Data) -> Case:
    A, b = d.D, d.D @ (RISING * (np.arange(COLUMNS) < 2))
    cost = np.ones(2 * COLUMNS)
    least = linprog(cost, A_eq=np.hstack([A, -A]), b_eq=b).fun
    return Case(nc.function("norm(x, 1) + indicator(A @ x == b)"), {"A": A, "b": b}, least)


def largest(d: Data) -> Case:
    least = quadratic(
        d.A, d.b, np.vstack([EYE, -EYE]), np.ones((2 * COLUMNS, 1)), np.array([d.mu])
    )
    return Case(d.squares + nc.function("mu*norm(x, inf)"), {"mu": d.mu}, least)


def crosspolytope(d: Data) -> Case:
    least = quadratic(d.A, d.b, *both(EYE), np.zeros(COLUMNS), equal=d.mu)
    return Case(d.squares + nc.function("indicator(norm(x, 1) <= r)"), {"r": d.mu}, least)


def ball(d: Data) -> Case:
    formula = nc.function("indicator(norm(x) <= r)")
    return Case(d.squares + formula, {"r": d.mu}, in_ball(d, d.mu))


def euclidean(d: Data) -> Case:
    return Case(d.squares + nc.function("mu*norm(x)"), {"mu": d.mu}, with_norm(d))


def counts_loss(d: Data):
    return nc.loss("exp(z) - y*z", 0.3 * d.A, np.round(np.abs(d.b)))


KINDS = {
    "squares, sizes": (sizes(lambda d: d.squares, halves), "auto"),
    "squares, weighted sizes": (sizes(lambda d: d.squares, halves, RISING), "auto"),
    "logistic, sizes": (sizes(lambda d: d.loss("log(1 + exp(-y*z))", d.side), logistic), "auto"),
    "counts, sizes": (sizes(counts_loss, poisson), "auto"),
    "root, sizes": (sizes(lambda d: d.loss("sqrt(1 + (z - y)**2)"), square_root), "auto"),
    "elastic net": (elastic, "auto"),
    "ridge": (ridge, "proximal_gradient"),
    "nonnegative": (nonnegative, "auto"),
    "box": (box, "frank_wolfe"),
    "hinge": (hinge, "admm"),
    "quantile": (quantile, "primal_dual"),
    "deviations, sizes": (deviations("mu*norm(x, 1)"), "admm"),
    "deviations, images": (deviations("mu*norm(D @ x, 1)", None), "primal_dual"),
    "squares, images": (images("mu*norm(D @ x, 1)", None), "primal_dual"),
    "squares, differences": (images("mu*norm(diff(x), 1)", DIFFERENCES), "proximal_gradient"),
    "squares, largest size": (largest, "proximal_gradient"),
    "squares, norm": (euclidean, "proximal_gradient"),
    "ball of sizes": (crosspolytope, "frank_wolfe"),
    "ball": (ball, "frank_wolfe"),
    "pursuit": (pursuit, "primal_dual"),
}


def check(kind: str, seed: int) -> None:
    made, method = KINDS[kind]
    case = made(data(1000 * list(KINDS).index(kind) + seed))
    found = nc.minimize(case.objective, method=method, tol=1e-7, **case.given)
    assert found.success, found.message
    assert found.fun == pytest.approx(case.least, rel=2e-6, abs=1e-7)
    assert found.certificate.lower_bound <= case.least + 2e-6 * (1 + abs(case.least))


@pytest.mark.parametrize("kind", KINDS)
def test_the_least_value_is_that_of_an_independent_solver(kind: str) -> None:
    check(kind, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 10))
@pytest.mark.parametrize("kind", KINDS)
def test_more_of_each_kind(kind: str, seed: int) -> None:
    check(kind, seed)


def test_a_reference_for_another_weight_is_found_out() -> None:
    made, method = KINDS["squares, sizes"]
    case = made(data(0))
    found = nc.minimize(case.objective, method=method, lam=1.01 * case.given["lam"])
    assert found.fun != pytest.approx(case.least, rel=2e-6)


@pytest.mark.parametrize("seed", range(3))
def test_cvxpy_agrees(seed: int) -> None:
    cvxpy = pytest.importorskip("cvxpy")
    d = data(seed)
    x = cvxpy.Variable(COLUMNS)
    squares = 0.5 * cvxpy.sum_squares(d.A @ x - d.b)
    penalty = d.mu * cvxpy.norm1(x) + d.mu * cvxpy.norm1(cvxpy.diff(x))
    reference = cvxpy.Problem(cvxpy.Minimize(squares + penalty)).solve()
    formula = nc.function("mu*norm(x, 1) + mu*norm(diff(x), 1)")
    found = nc.minimize(d.squares + formula, mu=d.mu, method="primal_dual")
    assert found.fun == pytest.approx(reference, rel=1e-5)
