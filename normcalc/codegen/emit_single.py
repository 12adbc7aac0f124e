"""The text of `narrow`: which regimes may run in single precision, and with which constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.codegen.emit_regime import is_straight, value_on
from normcalc.codegen.printer import Printer

if TYPE_CHECKING:
    from normcalc.codegen.program import Program, Stage

# Up to this slope, rounding the argument and the constants costs less than seven digits.
STEEPEST = 2.0


def lines_of_narrow(program: Program) -> list[str]:
    """Return the function that rounds constants to float32 where that is accurate enough."""
    lines = ["", "@entry", "def narrow(consts, single):"]
    lines.append(
        '    """Round the constants to float32; tell whether seven digits of results stay."""'
    )
    for index, stage in enumerate(program.stages):
        slopes = _slopes(program, stage)
        rounded = _borders(stage)
        if slopes is None or rounded is None:
            continue
        lines += [f"    if consts[0] == {index}:", *_lines_of_stage(stage, slopes, rounded)]
    return [*lines, "    return False", ""]


def _lines_of_stage(stage: Stage, slopes: list[sp.Expr], rounded: dict[int, str]) -> list[str]:
    places = {
        symbol: sp.Symbol(f"consts[{i}]") for i, (symbol, _) in enumerate(stage.constants, 1)
    }
    lines = []
    for slope in slopes:
        text = Printer().code(sp.Abs(slope.xreplace(places), evaluate=False))
        lines += [f"        if not {text} <= {STEEPEST}:", "            return False"]
    for place in range(len(stage.constants) + 1):
        value = f"consts[{place}]"
        lines.append(f"        single[{place}] = {rounded.get(place, '{}').format(value)}")
    return [*lines, "        return True"]


def _slopes(program: Program, stage: Stage) -> list[sp.Expr] | None:
    """Return the slopes of the pieces that are not small numbers; None if one is curved."""
    if not is_straight(program, stage):
        return None
    found = [sp.diff(value_on(program, piece), program.argument) for piece in stage.pieces]
    numbers = [abs(slope) for slope in found if slope.is_number]
    if any(float(number) > STEEPEST for number in numbers):
        return None
    return sorted({slope for slope in found if not slope.is_number}, key=sp.default_sort_key)


def _borders(stage: Stage) -> dict[int, str] | None:
    """Return how constants that are borders are rounded; None if comparisons would change.

    A float32 number is at most a border if and only if it is at most the float32 below that, and
    less than it if and only if it is less than the float32 above.
    """
    places = {symbol: i for i, (symbol, _) in enumerate(stage.constants, 1)}
    tests = [(piece.hi, "above" if piece.strict else "below") for piece in stage.pieces]
    tests.append((stage.lo, "above"))
    found: dict[int, str] = {}
    for border, side in tests:
        if border.is_number and border.is_finite and float(np.float32(border)) != border:
            return None
        if not border.is_number and found.setdefault(places[border], side) != side:
            return None
    if any(piece.lone for piece in stage.pieces):
        return None
    return {place: f"single_{side}({{}})" for place, side in found.items()}
