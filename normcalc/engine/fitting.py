"""A typed formula of one unknown as terms, and as a loss over a set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from normcalc.engine.composite import SmoothTerms, Term, function_terms, shapes_of
from normcalc.engine.methods import further
from normcalc.engine.penalties import JointPenalty
from normcalc.errors import InputError, NormcalcError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.engine.jit import Floats, Seed
    from normcalc.language.function import Function


def fitting_terms(function: Function, given: Mapping[str, Any], zero: Floats) -> list[Term]:
    """Return the terms of a formula, or say which shapes do not fit."""
    try:
        terms = function_terms(function, given, zero)
        for term in terms:
            term.map.adjoint(term.map.apply(zero))
    except ValueError as error:
        if isinstance(error, NormcalcError):
            raise
        name = function.variable.name
        raise InputError(
            f"shapes do not fit in {function}: {name} has shape {zero.shape}"
            f"{shapes_of(function, given)}; {error}"
        ) from error
    return terms


OVER_SET = (
    "a differentiable term and one other, the indicator of a bounded set, all of the unknown "
    "itself; with data, least_squares(A, b) + indicator"
)


def over_set(
    parted: tuple[list[Any], list[Any]] | None,
    zero: Floats,
    first: Floats,
    tol: float,
    rng: Seed,
) -> further.Setting | None:
    """Return differentiable terms and one other as a loss and a penalty, if there are such."""
    if parted is None or not parted[0] or len(parted[1]) != 1:
        return None
    [rest] = parted[1]
    formulas = (rest.function,) if isinstance(rest, JointPenalty) else ()
    loss = SmoothTerms(parted[0], zero)
    return further.Setting(loss, rest, formulas, getattr(rest, "values", {}), first, tol, rng)
