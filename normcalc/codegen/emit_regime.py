"""The text of one regime: its slopes, and the function that maps a number through its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.emit_setup import lines_of_pair
from normcalc.codegen.names import Names
from normcalc.codegen.opaque import Flagged
from normcalc.codegen.printer import Printer

if TYPE_CHECKING:
    from normcalc.codegen.program import Piece, Program, Search, Slope, Stage


def lines_of_regime(program: Program, index: int) -> list[str]:
    """Return the functions of one regime.

    A guarded regime has three: by closed forms, by Newton's method, and the first where it is
    finite, else the second.
    """
    stage = program.stages[index]
    lines: list[str] = []
    for number, piece in enumerate(stage.pieces):
        if piece.slope is not None and solver_of(stage, piece.slope) == number:
            lines += _lines_of_slope(stage, index, number, piece.slope)
        if piece.search is not None:
            lines += _lines_of_search(stage, index, number, piece.search)
    lines += _Writer(program, index, exact=False).lines()
    if stage.guarded:
        lines += _Writer(program, index, exact=True).lines()
        lines += _lines_of_careful(index, len(stage.constants))
    return lines


def _lines_of_careful(index: int, count: int) -> list[str]:
    wide = "".join(f"np.float64(k[{place}]), " for place in range(max(count, 1)))
    return [
        "",
        "@inner",
        f"def careful_{index}(v, k):",
        f'    """As `regime_{index}`, but by Newton\'s method where the closed form overflows."""',
        f"    value = regime_{index}(v, k)",
        "    if np.isfinite(value) or v != v:",
        "        return value",
        f"    wide = ({wide.strip() if count < 2 else wide[:-2]})",
        f"    return type(v)(exact_{index}(np.float64(v), wide))",
        "",
    ]


def _taken(program: Program, stage: Stage) -> Names:
    names = Names()
    names.taken |= {symbol.name for symbol, _ in stage.constants}
    names.taken |= {program.argument.name, program.point.name}
    return names


def unpacked(stage: Stage, exprs: list[sp.Basic]) -> list[str]:
    """Return the lines that name the constants which `exprs` use."""
    used = {symbol for expr in exprs for symbol in expr.free_symbols}
    return [
        f"    {symbol.name} = k[{place}]"
        for place, (symbol, _) in enumerate(stage.constants)
        if symbol in used
    ]


def _lines_of_slope(stage: Stage, index: int, number: int, slope: Slope) -> list[str]:
    name = f"{index}_{number}"
    known = [symbol.name for symbol, _ in stage.constants]
    pair = [slope.value, slope.derivative]
    about = "Return the slope, which is the argument at the point, and its derivative."
    lines = lines_of_pair(f"slope_{name}", slope.variable.name, pair, known, about)
    return [*lines, "", f"point_{name} = rooted(slope_{name})", ""]


def _lines_of_search(stage: Stage, index: int, number: int, search: Search) -> list[str]:
    name = f"{index}_{number}"
    known = [symbol.name for symbol, _ in stage.constants]
    pair = [search.value, search.derivative]
    about = "Return the function whose hull is searched, and its derivative."
    lines = lines_of_pair(f"value_{name}", search.variable.name, pair, known, about)
    return [*lines, "", f"least_{name} = searched(value_{name})", ""]


def solver_of(stage: Stage, slope: Slope) -> int:
    """Return the number of the first piece with the same slope: they share its solver."""
    pair = (slope.value, slope.derivative)
    same = [p.slope and (p.slope.value, p.slope.derivative) == pair for p in stage.pieces]
    return same.index(True)


