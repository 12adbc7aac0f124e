"""Mistakes that shipped operators on vectors and matrices have made, each refuted.

The derived operator beside it passes the same search.  Mistakes in functions of one real variable
have a table of their own.  Some that are known fit neither table:

- values and doubled values (the cost of a k-support norm, bathtubs, traces): no operator is wrong;
- derivatives of an operator that are not a number at zero (group lasso, Euclidean ball);
- subgradients, distances to a subdifferential, critical weights: parts of solvers;
- operators for other distances than the Euclidean one (Boltzmann-Shannon, Burg): `certify` checks
  proximal operators;
- the Rényi divergence of a pair of vectors, which has no derived operator to stand beside it;
- nuclear norms of blocks of columns, which are not written in the language; blocks of rows are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Callable

GROUPS = [[0, 1], [2]]


def soft(v, t):
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


def on_l1_ball(v, r):
    """Project on the ball by sorting, which is right outside of it."""
    sizes = np.sort(np.abs(v))[::-1]
    sums = (np.cumsum(sizes) - r) / np.arange(1, v.size + 1)
    return soft(v, sums[np.flatnonzero(sizes > sums)[-1]])


def max_norm_small_point_kept(v, step):
    return v if np.abs(v).max() <= step else v - step * on_l1_ball(v / step, 1.0)


def l1_ball_feasible_point_lost(v, r):
    return np.zeros_like(v) if np.abs(v).sum() <= r else on_l1_ball(v, r)


def l2_ball_interior_pushed_out(v, r):
    return r * v / max(np.linalg.norm(v), 1e-300)


def simplex_by_clipping(v):
    w = np.maximum(v, 0)
    return w / w.sum() if w.any() else np.full_like(v, 1 / v.size)


def singular_values_changed(v, change):
    left, sizes, right = np.linalg.svd(v, full_matrices=False)
    return (left * change(sizes)) @ right


def block_shrinkage(v, step, G):
    u = v.copy()
    for g in map(list, G):
        with np.errstate(all="ignore"):
            size = np.linalg.norm(v[g])
            u[g] = v[g] / size * np.maximum(size - step, 0)
    return u


def sparse_group_one_weight_a_group(v, step, w, G):
    u = v.copy()
    for k, g in enumerate(map(list, G)):
        inner = soft(v[g], step * w[k])
        size = np.linalg.norm(inner)
        u[g] = np.maximum(1 - step / size, 0) * inner if size > 0 else 0.0
    return u


def block_half_threshold(v, step, lam):
    with np.errstate(all="ignore"):
        size = np.linalg.norm(v)
        angle = np.arccos(lam * step / 4 * (size / 3) ** -1.5)
        kept = 2 / 3 * size * (1 + np.cos(2 / 3 * (np.pi - angle)))
        return v / size * (kept if size > 1.5 * (lam * step) ** (2 / 3) else 0.0)


def last_row_of_blocks_left_out(v, step):
    """Number the blocks from one and count them from zero."""
    u = np.zeros_like(v)
    for i in range(v.shape[0] - 1):
        size = np.linalg.norm(v[i])
        u[i] = max(1 - step / size, 0) * v[i] if size else 0.0
    return u


def eigenvalues_changed(v, change):
    sizes, vectors = np.linalg.eigh((v + v.T) / 2)
    return (vectors * change(sizes)) @ vectors.T


def entropy_of_eigenvalues(s, step):
    """Multiply in the argument of W where one must divide."""
    from scipy.special import lambertw

    return step * lambertw(step * np.exp(np.minimum(s / step - 1, 300))).real


def entropy_far_out_without_the_step(s, step):
    """Forget the factor in the series that stands in for W at large arguments."""
    from scipy.special import lambertw

    log = s / step - 1 - np.log(step)
    large = np.maximum(log, 1.0)
    far = large - large / (1 + large) * np.log(large)
    return np.where(log > 30, far, step * lambertw(np.exp(np.minimum(log, 300))).real)


def inverse_penalty_newton(s, step, mu):
    """Start Newton's method where its curve may be flat or turn away."""
    t = np.maximum(np.abs(s), 1e-10)
    for _ in range(50):
        slope = 3 * t**2 - 2 * s * t - step
        with np.errstate(all="ignore"):
            t = np.maximum(t - (t**3 - s * t**2 - step * t - mu * step) / slope, 1e-10)
    return t


def epigraph_of_exponential(v):
    """Put the argument beside the logarithm as a factor, not as a term."""
    if v.size < 2 or np.exp(v[:-1]).sum() <= v[-1]:
        return v.copy() if v.size > 1 else np.maximum(v, 0.0)
    y, height = v[0], v[-1]
    t = np.linspace(1e-9, abs(y) + abs(height) + 5, 20001)
    root = t[np.argmin(np.abs(t**2 - height * t + np.log(t) * y))]
    return np.array([*(np.log(root / (v.size - 1)) * np.ones(v.size - 1)), root])


