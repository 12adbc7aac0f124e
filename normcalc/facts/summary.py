"""All questions about one function, asked at once and printed as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from normcalc.errors import InputError
from normcalc.facts.norm import NormKind, classify
from normcalc.facts.scalar import convex_on_line, finite, prox_bounded
from normcalc.facts.setting import Setting, setting
from normcalc.facts.triangle import convex_in
from normcalc.facts.truth import Truth, yes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.forms.polyhedral import Polyhedral
    from normcalc.language.function import Function

Answers = tuple[tuple[str, Truth], ...]


@dataclass(frozen=True)
class Facts:
    """The answers about one function, in order; `facts[name]` is one of them.

    Parameters
    ----------
    function : Function
        What was asked about.
    answers : tuple of (str, Truth)
        Each question with its answer.
    norm : NormKind
        Which kind of norm the function is.
    polyhedral : Polyhedral, optional
        The function as a maximum of linear forms, where it is one.
    """

    function: Function
    answers: Answers
    norm: NormKind
    polyhedral: Polyhedral | None = None

    def __getitem__(self, question: str) -> Truth:
        """Return the answer to a question."""
        found = dict(self.answers).get(question)
        if found is None:
            raise InputError(f"no question {question!r}; asked were: {', '.join(self)}")
        return found

    @property
    def convex(self) -> Truth:
        """Whether the function is convex."""
        return self["convex"]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the questions."""
        return (question for question, _ in self.answers)

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.answers)

    def __str__(self) -> str:
        """Return a table: question, answer, reason or witness."""
        rows = [("kind", str(self.norm), "")]
        for question, truth in self.answers:
            value, _, reason = str(truth).partition(": ")
            rows.append((question, value, reason))
        widths = [max(len(row[i]) for row in rows[1:]) for i in (0, 1)]
        lines = [
            f"{question:<{widths[0]}}  {value:<{widths[1]}}  {reason}".rstrip()
            for question, value, reason in rows
        ]
        return "\n".join([str(self.function), *(f"  {line}" for line in lines)])


def facts(function: Function) -> Facts:
    """Answer every question about a function, each YES, NO or UNKNOWN.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(facts(function("abs(x1 - x2)")))
    abs(x1 - x2)
      kind                    seminorm with kernel span (1, 1)
      convex                  YES  a maximum of linear forms
      nonnegative             YES  2 f(x) = f(x) + f(-x) >= f(0) = 0
      definite                NO   x = (1, 1): no row is positive along x
      homogeneous             YES  the rows come in opposite pairs
      triangle                YES  a maximum of linear forms
      even                    YES  the rows come in opposite pairs
      positively homogeneous  YES  the rows come in opposite pairs
      radial                  YES  ...
      continuous              YES  a maximum of linear forms
    """
    prepared = setting(function)
    norm = classify(prepared)
    answers = (("convex", _convexity(prepared, norm)), *_scalar(function), *norm.axioms)
    return Facts(function, answers, norm, prepared.gauge)


def _scalar(function: Function) -> Answers:
    if function.variable.kind != "scalar":
        return ()
    return (("finite", finite(function)), ("prox-bounded", prox_bounded(function)))


def _convexity(prepared: Setting, norm: NormKind) -> Truth:
    """Degree one and the triangle inequality are convexity."""
    found = convex_in(prepared)
    if prepared.function.variable.kind == "scalar" and found.value != "YES":
        exact = convex_on_line(prepared.function)
        # A condition on the parameters says more than a witness for some of them.
        if exact is not None and (exact.value != "NO" or found.value != "NO"):
            return exact
    if found.value == "UNKNOWN" and norm.kind in ("norm", "seminorm", "gauge"):
        return yes("subadditive and of degree one")
    return found
