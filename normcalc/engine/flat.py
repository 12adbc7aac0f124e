"""Penalties that do not see some directions, such as constants: dual points kept off these.

The conjugate of a seminorm is finite on a subspace only, which rounding leaves.  So slopes of the
loss are projected until no flat direction feels them, and what is left is shrunk into the domain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.errors import SolverError

if TYPE_CHECKING:
    from normcalc.engine.jit import Floats

FAR = 1e12  # the step at which a prox leaves what the penalty does not see
MOST = 20  # flat directions that are looked for
ZERO = 1e-12  # relatively: less is rounding
REFINEMENTS = 4


def directions(penalty: Any, zero: Floats) -> list[Floats]:
    """Return orthonormal directions that change no value of a positively homogeneous penalty.

    The prox with a step of any size projects on them.
    """
    rng, found = np.random.default_rng(0), list[Any]()
    for _ in range(MOST):
        try:
            v = np.asarray(penalty.prox(rng.standard_normal(zero.shape), FAR))
        except SolverError:
            break
        for known in found:
            v = v - float(np.vdot(known, v)) * known
        length = float(np.linalg.norm(v))
        size = float(np.sqrt(zero.size))
        if length <= 1e-6 * size or penalty.worth(v) + penalty.worth(-v) > 1e-9 * length:
            break
        found.append(v / length)
    return found


def flat_images(penalty: Any, loss: Any, zero: Floats) -> Floats:
    """Return an orthonormal basis of the images of flat directions, one in each column.

    Rows without weight are left out: slopes are zero there.
    """
    if not getattr(penalty, "may_be_flat", False):
        return np.empty((0, 0))
    used = getattr(loss, "used", None)
    images = [loss.design.apply(v) for v in directions(penalty, zero)]
    images = [(each if used is None else np.where(used, each, 0.0)).ravel() for each in images]
    if not images:
        return np.empty((0, 0))
    basis, sizes, _ = np.linalg.svd(np.stack(images, axis=1), full_matrices=False)
    return np.asarray(basis[:, sizes > ZERO * max(float(sizes[0]), 1e-300)])


def without(slope: Floats, basis: Floats) -> Floats:
    """Return slopes less their projection on the columns of an orthonormal basis.

    Examples
    --------
    >>> without(np.array([1.0, 3.0]), np.full((2, 1), 0.5**0.5)).round(12)
    array([-1.,  1.])
    """
    flat = slope.ravel()
    for _ in range(2):  # the second time for what rounding left
        flat = flat - basis @ (basis.T @ flat)
    return np.asarray(flat.reshape(slope.shape))


def vanishes(penalty: Any, u: Floats) -> bool:
    """Tell whether the prox at `u` with step 1 is seen to be zero up to rounding."""
    try:
        point = penalty.prox(u, 1.0)
    except SolverError:  # an inner solver came to no end
        return False
    return bool(np.abs(point).max() <= ZERO * np.abs(u).max(initial=0.0))


def share_of_support(penalty: Any, u: Floats) -> float:
    """Return a share of `u` in the domain of a support function's conjugate, nearly the largest.

    What is missing to the whole is found up to a tenth of itself.
    """
    if vanishes(penalty, u):
        return 1.0
    missing = 1e-12
    while missing < 1.0 and not vanishes(penalty, (1.0 - missing) * u):
        missing *= 10.0
    if missing >= 1.0:
        share = 0.1
        while share > 1e-12 and not vanishes(penalty, share * u):
            share *= 0.5
        return share if share > 1e-12 else 0.0
    inside, outside = missing, 0.1 * missing
    for _ in range(REFINEMENTS):
        middle = float(np.sqrt(inside * outside))
        inside, outside = (
            (middle, outside) if vanishes(penalty, (1.0 - middle) * u) else (inside, middle)
        )
    return 1.0 - inside
