"""Kernels are compared with their table, in double and in single precision."""

from __future__ import annotations

import numpy as np
import pytest

from normcalc.certify import certify
from normcalc.errors import Refuted


def mcp(v, step, lam, gamma):
    size, one = np.abs(v), v.dtype.type(1)
    if gamma <= step:
        return np.where(size > lam * np.sqrt(gamma * step), v, 0 * v)
    inner = np.sign(v) * np.maximum(size - step * lam, 0) / (one - step / gamma)
    return np.where(size <= gamma * lam, inner, v)


def shifted(v, step, lam, gamma):
    return mcp(v, step, lam, gamma) * v.dtype.type(1 + 1e-3)


def widened(v, step, lam, gamma):
    return mcp(v, step, lam, gamma).astype(np.float64)


def in_place(v, step, lam, gamma):
    v[:] = mcp(v, step, lam, gamma)
    return v


def test_a_right_kernel_passes_in_both_precisions(claims):
    certificate = certify(claims["mcp"], kernel=mcp, smt=False)
    names = [outcome.claim for outcome in certificate.outcomes[-2:]]
    assert [name.rpartition(" ")[2] for name in names] == ["float64", "float32"]
    assert all(outcome.points > 100 for outcome in certificate.outcomes[-2:])


@pytest.mark.parametrize(
    ("kernel", "reason"),
    [(shifted, "the table"), (widened, "float64"), (in_place, "changed its input")],
)
def test_wrong_kernels_are_refuted(claims, kernel, reason):
    with pytest.raises(Refuted, match=reason):
        certify(claims["mcp"], kernel=kernel, smt=False)
