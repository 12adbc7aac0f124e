"""The growing ball as a film: it stops where it touches the line."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import which
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
    import os

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
    """Write a film of the ball of `f` growing until it touches ``a . x = b``; return the path.

    The last frame, which stays for a while, shows the contact that `contact` draws.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        A norm or penalty of two coordinates.
    A, b : array_like
        The equation, as ``[a1, a2]`` and ``b``.
    path : path-like
        Where to write; the ending is .gif, or .mp4 where ffmpeg is installed.
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
        The ending is another, ffmpeg is missing, the folder does not exist, or the line passes
        through the origin.
    """
    target = _checked(Path(path), frames, seconds)
    given, _ = split_options(f, parameters)
    found = touch2d(f, A, b, **given)
    if found.value <= 0:
        raise InputError("The line passes through the origin, so no ball grows; move the line.")
    pictures = []
    for k in range(1, frames + 1):
        pictures.append(_picture(f, found, given, k / frames, dpi))
        if verbose:
            sys.stdout.write(f"picture {k} of {frames}\n")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".film") as aside:
        scratch = Path(aside, target.name)
        _WRITERS[target.suffix.lower()](pictures, scratch, seconds / frames)
        scratch.replace(target)
    return target


def _checked(target: Path, frames: int, seconds: float) -> Path:
    if target.suffix.lower() not in _WRITERS:
        raise InputError(f"Cannot write {target.name!r}: the ending must be .gif or .mp4.")
    if target.suffix.lower() == ".mp4" and which("ffmpeg") is None:
        raise InputError("MP4 is encoded by ffmpeg, which is not installed; write .gif instead.")
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


def _gif(pictures: list[Any], path: Path, each: float) -> None:
    """Write a GIF of pictures that stay for `each` seconds, the last one longer."""
    from PIL import Image

    times = [round(1000 * each)] * (len(pictures) - 1) + [round(1000 * max(_STAY, each))]
    first, *others = (
        Image.fromarray(p).quantize(64, method=Image.Quantize.MEDIANCUT) for p in pictures
    )
    first.save(path, save_all=True, append_images=others, duration=times, loop=0, optimize=False)


def _mp4(pictures: list[Any], path: Path, each: float) -> None:
    """Write an MP4, likewise; the codec wants even numbers of pixels."""
    height, width = pictures[0].shape[:2]
    shown = [*pictures, *[pictures[-1]] * round(_STAY / each)]
    given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{1 / each}"]
    made = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white", "-pix_fmt", "yuv420p", "-an"]
    same = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    done = subprocess.run(
        ["ffmpeg", "-v", "error", *given, "-i", "-", *made, *same, str(path)],
        input=b"".join(p.tobytes() for p in shown), capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode or not path.exists():
        said = done.stderr.decode("utf-8", "replace").strip()
        raise InputError(f"ffmpeg could not write {path.name!r}: {said}; write .gif instead.")


_STAY = 1.5
_WRITERS = {".gif": _gif, ".mp4": _mp4}
