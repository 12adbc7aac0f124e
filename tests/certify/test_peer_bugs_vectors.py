"""Mistakes that shipped operators on vectors and matrices have made, each refuted.

The derived operator beside it passes the same search.
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
    Row("log-determinant: a sign under the root", "-logdet(X)", logdet_other_root),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.mistake)
def test_the_mistake_is_refuted_and_the_derived_operator_is_not(row: Row) -> None:
    function = nc.function(row.formula, **row.kinds)
    with pytest.raises(nc.Refuted) as caught:
        nc.certify(row.wrong, function, values=row.values, budget=60.0)
    assert "claimed_value" in caught.value.witness
    assert nc.certify(nc.prox(function), values=row.values, budget=5.0).points > 0


def test_an_operator_that_writes_into_its_argument_is_found() -> None:
    def writes(v, step):
        v *= 1 / (1 + step)
        return v

    with pytest.raises(nc.Refuted, match="changed its argument"):
        nc.certify(writes, nc.function("sum(x**2)/2"))
