"""Proximal operators typed by hand, right ones and wrong ones, as claims to certify."""

from __future__ import annotations

import pytest
import sympy as sp

from normcalc.certify import Statement
from normcalc.language import Interval, Real, function
from normcalc.line.table import Arc, Case, CaseTable, Regime, Root

oo = sp.oo
v, u = sp.symbols("v u", real=True)
step, lam, gamma, delta, theta, mu = sp.symbols("step lam gamma delta theta mu", positive=True)
a = sp.Symbol("a", positive=True)

L1 = function("lam*abs(x)")
ELASTIC = function("lam*abs(x) + mu*x**2/2")
L0 = function("Piecewise((0, x == 0), (lam, True))")
HUBER = function("Piecewise((x**2/(2*delta), abs(x) <= delta), (abs(x) - delta/2, True))")
CAPPED = function("lam*min(abs(x), theta)")
MCP = function(
    "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
)
SCAD = function(
    "Piecewise((lam*abs(x), abs(x) <= lam),"
    " ((2*a*lam*abs(x) - x**2 - lam**2)/(2*(a - 1)), abs(x) <= a*lam),"
    " (lam**2*(a + 1)/2, True))",
    a=Interval.open(2, None),
)
ENTROPY = function("x*log(x)", domain=(0, None))
BOX = function("Piecewise((0, lo <= x <= hi), (oo, True))", where="lo < hi", lo=Real, hi=Real)
SQUARE = function("abs(x)**3")
ROOT = function("lam*sqrt(abs(x))")
RECIPROCAL = function("1/x", domain=(0, None))
LOGSUM = function("lam*log(1 + abs(x))")


def odd(parameters, *regimes):
    return CaseTable(v, u, (step, *parameters), regimes, "odd")


def case(lo, hi, point, tie=False):
    return Case(
        sp.sympify(lo),
        sp.sympify(hi),
        sp.sympify(point, strict=False) if not isinstance(point, Arc) else point,
        u,
        tie_above=tie,
    )


def regime(*cases, when=()):
    return Regime(tuple(when), cases=cases)


def hard(threshold, *when):
    return regime(case(0, threshold, 0, tie=True), case(threshold, oo, v), when=when)


def scad_middle(*when):
    return regime(
        case(0, step * lam, 0),
        case(step * lam, lam * (a + 1 + step) / 2, v - step * lam, tie=True),
        case(lam * (a + 1 + step) / 2, oo, v),
        when=when,
    )


def firm(*when):
    middle = (v - step * lam) / (1 - step / gamma)
    return regime(
        case(0, step * lam, 0),
        case(step * lam, gamma * lam, middle),
        case(gamma * lam, oo, v),
        when=when,
    )


def capped_soft(*when):
    border = theta + step * lam / 2
    return regime(
        case(0, step * lam, 0),
        case(step * lam, border, v - step * lam, tie=True),
        case(border, oo, v),
        when=when,
    )


SCAD_FIRST = regime(
    case(0, step * lam, 0),
    case(step * lam, lam * (1 + step), v - step * lam),
    case(lam * (1 + step), a * lam, ((a - 1) * v - a * lam * step) / (a - 1 - step)),
    case(a * lam, oo, v),
    when=(step < a - 1,),
)

lo, hi = sp.symbols("lo hi", real=True)
_soft = regime(case(0, step * lam, 0), case(step * lam, oo, v - step * lam))
_cube = Arc(3 * step * u**2 + u, u, sp.S.Zero, oo, (sp.sqrt(1 + 12 * step * v) - 1) / (6 * step))
_log = Arc(
    u + step * (sp.log(u) + 1),
    u,
    sp.S.Zero,
    oo,
    None,
    step * sp.LambertW(sp.exp(v / step - 1) / step),
)
_inverse = Arc(u - step / u**2, u, sp.S.Zero, oo)
_half = Arc(u + step * lam / (2 * sp.sqrt(u)), u, (step * lam / 2) ** sp.Rational(2, 3), oo)
_half_border = sp.Rational(3, 2) * (step * lam) ** sp.Rational(2, 3)

ALGEBRAIC = {
    "l1": Statement("prox", L1, odd((lam,), _soft)),
    "elastic net": Statement(
        "prox",
        ELASTIC,
        odd(
            (lam, mu),
            regime(
                case(0, step * lam, 0),
                case(step * lam, oo, (v - step * lam) / (1 + mu * step)),
            ),
        ),
    ),
    "l0": Statement("prox", L0, odd((lam,), hard(sp.sqrt(2 * step * lam)))),
    "huber": Statement(
        "prox",
        HUBER,
        odd(
            (delta,),
            regime(
                case(0, delta + step, v * delta / (delta + step)),
                case(delta + step, oo, v - step),
            ),
        ),
    ),
    "mcp": Statement(
        "prox",
        MCP,
        odd(
            (lam, gamma),
            firm(gamma > step),
            hard(lam * sp.sqrt(gamma * step), gamma <= step),
        ),
    ),
    "scad": Statement(
        "prox",
        SCAD,
        odd(
            (lam, a),
            SCAD_FIRST,
            scad_middle(step >= a - 1, step <= a + 1),
            hard(lam * sp.sqrt(step * (a + 1)), step > a + 1),
        ),
    ),
    "capped l1": Statement(
        "prox",
        CAPPED,
        odd(
            (lam, theta),
            capped_soft(step * lam < 2 * theta),
            hard(sp.sqrt(2 * step * lam * theta), step * lam >= 2 * theta),
        ),
    ),
    "box": Statement(
        "prox",
        BOX,
        CaseTable(
            v,
            u,
            (step, lo, hi),
            (regime(case(-oo, lo, lo), case(lo, hi, v), case(hi, oo, hi)),),
        ),
    ),
    "cube": Statement("prox", SQUARE, odd((), regime(case(0, oo, _cube)))),
}

