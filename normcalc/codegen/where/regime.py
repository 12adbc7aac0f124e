"""One regime on arrays: its cases as masks, and what each gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen import flow
from normcalc.codegen.names import Names
from normcalc.codegen.where.names import local_name
from normcalc.codegen.where.printer import WherePrinter
from normcalc.codegen.where.setup import lines_of_pair
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from normcalc.codegen.program import Piece, Program


def lines_of_regime(program: Program, index: int) -> list[str]:
    """Return the function of one regime."""
    return _Writer(program, index).lines()


class _Writer:
    """Writes the function of one regime: all cases are computed, masks choose."""

    def __init__(self, program: Program, index: int) -> None:
        self.program, self.index = program, index
        self.stage = program.stages[index]
        self.names = Names()
        self.names.taken |= {symbol.name for symbol, _ in self.stage.constants}
        self.names.taken |= {program.argument.name, program.point.name}
        self.names.taken |= {symbol.name for symbol in program.parameters}
        self.printer = WherePrinter()
        self.folded = self.printer.code(flow.folded(program))
        self.v = local_name(program.argument.name)
        self.count = 2 + len(program.parameters)

    def lines(self) -> list[str]:
        """Return the function's text."""
        symbols = (*self.program.parameters, *(e.name for e in self.stage.equations))
        given = "".join(f", {local_name(symbol.name)}" for symbol in symbols)
        conditions = [str(c) for c in (*self.stage.early, *self.stage.late)]
        where = f"Where {' and '.join(conditions)}" if conditions else "For all parameters"
        body = [
            *self._constants(),
            *([f"{self.folded} = abs({self.v})"] if self.program.parity else []),
            *self._slopes(),
            f"rest = holds & ({self.v} == {self.v})",
            f"nothing = nan + zeros_like({self.v})",
            f"result = ({', '.join(['nothing'] * self.count)})",
            *[line for branch in self._branches() for line in self._lines_of_branch(branch)],
            *self._unfolded(),
        ]
        head = f"def regime_{self.index}(holds, {self.v}{given}):"
        lines = [f"    {line}" if line else line for line in body]
        return ["", head, f'    """{where}."""', *lines, ""]

    def _branches(self) -> list[flow.Branch]:
        found = flow.branches(self.program, self.index, exact=False)
        return [branch for branch in found if branch.piece is not None or branch.relation]

    def _constants(self) -> list[str]:
        exprs = [expr for _, expr in self.stage.constants]
        lines, texts = self.printer.block(exprs, self.names)
        names = [local_name(symbol.name) for symbol, _ in self.stage.constants]
        pairs = [(n, text) for n, text in zip(names, texts, strict=True) if n != text]
        if {n for n, _ in pairs} & {local_name(p.name) for p in self.program.parameters}:
            # A constant takes the name of a parameter: all are set at once.
            left, right = (", ".join(part) for part in zip(*pairs, strict=True))
            return [*lines, f"{left} = {right}"]
        return [*lines, *(f"{n} = {text}" for n, text in pairs)]

    def _slopes(self) -> list[str]:
        lines: list[str] = []
        for number, piece in enumerate(self.stage.pieces):
            slope = piece.slope
            if slope is None or flow.solver(self.stage, slope) != number:
                continue
            about = "Return the slope, which is the argument at the point, and its derivative."
            pair = [slope.value, slope.derivative]
            lines += lines_of_pair(f"slope_{number}", slope.variable.name, pair, about)
        return [line.removeprefix("    ") for line in lines]

    def _lines_of_branch(self, branch: flow.Branch) -> list[str]:
        test = "rest"
        if branch.relation not in ("", "number"):
            test = f"rest & ({self.folded} {branch.relation} {self.printer.code(branch.border)})"
        if branch.piece is None:
            value = self.printer.code(branch.value)
            lines = [f"here = {test}"]
            new = f"({', '.join([value, *['nan'] * (self.count - 1)])})"
        else:
            piece = self.stage.pieces[branch.piece]
            why = piece.why if piece.why.isprintable() and 0 < len(piece.why) < 85 else ""
            lines = [*([f"# {why}"] if why else []), f"here = {test}"]
            before, texts = self._values(branch.piece, piece)
            lines, new = [*lines, *before], f"({', '.join(texts)})"
        after = [] if test == "rest" else ["rest = rest & ~here"]
        return [*lines, f"result = pick(here, {new}, result)", *after]

    def _values(self, number: int, piece: Piece) -> tuple[list[str], list[str]]:
        before, point = self._point(number, piece)
        results = flow.results(self.program, piece)
        if any(result.has(self.program.point) for result in results):
            before.append(f"{self.printer.code(self.program.point)} = {point}")
        shared, texts = self.printer.block(results, self.names)
        return [*before, *shared], texts

    def _point(self, number: int, piece: Piece) -> tuple[list[str], str]:
        """Return the lines before the point, and its text."""
        if piece.search is not None:
            raise NotDerivable("points found by a search are for targets without derivatives")
        start = piece.point.xreplace({self.program.argument: flow.folded(self.program)})
        lines, (text,) = self.printer.block([start], self.names)
        if piece.use not in ("start", "formula"):
            return lines, text
        assert piece.slope is not None
        ends = f"{self.printer.code(piece.slope.lo)}, {self.printer.code(piece.slope.hi)}"
        slope = f"slope_{flow.solver(self.stage, piece.slope)}"
        if piece.use == "start":
            return lines, f"root({slope}, {self.folded}, {ends}, {text}, here)"
        # Where the closed form overflows, Newton's method does the work.
        again = "here & ~isfinite(closed)"
        call = f"root({slope}, {self.folded}, {ends}, {self.folded}, {again})"
        return [*lines, f"closed = {text}", f"solved = {call}"], f"where({again}, solved, closed)"

    def _unfolded(self) -> list[str]:
        parities = flow.parities(self.program, self.count)
        if "odd" not in parities:
            return ["return result"]
        odd = ", ".join(str(parity == "odd") for parity in parities)
        return [
            f"both = zip(result, ({odd}))",
            f"return tuple(where({self.v} < 0, 0 - r, r) if o else r for r, o in both)",
        ]
