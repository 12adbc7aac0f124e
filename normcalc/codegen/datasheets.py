"""What a kernel is known to do: speed, precision, ties, certificate."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mpmath
import numpy as np
import sympy as sp

from normcalc.codegen.exact import exact_value
from normcalc.codegen.verbs import compile as compiled
from normcalc.errors import NormcalcError, NotDerivable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.certify import Certificate
    from normcalc.codegen.kernel import Kernel
    from normcalc.derive import Derivation
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
        The largest error relative to 50 digits, over all draws.
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

    def __str__(self) -> str:
        """Return one figure per line."""
        rows = (
            ("speed", f"{self.nanoseconds:.2f} ns a number ({self.size} numbers, one thread)"),
            ("worst error", f"{self.worst_error:.1e} relative, of {self.draws} draws"),
            ("", f"at {self.worst_at}" if self.worst_at else ""),
            ("ties", self.ties),
            ("certificate", self.certificate),
        )
        lines = [f"  {label:12s}{text}" for label, text in rows if text]
        return "\n".join([self.name, *lines])


def datasheet(
    derivation: Derivation,
    *,
    certificate: Certificate | None = None,
    parameters: Mapping[str, float] | None = None,
    draws: int = 200,
    seed: int = 0,
) -> Datasheet:
    """Measure the kernel of a derivation: its speed, and its error against 50 digits.

    Parameters
    ----------
    derivation : Derivation
        A prox, conjugate or envelope of a function of one real variable.
    certificate : Certificate, optional
        What `normcalc.certify` said of it.
    parameters : mapping of str to float, optional
        Fixed values; the others are drawn from 0.1 to 10, or within their kind.
    draws : int
        How many pairs of arguments and parameters are compared.
    seed : int
        Of the draws.

    Returns
    -------
    Datasheet
        Figures that print well.

    Raises
    ------
    NotDerivable
        If the answer has no case table, or no draw of parameters is within all kinds.

    Examples
    --------
    >>> import normcalc as nc
    >>> sheet = nc.datasheet(nc.prox(nc.function("lam*abs(x)")), draws=50)
    >>> sheet.worst_error < 1e-12, sheet.ties
    (True, 'none: one answer everywhere')
    """
    if derivation.table is None:
        raise NotDerivable(f"{derivation.goal} of {derivation.function} has no kernel to measure")
    kernel: Kernel = compiled(derivation)
    rng = np.random.default_rng(seed)
    sets = [_drawn(kernel, derivation.table, parameters or {}, rng) for _ in range(8)]
    worst, where, count = 0.0, "", 0
    for i in range(draws):
        values = sets[i % len(sets)]
        v = float(rng.normal() * 10 ** rng.uniform(-2, 2))
        error = _error(kernel, derivation.table, v, values)
        if error is None:
            continue
        count += 1
        if error > worst:
            worst, where = error, _settings(kernel, v, values)
    return Datasheet(
        name=f"{derivation.goal} of {derivation.function}",
        nanoseconds=_speed(kernel, sets[0], rng),
        size=_SIZE,
        worst_error=worst,
        worst_at=where,
        draws=count,
        seed=seed,
        ties=_ties(derivation.table),
        certificate="" if certificate is None else str(certificate.status),
    )


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


def _speed(kernel: Kernel, values: tuple[float, ...], rng: np.random.Generator) -> float:
    v = 3.0 * rng.standard_normal(_SIZE)
    out = np.empty_like(v)
    kernel(v, *values, out=out)
    best = np.inf
    for _ in range(7):
        start, turns = time.process_time_ns(), 0
        while time.process_time_ns() - start < 5_000_000:
            kernel(v, *values, out=out)
            turns += 1
        best = min(best, (time.process_time_ns() - start) / turns / _SIZE)
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
