"""The view for notebooks: with widgets that only remember, and without any."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import normcalc as nc
from normcalc.errors import InputError
from normcalc.plot.artists.canvas import single_axes
from normcalc.plot.artists.exploring import Exploration


class Widget:
    """What it was made with, and who listens."""

    def __init__(self, children=(), **given) -> None:
        self.children = children
        self.__dict__.update(given)

    def observe(self, heard, names) -> None:
        assert names == "value"
        self.heard = heard

    def move(self, value: float) -> None:
        self.heard({"new": value})


@pytest.fixture
def widgets(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("ipywidgets")
    for name in ("VBox", "FloatSlider", "Image", "DOMWidget"):
        setattr(module, name, Widget)
    monkeypatch.setitem(sys.modules, "ipywidgets", module)
    return module


def sliders(box: Widget) -> dict[str, Widget]:
    return {child.description: child for child in box.children[:-1]}


def text(box: Widget) -> str:
    return nc.plot.alt_text_of(box.exploration.ax.figure)


def test_sliders_change_the_picture(widgets: ModuleType) -> None:
    box = nc.plot.explore("norm(x, p)", [2, 1], 1, p=1.0, ranges={"p": (0.5, 4)})
    found = sliders(box)
    assert list(found) == ["p", "angle", "distance"]
    assert (found["p"].min, found["p"].max, found["p"].value) == (0.5, 4, 1.0)
    assert text(box).endswith("in (0.5, 0).")
    before = box.children[-1].value
    assert before.startswith(b"\x89PNG")
    found["p"].move(2.0)
    assert text(box).endswith("at level 0.4472, in (2/5, 0.2).")
    assert box.children[-1].value != before


def test_sliders_move_the_line(widgets: ModuleType) -> None:
    box = nc.plot.explore("norm(x, 1)", [1, 0], 1)
    sliders(box)["distance"].move(2.0)
    assert text(box).endswith("in (2, 0).")
    sliders(box)["angle"].move(90.0)
    assert text(box).endswith("in (0, 2).")


def test_a_value_without_a_picture_is_told(widgets: ModuleType) -> None:
    box = nc.plot.explore("norm(x, p)", [2, 1], 1, p=1.0)
    sliders(box)["p"].move(-1.0)
    assert "p" in box.exploration.ax.texts[0].get_text()
    sliders(box)["p"].move(2.0)
    assert text(box).endswith("at level 0.4472, in (2/5, 0.2).")


def test_bad_input_raises_at_once(widgets: ModuleType) -> None:
    with pytest.raises(nc.ParameterError, match="p"):
        nc.plot.explore("norm(x, p)", [2, 1], 1)


def event(view: Exploration, x: float, y: float, button: int | None) -> SimpleNamespace:
    return SimpleNamespace(inaxes=view.ax, xdata=x, ydata=y, button=button)


def test_dragging() -> None:
    view = Exploration(nc.function("norm(x, 1)"), [2, 1], 1.0, {}, single_axes())
    told = []
    view.changed = lambda: told.append(view.offset)
    view.follow(event(view, 1.0, 1.0, 1))  # in parallel, through the pointer
    assert (view.normal.tolist(), view.offset) == ([2, 1], 3)
    view.follow(event(view, 0.5, 1.0, 3))  # the foot follows
    assert view.normal.tolist() == [0.5, 1.0]
    assert view.distance == pytest.approx(np.hypot(0.5, 1))
    view.follow(event(view, 9.0, 9.0, None))  # no button is down
    view.follow(SimpleNamespace(inaxes=None, xdata=1.0, ydata=1.0, button=1))
    assert told == [3, 1.25]


def test_the_scale_does_not_jump() -> None:
    view = Exploration(nc.function("norm(x, 1)"), [2, 1], 2.0, {}, single_axes())
    wide = view.ax.get_xlim()
    view.set("distance", 0.1)
    assert view.ax.get_xlim() == wide


def test_without_widgets_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(InputError, match="pip install ipywidgets"):
        nc.plot.explore("norm(x, p)", p=1.0)
