"""Is f(x) > 0 for every x other than zero, and f(0) = 0?  If not, where does f vanish?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.facts.axioms import NONNEGATIVITY, POSITIVITY, ZERO_AT_ZERO
from normcalc.facts.kernel import in_words, vanishes_only_at_zero
from normcalc.facts.setting import Setting, setting
from normcalc.facts.settle import settle
from normcalc.facts.truth import Truth, all_of, yes
from normcalc.forms.exact import embedded, nullspace
from normcalc.forms.polyhedral import flat_direction, is_nonnegative
from normcalc.language.text import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.language.function import Function

Vector = tuple[sp.Expr, ...]


def definite(function: Function) -> Truth:
    """Answer whether f is positive except at zero, where it vanishes.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(definite(function("abs(x1 - x2)")))
    NO: x = (1, 1): no row is positive along x
    >>> print(definite(function("abs(x1 - x2) + abs(x1)")))
    YES: zero is interior to the hull of the rows
    """
    return positive_definite(setting(function))


def nonnegative(function: Function) -> Truth:
    """Answer whether ``f(x) >= 0`` everywhere.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> nonnegative(function("max(x1, x2)")).value
    'NO'
    """
    return nonnegative_in(setting(function))


def kernel_basis(prepared: Setting) -> tuple[Vector, ...] | None:
    """Return a basis of the subspace on which f vanishes, or None if it is not known."""
    if not prepared.whole:
        return None
    known = prepared.gauge.rows if prepared.gauge is not None else prepared.traits.zeros
    rows = None if known is None else [row for row in known if isinstance(row, tuple)]
    if rows is None or (prepared.gauge is not None and not is_nonnegative(prepared.gauge)):
        return None
    if not all(x.is_number for row in rows for x in row):
        return None
    field, elements = embedded(rows)
    basis = nullspace(field, elements, len(prepared.names.coordinates))
    return tuple(tuple(field.number(x) for x in vector) for vector in basis)


def positive_definite(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    if prepared.gauge is not None:
        return _exact(flat_direction(prepared.gauge))
    basis = kernel_basis(prepared)
    if basis and prepared.whole:
        return Truth("NO", "f vanishes along x", {"x": _point(basis[0])})
    above = settle(prepared, POSITIVITY, _spanning)
    if above.value == "YES" and prepared.traits.zeros is not None:
        return above
    if above.value == "NO" and kernel_in_words(prepared):
        return replace(above, reason=f"{above.reason}; f vanishes on {kernel_in_words(prepared)}")
    start = settle(prepared, ZERO_AT_ZERO, _no_proof)
    if start.value == "NO" and prepared.expanded is not None:
        zero = (0,) * len(prepared.expanded.variable.names)
        start = replace(start, witness={**(start.witness or {}), "x": zero})
    if above.value == "UNKNOWN" and start.value != "NO":
        return above
    return start if start.value == "NO" != above.value else all_of(above, start)


def nonnegative_in(prepared: Setting) -> Truth:
    """Answer the same for a prepared function."""
    return settle(prepared, NONNEGATIVITY, _nonnegative)


def kernel_in_words(prepared: Setting) -> str:
    """Return the set where a function of a vector or a matrix vanishes; empty if not known."""
    maps = tuple(z for z in prepared.traits.zeros or () if not isinstance(z, tuple))
    if not maps or any(vanishes_only_at_zero(z, prepared.names) for z in maps):
        return ""
    return in_words(maps, prepared.names)


def _exact(direction: Vector | None) -> Truth:
    if direction is None:
        return yes("zero is interior to the hull of the rows")
    return Truth("NO", "no row is positive along x", {"x": _point(direction)})


def _point(vector: Sequence[sp.Expr]) -> object:
    return tuple(vector) if len(vector) > 1 else vector[0]


def _spanning(prepared: Setting) -> str | None:
    if not prepared.whole:
        maps = prepared.traits.zeros or ()
        live = (z for z in maps if not isinstance(z, tuple))
        found = next((z for z in live if vanishes_only_at_zero(z, prepared.names)), None)
        return None if found is None else f"f vanishes only where {text(found)} does, at zero"
    basis = kernel_basis(prepared)
    if basis is None or basis:
        return None
    return "the linear forms that vanish with f span the space"


def _no_proof(prepared: Setting) -> str | None:
    return None


def _nonnegative(prepared: Setting) -> str | None:
    if prepared.gauge is not None:
        covered = is_nonnegative(prepared.gauge)
        return "zero lies in the hull of the rows" if covered else None
    return "nonnegative, term by term" if prepared.traits.nonnegative else None
