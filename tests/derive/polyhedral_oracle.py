"""The least objective over all choices of active rows: slow, and nothing but linear algebra."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np


def subsets(items, least, most):
    return chain.from_iterable(combinations(items, k) for k in range(least, most + 1))


def nearest(v, step, rows, below=None, equal=None):
    """Minimise ``max(G u + c) + |u - v|^2/(2 step)`` where ``A u + a <= 0`` and ``E u + e == 0``.

    Rows are (matrix, shift).  At the minimum some rows are largest and some constraints are
    tight; on the affine set of every such choice the objective is a simple quadratic.
    """
    n = len(v)
    nothing = (np.zeros((0, n)), np.zeros(0))
    (G, c), (A, a), (E, e) = ((np.asarray(m, float), np.asarray(s, float))
                              for m, s in (rows or (np.zeros((1, n)), [0.0]),
                                           below or nothing, equal or nothing))  # fmt: skip
    best, least = None, np.inf
    for top in subsets(range(len(G)), 1, n + 1):
        for tight in subsets(range(len(A)), 0, n + 1 - len(top)):
            D = np.concatenate([G[list(top[1:])] - G[top[0]], A[list(tight)], E])
            d = np.concatenate([c[list(top[1:])] - c[top[0]], a[list(tight)], e])
            free = v - step * G[top[0]]
            u = free - np.linalg.pinv(D) @ (D @ free + d) if len(D) else free
            u = u - np.linalg.pinv(D) @ (D @ u + d) if len(D) else u
            room = 1e-9 * (1 + np.abs(u).max())
            if (A @ u + a > room).any() or (np.abs(E @ u + e) > room).any():
                continue
            cost = (G @ u + c).max() + np.sum((u - v) ** 2) / (2 * step)
            if cost < least:
                best, least = u, cost
    return best
