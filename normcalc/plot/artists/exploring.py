"""The contact of a ball with a line in a notebook: sliders for parameters, a line to drag."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, final

import numpy as np

from normcalc.errors import InputError, NormcalcError
from normcalc.plot.artists.canvas import single_axes, wiped
from normcalc.plot.artists.contacts import contact
from normcalc.plot.styles import house_style
from normcalc.plot.taking import takes_formulas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

    from normcalc.language.function import Function

_LEFT, _RIGHT = 1, 3
_STEPS = 100
_MISSING = (
    "The sliders need ipywidgets: python -m pip install ipywidgets.  To drag the line, install "
    "ipympl as well and begin the notebook with %matplotlib widget.  Without them, "
    "nc.plot.contact draws one picture and nc.plot.animate writes a film."
)


@final
class Exploration:
    """A picture of a contact that is drawn again when something in it changes."""

    def __init__(self, f: Function, normal: ArrayLike, offset: float, given: dict[str, float],
                 ax: Axes) -> None:  # fmt: skip
        self.function, self.given, self.ax = f, given, ax
        self.normal, self.offset = np.asarray(normal, dtype=np.float64).reshape(-1), float(offset)
        self.changed: Callable[[], object] = lambda: None
        self._reach = 0.0
        self._contact()

    @property
    def angle(self) -> float:
        """The direction of the normal of the line, in degrees."""
        return float(np.degrees(np.arctan2(self.normal[1], self.normal[0])))

    @property
    def distance(self) -> float:
        """How far the line is from the origin; negative on the other side."""
        return float(self.offset / np.hypot(*self.normal))

    def draw(self) -> None:
        """Draw the contact anew; where there is none, say why in its place."""
        try:
            self._contact()
        except NormcalcError as error:  # such as an exponent of zero
            wiped(self.ax).set_axis_off()
            self.ax.text(0.5, 0.5, str(error), ha="center", va="center", wrap=True,
                         transform=self.ax.transAxes)  # fmt: skip

    def _contact(self) -> None:
        """Draw the contact, on a piece of the plane that never shrinks."""
        given: dict[str, Any] = dict(self.given)
        contact(self.function, self.normal, self.offset, wiped(self.ax), **given)
        self._reach = max(self._reach, self.ax.get_xlim()[1])
        self.ax.set(xlim=(-self._reach, self._reach), ylim=(-self._reach, self._reach))

    def set(self, name: str, value: float) -> None:
        """Change a parameter of the function, the angle, or the distance."""
        if name == "angle":
            distance = self.distance
            turned = np.radians(value)
            self.normal, self.offset = np.array([np.cos(turned), np.sin(turned)]), distance
        elif name == "distance":
            self.offset = value * float(np.hypot(*self.normal))
        else:
            self.given[name] = value
        self.draw()

    def follow(self, event: Any) -> None:
        """Let the line follow the pointer: with the right button its foot, else in parallel."""
        if event.inaxes is not self.ax or event.button not in (_LEFT, _RIGHT):
            return
        at = np.array([event.xdata, event.ydata])
        if event.button == _RIGHT and np.any(at):
            self.normal = at
        self.offset = float(self.normal @ at)
        self.draw()
        self.changed()


@takes_formulas
def explore(
    f: Function,
    A: ArrayLike = (2.0, 1.0),
    b: float = 1.0,
    /,
    *,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    **parameters: float,
) -> Any:
    """Show the contact of a ball with a line in a notebook, to play with.

    There is a slider for each parameter, and for the angle and the distance of the line.  Where
    the notebook's figures are live (``%matplotlib widget``), the line follows the pointer: in
    parallel with the left button, and with its foot, which turns it, with the right one.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        A norm or penalty of two coordinates.
    A, b : array_like
        The line at first, as ``[a1, a2]`` and ``b``.
    ranges : mapping of str to (low, high), optional
        The ends of sliders, by parameter; from a quarter to four times the first value otherwise.
    **parameters
        First values for all parameters of `f`.

    Returns
    -------
    ipywidgets.VBox
        The sliders above the picture; `exploration` is the state of the picture.

    Raises
    ------
    InputError
        ipywidgets is not installed; the message says what to install.

    Examples
    --------
    In a notebook, from a star through the diamond to the disk::

        nc.plot.explore("norm(x, p)", p=1.0, ranges={"p": (0.3, 4)})
    """
    widgets = _widgets()
    with house_style():
        figure, ax, live = _canvas(widgets)
        view = Exploration(f, A, b, dict(parameters), ax)
    picture: Any = figure.canvas if live else widgets.Image(format="png")

    def show() -> None:
        if live:
            figure.canvas.draw_idle()
        else:
            picture.value = _png(figure)

    sliders = [_slider(widgets, view, show, name, *ends)
               for name, ends in _ends(view, ranges or {}).items()]  # fmt: skip
    if live:
        view.changed = show
        for kind in ("button_press_event", "motion_notify_event"):
            figure.canvas.mpl_connect(kind, view.follow)
    show()
    box = widgets.VBox([*sliders, picture])
    box.exploration = view  # what draws must live as long as what is seen
    return box


def _widgets() -> Any:
    try:
        return import_module("ipywidgets")
    except ModuleNotFoundError:
        raise InputError(_MISSING) from None


def _canvas(widgets: Any) -> tuple[Figure, Axes, bool]:
    """Return a figure with one panel, and whether its canvas is a widget."""
    from matplotlib import get_backend, pyplot

    if "ipympl" in get_backend().lower():
        figure, ax = pyplot.subplots(figsize=(3.6, 3.9), layout="constrained")
        return figure, ax, isinstance(figure.canvas, widgets.DOMWidget)
    ax = single_axes()
    figure = ax.figure  # type: ignore[assignment]
    return figure, ax, False


def _ends(
    view: Exploration, ranges: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float, float]]:
    """Return the first value of each slider, and its ends."""
    far = 4 * abs(view.distance) or 4.0
    found = {name: (value, value / 4, 4 * value) for name, value in view.given.items()}
    found |= {"angle": (view.angle, -180.0, 180.0), "distance": (view.distance, -far, far)}
    return {name: (value, *ranges.get(name, ends)) for name, (value, *ends) in found.items()}


def _slider(
    widgets: Any, view: Exploration, show: Callable[[], None], name: str, value: float,
    low: float, high: float,
) -> Any:  # fmt: skip
    step = (high - low) / _STEPS
    slider = widgets.FloatSlider(value=value, min=low, max=high, step=step, description=name)

    def moved(change: Mapping[str, Any]) -> None:
        view.set(name, change["new"])
        show()

    slider.observe(moved, names="value")
    return slider


def _png(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=160)
    return buffer.getvalue()
