"""One-sided limits of smooth pieces, with parameters kept symbolic.

Elementary expressions are continuous wherever substitution gives a finite value, so the limit is
first looked for by substitution, then by the leading powers, and only then by SymPy's algorithm,
under a time budget.
"""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

from normcalc.line.context import Beyond, Context
from normcalc.line.deadline import limited

SECONDS = 4.0
_BAD = (sp.nan, sp.zoo, sp.oo, -sp.oo)


def limit(
    expr: sp.Expr, variable: sp.Symbol, end: sp.Expr, side: str, context: Context
) -> sp.Expr:
    """Return the limit of `expr` as `variable` tends to `end` from `side` ("+" or "-").

    Raises
    ------
    Refusal
        The limit does not exist or could not be found within the budget.
    """
    if not expr.has(variable):
        return expr
    if end == -sp.oo or (end.is_zero and side == "-"):
        # The rules below are about positive variables.
        mirrored = sp.Symbol(variable.name, positive=True)
        return limit(expr.subs(variable, -mirrored), mirrored, -end, "-+"[end == 0], context)
    if end.is_finite is not False:
        value = _substitute(expr, variable, end)
        if value is not None:
            return value
        if not end.is_zero:
            # From the right, at zero: elsewhere SymPy's signs of roots cannot be relied on.
            inward = sp.Symbol(variable.name, positive=True)
            shifted = expr.subs(variable, end + inward if side == "+" else end - inward)
            return limit(shifted, inward, sp.S.Zero, "+", context)
    leading = _leading(expr, variable, end, context)
    if leading is not None:
        return leading
    expr, back = _signed_rates(expr, variable, context)
    # What the context is asked must be told in the parameters, so they come back first.
    return _settled(_general(expr, variable, end, side).subs(back), context)


def _substitute(expr: sp.Expr, variable: sp.Symbol, end: sp.Expr) -> sp.Expr | None:
    value = expr.xreplace({variable: end})
    value = value if end.is_Symbol else expr.subs(variable, end)
    if value.has(*_BAD) or any(power.base.is_zero for power in value.atoms(sp.Pow)):
        return None
    return value


def _leading(expr: sp.Expr, variable: sp.Symbol, end: sp.Expr, context: Context) -> sp.Expr | None:
    """Limits at 0 and at infinity of sums of powers: the leading power alone decides."""
    if not (end.is_zero or end == sp.oo):
        return None
    grouped = power_sum(expr, variable)
    if grouped is None:
        return None
    towards = -1 if end.is_zero else 1
    constant = grouped.pop(sp.S.Zero, sp.S.Zero)
    best: sp.Expr | None = None
    for exponent, coefficient in grouped.items():
        if towards * context.sign(exponent) <= 0 or context.sign(coefficient) == 0:
            continue
        if best is None or towards * context.compare(exponent, best) > 0:
            best = exponent
    if best is None:
        return constant
    return sp.oo * context.sign(grouped[best])


def power_sum(expr: sp.Expr, variable: sp.Symbol) -> dict[sp.Expr, sp.Expr] | None:
    """Write a sum of powers as exponents with their coefficients; None for anything else.

    Examples
    --------
    >>> u, p = sp.symbols("u p", positive=True)
    >>> power_sum(3 * u**p / u + 1, u) == {p - 1: 3, sp.S.Zero: 1}
    True
    """
    grouped: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(expr)):
        found = _power_term(term, variable)
        if found is None:
            return None
        coefficient, exponent = found
        grouped[exponent] = grouped.get(exponent, sp.S.Zero) + coefficient
    return grouped


def _power_term(term: sp.Expr, variable: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    coefficient, rest = term.as_independent(variable, as_Add=False)
    exponent = sp.S.Zero
    for factor in sp.Mul.make_args(rest):
        base, power = factor.as_base_exp()
        if factor == 1:
            continue
        if base != variable or power.has(variable):
            return None
        exponent += power
    return coefficient, exponent


def _signed_rates(
    expr: sp.Expr, variable: sp.Symbol, context: Context
) -> tuple[sp.Expr, dict[sp.Symbol, sp.Expr]]:
    """Write ``exp(k*u)`` with k of hidden sign as ``exp(d*u)`` or ``exp(-d*u)`` with d > 0."""
    back: dict[sp.Symbol, sp.Expr] = {}
    for power in expr.atoms(sp.exp):
        rate = sp.diff(power.args[0], variable)
        known = rate.is_positive or rate.is_negative or rate.is_number
        if rate.has(variable) or rate == 0 or known:
            continue
        sign = context.sign(rate)
        size = sp.Dummy("rate", positive=True)
        back[size] = sign * rate
        factor, symbol = rate.as_coeff_Mul()
        if (
            symbol.is_Symbol
        ):  # also where it stands outside of powers, as in k*u - log(1 + exp(k*u))
            told, more = _signed_rates(
                expr.xreplace({symbol: sign * size / factor}), variable, context
            )
            return told, {**more, **back}
        rest = sp.expand(power.args[0] - rate * variable)
        expr = expr.xreplace({power: sp.exp(sign * size * variable + rest)})
    return expr, back


def _settled(value: sp.Expr, context: Context) -> sp.Expr:
    """Replace the signs of parameters that SymPy leaves in a limit."""
    for sign in value.atoms(sp.sign):
        value = value.subs(sign, context.sign(sign.args[0]))
    return value


@lru_cache(maxsize=1024)
def _general(expr: sp.Expr, variable: sp.Symbol, end: sp.Expr, side: str) -> sp.Expr:
    def work() -> sp.Expr | None:
        try:
            return sp.limit(expr, variable, end, side)
        except (NotImplementedError, ValueError, TypeError):
            return None

    found = limited(SECONDS, work)
    undecided = found is None or found.has(sp.nan, sp.zoo, sp.AccumBounds, sp.Limit, variable)
    if undecided:
        raise Beyond(f"the limit of {expr} as {variable} -> {end}{side} was not found")
    return found
