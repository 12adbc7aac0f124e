"""Figures in space and the rest of the new figures: what is drawn is what was computed."""

from __future__ import annotations

import itertools
import re
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection, TriMesh

import normcalc as nc
from normcalc.errors import InputError
from normcalc.plot.artists.paths import spread
from normcalc.plot.artists.solids import shade
from normcalc.plot.geometry.body3d import Body3D
from normcalc.plot.geometry.camera import Camera
from normcalc.plot.geometry.symmetric import matrices
from normcalc.plot.opaque import opaque
from normcalc.plot.tikz import tikz

if TYPE_CHECKING:
    from pathlib import Path

CUBE = nc.function("norm(x, oo)")
CONE = nc.function("norm(x[:2]) + abs(x[2])")
STAR = nc.function("sum(sqrt(abs(x)))**2")
NUCLEAR = nc.function("sum(singular_values(X))")
L1 = nc.function("abs(x1) + abs(x2)")
LOSS = nc.function("norm(A @ x - b)**2/2", A=nc.Matrix, b=nc.Vector)

FIGURES = {
    "cube": lambda: nc.plot.ball3d(CUBE).figure,
    "cone": lambda: nc.plot.ball3d(CONE).figure,
    "star": lambda: nc.plot.ball3d(STAR).figure,
    "prism": lambda: nc.plot.ball3d(nc.function("sum(abs(diff(x)))")).figure,
    "cylinder": lambda: nc.plot.ball3d(nc.function("norm(diff(x))")).figure,
    "nuclear": lambda: nc.plot.ball3d(NUCLEAR, camera=(62, 18), names="abc").figure,
    "grid": lambda: nc.plot.balls([CUBE, (CONE, "a double cone"), CUBE], dimension=3, columns=2),
    "contours": lambda: (
        nc.plot.contours(
            LOSS, levels=[1, 2], center=(1, 1), numbers=True, A=[[2, 0], [0, 1]], b=[2, 1]
        ).figure
    ),
    "induced": lambda: nc.plot.induced([[1, 1], [0, 1]], L1),
    "path": lambda: nc.plot.path([1, 0.1, 0.01], [[0, 0, 0], [1, 0, 0], [2, 1.99, 1.98]]).figure,
}


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_clipped_and_no_texts_overlap(name: str) -> None:
    figure = FIGURES[name]()
    figure.canvas.draw()
    figure.canvas.draw()
    page = figure.bbox.padded(1.5)
    texts = [t for ax in figure.axes for t in (*ax.texts, ax.xaxis.label) if t.get_text()]
    boxes = [t.get_window_extent() for t in texts]
    for text, box in zip(texts, boxes, strict=True):
        assert page.contains(*box.p0), text
        assert page.contains(*box.p1), text
    for (a, p), (b, q) in itertools.combinations(zip(texts, boxes, strict=True), 2):
        assert not p.overlaps(q), (a, b)
    assert nc.plot.alt_text_of(figure).endswith(".")


def test_a_cube_on_the_page_is_its_projection() -> None:
    ax = nc.plot.ball3d(CUBE, camera=(40.0, 25.0))
    (faces,) = [c for c in ax.collections if isinstance(c, PolyCollection)]
    corners = Camera(40.0, 25.0).flat(np.array(list(itertools.product((1.0, -1.0), repeat=3))))
    drawn = np.vstack([path.vertices for path in faces.get_paths()])
    assert len(faces.get_paths()) == 3
    for point in drawn:
        assert np.min(np.hypot(*(corners - point).T)) < 1e-12
    dashed = [c for c in ax.collections if isinstance(c, LineCollection) and c.get_alpha()]
    assert [len(c.get_paths()) for c in dashed] == [3]
    assert ax.get_aspect() == 1
    bare = nc.plot.ball3d(CUBE, hidden=False, axes=False)
    assert not any(c.get_alpha() for c in bare.collections)
    assert not bare.texts


def test_curved_bodies_are_shaded_from_the_back() -> None:
    ax = nc.plot.ball3d(STAR)
    (mesh,) = [c for c in ax.collections if isinstance(c, TriMesh)]
    assert len(mesh.get_facecolor()) > 3000
    body = nc.plot.body3d(STAR)
    assert isinstance(body, Body3D)
    depths = Camera().depth(body.points[body.corners].mean(axis=1))
    assert np.ptp(depths) > 1


