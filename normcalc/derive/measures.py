"""Constants of a function: how much it curves and how steep it is, in the parameters."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.derive.show import root_text
from normcalc.derive.typeset import aligned, cases, conditions_latex, domain_lines, root_latex
from normcalc.derive.writing import write, write_latex
from normcalc.errors import InputError, NotDerivable, Unsettled
from normcalc.forms import Scalar, Separable, lower
from normcalc.language import function as make
from normcalc.language.function import Function
from normcalc.line import constants
from normcalc.line.read import line_of
from normcalc.line.table import Case, CaseTable, Regime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.line.constants import Constant
    from normcalc.line.core import Line


@dataclass(frozen=True, repr=False)
class Measure:
    """A constant of a function, with one formula per regime of the parameters.

    Measures are made by `normcalc.smoothness`, `normcalc.weak_convexity`,
    `normcalc.strong_convexity` and `normcalc.lipschitz`.

    Parameters
    ----------
    name : str
        What is measured.
    function : Function
        Of what.
    regimes : tuple of Constant
        The value in each regime of the parameters, with the place that decides it.
    """

    name: str
    function: Function
    regimes: tuple[Constant, ...]

    @property
    def value(self) -> sp.Expr:
        """The value as a formula, where one formula holds for all parameters.

        Raises
        ------
        Unsettled
            There are several regimes, or the value is a root without a formula.
        """
        if len(self.regimes) > 1 or self.regimes[0].roots:
            raise Unsettled(f"{self} has no single formula: call it with numbers, or use .regimes")
        return self.regimes[0].value

    def __call__(self, **params: float) -> float:
        """Return the value for numbers.

        Parameters
        ----------
        **params : float
            A value for every parameter of the function.

        Raises
        ------
        InputError
            A parameter is missing or unknown.
        ParameterError
            A value is outside its parameter's kind.
        NotDerivable
            There is no answer in the regime of these numbers.
        """
        numbers = _checked(self.function, params)
        symbols = {
            s for c in self.regimes for e in (c.value, *c.conditions) for s in e.free_symbols
        }
        table = _table(self.regimes, tuple(s for s in symbols if s.name in numbers))
        return _number(table, {s.name: numbers[s.name] for s in table.parameters})

    def __str__(self) -> str:
        """Return the value, regime by regime."""
        head = f"{self.name} of {self.function}: "
        if len(self.regimes) == 1:
            return head + _one(self.regimes[0])
        rows = [
            f"  if {' and '.join(write(c) for c in regime.conditions)}: {_one(regime)}"
            for regime in self.regimes
        ]
        return "\n".join([head.rstrip(), *rows])

    __repr__ = __str__

    def latex(self) -> str:
        r"""Return the value in LaTeX: ``cases`` where there are several regimes.

        Examples
        --------
        >>> import normcalc as nc
        >>> print(nc.weak_convexity(nc.function("lam*log(1 + abs(x)/eps)")).latex())
        \text{weak convexity of } f = \frac{\lambda}{\varepsilon^{2}}
        """
        head = rf"\text{{{self.name} of }} f = {cases([_latex(c) for c in self.regimes])}"
        # Regimes count their roots each from one.
        roots = [
            rf"\quad {root_latex(root)} {_latex(c)[1]}".rstrip()
            for c in self.regimes
            for root in c.roots
        ]
        return aligned([head, *roots, *domain_lines(self.function)])

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def smoothness(f: Function) -> Measure:
    """Derive the Lipschitz constant of the gradient: the largest ``|f''|``.

    Parameters
    ----------
    f : Function
        A function of one real variable, or a separable sum over the entries of a vector.

    Returns
    -------
    Measure
        ``oo`` in regimes where the gradient is not Lipschitz or not defined everywhere.

    Raises
    ------
    NotDerivable
        The form is another one, or the computation found no answer.

    Examples
    --------
    >>> import normcalc as nc
    >>> nc.smoothness(nc.function("log(1 + exp(-x))"))
    smoothness of log(1 + exp(-x)): 1/4 (at x = 0)
    >>> nc.smoothness(nc.function("w*x**2/2 + c*x", c=nc.Real))(w=3, c=1)
    3.0
    """
    return _measure("smoothness", f, constants.smoothness)


def strong_convexity(f: Function) -> Measure:
    """Derive the largest m such that ``f - m*|x|^2/2`` is convex; 0 if there is none.

    Parameters
    ----------
    f : Function
        As for `smoothness`.

    Returns
    -------
    Measure
        The least ``f''`` where that is positive and f has no concave kink or jump.

    Raises
    ------
    NotDerivable
        As for `smoothness`.

    Examples
    --------
    >>> import normcalc as nc
    >>> nc.strong_convexity(nc.function("l1*abs(x) + l2*x**2/2")).value
    l2
    """
    return _measure("strong convexity", f, constants.strong_convexity)


def weak_convexity(f: Function) -> Measure:
    """Derive the least ``rho >= 0`` such that ``f + rho*|x|^2/2`` is convex.

    Parameters
    ----------
    f : Function
        As for `smoothness`.

    Returns
    -------
    Measure
        0 where f is convex, ``oo`` where no rho will do.

    Raises
    ------
    NotDerivable
        As for `smoothness`.

    Examples
    --------
    >>> import normcalc as nc
    >>> nc.weak_convexity(nc.function("lam*log(1 + abs(x)/eps)"))
    weak convexity of lam*log(1 + abs(x)/eps): lam/eps**2 (at x = 0)
    """
    return _measure("weak convexity", f, constants.weak_convexity)


def lipschitz(f: Function) -> Measure:
    """Derive the least L with ``|f(x) - f(y)| <= L*|x - y|``: the largest ``|f'|``.

    Parameters
    ----------
    f : Function
        A function of one real variable.

    Returns
    -------
    Measure
        ``oo`` where f is steeper and steeper, jumps, or is infinite somewhere.

    Raises
    ------
    NotDerivable
        As for `smoothness`.

    Examples
    --------
    >>> import normcalc as nc
    >>> nc.lipschitz(nc.function("tau*max(x, 0) + (1 - tau)*max(-x, 0)", tau=nc.Interval(0, 1)))
    lipschitz of tau*max(x, 0) + (1 - tau)*max(-x, 0):
      if 2*tau > 1: tau (on (0, oo))
      if 2*tau <= 1: 1 - tau (on (-oo, 0))
    """
    return _measure("lipschitz", f, constants.lipschitz)


def _measure(name: str, f: Function, compute: Callable[[Line], tuple[Constant, ...]]) -> Measure:
    made = f if isinstance(f, Function) else make(f)
    form = lower(made)
    if isinstance(form, Scalar):
        return Measure(name, made, compute(line_of(made)))
    # In a sum over entries the Hessian is diagonal; the slopes of the entries add up.
    if isinstance(form, Separable) and not form.varying and name != "lipschitz":
        return Measure(name, made, compute(line_of(form.element)))
    raise NotDerivable(
        f"{name} is derived for functions of one real variable"
        f"{' and separable sums' * (name != 'lipschitz')}; the form of {made} is "
        f"{type(form).__name__}"
    )


def _one(regime: Constant) -> str:
    if regime.value == sp.nan:
        return f"none: {regime.where}"
    roots = [f"; {root_text(root)}" for root in regime.roots]
    return f"{write(regime.value)} ({regime.where}{''.join(roots)})"


def _latex(regime: Constant) -> tuple[str, str]:
    value = r"\text{none}" if regime.value == sp.nan else write_latex(regime.value)
    held = conditions_latex(regime.conditions)
    return value, rf"\text{{if }} {held}" if held else ""


def _checked(function: Function, params: Mapping[str, float]) -> dict[str, float]:
    """Return the numbers, each admitted by its parameter's kind."""
    known = {p.name: p for p in function.parameters}
    wrong = sorted(set(params) ^ set(known))
    if wrong:
        words = "has no parameter" if wrong[0] in params else "needs a value for"
        raise InputError(f"{function} {words} {wrong[0]!r}; its parameters: {', '.join(known)}")
    for name, value in params.items():
        known[name].kind.check(name, value)
    return {name: float(value) for name, value in params.items()}


def _table(regimes: tuple[Constant, ...], parameters: tuple[sp.Symbol, ...]) -> CaseTable:
    """Return the constants as a table, which other rooms know how to read with numbers."""
    rows = tuple(
        Regime(c.conditions, c.roots, (Case(c.value, c.value, c.value, c.value),),
               refusal=c.where if c.value == sp.nan else None)
        for c in regimes
    )  # fmt: skip
    v, u = sp.symbols("v u", real=True)
    return CaseTable(v, u, parameters, rows)


def _number(table: CaseTable, numbers: Mapping[str, float]) -> float:
    # Reading tables lies to the right of this room: it is looked up when numbers are asked for.
    read = import_module("normcalc.certify.interpret")
    held = read.matching(table, numbers)
    if len(held) != 1:
        raise NotDerivable(f"{len(held)} regimes hold for {dict(numbers)}: expected one")
    refusal = table.regimes[held[0]].refusal
    if refusal:
        raise NotDerivable(f"no answer for {dict(numbers)}: {refusal}")
    return float(read.bind(table, held[0], numbers).ends[0][0])
