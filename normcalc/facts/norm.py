"""Which kind of norm is it: norm, seminorm, quasi-norm, F-norm, gauge, or none of these?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import sympy as sp

from normcalc.facts.definite import (
    kernel_basis,
    kernel_in_words,
    nonnegative_in,
    positive_definite,
)
from normcalc.facts.draws import draws
from normcalc.facts.even import symmetric
from normcalc.facts.homogeneous import absolutely, positively
from normcalc.facts.quasi import quasi_constant
from normcalc.facts.setting import Setting, setting
from normcalc.facts.triangle import subadditive
from normcalc.facts.truth import Truth, all_of, unknown, yes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from normcalc.language.function import Function

Kind = Literal["norm", "seminorm", "quasi-norm", "F-norm", "gauge", "none", "unknown"]
Vector = tuple[sp.Expr, ...]

_NEEDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("norm", ("definite", "homogeneous", "triangle")),
    ("seminorm", ("homogeneous", "triangle")),
    ("quasi-norm", ("definite", "homogeneous", "continuous")),
    ("F-norm", ("definite", "even", "triangle", "radial", "continuous")),
    ("gauge", ("nonnegative", "positively homogeneous", "triangle")),
)


@dataclass(frozen=True)
class NormKind:
    """The first kind whose axioms all hold, with the answer to each axiom.

    Parameters
    ----------
    kind : str
        "norm", "seminorm", "quasi-norm", "F-norm", "gauge" or "none"; "unknown" where an axiom
        that decides is UNKNOWN.
    axioms : tuple of (str, Truth)
        Every axiom with its answer.
    kernel : tuple of vectors
        A basis of the subspace on which a seminorm of named coordinates vanishes.
    kernel_set : str
        The subspace on which a seminorm of vectors or matrices vanishes, where it is known.
    constant : sympy.Expr, optional
        The least C with ``f(x + y) <= C (f(x) + f(y))`` of a quasi-norm, where it is known.
    condition : sympy.Basic, optional
        A condition on the parameters under which it is a norm.
    """

    kind: Kind
    axioms: tuple[tuple[str, Truth], ...]
    kernel: tuple[Vector, ...] = ()
    constant: sp.Expr | None = None
    condition: sp.Basic | None = None
    kernel_set: str = ""

    @property
    def by_name(self) -> Mapping[str, Truth]:
        """The axioms by name."""
        return dict(self.axioms)

    def __str__(self) -> str:
        """Return the kind with what is particular about it."""
        if self.kernel:
            spans = ", ".join(f"({', '.join(map(str, vector))})" for vector in self.kernel)
            return f"{self.kind} with kernel span {spans}"
        if self.kernel_set:
            return f"{self.kind} with kernel {self.kernel_set}"
        if self.constant is not None:
            return f"{self.kind} with constant {self.constant}"
        return self.kind if self.condition is None else f"norm if {self.condition}"


def norm_kind(function: Function) -> NormKind:
    """Return which kind of norm a function is.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(norm_kind(function("abs(x1 - x2)")))
    seminorm with kernel span (1, 1)
    >>> print(norm_kind(function("(abs(x1)**(2/3) + abs(x2)**(2/3))**(3/2)")))
    quasi-norm with constant sqrt(2)
    >>> print(norm_kind(function("norm(x, p)")))
    norm if p >= 1
    """
    return classify(setting(function))


def classify(prepared: Setting) -> NormKind:
    """Answer the same for a prepared function."""
    axioms = dict(_axioms(prepared))
    kind: Kind = "none"
    for name, needs in _NEEDS:
        answers = [axioms[need] for need in needs]
        if any(answer.value == "NO" for answer in answers):
            continue
        settled = all(answer.value == "YES" for answer in answers)
        kind = name if settled else "unknown"
        break
    needed = all_of(*(axioms[name] for name in _NEEDS[0][1]))
    return NormKind(
        kind,
        tuple(axioms.items()),
        (kernel_basis(prepared) or ()) if kind == "seminorm" and prepared.whole else (),
        quasi_constant(prepared) if kind == "quasi-norm" else None,
        needed.condition if needed.value == "UNKNOWN" else None,
        kernel_in_words(prepared) if kind == "seminorm" else "",
    )


def _axioms(prepared: Setting) -> Iterator[tuple[str, Truth]]:
    """Yield every axiom with its answer; the weaker ones follow where a stronger one holds."""
    absolute, bound = absolutely(prepared), subadditive(prepared)
    scales = absolute if absolute.value == "YES" else positively(prepared)
    normlike = all_of(absolute, bound).value == "YES"
    sign = yes("2 f(x) = f(x) + f(-x) >= f(0) = 0") if normlike else nonnegative_in(prepared)
    grows = prepared.traits.radial or all_of(scales, sign).value == "YES"
    yield "nonnegative", sign
    definite = positive_definite(prepared)
    yield "definite", definite
    yield "homogeneous", absolute
    yield "triangle", bound
    yield "even", symmetric(prepared)
    yield "positively homogeneous", scales
    yield "radial", _trait(grows, "f does not decrease along rays")
    yield "continuous", _continuous(prepared, definite)


def _continuous(prepared: Setting, definite: Truth) -> Truth:
    if prepared.gauge is not None:
        return yes("a maximum of linear forms")
    if prepared.traits.degree == 0 and definite.value == "YES":
        draw = next(draws(prepared.function))
        words = "f(t x) = f(x) > 0 for every t > 0, but f(0) = 0"
        return Truth("NO", words, draw.shown(x=draw.points[0]))
    return _trait(prepared.traits.continuous, "f is continuous")


def _trait(proved: bool, words: str) -> Truth:
    return yes(f"{words}, term by term") if proved else unknown(f"a rule that shows that {words}")
