"""The set-up on arrays: the roots of each regime, and which regime holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.names import Names
from normcalc.codegen.where.names import local_name
from normcalc.codegen.where.printer import WherePrinter

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sympy as sp

    from normcalc.codegen.program import Equation, Program


def lines_of_pair(
    name: str, variable: str, pair: list[sp.Expr], about: str, calls: Sequence[str] = ()
) -> list[str]:
    """Return a function, inside another one, of a value and its derivative."""
    names = Names()
    names.taken |= {s.name for expr in pair for s in expr.free_symbols} | {variable}
    lines, (value, derivative) = WherePrinter().block(pair, names)
    return [
        "",
        f"    def {name}({local_name(variable)}):",
        f'        """{about}"""',
        *[f"        {line}" for line in (*calls, *lines)],
        f"        return {value}, {derivative}",
        "",
    ]


def lines_of_roots(program: Program, index: int) -> list[str]:
    """Return the function of the roots of a regime, each found from those before it."""
    given = "".join(f", {local_name(p.name)}" for p in program.parameters)
    stage = program.stages[index]
    like = local_name(program.parameters[0].name) if program.parameters else "everywhere * 1.0"
    lines = ["", f"def roots_{index}(everywhere{given}):"]
    lines.append('    """Return the numbers that the borders are made of."""')
    lines.append(f"    zero = zeros_like({like})")
    for number, equation in enumerate(stage.equations):
        lines += _lines_of_equation(number, equation)
    names = ", ".join(local_name(equation.name.name) for equation in stage.equations)
    return [*lines, f"    return ({names},)", ""]


def _lines_of_equation(number: int, equation: Equation) -> list[str]:
    variable = local_name(equation.variable.name)
    lines: list[str] = []
    calls: list[str] = []
    for place, (symbol, slope) in enumerate(equation.inner):
        inner = f"slope_{number}_{place}"
        about = "Return a slope and its derivative."
        pair = [slope.value, slope.derivative]
        lines += lines_of_pair(inner, slope.variable.name, pair, about)
        ends = f"{WherePrinter().code(slope.lo)}, {WherePrinter().code(slope.hi)}"
        text = f"root({inner}, {variable}, {ends}, {variable}, everywhere)"
        calls.append(f"{local_name(symbol.name)} = {text}")
    name = local_name(equation.name.name)
    about = f"Vanishes, rising, at {name}; with its derivative."
    pair = [equation.value, equation.derivative]
    lines += lines_of_pair(f"equation_{number}", equation.variable.name, pair, about, calls)
    lowest, highest = (WherePrinter().code(end) for end in (equation.lo, equation.hi))
    lines += [f"    lowest = {lowest} + zero", f"    highest = {highest} + zero"]
    between = "lowest, highest, inside(lowest, highest)"
    return [*lines, f"    {name} = root(equation_{number}, zero, {between}, everywhere)"]


def lines_of_holds(program: Program) -> list[str]:
    """Return the function that tells whether the conditions of each regime hold."""
    given = "".join(f", {local_name(p.name)}" for p in program.parameters)
    passed = "".join(f", found_{i}" for i, s in enumerate(program.stages) if s.equations)
    lines = ["", f"def holds(slack, everywhere{given}{passed}):"]
    lines += ['    """Tell whether the conditions of each regime hold."""', "    tests = []"]
    printer = WherePrinter(slack="slack")
    for index, stage in enumerate(program.stages):
        if stage.late:
            names = ", ".join(local_name(equation.name.name) for equation in stage.equations)
            lines.append(f"    ({names},) = found_{index}")
        texts = [printer.code(condition) for condition in (*stage.early, *stage.late)]
        joined = texts[0] if len(texts) == 1 else " & ".join(f"({text})" for text in texts)
        lines.append(f"    tests.append({joined or 'everywhere'})")
    return [*lines, "    return tuple(tests)", ""]
