"""What a check leaves behind: one outcome per claim, and every proof query as SMT-LIB text."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

Status = Literal["proved", "verified", "refuted"]

_STRENGTH: dict[Status, int] = {"refuted": 0, "verified": 1, "proved": 2}


@dataclass(frozen=True)
class Query:
    """One question put to a solver: its verdict, its cost and its full text.

    A verdict ``"unsat"`` means that no counterexample exists.  Queries that test whether the
    hypotheses can be met at all are expected to be ``"sat"``.
    """

    claim: str
    verdict: str
    solver: str
    seconds: float
    smt2: str


@dataclass(frozen=True)
class Outcome:
    """One claim and how it was settled.

    Parameters
    ----------
    claim : str
        What is claimed, in words.
    status : {"proved", "verified", "refuted"}
        "proved" rests on verdicts of a solver and on exact algebra, "verified" on a search that
        found nothing against it, and never the other way round.
    how : str
        ``"smt (z3, nlsat)"``, ``"search"``, or ``"search, enclosed"`` where interval arithmetic
        encloses the thresholds that have no formula.
    points : int
        How many samples the search checked.
    worst_gap : float
        The largest excess of the claimed objective over the best one found, relative to the
        size of its terms; rounding makes it a tiny number of either sign.
    queries : tuple of Query
        The solver's part.
    seconds : float
        Time spent.
    note : str
        Anything a reader should know, for example that a regime is empty.
    argument : str
        Where there is one, the proof as lines that a reader can check by expanding: for each case
        how far a competitor ``x`` lies above the point ``u``, as a product of signs.
    """

    claim: str
    status: Status
    how: str
    points: int = 0
    worst_gap: float = 0.0
    queries: tuple[Query, ...] = ()
    seconds: float = 0.0
    note: str = ""
    argument: str = ""

    @property
    def smt2(self) -> str:
        """The SMT-LIB text of all queries, one after another, each with its verdict."""
        return "\n".join(
            f"; {q.claim}: {q.verdict} by {q.solver} in {q.seconds:.2f} s\n{q.smt2}"
            for q in self.queries
        )

    def __str__(self) -> str:
        """Return one line of the report."""
        parts = [f"{self.status:9s}{self.claim}", self.how]
        if self.points:
            gap = f", worst gap {self.worst_gap:.0e}" if isfinite(self.worst_gap) else ""
            parts.append(f"{self.points} points{gap}")
        if self.queries:
            parts.append(f"{len(self.queries)} queries")
        if self.note:
            parts.append(self.note)
        return "; ".join(parts)


@dataclass(frozen=True)
class Certificate:
    """The outcomes of all claims about one object.

    Examples
    --------
    >>> claims = (Outcome("a", "proved", "smt"), Outcome("b", "verified", "search", points=9))
    >>> certificate = Certificate("prox of abs(x)", claims, 0.1)
    >>> certificate.status
    'verified'
    """

    subject: str
    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def status(self) -> Status:
        """The weakest status of all outcomes."""
        return min(
            (o.status for o in self.outcomes), key=_STRENGTH.__getitem__, default="verified"
        )

    @property
    def smt2(self) -> str:
        """The SMT-LIB text of every query."""
        return "\n".join(o.smt2 for o in self.outcomes if o.queries)

    @property
    def points(self) -> int:
        """How many samples were searched in all."""
        return sum(o.points for o in self.outcomes)

    def __str__(self) -> str:
        """Return a short report, one line per claim."""
        head = f"{self.subject}: {self.status} in {self.seconds:.1f} s"
        return "\n".join([head, *(f"  {outcome}" for outcome in self.outcomes)])
