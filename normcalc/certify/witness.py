"""Counterexamples in words and in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from normcalc.errors import Refuted

Numbers = Mapping[str, float]

_NOTHING = 1e-300


def said(numbers: Mapping[str, Any]) -> str:
    """Return ``name = value`` pairs in the order given.

    Examples
    --------
    >>> said({"v": 2.0, "step": 0.5})
    'v = 2.0, step = 0.5'
    """
    return ", ".join(f"{name} = {float(value)!r}" for name, value in numbers.items())


def refute(subject: str, reason: str, numbers: Mapping[str, Any], **more: Any) -> NoReturn:
    """Raise Refuted with a message that can be checked by hand."""
    witness = {name: float(value) for name, value in {**numbers, **more}.items()}
    raise Refuted(f"{subject} is wrong at {said(numbers)}: {reason}", witness)


def refute_point(
    subject: str, v: Any, numbers: Numbers, claimed: tuple[Any, Any], better: tuple[Any, Any]
) -> NoReturn:
    """Raise Refuted for a point that another point beats.

    `claimed` and `better` are pairs of a point and the objective there.
    """
    claimed, better = _plain(claimed), _plain(better)
    reason = (
        f"it gives u = {float(claimed[0]):.12g} with objective {float(claimed[1]):.12g}, "
        f"but u = {float(better[0]):.12g} has objective {float(better[1]):.12g}"
    )
    refute(
        subject,
        reason,
        {"v": v, **numbers},
        claimed_point=claimed[0],
        claimed_value=claimed[1],
        better_point=better[0],
        better_value=better[1],
    )


def _plain(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    """Write a point next to zero, which the search tries because of jumps there, as zero."""
    return (0.0 if abs(pair[0]) < _NOTHING else pair[0], pair[1])
