"""What both the text and the LaTeX of a case table show: rows, each with its open ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.derive.reduced import reduced, shortest
from normcalc.line.table import Arc, Case, CaseTable, Flat, Hull, Regime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.language.function import Function

# At a jump of the point these values are continuous: which point it is does not matter to them.
VALUES = ("conjugate", "moreau_envelope")
_ENDLESS = (sp.oo, -sp.oo, sp.zoo, sp.nan)


@dataclass(frozen=True)
class Row:
    """One row of a case table, ready to print.

    `value` is an expression, a pair of slopes, or None where the point is the answer.  `point` is
    what ``u`` stands for, a formula or an arc without one, and None where no ``u`` is printed.
    """

    lo: sp.Expr
    hi: sp.Expr
    lo_open: bool
    hi_open: bool
    value: sp.Expr | tuple[sp.Expr, sp.Expr] | None
    point: sp.Expr | Arc | Hull | None


def rows_of(table: CaseTable, regime: Regime) -> list[Row]:
    """Return the rows of a regime from left to right."""
    cases = regime.cases
    around = zip((None, *cases[:-1]), cases, (*cases[1:], None), strict=True)
    return [_row(table, before, case, after) for before, case, after in around]


def _row(table: CaseTable, before: Case | None, case: Case, after: Case | None) -> Row:
    value, point = _content(table, case)
    if case.lo == case.hi:
        return Row(case.lo, case.hi, False, False, value, point)
    lo_open = _taken_before(before, case) or _endless(table, case, case.lo)
    hi_open = case.hi_open or _is_lone(after) or _endless(table, case, case.hi)
    return Row(case.lo, case.hi, lo_open, hi_open, value, point)


def _taken_before(before: Case | None, case: Case) -> bool:
    """Whether the lower border is the neighbour's alone: the value may be another one there."""
    if before is None or before.hi_open:
        return False
    return _is_lone(before) or sp.oo in (before.result, case.result)


def _is_lone(case: Case | None) -> bool:
    return case is not None and case.lo == case.hi


def _endless(table: CaseTable, case: Case, end: sp.Expr) -> bool:
    """Whether the slope has no finite value at an end of a piece: there it is no subgradient."""
    if not isinstance(case.result, tuple) or end in (sp.oo, -sp.oo):
        return False
    return bool(case.result[0].subs(table.point, end).has(*_ENDLESS))


def _content(
    table: CaseTable, case: Case
) -> tuple[sp.Expr | tuple[sp.Expr, sp.Expr] | None, sp.Expr | Arc | Hull | None]:
    u, v = table.point, table.argument
    if isinstance(case.result, tuple):
        lo, hi = (end.subs(u, v) for end in case.result)
        return (lo, hi), None
    point = case.point
    if isinstance(point, Hull):
        value = case.result.args[-1].expr
        return (None if value == u else value), point
    if isinstance(point, Arc) and point.shown is not None:
        point = point.shown
    if case.result == u:
        return None, point
    if not case.result.has(u):
        return shortest(case.result, v=v), None
    if not isinstance(point, sp.Basic):
        return case.result, point
    put = reduced(case.result, u, point, v, _side(table, case))
    return (case.result, point) if put is None else (put, None)


def _side(table: CaseTable, case: Case) -> int:
    if table.parity or case.lo.is_nonnegative:
        return 1
    return -1 if case.hi.is_nonpositive else 0


def has_gaps(rows: list[Row], parity: str | None) -> bool:
    """Whether some arguments are in no row: outside the domain, or where a slope is infinite."""
    if not rows:
        return False
    ends = (rows[0].lo, rows[-1].hi)
    if ends != (sp.S.Zero if parity else -sp.oo, sp.oo):
        return True
    return any(left.hi_open and right.lo_open for left, right in pairwise(rows))


def ties(goal: str, regime: Regime) -> Iterator[sp.Expr]:
    """Yield the arguments at which there are two answers."""
    if goal not in VALUES:
        yield from (case.hi for case in regime.cases if case.tie_above)


def flats(goal: str, regime: Regime) -> tuple[Flat, ...]:
    """Return the arguments at which a whole interval is the answer."""
    return () if goal in VALUES else regime.flats


def domain_of(function: Function) -> tuple[sp.Expr, sp.Expr] | None:
    """Return the ends of the domain that was given with a function, outside which it is oo."""
    if function.domain is None:
        return None
    lo, hi = function.domain
    return (-sp.oo if lo is None else sp.Rational(lo), sp.oo if hi is None else sp.Rational(hi))
