"""Induced norms: the largest stretch of a vector, measured by one norm before and one after."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.induced.abstract import AbstractMatrixNorm
from normcalc.induced.bounds import Bounds, bounds
from normcalc.induced.matrix import as_expressions, as_matrix
from normcalc.induced.proof import Proof
from normcalc.induced.reading import quick_value
from normcalc.induced.rules import Problem, all_rules, best_rule
from normcalc.induced.vectors import as_norm, p_norm, resolve
from normcalc.induced.writing import number
from normcalc.language.latex import latex as typeset

if TYPE_CHECKING:
    import sympy as sp

    from normcalc.induced.vectors.abstract import Array
    from normcalc.induced.vectors.read import VectorNorm
    from normcalc.language.function import Function

_MOST_SYMBOLIC = 256


@dataclass(frozen=True)
class InducedNorm(AbstractMatrixNorm):
    """``A -> max of n_out(A x) over n_in(x) <= 1``; made by `induced_norm`.

    Parameters
    ----------
    n_in, n_out : Function
        The norms on the columns' and the rows' side.
    """

    n_in: Function
    n_out: Function

    def __call__(self, A: Any) -> float:
        """Return the norm of a matrix.

        The spectral norm of a matrix with 400 rows and columns or more comes from products with
        it, to ten digits: an estimate from below, which a random start makes miss a larger
        singular value with probability zero.  `bounds` and `proof` decompose the matrix.

        Raises
        ------
        NotDerivable
            The pair of norms is hard for this matrix, and the bounds do not meet.
        """
        quick = quick_value((order_of(self.n_in), order_of(self.n_out)), A)
        if quick is not None:
            return quick
        found = self.bounds(A)
        if found.verdict == "hard" and not found.meet:
            raise NotDerivable(
                f"the {self} has no formula for this matrix; it lies between "
                f"{number(found.lower)} and {number(found.upper)}. Use .bounds(A) for both numbers"
            )
        return found.lower

    def bounds(self, A: Any, rng: np.random.Generator | int | None = None) -> Bounds:
        """Return two bounds, the vector that attains the lower one, the verdict and the reason.

        Parameters
        ----------
        A : array_like, shape (m, n)
            The matrix.
        rng : numpy.random.Generator or int, optional
            Where the starts of the power method come from; without it, the same ones every time.

        Examples
        --------
        >>> import normcalc as nc
        >>> found = nc.induced_norm(3, 3).bounds([[1, -2], [3, 4]])
        >>> found.verdict, found.meet, round(found.lower, 6)
        ('hard', True, 5.59389)
        """
        problem = self._problem(as_matrix(A))
        return bounds(problem, np.random.default_rng(0 if rng is None else rng))

    def proof(self, A: Any) -> Proof:
        """Return the upper bound as a chain and the vector that attains it.

        Raises
        ------
        NotDerivable
            No rule gives the norm of this matrix.
        """
        problem = self._problem(as_matrix(A))
        rule = best_rule(problem)
        if rule is None:
            raise NotDerivable(
                f"no rule proves the {self} of this matrix; .bounds(A) encloses it in numbers"
            )
        found = bounds(problem, np.random.default_rng(0))
        exact = rule.prove(problem)
        steps = rule.chain(problem, exact)
        return Proof(found.lower, found.attained_at, steps, rule, problem)

    def symbolic(self, A: Any) -> sp.Expr:
        """Return the norm of a matrix of real expressions.

        Raises
        ------
        NotDerivable
            No rule gives a formula, or it has too many terms.

        Examples
        --------
        >>> import normcalc as nc
        >>> import sympy as sp
        >>> a, b, c, d = sp.symbols("a b c d", real=True)
        >>> nc.induced_norm(1, 1).symbolic([[a, b], [c, d]])
        Max(Abs(a) + Abs(c), Abs(b) + Abs(d))
        """
        matrix = as_expressions(A)
        dummy = np.ones(matrix.shape)
        dummy[0, 0] = -1.0 if matrix.rows * matrix.cols > 1 else 1.0  # no sign is known
        problem = self._problem(dummy)
        costs = [(rule.cost(problem), rule.symbolic) for rule in all_rules() if rule.symbolic]
        live = [(c, write) for c, write in costs if c is not None and c <= _MOST_SYMBOLIC]
        if not live:
            raise NotDerivable(f"the {self} has no formula for a matrix of shape {matrix.shape}")
        _, write = min(live, key=lambda pair: pair[0])
        assert write is not None
        return write(problem.n_in, problem.n_out, matrix)

    def subgradient(self, A: Any) -> Array:
        """Return ``y x'`` with x the maximiser and y a subgradient of n_out at ``A x``.

        Raises
        ------
        NotDerivable
            The maximiser is not known, since the bounds do not meet.

        Examples
        --------
        >>> import normcalc as nc
        >>> nc.induced_norm(1, 1).subgradient([[1, -2], [3, 4]])
        array([[ 0., -1.],
               [ 0.,  1.]])
        """
        problem = self._problem(as_matrix(A))
        found = self.bounds(A)
        if not found.meet:
            raise NotDerivable(
                f"a subgradient of the {self} needs the maximiser, and the bounds "
                f"{number(found.lower)} and {number(found.upper)} do not meet"
            )
        y = problem.n_out.subgradient(problem.matrix @ found.attained_at)
        return np.outer(y, found.attained_at) + 0.0

    def dual(self) -> AbstractMatrixNorm:
        """Return the nuclear norm for the spectral one; refuse the rest.

        Raises
        ------
        NotDerivable
            No formula is known for the dual of this norm.
        """
        from normcalc.induced.schatten import schatten

        if (order_of(self.n_in), order_of(self.n_out)) == ("2", "2"):
            return schatten(1)
        raise NotDerivable(
            f"the dual of the {self} is the least sum of n_in*(x_k) n_out*(y_k) with "
            "A = sum y_k x_k', for which there is no formula here"
        )

    def latex(self) -> str:
        r"""Return the definition in LaTeX, without dollar signs.

        Examples
        --------
        >>> import normcalc as nc
        >>> print(nc.induced_norm(1, 2).latex())
        \|A\|_{1 \to 2} = \max_{x \ne 0} \frac{\|Ax\|_{2}}{\|x\|_{1}}
        """
        feet = [
            (order_of(f) or rf"\mathrm{{{role}}}").replace("inf", r"\infty")
            for f, role in ((self.n_in, "in"), (self.n_out, "out"))
        ]
        body = rf"\max_{{x \ne 0}} \frac{{\|Ax\|_{{{feet[1]}}}}}{{\|x\|_{{{feet[0]}}}}}"
        where = [
            rf",\quad \|x\|_{{{foot}}} = {typeset(f.body)}"
            for f, foot in ((self.n_in, feet[0]), (self.n_out, feet[1]))
            if order_of(f) is None
        ]
        return rf"\|A\|_{{{feet[0]} \to {feet[1]}}} = {body}" + "".join(dict.fromkeys(where))

    def __str__(self) -> str:
        """Return which norm it is."""
        text = f"induced norm from {_named(self.n_in)} to {_named(self.n_out)}"
        orders = order_of(self.n_in), order_of(self.n_out)
        return text + " (spectral)" if orders == ("2", "2") else text

    def _problem(self, matrix: Array) -> Problem:
        rows, columns = matrix.shape
        return Problem(resolve(self.n_in, columns), resolve(self.n_out, rows), matrix)


@lru_cache(maxsize=128)
def order_of(norm: Function) -> str | None:
    """Return p as text if the function is the p-norm, without a weight."""
    found = p_norm(norm, 2)
    label = None if found is None else found.label
    return "inf" if label == "oo" else label


def _named(norm: Function) -> str:
    order = order_of(norm)
    return f"{norm}" if order is None else f"the {order}-norm"


def induced_norm(n_in: VectorNorm, n_out: VectorNorm) -> InducedNorm:
    """Return the norm that two vector norms induce, ``max of n_out(A x) over n_in(x) <= 1``.

    Parameters
    ----------
    n_in, n_out : Function, str or float
        Norms: functions without parameters, formulas, or the order p of a p-norm, from 1 to inf.

    Returns
    -------
    InducedNorm
        Call it with a matrix for a number; ``.proof(A)`` shows why, ``.symbolic(A)`` gives a
        formula, ``.bounds(A)`` both bounds and the verdict, ``.subgradient(A)`` a subgradient.

    Raises
    ------
    NotDerivable
        One of them is not a norm; the message says what it is instead.

    See Also
    --------
    entrywise : A vector norm of all entries.
    schatten : A p-norm of the singular values.
    from_numpy : Which norm ``numpy.linalg.norm(A, ord)`` means.

    Examples
    --------
    >>> import normcalc as nc
    >>> n = nc.induced_norm(1, 2)
    >>> print(n)
    induced norm from the 1-norm to the 2-norm
    >>> n([[1, -2], [3, 4]])
    4.47213595499958
    >>> octagon = "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"
    >>> round(nc.induced_norm(octagon, 2)([[1, -2], [3, 4]]), 6)
    5.477226
    """
    return InducedNorm(as_norm(n_in), as_norm(n_out))
