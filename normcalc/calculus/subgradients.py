"""`Subdifferential`: all subgradients of a sum of norms and maxima of affine maps, as a set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.calculus import numbers
from normcalc.calculus.algebra import algebra_of
from normcalc.calculus.atoms import split
from normcalc.calculus.collect import ZERO, add, monomial
from normcalc.calculus.modes import adjoint, tangent
from normcalc.calculus.nearest import Image, distance
from normcalc.errors import InputError, NotDerivable, Unsettled
from normcalc.language.build import function
from normcalc.language.evaluate import array_of
from normcalc.language.function import Function
from normcalc.language.latex import latex, name
from normcalc.language.nodes import Apply, Compare, Constant, Symbol, symbols
from normcalc.language.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.calculus.atoms import Atom, Reader
    from normcalc.calculus.numbers import Array
    from normcalc.language.nodes import Node
    from normcalc.language.parameters import Kind
    from normcalc.language.shaping import Shape

TOLERANCE = 1e-8


@dataclass(frozen=True, repr=False)
class Subdifferential:
    """The set of subgradients of a function at every point, as a formula with free members.

    Subdifferentials are made by `normcalc.subdifferential`.  The function is a smooth part plus
    weights times norms and maxima of affine maps; the weights must not be negative.

    Parameters
    ----------
    function : Function
        Of what.
    formula : Node
        A subgradient, in the members ``s1, s2, ...`` of the subdifferentials of the atoms.
    smooth : Node
        The gradient of the smooth part.
    atoms : tuple of (Symbol, Atom)
        The names of the members, and what they are subgradients of.
    signs : tuple of Node
        What the parameters must obey for the terms to be convex, where their kinds do not say so.
    """

    function: Function
    formula: Node
    smooth: Node
    atoms: tuple[tuple[Symbol, Atom], ...]
    signs: tuple[Node, ...] = ()

    def contains(
        self, point: Any, g: Any, /, *, tolerance: float = TOLERANCE, **params: Any
    ) -> bool:
        """Tell whether `g` is a subgradient at a point, up to a distance.

        Parameters
        ----------
        point, g : array_like
            Of the same shape.
        tolerance : float
            The distance to the set, relative to ``1 + |g|``, up to which `g` counts as a member;
            what is as small relative to the size of an affine map counts as zero.
        **params : float or array_like
            A value for every parameter.

        Raises
        ------
        Unsettled
            The distance could not be bounded away from the tolerance.

        Examples
        --------
        >>> import normcalc as nc
        >>> kinks = nc.subdifferential(nc.function("norm(x) + norm(x, 1)"))
        >>> kinks.contains([0.0, 0.0], [1.6, 1.6]), kinks.contains([0.0, 0.0], [1.8, 1.8])
        (True, False)
        """
        upper, lower, allowed = self._bounds(point, g, tolerance, params)
        if upper <= allowed:
            return True
        if lower > allowed:
            return False
        raise Unsettled(
            f"the distance to {self} is between {lower:.3g} and {upper:.3g}; "
            f"{allowed:.3g} counts as a member"
        )

    def distance(
        self, point: Any, g: Any, /, *, tolerance: float = TOLERANCE, **params: Any
    ) -> float:
        """Return the distance from `g` to the set of subgradients at a point.

        Parameters
        ----------
        point, g, tolerance, **params
            As for `contains`; distances below the tolerance are not resolved further.

        Raises
        ------
        Unsettled
            Upper and lower bounds of the distance did not meet.

        Examples
        --------
        >>> import normcalc as nc
        >>> nc.subdifferential(nc.function("norm(x)")).distance([0.0, 0.0], [3.0, 4.0])
        4.0
        """
        upper, lower, allowed = self._bounds(point, g, tolerance, params)
        if upper - lower > max(allowed, 1e-6 * upper):
            raise Unsettled(f"the distance is between {lower:.6g} and {upper:.6g}")
        return upper

    def _bounds(
        self, point: Any, g: Any, tolerance: float, params: Mapping[str, Any]
    ) -> tuple[float, float, float]:
        f = self.function
        at, env = numbers.checked(f, point, params)
        numbers.check_single(f, at)
        wanted = np.asarray(g, dtype=np.float64)
        if wanted.shape != at.shape:
            raise InputError(f"g has shape {wanted.shape} and the point {at.shape}")
        values = {**numbers.named(f, at), **env}
        if not numbers.has_value(f, values):
            return np.inf, np.inf, tolerance
        rest = wanted - numbers.evaluated(f, self.smooth, values, at.shape)
        images = [_image(f, atom, values, at.shape, tolerance) for _, atom in self.atoms]
        allowed = tolerance * (1 + float(np.linalg.norm(wanted)))
        upper, lower = distance(rest.reshape(-1), images, allowed)
        return upper, lower, allowed

    def __str__(self) -> str:
        """Return the set: a formula, and what its members obey."""
        lines = [f"subdifferential of {self.function}", f"    {text(self.formula)}"]
        for s, atom in self.atoms:
            lines.append(f"    {s.name}: {', '.join(map(text, atom.members(s)))}")
        lines.extend(f"    where {text(sign)}" for sign in self.signs)
        return "\n".join(lines)

    __repr__ = __str__

    def latex(self) -> str:
        r"""Return the set in LaTeX, without dollar signs.

        Examples
        --------
        >>> import normcalc as nc
        >>> print(nc.subdifferential(nc.function("norm(A @ x)")).latex())
        \partial f(x) = \left\{A^\top s_{1} : \left\|s_{1}\right\|_{2} \le 1,\
        \left\langle s_{1}, A x \right\rangle = \left\|A x\right\|_{2}\right\}
        """
        held = [latex(found) for s, atom in self.atoms for found in atom.members(s)]
        such = " : " + r",\ ".join(held) if held else ""
        head = rf"\partial f({name(self.function.variable.name)})"
        where = "".join(rf" \quad \text{{where }} {latex(sign)}" for sign in self.signs)
        return rf"{head} = \left\{{{latex(self.formula)}{such}\right\}}{where}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def _image(
    f: Function, atom: Atom, values: Mapping[str, Any], shape: tuple[int, ...], tolerance: float
) -> Image:
    """Return the part of an atom in the set at a point, with numbers."""
    h = Symbol("direction of the point")
    shape_of_point: Shape = "matrix" if f.variable.kind == "matrix" else "vector"
    c = algebra_of(f, **{h.name: shape_of_point})
    inner = _as_array(c.rank(atom.inner), array_of(atom.inner, values))
    weight = array_of(atom.weight, values)
    if np.any(weight < 0):
        raise NotDerivable(f"the weight {text(atom.weight)} is negative: that term is not convex")
    variable = Symbol(f.variable.name)
    along = tangent(c, atom.inner, {variable: h}, frozenset({variable.name}))
    rows = []
    for direction in np.eye(int(np.prod(shape))):
        moved = array_of(along, {**values, h.name: direction.reshape(shape)})
        rows.append(np.broadcast_to(moved, inner.shape).reshape(-1))
    spread = np.broadcast_to(weight, inner.shape).reshape(-1)
    order = float(array_of(atom.order, values).reshape(-1)[0])
    size = tolerance * (1 + float(np.max(np.abs(inner))))
    face = (
        atom.face(inner, order, size)
        if atom.other is None
        else atom.other.face(inner, values, size)
    )
    return Image(np.array(rows) * spread, face, inner.shape)


def _as_array(rank: int, value: Any) -> Array:
    return np.asarray(value, dtype=np.float64).reshape((1,) if rank == 0 else np.shape(value))


def subdifferential(f: Function, other: Reader | None = None) -> Subdifferential:
    """Describe the subdifferential of a function of a vector or matrix, as a set at every point.

    Parameters
    ----------
    f : Function
        A smooth part plus weights times ``norm``, ``abs``, ``max``, sums or maxima of singular
        values of affine maps of a vector or matrix.
    other : callable, optional
        Reads a term that is none of these, a tree in the variable of `f`, as an affine map inside
        a norm that knows its faces; None where it is no norm.

    Returns
    -------
    Subdifferential
        The subdifferential of convex analysis where `f` is convex.  Where the smooth part is not,
        its gradient plus the subdifferential of the rest, which is Clarke's.

    Raises
    ------
    NotDerivable
        A term with kinks is none of these.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.subdifferential(nc.function("norm(A @ x - b)**2/2 + lam*norm(x, 1)")))
    subdifferential of norm(A @ x - b)**2/2 + lam*norm(x, 1)
        transpose(A) @ (A @ x - b) + lam*s1
        s1: norm(s1, oo) <= 1, dot(s1, x) == norm(x, 1)
    """
    made = f if isinstance(f, Function) else function(f)
    if made.variable.kind not in ("vector", "matrix"):
        raise NotDerivable(f"{made} has a {made.variable.kind} variable; write it in a vector x")
    variable, names = Symbol(made.variable.name), frozenset({made.variable.name})
    smooth, found = split(algebra_of(made), made.body, names, other)
    members = _members(made, found)
    c = algebra_of(made, **{s.name: shape for s, shape in members})
    gradient = c.full(adjoint(c, smooth, [variable], names)[variable], variable)
    pairs = [c.inner(c.mul(atom.weight, s), atom.inner, atom.inner)
             for (s, _), atom in zip(members, found, strict=True)]  # fmt: skip
    whole = c.full(adjoint(c, add(smooth, *pairs), [variable], names)[variable], variable)
    atoms = tuple((s, atom) for (s, _), atom in zip(members, found, strict=True))
    signs = (sign for atom in found for sign in _signs(made, atom.weight))
    return Subdifferential(made, whole, gradient, atoms, tuple(dict.fromkeys(signs)))


def _signs(f: Function, weight: Node) -> list[Node]:
    """Return the conditions under which a weight is not negative.

    Raises
    ------
    NotDerivable
        It is negative, so that the term is concave.
    """
    product = monomial(weight)
    kinds: dict[Node, Kind] = {Symbol(p.name): p.kind for p in f.parameters}
    known = [base for base, _ in product.powers if _is_nonnegative(base, kinds)]
    if len(known) == len(product.powers):
        if product.coefficient < 0:
            raise NotDerivable(
                f"the weight {text(weight)} is negative, so that its term is concave; ask for the "
                "subdifferential of the negative"
            )
        return []
    return [Compare(">=", weight, ZERO)]


def _is_nonnegative(base: Node, kinds: Mapping[Node, Kind]) -> bool:
    if isinstance(base, Apply):
        return base.head in ("size", "norm", "abs", "exp")
    lo = kinds[base].lo if base in kinds else None
    return isinstance(base, Constant) or (lo is not None and lo >= 0)


def _members(f: Function, atoms: tuple[Atom, ...]) -> list[tuple[Symbol, Shape]]:
    c, taken = algebra_of(f), {*symbols(f.body)}
    stem = next(s for s in ("s", "S", "s_", "S_") if not any(n.startswith(s) for n in taken))
    return [(Symbol(f"{stem}{i + 1}"), c.shape(atom.inner)) for i, atom in enumerate(atoms)]
