"""One conversation with z3: every question has a time limit and leaves its text behind.

A question is a list of hypotheses that should be impossible together, so ``"unsat"`` is the good
answer.  A question that no solver settles whole is split: along one condition inside it at a time,
which turns nested choices into plain polynomial inequalities.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import z3

from normcalc.certify.certificate import Query
from normcalc.certify.terms import Radical, Term, Terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Model = dict[str, Fraction]

_WHOLE_MS = 700
_GLANCE_MS = 150
_MOST_LEAVES = 200


@dataclass(frozen=True)
class Answer:
    """A verdict, and for ``"sat"`` the numbers that satisfy the hypotheses."""

    verdict: str
    model: Model


class Session:
    """A context, a deadline, and the queries asked so far.

    Parameters
    ----------
    deadline : float
        The moment of ``time.perf_counter`` after which every answer is ``"unknown"``.
    limit_ms : int
        The time limit of one query for one solver.
    """

    def __init__(self, deadline: float, limit_ms: int = 3000) -> None:
        """Open an empty conversation."""
        self.terms = Terms()
        self.deadline = deadline
        self.limit_ms = limit_ms
        self.queries: list[Query] = []
        self._certain: dict[tuple[int, ...], tuple[bool, tuple[Term, ...]]] = {}

    def ask(self, claim: str, hypotheses: Sequence[Term], goal: Term) -> Answer:
        """Ask whether the hypotheses and the negated goal can hold together.

        Parameters
        ----------
        claim : str
            What ``"unsat"`` proves, in words.
        hypotheses : sequence of z3 terms
            What is assumed.
        goal : z3 term
            What should follow.
        """
        formulas = [*hypotheses, z3.Not(goal)]
        formulas += self._definitions(formulas, hypotheses)
        answer = self._settle(claim, formulas, min(_WHOLE_MS, self.limit_ms))
        return answer if answer.verdict != "unknown" else self._split(claim, formulas)

    def possible(self, claim: str, hypotheses: Sequence[Term]) -> Answer:
        """Ask whether the hypotheses can hold at all; ``"sat"`` is the good answer here."""
        formulas = [*hypotheses, *self._definitions(hypotheses, hypotheses)]
        return self._settle(claim, formulas, self.limit_ms)

    def mentions_roots(self, formula: Term) -> bool:
        """Tell whether a formula uses a root, which makes questions about it hard."""
        return any(True for _ in _radicals_in([formula], self.terms.radicals))

    def _definitions(self, formulas: Sequence[Term], hypotheses: Sequence[Term]) -> list[Term]:
        """Define the radicals in use; plainly where their bases are proved nonnegative."""
        used = list(_radicals_in(formulas, self.terms.radicals))
        found: list[Term] = list(self.terms.bounds)
        for radical in used:
            sure = self._exists(radical, hypotheses, found)
            found.append(radical.equation if sure else radical.guarded)
        return found

    def _exists(self, radical: Radical, hypotheses: Sequence[Term], known: list[Term]) -> bool:
        formulas = (*hypotheses, *known, z3.Not(radical.exists))
        key = tuple(f.get_id() for f in formulas)
        if key not in self._certain:
            sure = self._impossible("a root exists", formulas)
            self._certain[key] = (sure, formulas)  # the terms keep their ids alive
        return self._certain[key][0]

    def _impossible(self, claim: str, formulas: Sequence[Term]) -> bool:
        """Ask in passing; a positive answer is a step of the proof, and so is recorded."""
        start = time.thread_time()
        verdict, _, text = self._check(formulas, "nlsat", _GLANCE_MS)
        if verdict == "unsat":
            seconds = time.thread_time() - start
            self.queries.append(Query(claim, verdict, "z3, nlsat", seconds, text))
        return verdict == "unsat"

    def _settle(self, claim: str, formulas: Sequence[Term], limit_ms: int) -> Answer:
        """Try both solvers and record what they said."""
        for name in ("nlsat", "default"):
            start = time.thread_time()
            verdict, model, text = self._check(formulas, name, limit_ms)
            seconds = time.thread_time() - start
            if verdict != "unknown" or name == "default":
                self.queries.append(Query(claim, verdict, f"z3, {name}", seconds, text))
            if verdict != "unknown":
                return Answer(verdict, model)
        return Answer("unknown", {})

    def _check(self, formulas: Sequence[Term], name: str, limit_ms: int) -> tuple[str, Model, str]:
        context = self.terms.context
        solver = (
            z3.Tactic("qfnra-nlsat", ctx=context).solver()
            if name == "nlsat"
            else z3.Solver(ctx=context)
        )
        left = int(1000 * (self.deadline - time.thread_time()))
        solver.add(*formulas)
        text = solver.to_smt2()
        if left <= 0:
            return "unknown", {}, text
        solver.set("timeout", min(limit_ms, left))
        verdict = str(solver.check())
        return verdict, _numbers(solver.model()) if verdict == "sat" else {}, text

    def _split(self, claim: str, formulas: Sequence[Term]) -> Answer:
        """Settle a question piece by piece; one counterexample settles it at once."""
        worst = "unsat"
        for leaf in self._leaves(list(formulas), [_MOST_LEAVES]):
            answer = self._settle(f"{claim}, one piece", leaf, self.limit_ms)
            if answer.verdict == "sat":
                return answer
            if answer.verdict == "unknown":
                worst = "unknown"
                break
        return Answer(worst, {})

    def _leaves(self, formulas: list[Term], room: list[int]) -> Iterator[list[Term]]:
        """Yield the question once for every way its conditions can turn out."""
        test = next((c for f in formulas for c in [_first_choice(f)] if c is not None), None)
        if test is None or room[0] <= 0:
            room[0] -= 1
            yield formulas
            return
        for outcome in (True, False):
            value = self.terms.truth(outcome)
            branch = [z3.simplify(z3.substitute(f, (test, value))) for f in formulas]
            branch.append(test if outcome else z3.Not(test))
            guards = [f for f in branch if _first_choice(f) is None]
            if not self._impossible("a piece is empty", guards):
                yield from self._leaves(branch, room)


def _first_choice(formula: Term) -> Term | None:
    """Return a condition of an if-then-else that has no other inside it."""
    stack, seen = [formula], set()
    while stack:
        term = stack.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if z3.is_app_of(term, z3.Z3_OP_ITE):
            inner = _first_choice(term.arg(0))
            return term.arg(0) if inner is None else inner
        stack.extend(term.children())
    return None


def _names_in(formulas: Sequence[Term]) -> set[str]:
    stack, seen, names = list(formulas), set(), set()
    while stack:
        term = stack.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if z3.is_const(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            names.add(term.decl().name())
        stack.extend(term.children())
    return names


def _radicals_in(formulas: Sequence[Term], radicals: Sequence[Radical]) -> Iterator[Radical]:
    """Yield the radicals that the formulas mention, and those inside their bases, in order."""
    names = _names_in(formulas)
    for radical in reversed(radicals):
        if radical.value.decl().name() in names:
            names |= _names_in([radical.base])
    yield from (r for r in radicals if r.value.decl().name() in names)


def _numbers(model: Any) -> Model:
    """Return the model's reals as fractions, irrational ones to thirty digits."""
    found: Model = {}
    for declaration in model.decls():
        value = model[declaration]
        if z3.is_algebraic_value(value):
            value = value.approx(30)
        if z3.is_rational_value(value):
            found[declaration.name()] = Fraction(
                value.numerator_as_long(), value.denominator_as_long()
            )
    return found
