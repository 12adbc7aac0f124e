"""Piecewise quadratic functions of one coordinate: kinks, and slopes affine in one parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from normcalc.engine.methods.counting import coefficients, element_of, number_of, parameter_rows
from normcalc.errors import LanguageError, NotDerivable
from normcalc.language.function import Function
from normcalc.line.context import Context, Fork, Refusal
from normcalc.line.curve import curve
from normcalc.line.read import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from normcalc.engine.jit import Floats
    from normcalc.line.curve import Curve

ROUNDING = 1e-12
INFINITE = (sp.oo, sp.S.Zero, sp.S.Zero)


@dataclass(frozen=True)
class Segments:
    """Slopes ``constant + rate*value + curvature*x`` between kinks, for each of p coordinates.

    Parameters
    ----------
    kinks : array, shape (m, p)
        From left to right.
    constant, rate, curvature : array, shape (m + 1, p)
        Of the slopes before, between and after the kinks; `constant` is infinite where the
        function is.
    """

    kinks: Floats
    constant: Floats
    rate: Floats
    curvature: Floats

    def convex(self, value: float) -> bool:
        """Return whether slopes rise, within and from piece to piece, at a parameter's value."""
        ends = self.constant + self.rate * value
        left = ends[:-1] + self.curvature[:-1] * self.kinks
        right = ends[1:] + self.curvature[1:] * self.kinks
        slack = ROUNDING * np.maximum(np.abs(left), np.abs(right))
        return bool(np.all(self.curvature >= 0.0) and np.all(left <= right + slack))


def segments_of(
    penalties: Sequence[Any], name: str, given: Mapping[str, Any], size: int
) -> Segments | None:
    """Return the segments of a sum of penalties, None where they are of another kind.

    Parameters
    ----------
    penalties : sequence
        What is summed.
    name : str
        The parameter that moves.
    given : mapping of str to float or array, shape (size,)
        The other parameters.
    size : int
        The number of coordinates.
    """
    elements = [element_of(f) if isinstance(f, Function) else None for f in penalties]
    if not elements or None in elements:
        return None
    try:
        lines = [line_of(f) for f in elements if f is not None]
    except (NotDerivable, LanguageError):
        return None
    names = sorted({p.name for line in lines for p in line.parameters} - {name})
    for rows, inverse in ([{}], None), parameter_rows(names, given, size):
        try:
            read = [_read(lines, row, name) for row in rows]
        except Fork:
            continue
        except (NotDerivable, Refusal):
            return None
        return _filled(read, inverse, given, size)
    return None


def _read(
    lines: Sequence[Any], numbers: Mapping[str, Any], name: str
) -> tuple[list[sp.Expr], list[Any]] | None:
    """Return kinks and the coefficients of the slopes between them, as formulas."""
    x = lines[0].variable
    symbols = {p for line in lines for p in line.parameters if p.name in numbers}
    exact = {p: numbers[p.name] for p in symbols}
    expr = sp.Add(*(line.expr.xreplace({line.variable: x}) for line in lines)).xreplace(exact)
    relations = tuple(r.xreplace(exact) for line in lines for r in line.relations)
    lo = sp.Max(*(line.lo for line in lines)).xreplace(exact)
    hi = sp.Min(*(line.hi for line in lines)).xreplace(exact)
    return _pieces(curve(expr, x, lo, hi, False, Context(relations)), name)


def _pieces(found: Curve, name: str) -> tuple[list[sp.Expr], list[Any]] | None:
    pieces = found.pieces
    kinks = [end for p in pieces for end in (p.lo, p.hi) if end.is_finite]
    kinks = list(dict.fromkeys(kinks))
    jumps = any(k.left != k.right for k in found.knots if sp.oo not in (k.left, k.right))
    moving = any(name in map(str, kink.free_symbols) for kink in kinks)
    slopes = [_slope(p.expr, p.variable, name) for p in pieces]
    if not kinks or jumps or moving or None in slopes or len(found.knots) > len(kinks):
        return None
    before = [tuple(-each for each in INFINITE)] if pieces[0].lo.is_finite else []
    after = [INFINITE] if pieces[-1].hi.is_finite else []
    slopes = [*before, *slopes, *after]
    return (kinks, slopes) if len(slopes) == len(kinks) + 1 else None


def _slope(expr: sp.Expr, x: sp.Symbol, name: str) -> tuple[sp.Expr, sp.Expr, sp.Expr] | None:
    """Return constant, rate and curvature of the slope of one piece."""
    parts = coefficients(sp.expand(expr), x)
    if parts is None or name in map(str, parts[2].free_symbols):
        return None
    symbol = next((s for s in parts[1].free_symbols if s.name == name), sp.Symbol(name))
    affine = coefficients(parts[1], symbol)
    return (affine[0], affine[1], 2 * parts[2]) if affine and affine[2] == 0 else None


def _filled(
    read: Sequence[Any], inverse: Any, given: Mapping[str, Any], size: int
) -> Segments | None:
    """Put the numbers in; None where coordinates have different numbers of kinks."""
    if None in read or len({len(kinks) for kinks, _ in read}) != 1:
        return None
    shape = (size,) if inverse is None else (1,)

    def table(each: list[list[sp.Expr]]) -> Floats:
        """Return one row for each formula, one column for each coordinate."""
        blocks = [[np.broadcast_to(number_of(f, given), shape) for f in row] for row in each]
        columns = np.hstack([np.array(block) for block in blocks])
        return columns if inverse is None else columns[:, inverse]

    parts = [table([[slope[i] for slope in slopes] for _, slopes in read]) for i in range(3)]
    return Segments(table([kinks for kinks, _ in read]), *parts)
