"""All questions about one function, asked at once and printed as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from normcalc.errors import InputError, NotDerivable
from normcalc.facts.curvature import curvature_steps
from normcalc.facts.entries import absolute_in, monotone_in, symmetric_in
from normcalc.facts.growth import coercive, lipschitz, monotone, unbiased, weakly_convex
from normcalc.facts.hilbertian import exact_gram, hilbertian_in
from normcalc.facts.norm import NormKind, classify
from normcalc.facts.polytope import polyhedral_in
from normcalc.facts.scalar import (
    continuous_on_line,
    convex_on_line,
    differentiable,
    even_on_line,
    finite,
    prox_bounded,
)
from normcalc.facts.setting import Setting, setting
from normcalc.facts.sparsity import sparsifying
from normcalc.facts.triangle import convex_in
from normcalc.facts.truth import Truth, yes
from normcalc.forms.faces import Faces, faces

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sympy as sp

    from normcalc.forms.polyhedral import Polyhedral
    from normcalc.language.function import Function

Answers = tuple[tuple[str, Truth], ...]
Question = Callable[["Function"], Truth]

# What is asked of a function of one real variable alone, and what its pieces answer better.
_SCALAR: dict[str, Question] = {
    "finite": finite,
    "prox-bounded": prox_bounded,
    "weakly convex": weakly_convex,
    "monotone": monotone,
    "coercive": coercive,
    "Lipschitz": lipschitz,
    "differentiable": differentiable,
    "sparsifying": sparsifying,
    "unbiased": unbiased,
}
_SHARPER: dict[str, Question] = {"even": even_on_line, "continuous": continuous_on_line}


@dataclass(frozen=True)
class Facts:
    """The answers about one function, in order; `facts[name]` is one of them.

    Parameters
    ----------
    function : Function
        What was asked about.
    answers : tuple of (str, Truth)
        Each question with its answer.
    norm : NormKind
        Which kind of norm the function is.
    polyhedral : Polyhedral, optional
        The function of named coordinates as a maximum of linear forms, where it is one.
    gram : tuple of vectors, optional
        G with ``f(x)**2 = x' G x``, for a hilbertian function of named coordinates.
    """

    function: Function
    answers: Answers
    norm: NormKind
    polyhedral: Polyhedral | None = None
    gram: tuple[tuple[sp.Expr, ...], ...] | None = None

    def __getitem__(self, question: str) -> Truth:
        """Return the answer to a question."""
        found = dict(self.answers).get(question)
        if found is None:
            raise InputError(f"no question {question!r}; asked were: {', '.join(self)}")
        return found

    @property
    def convex(self) -> Truth:
        """Whether the function is convex."""
        return self["convex"]

    @property
    def faces(self) -> Faces:
        """The vertices, the facets and the numbers of faces of the unit ball, exactly.

        Raises
        ------
        NotDerivable
            If the function is not a maximum of linear forms in named coordinates, or its ball is
            not bounded.

        Examples
        --------
        >>> from normcalc.language.build import function
        >>> print(facts(function("abs(x1) + abs(x2) + abs(x3)")).faces)
        6 vertices, 12 edges, 8 facets
        """
        if self.polyhedral is None:
            raise NotDerivable(
                f"{self.function} is not known as a maximum of linear forms in named coordinates; "
                "write it in x1, x2, ... without roots and powers"
            )
        return faces(self.polyhedral)

    def explain(self, question: str = "convex") -> str:
        """Return the answer to a question with its steps; for convexity, operation by operation.

        Examples
        --------
        >>> from normcalc.language.build import function
        >>> print(facts(function("log(sum(exp(A @ x)))")).explain())
        YES: convex, operation by operation
          log(sum(exp(A @ x))): convex -- the logarithm of a log-convex function
            sum(exp(A @ x)): convex, positive -- a sum of convex parts
              exp(A @ x): convex, positive -- exp of a convex function
                A @ x: affine
        """
        return self[question].explain()

    def __iter__(self) -> Iterator[str]:
        """Iterate over the questions."""
        return (question for question, _ in self.answers)

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.answers)

    def __str__(self) -> str:
        """Return a table: question, answer, reason or witness."""
        rows = [("kind", str(self.norm), "")]
        for question, truth in self.answers:
            value, _, reason = str(truth).partition(": ")
            rows.append((question, value, reason))
        widths = [max(len(row[i]) for row in rows[1:]) for i in (0, 1)]
        lines = [
            f"{question:<{widths[0]}}  {value:<{widths[1]}}  {reason}".rstrip()
            for question, value, reason in rows
        ]
        return "\n".join([str(self.function), *(f"  {line}" for line in lines)])


def facts(function: Function) -> Facts:
    """Answer every question about a function, each YES, NO or UNKNOWN.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(facts(function("abs(x1 - x2)")))
    abs(x1 - x2)
      kind                    seminorm with kernel span (1, 1)
      convex                  YES  a maximum of linear forms
      nonnegative             YES  2 f(x) = f(x) + f(-x) >= f(0) = 0
      definite                NO   x = (1, 1): no row is positive along x
      homogeneous             YES  the rows come in opposite pairs
      triangle                YES  a maximum of linear forms
      even                    YES  the rows come in opposite pairs
      positively homogeneous  YES  the rows come in opposite pairs
      radial                  YES  ...
      continuous              YES  a maximum of linear forms
      absolute                NO   x = (1, -1): f(|x|) = f(x) fails: 0.0 against 2.0
      monotone                NO   x = (1, 0), y = (1, 1): f(x) <= f(y) for 0 <= x <= y fails: ...
      permutation-invariant   YES  the rows are closed under exchanges of entries
      hilbertian              YES  f(x)^2 = x' G x with G = ((1, -1), (-1, 1))
      polyhedral              YES  a maximum of 2 linear forms; the unit ball is unbounded
    """
    prepared = setting(function)
    norm = classify(prepared)
    axioms = tuple((name, _sharper(name, truth, function)) for name, truth in norm.axioms)
    convex = replace(_by_axioms(_curvature(prepared), norm), steps=curvature_steps(prepared))
    answers = (("convex", convex), *_scalar(function), *axioms, *_of_entries(prepared, norm))
    return Facts(function, answers, norm, prepared.gauge, exact_gram(prepared))


@lru_cache(maxsize=256)
def convexity(function: Function) -> Truth:
    """Answer what `facts` answers about convexity, and no other question.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> print(convexity(function("max(x, 0)**2")).value, convexity(function("x**3")).value)
    YES NO
    """
    prepared = setting(function)
    found = _curvature(prepared)
    return _by_axioms(found, classify(prepared)) if found.value == "UNKNOWN" else found


def _of_entries(prepared: Setting, norm: NormKind) -> Answers:
    """Ask what makes sense for several entries only."""
    if prepared.function.variable.kind == "scalar":
        return ()
    axioms = norm.by_name
    scales, triangle = axioms["positively homogeneous"], axioms["triangle"]
    return (
        ("absolute", absolute_in(prepared)),
        ("monotone", monotone_in(prepared)),
        ("permutation-invariant", symmetric_in(prepared)),
        ("hilbertian", hilbertian_in(prepared)),
        ("polyhedral", polyhedral_in(prepared, scales, triangle)),
    )


def _scalar(function: Function) -> Answers:
    if function.variable.kind != "scalar":
        return ()
    return tuple((name, question(function)) for name, question in _SCALAR.items())


def _sharper(name: str, truth: Truth, function: Function) -> Truth:
    """Return the answer from the pieces where the structure of the formula gives none."""
    question = _SHARPER.get(name)
    if question is None or truth.value != "UNKNOWN" or function.variable.kind != "scalar":
        return truth
    sharper = question(function)
    return truth if sharper.value == "UNKNOWN" and sharper.condition is None else sharper


def _curvature(prepared: Setting) -> Truth:
    """Answer from the formula, and on the line from the pieces as well."""
    found = convex_in(prepared)
    if prepared.function.variable.kind == "scalar" and found.value != "YES":
        exact = convex_on_line(prepared.function)
        # A condition on the parameters says more than a witness for some of them.
        settled = exact.value != "UNKNOWN" or exact.condition is not None
        if settled and (exact.value != "NO" or found.value != "NO"):
            return exact
    return found


def _by_axioms(found: Truth, norm: NormKind) -> Truth:
    """Degree one and the triangle inequality are convexity."""
    if found.value == "UNKNOWN" and norm.kind in ("norm", "seminorm", "gauge"):
        return yes("subadditive and of degree one")
    return found
