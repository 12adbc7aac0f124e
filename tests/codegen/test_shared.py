"""What kernels have in common: taken from one module, and only where the text is the same."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import normcalc as nc
from normcalc.codegen import cache, shared

if TYPE_CHECKING:
    from pathlib import Path

FORMULAS = {"log(1 + exp(x))": {}, "lam*norm(x, oo)": {"lam": 1.0}, "lam*log(1 + abs(x)/eps)":
            {"lam": 1.0, "eps": 0.5}}  # fmt: skip


def defined(text: str) -> set[str]:
    return {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "kernels"
    monkeypatch.setenv("NORMCALC_CACHE_DIR", str(home))
    return home


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_kernel_computes_what_its_standalone_text_does(formula: str) -> None:
    kernel = nc.compile(nc.prox(formula))
    module: dict[str, Any] = {}
    plain = nc.codegen.source_of(nc.prox(formula), target="plain")
    exec(compile(plain, "plain", "exec"), module)  # noqa: S102  # generated text
    v = np.linspace(-3, 3, 7)
    wanted = module["prox"](v, 0.7, **FORMULAS[formula])
    assert np.allclose(kernel(v, 0.7, **FORMULAS[formula]), wanted, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("formula", FORMULAS)
def test_only_the_kernel_s_own_functions_are_left(formula: str) -> None:
    source = nc.compile(nc.prox(formula)).source
    left = shared.linked(source, "common")
    gone = defined(source) - defined(left)
    assert "separate" in gone
    assert f"from common import {', '.join(f for f in shared_order(source) if f in gone)}" in left
    assert all(shared.text_of(name) for name in gone)
    assert gone <= defined(shared.library())


def shared_order(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def test_a_function_of_another_text_is_kept() -> None:
    text = shared.text_of("halfway")
    assert "def halfway" not in shared.linked(text, "common")
    changed = text.replace("i >> 1", "i >> 2")
    assert changed != text
    assert shared.linked(changed, "common") == changed


def test_the_shared_module_is_written_once_and_cleared(fresh_cache: Path) -> None:
    nc.compile(nc.prox("3*abs(x) + x**2/7"))
    (common,) = fresh_cache.glob("shared_nc_*.py")
    stamp = common.stat().st_mtime_ns
    nc.compile(nc.prox("3*abs(x) + x**2/9"))
    assert common.stat().st_mtime_ns == stamp
    assert cache.clear() == 2
    assert not list(fresh_cache.glob("*.py"))


def test_the_shared_module_stands_alone() -> None:
    module: dict[str, Any] = {"__name__": "common", "__file__": __file__}
    exec(compile(shared.library(), __file__, "exec"), module)  # noqa: S102  # generated text
    assert {"halfway", "project_on_simplex"} <= module.keys()
