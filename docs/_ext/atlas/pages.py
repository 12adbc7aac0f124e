"""The page of one function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas.contents import class_of, domain
from atlas.markup import WIDE, cited, code, display, dropdown, escaped, listed, tabs

if TYPE_CHECKING:
    from atlas.entries import Answer, Check, Entry

TITLES = {
    "prox": "Proximal operator",
    "moreau_envelope": "Moreau envelope",
    "subdifferential": "Subdifferential",
    "conjugate": "Convex conjugate",
    "dual_norm": "Dual norm",
}


def page(entry: Entry) -> str:
    """Return the whole page."""
    parts = [f"{WIDE}# {entry.name}\n", _opening(entry), _picture(entry)]
    parts += [_section(answer, entry) for answer in entry.answers]
    parts += [_facts(entry), _certificate(entry.checks), _sources(entry), _reproduce(entry)]
    return "\n".join(part for part in parts if part)


def _opening(entry: Entry) -> str:
    given = ", ".join(f"`{line}`" for line in entry.given)
    lines = [
        f"`{entry.text}`" + (f" with {given}" if given else ""),
        f"Finite on: {escaped(domain(entry.traits))}",
        f"Class: {class_of(entry)}",
    ]
    formula = f"f(x) = {entry.latex}"
    return f"{entry.words}\n\n{display(formula)}\n" + "".join(f"- {line}\n" for line in lines)


def _picture(entry: Entry) -> str:
    description, caption = entry.picture
    if not caption:
        return ""
    return (
        f"```{{figure}} images/{entry.name}.png\n:alt: {' '.join(description.split())}\n"
        f":width: {'100%' if entry.traits['variable'] == 'scalar' else '45%'}\n\n"
        f"{escaped(caption)}\n```\n"
    )


def _section(answer: Answer, entry: Entry) -> str:
    parts = [f"## {TITLES[answer.goal]}\n"]
    if not answer.latex:
        return "\n".join([*parts, f"No answer: {escaped(answer.refusal)}\n"])
    parts.append(tabs(("Formula", display(answer.latex)), ("Text", code(answer.text))))
    if answer.refusal:
        parts.append(f"In a regime without an answer: {escaped(answer.refusal)}\n")
    parts.append(dropdown("Step by step", code(answer.steps)))
    if answer.kernel:
        parts.append(
            f"Standalone kernel: {{download}}`{answer.kernel} <kernels/{answer.kernel}>`\n"
        )
    return "\n".join(parts)


def _facts(entry: Entry) -> str:
    rows = [(escaped(q), escaped(value), escaped(why)) for q, value, why in entry.facts]
    return "## Facts\n\n" + listed(("Question", "Answer", "Why"), rows, widths="20 14 66")


def _certificate(checks: tuple[Check, ...]) -> str:
    parts = ["## Certificate\n"]
    head = ("Claim", "Status", "How", "Points searched", "Worst gap", "Solver queries")
    for check in checks:
        parts.append(f"{TITLES[check.goal]}: **{check.status}**. {escaped(check.note)}\n")
        if check.rows:
            rows = [tuple(escaped(cell) for cell in row) for row in check.rows]
            parts.append(listed(head, rows, widths="40 10 20 10 10 10"))
    if not checks:
        parts.append("There is no derived object of one variable to certify.\n")
    return "\n".join(parts)


def _sources(entry: Entry) -> str:
    if not entry.theorems:
        return ""
    lines = [f"- `{name}`: {cited(source)}\n" for name, source in entry.theorems]
    return (
        "## Sources\n\n" + "".join(lines) + "\n" + dropdown("BibTeX", code(entry.bibtex, "bibtex"))
    )


def _reproduce(entry: Entry) -> str:
    derived = [answer for answer in entry.answers if answer.latex]
    lines = [
        "import normcalc as nc",
        "",
        f"f = {entry.code}",
        f"assert f == nc.zoo.{entry.name}()",
        "print(nc.facts(f))",
    ]
    for answer in derived:
        lines += ["", f"{answer.goal} = nc.{answer.goal}(f)", f"print({answer.goal})"]
        if any(check.goal == answer.goal for check in entry.checks):
            lines.append(f"print(nc.certify({answer.goal}))")
        if answer.kernel:
            lines.append(f'nc.export({answer.goal}, "{answer.kernel}")')
    return "## Reproduce this page\n\n" + code("\n".join(lines), "python")
