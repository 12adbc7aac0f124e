"""Complex arguments of answers about functions of moduli or of singular values.

Let f(z) = g(|z_1|, ..., |z_n|).  Then ``|u - v|**2 >= sum (|u_i| - |v_i|)**2``, with equality
where the phase of every u_i is that of v_i, and f(u) does not see phases.  So a prox of f at v has
the phases of v, and its moduli are a prox of the real function at ``|v|``; where v_i is 0 every
phase is as good as any other, and it is taken to be 1.  Likewise ``Re <v, z>`` is at most
``sum |v_i| |z_i|``, with equality for equal phases, so that conjugates and dual norms at v are
those of the real function at ``|v|``; and so is the least value, the envelope.

For functions of the singular values von Neumann's trace inequality takes the place of both bounds
(lewis1995): with ``v = U S V'`` a prox is ``U prox(S) V'``, for the real diagonal matrix S.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from normcalc.errors import InputError, NotDerivable
from normcalc.language.calling import check_point
from normcalc.language.moduli import sizes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from normcalc.language.function import Function

Floats = NDArray[np.float64]
# real numbers that stand for a complex point, and the way back for what a map makes of them
Split = tuple[Floats, Callable[[Floats], NDArray[np.complex128]]]

MAPS = ("prox", "projection", "gradient")
_VALUES = ("conjugate", "moreau_envelope", "dual_norm")


class Answer(Protocol):
    """What is asked at the sizes: a derivation, or a kernel of one."""

    @property
    def goal(self) -> str:
        """The verb, such as ``prox``."""

    @property
    def function(self) -> Function:
        """What the answer is of."""

    def __call__(self, v: Any, /, *args: Any, **given: Any) -> Any:
        """Return the answer at real numbers."""


def at_complex(derivation: Answer, v: Any, args: Sequence[Any], given: Mapping[str, Any]) -> Any:
    """Return a map, or a value, at complex `v`, from the real one at its sizes.

    Raises
    ------
    InputError
        If the function depends on phases, or `v` has the wrong shape or is not finite.
    NotDerivable
        If the answer is neither a map nor a value.
    """
    verb, function = derivation.goal.partition(" of ")[0], derivation.function
    if verb not in MAPS + _VALUES:
        raise NotDerivable(f"the {derivation.goal} of {function} is for real numbers only")
    sizes = sizes_of(function)
    point = np.asarray(v)
    if function.variable.kind != "scalar":
        check_point(function, point)
    split = by_moduli if sizes == "moduli" else by_singular_values
    real, joined = split(point.astype(np.complex128))
    values = dict(given)
    out = values.pop("out", None) if verb in MAPS else None
    found = derivation(real if real.ndim else float(real), *args, **values)
    if verb not in MAPS:
        return found
    kept = np.complex64 if point.dtype == np.complex64 else np.complex128
    with np.errstate(over="ignore"):
        whole = joined(np.asarray(found)).astype(kept)
    if out is not None:
        return _written(whole, out)
    return whole if whole.ndim or isinstance(v, np.ndarray) else complex(whole)


def by_moduli(v: NDArray[np.complex128]) -> Split:
    """Return the moduli, and the way back: new moduli with the phases of `v`.

    Examples
    --------
    >>> moduli, joined = by_moduli(np.array([3 + 4j, 0j]))
    >>> moduli, joined(np.array([10.0, 1.0]))
    (array([5., 0.]), array([6.+8.j, 1.+0.j]))
    """
    with np.errstate(all="ignore"):
        sizes = np.abs(v)
        phases = _phases(v)

    def joined(found: Floats) -> NDArray[np.complex128]:
        # an entry that keeps its modulus is kept as it is, infinite ones among them
        with np.errstate(all="ignore"):
            return np.asarray(np.where(found == sizes, v, found * phases))

    return sizes, joined


def _phases(v: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return ``v/|v|``, scaled first so that neither huge nor tiny parts lose digits; 1 at 0."""
    parts = np.stack([v.real, v.imag])
    endless = np.isinf(parts).any(axis=0)
    parts = np.where(endless, np.sign(parts) * np.isinf(parts), parts)
    scale = np.abs(parts).max(axis=0)
    zero = scale == 0
    real, imaginary = parts / np.where(zero, 1.0, scale)
    size = np.hypot(real, imaginary)
    return np.where(zero, 1.0, real / size) + 1j * np.where(zero, 0.0, imaginary / size)


def by_singular_values(v: NDArray[np.complex128]) -> Split:
    """Return the diagonal matrices of singular values, and the way back.

    Examples
    --------
    >>> diagonal, joined = by_singular_values(np.array([[0, 2j], [1, 0]]))
    >>> np.diag(diagonal), joined(np.eye(2)).round(12) + 0
    (array([2., 1.]), array([[0.+0.j, 0.+1.j],
           [1.+0.j, 0.+0.j]]))
    """
    if np.isinf(v).any():
        raise InputError("v must be finite")
    lost = np.isnan(v).any(axis=(-2, -1), keepdims=True)
    left, values, right = np.linalg.svd(np.where(lost, 0, v), full_matrices=False)
    diagonal = np.where(lost, np.nan, values[..., None] * np.eye(values.shape[-1]))

    def joined(found: Floats) -> NDArray[np.complex128]:
        same = (found == diagonal).all(axis=(-2, -1), keepdims=True)
        with np.errstate(all="ignore"):
            return np.asarray(np.where(same, v, left @ found @ right))

    return diagonal, joined


def _written(found: NDArray[Any], out: Any) -> Any:
    fits = isinstance(out, np.ndarray) and (out.shape, out.dtype) == (found.shape, found.dtype)
    if not fits:
        raise InputError(f"out must be an array of shape {found.shape} and dtype {found.dtype}")
    out[...] = found
    return out
