"""Parameter regimes: run one computation once for each sign that it needs and cannot prove.

The result is a tree of forks.  Cells that no parameters satisfy are dropped; a border, where the
forked expression vanishes, is joined to a neighbour when the neighbour's answer is proved to hold
there as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy as sp

from normcalc.line.context import Beyond, Context, Fork, Refusal, draw_samples
from normcalc.line.merge import absorb
from normcalc.line.regimes import describe
from normcalc.line.smt import unsatisfiable
from normcalc.line.table import Regime

DEPTH = 7
FEW_TRIES = 40


@dataclass(frozen=True)
class Cell:
    """One regime with the context that proved it and the forks that led to it."""

    regime: Regime
    context: Context
    forks: tuple[tuple[sp.Expr, int], ...]


Compute = Callable[[Context], Regime]


def explore(
    compute: Compute, symbols: list[sp.Symbol], relations: tuple[sp.Basic, ...]
) -> tuple[Regime, ...]:
    """Return the regimes of `compute` over all parameters that satisfy `relations`.

    Parameters
    ----------
    compute : callable
        Maps a context to a regime without conditions; raises `Fork` for a sign it needs.
    symbols : list of sympy.Symbol
        The parameters, from which sample values are drawn (hints only).
    relations : tuple of sympy relations
        What is known of the parameters.

    Returns
    -------
    tuple of Regime
        Disjoint, complete over the relations, conditions filled in.
    """
    root = Context(relations, samples=draw_samples(symbols, relations))
    cells = _explore(compute, symbols, root, ())
    return describe(tuple(cell.regime for cell in cells), relations)


def _explore(
    compute: Compute,
    symbols: list[sp.Symbol],
    context: Context,
    forks: tuple[tuple[sp.Expr, int], ...],
) -> list[Cell]:
    try:
        regime = compute(context)
    except Refusal as refusal:
        regime = Regime(
            (),
            tuple(context.roots),
            refusal=str(refusal),
            log=tuple(context.log),
            how=tuple(context.how),
            beyond=isinstance(refusal, Beyond),
        )
    except Fork as fork:
        if len(forks) >= DEPTH:
            reason = f"more than {DEPTH} case distinctions; the last was the sign of {fork.expr}"
            regime = Regime((), refusal=reason, log=tuple(context.log), beyond=True)
        else:
            return _children(compute, symbols, context, forks, fork.expr)
    conditions = tuple(as_relation(expr, sign) for expr, sign in forks)
    return [Cell(_with(regime, conditions), context, forks)]


def _children(
    compute: Compute,
    symbols: list[sp.Symbol],
    context: Context,
    forks: tuple[tuple[sp.Expr, int], ...],
    expr: sp.Expr,
) -> list[Cell]:
    families = {}
    for sign in (1, 0, -1):
        child = _narrow(context, symbols, expr, sign)
        families[sign] = (
            [] if child is None else _explore(compute, symbols, child, (*forks, (expr, sign)))
        )
    return _join(families, expr)


def _narrow(
    context: Context, symbols: list[sp.Symbol], expr: sp.Expr, sign: int
) -> Context | None:
    """Return the context with one more sign known, or None when nothing satisfies it."""
    relation = {1: expr > 0, 0: sp.Eq(expr, 0), -1: expr < 0}[sign]
    relations = (*context.relations, relation)
    roots = list(context.roots)
    # Roots found before the fork stay known: the relation may be about them.
    samples = [s for s in context.samples if relation.xreplace(s) == sp.true]
    if not samples:
        if unsatisfiable(relations, tuple(roots)):
            return None
        known = tuple(roots)
        samples = draw_samples(symbols, relations, tries=FEW_TRIES, roots=known) if sign else []
    memo = dict(context.memo)
    memo[expr] = sign
    substitution = dict(context.substitution)
    if sign == 0:
        # A root depends on the parameters: nothing is solved for these where it stands.
        solved = _solve_border(expr) if expr.free_symbols <= {*symbols} else {}
        substitution.update(solved)
        samples = samples or _moved(context, solved)
    # Roots are found anew, and may be others on a border: samples name the parameters alone.
    samples = [{s: sample[s] for s in symbols} for sample in samples]
    return Context(relations, substitution, memo, roots=[], samples=samples)


def _moved(context: Context, solved: dict[sp.Symbol, sp.Expr]) -> list[dict[sp.Symbol, sp.Float]]:
    """Return the samples of a context moved onto a border, as far as they stay legal."""
    moved = [
        {**sample, symbol: value.xreplace(sample).evalf(17)}
        for symbol, value in solved.items()
        for sample in context.samples
    ]
    return [s for s in moved if all(r.xreplace(s) == sp.true for r in context.relations)]


def _solve_border(expr: sp.Expr) -> dict[sp.Symbol, sp.Expr]:
    """Solve ``expr = 0`` for a parameter in which it is linear, when its kind is kept."""
    for symbol in sorted(expr.free_symbols, key=lambda s: (s.name == "step", s.name)):
        if sp.degree(expr, symbol) != 1 if expr.is_polynomial(symbol) else True:
            continue
        solution = sp.factor(-expr.coeff(symbol, 0) / expr.coeff(symbol, 1))
        if not symbol.is_positive or solution.is_positive:
            return {symbol: solution}
    return {}


def _join(families: dict[int, list[Cell]], expr: sp.Expr) -> list[Cell]:
    """Join the border to a side whose answer holds there too."""
    above, border, below = families[1], families[0], families[-1]
    if len(border) != 1:
        return above + border + below
    edge = border[0]
    for side in (below, above):
        for i, cell in enumerate(side):
            if not _others_hold(cell, edge, expr):
                continue
            joined = absorb(cell.regime, edge.regime, edge.context, as_relation(expr, 0))
            if joined is None:
                continue
            side[i] = _weaken(cell, joined, expr, 1 if side is above else -1)
            return above + below
    return above + border + below


def _others_hold(cell: Cell, edge: Cell, expr: sp.Expr) -> bool:
    others = [(e, s) for e, s in cell.forks if e != expr and (e, s) not in edge.forks]
    return all(edge.context.holds(as_relation(e, s)) for e, s in others)


def _weaken(cell: Cell, regime: Regime, expr: sp.Expr, sign: int) -> Cell:
    strict, weak = as_relation(expr, sign), as_relation(expr, sign, weak=True)
    conditions = tuple(weak if c == strict else c for c in regime.conditions)
    return Cell(_with(regime, conditions), cell.context, cell.forks)


def _with(regime: Regime, conditions: tuple[sp.Basic, ...]) -> Regime:
    return replace(regime, conditions=conditions)


def as_relation(expr: sp.Expr, sign: int, weak: bool = False) -> sp.Basic:
    """Write the sign of an expression as a comparison of its positive and negative terms.

    Examples
    --------
    >>> a, s = sp.symbols("a step", positive=True)
    >>> as_relation(a - s - 1, 1)
    step < a - 1
    """
    step = sp.Symbol("step", positive=True)
    expr = sp.expand(expr).as_content_primitive()[1]
    slope = expr.coeff(step)
    rest = sp.expand(expr - slope * step)
    if (slope.is_positive or slope.is_negative) and not rest.has(step):
        # Say it of the step, the number that users choose last.
        return _compare(step, sp.factor(-rest / slope), sign if slope.is_positive else -sign, weak)
    terms = sp.Add.make_args(expr)
    right = -sp.Add(*[t for t in terms if t.could_extract_minus_sign()])
    left = sp.Add(*[t for t in terms if not t.could_extract_minus_sign()])
    return _compare(left, right, sign, weak)


def _compare(left: sp.Expr, right: sp.Expr, sign: int, weak: bool) -> sp.Basic:
    if sign == 0:
        return sp.Eq(left, right)
    if sign > 0:
        return sp.Ge(left, right) if weak else sp.Gt(left, right)
    return sp.Le(left, right) if weak else sp.Lt(left, right)
