"""Quasi-norms of order below one: for each number of entries, one equation for the multiplier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate
from normcalc.operators.roots import zeros_between

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Values

_ROUNDS = 80


@dataclass(frozen=True)
class QuasiNorm:
    """The prox of ``weight * norm(x, p)`` with 0 < p < 1.

    Parameters
    ----------
    order, weight : Node
        p and the weight.
    """

    order: Node
    weight: Node

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox; of equally good points, one with fewer entries.

        Raises
        ------
        NotDerivable
            The order is not between 0 and 1.
        """
        p, size = float(evaluate(self.order, values)), float(np.abs(v).max(initial=0.0))
        if not 0 < p < 1:
            raise NotDerivable(f"the order must be between 0 and 1, and is {p}")
        if size == 0:
            return v.copy()
        order = np.argsort(-np.abs(v), kind="stable")
        weight = float(np.log(step) + np.log(float(evaluate(self.weight, values))) - np.log(size))
        found = np.zeros_like(v)
        sizes = _best(np.abs(v)[order] / size, weight, p)
        found[order[: sizes.size]] = size * sizes
        return np.copysign(found, v)

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        return ("for the largest |v_i| alone, u_i = |v_i| - step*weight, if that is positive",
                "for t = 2, ..., n: on the t largest |v_i|, find the m = step*weight*S**(1/p - 1) "
                "at which S = sum(u**p) for the larger solutions of u_i + m*u_i**(p - 1) = |v_i|",
                "of these points and 0, with the signs of v, the best")  # fmt: skip


def _best(v: Floats, weight: float, p: float) -> Floats:
    """Return the best sizes on the first entries of falling v; the others are zero."""
    best, least = v[:0], 0.0
    for count in range(1, np.count_nonzero(v) + 1):
        kept = v[:count]
        for u in _critical(kept, weight, p):
            with np.errstate(over="ignore"):
                value = np.exp(weight + np.log(np.sum(u**p)) / p) + u @ (u / 2 - kept)
            if value < least:
                best, least = u, float(value)
    return best


def _critical(v: Floats, weight: float, p: float) -> list[Floats]:
    """Return the point at which all entries are the larger solutions, if there is one."""
    if v.size == 1:
        return [np.maximum(v - np.exp(min(weight, 0.0)), 0.0)]
    turn = (1 - p) / (2 - p)
    last = np.log(1 - turn) + (1 - p) * np.log(turn) + (2 - p) * np.log(v[-1])

    def level(z: float) -> float:
        return weight + (1 / p - 1) * float(np.log(np.sum(_larger(v, z, p) ** p)))

    zeros = zeros_between(lambda z: level(z) - z, [min(level(last), last) - 1.0, float(last)])
    return [_larger(v, z, p) for z in zeros]


def _larger(v: Floats, z: float, p: float) -> Floats:
    """Return the larger solutions of ``u + exp(z)*u**(p-1) = v`` by Newton's method from v.

    The left side is convex, so that the steps go down and do not pass the solution.
    """
    near, scale = np.ones_like(v), np.exp(z + (p - 2) * np.log(v))
    for _ in range(_ROUNDS):
        force = scale * near ** (p - 1)
        slope = np.maximum(1 - (1 - p) * force / near, 1e-16)
        following = near - np.maximum(near + force - 1, 0.0) / slope
        if np.array_equal(following, near):
            break
        near = np.maximum(following, (1 - p) / (2 - p))
    return v * near
