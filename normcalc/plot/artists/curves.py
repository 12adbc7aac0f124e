"""A penalty and its proximal operator, jumps drawn as jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from normcalc.errors import InputError
from normcalc.line.table import CaseTable, Hull
from normcalc.plot.artists.canvas import DOT, caption, describe, new_figure, panel_of, single_axes
from normcalc.plot.artists.formulas import formula
from normcalc.plot.geometry.curves1d import Curve, callable_segments, prox_segments
from normcalc.plot.geometry.functions1d import function_curve
from normcalc.plot.styles import CYCLE, GREY, LINES, house_style, width
from normcalc.plot.taking import takes_formulas
from normcalc.plot.words import named, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from normcalc.language.function import Function

Array = NDArray[np.float64]
Range = tuple[float, float]


@takes_formulas
def penalty(
    f: Function,
    /,
    prox: Any = None,
    *,
    step: float = 1.0,
    view: Range = (-4.0, 4.0),
    **parameters: Any,
) -> Figure:
    """Draw a function of one variable beside its proximal operator; return the Figure.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        The function.
    prox : Derivation, CaseTable or callable, optional
        Its proximal operator, as derived, as a table, or as a map of arrays; derived unless given.
    step : float
        The step of the proximal operator.
    view : (float, float)
        The range of the argument.
    **parameters
        Values for the parameters of `f`.
    """
    with house_style():
        text = formula(f, parameters)
        figure, (left, right) = new_figure(2, 1.85 + 0.16 * text.count("\n"))
        figure.set_figwidth(min(width(), 3.9))
        penalty_curve(f, left, view=view, **parameters)
        prox_curve(f if prox is None else prox, right, step=step, view=view, **parameters)
        left.set_box_aspect(1)
        caption(left, text)
        caption(right, f"proximal operator, step {number(step)}")
    return figure


@takes_formulas
def penalty_curve(
    f: Function,
    /,
    ax: Axes | None = None,
    *,
    view: Range = (-4.0, 4.0),
    label: str | None = None,
    **parameters: Any,
) -> Axes:
    """Draw the graph of a function of one variable, kinks and jumps exact; return the Axes."""
    curve = function_curve(f, *view, **parameters)
    with house_style():
        place = _axes(ax)
        _draw(place, curve, formula(f, parameters) if label is None else label)
        place.set_xlim(*view)
        _limit_height(place, curve)
        describe(place, _words(f"Graph of {named(f, parameters)}", curve))
    return place


def prox_curve(
    prox: Any,
    /,
    ax: Axes | None = None,
    *,
    step: float = 1.0,
    view: Range = (-4.0, 4.0),
    label: str = "",
    **parameters: Any,
) -> Axes:
    """Draw a proximal operator of one variable over the dotted identity; return the Axes.

    At a jump both ends minimise: the filled end is the one returned, the open one the other
    minimiser, joined by a dotted line.

    Parameters
    ----------
    prox : Function, Derivation, CaseTable or callable
        The function whose operator to derive, or the operator itself.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made without it.
    step : float
        The step.
    view : (float, float)
        The range of the argument.
    label : str
        The legend entry.
    **parameters
        Values for the parameters.
    """
    if not (np.isfinite(step) and step > 0):
        raise InputError(f"step must be a positive number, got {step!r}.")
    curve = prox_data(prox, step, view, parameters)
    with house_style():
        place = _axes(ax)
        first = panel_of(place).bodies == 0
        if first:
            place.plot(view, view, color=GREY, linewidth=0.5, linestyle=LINES[2], zorder=1)
        _draw(place, curve, label)
        if first:
            place.set(xlim=view, aspect="equal")
        name = _name(prox, parameters)
        describe(place, _words(f"Proximal operator of {name} at step {number(step)}", curve))
    return place


def _is_searched(table: CaseTable) -> bool:
    """Tell whether some points have no formula, and are found by a search."""
    return any(isinstance(case.point, Hull) for r in table.regimes for case in r.cases)


def prox_data(prox: Any, step: float, view: Range, parameters: dict[str, Any]) -> Curve:
    """Return the curve of whatever describes a proximal operator."""
    from normcalc.language.function import Function

    if isinstance(prox, Function):
        from normcalc.derive import prox as derive

        prox = derive(prox)
    table = prox if isinstance(prox, CaseTable) else getattr(prox, "table", None)
    if isinstance(table, CaseTable) and not _is_searched(table):
        return prox_segments(table, parameters, step, *view)
    if isinstance(table, CaseTable) and callable(prox):
        return callable_segments(lambda v: prox(v, step=step, **parameters), *view)
    if callable(prox):
        return callable_segments(prox, *view)
    raise InputError(
        f"Cannot draw {type(prox).__name__} as a proximal operator; give a Function of one "
        "variable, its derivation, a CaseTable, or a callable on arrays."
    )


def _limit_height(ax: Axes, curve: Curve) -> None:
    """Cut off a barrier that shoots up: show little more than nine tenths of the range do."""
    if not curve.segments:
        return
    ends = curve.segments[0][0][0], curve.segments[-1][0][-1]
    spread = np.linspace(*ends, 401)
    heights = np.concatenate(
        [np.interp(spread[(spread >= x[0]) & (spread <= x[-1])], x, y) for x, y in curve.segments]
    )
    low, high = float(np.min(heights)), float(np.quantile(heights, 0.9))
    if float(np.max(heights)) - low > 4 * (high - low) > 0:
        ax.set_ylim(top=low + 1.5 * (high - low))


def _axes(ax: Axes | None) -> Axes:
    return single_axes() if ax is None else ax


def _draw(ax: Axes, curve: Curve, label: str) -> None:
    """Draw segments in one colour, and every jump with its ends."""
    panel = panel_of(ax)
    color, dash = CYCLE[panel.bodies % len(CYCLE)], LINES[panel.bodies % len(LINES)]
    panel.bodies += 1
    if panel.bodies == 1:
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        ax.axhline(0, color=GREY, linewidth=0.4, zorder=0)
        ax.axvline(0, color=GREY, linewidth=0.4, zorder=0)
    for k, (x, y) in enumerate(curve.segments):
        ax.plot(x, y, color=color, linestyle=dash, label="_" if k else label or "_", zorder=2)
    for jump in curve.jumps:
        _draw_jump(ax, jump.at, (jump.before, jump.after), jump.value, color)


def _draw_jump(ax: Axes, at: float, ends: Range, value: float, color: str) -> None:
    """Draw a dotted line between the ends, open markers there, a filled one at the value."""
    heights = [y for y in (*ends, value) if np.isfinite(y)]
    ax.plot([at, at], [min(heights), max(heights)], color=color, linewidth=0.7, linestyle=":")
    others = [y for y in heights if y != value]
    ax.plot([at] * len(others), others, color=color, markerfacecolor="white", zorder=4, **DOT)
    if np.isfinite(value):
        ax.plot([at], [value], color=color, markerfacecolor=color, zorder=4, **DOT)


def _name(prox: Any, parameters: dict[str, Any]) -> str:
    known = getattr(prox, "function", prox)
    if isinstance(known, CaseTable):
        return named("a case table", parameters)
    return named(getattr(known, "__name__", str(known)), parameters)


def _words(opening: str, curve: Curve) -> str:
    """Return a curve in words: its kinks and jumps."""
    parts = []
    if len(curve.kinks):
        parts.append("kinks at " + ", ".join(number(x) for x in curve.kinks))
    parts += [
        f"a jump at {number(j.at)} from {number(j.before)} to {number(j.after)}"
        for j in curve.jumps
    ]
    return f"{opening}: {'; '.join(parts) or 'continuous, without kinks'}."
