"""The one loop: measure, decide, step.  Methods differ in what a step is, and in nothing else."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import numpy as np
from scipy.optimize import OptimizeResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.engine.certificate import Measure, Posed, PosedTerms
    from normcalc.engine.jit import Floats

PATIENT = 4  # steps before it is asked whether there is a solution at all
Status = Literal[
    "optimal", "stationary", "infeasible", "unbounded", "stalled", "max_iter", "time_limit",
    "stopped", "interrupted",
]  # fmt: skip


class Method(Protocol):
    """One run of an algorithm on one problem."""

    name: str
    stalled: bool

    @property
    def x(self) -> Floats:
        """The best iterate, at all times."""

    def step(self) -> None:
        """Improve `x`, which was just measured; set `stalled` if rounding prevents that."""

    def measure(self) -> Measure:
        """Say how good `x` is."""


class Record(NamedTuple):
    """One line of the history of a run."""

    nit: int
    fun: float
    gap: float
    kkt: float
    seconds: float


@dataclass
class Limits:
    """When to give up, and whom to tell about the progress."""

    max_iter: int
    time_limit: float = np.inf
    callback: Callable[[OptimizeResult], object] | None = None
    verbose: bool = False
    start: float = field(default_factory=time.perf_counter)

    def report(self, record: Record, method: Method) -> None:
        """Print the progress line and call the user back."""
        if self.verbose:
            nit, fun, gap, kkt, seconds = record
            line = f"{nit:5d}  fun {fun:.10g}  gap {gap:.2e}  kkt {kkt:.2e}  {seconds:.2f} s\n"
            sys.stdout.write(line)
        if self.callback is not None:
            make: Any = OptimizeResult  # its constructor has no signature
            self.callback(make(x=method.x.copy(), **record._asdict()))


def iterate(
    method: Method, posed: Posed | PosedTerms, limits: Limits
) -> tuple[Status, Measure, tuple[Record, ...]]:
    """Run a method until something is proved or a limit is met."""
    history: list[Record] = []
    status: Status | None = None
    try:
        while status is None:
            measured = method.measure()
            record = Record(len(history), *measured, time.perf_counter() - limits.start)
            history.append(record)
            status = _decide(method, posed, measured, limits, record)
            if record.nit:
                limits.report(record, method)
            if status is None:
                method.step()
    except StopIteration:
        status = status or "stopped"
    except KeyboardInterrupt:
        status = "interrupted"
        measured = method.measure()  # the step may have finished
    return status, measured, tuple(history)


def _decide(
    method: Method, posed: Posed | PosedTerms, measured: Measure, limits: Limits, record: Record
) -> Status | None:
    if proved := posed.verdict(measured):
        return proved
    last = method.stalled or record.nit >= limits.max_iter
    due = last or record.nit & (record.nit - 1) == 0  # at powers of two
    if record.nit >= PATIENT and due and (escaped := posed.escape(method)):
        return escaped
    if last:
        if not method.stalled:
            return "max_iter"
        return "stationary" if posed.rests(measured) else "stalled"
    return "time_limit" if record.seconds >= limits.time_limit else None
