"""What is known of the parameters, and the signs that follow from it.

The order of the reals with parameters in it is the only thing the calculus of the line ever asks
for.  A sign that does not follow raises `Fork`; `explore` then runs the same computation once for
each sign, so every answer holds in a regime of the parameters that was never guessed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sympy as sp

from normcalc.line.numbers import hint, value_of
from normcalc.line.signs import numeric_sign, sign_factors, squared_difference
from normcalc.line.smt import unsatisfiable
from normcalc.line.table import Arc, Root

if TYPE_CHECKING:
    from collections.abc import Iterable

SAMPLES = 8
_ANY, _ZERO = frozenset((1, -1, 0)), frozenset((0,))


class Fork(Exception):
    """The sign of `expr` depends on the parameters."""

    def __init__(self, expr: sp.Expr) -> None:
        super().__init__(str(expr))
        self.expr = expr


class Refusal(Exception):
    """In this regime the object does not exist, or is beyond the method; the text says why."""


class Beyond(Refusal):
    """In this regime the method ends, though there may well be an answer; the text says where."""


@dataclass
class Context:
    """The relations known to hold in one regime, and the questions answered from them."""

    relations: tuple[sp.Basic, ...]
    substitution: dict[sp.Symbol, sp.Expr] = field(default_factory=dict)
    memo: dict[sp.Expr, int] = field(default_factory=dict)
    roots: list[Root] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    how: list[tuple[str, str]] = field(default_factory=list)
    samples: list[dict[sp.Symbol, sp.Float]] = field(default_factory=list)
    open: dict[tuple[sp.Expr, frozenset[int], int], sp.Expr] = field(default_factory=dict)

    def sign(self, expr: sp.Expr, among: frozenset[int] = _ANY) -> int:
        """Return -1, 0 or 1, proved from the relations; raise `Fork` where they do not decide.

        Where not all of these are asked for, a solver is not asked for the others.
        """
        if expr.is_infinite and expr.is_extended_real:
            return 1 if expr.is_extended_positive else -1
        common = self._sign_of_terms(expr)
        if common is not None:
            return common
        result = 1
        for base, even in sign_factors(expr):
            sign = self._base_sign(base, among)
            result *= sign * sign if even else sign
            if result == 0:
                return 0
        return result

    def compare(self, left: sp.Expr, right: sp.Expr) -> int:
        """Return the sign of ``left - right``; infinite ends compare as such."""
        if left == right:
            return 0
        for end, sign in ((left, 1), (right, -1)):
            if end in (sp.oo, -sp.oo):
                return sign if end == sp.oo else -sign
        return self.sign(left - right)

    def is_zero(self, expr: sp.Expr) -> bool:
        """Return whether `expr` is proved to vanish; never forks."""
        try:
            return self.sign(expr, _ZERO) == 0
        except Fork:
            return False

    def holds(self, relation: sp.Basic) -> bool:
        """Return whether a comparison is proved; never forks."""
        try:
            sign = self.compare(relation.lhs, relation.rhs)
        except Fork:
            return False
        return bool(relation.func(sp.Integer(sign), 0))

    def new_root(
        self,
        equation: sp.Expr,
        variable: sp.Symbol,
        lo: sp.Expr,
        hi: sp.Expr,
        rising: bool,
        inner: tuple[tuple[sp.Symbol, Arc], ...] = (),
    ) -> sp.Symbol:
        """Name the only zero of `equation` in ``(lo, hi)`` and return its symbol."""
        for root in self.roots:
            if (root.equation, root.lo, root.hi) == (equation, lo, hi):
                return root.symbol
        above = lo.is_nonnegative
        name = f"root_{len(self.roots) + 1}"
        symbol = sp.Symbol(name, positive=True) if above else sp.Symbol(name, real=True)
        root = Root(symbol, equation, variable, lo, hi, rising, inner)
        self.roots.append(root)
        self.samples = [with_hints(sample, (root,)) for sample in self.samples]
        return symbol

    def _sign_of_terms(self, expr: sp.Expr) -> int | None:
        """Return the sign that all terms of a sum have, if they have one; never forks.

        Bringing a sum over a common denominator can hide what its terms show.
        """
        if not expr.is_Add or not expr.has(sp.exp, sp.log):
            return None
        signs = set()
        for term in expr.args:
            try:
                signs.add(self.sign(term))
            except Fork:
                return None
        return signs.pop() if len(signs) == 1 else None

    def _base_sign(self, base: sp.Expr, among: frozenset[int]) -> int:
        if base in self.memo:
            return self.memo[base]
        asked = (base, among, len(self.roots))
        if asked in self.open:
            raise Fork(self.open[asked])
        try:
            sign, how = self._decide(base, among)
        except Fork as fork:
            self.open[asked] = fork.expr
            raise
        self.memo[base] = sign
        if how != "number":
            self.how.append((f"{base} {'<=>'[sign + 1]} 0".replace("= 0", "= 0"), how))
        return sign

    def _decide(self, base: sp.Expr, among: frozenset[int]) -> tuple[int, str]:
        if base.is_number:
            return numeric_sign(base), "number"
        for known, sign in ((base.is_positive, 1), (base.is_negative, -1), (base.is_zero, 0)):
            if known:
                return sign, "assumptions"
        if any(_vanishes(base, root) for root in self.roots):
            return 0, "definition of the root"
        value = value_of(base, self.roots)
        if value is not None:
            return (1 if value > 0 else -1), "forty digits"
        square = squared_difference(base)
        if square is not None:
            return self.sign(square, among), "squares"
        seen = self._observed(base)
        if {1, -1} <= seen:
            raise Fork(base)
        for sign in (seen or _ANY) & among:
            if self._proves(base, sign):
                return sign, "smt"
        raise Fork(base)

    def _proves(self, base: sp.Expr, sign: int) -> bool:
        negated = {1: base <= 0, -1: base >= 0, 0: sp.Ne(base, 0)}[sign]
        return unsatisfiable((*self.relations, negated), tuple(self.roots))

    def _observed(self, base: sp.Expr) -> set[int]:
        """Signs seen at sample parameters: a hint of what to prove, never an answer."""
        seen = set()
        for sample in self.samples:
            value = base.xreplace(sample).evalf(15)
            if not value.is_Float and not value.is_Integer:
                return set()
            seen.add(0 if abs(value) < 1e-10 else 1 if value > 0 else -1)
        return seen


def _vanishes(base: sp.Expr, root: Root) -> bool:
    """Whether an expression is a multiple of a root's equation at that root."""
    if not base.has(root.symbol):
        return False
    equation = root.equation.xreplace({root.variable: root.symbol})
    ratio = sp.cancel(base / equation) if base.free_symbols == equation.free_symbols else base
    return bool(ratio.is_number)


