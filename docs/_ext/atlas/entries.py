"""Everything the library says about one function, as text that can be kept."""

from __future__ import annotations

import inspect
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import normcalc as nc
from atlas.picture import draw
from atlas.values import scalable
from normcalc.derive import Derivation
from normcalc.errors import NormcalcError, Refuted
from normcalc.language import latex

if TYPE_CHECKING:
    from pathlib import Path

    from normcalc.facts.summary import Facts
    from normcalc.language import Function

# What is asked, in the order of the page; functions of one variable have no dual norm.
GOALS = ("prox", "moreau_envelope", "subdifferential", "conjugate")
CERTIFIED = ("prox", "moreau_envelope", "conjugate")
PROOF_SECONDS, SEARCH_SECONDS = 8.0, 2.0


@dataclass(frozen=True)
class Answer:
    """One derived object, or the reason why there is none."""

    goal: str
    latex: str = ""
    text: str = ""
    steps: str = ""
    refusal: str = ""
    kernel: str = ""
    regimes: int = 0


@dataclass(frozen=True)
class Check:
    """One certificate: its status, and its claims as rows of a table."""

    goal: str
    status: str
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """One function of the atlas."""

    name: str
    words: str
    latex: str
    text: str
    code: str
    given: tuple[str, ...]
    facts: tuple[tuple[str, str, str], ...]
    traits: dict[str, str]
    answers: tuple[Answer, ...]
    checks: tuple[Check, ...]
    theorems: tuple[tuple[str, str], ...] = ()
    bibtex: str = ""
    picture: tuple[str, str] = ("", "")

    def plain(self) -> dict[str, object]:
        """Return the entry as dictionaries and lists, for JSON."""
        return asdict(self)


def read(plain: dict[str, object]) -> Entry:
    """Return the entry that `Entry.plain` took apart."""
    answers = tuple(Answer(**a) for a in plain["answers"])
    checks = tuple(
        Check(**{**c, "rows": tuple(tuple(row) for row in c["rows"])}) for c in plain["checks"]
    )
    rows = {key: tuple(tuple(row) for row in plain[key]) for key in ("facts", "theorems")}
    once = {key: tuple(plain[key]) for key in ("given", "picture")}
    return Entry(**{**plain, **rows, **once, "answers": answers, "checks": checks})


def make(name: str, folder: Path) -> Entry:
    """Derive, certify, export and draw the zoo's function of this name into a folder."""
    definition = getattr(nc.zoo, name)
    function = definition()
    vector = function.variable.kind != "scalar"
    goals = (*GOALS, "dual_norm") if vector else GOALS
    derived = {goal: _derived(goal, function) for goal in goals}
    found = [d for d in derived.values() if isinstance(d, Derivation)]
    asked = nc.facts(function)
    return Entry(
        name=name,
        words=inspect.getdoc(definition) or "",
        latex=latex(function.body),
        text=str(function),
        code=_code(function),
        given=_given(function),
        facts=_facts(asked),
        traits=_traits(asked, derived["prox"]),
        answers=tuple(_answer(goal, d, folder / "kernels", name) for goal, d in derived.items()),
        checks=tuple(_check(g, derived[g]) for g in CERTIFIED if not isinstance(derived[g], str)),
        theorems=_theorems(found),
        bibtex="\n\n".join(dict.fromkeys(nc.cite(d) for d in found)),
        picture=draw(function, derived, folder / "images" / f"{name}.png"),
    )


def _derived(goal: str, function: Function) -> Derivation | str:
    try:
        derivation: Derivation = getattr(nc, goal)(function)
    except NormcalcError as refusal:
        return str(refusal)
    return derivation


def _answer(goal: str, derived: Derivation | str, folder: Path, name: str) -> Answer:
    if isinstance(derived, str):
        return Answer(goal, refusal=derived)
    if not isinstance(derived, Derivation):  # the subdifferential of a function of a vector
        return Answer(goal, latex=derived.latex(), text=str(derived), regimes=1)
    table = derived.table
    refused = dict.fromkeys(r.refusal for r in table.regimes if r.refusal) if table else ()
    return Answer(
        goal,
        latex=derived.latex(),
        text=str(derived),
        steps=derived.explain(),
        refusal="; ".join(refused),
        kernel=_kernel(derived, folder, f"{name}_{goal}.py"),
        regimes=len(table.regimes) if table else 1,
    )


def _kernel(derived: Derivation, folder: Path, file: str) -> str:
    """Write the standalone module of what can be evaluated; return its name."""
    if derived.table is None or derived.goal == "subdifferential":
        return ""
    nc.export(derived, folder / file)
    return file


def _check(goal: str, derived: Derivation) -> Check:
    proofs = goal == "prox"
    try:
        found = nc.certify(derived, smt=proofs, budget=PROOF_SECONDS if proofs else SEARCH_SECONDS)
    except Refuted as refutation:
        return Check(goal, "refuted", note=str(refutation))
    except NormcalcError as reason:
        return Check(goal, "unsettled", note=str(reason))
    rows = [
        (o.claim, o.status, o.how, str(o.points), f"{o.worst_gap:.0e}", str(len(o.queries)))
        for o in found.outcomes
    ]
    return Check(goal, found.status, tuple(rows))


def _facts(asked: Facts) -> tuple[tuple[str, str, str], ...]:
    rows = [("kind", str(asked.norm), "")]
    for question in asked:
        value, _, reason = str(asked[question]).partition(": ")
        rows.append((question, value, reason))
    return tuple(rows)


def _traits(asked: Facts, prox: Derivation | str) -> dict[str, str]:
    """Return what the table of contents sorts by and shows."""
    table = None if isinstance(prox, str) else prox.table
    kind = asked.function.variable.kind
    finite = str(asked["finite"]) if kind == "scalar" else ""
    return {
        "convex": asked.convex.value,
        "finite": finite.partition(":")[0],
        "domain": " or ".join(re.findall(r"finite on ([^;]+)", finite)).replace("oo", "∞"),
        # The calculus of the line has its own proof of evenness: it then halves the table.
        "even": "YES" if table is not None and table.parity == "odd" else asked["even"].value,
        # The indicator of a set is what a step cannot scale.
        "scalable": "YES" if table is None or scalable(table) else "NO",
        "variable": kind,
    }


def _theorems(found: list[Derivation]) -> tuple[tuple[str, str], ...]:
    return tuple({t.name: (t.name, t.source) for d in found for t in d.theorems()}.values())


def _given(function: Function) -> tuple[str, ...]:
    """Return what is assumed of the parameters, one line each."""
    from normcalc.language.text import text

    kinds = [(p.name, p.kind) for p in function.parameters]
    words = [kind.bounds(name) or f"{name} {kind.name.lower()}" for name, kind in kinds]
    return (*words, *(text(relation) for relation in function.relations))


def _code(function: Function) -> str:
    """Return the call that makes the function, as typed after ``import normcalc as nc``."""
    return "nc." + re.sub(r"=(?=[A-Z])", "=nc.", repr(function))
