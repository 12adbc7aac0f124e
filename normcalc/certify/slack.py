"""The conditions in the user's formula, and by how much a point misses them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.language import evaluate
from normcalc.language.calling import named_point
from normcalc.language.construct import minus
from normcalc.language.nodes import Compare, Constant, Node, Piecewise, children
from normcalc.language.transforms import is_transform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from normcalc.language import Function


@lru_cache(maxsize=256)
def conditions(function: Function) -> tuple[Compare, ...]:
    """Return the comparisons outside which the function is plus infinity."""
    found = []
    for node in _outside_transforms(function.body):
        if isinstance(node, Piecewise) and any(v == Constant("oo") for v, _ in node.cases):
            tests = (c for _, c in node.cases if c is not None)
            found += [
                c for test in tests for c in _outside_transforms(test) if isinstance(c, Compare)
            ]
    return tuple(dict.fromkeys(found))


def _outside_transforms(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node)[-1:] if is_transform(node) else children(node):
        yield from _outside_transforms(child)


def missed(function: Function, x: Any, values: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return by how much each condition is missed at one point, entry by entry."""
    gaps: NDArray[np.float64] = missed_at(function, np.asarray(x, dtype=float)[None], values)[0]
    return gaps


def missed_at(function: Function, points: Any, values: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return a row for each point on the first axis: by how much it misses the conditions."""
    env = {**values, **named_point(function, np.asarray(points, dtype=float))}
    found = []
    for c in conditions(function):
        gap = np.asarray(evaluate(minus(c.left, c.right), env), dtype=float)
        gap = gap.reshape(len(points), -1)
        if c.relation in ("<=", "<"):
            gap = np.maximum(gap, 0.0)
        elif c.relation in (">=", ">"):
            gap = np.minimum(gap, 0.0)
        found.append(gap)
    gaps: NDArray[np.float64] = np.concatenate(found, axis=1)
    return np.nan_to_num(gaps, nan=1e6, posinf=1e6, neginf=-1e6)