def with_hints(
    sample: dict[sp.Symbol, sp.Float], roots: Iterable[Root]
) -> dict[sp.Symbol, sp.Float]:
    """Return values of parameters with those of roots, as far as they are found."""
    for root in roots:
        value = hint(root, sample)
        sample = sample if value is None else {**sample, root.symbol: value}
    return sample


def draw_samples(
    symbols: list[sp.Symbol],
    relations: tuple[sp.Basic, ...],
    count: int = SAMPLES,
    tries: int = 60 * SAMPLES,
    roots: tuple[Root, ...] = (),
) -> list[dict[sp.Symbol, sp.Float]]:
    """Return up to `count` parameter values that satisfy the relations, always the same ones."""
    rng = random.Random(0)
    found: list[dict[sp.Symbol, sp.Float]] = []
    for _ in range(tries):
        sample = {s: sp.Float(_draw(s, rng)) for s in symbols}
        if _meets(sample, relations, roots):
            found.append(sample)
            if len(found) == count:
                break
    return found


def _meets(
    sample: dict[sp.Symbol, sp.Float], relations: tuple[sp.Basic, ...], roots: tuple[Root, ...]
) -> bool:
    """Whether relations hold, in order: later ones may only make sense where the first do."""
    for relation in relations:
        if not relation.free_symbols <= sample.keys():
            sample = with_hints(sample, roots)
        if relation.xreplace(sample) != sp.true:
            return False
    return True


def _draw(symbol: sp.Symbol, rng: random.Random) -> float:
    size: float = 10 ** rng.uniform(-1.2, 1.2)
    if symbol.is_integer:
        size = float(round(size) + 1)
    if symbol.is_nonnegative:
        return size
    return -size if symbol.is_negative or rng.random() < 0.5 else size
