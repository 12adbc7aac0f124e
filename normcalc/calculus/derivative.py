"""`Gradient` and `Hessian`: derivatives as values that print, typeset and evaluate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.calculus import numbers
from normcalc.language.evaluate import evaluate
from normcalc.language.latex import latex, name
from normcalc.language.text import text

if TYPE_CHECKING:
    from normcalc.calculus.derive import Second
    from normcalc.language.function import Function
    from normcalc.language.nodes import Node


@dataclass(frozen=True, repr=False)
class Gradient:
    """The gradient of a function as a formula in matrix notation.

    Gradients are made by `normcalc.gradient`.

    Parameters
    ----------
    function : Function
        Of what.
    trees : tuple of Node
        The formula, or one partial derivative for each coordinate.
    conditions : tuple of Node
        Under these, which are sufficient, the function is differentiable and the formula holds.
        Elsewhere the formula may still have a value, which need not be a derivative.
    """

    function: Function
    trees: tuple[Node, ...]
    conditions: tuple[Node, ...] = ()

    def __call__(self, x: Any, /, **params: Any) -> Any:
        """Return the gradient at `x`.

        Parameters
        ----------
        x : float or array_like
            A point, or points on the leading axes.
        **params : float or array_like
            A value for every parameter of the function.

        Returns
        -------
        float or ndarray
            In the shape of `x`; NaN where the function is not finite.

        Raises
        ------
        InputError
            A shape does not fit.
        ParameterError
            A parameter is missing, unknown or not of its kind.
        """
        f = self.function
        point, env = numbers.checked(f, x, params)
        if f.variable.kind == "scalar":
            found = numbers.entrywise(f, self.trees[0], point, env)
            return float(found) if found.ndim == 0 else found
        _, points = numbers.each_point(f, point)
        rows = [numbers.gradient_at(f, self.trees, each, env) for each in points]
        return np.reshape(rows, point.shape)

    def holds(self, x: Any, /, **params: Any) -> bool:
        """Tell whether all conditions hold at one point."""
        return _hold(self.function, self.conditions, x, params)

    @property
    def text(self) -> str:
        """The formula without its heading, as text."""
        return _row(text(tree) for tree in self.trees)

    def __str__(self) -> str:
        """Return the formula, and where it holds."""
        return f"gradient of {self.function}: {self.text}{_where(self.conditions)}"

    __repr__ = __str__

    def latex(self) -> str:
        r"""Return the formula in LaTeX, without dollar signs.

        Examples
        --------
        >>> import normcalc as nc
        >>> print(nc.gradient(nc.function("norm(A @ x - b)")).latex())
        \nabla f(x) = \frac{A^\top \left(A x - b\right)}{\left\|A x - b\right\|_{2}}
        \quad \text{where } \left\|A x - b\right\|_{2} \ne 0
        """
        shown = [latex(tree) for tree in self.trees]
        if self.function.variable.kind == "coordinates":
            shown = [r"\begin{pmatrix} " + r" \\ ".join(shown) + r" \end{pmatrix}"]
        head = rf"\nabla f({name(self.function.variable.name)})"
        return f"{head} = {shown[0]}{_where_latex(self.conditions)}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


@dataclass(frozen=True, repr=False)
class Hessian:
    """The second derivative of a function as a formula in matrix notation.

    Hessians are made by `normcalc.hessian`.

    Parameters
    ----------
    function : Function
        Of what.
    partials : tuple of tuple of Node
        The rows of second partial derivatives, for one real variable or coordinates.
    second : Second, optional
        The matrix, or the linear map in a direction, for a vector or a matrix.
    conditions : tuple of Node
        Under these, which are sufficient, the function is twice differentiable and the formula
        holds.
    """

    function: Function
    partials: tuple[tuple[Node, ...], ...] = ()
    second: Second | None = None
    conditions: tuple[Node, ...] = ()

    def __call__(self, x: Any, /, **params: Any) -> Any:
        """Return the matrix of second derivatives at a point.

        Parameters
        ----------
        x : float or array_like
            A point.  An array for a function of one real variable means the separable sum.
        **params : float or array_like
            A value for every parameter of the function.

        Returns
        -------
        float or ndarray, shape (n, n)
            For a matrix the second derivatives by its entries, row after row; NaN where the
            function is not finite.  A number for a single number.

        Raises
        ------
        InputError
            A shape does not fit.
        ParameterError
            A parameter is missing, unknown or not of its kind.
        """
        f = self.function
        point, env = numbers.checked(f, x, params)
        if f.variable.kind == "scalar":
            found = numbers.entrywise(f, self.partials[0][0], point, env)
            return float(found) if found.ndim == 0 else np.diag(found.reshape(-1))
        numbers.check_single(f, point)
        if self.second is not None:
            return numbers.hessian_at(f, self.second, point, env)
        return np.stack([numbers.gradient_at(f, row, point, env) for row in self.partials])

    def holds(self, x: Any, /, **params: Any) -> bool:
        """Tell whether all conditions hold at one point."""
        return _hold(self.function, self.conditions, x, params)

    @property
    def text(self) -> str:
        """The formula without its heading, as text."""
        if self.second is None:
            return _row(_row(text(tree) for tree in row) for row in self.partials)
        if self.second.matrix is not None:
            return text(self.second.matrix)
        return f"{self.second.direction.name} -> {text(self.second.along)}"

    def __str__(self) -> str:
        """Return the formula, and where it holds."""
        return f"Hessian of {self.function}: {self.text}{_where(self.conditions)}"

    __repr__ = __str__

    def latex(self) -> str:
        r"""Return the formula in LaTeX, without dollar signs.

        Examples
        --------
        >>> import normcalc as nc
        >>> print(nc.hessian(nc.function("norm(A @ x - b)**2/2")).latex())
        \nabla^2 f(x) = A^\top A
        """
        head = rf"\nabla^2 f({name(self.function.variable.name)})"
        return f"{head}{self._latex_body()}{_where_latex(self.conditions)}"

    def _latex_body(self) -> str:
        if self.second is None:
            rows = [" & ".join(latex(tree) for tree in row) for row in self.partials]
            if self.function.variable.kind == "scalar":
                return f" = {rows[0]}"
            return r" = \begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"
        if self.second.matrix is not None:
            return f" = {latex(self.second.matrix)}"
        return rf"[{name(self.second.direction.name)}] = {latex(self.second.along)}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def _row(items: Any) -> str:
    shown = list(items)
    return shown[0] if len(shown) == 1 else f"({', '.join(shown)})"


def _where(conditions: tuple[Node, ...]) -> str:
    return f"\n  where {' and '.join(map(text, conditions))}" if conditions else ""


def _where_latex(conditions: tuple[Node, ...]) -> str:
    shown = r",\ ".join(map(latex, conditions))
    return rf" \quad \text{{where }} {shown}" if conditions else ""


def _hold(f: Function, conditions: tuple[Node, ...], x: Any, params: dict[str, Any]) -> bool:
    point, env = numbers.checked(f, x, params)
    numbers.check_single(f, point)
    values = {**numbers.named(f, point), **env}
    return all(bool(np.all(evaluate(condition, values))) for condition in conditions)
