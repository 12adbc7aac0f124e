"""The text of `setup`: which regime holds, its roots, and its constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.economy import economical
from normcalc.codegen.names import Names
from normcalc.codegen.printer import Printer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sympy as sp

    from normcalc.codegen.program import Equation, Program, Stage

# Returned when no regime holds, which only parameters outside their kinds can bring about.
NOWHERE = -1_000_000


def lines_of_setup(program: Program) -> list[str]:
    """Return the functions of all set-up equations, then `setup` itself."""
    lines: list[str] = []
    for index, stage in enumerate(program.stages):
        for number, equation in enumerate(stage.equations):
            lines += _lines_of_equation(program, stage, index, number, equation)
    lines += [
        "",
        "@entry",
        "def setup(params, consts):",
        '    """Choose the regime, fill in `consts`, and return the regime\'s index.',
        "",
        "    Where the object does not exist the result is minus the index, minus one.",
        '    """',
        *_unpacked(program),
    ]
    if all(not (stage.early or stage.late) for stage in program.stages):
        return [*lines, *_indent(_lines_of_stage(program, 0), 1), ""]
    lines.append("    for slack in (0.0, 1e-12):  # the second turn closes holes left by rounding")
    for index in range(len(program.stages)):
        lines += _indent(_lines_of_stage(program, index), 2)
    return [*lines, f"    return {NOWHERE}", ""]


def lines_of_violated(program: Program) -> list[str]:
    """Return the function that tells which relation between parameters is broken."""
    lines = ["", "@entry", "def violated(params):"]
    lines.append('    """Return the index of the first relation that does not hold, or -1."""')
    lines += _unpacked(program)
    for index, relation in enumerate(program.relations):
        lines.append(f"    if not ({Printer().code(relation)}):")
        lines.append(f"        return {index}")
    return [*lines, "    return -1", ""]


def _unpacked(program: Program) -> list[str]:
    return [f"    {symbol.name} = params[{i}]" for i, symbol in enumerate(program.parameters)]


def _known(program: Program, stage: Stage, number: int) -> list[str]:
    """Return the names that an equation may use: the parameters and the roots before it."""
    roots = [equation.name.name for equation in stage.equations[:number]]
    return [symbol.name for symbol in program.parameters] + roots


def _tuple(names: list[str]) -> str:
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})" if names else "(0.0,)"


def _lines_of_equation(
    program: Program, stage: Stage, index: int, number: int, equation: Equation
) -> list[str]:
    known = _known(program, stage, number)
    name = f"{index}_{number}"
    lines: list[str] = []
    calls: list[str] = []
    variable = equation.variable.name
    for place, (symbol, slope) in enumerate(equation.inner):
        inner = f"{name}_{place}"
        pair = [slope.value, slope.derivative]
        about = "Return a slope and its derivative."
        lines += lines_of_pair(f"slope_{inner}", slope.variable.name, pair, known, about)
        lines += ["", f"point_{inner} = rooted(slope_{inner})", ""]
        ends = f"{Printer().code(slope.lo)}, {Printer().code(slope.hi)}"
        calls.append(f"{symbol.name} = point_{inner}({variable}, {ends}, {variable}, k)")
    pair = [equation.value, equation.derivative]
    used = [end for _, slope in equation.inner for end in (slope.lo, slope.hi)]
    about = f"Vanishes, rising, at {equation.name.name}; with its derivative."
    lines += lines_of_pair(f"equation_{name}", variable, pair, known, about, calls, used)
    return [*lines, "", f"root_{name} = rooted(equation_{name})", ""]


def lines_of_pair(
    name: str,
    variable: str,
    pair: list[sp.Expr],
    known: list[str],
    about: str,
    calls: Sequence[str] = (),
    used: Sequence[sp.Expr] = (),
    fast: bool = False,
) -> list[str]:
    """Return the function of a value and its derivative; `known` names the entries of ``k``."""
    names = Names()
    names.taken |= {*known, variable, *(call.partition(" ")[0] for call in calls)}
    pair = economical(pair) if fast else pair
    lines, texts = Printer(fast=fast).block(pair, names)
    free = {symbol.name for expr in (*pair, *used) for symbol in expr.free_symbols}
    return [
        "",
        "@inner",
        f"def {name}({variable}, k):",
        f'    """{about}"""',
        *[f"    {each} = k[{i}]" for i, each in enumerate(known) if each in free],
        *_indent([*calls, *lines], 1),
        f"    return {', '.join(texts)}",
        "",
    ]


def _lines_of_stage(program: Program, index: int) -> list[str]:
    stage = program.stages[index]
    printer = Printer(slack="slack")
    body: list[str] = []
    for number, equation in enumerate(stage.equations):
        ends = f"{printer.code(equation.lo)}, {printer.code(equation.hi)}"
        known = _tuple(_known(program, stage, number))
        call = f"root_{index}_{number}(0.0, {ends}, inside({ends}), {known})"
        body.append(f"{equation.name.name} = {call}")
    if stage.late:
        body.append(f"if {_joined(stage.late, printer)}:")
    body += _indent(_lines_of_constants(program, index), 1 if stage.late else 0)
    if not stage.early:
        return body
    return [f"if {_joined(stage.early, printer)}:", *_indent(body, 1)]


def _joined(conditions: tuple[sp.Basic, ...], printer: Printer) -> str:
    # The printed texts are joined, not the expressions: SymPy must not merge two conditions.
    texts = [printer.code(condition) for condition in conditions]
    if len(texts) == 1:
        return texts[0]
    return " and ".join(f"({text})" if " or " in text else text for text in texts)


def _lines_of_constants(program: Program, index: int) -> list[str]:
    stage = program.stages[index]
    if stage.refusal is not None:
        return [f"return {-1 - index}"]
    names = Names()
    names.taken |= {symbol.name for symbol in program.parameters}
    names.taken |= {equation.name.name for s in program.stages for equation in s.equations}
    lines, texts = Printer().block([expr for _, expr in stage.constants], names)
    lines.append(f"consts[0] = {index}")
    for place, ((symbol, _), text) in enumerate(zip(stage.constants, texts, strict=True), 1):
        comment = "" if symbol.name == text else f"  # {symbol.name}"
        lines.append(f"consts[{place}] = {text}{comment}")
    return [*lines, f"return {index}"]


def _indent(lines: list[str], depth: int) -> list[str]:
    return [f"{'    ' * depth}{line}" if line else line for line in lines]
