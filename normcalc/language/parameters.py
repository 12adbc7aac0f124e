"""What values a parameter may take: kinds, and the check that a number is of its kind."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from normcalc.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Kind:
    """The values that a parameter may take.

    Parameters
    ----------
    name : str
        How the kind prints.
    lo, hi : float, optional
        Ends of the interval of values (of entries, for vectors); ``None`` means no bound.
    lo_open, hi_open : bool
        Whether the end itself is excluded.
    integer : bool
        Whether only whole numbers are allowed.
    shape : {"scalar", "vector", "matrix"}
        Whether the value is one number, a vector or a matrix.
    order : {"nonincreasing", "definite", "groups", "partition", "sets", None}
        What the entries obey together: a vector that does not rise, a symmetric positive definite
        matrix, groups of indices, disjoint groups of indices, values of all sets of indices.

    Examples
    --------
    >>> Positive.check("lam", 0.5)
    0.5
    >>> Positive.check("lam", -1)
    Traceback (most recent call last):
        ...
    normcalc.errors.ParameterError: lam = -1.0 is not positive (lam > 0)
    """

    name: str
    lo: float | None = None
    hi: float | None = None
    lo_open: bool = False
    hi_open: bool = False
    integer: bool = False
    shape: Literal["scalar", "vector", "matrix"] = "scalar"
    order: Literal["nonincreasing", "definite", "groups", "partition", "sets"] | None = None

    def __repr__(self) -> str:
        """Return the name, which is how the kind is written in code."""
        return self.name

    @property
    def vector(self) -> Kind:
        """The kind of vectors whose entries are of this kind, e.g. ``Nonnegative.vector``."""
        if self.shape == "vector":
            return self
        return replace(self, name=f"{self.name}.vector", shape="vector")

    def bounds(self, name: str) -> str:
        """Return the bounds in words that parse, e.g. ``"0 < tau < 1"``; empty if there are none.

        Examples
        --------
        >>> Interval.open(0, 1).bounds("tau")
        '0 < tau < 1'
        """
        below, above = ("<" if end else "<=" for end in (self.lo_open, self.hi_open))
        if self.lo is not None and self.hi is not None:
            return f"{_short(self.lo)} {below} {name} {above} {_short(self.hi)}"
        if self.lo is not None:
            return f"{name} {'>' if self.lo_open else '>='} {_short(self.lo)}"
        return "" if self.hi is None else f"{name} {above} {_short(self.hi)}"

    def check(self, name: str, value: Any) -> Any:
        """Return the value as a float or an array of floats, or raise ParameterError.

        A scalar kind accepts an array as well, every entry of which must be of the kind.
        """
        if self.order in ("groups", "partition"):
            groups = as_groups(name, value)
            listed = [i for group in groups for i in group]
            if self.order == "partition" and len(set(listed)) < len(listed):
                raise ParameterError(f"the groups in {name} overlap; they must be disjoint here")
            return groups
        array = _as_real(name, value)
        if self.shape == "vector" and array.ndim == 0:
            raise ParameterError(f"{name} is a vector ({self}); {array} is one number")
        if self.shape == "matrix" and array.ndim != 2:
            raise ParameterError(f"{name} is a matrix ({self}); got shape {array.shape}")
        bad = ~self._inside(array)
        if array.ndim and not np.isfinite(array).all():
            raise ParameterError(_unknown(name, array))
        if bad.any():
            raise ParameterError(f"{name} = {array[bad].flat[0]} is not {self._words(name)}")
        if self.order == "sets":
            _check_sets(name, array)
        if self.order == "definite":
            _check_definite(name, array)
        if self.order == "nonincreasing" and array.ndim and (np.diff(array, axis=-1) > 0).any():
            raise ParameterError(f"{name} must be nonincreasing: w[0] >= w[1] >= ...")
        return float(array) if array.ndim == 0 else array

    def _inside(self, array: NDArray[np.float64]) -> NDArray[np.bool_]:
        inside = np.isfinite(array)
        if self.lo is not None:
            inside &= array > self.lo if self.lo_open else array >= self.lo
        if self.hi is not None:
            inside &= array < self.hi if self.hi_open else array <= self.hi
        if self.integer:
            inside &= array == np.floor(array)
        return np.asarray(inside)

    def _words(self, name: str) -> str:
        simple = self.name in ("Positive", "Nonnegative", "Integer", "Real", "Nonincreasing")
        words = self.name.lower() if simple else "in its interval"
        bounds = self.bounds(name)
        return f"{words} ({bounds})" if bounds else ("finite" if words == "real" else words)


def _unknown(name: str, array: NDArray[np.float64]) -> str:
    """Say where an array has no finite numbers."""
    places = np.argwhere(~np.isfinite(array))
    first = tuple(map(int, places[0]))
    return (
        f"{name} has {len(places)} entries that are NaN or infinite, first at {first}; entries "
        "that were not seen get any number, and a weight that is 0 in the formula"
    )


def as_groups(name: str, value: Any) -> tuple[tuple[int, ...], ...]:
    """Return groups of indices, each a tuple of whole numbers from 0 without repetition.

    Examples
    --------
    >>> as_groups("g", [[0, 1], [2]])
    ((0, 1), (2,))
    """
    try:
        groups = tuple(tuple(int(i) for i in group) for group in value)
        whole = all(int(i) == i for group in value for i in group)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} is a list of groups, each a list of indices") from None
    if not whole or any(i < 0 for group in groups for i in group):
        raise ParameterError(f"the groups in {name} hold whole numbers from 0 on")
    if any(len(set(group)) < len(group) for group in groups):
        raise ParameterError(f"a group in {name} names an index twice")
    return groups


def _check_definite(name: str, array: NDArray[np.float64]) -> None:
    if array.shape[0] != array.shape[1] or not np.allclose(array, array.T, rtol=1e-12, atol=0):
        raise ParameterError(f"{name} must be symmetric")
    if not np.all(np.linalg.eigvalsh(array) > 0):
        raise ParameterError(f"{name} must be positive definite: its least eigenvalue is not > 0")


def _check_sets(name: str, array: NDArray[np.float64]) -> None:
    if array.ndim != 1 or array.size & (array.size - 1) or not array.size:
        raise ParameterError(
            f"{name} holds a value for each of the 2**n sets, that of a set at the sum of 2**i "
            f"over its elements; got shape {array.shape}"
        )
    if array[0] != 0:
        raise ParameterError(f"{name} must be 0 for the empty set, not {array[0]}")


def _not_real(name: str, value: Any, array: NDArray[Any]) -> str:
    """Say what was given instead of real numbers, and how to make them."""
    kind = type(value).__name__
    if hasattr(value, "toarray"):
        return f"{name} must be an array of real numbers, not a {kind}; write {name}.toarray()"
    if array.dtype.kind == "b" and array.ndim:
        return f"{name} must be real, not an array of truth values; write {name}.astype(float)"
    return f"{name} must be real; got {kind} {value!r}"


def _as_real(name: str, value: Any) -> NDArray[np.float64]:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ParameterError(f"{name} must be real numbers: {error}") from None
    if isinstance(value, numbers.Real) and array.dtype == object:
        array = np.asarray(to_float(value))
    if array.dtype.kind not in "iuf":
        raise ParameterError(_not_real(name, value, array))
    return array.astype(np.float64)


def to_float(value: Any) -> float:
    """Return the nearest double, infinite where the number is too large for one.

    Examples
    --------
    >>> to_float(10**400)
    inf
    """
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _short(value: float) -> str:
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)


@dataclass(frozen=True)
class Parameter:
    """A free name of a formula that is not the variable, with its kind."""

    name: str
    kind: Kind


Real = Kind("Real")
Positive = Kind("Positive", lo=0.0, lo_open=True)
Nonnegative = Kind("Nonnegative", lo=0.0)
Integer = Kind("Integer", integer=True)
Vector = Kind("Vector", shape="vector")
Nonincreasing = Kind("Nonincreasing", lo=0.0, shape="vector", order="nonincreasing")
Matrix = Kind("Matrix", shape="matrix")
PositiveDefinite = Kind("PositiveDefinite", shape="matrix", order="definite")
Groups = Kind("Groups", shape="vector", order="groups")
Partition = Kind("Partition", shape="vector", order="partition")
SetFunction = Kind("SetFunction", shape="vector", order="sets")
Count = Kind("Count", lo=1.0, integer=True)


class _Intervals:
    """Makes kinds: ``Interval(a, b)`` with its ends, ``Interval.open(a, b)`` without."""

    def __call__(
        self,
        lo: float | None,
        hi: float | None,
        *,
        lo_open: bool = False,
        hi_open: bool = False,
    ) -> Kind:
        """Return the kind of real numbers between two ends; ``None`` stands for no bound.

        Examples
        --------
        >>> Interval(0, 1).check("tau", 1)
        1.0
        """
        below, above = _end(lo), _end(hi)
        span = math.inf if below is None or above is None else above - below
        if span < 0 or (span == 0 and (lo_open or hi_open)):
            raise ParameterError(f"the interval from {lo} to {hi} is empty")
        name = _interval_name(below, above, lo_open, hi_open)
        return Kind(name, below, above, lo_open, hi_open)

    def open(self, lo: float | None, hi: float | None) -> Kind:
        """Return the kind of real numbers strictly between two ends.

        Examples
        --------
        >>> Interval.open(0, 1)
        Interval.open(0, 1)
        """
        return self(lo, hi, lo_open=lo is not None, hi_open=hi is not None)

    def __repr__(self) -> str:
        return "Interval"


Interval = _Intervals()


def _end(value: float | None) -> float | None:
    number = math.inf if value is None else float(value)
    if math.isnan(number):
        raise ParameterError("an interval cannot end at NaN")
    return None if math.isinf(number) else number


def _interval_name(lo: float | None, hi: float | None, lo_open: bool, hi_open: bool) -> str:
    ends = (lo, hi)
    shown = ", ".join("None" if end is None else _short(end) for end in ends)
    is_open = [end is None or flag for end, flag in zip(ends, (lo_open, hi_open), strict=True)]
    if all(is_open) and (lo_open or hi_open):
        return f"Interval.open({shown})"
    marks = [f", {key}=True" for key, flag in (("lo_open", lo_open), ("hi_open", hi_open)) if flag]
    return f"Interval({shown}{''.join(marks)})"
