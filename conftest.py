"""Examples in docstrings run wherever the packages that they import are installed."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from _pytest.doctest import DoctestItem

if TYPE_CHECKING:
    import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out examples that import what is not installed."""
    gone = [item for item in items if isinstance(item, DoctestItem) and _lacks(item)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]


def _lacks(item: DoctestItem) -> bool:
    text = "\n".join(example.source for example in item.dtest.examples)
    names = re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE)
    return any(find_spec(name) is None for name in names)
