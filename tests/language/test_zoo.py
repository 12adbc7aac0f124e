"""Every definition in the zoo is a Function that evaluates, prints and reads back."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from normcalc import zoo
from normcalc.language import Function, function, latex

VALUES = {"p": 1.5, "a": 3.5, "tau": 0.3, "lo": -1.0, "hi": 2.0, "c": 0.4, "b": 0.3}
SPECIAL = {"l_p": {"p": 0.5}}


@pytest.mark.parametrize("name", zoo.__all__)
def test_definition(name: str) -> None:
    f = getattr(zoo, name)()
    assert isinstance(f, Function)
    assert getattr(zoo, name)() is f
    assert function(str(f), domain=f.domain, where=list(f.relations),
                    **{p.name: p.kind for p in f.parameters}) == f  # fmt: skip
    values = {p.name: SPECIAL.get(name, VALUES).get(p.name, 0.8) for p in f.parameters}
    values |= {p.name: [2.0, 1.0] for p in f.parameters if p.kind.shape == "vector"}
    value = f(np.array([0.5, 0.25]), **values)
    assert value >= 0 or name in ("entropy", "poisson")
    assert latex(f.body)


def test_the_zoo_holds_definitions_only() -> None:
    """Each function in the zoo is one call of `function` with literal arguments."""
    for path in Path(zoo.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                statement = node.body[1]
                assert isinstance(statement, ast.Return)
                assert isinstance(statement.value, ast.Call)
                assert len(node.body) == 2


def test_known_values() -> None:
    assert zoo.l0()([0, 1, -2], lam=2) == 4
    assert zoo.huber()(3, delta=1) == 2.5
    assert zoo.mcp()(100, lam=2, gamma=3) == 6
    assert zoo.owl()([1, -3], w=[2, 1]) == 7
    assert zoo.box()([0, 3], lo=-1, hi=2) == np.inf
