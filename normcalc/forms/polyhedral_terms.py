"""Polyhedral convex functions: sums of maxima of affine forms, on sets with affine borders.

`Polyhedral` is exact, homogeneous and free of parameters.  Here the affine forms may have
constants and parameters, and stay formulas: numbers come when the function is evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

from normcalc.errors import NotDerivable
from normcalc.forms.constants import depends, expression
from normcalc.forms.degree import degree
from normcalc.forms.in_coordinates import product_of
from normcalc.forms.kinds import parameter_table
from normcalc.forms.recognise import condition_of
from normcalc.forms.terms import ONE, summands
from normcalc.language.construct import minus, negate, over, plus
from normcalc.language.nodes import Apply, Compare, Constant, Logic, Node
from normcalc.language.shaping import shape_of
from normcalc.language.text import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sympy as sp

    from normcalc.language.function import Function
    from normcalc.language.shaping import Shape

Role = Literal["max", "sum", "<=", "=="]
_MOST = 4096


@dataclass(frozen=True)
class PolyhedralTerm:
    """One summand, or one constraint, made of affine maps of the variable.

    Parameters
    ----------
    role : {"max", "sum", "<=", "=="}
        The largest of all entries of all pieces; the sum over the entries of the largest piece;
        or the constraint that every entry of every piece is at most zero, or is zero.
    pieces : tuple of Node
        Formulas of degree one or less, each with one number or a vector or matrix for a value.
    """

    role: Role
    pieces: tuple[Node, ...]


def polyhedral_terms(function: Function) -> tuple[PolyhedralTerm, ...]:
    """Return the terms of a polyhedral convex function of a vector or a matrix.

    Raises
    ------
    NotDerivable
        The function is no such sum, or a sign depends on a parameter.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> terms = polyhedral_terms(function("lam*max(abs(x)) + indicator(A @ x <= b)"))
    >>> [(term.role, [text(piece) for piece in term.pieces]) for term in terms]
    [('max', ['lam*x', 'lam*(-x)']), ('<=', ['A @ x - b'])]
    """
    shapes: dict[str, Shape] = {p.name: p.kind.shape for p in function.parameters}
    shapes[function.variable.name] = "matrix" if function.variable.kind == "matrix" else "vector"
    reader = _Reader(function.variable.name, parameter_table(function), shapes)
    found: list[PolyhedralTerm] = []
    for term in summands(function):
        condition = condition_of(term.core)
        if condition is not None:
            found += reader.constraints(condition)
        else:
            found.append(reader.term(term.factor, term.core))
    return tuple(found)


@dataclass(frozen=True)
class _Pieces:
    """Affine maps whose largest is meant, entry by entry; `spread` over the entries as well."""

    maps: tuple[Node, ...]
    spread: bool = False


@dataclass(frozen=True)
class _Reader:
    name: str
    table: dict[str, sp.Expr]
    shapes: dict[str, Shape]

    def constraints(self, condition: Node) -> list[PolyhedralTerm]:
        """Return a condition as constraints that do not fall below zero."""
        match condition:
            case Logic("and", args):
                return [term for arg in args for term in self.constraints(arg)]
            case Logic("all", (inner,)):
                return self.constraints(inner)
            case Compare("<=", left, right):
                return [PolyhedralTerm("<=", self.pieces(minus(left, right), 1).maps)]
            case Compare(">=", left, right):
                return [PolyhedralTerm("<=", self.pieces(minus(right, left), 1).maps)]
            case Compare("==", left, right) if self._is_affine(gap := minus(left, right)):
                return [PolyhedralTerm("==", (gap,))]
        return _refuse(condition)

    def term(self, factor: Node, core: Node) -> PolyhedralTerm:
        """Return one summand of the function."""
        if self._is_affine(core):
            return PolyhedralTerm("max", (product_of([factor, core]),))
        inner = self._summed(core)
        found = self._scaled(core if inner is None else inner, factor, 1)
        if inner is not None and found.spread:
            return _refuse(core)
        return PolyhedralTerm("max" if inner is None else "sum", found.maps)

    def _summed(self, core: Node) -> Node | None:
        """Return what is summed over the entries, if something is."""
        match core:
            case Apply("sum", (inner,)):
                return inner
            case Apply("norm", (inner, order)) if order == ONE:
                return Apply("abs", (inner,))
        return None

    def pieces(self, node: Node, sign: int) -> _Pieces:
        """Return affine maps whose largest is the node, or its negative for ``sign = -1``."""
        if self._is_affine(node):
            return _Pieces((node if sign > 0 else negate(node),))
        match node:
            case Apply("neg", (inner,)):
                return self.pieces(inner, -sign)
            case Apply("add", args):
                return self._added([self.pieces(arg, sign) for arg in args])
            case Apply("sub", (left, right)):
                return self._added([self.pieces(left, sign), self.pieces(right, -sign)])
            case Apply("mul", args):
                moving = [arg for arg in args if depends(arg, (self.name,))]
                if len(moving) == 1:
                    others = product_of([arg for arg in args if arg is not moving[0]])
                    return self._scaled(moving[0], others, sign)
            case Apply("div", (top, bottom)) if not depends(bottom, (self.name,)):
                return self._scaled(top, over(ONE, bottom), sign)
            case Apply("abs", (inner,)):
                return self._largest([self.pieces(inner, s) for s in (1, -1)], sign)
            case Apply("max" | "min" as head, args):
                own = 1 if head == "max" else -1
                return self._largest([self.pieces(arg, own) for arg in args], sign * own)
            case Apply("amax" | "amin" as head, (inner,)):
                return self._spread(inner, 1 if head == "amax" else -1, sign)
            case Apply("norm", (inner, order)) if order == Constant("oo"):
                return self._spread(Apply("abs", (inner,)), 1, sign)
        return _refuse(node)

    def _scaled(self, node: Node, factor: Node, sign: int) -> _Pieces:
        """Return the pieces of a multiple; the sign of the factor must be known."""
        value = expression(factor, self.table)
        if value is None or not (value.is_nonnegative or value.is_nonpositive):
            raise NotDerivable(f"the sign of {text(factor)} is not known")
        own = 1 if value.is_nonnegative else -1
        size = factor if own > 0 else negate(factor)
        found = self.pieces(node, sign * own)
        if found.spread and self._shape(factor) != "scalar":
            return _refuse(node)
        return _Pieces(tuple(product_of([size, m]) for m in found.maps), found.spread)

    def _added(self, parts: Sequence[_Pieces]) -> _Pieces:
        """Return all sums of a map from each part: the largest of independent choices."""
        total = parts[0]
        for part in parts[1:]:
            if total.spread and part.spread:
                raise NotDerivable("a sum of two maxima over entries is no maximum over entries")
            if len(total.maps) * len(part.maps) > _MOST:
                raise NotDerivable(f"written as one maximum it has more than {_MOST} affine forms")
            sums = tuple(plus(p, q) for p in total.maps for q in part.maps)
            own = {self._shape(m) for one in (total, part) if not one.spread for m in one.maps}
            if (total.spread or part.spread) and own != {"scalar"}:
                raise NotDerivable("the largest entry is added to a vector")
            total = _Pieces(sums, total.spread or part.spread)
        return total

    def _largest(self, parts: Sequence[_Pieces], sign: int) -> _Pieces:
        if sign < 0:
            raise NotDerivable("a maximum is subtracted, so the function may not be convex")
        maps = tuple(dict.fromkeys(m for part in parts for m in part.maps))
        return _Pieces(maps, any(part.spread for part in parts))

    def _spread(self, inner: Node, own: int, sign: int) -> _Pieces:
        found = self._largest([self.pieces(inner, own)], sign * own)
        return _refuse(inner) if found.spread else _Pieces(found.maps, True)

    def _shape(self, node: Node) -> Shape:
        return shape_of(node, self.shapes)

    def _is_affine(self, node: Node) -> bool:
        return degree(node, self.name) <= 1


def _refuse(node: Node) -> NoReturn:
    raise NotDerivable(f"{text(node)} is not built from affine forms by sums, max and abs")
