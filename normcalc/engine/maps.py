"""Linear maps between arrays: identities, designs, and maps typed as formulas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.linalg import LinearOperator, cg

from normcalc.engine.constant import OfTheRest, WithConstant
from normcalc.engine.design import Dense, Sparse
from normcalc.language.evaluate import evaluate
from normcalc.language.function import Function
from normcalc.language.nodes import Apply, Node, Symbol, symbols
from normcalc.language.parameters import Matrix, Real
from normcalc.language.shaping import shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from normcalc.engine.jit import Floats

DIRECT = 3000  # unknowns up to which normal equations are factored


class LinearMap(Protocol):
    """A linear map and its transpose."""

    def apply(self, x: Floats) -> Floats:
        """Return the image."""

    def adjoint(self, r: Floats) -> Floats:
        """Return the transpose's image."""


@dataclass(frozen=True)
class Identity:
    """The map that changes nothing."""

    shape: tuple[int, ...]

    def apply(self, x: Floats) -> Floats:
        """Return `x`."""
        return x

    def adjoint(self, r: Floats) -> Floats:
        """Return `r`."""
        return r


@dataclass(frozen=True, eq=False)
class Selection:
    """Entries of a vector of a given size, in any order, some of them several times."""

    places: Any
    size: int

    def apply(self, x: Floats) -> Floats:
        """Return the entries."""
        return np.asarray(x[self.places])

    def adjoint(self, r: Floats) -> Floats:
        """Return for each entry the sum of what stands in its places."""
        return np.asarray(np.bincount(self.places, r, self.size), dtype=np.float64)


class Typed:
    """The linear part of an affine formula, with numbers for its parameters."""

    def __init__(
        self, function: Function, inner: Node, values: Mapping[str, Any], zero: Floats
    ) -> None:
        """Find the constant part, and derive the transpose as a gradient."""
        self.inner, self.values, self.zero = inner, values, zero
        self.name = function.variable.name
        self.shift = self._at(zero)
        self.transpose, self.weight = _transpose(function, inner)

    def _at(self, x: Floats) -> Floats:
        return np.asarray(evaluate(self.inner, {**self.values, self.name: x}), dtype=np.float64)

    def apply(self, x: Floats) -> Floats:
        """Return the image, without the constant part."""
        return self._at(x) - self.shift

    def adjoint(self, r: Floats) -> Floats:
        """Return the transpose's image."""
        env = {**self.values, self.weight: r, self.name: self.zero}
        return np.asarray(np.broadcast_to(evaluate(self.transpose, env), self.zero.shape))

    @cached_property
    def matrix(self) -> Floats:
        """The map as a matrix of flattened arrays; a product's own where the formula is one."""
        inner: Any = self.inner
        product = isinstance(inner, Apply) and inner.head == "image"
        if product and inner.args[1] == Symbol(self.name) and isinstance(inner.args[0], Symbol):
            return np.asarray(self.values[inner.args[0].name], dtype=np.float64)
        columns = np.eye(self.zero.size).reshape(-1, *self.zero.shape)
        return np.stack([self.apply(column).ravel() for column in columns], axis=1)


def _transpose(function: Function, inner: Node) -> tuple[Node, str]:
    """Return the gradient of the inner product with a new parameter, and its name."""
    from normcalc.derive import gradient

    taken = {*symbols(inner), function.variable.name}
    name = next(n for n in ("w", "weight", "pull", "pull_back") if n not in taken)
    product = Apply("sum", (Apply("mul", (Symbol(name), inner)),))
    kept = tuple(p for p in function.parameters if p.name in set(symbols(inner)))
    from normcalc.language import Parameter

    shapes: Any = {p.name: p.kind.shape for p in kept} | {
        function.variable.name: function.variable.kind
    }
    kind = Matrix if shape_of(inner, shapes) == "matrix" else Real.vector
    paired = Function(product, function.variable, (*kept, Parameter(name, kind)))
    return gradient(paired).trees[0], name


class NormalEquations:
    """Solves ``sum of K_i^T K_i x = r``: factored where small, else by conjugate gradients."""

    def __init__(self, maps: Sequence[LinearMap], zero: Floats) -> None:
        """Factor the matrix, or prepare products with it."""
        self.maps, self.zero = maps, zero
        self.start = np.zeros(zero.size)
        self.wide = _wide(maps, zero)
        self.factor: Any = None
        if self.wide is not None:
            rows = self.wide.shape[0]
            self.factor = cho_factor(self._ones * np.eye(rows) + self.wide @ self.wide.T)
        elif zero.size <= DIRECT:
            square = sum(_square(each, zero) for each in maps)
            self.factor = cho_factor(_regular(np.asarray(square)))

    @property
    def _ones(self) -> int:
        return sum(isinstance(each, Identity) for each in self.maps)

    def solve(self, right: Floats) -> Floats:
        """Return x."""
        flat = right.ravel()
        if self.wide is not None:  # the inverse of c I + A^T A by that of c I + A A^T
            inner = cho_solve(self.factor, self.wide @ flat)
            flat = (flat - self.wide.T @ inner) / self._ones
        elif self.factor is not None:
            flat = cho_solve(self.factor, flat)
        else:
            flat, _ = cg(self._operator(), flat, x0=self.start, rtol=1e-10, maxiter=200)
            self.start = flat
        return np.asarray(flat).reshape(right.shape)

    def _operator(self) -> LinearOperator:
        size, shape = self.zero.size, self.zero.shape

        def product(x: Floats) -> Floats:
            x = x.reshape(shape)
            return np.asarray(sum(each.adjoint(each.apply(x)) for each in self.maps)).ravel()

        return LinearOperator((size, size), matvec=product, dtype=np.float64)


def _regular(square: Floats) -> Floats:
    """Return the matrix with a rounding's worth more on the diagonal."""
    return square + 1e-14 * (np.trace(square) or 1.0) * np.eye(len(square))


def _wide(maps: Sequence[LinearMap], zero: Floats) -> Floats | None:
    """Return the one matrix besides identities, if it has fewer rows than columns."""
    others = [each for each in maps if not isinstance(each, Identity)]
    if len(others) != 1 or len(others) == len(maps) or zero.ndim != 1:
        return None
    matrix = matrix_of(others[0], zero)
    return matrix if matrix is not None and len(matrix) < zero.size else None


def matrix_of(each: LinearMap, zero: Floats) -> Floats | None:
    """Return a map of vectors as a matrix, if it is at hand or small enough to be made."""
    if isinstance(each, Dense):
        return each.array
    if isinstance(each, Sparse) and zero.size <= DIRECT:
        return np.asarray(each.matrix.toarray())
    if isinstance(each, Typed) and zero.size <= DIRECT:
        return each.matrix
    if isinstance(each, WithConstant | OfTheRest):
        inner = each.design if isinstance(each, WithConstant) else each.map
        rest, last = matrix_of(inner, zero[:-1]), float(isinstance(each, WithConstant))
        return None if rest is None else np.hstack([rest, np.full((len(rest), 1), last)])
    return None


def _square(each: LinearMap, zero: Floats) -> Floats:
    if isinstance(each, Identity):
        return np.eye(zero.size)
    matrix = matrix_of(each, zero)
    if matrix is None or matrix.shape[1] != zero.size:
        units = np.eye(zero.size).reshape(-1, *zero.shape)
        matrix = np.stack([each.apply(unit).ravel() for unit in units], axis=1)
    return np.asarray(matrix.T @ matrix)
