"""How a derivation is shown: a case table per regime in text, ``cases`` in LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.derive.writing import write, write_latex, write_range
from normcalc.line.table import Arc, Case, CaseTable, Regime

if TYPE_CHECKING:
    from normcalc.derive.derivation import Derivation

PROBLEMS = {
    "prox": "argmin_u f(u) + (u - v)^2/(2 step)",
    "moreau_envelope": "min_u f(u) + (u - v)^2/(2 step)",
    "conjugate": "sup_u v*u - f(u)",
    "bregman_prox": "argmin_u f(u) + D(u, v)/step",
}
_LATEX = {
    "prox": r"\operatorname{prox}_{\mathrm{step}\, f}(v)",
    "moreau_envelope": r"\min_u f(u) + \frac{(u - v)^2}{2\,\mathrm{step}}",
    "conjugate": "f^{*}(v)",
    "subdifferential": r"\partial f(v)",
    "gradient": r"\nabla f(v)",
    "projection": r"\operatorname{P}(v)",
    "bregman_prox": r"\operatorname{prox}^{D}_{\mathrm{step}\, f}(v)",
}


def table_text(goal: str, function: str, table: CaseTable) -> str:
    """Return the case table as text, one line a case."""
    problem = PROBLEMS.get(goal)
    lines = [f"{goal} of {function}: {problem}" if problem else f"{goal} of {function}"]
    if table.parity:
        lines.append(f"{table.parity} in v; for v >= 0:")
    for regime in table.regimes:
        if regime.conditions:
            lines.append("  if " + " and ".join(write(c) for c in regime.conditions) + ":")
        lines += _regime_lines(goal, regime)
    return "\n".join(lines)


def _regime_lines(goal: str, regime: Regime) -> list[str]:
    if regime.refusal:
        return [f"    none: {regime.refusal}"]
    rows = [(_value(goal, case), _where(case)) for case in regime.cases]
    width = max(len(value) for value, _ in rows)
    lines = [f"    {value:<{width}}  {where}" for value, where in rows]
    lines += [
        f"    at v = {write(c.hi)} both ends of the jump" for c in regime.cases if c.tie_above
    ]
    for flat in regime.flats:
        when = "" if flat.condition == sp.true else f" if {write(flat.condition)}"
        lines.append(
            f"    at v = {write(flat.at)} all of [{write(flat.lo)}, {write(flat.hi)}]{when}"
        )
    lines += [f"    {line}" for root in regime.roots for line in [_root_line(root)]]
    return lines


def _value(goal: str, case: Case) -> str:
    point = _point(case.point)
    if isinstance(case.result, tuple):
        return _interval(*case.result)
    if case.result == sp.Symbol("u", real=True):
        return f"u = {point}" if not _implicit(case.point) else point
    value = write(case.result)
    needs_point = case.result.has(sp.Symbol("u", real=True))
    return (
        f"{value} with {'u = ' if not _implicit(case.point) else ''}{point}"
        if needs_point
        else value
    )


def _interval(lo: sp.Expr, hi: sp.Expr) -> str:
    v, u = sp.Symbol("v", real=True), sp.Symbol("u", real=True)
    lo, hi = (write(end.subs(u, v)) for end in (lo, hi))
    return f"{{{lo}}}" if lo == hi else f"[{lo}, {hi}]"


def _implicit(point: sp.Expr | Arc) -> bool:
    return isinstance(point, Arc) and point.shown is None


def _point(point: sp.Expr | Arc) -> str:
    if not isinstance(point, Arc):
        return write(point)
    if point.shown is not None:
        return write(point.shown)
    return f"{write(point.slope)} = v, {write_range('u', point.lo, point.hi)}"


def _where(case: Case) -> str:
    if case.lo == case.hi:
        return f"v == {write(case.lo)}"
    if case.result == sp.oo or isinstance(case.result, tuple):
        text = write_range("v", case.lo, case.hi)
        return text.replace("<=", "<").replace(">=", ">")
    return write_range("v", case.lo, case.hi)


def _root_line(root: object) -> str:
    from normcalc.line.table import Root

    assert isinstance(root, Root)
    span = write_range(str(root.variable), root.lo, root.hi)
    points = "".join(
        f"; {p} solves {write(arc.slope.subs(arc.variable, p))} = {root.variable}"
        for p, arc in root.inner
    )
    return f"{root.symbol}: the zero of {write(root.equation)} with {span}{points}"


def latex_of(derivation: Derivation) -> str:
    """Return the answer of a derivation in LaTeX."""
    if derivation.table is None:
        assert derivation.value is not None
        return derivation.value._repr_latex_().strip("$").replace(r"\displaystyle", "").strip()
    head = _LATEX[derivation.goal.partition(" ")[0]]
    blocks = [
        _latex_regime(derivation.goal, r, derivation.table) for r in derivation.table.regimes
    ]
    parity = derivation.table.parity
    note = rf", \quad \text{{{parity} in }} v" if parity else ""
    if len(blocks) == 1:
        return f"{head} = {blocks[0]}{note}"
    rows = r" \\ ".join(blocks)
    return rf"{head} = \left\{{ \begin{{array}}{{l}} {rows} \end{{array}} \right.{note}"


def _latex_regime(goal: str, regime: Regime, table: CaseTable) -> str:
    if regime.refusal:
        body = r"\text{none}"
    else:
        rows = [rf"{_latex_value(goal, c, table)}, & {_latex_where(c)}" for c in regime.cases]
        body = r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"
    if not regime.conditions:
        return body
    return body + r" \quad \text{if } " + r" \wedge ".join(map(write_latex, regime.conditions))


def _latex_value(goal: str, case: Case, table: CaseTable) -> str:
    if isinstance(case.result, tuple):
        lo, hi = map(write_latex, case.result)
        return rf"\{{{lo}\}}" if lo == hi else rf"[{lo}, {hi}]"
    if case.result != sp.Symbol("u", real=True):
        return write_latex(case.result)
    if not isinstance(case.point, Arc):
        return write_latex(case.point)
    if case.point.shown is not None:
        return write_latex(case.point.shown)
    equation = sp.Eq(case.point.slope, table.argument, evaluate=False)
    return rf"u : {write_latex(equation)}"


def _latex_where(case: Case) -> str:
    if case.lo == case.hi:
        return f"v = {write_latex(case.lo)}"
    lo, hi = ("" if e in (sp.oo, -sp.oo) else write_latex(e) for e in (case.lo, case.hi))
    left = rf"{lo} \le " if lo else ""
    return left + "v" + (rf" \le {hi}" if hi else "")
