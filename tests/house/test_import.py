"""Importing the package is cheap, and every public name and both callable rooms are there."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import normcalc as nc

HEAVY = ("sympy", "numpy", "scipy", "numba", "matplotlib", "z3", "sklearn")
BUDGET = 0.3
ROOMS_THAT_ARE_VERBS = ("facts", "certify")


def fresh(code: str) -> str:
    """Run code in a new interpreter and return what it printed."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        check=True, capture_output=True, text=True, timeout=120,
    ).stdout  # fmt: skip


def test_import_is_fast() -> None:
    code = (
        "import time; start = time.process_time(); import normcalc;"
        "print(time.process_time() - start)"
    )
    assert min(float(fresh(code)) for _ in range(3)) < BUDGET


def test_import_loads_nothing_heavy() -> None:
    loaded = fresh("import sys, normcalc; print(*sys.modules)").split()
    assert "normcalc" in loaded
    assert not set(HEAVY) & set(loaded)
    assert not [name for name in loaded if name.startswith("normcalc.")]


def test_the_check_sees_heavy_modules() -> None:
    assert "numpy" in fresh("import sys, numpy; print(*sys.modules)").split()


@pytest.mark.parametrize("name", sorted(nc._HOME))
def test_public_name_is_there(name: str) -> None:
    value = getattr(nc, name)
    assert value is not None
    assert name in dir(nc)
    assert inspect.ismodule(value) == (name == nc._HOME[name])


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(inspect.getsource(nc))
    block = next(
        node for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )  # fmt: skip
    seen = {
        alias.asname: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    rooms = {"adapters", "errors", "plot", "zoo"}
    table = {n: "normcalc" if n in rooms else f"normcalc.{room}" for n, room in nc._HOME.items()}
    assert seen == table


def test_version() -> None:
    from importlib.metadata import version

    assert nc.__version__ == version("normcalc")


def test_misspelt_name() -> None:
    with pytest.raises(AttributeError, match="'proxy'"):
        nc.proxy  # noqa: B018  (the attribute access is what is tested)


@pytest.mark.parametrize("room", ROOMS_THAT_ARE_VERBS)
def test_room_is_module_and_verb_in_any_import_order(room: str) -> None:
    inner = submodule(room)
    orders = [
        f"import normcalc as nc; nc.{room}; import {inner} as inner",
        f"import {inner} as inner; import normcalc as nc",
        f"import {inner} as inner; from normcalc import {room}; import normcalc as nc",
        f"from normcalc.{room} import {room}; import normcalc as nc; import {inner} as inner",
    ]
    for order in orders:
        check = f"; print(callable(nc.{room}), type(inner).__mro__[-2].__name__)"
        assert fresh(order + check).split() == ["True", "module"], order


def submodule(room: str) -> str:
    """Return the dotted name of some module inside a room."""
    package = importlib.import_module(f"normcalc.{room}")
    folder = Path(str(package.__file__)).parent
    return next(
        f"normcalc.{room}.{path.stem}"
        for path in sorted(folder.glob("*.py"))
        if not path.stem.startswith("_") and path.stem != room
    )
