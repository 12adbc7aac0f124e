"""A case table made ready for printing: constants taken out, each arc's evaluation chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.hoist import Pool, hoist
from normcalc.codegen.names import Names
from normcalc.codegen.opaque import Call
from normcalc.codegen.powers import root_order, unrooted
from normcalc.codegen.series import steady_near_zero
from normcalc.codegen.shortcuts import shortcut
from normcalc.codegen.stable import closed_form, in_pieces, tame
from normcalc.codegen.symbols import Scope
from normcalc.errors import NotDerivable
from normcalc.line.simplify import vanishes
from normcalc.line.table import Arc, Case, CaseTable, Hull, Regime, Root

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Slope:
    """An increasing function whose inverse is the point, and the interval of the point."""

    variable: sp.Symbol
    value: sp.Expr
    derivative: sp.Expr
    lo: sp.Expr
    hi: sp.Expr


@dataclass(frozen=True)
class Search:
    """The point is where ``value - argument*point`` is least, and a search has to find it."""

    variable: sp.Symbol
    value: sp.Expr
    derivative: sp.Expr
    lo: sp.Expr
    hi: sp.Expr
    marks: tuple[sp.Expr, ...]


@dataclass(frozen=True)
class Piece:
    """One case: from the border of the piece before up to `hi`.

    `use` says how `point` serves: "affine" and "formula" are the point itself, "start" is where
    Newton's method on `slope` starts (for the point, or for a root of it: then `result` is a
    power), "search" leaves it to `search`.  `result` is None where the
    result is the point.  `quick` is a form of the point that may cancel; see `Stage.quick`.
    `strict` excludes `hi` itself; a piece with ``lone`` is the single argument `hi`.
    """

    hi: sp.Expr
    use: str
    point: sp.Expr
    slope: Slope | None
    result: sp.Expr | None
    why: str
    strict: bool = False
    lone: bool = False
    search: Search | None = None
    quick: sp.Expr | None = None


@dataclass(frozen=True)
class Equation:
    """A root to find at set-up: ``value = 0``, increasing, in the variable, between the ends.

    The symbols in `inner` stand for points, each the inverse of a slope at the variable.
    """

    name: sp.Symbol
    variable: sp.Symbol
    value: sp.Expr
    derivative: sp.Expr
    lo: sp.Expr
    hi: sp.Expr
    inner: tuple[tuple[sp.Symbol, Slope], ...] = ()


@dataclass(frozen=True)
class Stage:
    """One regime: when it holds, what set-up computes for it, and its pieces.

    `quick` is the constant that is 1 where the quick forms of points keep their digits.
    """

    early: tuple[sp.Basic, ...]
    equations: tuple[Equation, ...]
    late: tuple[sp.Basic, ...]
    constants: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    lo: sp.Expr = -sp.oo
    pieces: tuple[Piece, ...] = ()
    refusal: str | None = None
    quick: sp.Symbol | None = None

    @property
    def guarded(self) -> bool:
        """Tell whether a closed form may overflow and leave the work to Newton's method."""
        return any(piece.use == "formula" for piece in self.pieces)

    @property
    def solved(self) -> tuple[int, ...]:
        """Return the numbers of the pieces whose points come from Newton's method."""
        return tuple(i for i, piece in enumerate(self.pieces) if piece.use == "start")

    @property
    def direct(self) -> bool:
        """Tell whether one formula per piece is all: nothing to solve, nothing overflows."""
        return not (self.guarded or self.solved)


@dataclass(frozen=True)
class Program:
    """Everything that the printed module says, as expressions.

    Parameters
    ----------
    name : str
        Name of the friendly function.
    header : str
        Text for readers: the formula and its regimes.
    parameters : tuple of sympy.Symbol
        In call order, already valid identifiers.
    spelling : tuple of str
        The parameters as the table spells them.
    relations : tuple
        Conditions between parameters that callers must meet.
    outside : sympy.Expr
        The value where no case of the regime applies.
    """

    name: str
    header: str
    argument: sp.Symbol
    point: sp.Symbol
    parameters: tuple[sp.Symbol, ...]
    spelling: tuple[str, ...]
    parity: str | None
    relations: tuple[sp.Basic, ...]
    stages: tuple[Stage, ...]
    outside: sp.Expr = sp.nan

    @property
    def n_constants(self) -> int:
        """Return the length of the array of constants; the first is the regime."""
        return 1 + max(len(stage.constants) for stage in self.stages)


