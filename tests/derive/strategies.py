"""Random functions of one variable that a derivation should exist for, or a reason why not.

Piecewise elementary, with parameters: sums, maxima, minima and pieces of absolute values, powers,
exponentials, logarithms and fractions; kinks at parameters, isolated values, bounded domains.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import strategies as st

from normcalc.language import Function, Real, function

KINDS = {"c": Real}  # every other name is positive

# {t} stands for the shifted argument, {k} for a positive scale.
EVEN = (
    "abs({t})", "abs({t})", "({t})**2", "({t})**2/2", "abs({t})**3", "({t})**4",
    "abs({t})**(3/2)", "sqrt(abs({t}))", "abs({t})**(1/3)", "log(1 + abs({t})/{k})",
    "log1p(({t})**2/{k})", "({t})**2/(({t})**2 + {k})", "abs({t})/(abs({t}) + {k})",
    "sqrt(({t})**2 + {k}**2)", "(1 - exp(-{k}*abs({t})))", "exp(abs({t}))", "cosh({t})",
    "min(abs({t}), {k})", "max(abs({t}) - {k}, 0)", "(abs({t}) - {k})**2",
    "Piecewise((0, {t} == 0), ({k}, True))", "Piecewise(({t}, {t} >= 0), (-{k}*{t}, True))",
    "Piecewise((({t})**2/2, abs({t}) <= {k}), ({k}*abs({t}) - {k}**2/2, True))",
)  # fmt: skip
ONE_SIDED = (
    "max({t}, 0)", "max({t}, 0)**2", "max(-{k}*({t}), 0)", "exp({t})", "exp(-{k}*({t}))",
    "log(1 + exp({t}))", "atan({t})", "heaviside({t})", "sign({t})", "({t})", "1/(1 + exp({t}))",
    "Piecewise(({t}, {t} > {k}), (0, True))",
)  # fmt: skip
HALF_LINE = (
    "x*log(x)", "-log(x)", "1/x", "-sqrt(x)", "-{k}*log(x) + x", "x**(5/2)", "1/(1 + x)",
    "x*log(x) - {k}*x", "sqrt(x)", "log(1 + x)", "x**2*log(x)",
)  # fmt: skip
ARGUMENTS = ("x", "x", "x", "x", "x - c", "x - 1", "2*x + 1", "x + {k}")
SCALES = ("lam", "mu", "1", "2", "1/2")
FACTORS = ("", "", "lam*", "lam*", "mu*", "2*", "1/3*", "-mu*", "-1/2*")
DOMAINS = (
    "Piecewise(({0}, x >= 0), (oo, True))", "Piecewise(({0}, x <= c), (oo, True))",
    "Piecewise(({0}, abs(x) <= mu), (oo, True))",
    "Piecewise(({0}, And(x >= -1, x <= 2)), (oo, True))",
    "Piecewise((0, x == 0), ({0}, x >= 1), (oo, True))",
)  # fmt: skip
JOINS = (
    "max({0}, {1})", "min({0}, {1})", "{0} + {1}", "abs({0} - {1})", "max({0}, {1}, mu)",
    "Piecewise(({0}, x <= c), ({1}, True))", "Piecewise(({0}, x < 0), ({1}, True))",
)  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """A text in the language; the kinds of its parameters follow from their names."""

    text: str

    def function(self) -> Function:
        """Return the function."""
        words = set(re.findall(r"\w+", self.text))
        return function(self.text, **{n: kind for n, kind in KINDS.items() if n in words})

    def __str__(self) -> str:
        return self.text


@st.composite
def _term(draw: st.DrawFn) -> str:
    shape = draw(st.sampled_from(EVEN) | st.sampled_from(ONE_SIDED))
    scale, factor = draw(st.sampled_from(SCALES)), draw(st.sampled_from(FACTORS))
    argument = draw(st.sampled_from(ARGUMENTS)).format(k=scale)
    return factor + shape.format(t=argument, k=scale)


@st.composite
def _sum(draw: st.DrawFn) -> str:
    terms = draw(st.lists(_term(), min_size=1, max_size=2, unique=True))
    if draw(st.booleans()):
        terms.append(draw(st.sampled_from(("mu*x**2/2", "x**2", "-x**2/4", "x", "-2*x"))))
    return " + ".join(terms)


@st.composite
def _on_half_line(draw: st.DrawFn) -> str:
    term = draw(st.sampled_from(FACTORS[:-2])) + draw(st.sampled_from(HALF_LINE).map(
        lambda shape: f"({shape})"
    ))  # fmt: skip
    more = draw(st.sampled_from(("", " + mu*x", " + x**2/2", " + lam*abs(x - mu)")))
    value = term.format(k=draw(st.sampled_from(SCALES)))
    inside = draw(st.sampled_from(("x > 0", "x >= 0")))
    return f"Piecewise(({value}{more}, {inside}), (oo, True))"


def formulas() -> st.SearchStrategy[Formula]:
    """Functions of x with up to three parameters: lam and mu positive, c real."""
    joined = st.builds(str.format, st.sampled_from(JOINS), _term(), _term())
    bounded = st.builds(str.format, st.sampled_from(DOMAINS), _sum())
    return st.one_of(_sum(), joined, bounded, _on_half_line()).map(Formula)
