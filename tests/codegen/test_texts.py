"""Texts that were written before are read from the disk, and only those."""

from __future__ import annotations

from typing import TYPE_CHECKING

import codegen_tables as tables
import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.codegen import compile as compile_kernel
from normcalc.codegen import texts, verbs
from normcalc.codegen.program import program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NORMCALC_CACHE_DIR", str(tmp_path / "kernels"))
    return tmp_path / "kernels"


def never() -> str:
    raise AssertionError("written again")


@pytest.mark.usefixtures("fresh_cache")
def test_the_same_is_written_once() -> None:
    made_from = (tables.SOFT, "prox", "")
    assert texts.kept(made_from, lambda: "text") == "text"
    assert texts.kept((tables.SOFT, "prox", ""), never) == "text"
    with pytest.raises(AssertionError, match="written again"):
        texts.kept((tables.SOFT, "other", ""), never)


@pytest.mark.usefixtures("fresh_cache")
def test_symbols_of_one_name_differ_by_what_is_assumed() -> None:
    texts.kept((sp.Symbol("a", positive=True),), lambda: "text")
    with pytest.raises(AssertionError, match="written again"):
        texts.kept((sp.Symbol("a", real=True),), never)


@pytest.mark.usefixtures("fresh_cache")
def test_what_cannot_be_pickled_is_written_anew() -> None:
    made_from = (lambda: None,)
    assert texts.kept(made_from, lambda: "first") == "first"
    assert texts.kept(made_from, lambda: "second") == "second"


def test_a_text_that_others_may_write_to_is_not_read(fresh_cache: Path) -> None:
    texts.kept(("table",), lambda: "text")
    (path,) = fresh_cache.glob("text_*")
    path.write_text("import os")
    path.chmod(0o666)
    assert texts.kept(("table",), lambda: "text") == "text"
    assert path.read_text() == "text"


@pytest.mark.usefixtures("fresh_cache")
def test_a_kernel_from_the_disk_has_the_same_names_and_messages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = nc.prox(nc.function("-a*x**2", a=nc.Positive))
    first = compile_kernel(table, name="concave")
    monkeypatch.setattr(verbs, "_text", lambda made: pytest.fail("written again"))
    second = compile_kernel(table, name="concave")
    assert second.source == first.source
    assert second.interface == first.interface
    assert second.interface.refusals
    np.testing.assert_allclose(second([1.0], 0.25, 1.0), first([1.0], 0.25, 1.0))


def test_what_an_interface_knows_survives_the_disk(fresh_cache: Path) -> None:
    made = program(tables.SOFT, "soft", "", (), sp.nan)
    want = texts.Written("text", texts.about(made))
    assert texts.written(("soft",), lambda: want) == want
    assert texts.written(("soft",), lambda: pytest.fail("written again")) == want
    assert len(list(fresh_cache.glob("text_*"))) == 1
