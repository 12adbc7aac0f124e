"""What can be certified: a table of cases, with the goal and the function it is claimed for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from normcalc.errors import InputError

if TYPE_CHECKING:
    from normcalc.language import Function
    from normcalc.line.table import CaseTable

GOALS = ("prox", "moreau_envelope", "conjugate")


class Claim(Protocol):
    """Anything with a goal, a function and a table of cases; a `Derivation` is one."""

    @property
    def goal(self) -> str:
        """The object claimed: ``"prox"``, ``"moreau_envelope"`` or ``"conjugate"``."""

    @property
    def function(self) -> Function:
        """The function as its user wrote it."""

    @property
    def table(self) -> CaseTable:
        """The claimed answer."""


@dataclass(frozen=True)
class Statement:
    """The plain `Claim`: for tables typed by hand or taken from a paper.

    Parameters
    ----------
    goal : str
        ``"prox"``, ``"moreau_envelope"`` or ``"conjugate"``.
    function : Function
        The function as its user wrote it.
    table : CaseTable
        The claimed answer.
    """

    goal: str
    function: Function
    table: CaseTable


def check_claim(claim: Claim) -> None:
    """Raise InputError unless the claim is about a goal and a kind of function we can check."""
    if claim.goal not in GOALS:
        raise InputError(
            f"cannot certify the goal {claim.goal!r}; the goals are {', '.join(GOALS)}"
        )
    if claim.table is None:
        raise InputError(
            "this claim has no table of cases; certify a scalar function, or pass a callable "
            "operator together with its function"
        )
    check_scalar(claim.function)
    names = {symbol.name for symbol in claim.table.parameters} - {"step"}
    unknown = names - {parameter.name for parameter in claim.function.parameters}
    if unknown:
        raise InputError(
            f"the table mentions {', '.join(sorted(unknown))}, which the function does not have"
        )


def check_scalar(function: Function) -> None:
    """Raise InputError unless the function has one real variable and scalar parameters."""
    if function.variable.kind != "scalar":
        raise InputError(
            f"certificates cover functions of one real variable, not of {function.variable.kind}; "
            "certify its scalar parts"
        )
    for parameter in function.parameters:
        if parameter.kind.shape != "scalar":
            raise InputError(
                f"parameter {parameter.name} is a {parameter.kind.shape}, not a number"
            )
