"""Case tables written by hand, so that these tests need no derivation.

`EXAMPLES` gives for each table the penalty in mpmath, and `reference` its minimiser by search.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mpmath as mp
import sympy as sp

from normcalc.line.table import Arc, Case, CaseTable, Regime, Root

if TYPE_CHECKING:
    from collections.abc import Callable

v = sp.Symbol("v", real=True)
u = sp.Symbol("u", real=True)
p = sp.Symbol("u", positive=True)
step, lam, gamma, eps = sp.symbols("step lam gamma eps", positive=True)
oo = sp.oo


@dataclass(frozen=True)
class Example:
    """A table, its penalty and the penalty's slope in mpmath, and sets of parameters."""

    table: CaseTable
    penalty: Callable[..., mp.mpf]
    slope: Callable[..., mp.mpf]
    values: tuple[tuple[float, ...], ...]
    even: bool = True
    lo: float = -float("inf")
    # What one rounding error of the argument or the set-up does to the point, over epsilon.
    condition: Callable[..., float] = lambda v, u, *values: 0.0


def table(regimes: tuple[Regime, ...], parameters=(step,), parity="odd") -> CaseTable:
    return CaseTable(v, u, parameters, regimes, parity)


def one(*cases: Case, parameters=(step,), parity="odd") -> CaseTable:
    return table((Regime((), cases=cases),), parameters, parity)


SOFT = one(
    Case(sp.S.Zero, lam * step, sp.S.Zero, u, why="kink at 0"),
    Case(lam * step, oo, v - lam * step, u, why="slope 1"),
    parameters=(step, lam),
)

MCP = table(
    (
        Regime(
            (gamma > step,),
            cases=(
                Case(sp.S.Zero, lam * step, sp.S.Zero, u),
                Case(lam * step, gamma * lam, (v - lam * step) / (1 - step / gamma), u),
                Case(gamma * lam, oo, v, u),
            ),
        ),
        Regime(
            (gamma <= step,),
            cases=(
                Case(sp.S.Zero, lam * sp.sqrt(gamma * step), sp.S.Zero, u, tie_above=True),
                Case(lam * sp.sqrt(gamma * step), oo, v, u),
            ),
        ),
    ),
    (step, lam, gamma),
)

ENTROPY = one(
    Case(
        -oo,
        oo,
        Arc(
            p + step * (sp.log(p) + 1),
            p,
            sp.S.Zero,
            oo,
            closed=step * sp.LambertW(sp.exp(v / step - 1) / step),
        ),
        u,
    ),
    parity=None,
)

EXP = one(
    Case(
        -oo,
        oo,
        Arc(u + step * sp.exp(u), u, -oo, oo, closed=v - sp.LambertW(step * sp.exp(v))),
        u,
    ),
    parity=None,
)

CUBE = one(
    Case(
        sp.S.Zero,
        oo,
        Arc(
            p + 3 * step * p**2,
            p,
            sp.S.Zero,
            oo,
            closed=(sp.sqrt(1 + 12 * step * v) - 1) / (6 * step),
        ),
        u,
    ),
)

NEGLOG = one(
    Case(
        -oo,
        oo,
        Arc(p - step / p, p, sp.S.Zero, oo, closed=(v + sp.sqrt(v**2 + 4 * step)) / 2),
        u,
    ),
    parity=None,
)

LOGISTIC = one(
    Case(
        -oo,
        oo,
        Arc(u - step * sp.exp(-u) / (1 + sp.exp(-u)), u, -oo, oo),
        u,
    ),
    parity=None,
)

FOURTH = one(
    Case(
        sp.S.Zero,
        oo,
        Arc(
            p + 4 * step * p**3,
            p,
            sp.S.Zero,
            oo,
            closed=sp.cbrt(v / (8 * step) + sp.sqrt(v**2 / 64 / step**2 + 1 / (12 * step) ** 3))
            - 1
            / (12 * step)
            / sp.cbrt(v / (8 * step) + sp.sqrt(v**2 / 64 / step**2 + 1 / (12 * step) ** 3)),
        ),
        u,
    ),
)

_x = sp.Symbol("x", positive=True)
_tie = sp.Symbol("u1", positive=True)
_shape = (sp.log(1 + _x / eps) - _x / (eps + _x)) * step - _x**2 / 2
_jump = _tie + step / (eps + _tie)
_closed = (v - eps + sp.sqrt((v + eps) ** 2 - 4 * step)) / 2
LOGSUM = table(
    (
        Regime(
            (step <= eps**2,),
            cases=(
                Case(sp.S.Zero, step / eps, sp.S.Zero, u),
                Case(
                    step / eps, oo, Arc(p + step / (eps + p), p, sp.S.Zero, oo, closed=_closed), u
                ),
            ),
        ),
        Regime(
            (step > eps**2,),
            roots=(Root(_tie, _shape, _x, sp.sqrt(step) - eps, oo, rising=False),),
            cases=(
                Case(sp.S.Zero, _jump, sp.S.Zero, u, tie_above=True),
                Case(_jump, oo, Arc(p + step / (eps + p), p, _tie, oo, closed=_closed), u),
            ),
        ),
    ),
    (step, eps),
)

