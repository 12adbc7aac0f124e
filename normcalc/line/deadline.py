"""Time budgets for symbolic work, in any thread and on any platform.

SymPy offers no way to interrupt a call.  One watcher thread raises `TimeUp` inside the working
thread; `TimeUp` is a `BaseException`, so that no ``except Exception`` on the way swallows it.
Destructors and callbacks of the garbage collector do swallow exceptions, so the watcher repeats
itself until the block is left, and Python is kept from reporting those that were swallowed; code
that owns foreign objects runs under a `shield`.

An exception may arrive between any two instructions.  So the working thread takes no locks and
starts no threads here: CPython would deliver its exception to a thread that it has just started.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType, TracebackType

T = TypeVar("T")

AGAIN = 0.3
_IDLE = 60.0
_shields: dict[int, int] = {}


class TimeUp(BaseException):
    """The time budget of a symbolic computation ran out."""


class _Silent:
    """What Python tells of swallowed exceptions, but for those that come again."""

    def __init__(self, told: Callable[[Any], object]) -> None:
        self.told = told

    def __call__(self, unraisable: Any) -> None:
        """Tell the hook before this one, unless it was a `TimeUp`."""
        if unraisable.exc_type is not TimeUp:
            self.told(unraisable)


def _swallow_silently() -> None:
    if not isinstance(sys.unraisablehook, _Silent):
        sys.unraisablehook = _Silent(sys.unraisablehook)


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
        self._ident = threading.get_ident()
        self._released = self._firing = False
        self._frame: FrameType | None = None

    def __enter__(self) -> deadline:
        """Arm; the frame of the block tells whether it still runs, however it is left."""
        _swallow_silently()
        self._frame = sys._getframe(1)
        self.due = time.monotonic() + self.seconds
        _watcher.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Disarm; an exception that was raised but not yet delivered is taken back."""
        try:
            self._release()
        except TimeUp:
            # It fired on the way in here; the next time is a while away.
            self._release()
            raise

    def _release(self) -> None:
        self._released = True
        while self._firing:
            time.sleep(0)
        self._frame = None
        _watcher.armed.pop(id(self), None)
        if self.fired:
            self._settle()

    def _settle(self) -> None:
        """Take an exception back by having it delivered here.

        Were it only withdrawn, CPython 3.11 would look for it at every call from then on: slowly,
        and without an end where a profiler is on.
        """
        with suppress(TimeUp):
            _raise_in(self._ident, ctypes.py_object(TimeUp))
            while True:
                time.sleep(0)

    def fire(self) -> bool:
        """Raise `TimeUp` in the working thread; return whether there is still a block to end."""
        self.due = time.monotonic() + AGAIN
        self._firing = True
        running = not self._released and self._running()
        if running and not _shields.get(self._ident):
            self.fired = True
            _raise_in(self._ident, ctypes.py_object(TimeUp))
        self._firing = False
        return running

    def _running(self) -> bool:
        frame = sys._current_frames().get(self._ident)
        while frame is not None and frame is not self._frame:
            frame = frame.f_back
        return frame is not None


class _Watcher:
    """The thread that looks after all budgets, started with the first of them."""

    def __init__(self) -> None:
        self.armed: dict[int, deadline] = {}
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._next = 0.0
        self._starting = threading.Lock()
        self._started = False

    def add(self, budget: deadline) -> None:
        """Look after a budget, sooner than planned if need be."""
        if not self._started:
            self._start()
        self.armed[id(budget)] = budget
        if budget.due < self._next:
            self._wake.put(None)

    def _start(self) -> None:
        with self._starting:
            if not self._started:
                threading.Thread(target=self._watch, name="normcalc budgets", daemon=True).start()
                self._started = True

    def _watch(self) -> None:
        while True:
            now = time.monotonic()
            # From here on every new budget wakes the thread, until it knows when to wake itself.
            self._next = now + 10 * _IDLE
            self._next = min([b.due for b in self.armed.copy().values()], default=now + _IDLE)
            with suppress(Empty):
                self._wake.get(timeout=max(self._next - now, 0.001))
            self._fire()

    def _fire(self) -> None:
        now = time.monotonic()
        for key, budget in self.armed.copy().items():
            if budget.due <= now and not budget.fire():
                self.armed.pop(key, None)


def _raise_in(ident: int, what: object) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), what)


def _renew() -> None:
    global _watcher
    _watcher = _Watcher()


_watcher = _Watcher()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


@contextmanager
def shield() -> Iterator[None]:
    """Let the block finish before a budget of this thread may fire; it must be short."""
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
