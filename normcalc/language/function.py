"""`Function`: a formula with its variable, its parameters and its domain, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from normcalc.errors import LanguageError
from normcalc.language import arithmetic, calling
from normcalc.language.latex import latex
from normcalc.language.relations import default_kind
from normcalc.language.shapes import Variable, find_variable
from normcalc.language.text import text as write

if TYPE_CHECKING:
    from normcalc.language.axes import Axis
    from normcalc.language.nodes import Compare, Node
    from normcalc.language.parameters import Parameter

Domain = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True, repr=False)
class Function:
    """A function of one real variable, of named coordinates or of a vector, with parameters.

    Functions are made by `normcalc.function`.  They are values: equal when written alike,
    hashable, and they pickle.

    Parameters
    ----------
    body : Node
        The formula.
    variable : Variable
        Its argument.
    parameters : tuple of Parameter
        Every other name, with its kind, in order of appearance.
    relations : tuple of Compare
        What the parameters obey besides their kinds.
    domain : tuple of Fraction or None, optional
        A closed interval outside which the value is plus infinity; ``None`` is an infinite end.
        At an end where the formula has no finite value, the value is the one-sided limit.
    text : str
        The formula as it was typed.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> l1 = function("lam*abs(x)")
    >>> l1(-3, lam=2)
    6.0
    >>> l1([1.0, -2.0, 3.0], lam=0.5)
    3.0
    >>> print(2*l1 + function("x**2/2"))
    2*(lam*abs(x)) + x**2/2
    """

    body: Node
    variable: Variable
    parameters: tuple[Parameter, ...] = ()
    relations: tuple[Compare, ...] = ()
    domain: Domain | None = None
    text: str = field(default="", compare=False)

    def __call__(self, x: Any, /, *, axis: Axis | None = None, **params: Any) -> Any:
        """Return the value at `x`.

        Parameters
        ----------
        x : float or array_like
            For a function of one real variable, an array means the separable sum.  An array with
            more dimensions than the argument has is a stack of vectors or matrices.  Complex
            numbers where the formula holds them only inside moduli, norms and singular values.
        axis : int or tuple of int, optional
            Where the vectors lie: by default on the last axis, matrices on the last two, and
            axis ``(i, j)`` has the rows of a matrix along i.  A function of one real variable
            sums along these axes only.
        **params : float or array_like
            A value for every parameter, the same for the whole stack.

        Returns
        -------
        float or ndarray
            Plus infinity outside the domain, NaN where `x` is NaN; one value for each vector.

        Raises
        ------
        InputError
            If `x` has the wrong shape or no such axis, or is complex where the formula depends
            on phases.
        ParameterError
            If a parameter is missing, unknown or not of its kind.

        Examples
        --------
        >>> from normcalc.language.build import function
        >>> function("norm(x)")([[3.0, 1.0], [4.0, 0.0]], axis=0)
        array([5., 1.])
        >>> function("sum(abs(x))")([3 + 4j, -1j])
        6.0
        >>> function("abs(x)")([[3.0, -1.0], [4.0, 0.0]], axis=0)
        array([7., 1.])
        """
        return calling.value(self, x, params, axis)

    def elementwise(self, x: Any, /, **params: Any) -> Any:
        """Return the value of a function of one real variable at every entry of `x`.

        Examples
        --------
        >>> from normcalc.language.build import function
        >>> function("abs(x)").elementwise([1.0, -2.0])
        array([1., 2.])
        """
        return calling.elementwise(self, x, params)

    def precise(self, x: Any, /, **params: Any) -> Any:
        """Return the value at one point in mpmath arithmetic, at the current working precision.

        Examples
        --------
        >>> from normcalc.language.build import function
        >>> print(function("x/3").precise(1))
        0.333333333333333
        """
        from normcalc.language.calling_mp import precise

        return precise(self, x, params)

    def bind(self, **values: Any) -> Function:
        """Return the function with some parameters replaced by numbers.

        Examples
        --------
        >>> from normcalc.language.build import function
        >>> print(function("lam*abs(x)").bind(lam=0.5))
        1/2*abs(x)
        """
        return arithmetic.bind(self, values)

    def __add__(self, other: Any) -> Function:
        """Return the sum with another function of the same variable."""
        return arithmetic.add(self, other) if isinstance(other, Function) else NotImplemented

    def __sub__(self, other: Any) -> Function:
        """Return the difference with another function of the same variable."""
        return self + (-other) if isinstance(other, Function) else NotImplemented

    def __mul__(self, factor: Any) -> Function:
        """Return the function scaled by a real number."""
        return arithmetic.scale(self, factor)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Function:
        """Return the function divided by a real number other than zero."""
        return arithmetic.divide(self, divisor)

    def __neg__(self) -> Function:
        """Return minus the function."""
        return arithmetic.scale(self, -1)

    def __str__(self) -> str:
        """Return the formula as text that reads back."""
        return self.text or write(self.body)

    def __repr__(self) -> str:
        """Return the call that makes the function again."""
        parts = [repr(str(self)), *(repr(name) for name in _names(self))]
        if self.domain is not None:
            parts.append(f"domain=({', '.join(_end(end) for end in self.domain)})")
        if self.relations:
            parts.append(f"where={', '.join(write(link) for link in self.relations)!r}")
        parts += [f"{name}={kind}" for name, kind in _declared(self)]
        return f"function({', '.join(parts)})"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {latex(self.body)}$"


def _names(function: Function) -> tuple[str, ...]:
    """Names of the variable, unless the formula itself gives them away."""
    try:
        usual = find_variable(function.body) == function.variable
    except LanguageError:
        usual = False
    return () if usual else function.variable.names


def _end(end: Fraction | None) -> str:
    if end is None or end.denominator == 1:
        return str(end)
    return repr(float(end)) if Fraction(repr(float(end))) == end else repr(end)


def _declared(function: Function) -> list[tuple[str, Any]]:
    return [
        (parameter.name, parameter.kind)
        for parameter in function.parameters
        if parameter.kind != default_kind(parameter.name, function.body, function.relations)
    ]