def program(
    table: CaseTable,
    name: str,
    header: str = "",
    relations: Iterable[sp.Basic] = (),
    outside: sp.Expr = sp.nan,
    quick: bool = False,
) -> Program:
    """Turn a case table into a program, with `quick` forms of points where they are asked for.

    Raises
    ------
    NotDerivable
        If the table holds pairs (set-valued results), unknown symbols, or cases that do not join.
    """
    scope = Scope(table)
    return Program(
        name=name,
        header=header,
        argument=scope.argument,
        point=scope.point,
        parameters=tuple(scope.known[p.name] for p in table.parameters),
        spelling=tuple(p.name for p in table.parameters),
        parity=table.parity,
        relations=tuple(scope.read(relation) for relation in relations),
        stages=tuple(_stage(regime, table, scope, quick) for regime in table.regimes),
        outside=outside,
    )


def _stage(regime: Regime, table: CaseTable, outer: Scope, quick: bool) -> Stage:
    scope = outer.with_roots(regime.roots)
    roots = {scope.known[root.symbol.name] for root in regime.roots}
    conditions = [scope.read(condition) for condition in regime.conditions]
    early = tuple(c for c in conditions if not c.free_symbols & roots)
    late = tuple(c for c in conditions if c.free_symbols & roots)
    equations = tuple(_equation(root, scope) for root in regime.roots)
    if regime.refusal is not None:
        return Stage(early, equations, late, refusal=regime.refusal)
    if not regime.cases:
        raise NotDerivable("a regime of the table has neither cases nor a refusal")
    _check_joints(regime.cases, scope)
    pool = Pool(Names())
    for symbol in (scope.argument, scope.point):
        pool.names.take(symbol.name)
    lo = pool.slot(scope.read(regime.cases[0].lo), "start")
    pieces = tuple(
        _piece(case, number, table.parity, scope, pool)
        for number, case in enumerate(regime.cases, 1)
    )
    lo = -sp.oo if table.parity else lo
    chosen = None
    if quick and not any(piece.use == "start" for piece in pieces):
        pieces, chosen = _with_shortcuts(regime.cases, pieces, table.parity, scope, pool)
    constants = tuple((symbol, expr) for expr, symbol in pool.slots.items())
    return Stage(early, equations, late, constants, lo, pieces, quick=chosen)


def _with_shortcuts(
    cases: tuple[Case, ...],
    pieces: tuple[Piece, ...],
    parity: str | None,
    scope: Scope,
    pool: Pool,
) -> tuple[tuple[Piece, ...], sp.Symbol | None]:
    """Return the pieces with their quick forms, and the constant that says when they are good."""
    moving, tests, found = frozenset({scope.argument}), [], []
    for case, piece in zip(cases, pieces, strict=True):
        form = _shortcut(case, piece, parity, scope)
        found.append(piece)
        if form is not None:
            found[-1] = replace(piece, quick=hoist(form[0], moving, pool))
            tests.append(form[1])
    if not tests:
        return pieces, None
    one = sp.Piecewise((sp.S.One, sp.And(*tests)), (sp.S.Zero, True))
    return tuple(found), pool.slot(one, "quick")


def _shortcut(
    case: Case, piece: Piece, parity: str | None, scope: Scope
) -> tuple[sp.Expr, sp.Basic] | None:
    """Return the quick form of a piece whose steady form holds two, and when it is good."""
    if piece.use != "formula" or not piece.point.has(sp.Piecewise):
        return None
    assert isinstance(case.point, Arc)
    lo = scope.read(case.lo)
    positive = parity is not None or bool(lo.is_nonnegative)
    return shortcut(scope.read(case.point.closed), scope.argument, lo, positive)


def _equation(root: Root, scope: Scope) -> Equation:
    inner = [(symbol, _bare_slope(arc, scope)) for symbol, arc in root.inner]
    around = scope.with_points(symbol for symbol, _ in inner)
    variable, equation = around.local(root.variable, root.equation)
    value = equation if root.rising else -equation
    points = tuple((around.known[symbol.name], slope) for symbol, slope in inner)
    # The points move with the variable, by the inverse of the derivative of their slopes.
    derivative = sp.diff(value, variable)
    for symbol, slope in points:
        derivative += sp.diff(value, symbol) / slope.derivative.xreplace({slope.variable: symbol})
    ends = (scope.read(root.lo), scope.read(root.hi))
    name = scope.known[root.symbol.name]
    return Equation(name, variable, tame(value), tame(derivative), *ends, points)


