"""A function of the plane as the geometry needs it: values, switches, degree; arrays only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.language.arithmetic import exact
from normcalc.language.evaluate import evaluate
from normcalc.language.nodes import Apply, Node, Number, substitute
from normcalc.plot.geometry.coordinates import in_coordinates
from normcalc.plot.geometry.degree import degree
from normcalc.plot.geometry.switching import switching

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.language.function import Function

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Planar:
    """A real function of points of the plane.

    Parameters
    ----------
    value : callable
        Maps points of shape (n, 2) to values of shape (n,).
    switches : callable
        Maps points to shape (n, k); the function is smooth where no column vanishes.
    degree : float or None
        Degree of positive homogeneity, when the formula shows one.
    text : str
        The formula.
    """

    value: Callable[[Array], Array]
    switches: Callable[[Array], Array]
    degree: float | None
    text: str


def planar(function: Function, parameters: Mapping[str, Any] | None = None) -> Planar:
    """Return a function of two coordinates as a `Planar`.

    A function of a vector is taken at size 2; a function of one variable is taken as the separable
    sum over both coordinates.

    Raises
    ------
    InputError
        When the function has another number of coordinates.
    """
    given = dict(parameters or {})
    names, body = plane_body(function, given)
    nodes = switching(body, frozenset(names))

    def value(points: Array) -> Array:
        if function.variable.kind == "scalar":
            return np.asarray(np.sum(function.elementwise(points, **given), axis=-1))
        return np.asarray(function(points, **given), dtype=np.float64)

    def switches(points: Array) -> Array:
        here = {name: points[:, i] for i, name in enumerate(names)}
        columns = [np.broadcast_to(evaluate(n, here), len(points)) for n in nodes]
        return np.stack(columns, axis=1) if columns else np.empty((len(points), 0))

    return Planar(value, switches, degree(body, frozenset(names)), str(function))


def plane_body(function: Function, given: Mapping[str, Any]) -> tuple[tuple[str, str], Node]:
    """Return the two coordinate names, and the formula in them with numbers for parameters."""
    variable = function.variable
    names = (f"{variable.name}1", f"{variable.name}2")
    if variable.kind != "scalar" and variable.size not in (None, 2):
        raise InputError(
            f"A figure in the plane needs a function of {names[0]} and {names[1]}; {function} has "
            f"{variable.size} coordinates.  Fix the others or draw a section."
        )
    function(np.zeros(2), **given)  # a missing or impossible parameter is reported here
    numbers = {k: Number(exact(v)) for k, v in given.items() if np.ndim(v) == 0}
    body = substitute(function.body, numbers)
    if variable.kind == "coordinates":
        return names, body
    vectors = {variable.name: 2} | {k: 2 for k, v in given.items() if np.ndim(v) == 1}
    whole = Apply("sum", (body,)) if variable.kind == "scalar" else body
    return names, substitute(in_coordinates(whole, vectors), _entries(given))


def _entries(given: Mapping[str, Any]) -> dict[str, Node]:
    """Return the entries of vector parameters under the names that coordinates have."""
    return {
        f"{name}{i + 1}": Number(exact(float(entry)))
        for name, value in given.items()
        if np.ndim(value) == 1
        for i, entry in enumerate(value)
    }
