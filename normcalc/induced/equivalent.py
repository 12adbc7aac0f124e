"""How far two norms are apart: the best c and C with ``c n2(x) <= n1(x) <= C n2(x)``.

C is the norm of the identity map from n2 to n1, and 1/c the norm of the identity from n1 to n2, so
the rules for induced norms give both, with the vectors at which they are attained.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy as sp

from normcalc.errors import InputError, NotDerivable
from normcalc.induced.operator import InducedNorm
from normcalc.induced.vectors import PNorm, as_norm, p_norm, resolve
from normcalc.induced.writing import number, vector

if TYPE_CHECKING:
    from typing import Any

    from normcalc.induced.vectors.abstract import AbstractVectorNorm, Array
    from normcalc.induced.vectors.read import VectorNorm
    from normcalc.language.function import Function

_N = sp.Symbol("n", integer=True, positive=True)
_MOST_EXACT = 64


@dataclass(frozen=True, eq=False)
class Extreme:
    """The largest, or the least, quotient ``n1(x)/n2(x)`` of two norms.

    Parameters
    ----------
    lower, upper : float
        The quotient lies between them; they are equal where it is known.
    exact : sympy.Expr, optional
        The quotient as an exact number, or as a formula in the length n.
    attained_at : ndarray or str
        A vector with that quotient, or with the end of the interval that is attained; in words
        where the length is n.
    how : str
        Where it comes from.
    """

    lower: float
    upper: float
    exact: sp.Expr | None
    attained_at: Array | str
    how: str

    def __str__(self) -> str:
        """Return the value, or both bounds, and the vector."""
        at = self.attained_at
        shown = at if isinstance(at, str) else vector(at)
        if self.exact is not None:
            return f"{self.exact}, attained at {shown}"
        if self.upper - self.lower <= 1e-9 * self.upper:
            return f"{number(self.lower)} (both bounds, to nine digits), attained at {shown}"
        ends = f"between {number(self.lower)} and {number(self.upper)}"
        return f"{ends} (bounds), best vector {shown}"


@dataclass(frozen=True, eq=False)
class Equivalence:
    """``least * n2(x) <= n1(x) <= greatest * n2(x)`` for vectors of one length.

    Parameters
    ----------
    n1, n2 : Function
        The norms.
    size : int or None
        The length of the vectors; None for every length n.
    least, greatest : Extreme
        The best constants, with the vectors that attain them.
    """

    n1: Function
    n2: Function
    size: int | None
    least: Extreme
    greatest: Extreme

    def __str__(self) -> str:
        """Return both inequalities."""
        space = f"R^{'n' if self.size is None else self.size}"
        return "\n".join(
            [
                f"c*({self.n2}) <= {self.n1} <= C*({self.n2}) on {space}",
                f"  c = {self.least}",
                f"  C = {self.greatest}",
            ]
        )


def equivalence(n1: VectorNorm, n2: VectorNorm, size: int | None = None) -> Equivalence:
    """Return the best constants between two norms, and the vectors that attain them.

    Exact for p-norms, by Hoelder's inequality, and for norms whose unit ball has few vertices,
    at one of which the quotient is largest; bounds from both sides otherwise, and labelled so.

    Parameters
    ----------
    n1, n2 : Function, str or float
        Norms: functions without parameters, formulas, or the order p of a p-norm.
    size : int, optional
        The length of the vectors.  It may be left out for norms of named coordinates, and for two
        p-norms, whose constants are formulas in the length n.

    Returns
    -------
    Equivalence
        ``.least`` and ``.greatest`` with ``.exact``, ``.lower``, ``.upper``, ``.attained_at``.

    Raises
    ------
    NotDerivable
        One of them is not a norm.
    InputError
        The size is missing or does not fit.

    See Also
    --------
    induced_norm : The same for any matrix in place of the identity.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.equivalence(1, 2))
    c*(norm(x)) <= norm(x, 1) <= C*(norm(x)) on R^n
      c = 1, attained at (1, 0, ..., 0)
      C = sqrt(n), attained at (1, ..., 1)
    >>> print(nc.equivalence("abs(x1) + abs(x1 - x2)", "max(abs(x1), abs(x2))"))
    c*(max(abs(x1), abs(x2))) <= abs(x1) + abs(x1 - x2) <= C*(max(abs(x1), abs(x2))) on R^2
      c = 1, attained at (1, 1)
      C = 3, attained at (1, -1)
    """
    first, second = as_norm(n1), as_norm(n2)
    length = _length(first, second, size)
    if length is None:
        return Equivalence(first, second, None, *_of_any_length(first, second))
    greatest = _largest(first, second, length)
    least = _inverse(_largest(second, first, length))
    return Equivalence(first, second, length, least, greatest)


def _length(first: Function, second: Function, size: int | None) -> int | None:
    sizes = {f.variable.size for f in (first, second)} - {None} | ({size} - {None})
    if len(sizes) > 1:
        raise InputError(f"norms of vectors of {' and '.join(map(str, sizes))} entries")
    return sizes.pop() if sizes else None


def _of_any_length(first: Function, second: Function) -> tuple[Extreme, Extreme]:
    a, b = p_norm(first, 2), p_norm(second, 2)
    if a is None or b is None:
        raise InputError(
            f"the constants between {first} and {second} depend on the length of the vectors; "
            "give size=n"
        )
    return _inverse(_between(b, a, _N)), _between(a, b, _N)


def _largest(above: Function, below: Function, size: int) -> Extreme:
    """Return the largest quotient ``above(x)/below(x)``."""
    n_out, n_in = resolve(above, size), resolve(below, size)
    if isinstance(n_out, PNorm) and isinstance(n_in, PNorm):
        return _between(n_out, n_in, sp.Integer(size))
    norm = InducedNorm(below, above)
    found = norm.bounds(np.eye(size))
    exact = _exact(norm, n_in, size) if found.meet else None
    upper = found.lower if found.meet else found.upper
    return Extreme(found.lower, upper, exact, found.attained_at, found.how)


def _between(above: PNorm, below: PNorm, n: Any) -> Extreme:
    """Return the largest quotient of two p-norms: at the unit vectors, or where all are equal.

    ``|x|_q <= |x|_p`` for p <= q, and ``|x|_p <= n**(1/p - 1/q) |x|_q`` by Hoelder's inequality.
    """
    power = (0 if above.order == sp.oo else 1 / above.order) - (
        0 if below.order == sp.oo else 1 / below.order
    )
    flat = power > 0
    exact = sp.nsimplify(above.weight / below.weight) * (n**power if flat else 1)
    at: Array | str
    if n == _N:
        at = "(1, ..., 1)" if flat else "(1, 0, ..., 0)"
        return Extreme(np.nan, np.nan, exact, at, "Hoelder's inequality")
    at = np.ones(int(n)) if flat else np.eye(int(n))[0]
    return Extreme(float(exact), float(exact), exact, at, "Hoelder's inequality")


def _exact(norm: InducedNorm, n_in: AbstractVectorNorm, size: int) -> sp.Expr | None:
    """Return the norm of the identity as an exact number, where a rule writes it down."""
    count = n_in.vertex_count
    if count is not None and count > _MOST_EXACT:
        return None
    try:
        found = norm.symbolic(np.eye(size, dtype=int).tolist())
    except NotDerivable:
        return None
    return sp.nsimplify(sp.simplify(found)) if found.is_number else None


def _inverse(extreme: Extreme) -> Extreme:
    exact = None if extreme.exact is None else sp.simplify(sp.radsimp(1 / extreme.exact))
    return Extreme(1 / extreme.upper, 1 / extreme.lower, exact, extreme.attained_at, extreme.how)
