"""Which piece of a regime an argument falls into, in the order of the tests.

Every target that is not the Python of `emit_regime` writes its regimes from these branches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.opaque import Flagged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.codegen.program import Piece, Program, Slope, Stage

_SWITCHES = (sp.Piecewise, sp.Max, sp.Min, sp.Heaviside, sp.sign)


@dataclass(frozen=True)
class Branch:
    """One test and what follows: the number of a piece, the value outside, or NaN.

    `relation` compares the folded argument with `border`; it is "number" where the test is that
    the argument is no NaN, and empty where everything that is left arrives.
    """

    relation: str
    border: sp.Expr
    piece: int | None = None
    value: sp.Expr = sp.nan


def live(program: Program) -> list[int]:
    """Return the indices of the regimes in which the object exists."""
    return [i for i, stage in enumerate(program.stages) if stage.refusal is None]


def folded(program: Program) -> sp.Symbol:
    """Return the symbol that regimes compute with: the size of the argument where that is enough.

    Examples
    --------
    >>> from normcalc.codegen.program import program
    >>> from normcalc.line.table import Case, CaseTable, Regime
    >>> v, u = sp.symbols("v u", real=True)
    >>> table = CaseTable(v, u, (), (Regime((), cases=(Case(sp.S.Zero, sp.oo, v, u),)),), "odd")
    >>> folded(program(table, "identity"))
    size
    """
    return sp.Symbol("size", real=True) if program.parity else program.argument


def parities(program: Program, count: int) -> tuple[str | None, ...]:
    """Return the parity of each of the `count` results: all but the first ones are derivatives.

    The derivative in the argument, which comes second, has the other parity.
    """
    other = {"odd": "even", "even": "odd", None: None}[program.parity]
    return tuple(other if i == 1 else program.parity for i in range(count))


def branches(program: Program, index: int, exact: bool) -> tuple[Branch, ...]:
    """Return the branches of a regime; with `exact`, closed forms give way to Newton's method."""
    found = tuple(_tests(program, index, exact))
    return found if found[-1].relation == "" else (*found, Branch("", sp.nan))


def _tests(program: Program, index: int, exact: bool) -> Iterator[Branch]:
    stage, outside = program.stages[index], program.outside
    pieces = list(enumerate(stage.pieces))
    for number, piece in pieces:
        if piece.lone:
            yield Branch("==", piece.hi, number)
    if stage.lo != -sp.oo:
        yield Branch("<", stage.lo, value=outside)
    for number, piece in pieces:
        if piece.lone:
            continue
        if piece.hi != sp.oo:
            yield Branch("<" if piece.strict else "<=", piece.hi, number)
        else:
            # No comparison holds for NaN, so it arrives here.
            carried = _carries_nan(program, piece, exact)
            yield Branch("" if carried else "number", sp.nan, number)
    last = stage.pieces[-1]
    if last.hi != sp.oo:
        yield Branch(">=" if last.strict else ">", last.hi, value=outside)


def _carries_nan(program: Program, piece: Piece, exact: bool) -> bool:
    """Tell whether the result of a piece is NaN at NaN without being told."""
    solved = piece.use in ("start", "search") or (exact and piece.use == "formula")
    held = isinstance(piece.point, Flagged) or not piece.point.has(*_SWITCHES)
    moves = solved or (piece.point.has(program.argument) and held)
    if piece.result is None:
        return moves
    parts = piece.result.args if isinstance(piece.result, sp.Tuple) else (piece.result,)
    return all(_follows(part, program, moves) for part in parts)


def _follows(result: sp.Expr, program: Program, moves: bool) -> bool:
    follows = result.has(program.argument) or (moves and result.has(program.point))
    return follows and not result.has(*_SWITCHES)


def solved(piece: Piece, exact: bool) -> bool:
    """Tell whether the point of a piece comes from Newton's method."""
    return piece.use == "start" or (exact and piece.use == "formula")


def solver(stage: Stage, slope: Slope) -> int:
    """Return the number of the first piece with the same slope: they share its solver."""
    pair = (slope.value, slope.derivative)
    same = [p.slope and (p.slope.value, p.slope.derivative) == pair for p in stage.pieces]
    return same.index(True)


def results(program: Program, piece: Piece) -> list[sp.Expr]:
    """Return what a piece gives, as expressions in the folded argument and the point."""
    given = program.point if piece.result is None else piece.result
    parts = list(given.args) if isinstance(given, sp.Tuple) else [given]
    return [part.xreplace({program.argument: folded(program)}) for part in parts]
