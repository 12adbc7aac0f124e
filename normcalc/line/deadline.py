"""Time budgets for symbolic work, in any thread and on any platform.

SymPy offers no way to interrupt a call.  A watchdog thread raises `TimeUp` inside the working
thread; `TimeUp` is a `BaseException`, so that no ``except Exception`` on the way swallows it.
Destructors do swallow exceptions, so the watchdog repeats itself a few times; it stops when the
block is left, and when the budget itself is gone, however the block was left.  Code that owns
foreign objects runs under a `shield`.
"""

from __future__ import annotations

import ctypes
import threading
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

T = TypeVar("T")

AGAIN = 1.0
MOST = 5
_POLL = 0.02
_shields: dict[int, int] = {}


class TimeUp(BaseException):
    """The time budget of a symbolic computation ran out."""


class deadline:  # noqa: N801 - a context manager, spelled like the function it stands for
    """Run a block for at most about `seconds`, then raise `TimeUp` inside it.

    Examples
    --------
    >>> with deadline(5.0) as budget:
    ...     total = sum(range(10))
    >>> total, budget.fired
    (45, False)
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.fired = False
        self.ident = threading.get_ident()
        self.lock = threading.Lock()
        self.released = threading.Event()

    def __enter__(self) -> deadline:
        """Start the watchdog; it knows this object weakly, so that it cannot outlive it."""
        arguments = (weakref.ref(self), self.released, self.seconds)
        threading.Thread(target=_watch, args=arguments, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disarm; an exception that was raised but not yet delivered is taken back."""
        try:
            self._disarm()
        except TimeUp:
            # It fired on the way in here; the next one is a second away.
            self._disarm()
            raise

    def _disarm(self) -> None:
        self.released.set()
        with self.lock:
            if self.fired:
                _raise_in(self.ident, None)

    def fire(self) -> bool:
        """Raise `TimeUp` in the working thread unless it is shielded; return whether it was."""
        with self.lock:
            if self.released.is_set() or _shields.get(self.ident):
                return False
            self.fired = True
            _raise_in(self.ident, ctypes.py_object(TimeUp))
            return True


def _watch(owner: weakref.ref[deadline], released: threading.Event, seconds: float) -> None:
    fires, wait = 0, seconds
    while fires < MOST and not released.wait(wait):
        budget = owner()
        if budget is None:
            return
        fired = budget.fire()
        fires, wait = fires + fired, AGAIN if fired else _POLL
        del budget


def _raise_in(ident: int, what: object) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), what)


@contextmanager
def shield() -> Iterator[None]:
    """Let the block finish before a watchdog of this thread may fire; it must be short."""
    ident = threading.get_ident()
    _shields[ident] = _shields.get(ident, 0) + 1
    try:
        yield
    finally:
        _shields[ident] -= 1


def limited(seconds: float, work: Callable[[], T]) -> T | None:
    """Return ``work()``, or ``None`` if it takes longer than about `seconds`.

    Examples
    --------
    >>> limited(5.0, lambda: 6 * 7)
    42
    """
    budget = deadline(seconds)
    try:
        with budget:
            return work()
    except TimeUp:
        # A budget around this one may have run out as well: that one must keep unwinding.
        if not budget.fired:
            raise
        return None
