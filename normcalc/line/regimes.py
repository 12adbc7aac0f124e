"""Regimes with one answer become one regime, described by as few conditions as can be proved."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.merge import identical
from normcalc.line.smt import unsatisfiable

if TYPE_CHECKING:
    from normcalc.line.table import Flat, Regime

MOST = 3


def describe(regimes: tuple[Regime, ...], relations: tuple[sp.Basic, ...]) -> tuple[Regime, ...]:
    """Return the same partition of the parameters with equal answers joined.

    Regimes are joined only where a conjunction of at most three of their own conditions is proved
    to describe their union; a regime on its own drops the conditions that follow from the others.
    """
    groups: list[list[Regime]] = []
    for regime in regimes:
        for group in groups:
            if identical(group[0], regime):
                group.append(regime)
                break
        else:
            groups.append([regime])
    return tuple(r for group in groups for r in _joined(group, relations))


def _joined(group: list[Regime], relations: tuple[sp.Basic, ...]) -> list[Regime]:
    conditions = _shorter(group, relations)
    if conditions is not None:
        flats = tuple(_located(f, r) for r in group for f in r.flats)
        return [replace(group[0], conditions=conditions, flats=flats)]
    if len(group) == 1:
        return group
    return [r for single in group for r in _joined([single], relations)]


def _located(flat: Flat, regime: Regime) -> Flat:
    """Say in the condition of a flat where it was found, before its regime is widened."""
    if flat.condition != sp.true:
        return flat
    return replace(flat, condition=sp.And(*regime.conditions))


def _shorter(group: list[Regime], relations: tuple[sp.Basic, ...]) -> tuple[sp.Basic, ...] | None:
    union = sp.Or(*[sp.And(*r.conditions) for r in group])
    if union == sp.true:
        return ()
    own = list(dict.fromkeys(c for r in group for c in r.conditions))
    necessary = [c for c in own if _implies((*relations, union), c)]
    for size in range(min(MOST, len(necessary)) + 1):
        for chosen in combinations(necessary, size):
            if _implies((*relations, *chosen), union):
                return chosen
    return None


def _implies(hypotheses: tuple[sp.Basic, ...], conclusion: sp.Basic) -> bool:
    return unsatisfiable((*hypotheses, sp.Not(conclusion)))
