"""Linear feasibility in exact arithmetic: a solution or a certificate that there is none.

Phase one of the simplex method with Bland's rule, which cannot cycle.  Either answer can be
checked by substitution, so nothing rests on the pivoting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from normcalc.forms.exact import Field, Row, dot

if TYPE_CHECKING:
    from collections.abc import Sequence

Tableau = list[list[Any]]


@dataclass(frozen=True)
class Feasibility:
    """Weights ``x >= 0`` with ``sum x_j column_j = target``, or else a separating direction.

    The direction `normal` has ``normal . column_j <= 0`` for all j and ``normal . target > 0``.
    """

    weights: Row | None
    normal: Row | None


def nonnegative_combination(field: Field, columns: Sequence[Row], target: Row) -> Feasibility:
    """Write the target as a nonnegative combination of the columns, or separate it from them.

    Examples
    --------
    >>> from normcalc.forms.exact import field_of
    >>> field = field_of([])
    >>> columns = [tuple(map(field.element, c)) for c in [(1, 0), (1, 1)]]
    >>> one, two = field.element(1), field.element(2)
    >>> nonnegative_combination(field, columns, (two, one)).weights == (one, one)
    True
    >>> nonnegative_combination(field, columns, (-one, one)).normal is not None
    True
    """
    flips = [-1 if field.sign(t) < 0 else 1 for t in target]
    tableau, basis = _start(field, columns, target, flips)
    while (entering := _entering(field, tableau, len(columns))) is not None:
        _pivot(tableau, basis, _leaving(field, tableau, basis, entering), entering)
    if field.sign(tableau[-1][-1]) != 0:
        return Feasibility(None, _normal(field, tableau, len(columns), flips))
    weights = [field.domain.zero] * len(columns)
    for row, variable in enumerate(basis):
        if variable < len(columns):
            weights[variable] = tableau[row][-1]
    return Feasibility(tuple(weights), None)


def _start(
    field: Field, columns: Sequence[Row], target: Row, flips: Sequence[int]
) -> tuple[Tableau, list[int]]:
    """Return the tableau [A I b], b >= 0, and below it the costs of the artificial variables."""
    size, one, zero = len(target), field.domain.one, field.domain.zero
    tableau: Tableau = []
    for i in range(size):
        row = [c[i] if flips[i] > 0 else -c[i] for c in columns]
        row += [one if j == i else zero for j in range(size)]
        tableau.append([*row, target[i] if flips[i] > 0 else -target[i]])
    costs = [-sum((row[j] for row in tableau), zero) for j in range(len(columns))]
    total = -sum((row[-1] for row in tableau), zero)
    tableau.append([*costs, *[zero] * size, total])
    return tableau, list(range(len(columns), len(columns) + size))


def _entering(field: Field, tableau: Tableau, count: int) -> int | None:
    return next((j for j in range(count) if field.sign(tableau[-1][j]) < 0), None)


def _leaving(field: Field, tableau: Tableau, basis: Sequence[int], column: int) -> int:
    """Return the row that blocks the entering column first; ties go to the lowest variable."""
    best: int | None = None
    for i in range(len(basis)):
        if field.sign(tableau[i][column]) <= 0:
            continue
        if best is None:
            best = i
            continue
        # b_i / a_i against b_best / a_best, both denominators positive
        gap = field.sign(
            tableau[i][-1] * tableau[best][column] - tableau[best][-1] * tableau[i][column]
        )
        if gap < 0 or (gap == 0 and basis[i] < basis[best]):
            best = i
    assert best is not None, "a sum of nonnegative variables is bounded below"
    return best


def _pivot(tableau: Tableau, basis: list[int], row: int, column: int) -> None:
    pivot = tableau[row][column]
    tableau[row] = [x / pivot if x else x for x in tableau[row]]
    for i, other in enumerate(tableau):
        factor = other[column]
        if i != row and factor:
            pairs = zip(other, tableau[row], strict=True)
            tableau[i] = [x - factor * y if y else x for x, y in pairs]
    basis[row] = column


def _normal(field: Field, tableau: Tableau, count: int, flips: Sequence[int]) -> Row:
    """Read the dual solution off the reduced costs of the artificial variables."""
    # the reduced cost of artificial variable i is 1 - y_i
    duals = [field.domain.one - tableau[-1][count + i] for i in range(len(flips))]
    return tuple(y if flip > 0 else -y for y, flip in zip(duals, flips, strict=True))


def separates(field: Field, normal: Row, columns: Sequence[Row], target: Row) -> bool:
    """Check a separating direction by substitution."""
    below = all(field.sign(dot(normal, c)) <= 0 for c in columns)
    return below and field.sign(dot(normal, target)) > 0
