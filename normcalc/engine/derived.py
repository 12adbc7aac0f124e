"""Kernels of a penalty that is a formula: derived, compiled, and remembered."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from normcalc.engine.operators import Operators, operators
from normcalc.errors import NotDerivable
from normcalc.language.calling import check_parameters
from normcalc.language.function import Function

if TYPE_CHECKING:
    from normcalc.engine.operators import Kernel


@operators.register(Function)
@lru_cache(maxsize=256)
def derived(penalty: Function) -> Operators:
    """Derive and compile what the methods need; the same formula is derived once a process."""
    from normcalc.codegen import compile as compiled
    from normcalc.derive import prox
    from normcalc.facts import facts

    convex = facts(penalty).convex.value == "YES"
    return Operators(
        name=str(penalty),
        parameters=tuple(parameter.name for parameter in penalty.parameters),
        prox=compiled(prox(penalty)),
        value=compiled(penalty),
        conjugate=_conjugate(penalty) if convex else None,
        convex=convex,
        check=partial(check_parameters, penalty),
    )


def _conjugate(penalty: Function) -> Kernel | None:
    """Return the conjugate's kernel; without one there is no duality gap, and nothing is wrong."""
    from normcalc.codegen import compile as compiled
    from normcalc.derive import conjugate

    try:
        found: Kernel = compiled(conjugate(penalty))
    except NotDerivable:
        return None
    return found
