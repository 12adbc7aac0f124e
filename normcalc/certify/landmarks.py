"""Where a formula may bend, jump or hold an isolated value, found by evaluating it.

The marks are zeros of the arguments of ``abs`` and ``sign``, of differences inside ``min`` and
``max``, of both sides of every condition, and the ends of the domain.  They are located by sign
changes on a wide grid, so nothing here depends on algebra.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.certify.objective import Numbers, domain_ends, own
from normcalc.language.evaluate import evaluate
from normcalc.language.nodes import Apply, Compare, Node, Number, symbols, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from normcalc.language import Function

    Floats = NDArray[np.float64]

_POWERS = np.logspace(-12, 12, 241)
_ROUNDS = 11
_FRACTIONS = np.linspace(0.0, 1.0, 33)


def landmarks(function: Function, numbers: Numbers) -> Floats:
    """Return the marked points, each with its two neighbours in floating point."""
    return _landmarks(function, tuple(own(function, numbers).items()))


@lru_cache(maxsize=64)
def _landmarks(function: Function, items: tuple[tuple[str, float], ...]) -> Floats:
    numbers = dict(items)
    grid = scan_grid(function, numbers)
    found = [np.array([float(end) for end in domain_ends(function)]), np.zeros(1)]
    for left, right in _switches(function.body):
        if function.variable.name in symbols(left) + symbols(right):
            found.append(_zeros(function, left, right, numbers, grid))
    marks = np.concatenate(found)
    marks = np.unique(marks[np.isfinite(marks)])
    beside = [np.nextafter(marks, -np.inf), marks, np.nextafter(marks, np.inf)]
    return np.unique(np.concatenate(beside))


def scan_grid(function: Function, numbers: Numbers) -> Floats:
    """Return a wide sorted grid: powers of ten, the parameters' values, and the finite domain."""
    given = np.array(list(own(function, numbers).values()), dtype=float)
    products = np.outer(given, given).ravel()
    wide = np.concatenate([_POWERS, np.abs(given), np.abs(products)])
    grid = np.concatenate([-wide, [0.0], wide])
    lo, hi = (float(end) for end in domain_ends(function))
    if np.isfinite(hi - lo):
        grid = np.concatenate([grid, np.linspace(lo, hi, 129)])
    for end in (lo, hi):
        if np.isfinite(end):
            grid = np.concatenate([grid, end - _POWERS[::4], end + _POWERS[::4]])
    return np.unique(grid[(grid >= lo) & (grid <= hi)])


def _switches(body: Node) -> Iterator[tuple[Node, Node]]:
    """Yield the pairs of terms whose equality may bend or break the formula."""
    zero = Number(Fraction(0))
    for node in walk(body):
        if isinstance(node, Compare):
            yield node.left, node.right
        elif isinstance(node, Apply) and node.head in ("abs", "sign", "heaviside", "sqrt", "cbrt"):
            yield node.args[0], zero
        elif isinstance(node, Apply) and node.head in ("min", "max"):
            yield from combinations(node.args, 2)


def _zeros(function: Function, left: Node, right: Node, numbers: Numbers, grid: Floats) -> Floats:
    environment = own(function, numbers)

    def side(node: Node, u: Floats) -> Any:
        return evaluate(node, {**environment, function.variable.name: u})

    def gap(u: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.asarray(side(left, u) - side(right, u) + 0.0 * u)

    on_grid = gap(grid)
    change = np.flatnonzero(np.sign(on_grid[:-1]) * np.sign(on_grid[1:]) < 0)
    bracketed = _narrow(gap, grid[change], grid[change + 1]) if change.size else grid[:0]
    return np.concatenate([grid[on_grid == 0], bracketed])


def _narrow(gap: Callable[[Floats], Floats], lo: Floats, hi: Floats) -> Floats:
    """Return the floating-point numbers on both sides of each sign change."""
    falling = gap(lo) > 0
    rows = np.arange(lo.size)
    for _ in range(_ROUNDS):
        u = lo[:, None] + (hi - lo)[:, None] * _FRACTIONS
        beyond = (gap(u) > 0) != falling[:, None]
        beyond[:, -1] = True
        first = np.maximum(np.argmax(beyond, axis=1), 1)
        lo, hi = u[rows, first - 1], u[rows, first]
    return np.concatenate([lo, hi])
