"""A real function of points as the geometry needs it: values, switches, gradient, degree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError, NotDerivable
from normcalc.forms.in_coordinates import in_coordinates
from normcalc.language.arithmetic import exact
from normcalc.language.evaluate import evaluate
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Node, Number, Symbol, substitute, walk
from normcalc.language.shapes import Variable
from normcalc.language.vocabulary import TRANSFORMS
from normcalc.plot.geometry.degree import degree
from normcalc.plot.geometry.switching import guides, switching
from normcalc.plot.geometry.symmetric import matrices, matrix_body

if TYPE_CHECKING:
    from collections.abc import Mapping

Array = NDArray[np.float64]
Value = Callable[[Array], Array]

# Their values are solved for at each point, so that no kinks can be read off.
_SOLVED = TRANSFORMS | {"atomic_norm", "gauge_of_points", "lovasz"}
_WITHOUT_FORMULA = (
    "A figure needs a formula in the coordinates, and {} is solved anew at each point.  A gauge, "
    "a dual norm or a support function is drawn alone or with a number in front; for the gauge of "
    "points draw nc.atomic_norm(points) or nc.gauge_of_points(points); otherwise write a formula."
)


@dataclass(frozen=True)
class PointFunction:
    """A real function of points of the plane or of space.

    Parameters
    ----------
    value : callable
        Maps points of shape (n, d) to values of shape (n,).
    names : tuple of str
        The coordinates.
    body : Node
        The formula in the coordinates, with numbers for parameters.
    text : str
        The formula as it was written.
    """

    value: Value
    names: tuple[str, ...]
    body: Node
    text: str

    @cached_property
    def degree(self) -> float | None:
        """Degree of positive homogeneity, when the formula shows one."""
        return degree(self.body, frozenset(self.names))

    @cached_property
    def _switch_nodes(self) -> tuple[Node, ...]:
        return switching(self.body, frozenset(self.names))

    @cached_property
    def _guide_nodes(self) -> tuple[Node, ...]:
        found = guides(self.body, frozenset(self.names))
        return tuple(node for node in found if node not in self._switch_nodes)

    @cached_property
    def _partials(self) -> tuple[Node, ...] | None:
        from normcalc.calculus.derive import first

        function = Function(self.body, Variable(self._name, "coordinates", len(self.names)))
        try:
            return first(function)
        except NotDerivable:
            return None

    @property
    def _name(self) -> str:
        return self.names[0].removesuffix("1")

    def switches(self, points: Array) -> Array:
        """Map points to shape (n, k); the function is smooth where no column vanishes."""
        return self._columns(self._switch_nodes, points)

    def guides(self, points: Array) -> Array:
        """Map points to shape (n, m); where all columns of a root vanish, it may have a tip."""
        return self._columns(self._guide_nodes, points)

    def gradient(self, points: Array) -> Array:
        """Map points to gradients; on a kink they may be those of either side."""
        if self._partials is None:
            return differences(self.value, points)
        return self._columns(self._partials, points)

    def _columns(self, nodes: tuple[Node, ...], points: Array) -> Array:
        here = {name: points[:, i] for i, name in enumerate(self.names)}
        columns = [np.broadcast_to(evaluate(n, here), len(points)) for n in nodes]
        return np.stack(columns, axis=1) if columns else np.empty((len(points), 0))


def differences(value: Value, points: Array, step: float = 1e-6) -> Array:
    """Return gradients by central differences, where no formula is known.

    Examples
    --------
    >>> differences(lambda p: p[:, 0] * p[:, 1], np.array([[2.0, 3.0]])).round(6)
    array([[3., 2.]])
    """
    shifts = step * np.eye(points.shape[1])
    columns = [(value(points + h) - value(points - h)) / (2 * step) for h in shifts]
    return np.stack(columns, axis=1)


def point_function(
    function: Function, parameters: Mapping[str, Any] | None = None, size: int = 2
) -> PointFunction:
    """Return a function of coordinates as a `PointFunction` of the plane or of space.

    A function of a vector is taken at this size; a function of one variable is taken as the
    separable sum over all coordinates.  In space a function of a matrix is taken at symmetric
    matrices of two rows, ``[[x1, x2/sqrt(2)], [x2/sqrt(2), x3]]``.

    Raises
    ------
    InputError
        When the function has another number of coordinates.
    """
    given = dict(parameters or {})
    names, body = body_in_coordinates(function, given, size)

    def value(points: Array) -> Array:
        if function.variable.kind == "scalar":
            return np.asarray(np.sum(function.elementwise(points, **given), axis=-1))
        if function.variable.kind == "matrix":
            return np.asarray(function(matrices(points), **given), dtype=np.float64)
        return np.asarray(function(points, **given), dtype=np.float64)

    return PointFunction(value, names, body, str(function))


def body_in_coordinates(
    function: Function, given: Mapping[str, Any], size: int
) -> tuple[tuple[str, ...], Node]:
    """Return the coordinate names, and the formula in them with numbers for parameters."""
    variable = function.variable
    names = tuple(f"{variable.name}{i + 1}" for i in range(size))
    if variable.kind == "matrix" and size == 3:
        function(np.zeros((2, 2)), **given)
        return names, matrix_body(function, given)
    if variable.kind == "matrix" or variable.size not in (None, size):
        raise InputError(_wrong_size(function, names))
    function(np.zeros(size), **given)  # a missing or impossible parameter is reported here
    if variable.kind == "vector":
        if any(isinstance(n, Apply) and n.head in _SOLVED for n in walk(function.body)):
            raise InputError(_WITHOUT_FORMULA.format(function))
        return names, in_coordinates(function, size, given).body
    numbers = {k: Number(exact(v)) for k, v in given.items() if np.ndim(v) == 0}
    body = substitute(function.body, numbers)
    if variable.kind == "coordinates":
        return names, body
    return names, Apply("add", tuple(substitute(body, {variable.name: Symbol(n)}) for n in names))


def _wrong_size(function: Function, names: tuple[str, ...]) -> str:
    where = "the plane" if len(names) == 2 else "space"
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    has = "a matrix" if function.variable.kind == "matrix" else f"{function.variable.size}"
    return (
        f"A figure in {where} needs a function of {listed}; {function} has {has} coordinates.  "
        "Fix the others or draw a section."
    )
