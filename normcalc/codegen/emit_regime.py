"""The text of one regime: its slopes, and the function that maps a number through its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.emit_setup import lines_of_pair
from normcalc.codegen.emit_steps import lines_of_step
from normcalc.codegen.names import Names
from normcalc.codegen.opaque import Flagged
from normcalc.codegen.printer import Printer

if TYPE_CHECKING:
    from normcalc.codegen.program import Piece, Program, Search, Slope, Stage

# Steps of Newton's method that are taken before the first look.
BLIND = 2
# First guesses that hold one of these are no better than the argument: Newton's method is cheaper.
_SLOW = (sp.sin, sp.cos, sp.tan, sp.asin, sp.acos, sp.atan, sp.sinh, sp.cosh, sp.asinh, sp.acosh)


def lines_of_regime(program: Program, index: int) -> list[str]:
    """Return the functions of one regime.

    A direct one has one function.  Otherwise there are also the starts of its solvers, the
    function of one number, `careful`, and, where closed forms may overflow, one without them.
    """
    stage = program.stages[index]
    lines: list[str] = []
    for number, piece in enumerate(stage.pieces):
        if piece.slope is not None and solver_of(stage, piece.slope) == number:
            lines += _lines_of_slope(stage, index, number, piece.slope)
        if piece.search is not None:
            lines += _lines_of_search(stage, index, number, piece.search)
        if piece.use == "start":
            lines += _Writer(program, index, exact=False).start_lines(number)
    lines += _Writer(program, index, exact=False).lines()
    if stage.quick is not None:
        lines += _Writer(program, index, exact=False, quick=True).lines()
    if stage.guarded:
        lines += _Writer(program, index, exact=True).lines()
    return lines if stage.direct else lines + _lines_of_careful(program, index)


def _lines_of_careful(program: Program, index: int) -> list[str]:
    stage = program.stages[index]
    v = program.argument.name
    lines = []
    for number in stage.solved:
        lines.append(f"    target, point_{number} = start_{index}_{number}({v}, k)")
        call = f"point_{index}_{solver_number(stage, number)}"
        lines.append(
            f"    point_{number} = {call}(target, {ends_of(stage, number)}, point_{number}, k)"
        )
    points = "".join(f"point_{number}, " for number in stage.solved)
    call = f"regime_{index}({v}, {points}k)"
    about = f"As `regime_{index}`, for one number"
    if not stage.guarded:
        lines.append(f"    return {call}")
    else:
        about += ", and by Newton's method where the closed form overflows"
        quick = is_quick(stage)
        chosen = f"quick_{index}({v}, k) if {quick} else {call}" if quick else call
        lines += [
            f"    value = {chosen}",
            f"    if abs(value) < np.inf or {v} != {v}:",
            "        return value",
            f"    return exact_{index}({v}, k)",
        ]
    return ["", "@apart", f"def careful_{index}({v}, k):", f'    """{about}."""', *lines, ""]


def is_quick(stage: Stage) -> str:
    """Return the test that quick forms keep their digits; empty if there are none."""
    names = [symbol for symbol, _ in stage.constants]
    return "" if stage.quick is None else f"k[{names.index(stage.quick)}] > 0.0"


def ends_of(stage: Stage, number: int) -> str:
    """Return the text of the ends between which the point of a piece lies."""
    slope = stage.pieces[number].slope
    assert slope is not None
    places = {symbol: sp.Symbol(f"k[{i}]") for i, (symbol, _) in enumerate(stage.constants)}
    return ", ".join(Printer().code(end.xreplace(places)) for end in (slope.lo, slope.hi))


def solver_number(stage: Stage, number: int) -> int:
    """Return the number of the piece whose solver the piece called `number` uses."""
    slope = stage.pieces[number].slope
    assert slope is not None
    return solver_of(stage, slope)


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
    lines = lines_of_pair(f"slope_{name}", slope.variable.name, pair, known, about, fast=True)
    lines += ["", f"point_{name} = rooted(slope_{name})"]
    starts = [stage.pieces[i] for i in stage.solved if solver_number(stage, i) == number]
    if starts:
        # From the argument itself it takes some steps in any case.
        blind = BLIND if any(is_crude(piece) for piece in starts) else 0
        lines += lines_of_step(slope, name, known) if blind else []
        step = f"step_{name}" if blind else f"stepping(slope_{name})"
        lines.append(f"sweep_{name} = swept({step}, slope_{name}, point_{name}, {blind})")
    return [*lines, ""]


def is_crude(piece: Piece) -> bool:
    """Tell whether the first guess is no better than the argument, or a root of it."""
    return not piece.point.has(sp.Add, sp.Function) or piece.point.has(*_SLOW)


def _lines_of_search(stage: Stage, index: int, number: int, search: Search) -> list[str]:
    name = f"{index}_{number}"
    known = [symbol.name for symbol, _ in stage.constants]
    pair = [search.value, search.derivative]
    about = "Return the function whose hull is searched, and its derivative."
    lines = lines_of_pair(f"value_{name}", search.variable.name, pair, known, about, fast=True)
    return [*lines, "", f"least_{name} = searched(value_{name})", ""]


def solver_of(stage: Stage, slope: Slope) -> int:
    """Return the number of the first piece with the same slope: they share its solver."""
    pair = (slope.value, slope.derivative)
    same = [p.slope and (p.slope.value, p.slope.derivative) == pair for p in stage.pieces]
    return same.index(True)


def is_straight(program: Program, stage: Stage) -> bool:
    """Tell whether the value is affine in the argument on each piece."""
    return stage.refusal is None and all(_is_straight(program, p) for p in stage.pieces)


def _is_straight(program: Program, piece: Piece) -> bool:
    v = program.argument
    value = value_on(program, piece)
    return piece.use == "affine" and value.is_polynomial(v) and sp.degree(value, v) <= 1


def value_on(program: Program, piece: Piece) -> sp.Expr:
    """Return what a piece maps its argument to, where its point is a formula."""
    if piece.result is None:
        return piece.point
    return piece.result.xreplace({program.point: piece.point})


class _Writer:
    """Writes the function of one regime.

    It takes the points that a solver finds as arguments; an `exact` one calls the solver, and
    calls it for every curved arc.  A `quick` one has the forms of points that may cancel.
    """

    def __init__(self, program: Program, index: int, exact: bool, quick: bool = False) -> None:
        self.program = program
        self.index = index
        self.exact = exact
        self.quick = quick
        self.stage = program.stages[index]
        self.names = _taken(program, self.stage)
        self.used: list[sp.Basic] = []
        self.printer = Printer("real", fast=True)
        self.argument, self.u = program.argument, program.point
        self.v = program.argument.name
        self.folded = sp.Symbol("size", real=True) if program.parity else program.argument

    def lines(self) -> list[str]:
        """Return the function's text."""
        name = "exact" if self.exact else "quick" if self.quick else "regime"
        # All pieces are straight: to compute each takes less time than to choose one.
        arranged = _overriding if is_straight(self.program, self.stage) else _chain
        body = arranged(self._branches())
        given = [] if self.exact else [f"point_{number}" for number in self.stage.solved]
        return [
            "",
            "@apart" if self.exact else "@inner",
            f"def {name}_{self.index}({', '.join([self.v, *given, 'k'])}):",
            f'    """{self._title()}"""',
            *self._opening(),
            *[f"    {line}" for line in body],
            f"    return {self._unfolded('result')}",
            "",
        ]

    def _opening(self) -> list[str]:
        size = [f"    size = abs({self.v})"] if self.program.parity else []
        return [f"    real = type({self.v})", *unpacked(self.stage, self.used), *size]

    def start_lines(self, number: int) -> list[str]:
        """Return the function that says what the solver of a piece is asked, and its start."""
        start = self.stage.pieces[number].point.xreplace({self.argument: self.folded})
        start = self.folded if start.has(*_SLOW) else start
        self.used.append(start)
        before, (text,) = self.printer.block([start], self.names)
        own = [*before, f"target, start = {self.folded}, {text}"]
        body = _chain(self._branches(number, own))
        return [
            "",
            "@inner",
            f"def start_{self.index}_{number}({self.v}, k):",
            '    """Return what to solve for, NaN if another case applies, and a first guess."""',
            *self._opening(),
            *[f"    {line}" for line in body],
            "    return target, start",
            "",
        ]

    def _title(self) -> str:
        how = "by Newton's method" if self.exact else "by closed forms"
        how += " that may cancel" if self.quick else ""
        conditions = [str(c) for c in (*self.stage.early, *self.stage.late)]
        where = f"Where {' and '.join(conditions)}" if conditions else "For all parameters"
        return f"{where}, {how}." if self.stage.guarded else f"{where}."

    def _unfolded(self, result: str) -> str:
        if self.program.parity != "odd":
            return result
        # 0 - result rather than -result: the value at -0.0 and inside a dead zone is +0.0.
        return f"real(0) - {result} if {self.v} < real(0) else {result}"

    def _branches(
        self, only: int | None = None, own: list[str] | None = None
    ) -> list[tuple[str, list[str]]]:
        """Return the tests and what follows from each; the last test is empty: all the rest.

        If `only` one piece is of interest, `own` follows where it applies.
        """
        pieces = self.stage.pieces
        nothing = "target, start = real(np.nan), real(0)"
        outside = [f"result = {self.printer.code(self.program.outside)}"]
        bodies = [self._assign(number, piece) for number, piece in enumerate(pieces)]
        lost = ["result = real(np.nan)"]
        if only is not None:
            outside = lost = [nothing]
            bodies = [own or [] if number == only else [nothing] for number in range(len(pieces))]
        found = [
            (self._test("==", piece.hi), bodies[number])
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
            found.append((test, bodies[number]))
        if pieces[-1].hi != sp.oo:
            found.append((self._test(">=" if pieces[-1].strict else ">", pieces[-1].hi), outside))
        return found if found[-1][0] == "" else [*found, ("", lost)]

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
        form = piece.quick if self.quick and piece.quick is not None else piece.point
        start = form.xreplace({self.argument: self.folded})
        if piece.use == "affine" or (piece.use == "formula" and not self.exact):
            self.used.append(start)
            lines, (text,) = self.printer.block([start], self.names)
            return text, lines
        if piece.search is not None:
            ends = f"{self._code(piece.search.lo)}, {self._code(piece.search.hi)}"
            marks = "".join(f"{self._code(mark)}, " for mark in (sp.S.Zero, *piece.search.marks))
            call = f"least_{self.index}_{number}({self.folded}, {ends}, ({marks}), k)"
            return f"real({call})", []
        if not self.exact:
            return f"point_{number}", []
        solver = f"point_{self.index}_{solver_number(self.stage, number)}"
        call = f"{solver}({self.folded}, {ends_of(self.stage, number)}, {self.folded}, k)"
        return f"real({call})", []


def _overriding(branches: list[tuple[str, list[str]]]) -> list[str]:
    """Write branches such that the last one is the rule and earlier ones are exceptions."""
    lines = list(branches[-1][1])
    for test, body in reversed(branches[:-1]):
        lines += [f"if {test}:", *[f"    {line}" for line in body]]
    return lines


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
