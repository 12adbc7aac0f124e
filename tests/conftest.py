"""What all tests share: where kernels begin, and which examples run."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec

import pytest

# Kernels are machine code from the first number; `codegen/test_early.py` has the others.
os.environ.setdefault("NORMCALC_JIT", "1")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out examples that import what is not installed."""
    gone = [item for item in items if isinstance(item, pytest.DoctestItem) and _lacks(item)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]


def _lacks(item: pytest.DoctestItem) -> bool:
    text = "\n".join(example.source for example in item.dtest.examples)
    names = re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE)
    return any(find_spec(name) is None for name in names)
