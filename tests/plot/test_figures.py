from __future__ import annotations

import itertools
import runpy
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

import normcalc as nc
from normcalc.errors import InputError
from normcalc.plot.styles import VENUES, width

L1 = nc.function("abs(x1) + abs(x2)")
OCTAGON = nc.function("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))")
LP = nc.function("(abs(x1)**p + abs(x2)**p)**(1/p)")
MCP = nc.function(
    "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
)

FIGURES = {
    "ball": lambda: nc.plot.ball(OCTAGON).figure,
    "strip": lambda: nc.plot.ball(nc.function("abs(x1 - x2)")).figure,
    "curved": lambda: nc.plot.ball(LP, p=0.5).figure,
    "vector": lambda: nc.plot.ball(nc.function("dot(w, sort(abs(x)))"), w=[2.0, 1.0]).figure,
    "level": lambda: nc.plot.ball(MCP, level=1.7, lam=1.0, gamma=3.0).figure,
    "dual_ball": lambda: nc.plot.dual_ball(OCTAGON).figure,
    "dual_pair": lambda: nc.plot.dual_pair(nc.function("abs(x1) + sqrt(x1**2 + x2**2)")),
    "dual_given": lambda: nc.plot.dual_pair(L1, nc.function("max(abs(x1), abs(x2))")),
    "balls": lambda: nc.plot.balls([L1, OCTAGON, (LP.bind(p=0.5), "$p = 1/2$")]),
    "contact": lambda: nc.plot.contact(L1, [10, 1], 5).figure,
    "edge": lambda: nc.plot.contact(L1, [1, 1], 0.5).figure,
    "origin": lambda: nc.plot.contact(L1, [1, 2], 0).figure,
    "penalty": lambda: nc.plot.penalty(MCP, step=0.5, lam=1.0, gamma=2.0),
    "jump": lambda: nc.plot.penalty(MCP, step=2.0, lam=1.0, gamma=1.0),
}


@pytest.mark.parametrize("name", FIGURES)
def test_nothing_is_clipped_and_nothing_overlaps(name: str) -> None:
    figure = FIGURES[name]()
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    page = figure.bbox.padded(1.0)
    captions = [ax.xaxis.label.get_window_extent() for ax in figure.axes]
    texts = [t.get_window_extent() for ax in figure.axes for t in ax.texts if t.get_text()]
    for box in captions + texts:
        assert box.width == 0 or (page.contains(*box.p0) and page.contains(*box.p1))
    for a, b in itertools.pairwise(captions):
        assert not a.overlaps(b)


@pytest.mark.parametrize("name", ["ball", "strip", "dual_pair", "contact", "balls"])
def test_scales_are_equal(name: str) -> None:
    figure = FIGURES[name]()
    figure.canvas.draw()
    limits = {(*ax.get_xlim(), *ax.get_ylim()) for ax in figure.axes}
    assert len(limits) == 1
    for ax in figure.axes:
        box = ax.get_window_extent()
        assert box.width == pytest.approx(box.height, rel=1e-6)


@pytest.mark.parametrize("ending", ["pdf", "png", "svg"])
def test_same_bytes_every_time(tmp_path: Path, ending: str, monkeypatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    paths = [
        nc.plot.save(nc.plot.ball(OCTAGON).figure, tmp_path / f"{k}.{ending}", OCTAGON)
        for k in range(2)
    ]
    first, second = (p.read_bytes() for p in paths)
    assert first == second
    other = nc.plot.save(nc.plot.ball(L1).figure, tmp_path / f"other.{ending}", L1)
    assert other.read_bytes() != first
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [f"0.{ending}", f"1.{ending}", f"other.{ending}"]
    )


def test_pdf_embeds_truetype_and_says_what_it_shows(tmp_path: Path) -> None:
    path = nc.plot.save(nc.plot.ball(L1).figure, tmp_path / "ball.pdf", L1)
    data = path.read_bytes()
    assert b"/Type3" not in data
    assert b"/FontFile2" in data
    assert b"abs\\(x1\\) + abs\\(x2\\)" in data
    assert b"square with vertices" in data
    assert b"CreationDate" not in data


