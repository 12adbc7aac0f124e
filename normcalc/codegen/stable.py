"""Rewritings that keep digits and avoid overflow, before anything is printed.

Derived formulas are exact; floating point is not.  `tame` treats exponentials, logarithms and
Lambert's W wherever they occur.  `closed_form` decides how an arc is evaluated:

* affine in the argument: as it stands;
* one square root, ``a + b*sqrt(c)``: as it stands where ``a`` and ``b`` agree in sign, else as
  ``(a**2 - b**2*c)/(a - b*sqrt(c))`` with the numerator simplified exactly, so nothing cancels;
* no sum whose terms can differ in sign: as it stands;
* anything else (Cardano, trigonometric): as the start of Newton's method on the slope.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.opaque import (
    Call,
    Digamma,
    Expm1,
    Flagged,
    Log1p,
    LogCosh,
    LogWrightOmega,
    PrincipalW,
    Root2,
    Softplus,
    Trigamma,
    WrightOmega,
    XLogY,
)
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Closed:
    """How a closed form is used: ``"affine"``, ``"formula"`` or ``"start"`` of an iteration."""

    use: str
    expr: sp.Expr


def tame(expr: sp.Expr) -> sp.Expr:
    """Rewrite exponentials, logarithms and Lambert's W so that they neither overflow nor cancel.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> tame(sp.exp(x) / (1 + sp.exp(x)))
    1/(1 + exp(-x))
    >>> tame(sp.log(1 + sp.exp(x)))
    Softplus(x)
    """
    if not expr.args or isinstance(expr, sp.Number):
        return expr
    rebuilt = expr.func(*[tame(arg) for arg in expr.args])
    for rule in (_lambert, _logarithm, _gamma, _sum, _product):
        rebuilt = rule(rebuilt)
    return rebuilt


def in_pieces(expr: sp.Expr) -> sp.Expr:
    """Write kinks and jumps as pieces, whose derivative is taken piece by piece.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> sp.diff(in_pieces(sp.Max(x, 1)), x)
    Piecewise((0, x <= 1), (1, True))
    """
    for head, pieces in _PIECES.items():
        expr = expr.replace(head, pieces)
    return expr


def _extreme(larger: bool) -> Callable[..., sp.Expr]:
    def pieces(first: sp.Expr, *others: sp.Expr) -> sp.Expr:
        for other in others:
            test = first >= other if larger else first <= other
            first = sp.Piecewise((first, test), (other, True))
        return first

    return pieces


_PIECES = {
    sp.Abs: lambda a: sp.Piecewise((a, a >= 0), (-a, True)),
    sp.sign: lambda a: sp.Piecewise((1, a > 0), (-1, a < 0), (0, True)),
    sp.Heaviside: lambda a, *_: sp.Piecewise((1, a >= 0), (0, True)),
    sp.Max: _extreme(larger=True),
    sp.Min: _extreme(larger=False),
}


def _lambert(expr: sp.Expr) -> sp.Expr:
    if not isinstance(expr, sp.LambertW):
        return expr
    if len(expr.args) == 2 and expr.args[1] != 0:
        raise NotDerivable(f"{expr} uses a branch of Lambert's W that no kernel evaluates")
    exponent, factor = split_exponential(expr.args[0])
    if factor.is_positive:
        return WrightOmega(exponent + sp.log(factor))
    return PrincipalW(expr.args[0])


def split_exponential(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Write `expr` as ``exp(exponent)*factor`` with all its exponential factors in the exponent.

    Examples
    --------
    >>> x, y = sp.symbols("x y")
    >>> split_exponential(y * sp.exp(x) * sp.exp(3))
    (x + 3, y)
    """
    exponent, factor = sp.S.Zero, sp.S.One
    for part in sp.Mul.make_args(expr):
        base, power = part.as_base_exp()
        if isinstance(part, sp.exp):
            exponent += part.exp
        elif isinstance(base, sp.exp):
            exponent += base.exp * power
        else:
            factor *= part
    return exponent, factor


def _logarithm(expr: sp.Expr) -> sp.Expr:
    if not isinstance(expr, sp.log):
        return expr
    inner = expr.args[0]
    if isinstance(inner, sp.cosh):
        return LogCosh(inner.args[0])
    if isinstance(inner, sp.Add) and sp.S.One in inner.args:
        rest = inner - 1
        return Softplus(rest.exp) if isinstance(rest, sp.exp) else Log1p(rest)
    return expr


def _gamma(expr: sp.Expr) -> sp.Expr:
    if not isinstance(expr, sp.polygamma) or expr.args[0] not in (0, 1):
        return expr
    return Digamma(expr.args[1]) if expr.args[0] == 0 else Trigamma(expr.args[1])


