"""A budget that runs out where Python swallows exceptions: nothing is reported, and it ends."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress

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


PROFILED = """
import cProfile
from normcalc.line.deadline import TimeUp, deadline
try:
    with deadline(0.05):
        while True:
            pass
except TimeUp:
    pass
profile = cProfile.Profile()
profile.enable()
print(max([1, 2], key=lambda k: -k))
"""


def test_a_profiler_goes_on_after_a_budget_ran_out() -> None:
    found = subprocess.run(
        [sys.executable, "-c", PROFILED], capture_output=True, text=True, timeout=120, check=True
    )
    assert found.stdout.strip() == "1"


def test_nothing_is_raised_after_the_block() -> None:
    for _ in range(20):
        with suppress(TimeUp), deadline(0.01) as budget:
            time.sleep(0.011)
        for _ in range(2000):
            str(budget)
