"""Three-valued answers: YES with a reason, NO with a witness, UNKNOWN with what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from normcalc.errors import InputError, Unsettled

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sympy as sp

Value = Literal["YES", "NO", "UNKNOWN"]


@dataclass(frozen=True)
class Truth:
    """The answer to one question about a function.

    Parameters
    ----------
    value : {"YES", "NO", "UNKNOWN"}
        The answer, for all values of the parameters.
    reason : str
        Why, in words.
    witness : mapping of str to numbers or vectors, optional
        What refutes the claim, where the answer is NO.
    missing : str
        What would settle the question, where the answer is UNKNOWN.
    condition : sympy.Basic, optional
        A condition on the parameters under which the answer is YES.
    exact : bool
        Whether the answer is NO where the condition fails.
    steps : tuple of str
        The reason at length, one line for each step, indented.

    Examples
    --------
    >>> print(Truth("YES", "sum of norms"))
    YES: sum of norms
    >>> print(Truth("NO", "f(t x) != |t| f(x)", {"x": (1, 0), "t": 2}))
    NO: x = (1, 0), t = 2: f(t x) != |t| f(x)
    >>> bool(Truth("UNKNOWN", missing="the sign of c"))
    Traceback (most recent call last):
        ...
    normcalc.errors.Unsettled: the answer is UNKNOWN: missing the sign of c; ...
    """

    value: Value
    reason: str = ""
    witness: Mapping[str, object] | None = field(default=None, hash=False)
    missing: str = ""
    condition: sp.Basic | None = None
    exact: bool = False
    steps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Reject any other value, so that a typing slip is never read as UNKNOWN."""
        if self.value not in ("YES", "NO", "UNKNOWN"):
            raise InputError(f"a Truth is YES, NO or UNKNOWN, not {self.value!r}")

    def __bool__(self) -> bool:
        """Return the answer, or raise `Unsettled` where there is none."""
        if self.value == "UNKNOWN":
            raise Unsettled(
                f"the answer is UNKNOWN: missing {self.missing or 'a proof or a witness'}; "
                "look at .value and .condition instead of using the answer in `if`"
            )
        return self.value == "YES"

    def explain(self) -> str:
        """Return the answer with its steps, one on each line."""
        return "\n".join([str(self), *(f"  {step}" for step in self.steps)])

    def __str__(self) -> str:
        """Return the value and what supports it on one line."""
        shown = _shown(self.witness) if self.witness else ""
        parts = [shown, self.reason, f"missing {self.missing}" if self.missing else ""]
        if self.condition is not None:
            parts.append(f"YES if {'and only if ' * self.exact}{self.condition}")
        return ": ".join([self.value, *(part for part in parts if part)])


def _shown(witness: Mapping[str, object]) -> str:
    def one(value: object) -> str:
        if isinstance(value, tuple | list):
            return f"({', '.join(map(one, value))})"
        return str(value)

    return ", ".join(f"{name} = {one(value)}" for name, value in witness.items())


def yes(reason: str) -> Truth:
    """Return YES with its reason."""
    return Truth("YES", reason)


def unknown(missing: str, condition: sp.Basic | None = None) -> Truth:
    """Return UNKNOWN with what is missing, and a sufficient condition where one is known."""
    return Truth("UNKNOWN", missing=missing, condition=condition)


def all_of(*truths: Truth) -> Truth:
    """Return NO if any is NO, else UNKNOWN if any is UNKNOWN, else YES.

    Examples
    --------
    >>> print(all_of(Truth("YES", "even"), Truth("NO", "f(1) < 0"), Truth("UNKNOWN")))
    NO: f(1) < 0
    """
    for value in ("NO", "UNKNOWN"):
        found = [truth for truth in truths if truth.value == value]
        if len(found) == 1 or (found and value == "NO"):
            return found[0]
        if found:
            return unknown("; ".join(truth.missing for truth in found if truth.missing))
    return yes("; ".join(dict.fromkeys(truth.reason for truth in truths if truth.reason)))


def any_of(*truths: Truth) -> Truth:
    """Return YES if any is YES, else UNKNOWN if any is UNKNOWN, else NO.

    Examples
    --------
    >>> print(any_of(Truth("NO"), Truth("UNKNOWN", missing="a bound")))
    UNKNOWN: missing a bound
    """
    return negate(all_of(*map(negate, truths)))


def negate(truth: Truth) -> Truth:
    """Exchange YES and NO; UNKNOWN stays, without its condition.

    Examples
    --------
    >>> negate(negate(Truth("YES", "because"))) == Truth("YES", "because")
    True
    """
    swapped: dict[Value, Value] = {"YES": "NO", "NO": "YES", "UNKNOWN": "UNKNOWN"}
    return Truth(swapped[truth.value], truth.reason, truth.witness, truth.missing)