def _sum(expr: sp.Expr) -> sp.Expr:
    if not isinstance(expr, sp.Add):
        return expr
    omegas = [t for t in expr.args if t.has(WrightOmega)]
    if len(omegas) == 1:
        factor, omega = omegas[0].as_independent(WrightOmega)
        if isinstance(omega, WrightOmega):
            # x + q*W(x) = (r - q*x) + q*W(x) = r - q*log(W(x)): no difference of large numbers.
            x = omega.args[0]
            rest = sp.expand(expr - omegas[0] + factor * x)
            if not rest.free_symbols & _moving(x) and x.free_symbols:
                return rest - factor * LogWrightOmega(x)
    return _less_one(expr)


def _less_one(expr: sp.Expr) -> sp.Expr:
    """Write ``c*exp(x) - c`` in a sum as ``c*Expm1(x)``."""
    for part in sp.Add.make_args(expr):
        factor, power = part.as_independent(sp.exp, as_Add=False)
        if isinstance(power, sp.exp) and -factor in sp.Add.make_args(expr):
            return _less_one(expr - part + factor) + factor * Expm1(power.exp)
    return expr


def _moving(expr: sp.Expr) -> set[sp.Symbol]:
    """Return the symbols of `expr` that are not positive parameters of its logarithm."""
    logs = {s for log in expr.atoms(sp.log) for s in log.free_symbols}
    return {s for s in expr.free_symbols if s not in logs} or set(expr.free_symbols)


def _product(expr: sp.Expr) -> sp.Expr:
    if not isinstance(expr, sp.Mul):
        return expr
    if sum(isinstance(part, sp.exp) for part in expr.args) > 1:
        exponent, rest = split_exponential(expr)
        return tame(rest * sp.exp(sp.expand(exponent)))  # neither factor may overflow alone
    for part in expr.args:
        if isinstance(part, sp.exp):
            for other in expr.args:
                if _holds(other, part):
                    return tame(_balanced(expr, part, other))
        if isinstance(part, sp.log):
            for other in expr.args:
                base, power = other.as_base_exp()
                if base == part.args[0] and power.is_positive:
                    return expr / (other * part) * XLogY(other, base)
    return expr


def _holds(expr: sp.Expr, exponential: sp.Expr) -> bool:
    """Tell whether `expr` is ``(c + d*exponential)**(-m)`` with a whole m."""
    base, power = expr.as_base_exp()
    return bool(
        power.is_Integer
        and power < 0
        and isinstance(base, sp.Add)
        and not base.coeff(exponential).has(sp.exp)
        and base.coeff(exponential) != 0
        and not (base - base.coeff(exponential) * exponential).has(exponential)
    )


def _balanced(expr: sp.Expr, exponential: sp.Expr, other: sp.Expr) -> sp.Expr:
    """Turn ``E/(c + d*E)`` into ``1/(d + c/E)``, which is a number when E overflows."""
    base, power = other.as_base_exp()
    d = base.coeff(exponential)
    c = base - d * exponential
    rest = expr / (exponential * other)
    return rest * base ** (power + 1) / (d + c * sp.exp(-exponential.exp))


_TRIALS = (sp.Rational(5, 13), sp.Rational(19, 7), sp.Integer(17))


@lru_cache(maxsize=256)  # regimes may share a formula
def closed_form(expr: sp.Expr, v: sp.Symbol, sign: int | None) -> Closed:
    """Choose how to evaluate the closed form of an arc in the argument `v` of known `sign`.

    Examples
    --------
    >>> v, t = sp.Symbol("v", real=True), sp.Symbol("t", positive=True)
    >>> closed_form((v + sp.sqrt(v**2 + 4 * t)) / 2, v, -1).expr
    Flagged(-2*t/(v - Root2(4*t + v**2)), Root2(4*t + v**2))
    """
    signed = {1: sp.Dummy(v.name, positive=True), -1: sp.Dummy(v.name, negative=True)}
    local = signed.get(sign or 0, v)
    try:
        tamed = tame(expr).xreplace({v: local})
    except NotDerivable:
        return Closed("start", v)
    if is_affine(tamed, local):
        return Closed("affine", expr)
    steady = is_steady(tamed, local)
    found = tamed if steady else _rationalised(tamed, local)
    if found is None:
        return Closed("start", tamed.xreplace({local: v}))
    return Closed("formula", flagged(found, local).xreplace({local: v}))


def is_affine(expr: sp.Expr, v: sp.Symbol) -> bool:
    """Tell whether `expr` is a polynomial of degree at most one in `v`."""
    if not expr.has(v):
        return True
    slope = sp.diff(expr, v)
    if not slope.has(v):
        return True
    return not _varies(slope, v) and not slope.simplify().has(v)


