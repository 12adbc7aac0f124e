"""Functions of sizes that an isometry cannot change: norms, singular values, eigenvalues."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.operators.base import Floats, Operator, Values

if TYPE_CHECKING:
    from normcalc.language.nodes import Apply

# the sizes of a point, and the point with other sizes in the same directions
Split = tuple[Floats, Callable[[Floats], Floats]]


@dataclass(frozen=True)
class Transferred:
    """Split ``v`` into sizes and directions, take the prox of the sizes, put them together."""

    inner: Operator
    listing: Apply

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        sizes, joined = split(v, self.listing, values)
        return joined(np.reshape(self.inner(sizes, step, values), np.shape(sizes)))

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        name = _WORDS[self.listing.head]
        return (f"split v into {name}, s, and directions", *self.inner.steps(),
                "u has the directions of v, and the sizes found")  # fmt: skip


_WORDS = {
    "norm": "the norm",
    "group_norms": "the norms of the groups",
    "row_norms": "the norms of the rows",
    "column_norms": "the norms of the columns",
    "singular_values": "the singular values",
    "eigenvalues": "the eigenvalues",
    "entries": "the entries",
}


def split(v: Floats, listing: Apply, values: Values) -> Split:
    """Return the sizes of a point in a list, and the way back."""
    return _SPLITS[listing.head](v, listing, values)


def _norm(v: Floats, listing: Apply, values: Values) -> Split:
    size = float(np.linalg.norm(v))
    direction = v / size if size > 0 else _first(v.shape)
    return np.array(size), lambda s: direction * float(s)


def _first(shape: tuple[int, ...]) -> Floats:
    """Return the first unit vector: at zero every direction is as good as any other."""
    found = np.zeros(shape)
    found.flat[0] = 1.0
    return found


def _groups(v: Floats, listing: Apply, values: Values) -> Split:
    groups = [list(g) for g in values[listing.args[1].name]]  # type: ignore[union-attr]
    listed = [i for g in groups for i in g]
    if len(set(listed)) < len(listed):
        raise NotDerivable("the groups overlap, so their norms are not independent of each other")
    parts = [_norm(v[g], listing, values) for g in groups]

    def joined(sizes: Floats) -> Floats:
        found = v.copy()
        for g, (_, back), size in zip(groups, parts, sizes, strict=True):
            found[g] = back(size)
        return found

    return np.array([size for size, _ in parts]), joined


def _rows(v: Floats, listing: Apply, values: Values) -> Split:
    parts = [_norm(row, listing, values) for row in v]
    sizes = np.array([size for size, _ in parts])
    return sizes, lambda s: np.array([back(x) for (_, back), x in zip(parts, s, strict=True)])


def _columns(v: Floats, listing: Apply, values: Values) -> Split:
    sizes, joined = _rows(v.T, listing, values)
    return sizes, lambda s: joined(s).T


def _singular(v: Floats, listing: Apply, values: Values) -> Split:
    left, sizes, right = np.linalg.svd(v, full_matrices=False)
    return sizes, lambda s: (left * s) @ right


def _eigen(v: Floats, listing: Apply, values: Values) -> Split:
    sizes, vectors = np.linalg.eigh((v + v.T) / 2)
    return sizes[::-1], lambda s: (vectors * s[::-1]) @ vectors.T


def _entries(v: Floats, listing: Apply, values: Values) -> Split:
    return v.ravel(), lambda s: np.reshape(s, v.shape)


_SPLITS: dict[str, Callable[[Any, Any, Any], Split]] = {
    "norm": _norm,
    "group_norms": _groups,
    "row_norms": _rows,
    "column_norms": _columns,
    "singular_values": _singular,
    "eigenvalues": _eigen,
    "entries": _entries,
}