_s, _w = step * lam, sp.Symbol("w", positive=True)
_jump = Root(
    _w,
    _s * sp.log(1 + u) + (_s / (1 + u)) ** 2 / 2 - (u + _s / (1 + u)) ** 2 / 2,
    u,
    sp.sqrt(_s) - 1,
    oo,
    rising=False,
)
_late = (v - 1 + sp.sqrt((v + 1) ** 2 - 4 * _s)) / 2
LOGSUM_CASES = (
    regime(
        case(0, _s, 0),
        case(_s, oo, Arc(u + _s / (1 + u), u, sp.S.Zero, oo, _late)),
        when=(_s <= 1,),
    ),
    Regime(
        (_s > 1,),
        roots=(_jump,),
        cases=(
            case(0, _w + _s / (1 + _w), 0, tie=True),
            case(_w + _s / (1 + _w), oo, Arc(u + _s / (1 + u), u, _w, oo, _late)),
        ),
    ),
)

TRANSCENDENTAL = {
    "log-sum": Statement("prox", LOGSUM, odd((lam,), *LOGSUM_CASES)),
    "entropy": Statement(
        "prox", ENTROPY, CaseTable(v, u, (step,), (regime(case(-oo, oo, _log)),))
    ),
    "reciprocal": Statement(
        "prox", RECIPROCAL, CaseTable(v, u, (step,), (regime(case(-oo, oo, _inverse)),))
    ),
    "root": Statement(
        "prox",
        ROOT,
        odd((lam,), regime(case(0, _half_border, 0, tie=True), case(_half_border, oo, _half))),
    ),
}

_stationary = (v - 1 + sp.sqrt((v + 1) ** 2 - 4 * step * lam)) / 2
WRONG = {
    "soft threshold off by a factor": Statement(
        "prox",
        L1,
        odd((lam,), regime(case(0, step * lam, 0), case(step * lam, oo, v - step * lam / 2))),
    ),
    "mcp: firm threshold for all steps": Statement("prox", MCP, odd((lam, gamma), firm())),
    "scad: middle regime for all large steps": Statement(
        "prox", SCAD, odd((lam, a), SCAD_FIRST, scad_middle(step >= a - 1))
    ),
    "l0: threshold step*lam": Statement("prox", L0, odd((lam,), hard(step * lam))),
    "huber: split on the input": Statement(
        "prox",
        HUBER,
        odd(
            (delta,),
            regime(case(0, delta, v * delta / (delta + step)), case(delta, oo, v - step)),
        ),
    ),
    "capped l1: no hard regime": Statement("prox", CAPPED, odd((lam, theta), capped_soft())),
    "log: not compared with zero": Statement(
        "prox",
        LOGSUM,
        odd(
            (lam,),
            regime(
                case(0, 2 * sp.sqrt(step * lam) - 1, 0),
                case(2 * sp.sqrt(step * lam) - 1, oo, _stationary),
                when=(step * lam >= 1,),
            ),
            regime(
                case(0, step * lam, 0),
                case(step * lam, oo, _stationary),
                when=(step * lam < 1,),
            ),
        ),
    ),
    "a gap between the regimes": Statement(
        "prox",
        MCP,
        odd(
            (lam, gamma),
            firm(gamma > step),
            hard(lam * sp.sqrt(gamma * step), gamma < step),
        ),
    ),
    "a gap between the cases": Statement(
        "prox",
        L1,
        odd((lam,), regime(case(0, step * lam, 0), case(2 * step * lam, oo, v - step * lam))),
    ),
    "a closed form that does not solve its equation": Statement(
        "prox",
        SQUARE,
        odd(
            (),
            regime(case(0, oo, Arc(_cube.slope, u, sp.S.Zero, oo, v / (1 + step)))),
        ),
    ),
}

UNMARKED = Statement(
    "prox",
    L0,
    odd(
        (lam,),
        regime(case(0, sp.sqrt(2 * step * lam), 0), case(sp.sqrt(2 * step * lam), oo, v)),
    ),
)


def pytest_generate_tests(metafunc):
    """Cross the tests with the claims they name."""
    for name, claims in (
        ("algebraic", ALGEBRAIC),
        ("transcendental", TRANSCENDENTAL),
        ("wrong", WRONG),
    ):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, list(claims.values()), ids=list(claims))


@pytest.fixture(scope="session")
def claims():
    """All right claims by name, and one that marks no tie."""
    return {**ALGEBRAIC, **TRANSCENDENTAL, "unmarked tie": UNMARKED}


@pytest.fixture(scope="session")
def wrong_by_name():
    """Find a wrong claim by the start of its name."""
    return lambda start: next(claim for name, claim in WRONG.items() if name.startswith(start))
