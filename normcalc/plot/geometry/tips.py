"""Where the three positive half axes leave a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from normcalc.plot.geometry.body3d import Body3D

if TYPE_CHECKING:
    from normcalc.plot.geometry.polytope3d import Polytope

Array = NDArray[np.float64]


def axis_tips(body: Polytope | Body3D) -> Array:
    """Return how far the body reaches along each positive half axis.

    Examples
    --------
    >>> from normcalc.plot.geometry.polytope3d import from_rows
    >>> axis_tips(from_rows(np.vstack([np.eye(3), -2 * np.eye(3)])))
    array([1., 1., 1.])
    """
    if isinstance(body, Body3D):
        return np.asarray(np.linalg.norm(body.surface(np.eye(3)), axis=1))
    return np.asarray(1 / body.rows.max(axis=0))
