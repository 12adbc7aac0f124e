"""How a derivation is shown in LaTeX: ``cases`` per regime, and what its symbols stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.derive.rows import Row, domain_of, flats, has_gaps, rows_of, ties
from normcalc.derive.writing import latex_range, write_latex
from normcalc.language.latex import name as letter
from normcalc.line.table import Arc, Hull

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from normcalc.derive.derivation import Derivation
    from normcalc.language.function import Function
    from normcalc.line.table import CaseTable, Flat, Regime, Root

_ENVELOPE = r"\min_u \left\{ f(u) + \frac{(u - v)^2}{2\, \mathrm{step}} \right\}"
_HEADS = {
    "prox": r"\operatorname{prox}_{\mathrm{step}\, f}(v)",
    "prox of the conjugate": r"\operatorname{prox}_{\mathrm{step}\, f^{*}}(v)",
    "moreau_envelope": _ENVELOPE,
    "conjugate": "f^{*}(v)",
    "conjugate of the conjugate": "f^{**}(v)",
    "subdifferential": r"\partial f(v)",
    "gradient of the moreau_envelope": rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}} v}} {_ENVELOPE}",
    "projection": r"\operatorname{P}(v)",
    "bregman_prox": r"\operatorname{prox}^{D}_{\mathrm{step}\, f}(v)",
}


def latex_of(derivation: Derivation) -> str:
    """Return the answer of a derivation in LaTeX."""
    table = derivation.table
    if table is None and derivation.operator is not None:
        steps = (rf"\text{{{_escaped(step)}}}" for step in derivation.operator.steps())
        return aligned([f"{_HEADS[derivation.goal]}:", *steps])
    if table is None:
        assert derivation.value is not None
        return derivation.value._repr_latex_().strip("$").replace(r"\displaystyle", "").strip()
    blocks = [_regime(derivation.goal, table, regime) for regime in table.regimes]
    folded = rf", \quad v \ge 0, \quad \text{{{table.parity} in }} v" if table.parity else ""
    head = _HEADS[derivation.goal]
    if len(blocks) == 1:
        first, *notes = blocks[0]
        lines = [f"{head} = {first}{folded}", *notes]
    else:
        body = aligned([line for block in blocks for line in block])
        lines = [rf"{head} = \left\{{ {body} \right.{folded}"]
    return aligned([*lines, *domain_lines(derivation.function)])


def _escaped(words: str) -> str:
    r"""Return a line for the text mode of LaTeX.

    Examples
    --------
    >>> print(_escaped("u_i = v^2"))
    u\_i = v\textasciicircum{}2
    """
    special = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
    special |= {c: rf"\{c}" for c in "_&%#${}"}
    return "".join(special.get(c, c) for c in words)


def aligned(lines: Sequence[str]) -> str:
    r"""Return lines below each other, flush left.

    Examples
    --------
    >>> print(aligned(["a = b"]), aligned(["a = b", "c = d"]))
    a = b \begin{aligned} & a = b \\ & c = d \end{aligned}
    """
    if len(lines) == 1:
        return lines[0]
    return r"\begin{aligned} & " + r" \\ & ".join(lines) + r" \end{aligned}"


def cases(rows: Sequence[tuple[str, str]]) -> str:
    r"""Return values with their conditions; a single value without one stands for itself.

    Examples
    --------
    >>> print(cases([("v", "")]), cases([("0", "v < 0"), ("v", r"v \ge 0")]))
    v \begin{cases} 0, & v < 0 \\ v, & v \ge 0 \end{cases}
    """
    if len(rows) == 1 and not rows[0][1]:
        return rows[0][0]
    return r"\begin{cases} " + r" \\ ".join(f"{a}, & {b}" for a, b in rows) + r" \end{cases}"


def conditions_latex(conditions: Sequence[sp.Basic]) -> str:
    """Return the conditions of a regime, joined."""
    return r",\ ".join(map(write_latex, conditions))


def domain_lines(function: Function) -> list[str]:
    """Return the line that says where a function is finite, if that was given with it."""
    ends = domain_of(function)
    if ends is None:
        return []
    variable = letter(function.variable.name)
    where = latex_range(variable, *ends)
    return [rf"\text{{where }} f({variable}) = \infty \text{{ unless }} {where}"]


def root_latex(root: Root) -> str:
    """Return what defines a root: its equation, its bracket, the points that it is made of."""
    name = write_latex(root.symbol)
    here = {root.variable: root.symbol}
    equation = write_latex(root.equation.subs(here))
    span = latex_range(name, root.lo, root.hi, True, True)
    points = "".join(
        rf", \text{{ where }} {write_latex(arc.slope.subs(arc.variable, p))} = {name}"
        + _bounded(write_latex(p), arc)
        for p, arc in root.inner
    )
    bracket = rf" \text{{ with }} {span}" if span else ""
    return rf"\text{{where }} {name} \text{{ solves }} {equation} = 0{bracket}{points}"


def _regime(goal: str, table: CaseTable, regime: Regime) -> list[str]:
    condition = conditions_latex(regime.conditions)
    notes = [rf"\quad {note}" for note in _notes(goal, regime)]
    body = r"\text{none}" if regime.refusal else cases(_cells(goal, table, regime))
    return [rf"{body} \quad \text{{if }} {condition}" if condition else body, *notes]


def _cells(goal: str, table: CaseTable, regime: Regime) -> list[tuple[str, str]]:
    rows = rows_of(table, regime)
    if table.parity and len(rows) == 1:
        # The note on the parity says already that v >= 0.
        return [(_value(rows[0]), "")]
    cells = [(_value(row), _where(row)) for row in rows]
    if goal == "subdifferential" and has_gaps(rows, table.parity):
        cells.append((r"\emptyset", r"\text{otherwise}"))
    return cells


def _notes(goal: str, regime: Regime) -> Iterator[str]:
    for at in ties(goal, regime):
        yield rf"\text{{at }} v = {write_latex(at)} \text{{ both ends of the jump}}"
    yield from (_flat(flat) for flat in flats(goal, regime))
    yield from (root_latex(root) for root in regime.roots)


def _value(row: Row) -> str:
    if row.value is None:
        if isinstance(row.point, Hull):
            return _point(row.point)
        if isinstance(row.point, Arc):
            return rf"u \text{{ with }} {_point(row.point)}"
        return write_latex(row.point)
    if isinstance(row.value, tuple):
        return _interval(*row.value)
    value = write_latex(row.value)
    return value if row.point is None else rf"{value} \text{{ with }} {_point(row.point)}"


def _point(point: sp.Expr | Arc | Hull) -> str:
    if isinstance(point, Hull):
        least = rf"\operatorname{{argmin}}_u {write_latex(point.value)} - u v"
        return rf"u = {least} \text{{ (by a search)}}"
    if not isinstance(point, Arc):
        return f"u = {write_latex(point)}"
    return f"{write_latex(point.slope)} = v" + _bounded("u", point)


def _bounded(name: str, arc: Arc) -> str:
    span = latex_range(name, arc.lo, arc.hi)
    return rf",\ {span}" if span else ""


def _interval(lo: sp.Expr, hi: sp.Expr) -> str:
    # Bare brackets at the start of a row would be read as its spacing.
    if lo == hi:
        return rf"\left\{{ {write_latex(lo)} \right\}}"
    left, right = "(" if lo == -sp.oo else "[", ")" if hi == sp.oo else "]"
    return rf"\left{left} {write_latex(lo)}, {write_latex(hi)} \right{right}"


def _where(row: Row) -> str:
    if row.lo == row.hi:
        return f"v = {write_latex(row.lo)}"
    return latex_range("v", row.lo, row.hi, row.lo_open, row.hi_open)


def _flat(flat: Flat) -> str:
    when = "" if flat.condition == sp.true else rf" \text{{ if }} {write_latex(flat.condition)}"
    return (
        rf"\text{{at }} v = {write_latex(flat.at)} \text{{ all of }} "
        rf"\left[ {write_latex(flat.lo)}, {write_latex(flat.hi)} \right]{when}"
    )
