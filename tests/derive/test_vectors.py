"""Every vector, matrix and set row: derived, and no better point is found than the derived one."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from tests.derive.vector_rows import BY_NAME, ROWS, Row

SECONDS = 0.5  # of which a part is spent on searching; the long run takes more


def check(row: Row, seconds: float) -> None:
    certificate = nc.certify(nc.prox(row.function()), values=row.fixed, budget=seconds)
    assert certificate.status == "verified"
    assert certificate.points > 0


@pytest.mark.parametrize("name", BY_NAME)
def test_no_point_beats_the_prox(name: str) -> None:
    check(BY_NAME[name], SECONDS)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_point_beats_the_prox_for_longer(row: Row) -> None:
    check(row, 60.0)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("norm2", lambda u, v: u * 1.001),
        ("norm_inf", lambda u, v: u + 1e-3 * np.sign(v)),
        ("slope_owl", lambda u, v: np.flip(u)),
        ("fused_lasso", lambda u, v: np.round(u, 2)),
        ("nuclear", lambda u, v: 0.999 * u),
        ("set_simplex", lambda u, v: np.full_like(v, np.abs(u).sum() / v.size)),
        ("set_simplex", lambda u, v: v),
        ("set_psd", lambda u, v: np.abs(u)),
        ("set_ball_l1", lambda u, v: v * min(1.0, np.abs(u).sum() / (np.abs(v).sum() + 1e-300))),
        ("set_monotone", lambda u, v: np.sort(v)),
    ],
)
def test_a_wrong_prox_is_refuted(name: str, change) -> None:
    row = BY_NAME[name]
    right = nc.prox(row.function())

    def wrong(v, step=1.0, **values):
        return change(right(v, step=step, **values), v)

    with pytest.raises(nc.Refuted) as caught:
        nc.certify(wrong, row.function(), values=row.fixed)
    assert caught.value.witness["claimed_value"] > caught.value.witness["better_value"]