def test_light_comes_from_the_upper_left() -> None:
    camera = Camera()
    bright, dark = shade(np.array([camera.light, -camera.light]), camera, "#0072B2")
    assert bright.sum() > dark.sum() + 0.5
    left, right = shade(np.array([-camera.right, camera.right]), camera, "#0072B2")
    assert left.sum() > right.sum()


def test_half_axes_start_on_the_surface() -> None:
    ax = nc.plot.ball3d(nc.function("norm(x)/2"))
    tips = Camera().flat(2 * np.eye(3))
    feet = [np.array(t.xyann) for t in ax.texts if t.arrow_patch is not None]
    for foot, tip in zip(feet, tips, strict=True):
        np.testing.assert_allclose(foot, tip, atol=1e-9)


@pytest.mark.parametrize("ending", ["pdf", "svg", "eps", "tex", "png"])
def test_one_figure_saved_twice_gives_the_same_bytes(tmp_path: Path, ending: str) -> None:
    # without texts, since embedding fonts in EPS takes a second
    bare = {"label": "", "axes": False} if ending == "eps" else {}
    figure = nc.plot.ball3d(CONE, **bare).figure
    first = nc.plot.save(figure, tmp_path / f"a.{ending}", CONE).read_bytes()
    second = nc.plot.save(figure, tmp_path / f"b.{ending}", CONE).read_bytes()
    assert first == second
    assert len(first) < 500_000
    assert b"/Type3" not in first
    assert b"CreationDate" not in first
    other = nc.plot.save(
        nc.plot.ball3d(CUBE, **bare).figure, tmp_path / f"c.{ending}", CONE
    ).read_bytes()
    assert other != first


def test_shading_is_vector_in_pdf_and_lines_are_vector_in_svg(tmp_path: Path) -> None:
    figure = FIGURES["cone"]()
    pdf = nc.plot.save(figure, tmp_path / "cone.pdf").read_bytes()
    assert b"/ShadingType 4" in pdf
    assert b"/Image" not in pdf.replace(b"/ImageB", b"").replace(b"/ImageC", b"").replace(
        b"/ImageI", b""
    )
    svg = nc.plot.save(figure, tmp_path / "cone.svg").read_text("utf-8")
    assert svg.count("<image") == 1
    assert svg.count("LineCollection") >= 2
    (mesh,) = [c for ax in figure.axes for c in ax.collections if isinstance(c, TriMesh)]
    assert not mesh.get_rasterized()


def test_a_figure_of_twelve_bodies_is_small(tmp_path: Path) -> None:
    items = [(f, "ball") for f in (CONE, nc.function("norm(x)"), NUCLEAR)] * 4
    figure = nc.plot.balls(items, dimension=3)
    assert nc.plot.save(figure, tmp_path / "twelve.pdf").stat().st_size < 500_000


def test_a_ball_in_space_takes_less_than_a_second() -> None:
    nc.plot.ball3d(CUBE)
    for f in (CONE, nc.function("norm(x, 3)"), nc.function("norm(x, 1) + norm(x, oo)")):
        start = time.process_time()
        nc.plot.ball3d(f)
        assert time.process_time() - start < 1.0


def tikz_points(text: str) -> np.ndarray:
    """Return all points of the faces in a TikZ picture, whose edges are hairlines."""
    filled = [line for line in text.splitlines() if "line width=0.3bp" in line]
    pairs = re.findall(r"\((-?[\d.]+),(-?[\d.]+)\)", "\n".join(filled))
    return np.array(pairs, dtype=float)


def test_tikz_holds_the_vertices(tmp_path: Path) -> None:
    ax = nc.plot.ball3d(CUBE, label="x_1 & 50%")
    text = nc.plot.save(ax.figure, tmp_path / "cube.tex", CUBE).read_text("utf-8")
    assert text.count("{") == text.count("}")
    assert text.count(r"\begin") == text.count(r"\end")
    assert text.startswith("% norm(x, oo)\n% Unit ball of norm(x, oo) in space: a polytope")
    assert r"{x\_1 \& 50\%}" in text
    assert text.count("dash pattern") == 3
    scale = 72 / ax.figure.dpi
    drawn = tikz_points(tikz(ax.figure))
    flat = Camera().flat(np.array(list(itertools.product((1.0, -1.0), repeat=3))))
    wanted = ax.transData.transform(flat) * scale
    for point in drawn:
        assert np.min(np.hypot(*(wanted - point).T)) < 2e-3
    assert np.min(np.hypot(*(wanted - drawn[0] - 1.0).T)) > 2e-3


