"""How a problem is to be solved, and what is checked of it before any work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


WHOLE = int | np.integer
REAL = WHOLE | float | np.floating


@dataclass(frozen=True)
class Options:
    """What `minimize` takes besides objective, parameters and the number of starts."""

    method: Any = "auto"
    tol: float = 1e-8
    max_iter: int | None = None
    time_limit: float | None = None
    x0: object = None
    callback: Callable[[Any], object] | None = None
    verbose: bool = False
    rng: np.random.Generator | int | None = None


def check_options(
    options: Options, methods: Sequence[str], starts: Any = 1
) -> np.random.Generator | int:
    """Return what random numbers come from, or say which option is wrong.

    Examples
    --------
    >>> check_options(Options(tol=2.0), ["auto"])
    Traceback (most recent call last):
    ...
    normcalc.errors.InputError: tol must lie between 0 and 1, got 2.0
    """
    if not (isinstance(options.method, str) and options.method in methods) and not callable(
        options.method
    ):
        raise InputError(
            f"method must be one of {', '.join(methods)}, or a class of your own with an array x "
            f"and a function step(), not {options.method!r}"
        )
    tol: Any = options.tol
    most: Any = options.max_iter
    seconds: Any = options.time_limit
    if not isinstance(tol, REAL) or not 0.0 < tol < 1.0:
        raise InputError(f"tol must lie between 0 and 1, got {tol!r}")
    if most is not None and not (isinstance(most, WHOLE) and most >= 0):
        raise InputError(f"max_iter must be an integer that is not negative, got {most!r}")
    if seconds is not None and not (isinstance(seconds, REAL) and seconds > 0.0):
        raise InputError(f"time_limit must be positive, got {seconds!r}")
    if not isinstance(starts, WHOLE) or starts < 1:
        raise InputError(f"starts must be positive, and an integer, got {starts!r}")
    if options.callback is not None and not callable(options.callback):
        raise InputError(f"callback must be a function, not {options.callback!r}")
    return 0 if options.rng is None else generator_of(options.rng)


def generator_of(rng: Any) -> np.random.Generator:
    """Return the generator of random numbers, the same each time if none is given."""
    try:
        return np.random.default_rng(0 if rng is None else rng)
    except (TypeError, ValueError):
        raise InputError(f"rng must be a Generator or an integer seed, got {rng!r}") from None
