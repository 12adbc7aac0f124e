"""A proximal operator whose points are searched for is drawn from its values."""

from __future__ import annotations

import numpy as np

import normcalc as nc


def test_a_searched_prox_is_drawn_from_its_values() -> None:
    prox = nc.prox(nc.function("tanh(abs(x))"))
    drawn = nc.plot.prox_curve(prox, step=0.3, view=(-2.0, 2.0)).lines[-1].get_xydata()
    at = drawn[np.isfinite(drawn).all(axis=1)][::17]
    assert len(at) > 5
    np.testing.assert_allclose(at[:, 1], prox(at[:, 0], step=0.3), atol=1e-6)
