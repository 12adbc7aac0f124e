"""Which operators have kernels: one rule for each class."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft
    from normcalc.operators import Operator

Rule = Callable[[Any, "Draft"], str]
# What a rule with a condition writes where that does not hold: statements that end the function.
Guarded = Callable[[Any, "Draft", list[str]], str]
AnyRule = TypeVar("AnyRule", bound=Callable[..., str])

_RULES: dict[type, Rule] = {}
_GUARDED: dict[type, Guarded] = {}


def rule(kind: type) -> Callable[[AnyRule], AnyRule]:
    """Register a function that writes an operator and returns the name of what it wrote."""

    def register(function: AnyRule) -> AnyRule:
        _RULES[kind] = function
        return function

    return register


def guarded(kind: type, complaint: str) -> Callable[[AnyRule], AnyRule]:
    """Register a rule for an operator with a condition, and what is wrong where that fails."""

    def register(function: AnyRule) -> AnyRule:
        _GUARDED[kind] = function
        _RULES[kind] = lambda operator, draft: function(operator, draft, refused(complaint))
        return function

    return register


def refused(complaint: str) -> list[str]:
    """Return the statement that ends a function with a complaint."""
    return [f'raise ValueError("{complaint}")']


def rule_for(operator: Operator) -> Rule:
    """Return the rule for an operator.

    Raises
    ------
    NotDerivable
        There is none; the message names the class.
    """
    found = _RULES.get(type(operator))
    if found is None:
        raise NotDerivable(
            f"no kernel can be made of the operator {type(operator).__name__}; call the "
            "derivation itself for numbers"
        )
    return found


def guarded_rule_for(operator: Operator) -> Guarded | None:
    """Return the rule for an operator with a condition, if there is one."""
    return _GUARDED.get(type(operator))
