"""Which matrix norm ``numpy.linalg.norm(A, ord)`` computes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from normcalc.errors import InputError, NotDerivable
from normcalc.induced.entrywise import entrywise
from normcalc.induced.operator import induced_norm
from normcalc.induced.schatten import schatten

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.induced.abstract import AbstractMatrixNorm

_NORMS: dict[Any, Callable[[], AbstractMatrixNorm]] = {
    None: lambda: entrywise(2),
    "fro": lambda: entrywise(2),
    "nuc": lambda: schatten(1),
    1: lambda: induced_norm(1, 1),
    2: lambda: induced_norm(2, 2),
    math.inf: lambda: induced_norm(math.inf, math.inf),
}
_NO_NORMS = {
    -1: "the smallest absolute column sum",
    -2: "the smallest singular value",
    -math.inf: "the smallest absolute row sum",
}


def from_numpy(ord: float | str | None = None) -> AbstractMatrixNorm:  # noqa: A002 - NumPy's name
    """Return the norm that ``numpy.linalg.norm(A, ord)`` computes for a matrix.

    Parameters
    ----------
    ord : {None, "fro", "nuc", 1, 2, inf}
        As in NumPy, for a matrix.  For a vector the same word means another thing.

    Returns
    -------
    EntrywiseNorm, SchattenNorm or InducedNorm

    Raises
    ------
    NotDerivable
        NumPy computes something that is no norm: -1, -2 and -inf.
    InputError
        NumPy has no such `ord` for matrices.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.from_numpy(1))
    induced norm from the 1-norm to the 1-norm
    >>> print(nc.from_numpy("fro"))
    entrywise 2-norm (Frobenius)
    >>> nc.from_numpy(-2)
    Traceback (most recent call last):
        ...
    normcalc.errors.NotDerivable: numpy.linalg.norm(A, -2) is the smallest singular value, which is
    zero at some matrix other than zero or breaks the triangle inequality, so it is no norm
    """
    known = ord is None or (isinstance(ord, str | float | int) and not isinstance(ord, bool))
    if known and ord in _NORMS:
        return _NORMS[ord]()
    if known and ord in _NO_NORMS:
        raise NotDerivable(
            f"numpy.linalg.norm(A, {ord}) is {_NO_NORMS[ord]}, which is zero at some matrix other "
            "than zero or breaks the triangle inequality, so it is no norm"
        )
    raise InputError(
        "numpy.linalg.norm(A, ord) takes None, 'fro', 'nuc', 1, 2 or inf for a matrix, not "
        f"{ord!r}; for an entrywise p-norm use entrywise(p), for an induced one induced_norm(p, p)"
    )
