"""A budget that runs out where Python swallows exceptions: nothing is reported, and it ends."""

from __future__ import annotations

import gc
import sys
import time

import pytest

from normcalc.line.deadline import TimeUp, deadline


def spin(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_what_a_callback_of_the_collector_swallows_comes_again(monkeypatch) -> None:
    told, caught = [], []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    def slow(phase: str, info: dict[str, int]) -> None:
        try:
            spin(0.2 if phase == "stop" and not caught else 0.0)
        except TimeUp:
            caught.append(phase)
            raise

    gc.callbacks.append(slow)
    try:
        with pytest.raises(TimeUp), deadline(0.05):
            gc.collect()
            spin(30.0)
    finally:
        gc.callbacks.remove(slow)
    assert caught == ["stop"]
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
