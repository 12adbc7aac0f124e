"""A compiled kernel against the table it was made from: same samples, both precisions."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.certify.certificate import Outcome
from normcalc.certify.interpret import bind, points
from normcalc.certify.sampling import arguments, regime_points
from normcalc.certify.witness import refute

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from normcalc.certify.claim import Claim
    from normcalc.certify.interpret import Bound
    from normcalc.certify.objective import Numbers
    from normcalc.certify.space import Range

    Floats = NDArray[np.float64]

Kernel = Callable[..., Any]


def compare_kernel(
    claim: Claim,
    subject: str,
    kernel: Kernel,
    space: Sequence[Range],
    rng: np.random.Generator,
    deadline: float,
) -> tuple[Outcome, ...]:
    """Compare ``kernel(v, *parameters)`` with the table in double and in single precision."""
    samples = [
        (numbers, k)
        for numbers, regimes in regime_points(claim.function, claim.table, space, rng, 8, deadline)
        for k in regimes
        if claim.table.regimes[k].refusal is None
        and all(isinstance(value, float) for value in numbers.values())
    ]
    return tuple(
        _compare(claim, subject, kernel, samples, rng, deadline, dtype)
        for dtype in (np.float64, np.float32)
    )


def _compare(
    claim: Claim,
    subject: str,
    kernel: Kernel,
    samples: Sequence[tuple[dict[str, float], int]],
    rng: np.random.Generator,
    deadline: float,
    dtype: type[np.floating[Any]],
) -> Outcome:
    start, count, worst = time.thread_time(), 0, 0.0
    for numbers, k in samples:
        if count and time.thread_time() > deadline:
            break
        rounded = {name: float(dtype(value)) for name, value in numbers.items()}
        bound = bind(claim.table, k, rounded)
        v = arguments(bound, claim.function, claim.goal, rounded, rng).astype(dtype)
        error = _error(subject, bound, kernel, v, rounded)
        count, worst = count + v.size, max(worst, error)
    name = f"the kernel equals the table in {np.dtype(dtype).name}"
    seconds = time.thread_time() - start
    return Outcome(name, "verified", "comparison", count, worst, seconds=seconds)


def _error(subject: str, bound: Bound, kernel: Kernel, v: Any, numbers: Numbers) -> float:
    """Return the largest relative difference, or raise Refuted where it is too large."""
    values = [v.dtype.type(numbers[p.name]) for p in bound.table.parameters]
    given = v.copy()
    answer = np.asarray(kernel(given, *values))
    if answer.dtype != v.dtype or answer.shape != v.shape:
        reason = f"the kernel returns {answer.dtype} {answer.shape} for {v.dtype} {v.shape}"
        refute(subject, reason, numbers)
    if not np.array_equal(given, v):
        refute(subject, "the kernel changed its input", numbers)
    unit = float(np.finfo(v.dtype).eps)
    error, right = _distance(bound, answer.astype(float), v.astype(float), unit)
    k = int(np.argmax(np.nan_to_num(error, nan=np.inf)))
    if not error[k] <= 1e3 * unit:
        reason = f"the kernel gives {float(answer[k]):.12g}, the table {float(right[k]):.12g}"
        refute(subject, reason, {"v": v[k], **numbers}, claimed=answer[k], right=right[k])
    return float(error[k])


def _distance(bound: Bound, u: Floats, v: Floats, unit: float) -> tuple[Floats, Floats]:
    """Return how far answers are from the table at arguments a few rounding steps around.

    A point may jump at a border, and rounding may put the argument on either side of it.
    """
    right = points(bound, v)
    around = [points(bound, v + shift * unit * np.abs(v)) for shift in (-16, 16)]
    size = np.abs(right) + np.abs(v) + np.finfo(float).tiny
    low, high = np.minimum(*around), np.maximum(*around)
    smooth = high - low <= 1e4 * unit * size
    between = smooth & (u >= low) & (u <= high)
    error = np.min([np.abs(u - w) / size for w in (right, *around)], axis=0)
    return np.where(between, 0.0, error), right