def test_failed_save_leaves_nothing(tmp_path: Path) -> None:
    figure = nc.plot.ball(L1).figure
    with pytest.raises(InputError, match=r"\.pdf, \.png, \.svg"):
        nc.plot.save(figure, tmp_path / "ball.gif")
    with pytest.raises(InputError, match="folder"):
        nc.plot.save(figure, tmp_path / "absent" / "ball.pdf")
    with pytest.raises(ValueError, match="dpi"):
        nc.plot.save(figure, tmp_path / "ball.png", dpi=-1)
    assert list(tmp_path.iterdir()) == []


def test_styles_leave_no_trace() -> None:
    before = dict(mpl.rcParams)
    with nc.plot.style("icml", columns=2) as rc:
        assert width() == 6.75
        assert mpl.rcParams["pdf.fonttype"] == rc["pdf.fonttype"] == 42
    with pytest.raises(ZeroDivisionError), nc.plot.style("slides"):
        _ = 1 / 0
    nc.plot.ball(L1)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", VENUES)
def test_venues(name: str) -> None:
    with nc.plot.style(name):
        single = width()
        figure = nc.plot.balls([L1, OCTAGON])
        assert figure.get_figwidth() == pytest.approx(single)
    with nc.plot.style(name, columns=2):
        assert width() >= single


def test_unknown_styles_are_refused() -> None:
    with pytest.raises(InputError, match="neurips"), nc.plot.style("nature"):
        pass
    with pytest.raises(InputError, match="columns"), nc.plot.style("icml", columns=3):
        pass
    with nc.plot.style({"font.size": 20.0}):
        assert mpl.rcParams["font.size"] == 20.0


def test_alt_text_is_the_mathematics() -> None:
    text = nc.plot.alt_text(OCTAGON, nc.plot.boundary2d(OCTAGON))
    assert "octagon with vertices (1, 0.4142)" in text
    assert "unbounded along" in nc.plot.alt_text_of(FIGURES["strip"]())
    assert "4 tips at (1, 0)" in nc.plot.alt_text_of(FIGURES["curved"]())
    assert "with p = 0.5" in nc.plot.alt_text_of(FIGURES["curved"]())
    assert "in (0.5, 0)" in nc.plot.alt_text_of(FIGURES["contact"]())
    assert "a whole edge" in nc.plot.alt_text_of(FIGURES["edge"]())
    assert "a jump at 1.414 from 0 to 1.414" in nc.plot.alt_text_of(FIGURES["jump"]())


def test_corners_are_drawn_where_they_are() -> None:
    ax = nc.plot.ball(OCTAGON)
    path = max((line.get_xydata() for line in ax.lines), key=len)
    # The path begins and ends in the middle of an edge, so that every corner is joined.
    np.testing.assert_array_equal(path[1:-1], nc.plot.boundary2d(OCTAGON).points)
    np.testing.assert_array_equal(path[0], path[-1])
    np.testing.assert_allclose(path[0], (path[1] + path[-2]) / 2)


def test_a_barrier_does_not_flatten_the_rest() -> None:
    ax = nc.plot.penalty_curve(nc.function("1/x + x", domain=(0, None)), view=(0.0, 4.0))
    assert ax.get_ylim()[1] < 20
    assert nc.plot.penalty_curve(nc.function("abs(x)")).get_ylim()[1] > 4


def test_a_second_ball_brings_a_legend() -> None:
    ax = nc.plot.ball(L1, label="one")
    nc.plot.ball(OCTAGON, ax, label="two")
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["one", "two"]
    assert ax.get_xlabel() == ""
    styles = {line.get_linestyle() for line in ax.lines if len(line.get_xdata()) > 2}
    assert len(styles) == 2


def test_bad_requests_are_refused() -> None:
    with pytest.raises(InputError, match="at least one"):
        nc.plot.balls([])
    with pytest.raises(InputError, match="Cannot draw"):
        nc.plot.prox_curve(3)
    with pytest.raises(InputError, match="step"):
        nc.plot.prox_curve(MCP, step=-1.0, lam=1.0, gamma=1.0)


GALLERY = sorted((Path(__file__).parents[2] / "gallery").glob("plot_*.py"))


@pytest.mark.parametrize("script", GALLERY, ids=lambda p: p.stem)
def test_gallery_scripts_run(script: Path, capsys) -> None:
    import matplotlib.pyplot as plt

    plt.switch_backend("Agg")
    plt.close("all")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "show", lambda: None)
        runpy.run_path(str(script))
    assert plt.get_fignums()
    plt.close("all")
    assert len(script.read_text().splitlines()) <= 40
