"""What a kernel is known to do: speed, precision, ties, certificate."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import mpmath
import numpy as np
import sympy as sp

from normcalc.codegen.exact import exact_value
from normcalc.errors import NormcalcError, NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.certify import Certificate
    from normcalc.codegen.kernel import Kernel
    from normcalc.line.table import CaseTable


@dataclass(frozen=True)
class Datasheet:
    """Figures of one kernel, and how they were found.

    Parameters
    ----------
    name : str
        What was measured.
    nanoseconds : float
        Per number, processor time, the least of several runs over an array in the cache.
    size : int
        The length of that array.
    worst_error : float
        The largest relative error, over all draws.
    worst_at : str
        Where that was.
    draws : int
        How many arguments were compared.
    seed : int
        Of the draws.
    ties : str
        What the kernel returns where several answers are best.
    certificate : str
        The outcome of the certificate, if one was given.
    reference : str
        What the error is relative to.
    """

    name: str
    nanoseconds: float
    size: int
    worst_error: float
    worst_at: str
    draws: int
    seed: int
    ties: str
    certificate: str
    reference: str

    def __str__(self) -> str:
        """Return one figure per line."""
        error = f"{self.worst_error:.1e} against {self.reference}"
        rows = (
            ("speed", f"{self.nanoseconds:.2f} ns a number ({self.size} numbers, one thread)"),
            (
                "worst error",
                f"{error}, of {self.draws} draws",
            ),
            ("", f"at {self.worst_at}" if self.worst_at else ""),
            ("ties", self.ties),
            ("certificate", self.certificate),
        )
        lines = [f"  {label:12s}{text}" for label, text in rows if text]
        return "\n".join([self.name, *lines])


class Origin(NamedTuple):
    """What a kernel was compiled from: how that is called, and its case table."""

    title: str
    table: CaseTable


def of_numbers(
    kernel: Kernel,
    origin: Origin | None,
    certificate: Certificate | None,
    parameters: Mapping[str, float] | None,
    draws: int,
    seed: int,
) -> Datasheet:
    """Measure a kernel of one real number: see `Kernel.datasheet`."""
    origin = known(origin)
    table, rng = origin.table, np.random.default_rng(seed)
    sets = [_drawn(kernel, table, parameters or {}, rng) for _ in range(8)]
    worst, where, count = 0.0, "", 0
    for i in range(draws):
        values = sets[i % len(sets)]
        v = float(rng.normal() * 10 ** rng.uniform(-2, 2))
        error = _error(kernel, table, v, values)
        if error is None:
            continue
        count += 1
        if error > worst:
            worst, where = error, _settings(kernel, v, values)
    numbers = 3.0 * rng.standard_normal(_SIZE)
    out = np.empty_like(numbers)
    return Datasheet(
        name=origin.title,
        nanoseconds=speed(lambda: kernel(numbers, *sets[0], out=out), _SIZE),
        size=_SIZE,
        worst_error=worst,
        worst_at=where,
        draws=count,
        seed=seed,
        ties=_ties(table),
        certificate="" if certificate is None else str(certificate.status),
        reference="50 digits",
    )


def known(origin: Any) -> Any:
    """Return what a kernel was compiled from, or raise where that was lost."""
    if origin is None:
        raise NotDerivable(
            "a kernel that was pickled does not know its formula any more, which its errors are "
            "measured against: compile it here"
        )
    return origin


_SIZE = 8192


def _drawn(
    kernel: Kernel, table: CaseTable, fixed: Mapping[str, float], rng: np.random.Generator
) -> tuple[float, ...]:
    """Return parameters for which the kernel has an answer."""
    for _ in range(200):
        signs = [1.0 if p.is_nonnegative else rng.choice([-1.0, 1.0]) for p in table.parameters]
        sizes = 10 ** rng.uniform(-1, 1, len(signs))
        drawn = [float(s * x) for s, x in zip(signs, sizes, strict=True)]
        names = kernel.parameters
        values = tuple(fixed.get(n, x) for n, x in zip(names, drawn, strict=True))
        try:
            kernel(0.5, *values)
        except NormcalcError:
            continue
        return values
    raise NotDerivable("no parameters were found for which the object exists; give some")


def _error(kernel: Kernel, table: CaseTable, v: float, values: tuple[float, ...]) -> float | None:
    """Return the relative error at one argument, None where there is nothing to compare."""
    got = kernel(v, *values)
    with mpmath.workdps(50):
        true = exact_value(table, v, values)
        if true is None or not mpmath.isfinite(true):
            return None
        if not np.isfinite(got):
            return float("inf")
        if abs(true) < 1e-300:
            return 0.0 if abs(got) < 1e-300 else 1.0
        return float(abs(mpmath.mpf(got) - true) / abs(true))


def speed(call: Callable[[], object], size: int) -> float:
    """Return nanoseconds of processor time for each of `size` numbers, the least of seven runs."""
    call()
    best = np.inf
    for _ in range(7):
        start, turns = time.process_time_ns(), 0
        while time.process_time_ns() - start < 5_000_000:
            call()
            turns += 1
        best = min(best, (time.process_time_ns() - start) / turns / size)
    return float(best)


def _settings(kernel: Kernel, v: float, values: tuple[float, ...]) -> str:
    pairs = zip((kernel.interface.argument, *kernel.parameters), (v, *values), strict=True)
    return ", ".join(f"{name} = {value:.6g}" for name, value in pairs)


def _ties(table: CaseTable) -> str:
    ties = any(case.tie_above for regime in table.regimes for case in regime.cases)
    flats = any(flat.condition is not sp.false for r in table.regimes for flat in r.flats)
    if not (ties or flats):
        return "none: one answer everywhere"
    return "where the answer jumps, the one nearer to zero" + (
        "; on flat stretches, one of its points" if flats else ""
    )
