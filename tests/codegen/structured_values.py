"""Numbers for the parameters of vector rows, by their kinds, and points that are hard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.derive.derivation import Derivation
    from normcalc.language.parameters import Kind
    from tests.derive.vector_rows import Row

_SQUARE = ("eigenvalues", "logdet", "@ o", "M)")


def drawn(kind: Kind, rng: np.random.Generator, n: int, m: int) -> Any:
    """Return a value of a kind, for n entries and m rows."""
    lo = 0.3 if kind.lo is None else kind.lo
    hi = lo + 1.5 if kind.hi is None else kind.hi
    if kind.order in ("groups", "partition"):
        return [[i] for i in range(n)]
    if kind.order == "definite":
        root = rng.normal(size=(n, n))
        return root @ root.T + np.eye(n)
    if kind.order == "nonincreasing":
        return np.sort(rng.uniform(lo, hi, n))[::-1].copy()
    if kind.order == "sets":
        return np.sqrt([bin(i).count("1") for i in range(2**n)])
    if kind.shape == "matrix":
        return rng.normal(size=(m, n))
    if kind.shape == "vector":
        return rng.normal(size=n) if kind.lo is None else rng.uniform(lo + 0.1, hi, n)
    return max(lo, 1.0) + 1.0 if kind.integer else float(lo + (hi - lo) * rng.uniform(0.15, 0.85))


def setting(row: Row, answer: Derivation, seed: int = 1) -> tuple[Any, dict[str, Any]]:
    """Return a point and values at which the derivation has an answer."""
    function, rng = answer.function, np.random.default_rng(seed)
    variable = function.variable
    for n in [variable.size] if variable.size else [5, 3, 2, 4]:
        for m in (3, n, n - 1, 1, n + 1):
            square = any(word in row.formula for word in _SQUARE)
            shape = (n if square else 4, n) if variable.kind == "matrix" else (n,)
            one_each = len(row.fixed["G"]) if "G" in row.fixed else n
            values = {p.name: drawn(p.kind, rng, one_each, m) for p in function.parameters}
            values |= {
                p.name: drawn(p.kind, rng, m, m)
                for p in function.parameters
                if p.kind.shape == "vector" and p.kind.order is None
                and ("@" in row.formula or "diff" in row.formula) and p.name != "o"
            } | row.fixed  # fmt: skip
            v = 2 * rng.normal(size=shape)
            v = (v + v.T) / 2 if len(shape) == 2 and shape[0] == shape[1] else v
            try:
                if np.isfinite(answer(v, step=0.7, **values)).all():
                    return v, values
            except nc.NormcalcError:
                continue
    raise AssertionError(f"no values for {row.name}")


def points(v: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the point, and others like it: with ties, zero, small and large."""
    yield v
    yield np.round(v)
    yield np.zeros_like(v)
    yield 1e-6 * v
    yield 50.0 * v