def test_tikz_of_figures_in_the_plane() -> None:
    text = tikz(nc.plot.penalty(nc.function("sqrt(abs(x))")))
    assert text.count(r"\node") > 8
    assert "fill opacity" in tikz(nc.plot.ball(L1).figure)
    ax = nc.plot.ball(L1)
    assert r"\clip" not in tikz(ax.figure)
    ax.set_xlim(0.0, 0.5)
    assert r"\clip" in tikz(ax.figure)


def test_eps_has_no_transparency_and_gives_it_back(tmp_path: Path, caplog) -> None:
    figure = nc.plot.ball(L1, label="").figure
    for text in figure.axes[0].texts:
        text.set_visible(False)
    (tint,) = [p for p in figure.axes[0].patches if p.get_alpha()]
    with opaque(figure):
        assert tint.get_alpha() is None
        assert min(tint.get_facecolor()[:3]) > 0.7
    assert tint.get_alpha() == pytest.approx(0.24)
    nc.plot.save(figure, tmp_path / "ball.eps")
    assert "transparency" not in caplog.text
    figure.savefig(tmp_path / "plain.eps")
    assert "transparency" in caplog.text


def test_symmetric_matrices() -> None:
    points = np.random.default_rng(1).normal(size=(20, 3))
    stack = matrices(points)
    np.testing.assert_allclose(
        np.linalg.norm(stack, axis=(1, 2)), np.linalg.norm(points, axis=1), rtol=1e-12
    )
    body = nc.plot.body3d(NUCLEAR)
    assert isinstance(body, Body3D)
    sums = np.abs(np.linalg.eigvalsh(matrices(body.points))).sum(axis=1)
    np.testing.assert_allclose(sums, 1.0, rtol=1e-9)
    rank_one = body.points[np.unique(body.creases.ends)]
    np.testing.assert_allclose(np.linalg.det(matrices(rank_one)), 0.0, atol=1e-9)
    assert np.max(np.abs(np.linalg.det(matrices(body.points)))) > 0.1
    with pytest.raises(InputError, match="otherwise than by entries"):
        nc.plot.body3d(nc.function("sum(singular_values(transpose(X)))"))


def test_unbounded_bodies_are_cut() -> None:
    prism = nc.plot.body3d(nc.function("sum(abs(diff(x)))"), window=3.0)
    assert prism.volume == np.inf
    np.testing.assert_allclose(prism.recession, np.ones((1, 3)) / np.sqrt(3))
    along = prism.vertices @ prism.recession[0]
    np.testing.assert_allclose(np.abs(along), 3.0, rtol=1e-12)
    tube = nc.plot.body3d(nc.function("sqrt(x1**2 + x2**2) + 0*x3"), window=2.0)
    assert isinstance(tube, Body3D)
    assert tube.cuts is not None
    middles = tube.points[tube.corners].mean(axis=1)
    np.testing.assert_array_equal(tube.cuts, np.abs(np.abs(middles[:, 2]) - 2) < 1e-9)
    with pytest.raises(InputError, match="window"):
        nc.plot.body3d(nc.function("sum(abs(diff(x)))"), window=-1.0)


def test_bounded_penalties_are_cut_by_a_box() -> None:
    body = nc.plot.body3d(nc.function("min(abs(x), 1)"), 1.5, tol=0.1)
    assert isinstance(body, Body3D)
    assert body.cuts is not None
    assert body.cuts.any()
    assert not body.convex


def test_contours_lie_on_their_levels() -> None:
    given = {"A": [[2.0, 1.0], [0.0, 1.0]], "b": [1.0, 1.0]}
    best = np.linalg.solve(given["A"], given["b"])
    curve = nc.plot.level2d(LOSS, 0.5, best, **given)
    np.testing.assert_allclose(LOSS(curve.points, **given), 0.5, rtol=1e-9)
    # the area of an ellipse: 2 pi level / sqrt(det A^T A)
    assert nc.plot.area(curve) == pytest.approx(np.pi / 2, rel=5e-4)
    with pytest.raises(InputError, match="interior"):
        nc.plot.level2d(LOSS, 0.5, best + 5, **given)
    with pytest.raises(InputError, match="two finite"):
        nc.plot.level2d(LOSS, 0.5, [1.0], **given)


