"""Zeros of sines and cosines: finitely many on a bounded stretch, else none or infinitely many."""

from __future__ import annotations

import math

import sympy as sp

from normcalc.line.context import Context, Refusal

WAVES = (sp.sin, sp.cos)
MOST = 64


def amplitude_sign(expr: sp.Expr, variable: sp.Symbol, context: Context) -> int | None:
    """Return the sign that ``a + b*wave`` has everywhere, because ``|a| >= |b|``; else None.

    Examples
    --------
    >>> u = sp.Symbol("u", real=True)
    >>> amplitude_sign(2 + sp.cos(u), u, Context(()))
    1
    """
    waves = [w for w in expr.atoms(*WAVES) if w.has(variable)]
    if len(waves) != 1:
        return None
    mark = sp.Dummy("wave", real=True)
    marked = sp.expand(expr.xreplace({waves[0]: mark}))
    b = marked.coeff(mark, 1)
    a = sp.expand(marked - b * mark)
    if a.has(variable, mark) or b.has(variable, mark) or a == 0:
        return None
    return context.sign(a) if context.sign(a**2 - b**2) >= 0 else None


def wave_zeros(
    expr: sp.Expr, variable: sp.Symbol, lo: sp.Expr, hi: sp.Expr
) -> list[sp.Expr] | None:
    """Return the zeros of ``sin(k*u + c)`` or ``cos(k*u + c)`` between numeric ends, in order.

    None for any other expression.

    Raises
    ------
    Refusal
        There are infinitely many, or more than 64.

    Examples
    --------
    >>> u = sp.Symbol("u", real=True)
    >>> wave_zeros(sp.cos(sp.pi * u), u, sp.S.Zero, sp.Integer(2))
    [1/2, 3/2]
    """
    if not isinstance(expr, WAVES):
        return None
    rate = sp.diff(expr.args[0], variable)
    if rate.has(variable) or rate == 0:
        return None
    if not (lo.is_finite and hi.is_finite):
        raise Refusal(f"{expr} has infinitely many zeros on ({lo}, {hi})")
    phase = expr.args[0].subs(variable, 0)
    if not (rate.is_number and phase.is_number and lo.is_number and hi.is_number):
        return None
    shift = sp.S.Half if isinstance(expr, sp.cos) else sp.S.Zero
    ends = sorted(float((rate * end + phase) / sp.pi - shift) for end in (lo, hi))
    counts = range(math.ceil(ends[0]), math.floor(ends[1]) + 1)
    if len(counts) > MOST:
        raise Refusal(f"{expr} has {len(counts)} zeros on ({lo}, {hi}): more than {MOST}")
    zeros = [((k + shift) * sp.pi - phase) / rate for k in counts]
    return sorted((z for z in zeros if (z - lo).is_positive and (hi - z).is_positive), key=float)
