"""Time budgets for symbolic work, in any thread and on any platform.

SymPy offers no way to interrupt a call.  A watchdog thread raises `TimeUp` inside the working
thread; `TimeUp` is a `BaseException`, so that no ``except Exception`` on the way swallows it.
Destructors do swallow exceptions, so the watchdog repeats itself until it is released, and code
that owns foreign objects runs under a `shield`.
"""

from __future__ import annotations

import ctypes
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

AGAIN = 0.1
_shields: dict[int, int] = {}


class TimeUp(BaseException):
    """The time budget of a symbolic computation ran out."""


class Watchdog:
    """Raises `TimeUp` in the thread that made it, again and again until released."""

    def __init__(self, seconds: float) -> None:
        self.fired = False
        self._seconds = seconds
        self._ident = threading.get_ident()
        self._lock = threading.Lock()
        self._released = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        wait = self._seconds
        while not self._released.wait(wait):
            wait = AGAIN
            with self._lock:
                if not self._released.is_set() and not _shields.get(self._ident):
                    self.fired = True
                    self._raise(ctypes.py_object(TimeUp))

    def _raise(self, what: object) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._ident), what)

    def release(self) -> None:
        """Disarm; an exception that was raised but not yet delivered is taken back."""
        try:
            self._disarm()
        except TimeUp:
            # It fired on the way in here; the next one is a tenth of a second away.
            self._disarm()
            raise

    def _disarm(self) -> None:
        self._released.set()
        with self._lock:
            if self.fired:
                self._raise(None)


@contextmanager
def shield() -> Iterator[None]:
    """Let the block finish before a watchdog of this thread may fire; it must be short."""
    ident = threading.get_ident()
    _shields[ident] = _shields.get(ident, 0) + 1
    try:
        yield
    finally:
        _shields[ident] -= 1


@contextmanager
def deadline(seconds: float) -> Iterator[Watchdog]:
    """Run the block for at most about `seconds`, then raise `TimeUp` inside it.

    Examples
    --------
    >>> with deadline(5.0) as watchdog:
    ...     total = sum(range(10))
    >>> total, watchdog.fired
    (45, False)
    """
    watchdog = Watchdog(seconds)
    try:
        yield watchdog
    finally:
        watchdog.release()


def limited(seconds: float, work: Callable[[], T]) -> T | None:
    """Return ``work()``, or ``None`` if it takes longer than about `seconds`.

    Examples
    --------
    >>> limited(5.0, lambda: 6 * 7)
    42
    """
    watchdog = Watchdog(seconds)
    try:
        try:
            return work()
        finally:
            watchdog.release()
    except TimeUp:
        # A budget around this one may have run out as well: that one must keep unwinding.
        if not watchdog.fired:
            raise
        return None
