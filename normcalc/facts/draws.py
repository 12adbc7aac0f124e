"""Simple numbers for a function of a vector or a matrix: parameters that fit, and points.

Every shape that a formula leaves open is tried out on the formula itself.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import NormcalcError, NotDerivable
from normcalc.facts.outer import substitute
from normcalc.facts.places import simple
from normcalc.language.nodes import Apply, Compare, Number, Piecewise, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.language.function import Function
    from normcalc.language.parameters import Kind, Parameter

Array = NDArray[np.float64]

SIZES = (2, 3, 1, 4)
_VALUES = (1.0, 2.0, 0.5, 3.0, 1.5, 4.0, 0.25, -1.0, -2.0, 0.0)
_SETTINGS = 8
_ZERO = Number(Fraction(0))
_MOST_SHAPES = 200


@dataclass(frozen=True, eq=False)
class Draw:
    """A function with numbers for its parameters, at one size of the variable.

    Parameters
    ----------
    function : Function
        Of a vector or a matrix, or of named coordinates.
    parameters : dict of str to numbers, arrays or groups
        What is passed with every point.
    shape : tuple of int
        The shape of a point.
    symmetric : bool
        Whether the points are symmetric matrices.
    """

    function: Function
    parameters: dict[str, Any]
    shape: tuple[int, ...]
    symmetric: bool = False

    def __call__(self, points: Array) -> Array:
        """Return the values at points, which lie on the first axis; NaN where none is found."""
        with np.errstate(all="ignore"), suppress(NotDerivable):  # of a search that does not end
            return np.asarray(self.function(points, **self.parameters), dtype=np.float64)
        return np.full(len(points), np.nan)

    @property
    def points(self) -> Array:
        """Simple points, unit vectors first."""
        return _points(self.shape, self.symmetric)

    def shown(self, **points: Any) -> dict[str, object]:
        """Return a witness: points with the parameters, as fractions in tuples."""
        return {name: _shown(value) for name, value in {**points, **self.parameters}.items()}


def draws(function: Function) -> Iterator[Draw]:
    """Yield the function at several sizes, with several simple values of its parameters."""
    function = _without_noise(function)
    for setting, n in product(range(_SETTINGS), SIZES):
        for shape in _shapes(function, n):
            draw = _fitting(function, setting, shape)
            if draw is not None:
                yield draw
        if not function.parameters and setting:
            return


def _without_noise(function: Function) -> Function:
    """Return the function with spectra in which what rounding leaves of a zero is zero."""
    body = function.body
    for part in set(walk(body)):
        if isinstance(part, Apply) and part.head in ("singular_values", "eigenvalues"):
            near = Compare("<", Apply("abs", (part,)), Number(Fraction(1, 10**9)))
            body = substitute(body, {part: Piecewise(((_ZERO, near), (part, None)))})
    return replace(function, body=body)


def is_symmetric(function: Function) -> bool:
    """Tell whether a function asks for eigenvalues, which symmetric matrices have."""
    heads = {part.head for part in walk(function.body) if isinstance(part, Apply)}
    return "eigenvalues" in heads


def _shapes(function: Function, n: int) -> list[tuple[int, ...]]:
    if function.variable.size is not None:
        return [(function.variable.size,)] if n == SIZES[0] else []
    if function.variable.kind == "matrix":
        if is_symmetric(function) or n == 1:
            return [(n, n)] if n < 4 else []
        return [(n, n), (n, 5 - n)] if n in (2, 3) else []
    return [(n,)]


def _fitting(function: Function, setting: int, shape: tuple[int, ...]) -> Draw | None:
    """Return the first shapes of the parameters with which the formula evaluates."""
    symmetric = is_symmetric(function)
    probe = np.ones((1, *shape))
    options = [_options(p, setting + 3 * i, shape) for i, p in enumerate(function.parameters)]
    names = [p.name for p in function.parameters]
    for values in islice(product(*options), _MOST_SHAPES):
        draw = Draw(function, dict(zip(names, values, strict=True)), shape, symmetric)
        try:
            draw(probe)
        except (NormcalcError, ValueError, IndexError, np.linalg.LinAlgError):
            continue
        return draw
    return None


def _options(parameter: Parameter, setting: int, shape: tuple[int, ...]) -> list[Any]:
    """Return the values of one parameter in one setting, one for each shape it may have."""
    kind, n = parameter.kind, shape[-1]
    if kind.order in ("groups", "partition"):
        return [_groups(kind, setting, n)]
    if kind.shape == "scalar":
        fitting = [v for v in _VALUES if _fits(kind, v)]
        return [fitting[setting % len(fitting)]] if fitting else []
    lengths = dict.fromkeys((n, shape[0], n - 1, n - 2, 1, 2, 3, 4))
    if kind.shape == "vector":
        return [v for k in lengths if k > 0 and _fits(kind, v := _vector(kind, setting, k))]
    sides = [k for k in dict.fromkeys((n, shape[0], 2, 3, 1, 4)) if k > 0]
    made = (_matrix(kind, setting, rows, columns) for rows, columns in product(sides, sides))
    return [m for m in made if _fits(kind, m)]


def _fits(kind: Kind, value: Any) -> bool:
    try:
        kind.check("value", value)
    except NormcalcError:
        return False
    return True


def _vector(kind: Kind, setting: int, length: int) -> Array:
    """Ones, then zero at the start or everywhere if that fits, then entries that differ."""
    steps = np.arange(length)
    candidates = [np.ones(length), 1.0 + steps, 0.0 * steps, steps - 1.0, 2.0 - steps % 2,
                  1.0 * (steps == 0), 1.0 * (steps > 0), 0.5 + steps]  # fmt: skip
    if kind.order == "nonincreasing":
        candidates = [-np.sort(-c) for c in candidates]
    fitting = [c for c in candidates if _fits(kind, c)]
    if not fitting:
        inside = next((v for v in _VALUES if _fits(kind, np.full(length, v))), 0.5)
        return np.full(length, inside)
    return np.asarray(fitting[setting % len(fitting)])


def _matrix(kind: Kind, setting: int, rows: int, columns: int) -> Array:
    base = np.random.default_rng(setting).integers(-2, 3, (rows, columns)).astype(float)
    if kind.order == "definite":
        eye = np.eye(rows, columns)
        return eye if setting == 0 or rows != columns else base @ base.T + eye
    if kind.lo is not None and kind.lo >= 0:
        base = np.abs(base) + kind.lo_open
    return (np.eye(rows, columns), base, np.zeros((rows, columns)))[min(setting, setting % 4) % 3]


def _groups(kind: Kind, setting: int, n: int) -> list[list[int]]:
    every = list(range(n))
    partitions = [[every], [[i] for i in every], [every[:1], every[1:]] if n > 1 else [[0]]]
    if kind.order == "partition":
        return partitions[setting % 3]
    others = [every[:1]] if n > 1 else [[]], [every[:-1], every[1:]], [[0], every]
    return [*partitions, *others][setting % 6]


@lru_cache(maxsize=64)
def _points(shape: tuple[int, ...], symmetric: bool) -> Array:
    """Return unit vectors, sums and differences of two, and a few other whole points."""
    size = int(np.prod(shape))
    eye = np.eye(size)
    pairs = [eye[i] + s * eye[j] for i in range(size) for j in range(i) for s in (1, -1)]
    drawn = np.random.default_rng(20).integers(-2, 3, (14, size)).astype(float)
    signs = list(product((1.0, -1.0), repeat=min(size, 4)))[1:9]
    signed = [np.resize(row, size) for row in signs]
    rows = [*eye, np.ones(size), *pairs[:12], *(-eye[:2]), *signed, *drawn, *(10 * drawn[:3]),
            *(drawn[:3] / 8)]  # fmt: skip
    found = np.array([row for row in rows if row.any()]).reshape(-1, *shape)
    return found + np.swapaxes(found, -1, -2) if symmetric else found


def _shown(value: Any) -> object:
    if isinstance(value, list) or np.ndim(value):
        return tuple(_shown(entry) for entry in value)
    return value if isinstance(value, int) else simple(float(value))
