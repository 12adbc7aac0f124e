"""Norms, numbers and vectors as they stand in proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normcalc.induced.vectors.abstract import AbstractVectorNorm, Array

_MOST_SHOWN = 8


def number(value: float) -> str:
    """Return a number to six digits.

    Examples
    --------
    >>> number(4.47213595499958), number(6.0)
    ('4.47214', '6')
    """
    return f"{value:.6g}"


def vector(x: Array) -> str:
    """Return a vector in parentheses, a long one by its first entries."""
    shown = ", ".join(number(v + 0.0) for v in x[:_MOST_SHOWN])
    return f"({shown}{', ...' if len(x) > _MOST_SHOWN else ''})"


def listed(values: Array) -> str:
    """Return numbers in a row, a long row by its first entries."""
    return vector(values)[1:-1]


def foot(norm: AbstractVectorNorm, role: str) -> str:
    """Return the order of a p-norm as it stands at the foot of the bars, else the role."""
    return {"oo": "inf"}.get(str(norm.label), norm.label or role)


def bars(inside: str, norm: AbstractVectorNorm, role: str) -> str:
    """Return ``|x|_1`` as text."""
    return f"|{inside}|_{foot(norm, role)}"


def latex_bars(inside: str, norm: AbstractVectorNorm, role: str) -> str:
    r"""Return ``\|x\|_{1}`` in LaTeX."""
    label = {"oo": r"\infty", None: rf"\mathrm{{{role}}}"}.get(norm.label, norm.label)
    return rf"\|{inside}\|_{{{label}}}"
