"""Prove or refute a comparison of formulas over the reals with the SMT solver z3.

Everything semialgebraic goes: arithmetic, roots and rational powers, absolute values, maxima and
case distinctions.  A proof is a proof; a counterexample is rounded to rationals, and callers
evaluate it again before they show it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from normcalc.facts.truth import Truth, unknown, yes
from normcalc.language.nodes import (
    Apply,
    Compare,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LARGEST_POWER = 12


class _NotSemialgebraic(Exception):
    """A private signal: the formula holds something z3 does not decide."""


@dataclass
class _Translation:
    """The z3 variables made so far, and the facts that define the auxiliary ones."""

    z3: Any
    names: dict[str, Any] = field(default_factory=dict)
    facts: list[Any] = field(default_factory=list)

    def fresh(self) -> Any:
        return self.z3.FreshReal("r")


def entails(given: Sequence[Node], claim: Node, milliseconds: int = 2000) -> Truth:
    """Decide whether the claim holds for all reals that satisfy what is given.

    Examples
    --------
    >>> from normcalc.language.nodes import Apply, Compare, Number, Symbol
    >>> x, zero = Symbol("x"), Number(Fraction(0))
    >>> entails([], Compare(">=", Apply("abs", (x,)), x)).value
    'YES'
    >>> entails([Compare(">=", x, zero)], Compare(">", x, zero)).witness
    {'x': Fraction(0, 1)}
    """
    import z3

    translation = _Translation(z3)
    try:
        wanted = _boolean(translation, claim)
        assumed = [_boolean(translation, condition) for condition in given]
    except _NotSemialgebraic as signal:
        return unknown(f"a decision procedure for {signal}")
    solver = z3.Solver()
    solver.set("timeout", milliseconds)
    solver.add(*assumed, *translation.facts, z3.Not(wanted))
    answer = solver.check()
    if answer == z3.unsat:
        return yes("proved by z3")
    if answer == z3.unknown:
        return unknown(f"more than {milliseconds} ms of z3")
    model = solver.model()
    witness = {name: _fraction(model, v) for name, v in translation.names.items()}
    return Truth("NO", "found by z3", witness)


def _fraction(model: Any, variable: Any) -> Fraction:
    value = model.eval(variable, model_completion=True)
    if hasattr(value, "as_fraction"):
        return Fraction(value.as_fraction())
    return Fraction(value.approx(20).as_fraction())


def _real(t: _Translation, node: Node) -> Any:
    if isinstance(node, Number):
        return t.z3.RealVal(str(node.value))
    if isinstance(node, Symbol):
        return t.names.setdefault(node.name, t.z3.Real(node.name))
    if isinstance(node, Piecewise):
        return _cases(t, node)
    if isinstance(node, Apply) and node.head in _HEADS:
        return _HEADS[node.head](t, *node.args)
    raise _NotSemialgebraic(getattr(node, "head", getattr(node, "name", "this formula")))


def _boolean(t: _Translation, node: Node) -> Any:
    if isinstance(node, Compare):
        left, right = _real(t, node.left), _real(t, node.right)
        return {
            "<": left < right,
            "<=": left <= right,
            ">": left > right,
            ">=": left >= right,
            "==": left == right,
            "!=": left != right,
        }[node.relation]
    if isinstance(node, Logic) and node.head != "all":
        combine = {"and": t.z3.And, "or": t.z3.Or, "not": t.z3.Not}[node.head]
        return combine(*(_boolean(t, arg) for arg in node.args))
    raise _NotSemialgebraic("a condition")


def _cases(t: _Translation, node: Piecewise) -> Any:
    *early, (last, condition) = node.cases
    if condition is not None:
        raise _NotSemialgebraic("a Piecewise without a last resort")
    result = _real(t, last)
    for value, when in reversed(early):
        if when is None:
            result = _real(t, value)
        else:
            result = t.z3.If(_boolean(t, when), _real(t, value), result)
    return result


def _fold(operation: Callable[[Any, Any, Any], Any]) -> Callable[..., Any]:
    def rule(t: _Translation, first: Node, *rest: Node) -> Any:
        result = _real(t, first)
        for node in rest:
            result = operation(t.z3, result, _real(t, node))
        return result

    return rule


def _divide(t: _Translation, top: Node, bottom: Node) -> Any:
    """Define the quotient by its product; over zero it is anything, so proofs stay valid."""
    quotient, divisor = t.fresh(), _real(t, bottom)
    t.facts.append(t.z3.Implies(divisor != 0, quotient * divisor == _real(t, top)))
    return quotient


def _absolute(t: _Translation, node: Node) -> Any:
    value = _real(t, node)
    return t.z3.If(value >= 0, value, -value)


def _sign(t: _Translation, node: Node) -> Any:
    value = _real(t, node)
    return t.z3.If(value > 0, 1, t.z3.If(value < 0, t.z3.RealVal(-1), 0))


def _root(t: _Translation, value: Any, degree: int) -> Any:
    root = t.fresh()
    defined = t.z3.And(root >= 0, _power(root, degree) == value)
    t.facts.append(t.z3.Implies(value >= 0, defined))
    return root


def _power(value: Any, exponent: int) -> Any:
    result = value
    for _ in range(exponent - 1):
        result = result * value
    return result


def _raise(t: _Translation, base: Node, exponent: Node) -> Any:
    if not isinstance(exponent, Number):
        raise _NotSemialgebraic("a symbolic power")
    top, bottom = abs(exponent.value.numerator), exponent.value.denominator
    if top == 0 or max(top, bottom) > _LARGEST_POWER:
        raise _NotSemialgebraic(f"the power {exponent.value}")
    value = _real(t, base) if bottom == 1 else _root(t, _real(t, base), bottom)
    result = _power(value, top)
    if exponent.value > 0:
        return result
    inverse = t.fresh()
    t.facts.append(t.z3.Implies(result != 0, inverse * result == 1))
    return inverse


_HEADS: dict[str, Callable[..., Any]] = {
    "add": _fold(lambda z3, a, b: a + b),
    "sub": _fold(lambda z3, a, b: a - b),
    "mul": _fold(lambda z3, a, b: a * b),
    "max": _fold(lambda z3, a, b: z3.If(a >= b, a, b)),
    "min": _fold(lambda z3, a, b: z3.If(a <= b, a, b)),
    "neg": lambda t, a: -_real(t, a),
    "div": _divide,
    "abs": _absolute,
    "sign": _sign,
    "sqrt": lambda t, a: _root(t, _real(t, a), 2),
    "pow": _raise,
}
