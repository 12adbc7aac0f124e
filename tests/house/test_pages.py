"""The pages on vectors: values in tables are true, all heads are shown, all names documented."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import normcalc as nc
from normcalc.language.vocabulary import HEADS

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(r"^\|(.+?)\| `([^`|]+)` \| (-?[0-9.]+) \|$", re.MULTILINE)
POINTS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
GIVEN = {
    "w": (nc.Nonincreasing, [3.0, 2.0, 1.0]),
    "A": (nc.Matrix, [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]),
    "B": (nc.Matrix, [[1.0, 0.0], [0.0, 2.0]]),
    "P": (nc.PositiveDefinite, np.diag([1.0, 2.0, 4.0])),
    "G": (nc.Groups, [[0, 1], [2]]),
    "V": (nc.Matrix, POINTS),
    "F": (nc.SetFunction, nc.set_function(lambda s: min(len(s), 2), 3)),
}
ENUMERATED = re.compile(r"``?nc\.(\w+)")  # kinds, builders and errors, listed by name


def text(page: str) -> str:
    """Return a page of the documentation."""
    return (DOCS / page).read_text("utf-8")


def rows(page: str) -> list[tuple[str, float]]:
    """Return the formulas of the tables of a page, with the values they are said to have."""
    return [(formula, float(value)) for _, formula, value in ROW.findall(text(page))]


def value(formula: str, x: object) -> float:
    """Return what a formula is worth at the point and the parameters of the page."""
    names = {n for n in GIVEN if re.search(rf"\b{n}\b", formula)}
    f = nc.function(formula, **{n: GIVEN[n][0] for n in names})
    return float(f(x, **{n: GIVEN[n][1] for n in names}))


def point(formula: str) -> object:
    """Return the point of the tables: a vector, a matrix, or a symmetric one."""
    if "eigenvalues" in formula or "logdet" in formula:
        return [[2.0, 1.0], [1.0, 2.0]]
    return [[1.0, -2.0], [3.0, 4.0]] if "X" in formula else [3.0, -1.0, 2.0]


@pytest.mark.parametrize(("formula", "claimed"), rows("reference/vectors.md"))
def test_values_of_heads(formula: str, claimed: float) -> None:
    assert value(formula, point(formula)) == pytest.approx(claimed, abs=5e-7)


@pytest.mark.parametrize(("formula", "claimed"), rows("reference/transforms.md"))
def test_values_of_transforms(formula: str, claimed: float) -> None:
    assert value(formula, [3.0, 4.0]) == pytest.approx(claimed, abs=5e-7)


def test_tables_are_seen() -> None:
    assert len(rows("reference/vectors.md")) > 24
    assert len(rows("reference/transforms.md")) == 8
    assert value("norm(x, 1)", [3.0, -1.0, 2.0]) != pytest.approx(6.1)


def missing_heads(page: str) -> set[str]:
    """Return heads of lists and matrices, and functions made from others, that a page omits."""
    rest = {"reduction", "reorder", "listing", "matrix", "transform"}
    heads = {h.name for h in HEADS.values() if h.role in rest and (h.spellings or _transform(h))}
    written = {"amax": "max(", "amin": "min", "entry": "x[0]", "part": "x[1:]", "block": "X[1:, "}
    written |= {"image": "A @ x", "product": "B @ X"}
    return {h for h in heads if written.get(h, h) not in page}


def _transform(head: object) -> bool:
    return getattr(head, "role", "") == "transform"


def test_every_head_is_shown() -> None:
    page = text("reference/vectors.md") + text("reference/transforms.md")
    assert not missing_heads(page)
    assert missing_heads(page.replace("cumsum", "")) == {"cumsum"}


def undocumented(api: str, others: str = "") -> set[str]:
    """Return public names that no page describes."""
    described = set(re.findall(r"auto\w+:: normcalc\.(?:\w+\.)*(\w+)", api + others))
    return set(nc._HOME) - described - set(ENUMERATED.findall(api)) - {"plot"}


def test_every_public_name_is_on_the_page_of_names() -> None:
    api, errors = text("reference/api.md"), text("reference/errors.md")
    assert not undocumented(api, errors)
    assert undocumented(api.replace("autofunction:: normcalc.polar", ""), errors) == {"polar"}


def test_every_public_name_is_indexed_once() -> None:
    pages = [p.read_text("utf-8") for p in DOCS.glob("reference/*.md")]
    entry = r"auto(?:function|class):: normcalc\.((?:\w+\.)*\w+)\n(?!   :no-index:)"
    indexed = [name.rpartition(".")[2] for page in pages for name in re.findall(entry, page)]
    public = [name for name in indexed if name in nc._HOME]
    assert sorted(public) == sorted(set(public))