def _bare_slope(arc: Arc, scope: Scope) -> Slope:
    """Return the slope of an arc in the parameters themselves."""
    variable, slope = scope.local(arc.variable, arc.slope)
    value = tame(slope)
    # The derivative of the rewritten slope is shorter, where SymPy knows it.
    derivative = tame(sp.diff(slope if value.has(Call) else value, variable))
    lo, hi = scope.read(arc.lo), scope.read(arc.hi)
    if not (lo.is_positive or hi.is_negative):
        value = steady_near_zero(slope, value, variable)
    return Slope(variable, value, derivative, lo, hi)


def _check_joints(cases: tuple[Case, ...], scope: Scope) -> None:
    for left, right in pairwise(cases):
        gap = scope.read(left.hi) - scope.read(right.lo)
        if not vanishes(gap):
            raise NotDerivable(f"the cases up to {left.hi} and from {right.lo} do not join")


def _piece(case: Case, number: int, parity: str | None, scope: Scope, pool: Pool) -> Piece:
    if isinstance(case.result, tuple):
        raise NotDerivable("set-valued results have no kernel: compile the prox or the conjugate")
    hi = scope.read(case.hi)
    moving = frozenset({scope.argument, scope.point})
    use, point, slope, search, order = "affine", case.point, None, None, 1
    if isinstance(case.point, Hull):
        use, point, search = "search", scope.argument, _search(case.point, scope, pool)
    elif isinstance(case.point, Arc):
        use, point = _plan(case, parity, scope)
        bare = None if use == "affine" else _bare_slope(case.point, scope)
        if bare is not None and use == "start":
            bare, order = _without_roots(bare)
            point = point ** sp.Rational(1, order)
        slope = None if bare is None else _hoisted(bare, pool)
    else:
        point = tame(scope.read(case.point))
    return Piece(
        hi=pool.slot(hi, f"border_{number}"),
        use=use,
        point=hoist(point, moving, pool),
        slope=slope,
        result=_result(case, point if use == "affine" else None, order, scope, pool),
        why=case.why,
        # At a tie the point nearer to zero is taken: above a negative border, the upper case.
        strict=case.hi_open or (case.tie_above and parity is None and bool(hi.is_negative)),
        lone=scope.read(case.lo) == hi,
        search=search,
    )


def _plan(case: Case, parity: str | None, scope: Scope) -> tuple[str, sp.Expr]:
    """Return how the closed form of an arc is used, and the form."""
    assert isinstance(case.point, Arc)
    if case.point.closed is None:
        return "start", scope.argument
    sign = 1 if parity or scope.read(case.lo).is_nonnegative else None
    sign = -1 if sign is None and scope.read(case.hi).is_nonpositive else sign
    chosen = closed_form(scope.read(case.point.closed), scope.argument, sign)
    return chosen.use, chosen.expr


def _without_roots(bare: Slope) -> tuple[Slope, int]:
    """Return a slope in the root of the point that makes its powers whole, and which root."""
    u = bare.variable
    order = root_order([bare.value, bare.derivative], u)
    if order == 1:
        return bare, 1
    value = sp.expand(unrooted(bare.value, u, order))
    ends = [end ** sp.Rational(1, order) for end in (bare.lo, bare.hi)]
    return Slope(u, value, sp.diff(value, u), *ends), order


def _hoisted(bare: Slope, pool: Pool) -> Slope:
    moving = frozenset({bare.variable})
    value, derivative = (hoist(e, moving, pool) for e in (bare.value, bare.derivative))
    return Slope(bare.variable, value, derivative, pool.slot(bare.lo), pool.slot(bare.hi))


def _search(hull: Hull, scope: Scope, pool: Pool) -> Search:
    variable, value = scope.local(hull.variable, hull.value)
    moving = frozenset({variable})
    derivative = sp.diff(in_pieces(value), variable)
    value, derivative = (hoist(tame(e), moving, pool) for e in (value, derivative))
    lo, hi, *marks = (pool.slot(scope.read(e)) for e in (hull.lo, hull.hi, *hull.marks))
    return Search(variable, value, derivative, lo, hi, tuple(marks))


def _result(
    case: Case, point: sp.Expr | None, order: int, scope: Scope, pool: Pool
) -> sp.Expr | None:
    result = scope.read(case.result).xreplace({scope.point: scope.point**order})
    if result == scope.point:
        return None
    if point is not None and not point.has(scope.argument):
        # At a constant point the formula shrinks, unless it is a limit like 0*log(0).
        put = result.xreplace({scope.point: point})
        result = result if put.has(sp.nan, sp.zoo, sp.oo, -sp.oo) else put
    return hoist(tame(result), frozenset({scope.argument, scope.point}), pool)
