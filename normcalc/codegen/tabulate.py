"""A function of one real variable as a case table: the kernel of its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.errors import NotDerivable
from normcalc.line.table import Case, CaseTable, Regime

if TYPE_CHECKING:
    from normcalc.language.function import Function


def tabulated(function: Function) -> CaseTable:
    """Return the table whose only case is the formula, on the function's domain.

    Examples
    --------
    >>> from normcalc.language.build import function
    >>> tabulated(function("x*log(x)", domain=(0, None))).regimes[0].cases[0].result
    u*log(u)
    """
    from normcalc.language.symbolic import symbolic

    if function.variable.kind != "scalar":
        raise NotDerivable(f"kernels of values are for functions of one real variable: {function}")
    form = symbolic(function)
    point = sp.Symbol("u" if form.variable.name != "u" else "w", real=True)
    result = form.expr.xreplace({form.variable: point})
    case = Case(*form.domain, point=form.variable, result=result, why="the formula")
    parameters = tuple(form.parameters[p.name] for p in function.parameters)
    return CaseTable(form.variable, point, parameters, (Regime((), cases=(case,)),))
