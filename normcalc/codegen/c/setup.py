"""The set-up in C: which regime holds, its roots, and its constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.c.printer import CPrinter, c_name
from normcalc.codegen.c.writing import function, indent, unpacked
from normcalc.codegen.emit_setup import NOWHERE
from normcalc.codegen.names import Names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sympy as sp

    from normcalc.codegen.program import Equation, Program, Stage


def lines_of_pair(
    name: str,
    variable: str,
    pair: list[sp.Expr],
    known: list[str],
    about: str,
    calls: Sequence[str] = (),
) -> list[str]:
    """Return the function of a value and its derivative; `known` names the entries of ``k``."""
    names = Names()
    names.taken |= {*known, variable}
    lines, (value, derivative) = CPrinter().declared(pair, names)
    body = [*calls, *lines, f"*value = {value};", f"*derivative = {derivative};"]
    u = c_name(variable)
    unused = [] if any(_mentions(line, u) for line in body) else [f"(void){u};"]
    body = [*unpacked([c_name(each) for each in known], "k", body), *unused, *body]
    head = f"static void {name}(double {u}, const double *k, double *value, double *derivative)"
    return function(head, body, about)


def _mentions(line: str, name: str) -> bool:
    return f"const double {name} =" not in line and name in line


def lines_of_setup(program: Program) -> list[str]:
    """Return the functions of all set-up equations, then the set-up itself."""
    lines: list[str] = []
    for index, stage in enumerate(program.stages):
        for number, equation in enumerate(stage.equations):
            lines += _lines_of_equation(program, stage, index, number, equation)
    body = _body(program)
    known = [c_name(symbol.name) for symbol in program.parameters]
    head = f"int {c_name(program.name)}_setup(const double *params, double *consts)"
    about = (
        "Choose the regime, fill in consts, and return the regime's index; where the object does\n"
        "   not exist the result is minus the index, minus one."
    )
    return [*lines, *function(head, [*unpacked(known, "params", body), *body], about)]


def lines_of_violated(program: Program) -> list[str]:
    """Return the function that tells which relation between parameters is broken."""
    body: list[str] = []
    for index, relation in enumerate(program.relations):
        body += [f"if (!({CPrinter().code(relation)}))", f"    return {index};"]
    body.append("return -1;")
    known = [c_name(symbol.name) for symbol in program.parameters]
    head = f"int {c_name(program.name)}_violated(const double *params)"
    about = "The index of the first relation between parameters that does not hold, or -1."
    return function(head, [*unpacked(known, "params", body), *body], about)


def _body(program: Program) -> list[str]:
    if all(not (stage.early or stage.late) for stage in program.stages):
        return _lines_of_stage(program, 0)
    stages = [_lines_of_stage(program, index) for index in range(len(program.stages))]
    return [
        "for (int turn = 0; turn < 2; ++turn) {",
        "    /* The second turn closes holes left by rounding. */",
        "    const double slack = turn == 0 ? 0.0 : 1e-12;",
        *[line for stage in stages for line in indent(stage)],
        "}",
        f"return {NOWHERE};",
    ]


def _known(program: Program, stage: Stage, number: int) -> list[str]:
    """Return the names that an equation may use: the parameters and the roots before it."""
    roots = [equation.name.name for equation in stage.equations[:number]]
    return [symbol.name for symbol in program.parameters] + roots


def _lines_of_equation(
    program: Program, stage: Stage, index: int, number: int, equation: Equation
) -> list[str]:
    known = _known(program, stage, number)
    name, variable = f"{index}_{number}", equation.variable.name
    lines: list[str] = []
    calls: list[str] = []
    for place, (symbol, slope) in enumerate(equation.inner):
        pair = [slope.value, slope.derivative]
        about = "A slope and its derivative."
        inner = f"slope_{name}_{place}"
        lines += lines_of_pair(inner, slope.variable.name, pair, known, about)
        ends = f"{CPrinter().code(slope.lo)}, {CPrinter().code(slope.hi)}"
        at = c_name(variable)
        text = f"root({at}, {ends}, {at}, {inner}, k)"
        calls.append(f"const double {c_name(symbol.name)} = {text};")
    pair = [equation.value, equation.derivative]
    about = f"Vanishes, rising, at {c_name(equation.name.name)}; with its derivative."
    return [*lines, *lines_of_pair(f"equation_{name}", variable, pair, known, about, calls)]


def _lines_of_stage(program: Program, index: int) -> list[str]:
    stage = program.stages[index]
    body: list[str] = []
    for number, equation in enumerate(stage.equations):
        body += _lines_of_root(program, stage, index, number, equation)
    constants = _lines_of_constants(program, index)
    body += _guarded(stage.late, constants)
    # A block of its own: regimes may use the same names.
    return _guarded(stage.early, body) if stage.early else ["{", *indent(body), "}"]


def _guarded(conditions: tuple[sp.Basic, ...], body: list[str]) -> list[str]:
    if not conditions:
        return body
    texts = [CPrinter(slack="slack").code(condition) for condition in conditions]
    test = " && ".join(f"({text})" if " || " in text else text for text in texts)
    return [f"if ({test}) {{", *indent(body), "}"]


def _lines_of_root(
    program: Program, stage: Stage, index: int, number: int, equation: Equation
) -> list[str]:
    known = [c_name(name) for name in _known(program, stage, number)]
    ends = f"{CPrinter().code(equation.lo)}, {CPrinter().code(equation.hi)}"
    held = f"held_{number}"
    return [
        f"const double {held}[] = {{{', '.join(known) or '0.0'}}};",
        f"const double {c_name(equation.name.name)} =",
        f"    root(0.0, {ends}, inside({ends}), equation_{index}_{number}, {held});",
    ]


def _lines_of_constants(program: Program, index: int) -> list[str]:
    stage = program.stages[index]
    if stage.refusal is not None:
        return [f"return {-1 - index};"]
    names = Names()
    names.taken |= {symbol.name for symbol in program.parameters}
    names.taken |= {equation.name.name for s in program.stages for equation in s.equations}
    lines, texts = CPrinter().declared([expr for _, expr in stage.constants], names)
    lines.append(f"consts[0] = {index}.0;")
    for place, ((symbol, _), text) in enumerate(zip(stage.constants, texts, strict=True), 1):
        comment = "" if c_name(symbol.name) == text else f" /* {symbol.name} */"
        lines.append(f"consts[{place}] = {text};{comment}")
    return [*lines, f"return {index};"]
