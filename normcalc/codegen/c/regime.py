"""One regime in C: its slopes, and the function that maps a number through its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen import flow
from normcalc.codegen.c.printer import CPrinter, c_name
from normcalc.codegen.c.setup import lines_of_pair
from normcalc.codegen.c.writing import chain, comment, function, unpacked
from normcalc.codegen.names import Names

if TYPE_CHECKING:
    from normcalc.codegen.program import Piece, Program, Search, Stage


def lines_of_regime(program: Program, index: int) -> list[str]:
    """Return the functions of one regime, as `emit_regime` does in Python."""
    stage = program.stages[index]
    known = [symbol.name for symbol, _ in stage.constants]
    lines: list[str] = []
    for number, piece in enumerate(stage.pieces):
        name = f"{index}_{number}"
        slope = piece.slope
        if slope is not None and flow.solver(stage, slope) == number and _solves(stage, piece):
            pair = [slope.value, slope.derivative]
            about = "The slope, which is the argument at the point, and its derivative."
            lines += lines_of_pair(f"slope_{name}", slope.variable.name, pair, known, about)
        if piece.search is not None:
            pair = [piece.search.value, piece.search.derivative]
            about = "The function whose hull is searched, and its derivative."
            variable = piece.search.variable.name
            lines += lines_of_pair(f"height_{name}", variable, pair, known, about)
    lines += _Writer(program, index, exact=False).lines()
    if stage.guarded:
        lines += _Writer(program, index, exact=True).lines()
        lines += _lines_of_careful(index)
    return lines


def _solves(stage: Stage, piece: Piece) -> bool:
    """Tell whether some piece with the slope of `piece` is ever solved by Newton's method."""
    same = [other for other in stage.pieces if other.slope == piece.slope]
    return any(flow.solved(other, stage.guarded) for other in same)


def _lines_of_careful(index: int) -> list[str]:
    body = [
        f"const double value = regime_{index}(v, k);",
        f"return isfinite(value) || isnan(v) ? value : exact_{index}(v, k);",
    ]
    about = f"As regime_{index}, but by Newton's method where the closed form overflows."
    return function(f"static double careful_{index}(double v, const double *k)", body, about)


class _Writer:
    """Writes the function of one regime; `exact` ones use Newton's method for every curved arc."""

    def __init__(self, program: Program, index: int, exact: bool) -> None:
        self.program, self.index, self.exact = program, index, exact
        self.stage = program.stages[index]
        self.names = Names()
        self.names.taken |= {symbol.name for symbol, _ in self.stage.constants}
        self.names.taken |= {program.argument.name, program.point.name}
        self.printer = CPrinter()
        self.folded = flow.folded(program)

    def lines(self) -> list[str]:
        """Return the function's text."""
        v = c_name(self.program.argument.name)
        body = ["double result;", *self._body()]
        if self.program.parity == "odd":
            # 0 - result rather than -result: inside a dead zone and at -0.0 the value is +0.0.
            body.append(f"return {v} >= 0.0 ? result : 0.0 - result;")
        else:
            body.append("return result;")
        if self.program.parity:
            body = [f"const double size = fabs({v});", *body]
        known = [c_name(symbol.name) for symbol, _ in self.stage.constants]
        name = "exact" if self.exact else "regime"
        if not any(v in line for line in body):
            body = [f"(void){v};", *body]
        head = f"static double {name}_{self.index}(double {v}, const double *k)"
        return function(head, [*unpacked(known, "k", body), *body], self._title())

    def _title(self) -> str:
        how = "by Newton's method" if self.exact else "by closed forms"
        conditions = [str(c) for c in (*self.stage.early, *self.stage.late)]
        where = f"Where {' and '.join(conditions)}" if conditions else "For all parameters"
        return comment(f"{where}, {how}." if self.stage.guarded else f"{where}.")

    def _body(self) -> list[str]:
        found = flow.branches(self.program, self.index, self.exact)
        return chain([(self._test(branch), self._assign(branch)) for branch in found])

    def _test(self, branch: flow.Branch) -> str:
        if branch.relation == "number":
            return f"!isnan({self.printer.code(self.folded)})"
        if not branch.relation:
            return ""
        border = self.printer.code(branch.border)
        return f"{self.printer.code(self.folded)} {branch.relation} {border}"

    def _assign(self, branch: flow.Branch) -> list[str]:
        if branch.piece is None:
            return [f"result = {self.printer.code(branch.value)};"]
        piece = self.stage.pieces[branch.piece]
        why = piece.why if piece.why.isprintable() and 0 < len(piece.why) < 85 else ""
        lines = [f"/* {comment(why)} */"] if why else []
        before, point = self._point(branch.piece, piece)
        lines += before
        if piece.result is None:
            return [*lines, f"result = {point};"]
        (result,) = flow.results(self.program, piece)
        shared, (text,) = self.printer.declared([result], self.names)
        if result.has(self.program.point):
            lines.append(f"const double {c_name(self.program.point.name)} = {point};")
        return [*lines, *shared, f"result = {text};"]

    def _point(self, number: int, piece: Piece) -> tuple[list[str], str]:
        """Return the lines before the point, and its text."""
        v = self.printer.code(self.folded)
        if piece.search is not None:
            return self._searched(number, piece.search)
        start = piece.point.xreplace({self.program.argument: self.folded})
        if not flow.solved(piece, self.exact):
            lines, (text,) = self.printer.declared([start], self.names)
            return lines, text
        assert piece.slope is not None
        lines, (text,) = self.printer.declared([self.folded if self.exact else start], self.names)
        ends = f"{self.printer.code(piece.slope.lo)}, {self.printer.code(piece.slope.hi)}"
        slope = f"slope_{self.index}_{flow.solver(self.stage, piece.slope)}"
        return lines, f"root({v}, {ends}, {text}, {slope}, k)"

    def _searched(self, number: int, search: Search) -> tuple[list[str], str]:
        texts = [self.printer.code(mark) for mark in (sp.S.Zero, *search.marks)]
        marks = f"const double marks[] = {{{', '.join(texts)}}};"
        ends = f"{self.printer.code(search.lo)}, {self.printer.code(search.hi)}"
        v, function = self.printer.code(self.folded), f"height_{self.index}_{number}"
        return [marks], f"least({v}, {ends}, marks, {len(texts)}, {function}, k)"
