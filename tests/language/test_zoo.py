"""Every definition in the zoo evaluates, prints, reads back, and is what the literature writes."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from normcalc import zoo
from normcalc.language import Function, function, latex
from tests.language.catalogue import CASES
from tests.language.zoo_rows import ROWS, Row

LITERATURE = {case.name: case for case in CASES}
POINTS = np.concatenate([np.linspace(-4, 4, 65), [0.4, -0.5, 1e-3, 30.0]])
ENOUGH = 60


def agrees(name: str, row: Row) -> None:
    """Compare the definition with the literature's formula, or with its known value."""
    f = getattr(zoo, name)()
    if not row.case:
        assert f(row.at, **row.values) == pytest.approx(row.result)
        return
    case = LITERATURE[row.case]
    spelling = {p.name: row.rename.get(p.name, p.name) for p in f.parameters}
    values = {n: case.values[s] if isinstance(s, str) else s for n, s in spelling.items()}
    ours = f.elementwise(POINTS, **values)
    theirs = case.function().elementwise(POINTS, **case.values)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_every_definition_has_a_row() -> None:
    assert sorted(ROWS) == sorted(zoo.__all__)


def test_the_zoo_covers_the_literature() -> None:
    covered = {row.case for row in ROWS.values() if row.case}
    assert covered <= set(LITERATURE)
    assert len(covered) >= ENOUGH


@pytest.mark.parametrize("name", zoo.__all__)
def test_definition(name: str) -> None:
    f = getattr(zoo, name)()
    assert isinstance(f, Function)
    assert getattr(zoo, name)() is f
    assert function(str(f), domain=f.domain, where=list(f.relations),
                    **{p.name: p.kind for p in f.parameters}) == f  # fmt: skip
    assert latex(f.body)
    agrees(name, ROWS[name])


def test_a_wrong_definition_would_be_seen() -> None:
    with pytest.raises(AssertionError):
        agrees("ridge", Row("square", {"mu": 1.0}))
    with pytest.raises(AssertionError):
        agrees("burg", Row("inv", {"lam": 1.0}))


def test_the_zoo_holds_definitions_only() -> None:
    """Each function in the zoo is one call of `function` with literal arguments."""
    for path in Path(zoo.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                statement = node.body[1]
                assert isinstance(statement, ast.Return)
                assert isinstance(statement.value, ast.Call)
                assert len(node.body) == 2


def test_each_module_lists_its_definitions() -> None:
    for path in Path(zoo.__file__).parent.glob("[a-z]*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert set(defined) <= set(zoo.__all__)
        assert all(ast.get_docstring(n) for n in tree.body if isinstance(n, ast.FunctionDef))


def test_known_values() -> None:
    assert zoo.l0()([0, 1, -2], lam=2) == 4
    assert zoo.huber()(3, delta=1) == 2.5
    assert zoo.mcp()(100, lam=2, gamma=3) == 6
    assert zoo.owl()([1, -3], w=[2, 1]) == 7
    assert zoo.box()([0, 3], lo=-1, hi=2) == np.inf
