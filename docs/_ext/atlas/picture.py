"""One picture a function: its graph, its subdifferential, its proximal operator at two steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import normcalc as nc
from atlas.values import borders, example, regime_of, scalable, telling_steps, window
from normcalc.derive.writing import write
from normcalc.errors import NormcalcError
from normcalc.plot.geometry.tables import numeric, regime_at
from normcalc.plot.styles import CYCLE, GREY
from normcalc.plot.words import number, values_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from normcalc.derive import Derivation
    from normcalc.language import Function
    from normcalc.line.table import Case

    Derived = Mapping[str, Derivation | str]

DOTS_PER_INCH = 160
SAMPLES = 801


def draw(function: Function, derived: Derived, path: Path) -> tuple[str, str]:
    """Write the picture; return its description and its caption, both empty without a picture."""
    values = example(function)
    if function.variable.kind != "scalar":
        return _ball(function, values, path)
    figure, caption = _three_panels(function, derived, values)
    nc.plot.save(figure, path, expression=function, dpi=DOTS_PER_INCH)
    return nc.plot.alt_text_of(figure), caption


def _ball(function: Function, values: dict[str, object], path: Path) -> tuple[str, str]:
    try:
        with nc.plot.style("paper"):
            figure = nc.plot.ball(function, label="", **values).figure
    except NormcalcError:
        return "", ""
    nc.plot.save(figure, path, expression=function, dpi=DOTS_PER_INCH)
    return nc.plot.alt_text_of(figure), "The unit ball in the plane" + _with(values)


def _three_panels(
    function: Function, derived: Derived, values: dict[str, object]
) -> tuple[Figure, str]:
    import matplotlib.pyplot as plt

    slopes, prox = derived["subdifferential"], derived["prox"]
    with nc.plot.style("paper", columns=2):
        figure, axes = plt.subplots(1, 3, figsize=(6.0, 2.7), layout="constrained")
        plt.close(figure)
        reach = window([] if isinstance(slopes, str) else borders(slopes.table, values))
        view = _inside(function, reach)
        nc.plot.penalty_curve(function, axes[0], view=view, label="", **values)
        _low_ground(axes[0])
        axes[0].set_title("$f$")
        _slopes(slopes, axes[1], view, values)
        steps = _operators(prox, axes[2], values)
        for ax in axes:
            ax.set_box_aspect(1)
        if steps:
            figure.legend(loc="outside lower center", handlelength=2.2)
    drawn = f"the proximal operator at {steps}" if steps else "no proximal operator"
    return figure, f"The function, its subdifferential and {drawn}{_with(values)}"


def _low_ground(ax: Axes) -> None:
    """Leave little room below a graph, even one with a pole, and some around a flat one."""
    drawn = [line.get_ydata() for line in ax.lines if line.get_color() == CYCLE[0]]
    heights = np.concatenate([np.atleast_1d(y) for y in drawn])
    known = heights[np.isfinite(heights)]
    low, top = float(np.min(known)), ax.get_ylim()[1]
    flat = np.max(known) - low < 1e-9
    ax.set_ylim((low - 0.5, low + 1.0) if flat else (low - 0.05 * (top - low), top))


def _inside(function: Function, reach: float) -> tuple[float, float]:
    """Return the view, cut to little more than the domain where that is bounded."""
    x = np.linspace(-reach, reach, 4001)
    finite = x[np.isfinite(function.elementwise(x, **example(function)))]
    if len(finite) < 2:
        return -reach, reach
    margin = 0.12 * (finite[-1] - finite[0])
    return max(-reach, finite[0] - margin), min(reach, finite[-1] + margin)


def _with(values: Mapping[str, object]) -> str:
    shown = ", ".join(f"{name} = {text}" for name, text in values_in_words(values).items())
    return f", for {shown}." if shown else "."


def _slopes(
    slopes: Derivation | str, ax: Axes, view: tuple[float, float], values: Mapping[str, object]
) -> None:
    """Draw the graph of a subdifferential: curves, and a vertical stretch at every kink."""
    ax.set(xlim=view, title=r"$\partial f$")
    if isinstance(slopes, str):
        return
    regime, known = regime_at(slopes.table, values)
    argument, point = slopes.table.argument, slopes.table.point
    for case in regime.cases:
        lo, hi = (max(min(float(numeric(e, known)), view[1]), view[0]) for e in (case.lo, case.hi))
        ends = tuple(end.subs(point, argument) for end in case.result)
        if case.lo != case.hi and lo < hi:
            x = np.linspace(lo, hi, SAMPLES)
            y = _finite(numeric(ends[0], {**known, argument.name: x}), x)
            ax.plot(x, y, color=CYCLE[0])
    low, high = _height(ax)
    for case in regime.cases:
        if case.lo == case.hi:
            _stretch(case, ax, known, (low, high))
    ax.set_ylim(low, high)
    ax.axhline(0, color=GREY, linewidth=0.4, zorder=0)
    ax.axvline(0, color=GREY, linewidth=0.4, zorder=0)


def _finite(y: object, x: np.ndarray) -> np.ndarray:
    values = np.broadcast_to(np.asarray(y, dtype=np.float64), x.shape).copy()
    values[~np.isfinite(values)] = np.nan
    return values


def _height(ax: Axes) -> tuple[float, float]:
    """Return limits that show the curves without the far ends of poles."""
    heights = [line.get_ydata() for line in ax.lines]
    all_heights = np.concatenate([np.asarray(h, dtype=float) for h in heights] or [np.zeros(1)])
    known = all_heights[np.isfinite(all_heights)]
    low, high = np.quantile(known, [0.06, 0.94]) if len(known) else (0.0, 0.0)
    spread = max(high - low, 1.0)
    return (
        float(max(np.min(known, initial=0.0), low - spread) - 0.3 * spread),
        float(min(np.max(known, initial=0.0), high + spread) + 0.3 * spread),
    )


def _stretch(
    case: Case, ax: Axes, known: Mapping[str, object], shown: tuple[float, float]
) -> None:
    at = float(numeric(case.lo, known))
    ends = [float(numeric(end, known)) for end in case.result]
    low, high = (float(np.clip(end, *shown)) for end in ends)
    ax.plot([at, at], [low, high], color=CYCLE[0])


def _operators(prox: Derivation | str, ax: Axes, values: Mapping[str, float]) -> str:
    """Draw the proximal operator in two regimes, if it has two; return the steps in words."""
    ax.set_title("prox")
    if isinstance(prox, str):
        ax.set_axis_off()
        return ""
    steps = telling_steps(prox.table, values)
    reach = window([b for s in steps for b in borders(prox.table, {**values, "step": s})])
    for step in steps:
        regime = regime_of(prox.table, values, step)
        words = " and ".join(write(c) for c in regime.conditions) if regime else ""
        label = f"step {number(step)}" if scalable(prox.table) else "every step"
        label += f": {words}" if words else ""
        nc.plot.prox_curve(prox, ax, step=step, view=(-reach, reach), label=label, **values)
    ax.set_aspect("auto")
    if not scalable(prox.table):
        return "every step"
    return " and ".join(f"step {number(step)}" for step in steps)
