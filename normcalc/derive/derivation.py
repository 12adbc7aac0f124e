"""`Derivation`: an answer with the way to it, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from normcalc.derive.explain import explanation
from normcalc.derive.formula import as_function
from normcalc.derive.phases import at_complex
from normcalc.derive.show import named, table_text
from normcalc.derive.typeset import latex_of
from normcalc.derive.vectors import along, applied, gap_of, operator_text
from normcalc.errors import InputError, NotDerivable
from normcalc.language.axes import chosen_axis
from normcalc.language.calling import is_complex

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.forms import Form
    from normcalc.language.axes import Axis
    from normcalc.language.function import Function
    from normcalc.line.table import CaseTable
    from normcalc.operators import Operator
    from normcalc.theorems.registry import Theorem


@dataclass(frozen=True, repr=False)
class Derivation:
    """An answer to one goal about one function.

    Derivations are made by `normcalc.prox`, `normcalc.conjugate`, `normcalc.moreau_envelope` and
    `normcalc.dual_norm`.

    Parameters
    ----------
    goal : str
        The verb that was asked.
    function : Function
        What it was asked about.
    form : Form
        Its canonical form.
    theorem : Theorem
        The theorem that gave the answer.
    table : CaseTable or None
        The answer as cases per regime, where it is a function of one real argument.
    value : Function or None
        The answer as a function in the language, where it is one.
    premises : tuple of Derivation
        The answers the theorem rests on.
    operator : Operator or None
        The answer as a map of vectors or matrices, where it is one.
    """

    goal: str
    function: Function
    form: Form
    theorem: Theorem
    table: CaseTable | None = None
    value: Function | None = None
    premises: tuple[Derivation, ...] = ()
    operator: Operator | None = None

    def __hash__(self) -> int:
        """Return the hash of the question, which fixes the answer."""
        return hash((self.goal, self.function))

    def __str__(self) -> str:
        """Return the answer: the case table, regime by regime, or the formula."""
        if self.operator is not None and self.table is None:
            return operator_text(self.goal, self.function, self.operator)
        if self.table is not None:
            about = str(self.form) if self.goal == "bregman_prox" else named(self.function)
            return table_text(self.goal, about, self.table)
        return f"{self.goal} of {self.function}: {self.value}"

    __repr__ = __str__

    def explain(self) -> str:
        """Return the steps: theorems, hypotheses, branches, ties, how each sign was settled."""
        return explanation(self)

    def latex(self) -> str:
        """Return the answer in LaTeX: a ``cases`` environment per regime."""
        return latex_of(self)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def as_function(self) -> Function | None:
        """Return the answer as a function in the language; None where a case has no formula.

        Examples
        --------
        >>> import normcalc as nc
        >>> print(nc.prox(nc.function("max(x, 0)")).as_function())
        Piecewise((x, x <= 0), (0, step >= x), (-step + x, True))
        """
        if self.value is not None or self.table is None:
            return self.value
        return as_function(self.table, self.function)

    def theorems(self) -> tuple[Theorem, ...]:
        """Return the theorems used, each once, this derivation's own first."""
        below = [t for premise in self.premises for t in premise.theorems()]
        return tuple({t.name: t for t in (self.theorem, *below)}.values())

    def __call__(self, v: Any, /, *args: Any, axis: Axis | None = None, **kwargs: Any) -> Any:
        """Return numbers, through the compiled kernel: the arguments are the kernel's.

        Parameters
        ----------
        v : float or array_like
            Where to evaluate; any shape, float64 or float32.  An array with more dimensions than
            the argument has is a stack of vectors or matrices.  Complex numbers where the
            function depends on moduli or on singular values only: the phases are kept, and
            what grows from 0 has phase 1; complex64 stays complex64.
        step : float
            For a prox or an envelope: positive, the same for the whole stack.
        axis : int or tuple of int, optional
            Where the vectors lie: by default on the last axis, matrices on the last two.  An
            operator that works entry by entry gives the same along every axis.
        **kwargs : float or array_like
            A value for every parameter of the function; ``out=`` for the result.

        Raises
        ------
        InputError
            If `v` has the wrong shape or no such axis, or is complex where phases matter.
        ParameterError
            If the step or a parameter is missing, unknown or not of its kind.
        NotDerivable
            If the object does not exist for these values.

        Examples
        --------
        >>> import normcalc as nc
        >>> p = nc.prox(nc.function("norm(x)"))
        >>> p([[3.0, 0.5], [4.0, 0.0]], step=1.0, axis=0)
        array([[2.4, 0. ],
               [3.2, 0. ]])
        >>> nc.prox(nc.function("sum(abs(x))"))([6 + 8j, -0.5j], step=5.0)
        array([3.+4.j, 0.-0.j])
        """
        axis, kwargs = chosen_axis(self.function, axis, kwargs)
        if axis is not None:
            return along(self, v, args, axis, kwargs)
        if is_complex(v):
            return at_complex(self, v, args, kwargs)
        if self.operator is not None:
            return applied(self, v, kwargs)
        if self.table is None and self.value is not None:
            return self.value(v, *args, **kwargs)
        return _to_the_right("codegen", "evaluate")(self, v, *args, **kwargs)

    def gap(self, v: Any, /, **kwargs: Any) -> float:
        """Return by how much the objective at the answer of an inner solver can be improved.

        Parameters
        ----------
        v, step, **kwargs
            As for a call; one vector or matrix.

        Returns
        -------
        float
            The objective ``f(u) + |u - v|^2/(2 step)`` at the answer, minus a lower bound of its
            least value that the solver's multipliers prove, up to rounding.

        Raises
        ------
        NotDerivable
            No inner solver is used, or it knows no bound.

        Examples
        --------
        >>> import normcalc as nc
        >>> p = nc.prox(nc.function("norm(A @ x) + norm(x)"))
        >>> bool(p.gap([1.0, 2.0], step=0.3, A=[[1.0, 1.0], [0.0, 1.0]]) < 1e-8)
        True
        """
        return gap_of(self, v, kwargs)

    def set_valued(self, v: float, /, **kwargs: float) -> tuple[float, ...]:
        """Return all minimisers at `v`, in increasing order: more than one exactly at a tie.

        Raises
        ------
        InputError
            If `v` is complex.
        NotDerivable
            The answer is not a set of minimisers.
        """
        if is_complex(v):
            raise InputError(
                "set_valued takes a real number; the minimisers at complex v have its phase, and "
                "as moduli those at abs(v)"
            )
        if self.operator is not None:
            raise NotDerivable("set_valued is for functions of one real variable")
        if self.goal != "prox" or self.table is None:
            raise NotDerivable(f"{self.goal} has one value everywhere; set_valued is for a prox")
        points = _to_the_right("certify", "set_valued")(self.table, v, kwargs)
        return tuple(float(p) for p in points)


def _to_the_right(room: str, name: str) -> Callable[..., Any]:
    """Return what binds a derivation to numbers.

    Kernels lie to the right of this room, and nothing here may depend on them: the name is looked
    up when a user asks for numbers, and only then.
    """
    found: Callable[..., Any] = getattr(import_module(f"normcalc.{room}"), name)
    return found