def test_the_image_fits_into_the_ball() -> None:
    figure = nc.plot.induced([[1.0, 0.8], [-0.3, 1.2]], nc.function("norm(x)"))
    image = figure.axes[1].patches[0].get_xy()
    around = figure.axes[1].patches[2].get_xy()
    size = np.linalg.norm([[1.0, 0.8], [-0.3, 1.2]], 2)
    assert np.hypot(*image.T).max() == pytest.approx(size, rel=1e-4)
    np.testing.assert_allclose(np.hypot(*around.T), size, rtol=1e-9)
    with pytest.raises(InputError, match=r"\(2, 2\)"):
        nc.plot.induced([[1.0, 2.0, 3.0]], L1)


def test_names_at_the_end_of_a_path_keep_apart() -> None:
    heights = [h for h, _ in spread([0.0, 0.01, 0.02, 3.0], 1.0)]
    assert np.diff(heights).min() >= 1.0 - 1e-12
    assert np.mean(heights[:3]) == pytest.approx(0.01)
    with pytest.raises(InputError, match="shapes"):
        nc.plot.path([1.0, 2.0], [[1.0]])
    with pytest.raises(InputError, match="positive"):
        nc.plot.path([1.0, -2.0], [[1.0], [2.0]])


def test_a_film_ends_with_the_contact(tmp_path: Path, capsys) -> None:
    from PIL import Image

    target = nc.plot.animate(L1, [2, 1], 1, tmp_path / "grow.gif", frames=3, dpi=50, verbose=True)
    assert capsys.readouterr().out.splitlines()[-1] == "picture 3 of 3"
    with Image.open(target) as film:
        assert film.n_frames == 3
        inked = []
        for k in range(3):
            film.seek(k)
            inked.append(np.count_nonzero(np.asarray(film.convert("L")) < 250))
        assert inked[0] < inked[1] < inked[2]
        assert film.info["duration"] >= 1500
    again = nc.plot.animate(L1, [2, 1], 1, tmp_path / "again.gif", frames=3, dpi=50)
    assert again.read_bytes() == target.read_bytes()
    assert not capsys.readouterr().out
    with pytest.raises(InputError, match=r"\.gif"):
        nc.plot.animate(L1, [2, 1], 1, tmp_path / "grow.png")
    with pytest.raises(InputError, match="origin"):
        nc.plot.animate(L1, [2, 1], 0, tmp_path / "never.gif")
    assert len(list(tmp_path.iterdir())) == 2


ENCODER = """#!{python}
import sys
data = sys.stdin.buffer.read()
assert sys.argv[sys.argv.index("-f") + 1] == "rawvideo"
with open(sys.argv[-1], "w") as file:
    print(len(data), sys.argv[sys.argv.index("-s") + 1], file=file)
"""


def test_films_go_to_ffmpeg(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="ffmpeg, which is not installed"):
        nc.plot.animate(L1, [2, 1], 1, tmp_path / "grow.mp4", frames=2)
    encoder = tmp_path / "ffmpeg"
    encoder.write_text(ENCODER.format(python=sys.executable))
    encoder.chmod(0o755)
    film = nc.plot.animate(L1, [2, 1], 1, tmp_path / "grow.mp4", frames=2, seconds=1, dpi=50)
    size, shape = film.read_text().split()
    width, height = map(int, shape.split("x"))
    assert int(size) == 5 * 3 * width * height  # the last picture stays for three more
    encoder.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('no codec')\n")
    with pytest.raises(InputError, match="no codec"):
        nc.plot.animate(L1, [2, 1], 1, tmp_path / "other.mp4", frames=2, dpi=50)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ffmpeg", "grow.mp4"]


def test_grids_are_checked() -> None:
    with pytest.raises(InputError, match="dimension"):
        nc.plot.balls([CUBE], dimension=4)
    grid = FIGURES["grid"]()
    assert len(grid.axes) == 4
    assert not grid.axes[3].axison
