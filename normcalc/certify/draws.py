"""Parameters and arguments of functions of vectors and matrices, drawn by their kinds."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.certify.space import draw, ranges
from normcalc.errors import NormcalcError
from normcalc.language.nodes import Apply, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from normcalc.language import Function
    from normcalc.language.parameters import Kind, Parameter

    Floats = NDArray[np.float64]
    Shape = tuple[int, ...]

SIZES = (2, 3, 5, 1)  # of one entry little can be wrong, so it comes last


def shape_of_argument(
    function: Function, n: int, rng: np.random.Generator, lengths: Sequence[int] = ()
) -> Shape:
    """Return a shape for the argument; square where the formula asks for eigenvalues.

    If given arrays have certain lengths, a matrix has as many columns as one of those.
    """
    if function.variable.kind != "matrix":
        return (function.variable.size or n,)
    square = is_symmetric(function) or any(
        isinstance(part, Apply) and part.head == "diagonal" for part in walk(function.body)
    )
    return (n, n if square else int(rng.choice(lengths or (1, 2, 3))))


def is_symmetric(function: Function) -> bool:
    """Tell whether the argument must be a symmetric matrix."""
    return any(isinstance(p, Apply) and p.head == "eigenvalues" for p in walk(function.body))


def parameter_values(
    function: Function, shape: Shape, rng: np.random.Generator, given: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return values of all parameters that fit an argument of this shape; None if none do."""
    scalars = {r.name: r for r in ranges(function, with_step=False)}
    for _ in range(_TRIES if function.relations else _FEW):
        drawn: dict[str, Any] = {**draw(tuple(scalars.values()), rng), **given}
        for p in function.parameters:
            if p.kind.order in _GROUPINGS and p.name not in given:
                drawn[p.name] = array_of(p.kind, shape[:1], rng)
        groups = [len(drawn[p.name]) for p in function.parameters if p.kind.order in _GROUPINGS]
        for lengths in _lengths(function, shape, groups, given):
            values = {
                p.name: drawn[p.name] if _is_drawn(p, given) else array_of(p.kind, length, rng)
                for p, length in zip(function.parameters, lengths, strict=True)
            }
            try:
                function(np.zeros(shape), **values)
            except NormcalcError:
                continue
            return {p.name: p.kind.check(p.name, values[p.name]) for p in function.parameters}
    return None


_GROUPINGS = ("groups", "partition")
_TRIES, _FEW = 40, 4  # only relations between parameters need many


def _is_drawn(p: Parameter, given: Mapping[str, Any]) -> bool:
    return p.name in given or p.kind.shape == "scalar" or p.kind.order in _GROUPINGS


def _lengths(
    function: Function, shape: Shape, groups: list[int], given: Mapping[str, Any]
) -> Iterator[tuple[Shape, ...]]:
    """Yield shapes for all parameters, the likely ones first.

    A single row would be repeated for every entry of a vector beside it: there are two or more.
    """
    n, few = shape[-1], shape[0] - 1 if shape[0] > 2 else shape[0]
    vectors: list[Shape] = [(m,) for m in (*groups, min(shape), n, few, shape[0])]
    matrices: list[Shape] = [(few, shape[0]), (n, n), (shape[0], shape[0]), (few, n)]
    options: list[list[Shape]] = []
    for p in function.parameters:
        if _is_drawn(p, given):
            options.append([(shape[0],)])
        elif p.kind.order == "sets":
            options.append([(n,)])
        elif p.kind.order == "definite":
            options.append([(shape[0], shape[0])])
        else:
            listed = matrices if p.kind.shape == "matrix" else vectors
            options.append(list(dict.fromkeys(listed)))
    yield from product(*options)


def array_of(kind: Kind, shape: Shape, rng: np.random.Generator) -> Any:
    """Return a random array of a kind; groups partition the indices, nest, or overlap."""
    if kind.order in _GROUPINGS:
        return _groups(kind, shape[0], rng)
    if kind.order == "sets":
        return _submodular(shape[0], rng)
    if kind.order == "definite":
        root = rng.normal(size=shape)
        return root @ root.T + 0.1 * np.eye(shape[0])
    found = rng.normal(size=shape)
    if kind.lo is not None and kind.hi is not None:
        found = rng.uniform(kind.lo, kind.hi, size=shape)
    elif kind.lo is not None:
        found = kind.lo + np.abs(found) + (1e-3 if kind.lo_open else 0.0)
    elif kind.hi is not None:
        found = kind.hi - np.abs(found)
    return -np.sort(-found) if kind.order == "nonincreasing" else found


def _groups(kind: Kind, n: int, rng: np.random.Generator) -> list[list[int]]:
    order = [int(i) for i in rng.permutation(n)]
    cut = int(rng.integers(0, n)) + 1
    parts = [sorted(part) for part in (order[:cut], order[cut:]) if part]
    way = 0 if kind.order == "partition" else rng.integers(0, 3)
    if way == 1:
        parts.append(sorted(order))
    if way == 2 and n > 2:
        parts.append(sorted(order[max(0, cut - 2) : cut + 1]))
    return parts


def _submodular(n: int, rng: np.random.Generator) -> Floats:
    """Return a cover function plus one that adds: the value of a set at the sum of ``2**i``."""
    member = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    covered = member @ (rng.random((n, n + 1)) < 0.4) > 0
    return np.asarray(covered @ rng.random(n + 1) + member @ np.round(rng.normal(size=n), 1))


def arguments(function: Function, shape: Shape, rng: np.random.Generator) -> Iterator[Floats]:
    """Yield arguments of several sizes, with ties, zeros, repeated and vanishing spectra.

    Every third is tried first: those are the ones that tell most.
    """
    plain, large = rng.normal(size=shape), 10.0 * rng.normal(size=shape)
    sparse = plain * (rng.random(shape) < 0.5)
    signs = np.sign(rng.normal(size=shape))
    found = [plain, 0.1 * rng.normal(size=shape), np.ones(shape), large, 2.0 * signs]
    found += [np.round(large), sparse, np.zeros(shape)]
    if len(shape) == 2:
        left, _, right = np.linalg.svd(plain, full_matrices=False)
        found += [left @ right, np.outer(plain[:, 0], plain[0])]
    for v in found:
        yield (v + v.T) / 2 if is_symmetric(function) else v
