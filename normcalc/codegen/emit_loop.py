"""The text of the loops: over all numbers, over blocks of them, and the function of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.emit_regime import ends_of, is_quick, solver_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.program import Program, Stage

# Numbers that a block holds: what it works on stays in the first cache.
BLOCK = 256


def live(program: Program) -> list[int]:
    """Return the indices of the regimes in which the object exists."""
    return [i for i, stage in enumerate(program.stages) if stage.refusal is None]


def lines_of_block(program: Program, index: int) -> list[str]:
    """Return the function of a block of numbers, for a regime that is not direct.

    Its loops have no branches, so that they run on all lanes of the processor; the few numbers
    that need more than the loops give are done one by one.
    """
    stage = program.stages[index]
    if stage.direct:
        return []
    lines = [
        *_lines_of_whole(stage, index),
        "",
        "@apart",
        f"def block_{index}(v, out, first, work, k):",
        f'    """Map at most {BLOCK} numbers from `first` into `out`, which may be `v`."""',
        f"    kept, count = work[0], min(v.size - first, {BLOCK})",
        "    for i in range(count):",
        "        kept[i] = v[first + i]",
    ]
    for row, number in enumerate(stage.solved, 3):
        solver = f"sweep_{index}_{solver_number(stage, number)}"
        ends = ends_of(stage, number)
        lines += [
            f"    targets, points_{number} = work[1], work[{row}]",
            "    for i in range(count):",
            f"        targets[i], points_{number}[i] = start_{index}_{number}(kept[i], k)",
            f"    {solver}(targets, points_{number}, work[2], count, {ends}, k)",
        ]
    points = "".join(f"points_{number}[i], " for number in stage.solved)
    call = f"regime_{index}(kept[i], {points}k)"
    if not stage.guarded:
        return [*lines, "    for i in range(count):", f"        out[first + i] = {call}", ""]
    return [
        *lines,
        "    strange = 0",
        *_chosen(stage, index, lambda form: [
            "    for i in range(count):",
            f"        value = {call.replace('regime', form)}",
            "        strange += not abs(value) < np.inf and kept[i] == kept[i]",
            "        out[first + i] = value",
        ]),
        "    for i in range(count if strange > 0 else 0):",
        f"        out[first + i] = careful_{index}(kept[i], k)",
        "",
    ]  # fmt: skip


def _chosen(stage: Stage, index: int, loop: Callable[[str], list[str]]) -> list[str]:
    """Return a loop over `regime`, or a choice at run time between that and `quick`."""
    quick = is_quick(stage)
    if not quick:
        return loop("regime")
    both = [[f"    {line}" for line in loop(form)] for form in ("quick", "regime")]
    return [f"    if {quick}:", *both[0], "    else:", *both[1]]


def _lines_of_whole(stage: Stage, index: int) -> list[str]:
    """Return the loop over a vector into another one, where only overflow needs a second look."""
    if stage.solved or not stage.guarded:
        return []
    return [
        "",
        "@apart",
        f"def whole_{index}(v, out, k):",
        '    """Map one vector into another that shares no memory with it."""',
        "    strange = 0",
        *_chosen(stage, index, lambda form: [
            "    for i in range(v.size):",
            f"        value = {form}_{index}(v[i], k)",
            "        strange += not abs(value) < np.inf and v[i] == v[i]",
            "        out[i] = value",
        ]),
        "    for i in range(v.size if strange > 0 else 0):",
        "        if not abs(out[i]) < np.inf:",
        f"            out[i] = careful_{index}(v[i], k)",
        "",
    ]  # fmt: skip


def lines_of_loop(program: Program, in_place: bool) -> list[str]:
    """Return the function that maps a vector, into another one or in place."""
    source = "out" if in_place else "v"
    head = "apply_in_place(out, consts)" if in_place else "apply(v, consts, out)"
    lines = ["", "@entry", f"def {head}:"]
    if in_place:
        lines.append('    """Replace each number in a vector, with the constants of `setup`."""')
    else:
        lines += [
            '    """Map one vector into another, with the constants of `setup`.',
            "",
            "    False means that their memory is not as it has to be, and nothing is done.",
            '    """',
            "    if not separate(v, out):",
            "        return False",
        ]
    if any(program.stages[index].direct for index in live(program)):
        lines.append("    real = consts.dtype.type")
    for index in live(program):
        lines += _lines_of_branch(program, index, source)
    return [*lines, *([] if in_place else ["    return True"]), ""]


def lines_of_rows(program: Program) -> list[str]:
    """Return the function that gives each number parameters of its own."""
    relations = ["        if violated(rows[first]) >= 0:", "            return first"]
    return [
        "",
        "@entry",
        "def apply_rows(v, rows, consts, out):",
        '    """Map `v` into `out`, `v[i]` with the parameters `rows[i]`.',
        "",
        "    The result is -1, or the first row for which there is no value.",
        '    """',
        "    first = 0",
        "    while first < v.size:",
        "        last = first + 1",
        "        while last < v.size and same_row(rows, first, last):",
        "            last += 1",
        *(relations if program.relations else []),
        "        if setup(rows[first], consts) < 0:",
        "            return first",
        "        if last - first < 8:",
        "            for i in range(first, last):",
        "                out[i] = element(v[i], consts)",
        "        else:",
        "            apply(v[first:last], consts, out[first:last])",
        "        first = last",
        "    return -1",
        "",
    ]


def _lines_of_branch(program: Program, index: int, source: str) -> list[str]:
    stage = program.stages[index]
    head = [f"    if consts[0] == {index}:", f"        k = {packed(len(stage.constants))}"]
    if stage.direct:
        loop = f"        for i in range({source}.size):"
        return [*head, loop, f"            out[i] = regime_{index}(real({source}[i]), k)"]
    if source == "v" and not stage.solved:
        return [*head, f"        whole_{index}(v[:], out[:], k)"]
    rows = 1 if not stage.solved else 3 + len(stage.solved)
    return [
        *head,
        f"        work = np.empty(({rows}, min({source}.size, {BLOCK})))",
        f"        for first in range(0, {source}.size, {BLOCK}):",
        f"            block_{index}({source}[:], out[:], first, work, k)",
    ]


def packed(count: int) -> str:
    """Return the text of the tuple of constants that a regime takes.

    Examples
    --------
    >>> packed(2)
    '(consts[1], consts[2])'
    """
    inside = ", ".join(f"consts[{i + 1}]" for i in range(max(count, 1)))
    return f"({inside})" if count > 1 else f"({'consts[0]' if count == 0 else inside},)"


def lines_of_element(program: Program) -> list[str]:
    """Return the function of one number."""
    lines = ["", "@entry", "def element(v, consts):"]
    lines.append('    """Return the value at the number `v`, with the constants of `setup`."""')
    for index in live(program):
        stage = program.stages[index]
        function = f"regime_{index}" if stage.direct else f"careful_{index}"
        lines.append(f"    if consts[0] == {index}:")
        lines.append(f"        return {function}(v, {packed(len(stage.constants))})")
    return [*lines, "    return np.nan", ""]
