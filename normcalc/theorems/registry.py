"""The register of theorems: one function each, with its hypotheses and its source.

A theorem says how a goal about one form follows, possibly from goals about simpler functions,
which it obtains through `ask`.  The search that combines theorems lives to the right of this room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from normcalc.language.function import Function

if TYPE_CHECKING:
    from normcalc.forms import Form
    from normcalc.line.table import CaseTable
    from normcalc.operators import Operator


class Answer(Protocol):
    """What `ask` returns for a premise."""

    @property
    def table(self) -> CaseTable | None:
        """The cases, if the answer is a function of one real argument."""

    @property
    def value(self) -> Function | None:
        """The answer as a function in the language, if it is one."""

    @property
    def operator(self) -> Operator | None:
        """The answer as a map of vectors, if it is one."""

    @property
    def function(self) -> Function:
        """What it is an answer about."""

    @property
    def goal(self) -> str:
        """What was asked."""

    def __call__(self, v: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Return numbers."""


Ask = Callable[[str, Function], Answer]


@dataclass(frozen=True)
class Conclusion:
    """What a theorem yields: cases, a function or an operator, and the premises it used."""

    table: CaseTable | None = None
    value: Function | None = None
    operator: Operator | None = None
    premises: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Theorem:
    """A theorem about one goal for one form.

    Parameters
    ----------
    name : str
        The function's name, unique.
    goal : str
        What it derives: "prox", "conjugate", "dual_norm", ...
    form : type
        The form it applies to.
    hypotheses : tuple of str
        What must hold, in words; the function checks each and raises `NotDerivable` otherwise.
    source : str
        A key of ``sources.bib`` and the place in it.
    statement : str
        The theorem, one or two sentences.
    prove : callable
        ``prove(form, ask) -> Conclusion``.
    """

    name: str
    goal: str
    form: type
    hypotheses: tuple[str, ...]
    source: str
    statement: str
    prove: Callable[..., Conclusion]


_THEOREMS: dict[str, Theorem] = {}
_ROOMS = (
    "line", "separable", "duality", "moreau", "sets", "sizes", "norms", "strings", "affine",
    "orthogonal", "sums", "coordinates", "polyhedral", "atomic", "submodular", "extremes",
    "reduced", "polar", "pooled", "spheres", "sparse", "transforms", "minimizers", "ratios",
    "definitions",
)  # fmt: skip


def theorem(
    goal: str, form: type, *, needs: Iterable[str] = (), source: str
) -> Callable[[Callable[..., Conclusion]], Callable[..., Conclusion]]:
    """Register the decorated function; its docstring is the statement."""

    def register(prove: Callable[..., Conclusion]) -> Callable[..., Conclusion]:
        name = prove.__name__
        if name in _THEOREMS:
            raise ValueError(f"two theorems are named {name}")
        statement = " ".join((prove.__doc__ or "").split())
        _THEOREMS[name] = Theorem(name, goal, form, tuple(needs), source, statement, prove)
        return prove

    return register


def all_theorems() -> tuple[Theorem, ...]:
    """Return every theorem, room by room, and in a room in the order of its definition.

    The order does not depend on which room was imported first, so neither does the search.

    Examples
    --------
    >>> "prox_by_hull" in [t.name for t in all_theorems()]
    True
    """
    for room in _ROOMS:
        import_module(f"normcalc.theorems.{room}")
    return tuple(sorted(_THEOREMS.values(), key=_place))


def _place(theorem: Theorem) -> int:
    room = theorem.prove.__module__.rpartition(".")[2]
    return _ROOMS.index(room) if room in _ROOMS else len(_ROOMS)


def theorems_for(goal: str, form: Form) -> tuple[Theorem, ...]:
    """Return the theorems that derive `goal` for a form of this type."""
    return tuple(t for t in all_theorems() if t.goal == goal and isinstance(form, t.form))


def as_operator(answer: Answer) -> Operator:
    """Return an answer as a map of vectors; one for numbers is applied to every entry."""
    from normcalc.operators import Applied

    return answer.operator or Applied(answer)
