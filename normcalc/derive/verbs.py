"""The verbs: one name per question, in the words of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.derive.search import derivation
from normcalc.errors import InputError
from normcalc.language import function as make
from normcalc.language.function import Function

if TYPE_CHECKING:
    from normcalc.derive.derivation import Derivation

GOALS = ("prox", "conjugate", "moreau_envelope", "subdifferential", "dual_norm")


def derive(goal: str, f: Function) -> Derivation:
    """Return the derivation of the goal with this name.

    Parameters
    ----------
    goal : {"prox", "conjugate", "moreau_envelope", "subdifferential", "dual_norm"}
        What to derive.
    f : Function
        Made by `normcalc.function`; a text is accepted as well.

    Raises
    ------
    InputError
        There is no such goal.
    NotDerivable
        The object does not exist or no theorem applies; the message says which.
    """
    if goal not in GOALS:
        raise InputError(f"unknown goal {goal!r}; choose from {', '.join(GOALS)}")
    return derivation(goal, f if isinstance(f, Function) else make(f))


def prox(f: Function) -> Derivation:
    """Derive the proximal operator ``argmin_u f(u) + |u - v|^2/(2 step)``.

    Parameters
    ----------
    f : Function
        A function of one real variable, or a separable sum over the entries of a vector.

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


def conjugate(f: Function) -> Derivation:
    """Derive the convex conjugate ``sup_u v*u - f(u)``.

    Parameters
    ----------
    f : Function
        As for `prox`; it need not be convex.

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


def subdifferential(f: Function) -> Derivation:
    """Derive the subdifferential, an interval of slopes at every point of the domain.

    Parameters
    ----------
    f : Function
        A function of one real variable.

    Returns
    -------
    Derivation
        The derivative on each smooth piece and an interval at each kink: the subdifferential of
        convex analysis where `f` is convex, Clarke's elsewhere.

    Raises
    ------
    NotDerivable
        The function is not real somewhere, or has infinitely many pieces.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.subdifferential(nc.function("lam*abs(x)")))
    subdifferential of lam*abs(x)
        {-lam}       v < 0
        [-lam, lam]  v == 0
        {lam}        v > 0
    """
    return derive("subdifferential", f)


def dual_norm(f: Function) -> Derivation:
    """Derive the dual norm ``max of <v, x> over f(x) <= 1``.

    Parameters
    ----------
    f : Function
        A norm: a maximum of linear forms in the coordinates ``x1, x2, ...``, or a p-norm.

    Returns
    -------
    Derivation
        Its `value` is a Function in the same language.

    Raises
    ------
    NotDerivable
        `f` is not a norm, or no theorem applies.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.dual_norm(nc.function("max(abs(x1), abs(x2))")).value)
    abs(x1) + abs(x2)
    """
    return derive("dual_norm", f)
