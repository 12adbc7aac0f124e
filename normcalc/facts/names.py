"""What the symbols of a formula mean, for the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from normcalc.forms.kinds import encoded
from normcalc.language.nodes import Node, Symbol
from normcalc.language.shaping import Shape, shape_of

if TYPE_CHECKING:
    import sympy as sp

    from normcalc.language.parameters import Kind, Parameter


@dataclass(frozen=True)
class Names:
    """What the symbols of a formula mean: coordinates in order, and parameters.

    A parameter is an expression in SymPy symbols whose assumptions carry its kind; `given` says
    the same in conditions.  A variable that is a vector or a matrix is one coordinate, since the
    rules speak of all its entries alike; `shape` says so.
    """

    coordinates: tuple[str, ...]
    declared: tuple[Parameter, ...] = ()
    given: tuple[Node, ...] = ()
    shape: Shape = "scalar"

    @property
    def vector(self) -> bool:
        """Whether the variable is a vector or a matrix."""
        return self.shape != "scalar"

    @property
    def parameters(self) -> dict[str, sp.Expr]:
        """The parameters by name; a vector stands for one of its entries."""
        return {p.name: encoded(p.name, p.kind) for p in self.declared}

    def kind(self, node: Node) -> Kind | None:
        """Return the kind of a parameter, None for everything else."""
        kinds = {p.name: p.kind for p in self.declared}
        return kinds.get(node.name) if isinstance(node, Symbol) else None

    def order(self, node: Node) -> str | None:
        """Return what the entries of a parameter obey together."""
        kind = self.kind(node)
        return None if kind is None else kind.order

    def shape_of(self, node: Node) -> Shape:
        """Return whether the value of a formula is a number, a vector or a matrix."""
        shapes: dict[str, Shape] = {p.name: p.kind.shape for p in self.declared}
        return shape_of(node, shapes | dict.fromkeys(self.coordinates, self.shape))
