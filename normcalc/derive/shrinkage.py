"""The inverse question: which penalty has a given shrinkage rule as its prox?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

from normcalc.derive.typeset import aligned
from normcalc.derive.writing import latex_range, write, write_latex
from normcalc.errors import InputError, NotDerivable
from normcalc.facts.growth import nondecreasing
from normcalc.language import function as make
from normcalc.language.arithmetic import exact
from normcalc.language.function import Function
from normcalc.language.latex import latex
from normcalc.language.latex import name as letter
from normcalc.language.nodes import symbols
from normcalc.language.parser import parse
from normcalc.language.shapes import Variable
from normcalc.language.symbolic import from_sympy, symbolic
from normcalc.language.text import text
from normcalc.line.core import STEP, Line
from normcalc.line.shrinkage import is_odd, penalty_regimes, point_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from normcalc.line.table import Case, Regime


@dataclass(frozen=True, repr=False)
class Penalty:
    """A penalty with the shrinkage rule that is its prox.

    Penalties are made by `normcalc.penalty_from_shrinkage`.

    Parameters
    ----------
    rule : Function
        The prox.
    step : Fraction or str
        The step at which it is the prox: a number, or ``"step"`` for every step.
    function : Function
        The penalty.
    bridges : tuple of (lo, hi)
        Intervals of points that the rule jumps over.  There the penalty is the least one, with
        curvature ``-1/step``; every larger one has the same prox except at the jump.
    """

    rule: Function
    step: Any
    function: Function
    bridges: tuple[tuple[sp.Expr, sp.Expr], ...] = ()

    def __call__(self, x: Any, /, **params: Any) -> Any:
        """Return the value of the penalty."""
        return self.function(x, **params)

    def __str__(self) -> str:
        """Return the penalty, and what is free where the rule jumps."""
        at = "every step" if self.step == "step" else f"step {self.step}"
        lines = [f"penalty whose prox at {at} is {self.rule}: {self.function}"]
        lines += [
            f"  for {write(lo)} < {'|x|' if _even(self) else 'x'} < {write(hi)} any larger value "
            "gives the same prox: the rule jumps there"
            for lo, hi in self.bridges
        ]
        return "\n".join(lines)

    __repr__ = __str__

    def latex(self) -> str:
        r"""Return the penalty in LaTeX, the rule, and what is free where the rule jumps.

        Examples
        --------
        >>> import normcalc as nc
        >>> print(nc.penalty_from_shrinkage("v/2").latex())
        f(x) = \frac{x^{2}}{2} \quad \text{has} \quad \operatorname{prox}_{f}(v) = \frac{v}{2}
        """
        step = {"step": r"\mathrm{step}\, ", sp.S.One: ""}.get(self.step)
        times = write_latex(self.step) + r"\, " if step is None else step
        v = letter(self.rule.variable.name)
        prox = rf"\operatorname{{prox}}_{{{times}f}}({v}) = {latex(self.rule.body)}"
        lines = [rf"f(x) = {latex(self.function.body)} \quad \text{{has}} \quad {prox}"]
        name = r"\left|x\right|" if _even(self) else "x"
        lines += [
            rf"\text{{for }} {latex_range(name, lo, hi, True, True)} \text{{ any larger value "
            r"gives the same prox: the rule jumps there}"
            for lo, hi in self.bridges
        ]
        return aligned(lines)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def penalty_from_shrinkage(rule: Function | str, step: Any = None) -> Penalty:
    """Derive the penalty whose prox is a given shrinkage rule.

    The slope of ``u**2/2 + step*f(u)`` is the inverse of the rule: it is integrated piece by
    piece.  Flats of the rule become kinks of the penalty, and where the rule jumps the least
    penalty is taken, which is concave there with curvature ``-1/step``.

    Parameters
    ----------
    rule : Function or str
        A nondecreasing function of one real variable; in a text the variable is ``v`` or ``x``.
    step : number, optional
        The step at which the rule is the prox; 1 unless the rule names its own ``step``.

    Returns
    -------
    Penalty
        With the penalty as `function`, zero at zero.

    Raises
    ------
    NotDerivable
        The rule decreases somewhere, and the message says where; or its inverse or antiderivative
        has no closed form.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.penalty_from_shrinkage("sign(v)*max(abs(v) - lam*step, 0)").function)
    lam*abs(x)
    >>> print(nc.penalty_from_shrinkage("where(abs(v) > t, v, 0)").function)
    Piecewise(((t - abs(x)/2)*abs(x), t >= abs(x)), (t**2/2, True))
    """
    made = rule if isinstance(rule, Function) else _read(rule)
    named = any(p.name == STEP.name for p in made.parameters)
    if named and step is not None:
        raise InputError(f"the rule {made} has a parameter step: leave step= out, or bind it")
    number = sp.S.One if step is None else _positive(step)
    line = _line(made)
    _check(made, named)
    odd = is_odd(line)
    regimes = penalty_regimes(line, STEP if named else number, odd)
    refused = [r for r in regimes if r.refusal]
    if refused:
        raise NotDerivable(f"no penalty for some parameters, {_words(refused[0])}; state where=")
    body = _body(regimes, odd)
    if body.has(STEP):
        raise NotDerivable(f"the penalty would depend on the step: {write(body)}; give step=")
    bridges = [(c.lo, c.hi) for r in regimes for c in r.cases if c.why == "bridge"]
    penalty = _function(body, made)
    return Penalty(made, "step" if named else number, penalty, tuple(dict.fromkeys(bridges)))


def _even(penalty: Penalty) -> bool:
    return "abs(" in text(penalty.function.body)


def _read(rule: str) -> Function:
    return make(rule, "v") if "v" in symbols(parse(rule)) else make(rule)


def _positive(step: Any) -> sp.Rational:
    number = exact(step)
    if number <= 0:
        raise InputError(f"step must be positive, not {step}")
    return sp.Rational(number.numerator, number.denominator)


def _line(rule: Function) -> Line:
    if rule.variable.kind != "scalar":
        raise NotDerivable(f"a shrinkage rule is a function of one real variable; not {rule}")
    taken = sorted({"u", "v", "x"} & {p.name for p in rule.parameters})
    if taken:
        raise NotDerivable(f"{taken[0]!r} stands for a point: give the parameter another name")
    if rule.domain is not None:
        raise NotDerivable(f"the rule {rule} is not defined everywhere, which every prox is")
    found = symbolic(rule)
    parameters = tuple(found.parameters.values())
    return Line(found.expr, found.variable, parameters, found.relations)


def _check(rule: Function, named: bool) -> None:
    """Raise where the rule decreases for all parameters, with numbers that show it."""
    truth = nondecreasing(rule.bind(step=1) if named else rule)
    if truth.value == "NO":
        shown = str(truth).removeprefix("NO: ")
        raise NotDerivable(f"{rule} is no prox, since every prox is nondecreasing: {shown}")


def _words(regime: Regime) -> str:
    where = " and ".join(write(c) for c in regime.conditions)
    return f"such as those with {where}: {regime.refusal}" if where else str(regime.refusal)


def _body(regimes: tuple[Regime, ...], odd: bool) -> sp.Expr:
    x = sp.Symbol("x", real=True)
    if any(r.roots for r in regimes):
        raise NotDerivable("the penalty has breaks without a closed form")
    rows = [row for r in regimes for row in _rows(r, odd, x)]
    # Regimes are complete: the last row of the last one needs no condition on the parameters.
    if len(regimes) == 1 and len(rows) == 1 and rows[0][1] == sp.true:
        return rows[0][0]
    return sp.Piecewise(*rows)


def _rows(regime: Regime, odd: bool, x: sp.Symbol) -> Iterator[tuple[sp.Expr, sp.Basic]]:
    at = sp.Abs(x) if odd else x
    for case in regime.cases:
        upper = sp.true if case.hi == sp.oo else at < case.hi if case.hi_open else at <= case.hi
        yield _value(case, odd, x), sp.And(upper, *regime.conditions)


def _value(case: Case, odd: bool, x: sp.Symbol) -> sp.Expr:
    assert isinstance(case.result, sp.Expr)
    return case.result.subs(point_of(odd), sp.Abs(x) if odd else x)


def _function(body: sp.Expr, rule: Function) -> Function:
    node = from_sympy(body)
    used = set(symbols(node))
    parameters = tuple(p for p in rule.parameters if p.name in used)
    relations = tuple(r for r in rule.relations if set(symbols(r)) <= used)
    return Function(node, Variable("x", "scalar"), parameters, relations, text=text(node))
