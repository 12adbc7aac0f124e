"""The shipped table is scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from normcalc.data import diabetes


def test_equal_to_scikit_learn():
    raw, target = load_diabetes(return_X_y=True, scaled=False)
    X, y, names = diabetes()
    np.testing.assert_array_equal(
        X, (raw - raw.mean(axis=0)) / (raw - raw.mean(axis=0)).std(axis=0)
    )
    np.testing.assert_array_equal(y, target - target.mean())
    assert names == load_diabetes().feature_names


@pytest.mark.parametrize("interactions", [False, True])
def test_standardised(interactions):
    X, y, names = diabetes(interactions=interactions)
    assert X.shape == (442, 64 if interactions else 10)
    assert len(set(names)) == X.shape[1]
    assert X.flags.f_contiguous
    assert abs(y.mean()) < 1e-12
    np.testing.assert_allclose(X.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(X.std(axis=0), 1.0, rtol=1e-12)


def test_products_are_what_their_names_say():
    X, _, names = diabetes()
    Z, _, all_names = diabetes(interactions=True)
    assert "sex^2" not in all_names
    for name, i, j in (("bmi^2", 2, 2), ("age:s6", 0, 9)):
        product = X[:, i] * X[:, j]
        shown = Z[:, all_names.index(name)]
        np.testing.assert_allclose(np.corrcoef(product, shown)[0, 1], 1.0)
    assert all_names[:10] == names


def test_every_call_returns_its_own_arrays():
    first = diabetes()[0]
    first[:] = 0.0
    assert diabetes()[0].std() == pytest.approx(1.0)
