"""A budget that runs out where Python swallows exceptions: nothing is reported, and it ends."""

from __future__ import annotations

import sys
import time

import pytest

from normcalc.line.deadline import TimeUp, deadline


def spin(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


class Slow:
    """Something whose end takes longer than the budget."""

    def __init__(self, seen: list[str]) -> None:
        self.seen = seen

    def __del__(self) -> None:
        try:
            spin(30.0)
        except TimeUp:
            self.seen.append("swallowed")
            raise


def outlive(seen: list[str]) -> None:
    Slow(seen)
    spin(30.0)


def test_what_a_destructor_swallows_comes_again_and_is_not_told(monkeypatch) -> None:
    told, seen = [], []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    with pytest.raises(TimeUp), deadline(0.5):
        outlive(seen)
    assert seen == ["swallowed"]
    assert told == []


def test_other_swallowed_exceptions_are_told(monkeypatch) -> None:
    class Wrong:
        def __del__(self) -> None:
            raise KeyError("lost")

    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: told.append(found.exc_type))
    with deadline(10.0):
        Wrong()
    assert told == [KeyError]
