"""Kernels of a penalty that is a formula: derived, compiled, and remembered.

Within a process and on the disk: to derive takes SymPy longer than all the rest of a first fit.
"""

from __future__ import annotations

import pickle
from base64 import b85decode, b85encode
from functools import lru_cache, partial
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, NamedTuple

from normcalc.codegen.cache import recalled, remember
from normcalc.codegen.texts import key_of
from normcalc.engine.operators import Operators, operators
from normcalc.errors import NotDerivable
from normcalc.language.calling import check_parameters
from normcalc.language.function import Function

if TYPE_CHECKING:
    from normcalc.codegen.kernel import Kernel


# A derivation that was given up is not worth another try where it had most of the time that it was
# allowed for itself, of which other processes may have had a part.
UNDISTURBED = 0.8


class _Found(NamedTuple):
    """What was derived of a penalty."""

    convex: bool
    prox: Kernel
    value: Kernel
    conjugate: Kernel | None


@operators.register(Function)
@lru_cache(maxsize=256)
def derived(penalty: Function) -> Operators:
    """Derive and compile what the methods need; the same formula is derived once on a machine."""
    key = key_of(("operators", penalty))
    found = None if key is None else _read(recalled(key))
    if found is None:
        found, settled = _derive(penalty)
        if key is not None and settled:
            remember(key, b85encode(pickle.dumps(found)).decode("ascii"))
    return Operators(
        name=str(penalty),
        parameters=tuple(parameter.name for parameter in penalty.parameters),
        check=partial(check_parameters, penalty),
        **found._asdict(),
    )


def _read(text: str | None) -> _Found | None:
    """Return what was remembered, unless it is damaged."""
    try:
        return None if text is None else pickle.loads(b85decode(text))
    except Exception:  # noqa: BLE001 - whatever damage raises, the penalty can be derived again
        return None


def _derive(penalty: Function) -> tuple[_Found, bool]:
    """Derive the kernels; tell whether more time could not have found more."""
    from normcalc.codegen import compile as compiled
    from normcalc.derive import prox
    from normcalc.facts import convexity

    verdict = convexity(penalty).value
    clocks = perf_counter(), process_time()
    answer = prox(penalty)
    busy = process_time() - clocks[1] < UNDISTURBED * (perf_counter() - clocks[0])
    conjugate = _conjugate(penalty) if verdict == "YES" else None
    found = _Found(verdict == "YES", compiled(answer), compiled(penalty), conjugate)
    known = verdict == "NO" or conjugate is not None
    return found, known and not (busy and _searches(answer.table))


def _searches(table: Any) -> bool:
    """Tell whether a table holds a search where a derivation did not end."""
    from normcalc.line.table import Hull

    return any(isinstance(case.point, Hull) for r in table.regimes for case in r.cases)


def _conjugate(penalty: Function) -> Kernel | None:
    """Return the conjugate's kernel; without one there is no duality gap, and nothing is wrong."""
    from normcalc.codegen import compile as compiled
    from normcalc.derive import conjugate

    try:
        found: Kernel = compiled(conjugate(penalty))
    except NotDerivable:
        return None
    return found
