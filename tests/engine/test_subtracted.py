"""A loss minus a penalty is an objective; a penalty minus a loss is not."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.errors import InputError

LOSS = nc.least_squares(np.eye(2), np.array([1.0, 3.0]))
L1 = nc.function("abs(x)/2")


def test_minus_a_penalty_pushes_away_from_zero() -> None:
    found = nc.minimize(LOSS - L1)
    assert np.allclose(found.x, [1.5, 3.5])
    assert np.allclose(nc.minimize(LOSS + L1).x, [0.5, 2.5])
    assert str(LOSS + nc.function("x**2") - L1) == str(LOSS + (nc.function("x**2") - L1))


def test_what_cannot_be_subtracted_says_so() -> None:
    with pytest.raises(InputError, match="loss first"):
        _ = L1 - LOSS
    with pytest.raises(InputError, match="loss first"):
        _ = L1 - (LOSS + L1)
    with pytest.raises(InputError, match="not a penalty"):
        _ = LOSS - 1
