"""What draws a Function draws its text, and says what is wrong with another thing."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import normcalc as nc

OCTAGON = "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"


def test_geometry_of_a_text() -> None:
    given, made = (nc.plot.boundary2d(f) for f in (OCTAGON, nc.function(OCTAGON)))
    np.testing.assert_array_equal(given.points, made.points)
    assert nc.plot.body3d("abs(x1) + abs(x2) + abs(x3)").volume == pytest.approx(4 / 3)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: nc.plot.ball(OCTAGON),
        lambda: nc.plot.ball3d("abs(x1) + abs(x2) + abs(x3)"),
        lambda: nc.plot.balls([OCTAGON, ("abs(x1) + abs(x2)", "diamond")]),
        lambda: nc.plot.penalty("lam*abs(x)", lam=1.0),
        lambda: nc.plot.contact("abs(x1) + abs(x2)", [[1.0, 2.0]], [2.0]),
    ],
)
def test_a_text_is_drawn(draw) -> None:
    assert draw() is not None
    plt.close("all")


@pytest.mark.parametrize("wrong", [3.0, None, "abs(x1) +"])
def test_other_things_are_refused_by_name(wrong) -> None:
    with pytest.raises(nc.LanguageError):
        nc.plot.ball(wrong)


@pytest.mark.parametrize(
    "text", ["dual_norm(norm(x, 3)) + norm(x)", "infimal_convolution(norm(x, 1), norm(x))"]
)
def test_what_is_solved_anew_at_each_point_is_refused(text: str) -> None:
    with pytest.raises(nc.InputError, match="formula in the coordinates"):
        nc.plot.ball(text)
    with pytest.raises(nc.InputError, match="formula in the coordinates"):
        nc.plot.body3d(text)