def logdet_other_root(v, step):
    sizes, vectors = np.linalg.eigh((v + v.T) / 2)
    return (vectors * ((sizes + np.sqrt(np.abs(sizes**2 - 4 * step))) / 2)) @ vectors.T


@dataclass(frozen=True)
class Row:
    mistake: str
    formula: str
    wrong: Callable[..., Any]
    kinds: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


ROWS = [
    Row("maximum norm: a point below the step is kept", "max(abs(x))", max_norm_small_point_kept),
    Row("l1 ball: a feasible point goes to zero", "indicator(sum(abs(x)) <= r)",
        lambda v, step, r: l1_ball_feasible_point_lost(v, r)),
    Row("l2 ball: interior points go to the sphere", "indicator(norm(x) <= r)",
        lambda v, step, r: l2_ball_interior_pushed_out(v, r)),
    Row("hyperplane: divided by the sum", "indicator(sum(x) == 1)",
        lambda v, step: v / v.sum() if v.sum() else np.full_like(v, 1 / v.size)),
    Row("simplex: clipped and divided by the sum", "indicator((x >= 0) & (sum(x) == 1))",
        lambda v, step: simplex_by_clipping(v)),
    Row("squared norm: half of what is documented", "sum(x**2)", lambda v, step: v / (1 + step)),
    Row("monotone cone: sorted", "indicator(diff(x) >= 0)", lambda v, step: np.sort(v)),
    Row("nuclear ball: singular values scaled", "indicator(sum(singular_values(X)) <= r)",
        lambda v, step, r: singular_values_changed(
            v, lambda s: s * min(1.0, r / max(s.sum(), 1e-300)))),
    Row("rank: threshold without the root", "mu*rank(X)",
        lambda v, step, mu: singular_values_changed(v, lambda s: s * (s > step * mu))),
    Row("groups: nothing divided by nothing at a zero block", "sum(group_norms(x, G, 2))",
        block_shrinkage, values={"G": GROUPS}),
    Row("sparse groups: one weight for all entries of a group",
        "sum(w*abs(x)) + sum(group_norms(x, G, 2))", sparse_group_one_weight_a_group,
        {"w": nc.Positive.vector}, {"G": GROUPS, "w": np.array([0.1, 2.0, 0.7])}),
    Row("nuclear ball: singular values thresholded by the radius",
        "indicator(sum(singular_values(X)) <= r)",
        lambda v, step, r: singular_values_changed(v, lambda s: np.maximum(s - r, 0))),
    Row("count: threshold without the root", "lam*norm(x, 0)",
        lambda v, step, lam: v * (np.abs(v) > lam * step)),
    Row("square root of a block's norm: nothing divided by nothing", "lam*sqrt(norm(x))",
        block_half_threshold),
    Row("nuclear norms of blocks of rows: the last block left out", "sum(row_norms(X, 2))",
        last_row_of_blocks_left_out),
    Row("von Neumann entropy: the step on the wrong side in W",
        "sum(eigenvalues(X)*log(eigenvalues(X)))",
        lambda v, step: eigenvalues_changed(v, lambda s: entropy_of_eigenvalues(s, step))),
    Row("von Neumann entropy: no step in the series for W",
        "sum(eigenvalues(X)*log(eigenvalues(X)))",
        lambda v, step: eigenvalues_changed(
            v, lambda s: entropy_far_out_without_the_step(s, step))),
    Row("log-determinant and inverse: Newton without a safeguard",
        "-logdet(X) + mu*sum(1/eigenvalues(X))",
        lambda v, step, mu: eigenvalues_changed(
            v, lambda s: inverse_penalty_newton(s, step, mu))),
    Row("epigraph of exponentials: a factor for a term",
        "indicator(sum(exp(x[:-1])) <= x[-1])", lambda v, step: epigraph_of_exponential(v)),
    Row("log-determinant: a sign under the root", "-logdet(X)", logdet_other_root),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.mistake)
def test_the_mistake_is_refuted_and_the_derived_operator_is_not(row: Row) -> None:
    function = nc.function(row.formula, **row.kinds)
    with pytest.raises(nc.Refuted) as caught:
        nc.certify(row.wrong, function, values=row.values, budget=60.0)
    assert "claimed_value" in caught.value.witness
    assert nc.certify(nc.prox(function), values=row.values, budget=5.0).points > 0


@pytest.mark.parametrize("fault", [NameError("svds"), AttributeError("one"), TypeError("axis")])
def test_an_operator_that_raises_is_refuted(fault: Exception) -> None:
    """Simplex, sum and low-rank operators of peers stop in code that never ran."""

    def raises(v, step):
        raise fault

    with pytest.raises(nc.Refuted, match=f"raises {type(fault).__name__}") as caught:
        nc.certify(raises, nc.function("indicator((x >= 0) & (sum(x) == 1))"))
    assert caught.value.witness["v"].ndim == 1


def test_an_operator_that_writes_into_its_argument_is_found() -> None:
    def writes(v, step):
        v *= 1 / (1 + step)
        return v

    with pytest.raises(nc.Refuted, match="changed its argument"):
        nc.certify(writes, nc.function("sum(x**2)/2"))
