"""Section 6: a norm typed as text, its dual, and figures for a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import normcalc as nc
from normcalc.cli.tour.operators import mcp

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from normcalc.cli.tour.story import Story

OCTAGON = "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"
LAM, GAMMA = 1.0, 2.0
STEPS = (1.0, 3.0)
VIEW = (-4.0, 4.0)


def tell(story: Story) -> None:
    """Tell section 6."""
    with story.section("A norm of your own, its dual, and figures"):
        octagon = nc.function(OCTAGON)
        story.code(f'octagon = nc.function("{OCTAGON}")', "print(nc.facts(octagon))")
        found = nc.facts(octagon)
        story.show(str(found))
        story.code("dual = nc.dual_norm(octagon)", "print(dual.value)")
        dual = nc.dual_norm(octagon)
        assert dual.value is not None
        again = nc.dual_norm(dual.value).value
        story.show(str(dual.value))
        story.code("print(nc.dual_norm(dual.value).value)    # the dual of the dual")
        story.show(str(again))
        story.code(
            "figure = nc.plot.dual_pair(octagon, dual.value)", "print(nc.plot.alt_text_of(figure))"
        )
        figure = nc.plot.dual_pair(octagon, dual.value)
        story.show(nc.plot.alt_text_of(figure))
        story.save(figure, "octagon-and-dual", octagon)
        story.say("The MCP of section 1 is drawn beside its operator, in both regimes.")
        story.save(penalty_figure(), "mcp-and-prox", mcp())
        story.data["norm"] = {"formula": OCTAGON, "kind": str(found.norm), "dual": str(dual.value)}


def penalty_figure() -> Figure:
    """Return the MCP beside its proximal operator in both regimes."""
    from matplotlib.figure import Figure

    p = nc.prox(mcp())
    values: dict[str, Any] = {"lam": LAM, "gamma": GAMMA}
    with nc.plot.style("paper", columns=2):
        figure = Figure(figsize=(6.0, 2.15), layout="constrained")
        left, *others = figure.subplots(1, 3)
        left.set_box_aspect(1)
        nc.plot.penalty_curve(mcp(), left, view=VIEW, **values)
        _caption(left, rf"MCP, $\lambda = {LAM:g}$, $\gamma = {GAMMA:g}$")
        for ax, step in zip(others, STEPS, strict=True):
            nc.plot.prox_curve(p, ax, step=step, view=VIEW, **values)
            ax.set_ylim(*VIEW)  # as wide as high, so that the three panels stand on one line
            relation = "<" if step < GAMMA else ">"
            _caption(ax, rf"proximal operator, step ${step:g} {relation} \gamma$")
    return figure


def _caption(ax: Axes, text: str) -> None:
    ax.set_xlabel(text, labelpad=4)