class _Writer:
    """Writes the function of one regime; `exact` ones use Newton's method for every curved arc."""

    def __init__(self, program: Program, index: int, exact: bool) -> None:
        self.program = program
        self.index = index
        self.exact = exact
        self.stage = program.stages[index]
        self.names = _taken(program, self.stage)
        self.used: list[sp.Basic] = []
        self.printer = Printer("real")
        self.argument, self.u = program.argument, program.point
        self.v = program.argument.name
        self.folded = sp.Symbol("size", real=True) if program.parity else program.argument

    def lines(self) -> list[str]:
        """Return the function's text."""
        name = "exact" if self.exact else "regime"
        body = _chain(self._branches())
        return [
            "",
            "@inner",
            f"def {name}_{self.index}({self.v}, k):",
            f'    """{self._title()}"""',
            f"    real = type({self.v})",
            *unpacked(self.stage, self.used),
            *([f"    size = abs({self.v})"] if self.program.parity else []),
            *[f"    {line}" for line in body],
            f"    return {self._unfolded('result')}",
            "",
        ]

    def _title(self) -> str:
        how = "by Newton's method" if self.exact else "by closed forms"
        conditions = [str(c) for c in (*self.stage.early, *self.stage.late)]
        where = f"Where {' and '.join(conditions)}" if conditions else "For all parameters"
        return f"{where}, {how}." if self.stage.guarded else f"{where}."

    def _unfolded(self, result: str) -> str:
        if self.program.parity != "odd":
            return result
        # 0 - result rather than -result: the value at -0.0 and inside a dead zone is +0.0.
        return f"{result} if {self.v} >= real(0) else real(0) - {result}"

    def _branches(self) -> list[tuple[str, list[str]]]:
        """Return the tests and what follows from each; the last test is empty: all the rest."""
        pieces = self.stage.pieces
        outside = [f"result = {self.printer.code(self.program.outside)}"]
        found = [
            (self._test("==", piece.hi), self._assign(number, piece))
            for number, piece in enumerate(pieces)
            if piece.lone
        ]
        if self.stage.lo != -sp.oo:
            found.append((self._test("<", self.stage.lo), outside))
        for number, piece in enumerate(pieces):
            if piece.lone:
                continue
            test = self._test("<" if piece.strict else "<=", piece.hi)
            if piece.hi == sp.oo:
                # No comparison holds for NaN, so it arrives here.
                test = "" if self._carries_nan(piece) else f"{self.folded} == {self.folded}"
            found.append((test, self._assign(number, piece)))
        if pieces[-1].hi != sp.oo:
            found.append((self._test(">=" if pieces[-1].strict else ">", pieces[-1].hi), outside))
        return found if found[-1][0] == "" else [*found, ("", ["result = real(np.nan)"])]

    def _test(self, relation: str, border: sp.Expr) -> str:
        return f"{self.folded} {relation} {self._code(border)}"

    def _code(self, expr: sp.Expr) -> str:
        self.used.append(expr)
        return self.printer.code(expr)

    def _carries_nan(self, piece: Piece) -> bool:
        switches = (sp.Piecewise, sp.Max, sp.Min, sp.Heaviside, sp.sign)
        solved = piece.use == "start" or (self.exact and piece.use == "formula")
        held = isinstance(piece.point, Flagged) or not piece.point.has(*switches)
        moves = solved or (piece.point.has(self.argument) and held)
        if piece.result is None:
            return moves
        follows = piece.result.has(self.argument) or (moves and piece.result.has(self.u))
        return follows and not piece.result.has(*switches)

    def _assign(self, number: int, piece: Piece) -> list[str]:
        comment = [f"# {piece.why}"] if piece.why.isprintable() and 0 < len(piece.why) < 85 else []
        point, lines = self._point(number, piece)
        if piece.result is None:
            return [*comment, *lines, f"result = {point}"]
        result = piece.result.xreplace({self.argument: self.folded})
        self.used.append(result)
        before, (text,) = self.printer.block([result], self.names)
        needed = [f"{self.u.name} = {point}"] if result.has(self.u) else []
        return [*comment, *lines, *needed, *before, f"result = {text}"]

    def _point(self, number: int, piece: Piece) -> tuple[str, list[str]]:
        """Return the text of the point, and the lines before it."""
        start = piece.point.xreplace({self.argument: self.folded})
        if piece.use == "affine" or (piece.use == "formula" and not self.exact):
            self.used.append(start)
            lines, (text,) = self.printer.block([start], self.names)
            return text, lines
        if piece.search is not None:
            ends = f"{self._code(piece.search.lo)}, {self._code(piece.search.hi)}"
            marks = "".join(f"{self._code(mark)}, " for mark in (sp.S.Zero, *piece.search.marks))
            call = f"least_{self.index}_{number}({self.folded}, {ends}, ({marks}), k)"
            return f"real({call})", []
        assert piece.slope is not None
        if self.exact:
            start = self.folded
        self.used.append(start)
        lines, (text,) = self.printer.block([start], self.names)
        ends = f"{self._code(piece.slope.lo)}, {self._code(piece.slope.hi)}"
        solver = f"point_{self.index}_{solver_of(self.stage, piece.slope)}"
        return f"real({solver}({self.folded}, {ends}, {text}, k))", lines


def _chain(branches: list[tuple[str, list[str]]]) -> list[str]:
    """Write branches as ``if``, ``elif``, ``else``."""
    if len(branches) == 1:
        return branches[0][1]
    lines: list[str] = []
    for place, (test, body) in enumerate(branches):
        word = "if" if place == 0 else "elif"
        lines.append(f"{word} {test}:" if test else "else:")
        lines += [f"    {line}" for line in body]
    return lines
