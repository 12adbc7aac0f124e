"""Threads for calls that cannot be interrupted: the caller waits no longer than it wants to.

A solver's query may go on long after its own time limit.  It runs in a thread of its own, on
objects that no other thread sees; a caller that gives up leaves it behind, and it ends by itself.
"""

from __future__ import annotations

import os
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from normcalc.line.deadline import shield

if TYPE_CHECKING:
    from collections.abc import Callable

    _Reply = SimpleQueue[bool | Exception]

MOST = 6


class Helpers:
    """A few threads; each takes one call at a time."""

    def __init__(self) -> None:
        self._idle: SimpleQueue[_Helper] = SimpleQueue()
        self._count = 0

    def ask(self, work: Callable[[], bool], seconds: float) -> bool | None:
        """Return ``work()``, or None where it takes longer than `seconds` or no thread is free.

        Examples
        --------
        >>> Helpers().ask(lambda: 2 + 2 == 4, 5.0)
        True
        """
        helper = self._free(seconds)
        if helper is None:
            return None
        reply: _Reply = SimpleQueue()
        helper.jobs.put((work, reply))
        try:
            answer = reply.get(timeout=seconds)
        except Empty:
            return None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _free(self, seconds: float) -> _Helper | None:
        try:
            return self._idle.get_nowait()
        except Empty:
            pass
        if self._count >= MOST:
            try:
                return self._idle.get(timeout=seconds)
            except Empty:
                return None
        with shield():
            self._count += 1
            return _Helper(self._idle)


class _Helper:
    """One thread, which lies among the idle ones whenever it has nothing to do."""

    def __init__(self, idle: SimpleQueue[_Helper]) -> None:
        self.jobs: SimpleQueue[tuple[Callable[[], bool], _Reply]] = SimpleQueue()
        self._idle = idle
        threading.Thread(target=self._serve, name="normcalc helper", daemon=True).start()

    def _serve(self) -> None:
        while True:
            work, reply = self.jobs.get()
            answer: bool | Exception
            try:
                answer = work()
            except Exception as error:  # noqa: BLE001 - it is raised where the call was made
                answer = error
            reply.put(answer)
            del work, reply, answer
            self._idle.put(self)


def helpers() -> Helpers:
    """Return the threads of this process."""
    return _helpers


def _renew() -> None:
    global _helpers
    _helpers = Helpers()


_helpers = Helpers()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
