"""The growing ball as a film: it stops where it touches the line."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Polygon

from normcalc.errors import InputError
from normcalc.plot.artists.balls import split_options
from normcalc.plot.artists.canvas import caption, describe, plane, single_axes
from normcalc.plot.artists.contacts import describe_contact, draw_line, draw_solutions
from normcalc.plot.artists.formulas import formula
from normcalc.plot.geometry.bodies import boundary2d, touch2d
from normcalc.plot.styles import VERMILION, house_style
from normcalc.plot.taking import takes_formulas
from normcalc.plot.words import named, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from normcalc.language.function import Function
    from normcalc.plot.geometry.touch2d import Contact


@takes_formulas
def animate(
    f: Function,
    A: ArrayLike,
    b: ArrayLike,
    path: str | os.PathLike[str],
    /,
    *,
    frames: int = 24,
    seconds: float = 2.5,
    dpi: float = 110.0,
    verbose: bool = False,
    **parameters: Any,
) -> Path:
    """Write a GIF of the ball of `f` growing until it touches ``a . x = b``; return the path.

    The last frame, which stays for a while, shows the contact that `contact` draws.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        A norm or penalty of two coordinates.
    A, b : array_like
        The equation, as ``[a1, a2]`` and ``b``.
    path : path-like
        Where to write; the ending is .gif.
    frames : int
        How many pictures, two or more.
    seconds : float
        How long the growth takes.
    dpi : float
        Resolution.
    verbose : bool
        Whether to print a line for each picture.
    **parameters
        Values for the parameters of `f`.

    Raises
    ------
    InputError
        The ending is another, the folder does not exist, or the line passes through the origin.
    """
    from PIL import Image

    target = _checked(Path(path), frames, seconds)
    given, _ = split_options(f, parameters)
    found = touch2d(f, A, b, **given)
    if found.value <= 0:
        raise InputError("The line passes through the origin, so no ball grows; move the line.")
    pictures = []
    for k in range(1, frames + 1):
        pictures.append(Image.fromarray(_picture(f, found, given, k / frames, dpi)))
        if verbose:
            sys.stdout.write(f"picture {k} of {frames}\n")
    each = 1000 * seconds / frames
    times = [each] * (frames - 1) + [max(1500.0, each)]
    indexed = [p.quantize(64, method=Image.Quantize.MEDIANCUT) for p in pictures]
    _write(indexed, target, times)
    return target


def _checked(target: Path, frames: int, seconds: float) -> Path:
    if target.suffix.lower() != ".gif":
        raise InputError(f"Cannot write {target.name!r}: the ending must be .gif.")
    if not target.parent.is_dir():
        raise InputError(f"There is no folder {target.parent}.")
    if frames < 2 or not seconds > 0:
        raise InputError(f"Give two frames or more and a time, got {frames!r} and {seconds!r}.")
    return target


def _picture(f: Function, found: Contact, given: dict[str, Any], share: float, dpi: float) -> Any:
    """Return one picture as an array of colours."""
    with house_style():
        ax = single_axes()
        body = boundary2d(f, found.value, **given).points
        reach = max(float(np.max(np.abs(body))), float(np.max(np.abs(found.points))))
        plane(ax, 1.2 * reach, names=False)
        draw_line(ax, found)
        now = boundary2d(f, share * found.value, **given).points
        _ball(ax, now)
        if share == 1:
            draw_solutions(ax, found)
        caption(ax, f"{formula(f, given)}, level {number(round(share * found.value, 3))}")
        describe(ax, describe_contact(named(f, given), found))
        figure: Any = ax.figure
        figure.set_dpi(dpi)
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _ball(ax: Axes, points: Any) -> None:
    ax.add_patch(Polygon(points, facecolor=VERMILION, alpha=0.16, edgecolor="none", zorder=2))
    ax.add_patch(Polygon(points, fill=False, edgecolor=VERMILION, linewidth=1.2, zorder=2))


def _write(pictures: list[Any], target: Path, times: list[float]) -> None:
    """Write a GIF beside its place and move it there, so that a failure leaves nothing."""
    handle, name = tempfile.mkstemp(suffix=".gif", dir=target.parent)
    os.close(handle)
    scratch = Path(name)
    try:
        pictures[0].save(scratch, save_all=True, append_images=pictures[1:],
                         duration=[round(t) for t in times], loop=0, optimize=False)  # fmt: skip
        scratch.chmod(0o644)
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
