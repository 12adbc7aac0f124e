"""How a derivation is shown as text: a case table per regime."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.derive.rows import Row, domain_of, flats, has_gaps, rows_of, ties
from normcalc.derive.writing import write, write_range
from normcalc.line.table import Arc, Hull

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.line.table import CaseTable, Flat, Regime, Root

PROBLEMS = {
    "prox": "argmin_u f(u) + (u - v)^2/(2 step)",
    "moreau_envelope": "min_u f(u) + (u - v)^2/(2 step)",
    "conjugate": "sup_u v*u - f(u)",
    "bregman_prox": "argmin_u f(u) + D(u, v)/step",
}


def named(function: Function) -> str:
    """Return the formula of a function, with the domain that was given with it.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> named(function("x*log(x)", domain=(0, None)))
    'x*log(x) on x >= 0'
    """
    ends = domain_of(function)
    return f"{function} on {write_range(function.variable.name, *ends)}" if ends else str(function)


def table_text(goal: str, function: str, table: CaseTable) -> str:
    """Return the case table as text, one line a case."""
    problem = PROBLEMS.get(goal)
    lines = [f"{goal} of {function}: {problem}" if problem else f"{goal} of {function}"]
    if table.parity:
        lines.append(f"{table.parity} in v; for v >= 0:")
    for regime in table.regimes:
        if regime.conditions:
            lines.append("  if " + " and ".join(write(c) for c in regime.conditions) + ":")
        lines += _regime_lines(goal, table, regime)
    return "\n".join(lines)


def _regime_lines(goal: str, table: CaseTable, regime: Regime) -> list[str]:
    if regime.refusal:
        return [f"    none: {regime.refusal}"]
    rows = rows_of(table, regime)
    cells = [(_value(row), _where(row)) for row in rows]
    if goal == "subdifferential" and has_gaps(rows, table.parity):
        cells.append(("{}", "elsewhere"))
    width = max(len(value) for value, _ in cells)
    lines = [f"{value:<{width}}  {where}" for value, where in cells]
    lines += [f"at v = {write(at)} both ends of the jump" for at in ties(goal, regime)]
    lines += [_flat_line(flat) for flat in flats(goal, regime)]
    lines += [root_text(root) for root in regime.roots]
    return [f"    {line}" for line in lines]


def _value(row: Row) -> str:
    if row.value is None:
        assert row.point is not None
        return _point(row.point, "u with ")
    if isinstance(row.value, tuple):
        return _interval(*row.value)
    value = write(row.value)
    return value if row.point is None else f"{value} with {_point(row.point)}"


def _point(point: sp.Expr | Arc | Hull, lead: str = "") -> str:
    if isinstance(point, Hull):
        return f"u = argmin_u {write(point.value)} - u*v, by a search, since {point.reason}"
    if not isinstance(point, Arc):
        return f"u = {write(point)}"
    equation = f"{lead}{write(point.slope)} = v"
    if (point.lo, point.hi) == (-sp.oo, sp.oo):
        return equation
    return f"{equation}, {write_range('u', point.lo, point.hi)}"


def _interval(lo: sp.Expr, hi: sp.Expr) -> str:
    if lo == hi:
        return f"{{{write(lo)}}}"
    left, right = "(" if lo == -sp.oo else "[", ")" if hi == sp.oo else "]"
    return f"{left}{write(lo)}, {write(hi)}{right}"


def _where(row: Row) -> str:
    if row.lo == row.hi:
        return f"v == {write(row.lo)}"
    return write_range("v", row.lo, row.hi, row.lo_open, row.hi_open)


def _flat_line(flat: Flat) -> str:
    when = "" if flat.condition == sp.true else f" if {write(flat.condition)}"
    return f"at v = {write(flat.at)} all of [{write(flat.lo)}, {write(flat.hi)}]{when}"


def root_text(root: Root) -> str:
    """Return what defines a root: its equation, its bracket, the points that it is made of."""
    bounded = (root.lo, root.hi) != (-sp.oo, sp.oo)
    span = write_range(str(root.variable), root.lo, root.hi, True, True) if bounded else ""
    points = "".join(
        f"; {p} solves {write(arc.slope.subs(arc.variable, p))} = {root.variable}"
        for p, arc in root.inner
    )
    where = f"with {span}" if span else f"in {root.variable}"
    return f"{root.symbol}: the zero of {write(root.equation)} {where}{points}"
