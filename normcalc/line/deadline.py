"""Time budgets for symbolic work, in any thread and on any platform.

SymPy offers no way to interrupt a call.  A watchdog thread raises `TimeUp` inside the working
thread; `TimeUp` is a `BaseException`, so that no ``except Exception`` on the way swallows it.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class TimeUp(BaseException):
    """The time budget of a symbolic computation ran out."""


class Watchdog:
    """Raises `TimeUp` once in the thread that made it, unless released before."""

    def __init__(self, seconds: float) -> None:
        self.fired = False
        self._released = False
        self._lock = threading.Lock()
        self._thread = ctypes.c_ulong(threading.get_ident())
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def _fire(self) -> None:
        with self._lock:
            if not self._released:
                self.fired = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, ctypes.py_object(TimeUp))

    def release(self) -> None:
        """Disarm; an exception that was raised but not yet delivered is taken back."""
        with self._lock:
            self._released = True
            self._timer.cancel()
            if self.fired:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, None)


@contextmanager
def deadline(seconds: float) -> Iterator[Watchdog]:
    """Run the block for at most `seconds`, then raise `TimeUp` inside it.

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
    """Return ``work()``, or ``None`` if it takes longer than `seconds`.

    Examples
    --------
    >>> limited(5.0, lambda: 6 * 7)
    42
    """
    watchdog = Watchdog(seconds)
    try:
        return work()
    except TimeUp:
        # A budget around this one may have run out as well: that one must keep unwinding.
        if not watchdog.fired:
            raise
        return None
    finally:
        watchdog.release()
