"""The verbs: one name per question, in the words of the field."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, overload

from normcalc.calculus import gradient as gradient_of
from normcalc.calculus import subdifferential as subdifferential_of
from normcalc.derive.derivation import Derivation
from normcalc.derive.faces import homogeneous_face
from normcalc.derive.search import bregman, derivation
from normcalc.errors import InputError
from normcalc.forms.entries import as_vector
from normcalc.language import function as make
from normcalc.language.function import Function

if TYPE_CHECKING:
    from normcalc.calculus import Gradient, Subdifferential

GOALS = (
    "prox",
    "conjugate",
    "moreau_envelope",
    "subdifferential",
    "gradient",
    "projection",
    "dual_norm",
    "linear_minimizer",
)


def derive(goal: str, f: Function | Derivation) -> Derivation:
    """Return the derivation of the goal with this name.

    Parameters
    ----------
    goal : str
        What to derive: "prox", "conjugate", "moreau_envelope", "subdifferential", "gradient",
        "projection", "dual_norm" or "linear_minimizer".
    f : Function or Derivation
        Made by `normcalc.function`, or the answer to another goal; a text is accepted as well.

    Raises
    ------
    InputError
        There is no such goal.
    NotDerivable
        The object does not exist or no theorem applies; the message says which.
    """
    if goal not in GOALS:
        raise InputError(f"unknown goal {goal!r}; choose from {', '.join(GOALS)}")
    return derivation(goal, f if isinstance(f, Function | Derivation) else make(f))


def prox(f: Function | Derivation) -> Derivation:
    """Derive the proximal operator ``argmin_u f(u) + |u - v|^2/(2 step)``.

    Parameters
    ----------
    f : Function or Derivation
        A function of one real variable, a separable sum over the entries of a vector, or the
        answer of `conjugate` to such a function.

    Returns
    -------
    Derivation
        Symbolic in the point ``v``, the step and every parameter, one table per regime.

    Raises
    ------
    NotDerivable
        There is no minimiser, or no theorem applies.

    See Also
    --------
    moreau_envelope : The least value instead of the minimiser.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.prox(nc.function("lam*abs(x)")))
    prox of lam*abs(x): argmin_u f(u) + (u - v)^2/(2 step)
    odd in v; for v >= 0:
        u = 0             0 <= v <= lam*step
        u = v - lam*step  v >= lam*step
    """
    return derive("prox", f)


def moreau_envelope(f: Function) -> Derivation:
    """Derive the Moreau envelope ``min_u f(u) + |u - v|^2/(2 step)``.

    Parameters
    ----------
    f : Function
        As for `prox`.

    Returns
    -------
    Derivation
        The value at ``v``, with the minimiser ``u`` where the value is written in it.

    Raises
    ------
    NotDerivable
        As for `prox`.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.moreau_envelope(nc.function("abs(x)")).table.regimes[0].cases[0].result)
    v**2/(2*step)
    """
    return derive("moreau_envelope", f)


def conjugate(f: Function | Derivation) -> Derivation:
    """Derive the convex conjugate ``sup_u v*u - f(u)``.

    Parameters
    ----------
    f : Function or Derivation
        As for `prox`; it need not be convex.  The conjugate of a conjugate is the convex envelope.

    Returns
    -------
    Derivation
        The value at ``v``, plus infinity outside the domain.

    Raises
    ------
    NotDerivable
        The conjugate is plus infinity everywhere, or no theorem applies.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.conjugate(nc.function("lam*abs(x)")))
    conjugate of lam*abs(x): sup_u v*u - f(u)
    even in v; for v >= 0:
        0   0 <= v <= lam
        oo  v > lam
    """
    return derive("conjugate", f)


def subdifferential(f: Function) -> Derivation | Subdifferential:
    """Derive the subdifferential: all slopes at a point, an interval or a set of vectors.

    Parameters
    ----------
    f : Function
        A function of one real variable; or, of a vector, a matrix or named coordinates, a smooth
        part plus norms and maxima of affine maps: any norm that has a prox.

    Returns
    -------
    Derivation or Subdifferential
        For one real variable the derivative on each smooth piece and an interval at each kink:
        the subdifferential of convex analysis where `f` is convex, Clarke's elsewhere.  For
        vectors and matrices a set, with `contains` and `distance`; named coordinates are read as
        the entries ``x[0], x[1], ...`` of a vector.

    Raises
    ------
    NotDerivable
        The function is not real somewhere, or has infinitely many pieces, or a term with kinks
        has no rule.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.subdifferential(nc.function("lam*abs(x)")))
    subdifferential of lam*abs(x)
        {-lam}       v < 0
        [-lam, lam]  v == 0
        {lam}        v > 0
    >>> kinks = nc.subdifferential(nc.function("lam*norm(A @ x - b)"))
    >>> print(kinks)
    subdifferential of lam*norm(A @ x - b)
        lam*(transpose(A) @ s1)
        s1: norm(s1) <= 1, dot(s1, A @ x - b) == norm(A @ x - b)
    >>> kinks.contains([0, 0], [0.6, 0.8], lam=1, A=[[1, 0], [0, 1]], b=[0, 0])
    True
    """
    if isinstance(f, Derivation):
        return derive("subdifferential", f)
    made = f if isinstance(f, Function) else make(f)
    if made.variable.kind == "scalar":
        return derive("subdifferential", made)
    listed = as_vector(made)
    return subdifferential_of(listed, partial(homogeneous_face, listed))


@overload
def gradient(f: Derivation) -> Derivation: ...
@overload
def gradient(f: Function) -> Gradient: ...
def gradient(f: Function | Derivation) -> Gradient | Derivation:
    """Derive the gradient of a function, or of a Moreau envelope, ``(v - prox(v))/step``.

    Parameters
    ----------
    f : Function or Derivation
        A function of one real variable, of coordinates, of a vector or of a matrix, or the answer
        of `moreau_envelope`.

    Returns
    -------
    Gradient or Derivation
        Of a function the formula in matrix notation, with conditions under which it holds; of an
        envelope the gradient at ``v``, wherever the prox has one value.

    Raises
    ------
    NotDerivable
        There is no rule for a part of the formula, or no theorem applies.

    See Also
    --------
    hessian : The second derivative of a function.

    Examples
    --------
    >>> import normcalc as nc
    >>> nc.gradient(nc.function("norm(A @ x - b)**2/2"))
    gradient of norm(A @ x - b)**2/2: transpose(A) @ (A @ x - b)
    >>> print(nc.gradient(nc.moreau_envelope(nc.function("abs(x)")))(3.0, step=0.5))
    1.0
    """
    return derive("gradient", f) if isinstance(f, Derivation) else gradient_of(f)


def projection(f: Function) -> Derivation:
    """Derive the projection on a set: the nearest point of it.

    Parameters
    ----------
    f : Function
        The indicator of a set of real numbers, 0 on it and ``oo`` outside; `level_set` makes one.

    Returns
    -------
    Derivation
        The nearest point to ``v``, with ties where the set has gaps.

    Raises
    ------
    NotDerivable
        The function is not an indicator, or the set is empty or not closed.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.projection(nc.level_set(nc.function("lam*abs(x)"), 2)))
    projection of Piecewise((0, lam*abs(x) <= 2), (oo, True))
    odd in v; for v >= 0:
        u = v      0 <= v <= 2/lam
        u = 2/lam  v >= 2/lam
    """
    return derive("projection", f)


def bregman_prox(f: Function, kernel: Function) -> Derivation:
    """Derive ``argmin_u f(u) + D(u, v)/step`` with the Bregman distance D of a kernel.

    Parameters
    ----------
    f : Function
        A function of one real variable.
    kernel : Function
        One smooth strictly convex piece, such as ``x*log(x) - x`` on the half-line, ``-log(x)``,
        or ``x*log(x) + (1 - x)*log(1 - x)`` on the unit interval.

    Returns
    -------
    Derivation
        The minimiser for ``v`` inside the kernel's domain.

    Raises
    ------
    NotDerivable
        There is no minimiser, or the kernel's slope has no inverse in closed form.

    Examples
    --------
    >>> import normcalc as nc
    >>> entropy = nc.function("x*log(x) - x", domain=(0, None))
    >>> print(nc.bregman_prox(nc.function("abs(x - c)"), entropy))
    bregman_prox of abs(x - c) with x*log(x) - x: argmin_u f(u) + D(u, v)/step
        u = v*exp(step)   0 <= v <= c*exp(-step)
        u = c             c*exp(-step) <= v <= c*exp(step)
        u = v*exp(-step)  v >= c*exp(step)
    """
    return bregman(f, kernel)
