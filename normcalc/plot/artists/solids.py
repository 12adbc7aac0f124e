"""Unit balls in space on plain 2D Axes: shaded, with creases, outline and hidden edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import rcParams
from matplotlib.collections import LineCollection, PolyCollection, TriMesh
from matplotlib.colors import to_rgb
from matplotlib.patches import Polygon
from matplotlib.tri import Triangulation
from numpy.typing import NDArray

from normcalc.plot.artists.balls import split_options
from normcalc.plot.artists.canvas import caption, describe, panel_of, single_axes
from normcalc.plot.artists.formulas import formula
from normcalc.plot.geometry.camera import Camera
from normcalc.plot.geometry.solids import body3d
from normcalc.plot.geometry.tips import axis_tips
from normcalc.plot.geometry.view3d import View, view
from normcalc.plot.styles import INK, MEANING, PAPER, house_style
from normcalc.plot.taking import takes_formulas
from normcalc.plot.words import named
from normcalc.plot.words3d import alt_text3d, meaning3d

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from normcalc.language.function import Function
    from normcalc.plot.geometry.body3d import Body3D
    from normcalc.plot.geometry.polytope3d import Polytope

Array = NDArray[np.float64]

CREASE, HIDDEN = 0.8, 0.45
_AMBIENT, _BRIGHTEST, _TINT, _GLOSS = 0.5, 1.12, 0.3, 0.35
_DASHES = (0, (3.2, 2.4))


@takes_formulas
def ball3d(
    f: Function,
    /,
    ax: Axes | None = None,
    *,
    level: float = 1.0,
    label: str | None = None,
    window: float | None = None,
    camera: Camera | tuple[float, float] = (33.0, 22.0),
    axes: bool = True,
    names: Sequence[str] = ("$x_1$", "$x_2$", "$x_3$"),
    hidden: bool = True,
    color: str | None = None,
    room: float | None = None,
    **parameters: Any,
) -> Axes:
    """Draw ``{f <= level}`` in space on a plain 2D Axes and return the Axes.

    Edges and creases are where the gradient jumps; those behind the body are dashed.  The colour
    says what the body is: blue polytopes, sky blue smooth bodies, green curved bodies with
    creases, vermilion nonconvex ones.

    Parameters
    ----------
    f : Function, str or sympy.Expr
        A norm, quasi-norm, gauge or penalty of three coordinates, of a vector, or of one variable.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure is made without it (it is ``ax.figure``).
    level : float
        The level of the ball.
    label : str, optional
        The caption; the formula unless given, nothing if empty.
    window : float, optional
        How far from the origin an unbounded ball is cut; the cut surfaces are almost white.
    camera : Camera or (azimuth, elevation)
        Where the viewer stands, in degrees.
    axes : bool
        Whether the three half axes are drawn, from the surface outwards.
    names : sequence of str
        What is written at the half axes.
    hidden : bool
        Whether edges behind the body are drawn, dashed.
    color : str, optional
        Another colour.
    room : float, optional
        Width in inches into which the caption must fit.
    **parameters
        Values for the parameters of `f`.

    Returns
    -------
    matplotlib.axes.Axes
        The Axes drawn on.

    Examples
    --------
    >>> import normcalc as nc
    >>> ax = ball3d(nc.function("max(abs(x1), abs(x2), abs(x3))"))
    >>> print(nc.plot.alt_text_of(ax.figure))
    Unit ball of max(abs(x1), abs(x2), abs(x3)) in space: a polytope with 8 vertices, 12 edges and
    6 faces; volume 8.
    """
    given, _ = split_options(f, parameters)
    found = body3d(f, level, window=window, **parameters)
    with house_style():
        place = single_axes() if ax is None else ax
        eye = camera if isinstance(camera, Camera) else Camera(*camera)
        shown = names if axes else ()
        draw_body3d(place, found, eye, names=shown, hidden=hidden, color=color)
        caption(place, formula(f, given) if label is None else label, room)
        describe(place, alt_text3d(named(f, given), found, level))
    return place


def draw_body3d(
    ax: Axes,
    body: Polytope | Body3D,
    camera: Camera,
    *,
    names: Sequence[str] = ("$x_1$", "$x_2$", "$x_3$"),
    hidden: bool = True,
    color: str | None = None,
) -> None:
    """Draw a body and the half axes that have names; fit the Axes around it."""
    seen = view(body, camera)
    paint = MEANING[meaning3d(body)] if color is None else color
    _faces(ax, seen, camera, paint)
    _triangles(ax, seen, camera, paint)
    _lines(ax, seen, hidden)
    silhouette = np.vstack([*seen.outline, *seen.visible])
    ends = _half_axes(ax, body, camera, silhouette, names)
    ways = _recession(ax, body, camera, silhouette, paint)
    frame(ax, np.vstack([silhouette, ends, ways]))


def shade(normals: Array, camera: Camera, color: str) -> Array:
    """Return colours for unit normals: one soft lamp and a faint gloss.

    The lamp reaches around the body, so that the side away from it has shape as well.
    """
    base = np.array(to_rgb(color)) * (1 - _TINT) + _TINT
    around = (0.5 + 0.5 * (normals @ camera.light))[..., None]
    half = camera.light + camera.towards
    gloss = np.clip(normals @ (half / np.linalg.norm(half)), 0, 1)[..., None] ** 40
    light = _AMBIENT + (_BRIGHTEST - _AMBIENT) * around**1.5
    return np.clip(base * light + _GLOSS * gloss * (1 - base), 0, 1)


def _paler(paints: Array, cuts: NDArray[np.bool_]) -> Array:
    """Return colours, those of cut surfaces almost white."""
    return np.where(cuts[:, None], 0.25 * paints + 0.75, paints)


def _faces(ax: Axes, seen: View, camera: Camera, color: str) -> None:
    """Fill flat faces; a hairline in their own colour closes the gaps between them."""
    if seen.faces:
        paints = _paler(shade(seen.face_normals, camera, color), seen.cut_faces)
        ax.add_collection(
            PolyCollection(
                list(seen.faces), facecolors=paints, edgecolors=paints, linewidths=0.3, zorder=2
            )
        )


def _triangles(ax: Axes, seen: View, camera: Camera, color: str) -> None:
    """Fill curved surface with colours that run smoothly across each triangle."""
    if len(seen.triangles) == 0:
        return
    points = seen.triangles.reshape(-1, 2)
    paints = shade(seen.corner_normals.reshape(-1, 3), camera, color)
    paints = _paler(paints, np.repeat(seen.cut_triangles, 3))
    corners = np.arange(len(points)).reshape(-1, 3)
    net = Triangulation(points[:, 0], points[:, 1], corners)
    mesh = TriMesh(net, zorder=2)
    colors: Any = paints
    mesh.set_facecolor(colors)
    ax.add_collection(mesh)


def _weight() -> float:
    """Return how much stronger than on paper the style in force draws lines."""
    return float(rcParams["lines.linewidth"]) / float(PAPER["lines.linewidth"])


def _lines(ax: Axes, seen: View, hidden: bool) -> None:
    """Draw outline and creases, and dashed what lies behind."""
    solid: dict[str, Any] = {"colors": INK, "linewidths": CREASE * _weight(), "capstyle": "round"}
    closed = [path[:-1] for path in seen.outline if np.array_equal(path[0], path[-1])]
    for path in closed:  # a patch, whose ends meet in a join
        rim: dict[str, Any] = {"edgecolor": INK, "linewidth": CREASE * _weight()}
        ax.add_patch(Polygon(path, fill=False, joinstyle="round", zorder=4, **rim))
    if not closed:
        ax.add_collection(LineCollection(list(seen.outline), joinstyle="round", zorder=4, **solid))
    ax.add_collection(LineCollection(list(seen.visible), joinstyle="round", zorder=4, **solid))
    if hidden and seen.hidden:
        dashed: dict[str, Any] = {"colors": INK, "linewidths": HIDDEN * _weight(), "alpha": 0.6}
        ax.add_collection(
            LineCollection(list(seen.hidden), linestyles=[_DASHES], zorder=3, **dashed)
        )


def _recession(
    ax: Axes, body: Polytope | Body3D, camera: Camera, outline: Array, color: str
) -> Array:
    """Mark with arrows the directions in which a cut body goes on; return where they end."""
    size = float(np.max(np.linalg.norm(outline, axis=1)))
    ends = [np.zeros(2)]
    for direction in np.vstack([body.recession, -body.recession]):
        way = camera.flat(direction)
        if np.hypot(*way) < 0.04:
            continue
        unit = way / np.hypot(*way)
        # Beside the ray from the origin where an axis runs along it.
        along = np.abs(camera.flat(np.eye(3)) @ unit) > 0.97 * np.linalg.norm(
            camera.flat(np.eye(3)), axis=1
        )
        aside = 0.09 * size * np.any(along) * np.array([-unit[1], unit[0]])
        start = _reach(outline, unit) * unit + aside
        ends.append(start + 0.3 * size * unit)
        looks: dict[str, Any] = {"arrowstyle": "-|>,head_width=.16,head_length=.34"}
        looks |= {"linewidth": _weight(), "color": color, "shrinkA": 0, "shrinkB": 0}
        foot = start + 0.05 * size * unit
        ax.annotate("", (ends[-1][0], ends[-1][1]), (foot[0], foot[1]),
                    annotation_clip=False, arrowprops=looks, zorder=5)  # fmt: skip
    return np.array(ends)


def _half_axes(
    ax: Axes, body: Polytope | Body3D, camera: Camera, outline: Array, names: Sequence[str]
) -> Array:
    """Draw the three half axes from the surface past the outline; return where they end."""
    size = float(np.max(np.linalg.norm(outline, axis=1)))
    ends = [np.zeros(2)]
    for i, (tip, name) in enumerate(zip(axis_tips(body), names, strict=False)):
        way = camera.flat(np.eye(3)[i])
        if np.hypot(*way) < 0.04:
            continue
        start, unit = tip * way, way / np.hypot(*way)
        beyond = max(float(np.hypot(*start)) + 0.22 * size, _reach(outline, unit) + 0.14 * size)
        behind = bool(camera.depth(np.eye(3)[i]) < 0)
        _arrow(ax, start, beyond * unit, behind)
        ax.annotate(name, tuple(beyond * unit), tuple(0.75 * rcParams["font.size"] * unit),
                    textcoords="offset points", ha="center", va="center", fontsize="small",
                    color="0.25", annotation_clip=False, zorder=1 if behind else 6)  # fmt: skip
        ends.append((beyond + 0.16 * size) * unit)
    return np.array(ends)


def _reach(outline: Array, unit: Array) -> float:
    """Return how far an outline around the origin goes in a direction."""
    a, b = outline[:-1], outline[1:]
    along, off = np.stack([a @ unit, b @ unit]), np.stack([_cross(unit, a), _cross(unit, b)])
    across = off[0] * off[1] <= 0
    with np.errstate(all="ignore"):
        share = np.where(off[0] == off[1], 0.0, off[0] / (off[0] - off[1]))
    return float(np.max((along[0] + share * (along[1] - along[0]))[across], initial=0.0))


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[0] * b[..., 1] - a[1] * b[..., 0])


def _arrow(ax: Axes, start: Array, end: Array, behind: bool) -> None:
    head = "-|>,head_width=.13,head_length=.28"
    looks: dict[str, Any] = {"arrowstyle": head, "linewidth": 0.55 * _weight(), "color": "0.25"}
    looks |= {"shrinkA": 0, "shrinkB": 0}
    ax.annotate("", tuple(end), tuple(start), annotation_clip=False, arrowprops=looks,
                zorder=1 if behind else 5)  # fmt: skip


def frame(ax: Axes, drawn: Array) -> None:
    """Fit a square around everything drawn so far, on equal scales, without a frame."""
    panel = panel_of(ax)
    panel.corners.append(drawn.min(axis=0))
    panel.corners.append(drawn.max(axis=0))
    low, high = np.min(panel.corners, axis=0), np.max(panel.corners, axis=0)
    middle, half = (low + high) / 2, 0.52 * float(np.max(high - low))
    panel.bodies += 1
    ax.set_aspect("equal")
    ax.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] - half, middle[1] + half))
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.patch.set_visible(False)