# The conjugate of x*log(x): its value, not its minimiser; and of abs(x)**3/3.
CONJUGATE_CUBE = CaseTable(
    v,
    u,
    (),
    (
        Regime(
            (),
            cases=(
                Case(
                    sp.S.Zero, oo, Arc(p**2, p, sp.S.Zero, oo, closed=sp.sqrt(v)), u * v - u**3 / 3
                ),
            ),
        ),
    ),
    "even",
)

BOX = one(
    Case(-oo, -lam, -lam, u),
    Case(-lam, gamma, v, u),
    Case(gamma, oo, gamma, u),
    parameters=(step, lam, gamma),
    parity=None,
)

REFUSING = table(
    (
        Regime((step < 1,), cases=(Case(sp.S.Zero, oo, v / (1 - step), u),)),
        Regime((step >= 1,), refusal="not prox-bounded for step >= 1"),
    ),
)


def _mcp_slope(x, lam, gamma):
    return lam - x / gamma if x < gamma * lam else mp.mpf(0)


EXAMPLES: dict[str, Example] = {
    "soft": Example(
        SOFT, lambda x, lam: lam * abs(x), lambda x, lam: lam, ((0.5, 1.0), (2.0, 0.3))
    ),
    "mcp": Example(
        MCP,
        lambda x, lam, gamma: (
            lam * abs(x) - x**2 / (2 * gamma) if abs(x) <= gamma * lam else gamma * lam**2 / 2
        ),
        _mcp_slope,
        ((0.5, 1.0, 3.0), (2.0, 1.0, 1.5), (1.0, 1.0, 1.0)),
    ),
    "entropy": Example(
        ENTROPY,
        lambda x: x * mp.log(x) if x else mp.mpf(0),
        lambda x: mp.log(x) + 1,
        ((0.5,), (3.0,)),
        even=False,
        lo=0.0,
        condition=lambda v, u, step: (abs(v) / step + 1) * u,
    ),
    "exp": Example(
        EXP,
        mp.exp,
        mp.exp,
        ((0.5,), (3.0,)),
        even=False,
        condition=lambda v, u, step: abs(v) + step,
    ),
    "cube": Example(CUBE, lambda x: abs(x) ** 3, lambda x: 3 * x**2, ((0.5,), (1e-3,), (40.0,))),
    "neglog": Example(
        NEGLOG,
        lambda x: -mp.log(x) if x else mp.inf,
        lambda x: -1 / x,
        ((0.5,), (1e-6,), (40.0,)),
        even=False,
        lo=0.0,
    ),
    "logistic": Example(
        LOGISTIC,
        lambda x: mp.log(1 + mp.exp(-x)),
        lambda x: -1 / (1 + mp.exp(x)),
        ((0.5,), (8.0,)),
        even=False,
        condition=lambda v, u, step: abs(v) + step,
    ),
    "fourth": Example(FOURTH, lambda x: x**4, lambda x: 4 * x**3, ((0.5,), (1e-3,), (40.0,))),
    "logsum": Example(
        LOGSUM,
        lambda x, eps: mp.log(1 + abs(x) / eps),
        lambda x, eps: 1 / (eps + abs(x)),
        ((0.2, 0.5), (1.0, 0.5), (0.25, 0.5)),
        condition=lambda v, u, step, eps: u and abs(v) / (1 - step / (eps + abs(u)) ** 2 + 1e-9),
    ),
}


def reference(example: Example, v: float, values: tuple[float, ...]) -> mp.mpf:
    """Return the minimiser of the prox objective by search at 50 digits, knowing no case table."""
    with mp.workdps(50):
        sign, target = (-1, -v) if example.even and v < 0 else (1, v)
        step, rest = mp.mpf(values[0]), [mp.mpf(x) for x in values[1:]]
        target = mp.mpf(target)

        def objective(u: mp.mpf) -> mp.mpf:
            return step * example.penalty(u, *rest) + (u - target) ** 2 / 2

        def gradient(u: mp.mpf) -> mp.mpf:
            return u - target + step * example.slope(u, *rest)

        grid = _grid(example, target)
        found = [mp.mpf(0)] if example.even else []
        for a, b in itertools.pairwise(grid):
            if gradient(a) <= 0 <= gradient(b):
                found.append(_bisected(gradient, a, b))
        # No bracket: the minimiser lies below every positive number tried.
        return sign * min(found or [mp.mpf(0)], key=objective)


def _grid(example: Example, v: mp.mpf) -> list[mp.mpf]:
    reach = 2 * abs(v) + 100
    steps = [mp.mpf(10) ** (mp.mpf(k) / 4) for k in range(-40, 8)]
    steps += [mp.mpf(10) ** -k for k in range(10, 300, 2)]
    positive = [reach * s / 100 for s in steps] + [reach * mp.mpf(k) / 400 for k in range(5, 401)]
    positive = sorted(positive)
    if example.even or example.lo == 0:
        return positive
    return [-x for x in reversed(positive)] + positive


def _bisected(gradient: Callable[[mp.mpf], mp.mpf], a: mp.mpf, b: mp.mpf) -> mp.mpf:
    for _ in range(190):
        middle = (a + b) / 2
        a, b = (a, middle) if gradient(middle) >= 0 else (middle, b)
    return (a + b) / 2
