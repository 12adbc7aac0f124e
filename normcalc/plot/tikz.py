r"""Figures as TikZ: every path a ``\path``, every text a node in the fonts of the paper."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path as Curve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

_HEAD = r"""\documentclass[tikz,border=1pt]{standalone}
\usepackage{amsmath,amssymb}
\begin{document}
\begin{tikzpicture}[x=1bp,y=1bp,line cap=round,line join=round]
"""
_FOOT = r"""\end{tikzpicture}
\end{document}
"""
# One piece of a shaded surface: colour, three corners.  There are thousands of them, and options
# of TikZ would take a minute and all of TeX's memory.  Without @, so that it can be pasted.
_PIECE = r"""\def\piece#1 #2 #3 #4 #5 #6 #7 #8 #9;{\csname pgfsys@color@rgb\endcsname{#1}{#2}{#3}%
\csname pgfsys@moveto\endcsname{#4bp}{#5bp}\csname pgfsys@lineto\endcsname{#6bp}{#7bp}%
\csname pgfsys@lineto\endcsname{#8bp}{#9bp}\csname pgfsys@closepath\endcsname
\csname pgfsys@fillstroke\endcsname}"""
_SPECIAL = re.compile(r"([#%&_{}])")


def tikz(figure: Figure, comment: str = "") -> str:
    r"""Return a figure as a standalone TikZ document.

    The part from ``\begin{tikzpicture}`` to ``\end{tikzpicture}`` goes into a paper as it is; it
    needs the packages tikz, amsmath and amssymb.  Hidden edges stay dashed, and the shading of a
    curved surface becomes one colour for each triangle; pdfTeX has memory for about 20 000 of
    them, which is eight bodies on a page, LuaTeX for any number.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    comment : str
        What the first lines say, as a comment.

    Examples
    --------
    >>> import normcalc as nc
    >>> cube = nc.plot.ball3d(nc.function("norm(x, oo)"), label="").figure
    >>> text = tikz(cube)
    >>> text.count("dash pattern"), text.splitlines()[0]
    (3, '\\documentclass[tikz,border=1pt]{standalone}')
    """
    pen = _Pen(figure)
    with _without_grounds(figure):
        figure.draw(pen)
    lines = "".join(f"% {line}\n" for line in comment.splitlines())
    box = rf"\useasboundingbox (0,0) rectangle ({_n(pen.width)},{_n(pen.height)});"
    return lines + _HEAD + "\n".join([box, *pen.lines]) + "\n" + _FOOT


@contextmanager
def _without_grounds(figure: Figure) -> Iterator[None]:
    """Leave out the white rectangles behind figure and axes."""
    grounds = [figure.patch, *(ax.patch for ax in figure.axes)]
    shown = [ground.get_visible() for ground in grounds]
    for ground in grounds:
        ground.set_visible(False)
    try:
        yield
    finally:
        for ground, visible in zip(grounds, shown, strict=True):
            ground.set_visible(visible)


class _Pen(RendererBase):
    """A renderer that writes TikZ; lengths are big points, 72 to the inch."""

    def __init__(self, figure: Figure) -> None:
        base: Any = super()
        base.__init__()
        self.lines: list[str] = []
        self.dpi = float(figure.dpi)
        self.width, self.height = (72 * s for s in figure.get_size_inches())

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.width * self.dpi / 72, self.height * self.dpi / 72

    def points_to_pixels(self, points: Any) -> Any:
        return points * self.dpi / 72

    def flipy(self) -> bool:
        return False

    def draw_path(self, gc: Any, path: Any, transform: Any, rgbFace: Any = None) -> None:
        options = [*_filling(gc, rgbFace), *_stroking(gc)]
        if not options:
            return
        drawn = self._steps(path, transform)
        line = rf"\path[{','.join(options)}] {drawn};"
        self._emit(gc, line, path, transform)

    def draw_gouraud_triangles(
        self, gc: Any, triangles_array: Any, colors_array: Any, transform: Any
    ) -> None:
        paints = np.mean(np.asarray(colors_array)[..., :3], axis=1)
        corners = np.asarray(triangles_array)
        points = transform.transform(corners.reshape(-1, 2)).reshape(-1, 6) * 72 / self.dpi
        # The hairline in the colour of the piece closes the gaps between the pieces.
        self.lines += [r"\begin{scope}", r"\pgfsetlinewidth{0.2bp}", _PIECE]
        self.lines += [
            r"\piece" + " " + " ".join(_n(x) for x in (*paint, *place)) + ";"
            for paint, place in zip(paints.tolist(), points.tolist(), strict=True)
        ]
        self.lines.append(r"\end{scope}")

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float,
        ismath: Any = False, mtext: Any = None,
    ) -> None:  # fmt: skip
        anchor = "base west"
        if mtext is not None and angle == 0 and "\n" not in mtext.get_text():
            x, y = mtext.get_transform().transform(mtext.get_unitless_position())
            anchor = _anchor(mtext)
        size = prop.get_size_in_points()
        options = f"anchor={anchor},inner sep=0,text={_color(gc.get_rgb())}"
        options += rf",font=\fontsize{{{_n(size)}}}{{{_n(1.2 * size)}}}\selectfont"
        if angle:
            options += f",rotate={_n(angle)}"
        place = f"({_n(x * 72 / self.dpi)},{_n(y * 72 / self.dpi)})"
        self.lines.append(rf"\node[{options}] at {place} {{{_latex(s)}}};")

    def _steps(self, path: Any, transform: Any) -> str:
        """Return a path in TikZ's notation."""
        parts: list[str] = []
        for points, code in path.iter_segments(transform, simplify=False, curves=True):
            where = [f"({_n(x)},{_n(y)})" for x, y in np.reshape(points, (-1, 2)) * 72 / self.dpi]
            if code == Curve.MOVETO:
                parts.append(where[0])
            elif code == Curve.LINETO:
                parts.append(f"-- {where[0]}")
            elif code == Curve.CURVE3:
                parts.append(f".. controls {where[0]} .. {where[1]}")
            elif code == Curve.CURVE4:
                parts.append(f".. controls {where[0]} and {where[1]} .. {where[2]}")
            else:
                parts.append("-- cycle")
        return " ".join(parts)

    def _emit(self, gc: Any, line: str, path: Any, transform: Any) -> None:
        """Write a line, inside a clipped scope where the path leaves its Axes."""
        frame = gc.get_clip_rectangle()
        inside = frame is None
        if frame is not None:
            box = path.get_extents(transform)
            inside = frame.padded(0.5).containsx(box.x0) and frame.padded(0.5).containsx(box.x1)
            inside &= frame.padded(0.5).containsy(box.y0) and frame.padded(0.5).containsy(box.y1)
        if frame is None or inside:
            self.lines.append(line)
            return
        (x0, y0), (x1, y1) = frame.get_points() * 72 / self.dpi
        edges = f"({_n(x0)},{_n(y0)}) rectangle ({_n(x1)},{_n(y1)})"
        self.lines += [r"\begin{scope}", rf"\clip {edges};", line, r"\end{scope}"]


def _filling(gc: Any, face: Any) -> list[str]:
    """Return the options that fill a path."""
    if face is None:
        return []
    alpha = gc.get_alpha() if gc.get_forced_alpha() or len(face) < 4 else face[3]
    if alpha == 0:
        return []
    return [f"fill={_color(face)}", *_opacity("fill", alpha)]


def _stroking(gc: Any) -> list[str]:
    """Return the options that draw a path."""
    color, width = gc.get_rgb(), gc.get_linewidth()
    alpha = gc.get_alpha() if gc.get_forced_alpha() else color[3]
    if width == 0 or alpha == 0:
        return []
    options = [f"draw={_color(color)}", f"line width={_n(width)}bp", *_opacity("draw", alpha)]
    start, dashes = gc.get_dashes()
    if dashes is not None:
        pairs = zip(dashes[::2], dashes[1::2], strict=True)
        pattern = " ".join(f"on {_n(on)}bp off {_n(off)}bp" for on, off in pairs)
        options += [f"dash pattern={pattern}", f"dash phase={_n(start)}bp", "line cap=butt"]
    return options


def _opacity(what: str, alpha: float) -> list[str]:
    return [] if alpha >= 1 else [f"{what} opacity={_n(alpha)}"]


def _color(rgb: Any) -> str:
    red, green, blue = (round(255 * float(c)) for c in rgb[:3])
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"


def _anchor(text: Any) -> str:
    """Return TikZ's name of the point of a text that matplotlib puts at its position."""
    across = {"left": "west", "right": "east", "center": ""}[text.get_ha()]
    up = {"top": "north", "bottom": "south", "baseline": "base", "center_baseline": "mid"}
    return f"{up.get(text.get_va(), '')} {across}".strip() or "center"


def _latex(text: str) -> str:
    """Return text for LaTeX: formulas between dollars as they are, the rest escaped."""
    pieces = re.split(r"(?<!\\)(\$[^$]*\$)", text)
    return "".join(_formula(p) if p.startswith("$") else _escaped(p) for p in pieces)


def _formula(text: str) -> str:
    """Return a formula without matplotlib's own command for upright numbers."""
    return text.replace(r"\mathdefault", "")


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text).replace("\u2212", "$-$")


def _n(value: float) -> str:
    """Return a length to a thousandth of a point, without idle zeros.

    Examples
    --------
    >>> _n(2.50049), _n(-0.00001)
    ('2.5', '0')
    """
    short = f"{float(value):.3f}".rstrip("0").rstrip(".")
    return "0" if short in ("-0", "") else short