def _varies(slope: sp.Expr, v: sp.Symbol) -> bool:
    """Tell whether numbers show that `slope` changes with `v`, which spares a simplification."""
    if slope.has(sp.Derivative, sp.Subs):  # of a function that SymPy cannot evaluate
        return False
    others = sorted(slope.free_symbols - {v}, key=str)
    sides = (-1,) if v.is_negative else (1,) if v.is_positive else (1, -1)
    for scale in (sp.Rational(3, 7), sp.Rational(31, 9)):
        sample = {s: scale * (1 + sp.Rational(k, 11)) for k, s in enumerate(others)}
        here = slope.xreplace(sample)
        found = [here.xreplace({v: side * x}).evalf(15) for side in sides for x in _TRIALS]
        values = [complex(x) for x in found if x.is_number and x.is_finite]
        if len(values) > 1 and max(abs(x - values[0]) for x in values) > 1e-6 * abs(values[0]):
            return True
    return False


def is_steady(expr: sp.Expr, v: sp.Symbol) -> bool:
    """Tell whether no sum in `expr` can cancel, other than an affine function of `v`."""
    if not expr.has(v) or expr == v or isinstance(expr, WrightOmega | LogWrightOmega):
        return True
    if isinstance(expr, sp.Add):
        alike = all(t.is_nonnegative for t in expr.args) or all(
            t.is_nonpositive for t in expr.args
        )
        return is_affine(expr, v) or (alike and all(is_steady(t, v) for t in expr.args))
    if isinstance(expr, sp.exp | sp.log | Log1p):
        return is_affine(expr.args[0], v)
    if isinstance(expr, sp.Mul | sp.Pow | Root2 | sp.Abs):
        return all(is_steady(arg, v) for arg in expr.args)
    return False


def _rationalised(expr: sp.Expr, v: sp.Symbol) -> sp.Expr | None:
    """Return ``a + b*sqrt(c)`` in a form that does not cancel, or None for other kinds."""
    radicands = {p.base for p in expr.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q == 2}
    moving = [c for c in radicands if c.has(v)]
    if len(moving) != 1 or moving[0].has(Call):
        return None
    parts = linear_in_root(expr, moving[0])
    if parts is None:
        return None
    a, b, root = *parts, Root2(moving[0])
    numerator = sp.factor(sp.expand(a**2 - b**2 * moving[0]))
    if not (is_affine(numerator, v) or is_steady(numerator, v)):
        return None
    direct, other = a + b * root, _over(numerator, a - b * root)
    product = sp.factor(a * b)
    if product.is_nonnegative:
        return direct
    if product.is_nonpositive:
        return other
    return sp.Piecewise((direct, product >= 0), (other, True))


def _over(numerator: sp.Expr, denominator: sp.Expr) -> sp.Expr:
    """Return the quotient without a common numerical or symbolic factor."""
    content, rest = sp.factor_terms(denominator).as_independent(Root2, as_Add=False)
    return sp.factor(numerator / content) / rest


def linear_in_root(expr: sp.Expr, radicand: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """Return `a` and `b` of ``a + b*sqrt(radicand)``, or None for other kinds."""
    mark = sp.Dummy("root", positive=True)
    powers = {
        p: mark ** (2 * p.exp)
        for p in expr.atoms(sp.Pow)
        if p.base == radicand and p.exp.is_Rational
    }
    numerator, denominator = sp.fraction(sp.together(expr.xreplace(powers)))
    if denominator.has(mark) or not numerator.is_polynomial(mark):
        return None
    a, b = sp.S.Zero, sp.S.Zero
    for (power,), coefficient in sp.Poly(numerator, mark).terms():
        even = coefficient * radicand ** (power // 2) / denominator
        a, b = (a + even, b) if power % 2 == 0 else (a, b + even)
    return sp.factor(a), sp.factor(b)


def flagged(expr: sp.Expr, v: sp.Symbol) -> sp.Expr:
    """Make `expr` NaN wherever a moving square root overflows, so that a kernel can tell."""
    inner = {
        p.base
        for p in expr.atoms(sp.Pow)
        if p.base.has(v) and p.exp.is_Rational and p.exp.q == 2 and p.base != v
    }
    roots = {r for r in expr.atoms(Root2) if r.has(v)} | {Root2(base) for base in inner}
    for root in sorted(roots, key=sp.default_sort_key):
        if root.args[0].is_polynomial(v) or root.args[0].is_rational_function(v):
            expr = Flagged(expr, root)
    return expr
