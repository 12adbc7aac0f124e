"""The functions of a module for graphics cards: set-up and regimes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from normcalc.codegen import flow
from normcalc.codegen.cuda.printer import CudaPrinter, device_name
from normcalc.codegen.emit_setup import NOWHERE
from normcalc.codegen.names import Names
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import sympy as sp

    from normcalc.codegen.program import Equation, Piece, Program, Stage


def indent(lines: Iterable[str]) -> list[str]:
    """Return lines moved to the right."""
    return [f"    {line}" if line else line for line in lines]


def _function(head: str, about: str, body: Sequence[str]) -> list[str]:
    return ["", "", "@device", f"def {head}:", *indent([f'"""{about}"""', *body])]


def _unpacked(names: Sequence[str], array: str, body: Sequence[str], first: int = 0) -> list[str]:
    """Return the lines that name the entries of `array` which `body` uses."""
    text = re.sub(r"#.*", "", "\n".join(body))
    shown = enumerate(map(device_name, names), first)
    used = [(i, name) for i, name in shown if re.search(rf"\b{name}\b", text)]
    return [f"{name} = {array}[{i}]" for i, name in used]


def _lines_of_pair(
    name: str,
    variable: str,
    pair: list[sp.Expr],
    known: list[str],
    about: str,
    calls: Sequence[str] = (),
    first: int = 0,
) -> list[str]:
    names = Names()
    names.taken |= {*known, variable, *(call.partition(" ")[0] for call in calls)}
    lines, (value, derivative) = CudaPrinter().block(pair, names)
    body = [*calls, *lines, f"return {value}, {derivative}"]
    return _function(
        f"{name}({device_name(variable)}, k)", about, [*_unpacked(known, "k", body, first), *body]
    )


def lines_of_setup(program: Program) -> list[str]:
    """Return the functions of all set-up equations, then `setup` itself."""
    lines: list[str] = []
    for index, stage in enumerate(program.stages):
        for number, equation in enumerate(stage.equations):
            lines += _lines_of_equation(program, stage, f"{index}_{number}", number, equation)
    body = [
        "for turn in range(2):  # the second turn closes holes left by rounding",
        "    slack = 1e-12 * turn",
    ]
    for index in range(len(program.stages)):
        body += indent(_lines_of_stage(program, index))
    body.append(f"return {NOWHERE}")
    known = _unpacked([symbol.name for symbol in program.parameters], "params", body)
    about = "Choose the regime, fill in `consts`, and return the regime's index."
    return [*lines, *_function("setup(params, consts)", about, [*known, *body])]


def _known(program: Program, stage: Stage, number: int) -> list[str]:
    roots = [equation.name.name for equation in stage.equations[:number]]
    return [symbol.name for symbol in program.parameters] + roots


def _lines_of_equation(
    program: Program, stage: Stage, name: str, number: int, equation: Equation
) -> list[str]:
    known = _known(program, stage, number)
    lines: list[str] = []
    calls: list[str] = []
    variable = device_name(equation.variable.name)
    for place, (symbol, slope) in enumerate(equation.inner):
        inner = f"{name}_{place}"
        pair = [slope.value, slope.derivative]
        about = "Return a slope and its derivative."
        lines += _lines_of_pair(f"slope_{inner}", slope.variable.name, pair, known, about)
        lines += ["", "", f"point_{inner} = rooted(slope_{inner})"]
        ends = f"{CudaPrinter().code(slope.lo)}, {CudaPrinter().code(slope.hi)}"
        calls.append(
            f"{device_name(symbol.name)} = point_{inner}({variable}, {ends}, {variable}, k)"
        )
    pair = [equation.value, equation.derivative]
    about = f"Vanishes, rising, at {equation.name.name}; with its derivative."
    lines += _lines_of_pair(f"equation_{name}", variable, pair, known, about, calls)
    return [*lines, "", "", f"root_{name} = rooted(equation_{name})"]


def _lines_of_stage(program: Program, index: int) -> list[str]:
    stage = program.stages[index]
    body: list[str] = []
    for number, equation in enumerate(stage.equations):
        ends = f"{CudaPrinter().code(equation.lo)}, {CudaPrinter().code(equation.hi)}"
        known = (
            "".join(f"{device_name(name)}, " for name in _known(program, stage, number)) or "0.0, "
        )
        call = f"root_{index}_{number}(0.0, {ends}, inside({ends}), ({known.rstrip()}))"
        body.append(f"{device_name(equation.name.name)} = {call}")
    body += _guarded(stage.late, _lines_of_constants(program, index))
    return _guarded(stage.early, body)


def _guarded(conditions: tuple[sp.Basic, ...], body: list[str]) -> list[str]:
    if not conditions:
        return body
    texts = [CudaPrinter(slack="slack").code(condition) for condition in conditions]
    test = " and ".join(f"({text})" if " or " in text else text for text in texts)
    return [f"if {test}:", *indent(body)]


def _lines_of_constants(program: Program, index: int) -> list[str]:
    stage = program.stages[index]
    if stage.refusal is not None:
        return [f"return {-1 - index}"]
    names = Names()
    names.taken |= {symbol.name for symbol in program.parameters}
    names.taken |= {equation.name.name for s in program.stages for equation in s.equations}
    lines, texts = CudaPrinter().block([expr for _, expr in stage.constants], names)
    lines.append(f"consts[0] = {index}.0")
    for place, ((symbol, _), text) in enumerate(zip(stage.constants, texts, strict=True), 1):
        comment = "" if symbol.name == text else f"  # {symbol.name}"
        lines.append(f"consts[{place}] = {text}{comment}")
    return [*lines, f"return {index}"]


def lines_of_regime(program: Program, index: int) -> list[str]:
    """Return the functions of one regime, as `emit_regime` does for processors."""
    stage = program.stages[index]
    known = [symbol.name for symbol, _ in stage.constants]
    lines: list[str] = []
    for number, piece in enumerate(stage.pieces):
        slope = piece.slope
        if slope is not None and flow.solver(stage, slope) == number:
            name = f"{index}_{number}"
            pair = [slope.value, slope.derivative]
            about = "Return the slope, which is the argument at the point, and its derivative."
            head = f"slope_{name}"
            lines += _lines_of_pair(head, slope.variable.name, pair, known, about, first=1)
            lines += ["", "", f"point_{name} = rooted(slope_{name})"]
    lines += _Writer(program, index, exact=False).lines()
    if stage.guarded:
        lines += _Writer(program, index, exact=True).lines()
        body = [
            f"value = regime_{index}(v, consts)",
            "if math.isfinite(value) or v != v:",
            "    return value",
            f"return exact_{index}(v, consts)",
        ]
        about = f"As `regime_{index}`, but by Newton's method where the closed form overflows."
        lines += _function(f"careful_{index}(v, consts)", about, body)
    return lines


class _Writer:
    """Writes the function of one regime; `exact` ones use Newton's method for every curved arc."""

    def __init__(self, program: Program, index: int, exact: bool) -> None:
        self.program, self.index, self.exact = program, index, exact
        self.stage = program.stages[index]
        self.names = Names()
        self.names.taken |= {symbol.name for symbol, _ in self.stage.constants}
        self.names.taken |= {program.argument.name, program.point.name}
        self.printer = CudaPrinter()
        self.folded = flow.folded(program)

    def lines(self) -> list[str]:
        """Return the function's text."""
        v = device_name(self.program.argument.name)
        body = [f"size = abs({v})"] if self.program.parity else []
        body += self._body()
        odd = self.program.parity == "odd"
        # 0 - result rather than -result: inside a dead zone and at -0.0 the value is +0.0.
        body.append(f"return result if {v} >= 0.0 else 0.0 - result" if odd else "return result")
        known = _unpacked([s.name for s, _ in self.stage.constants], "consts", body, first=1)
        conditions = [str(c) for c in (*self.stage.early, *self.stage.late)]
        where = f"Where {' and '.join(conditions)}" if conditions else "For all parameters"
        how = ", by Newton's method" if self.exact else ", by closed forms"
        about = f"{where}{how if self.stage.guarded else ''}."
        name = "exact" if self.exact else "regime"
        return _function(f"{name}_{self.index}({v}, consts)", about, [*known, *body])

    def _body(self) -> list[str]:
        lines: list[str] = []
        found = flow.branches(self.program, self.index, self.exact)
        for place, branch in enumerate(found):
            body = self._assign(branch)
            if len(found) == 1:
                return body
            word = "if" if place == 0 else "elif"
            test = self._test(branch)
            lines += [f"{word} {test}:" if test else "else:", *indent(body)]
        return lines

    def _test(self, branch: flow.Branch) -> str:
        v = self.printer.code(self.folded)
        if branch.relation == "number":
            return f"{v} == {v}"
        code = self.printer.code(branch.border)
        return f"{v} {branch.relation} {code}" if branch.relation else ""

    def _assign(self, branch: flow.Branch) -> list[str]:
        if branch.piece is None:
            return [f"result = {self.printer.code(branch.value)}"]
        piece = self.stage.pieces[branch.piece]
        why = piece.why if piece.why.isprintable() and 0 < len(piece.why) < 85 else ""
        before, point = self._point(piece)
        lines = [*([f"# {why}"] if why else []), *before]
        if piece.result is None:
            return [*lines, f"result = {point}"]
        (result,) = flow.results(self.program, piece)
        shared, (text,) = self.printer.block([result], self.names)
        if result.has(self.program.point):
            lines.append(f"{device_name(self.program.point.name)} = {point}")
        return [*lines, *shared, f"result = {text}"]

    def _point(self, piece: Piece) -> tuple[list[str], str]:
        """Return the lines before the point, and its text."""
        if piece.search is not None:
            raise NotDerivable("a point that only a search finds is not for graphics cards")
        start = piece.point.xreplace({self.program.argument: self.folded})
        newton = flow.solved(piece, self.exact)
        start = self.folded if newton and self.exact else start
        lines, (text,) = self.printer.block([start], self.names)
        if not newton:
            return lines, text
        assert piece.slope is not None
        ends = f"{self.printer.code(piece.slope.lo)}, {self.printer.code(piece.slope.hi)}"
        solver = f"point_{self.index}_{flow.solver(self.stage, piece.slope)}"
        return lines, f"{solver}({self.printer.code(self.folded)}, {ends}, {text}, consts)"
