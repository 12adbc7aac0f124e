"""From operators to functions of a generated module, one rule for each class of operators."""

from __future__ import annotations

from normcalc.codegen.rules import (  # noqa: F401 - each registers its rules
    affine,
    blocks,
    changes,
    levels,
    ordered,
    perspectives,
    plain,
    polyhedral,
    powers_of_norms,
    splits,
    strings,
    sums,
)
from normcalc.codegen.rules.registry import rule_for

__all__ = ["rule_for"]
