from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.errors import InputError
from normcalc.plot.geometry.bodies import touch2d

L1 = nc.function("abs(x1) + abs(x2)")
L2 = nc.function("sqrt(x1**2 + x2**2)")
LINF = nc.function("max(abs(x1), abs(x2))")
LP = nc.function("(abs(x1)**p + abs(x2)**p)**(1/p)")

# norm, parameters, equation, right-hand side, point, value
CONTACTS = [
    (L1, {}, [10, 1], 5, (0.5, 0.0), 0.5),
    (L1, {}, [1, 10], 5, (0.0, 0.5), 0.5),
    (L1, {}, [10, 1], -5, (-0.5, 0.0), 0.5),
    (L2, {}, [10, 1], 5, (50 / 101, 5 / 101), 5 / np.sqrt(101)),
    (LINF, {}, [10, 1], 5, (5 / 11, 5 / 11), 5 / 11),
    (LINF, {}, [2, -1], 1, (1 / 3, -1 / 3), 1 / 3),
    (LP, {"p": 0.5}, [10, 1], 5, (0.5, 0.0), 0.5),
    (LP, {"p": 2 / 3}, [10, 1], 5, (0.5, 0.0), 0.5),
    (LP, {"p": 1.5}, [10, 1], 5, (500 / 1001, 5 / 1001), None),
    (LP, {"p": 4.0}, [10, 1], 5, (5 / (10 + 10 ** (-1 / 3)), 5 / (1 + 10 ** (4 / 3))), None),
    (L2, {}, [1, 1], 1000, (500.0, 500.0), 1000 / np.sqrt(2)),
    (L2, {}, [0, 3], 6, (0.0, 2.0), 2.0),
    (nc.function("norm(x, 1)"), {}, [3, 1], 6, (2.0, 0.0), 2.0),
    # neither homogeneous nor convex: log penalty
    (nc.function("log(1 + abs(x))"), {}, [2, 1], 1, (0.5, 0.0), np.log(1.5)),
    (nc.function("x**2 + lam*abs(x)"), {"lam": 0.1}, [1, 1], 1, (0.5, 0.5), 0.6),
]


@pytest.mark.parametrize(("norm", "params", "a", "b", "point", "value"), CONTACTS)
def test_contact_points(norm, params, a, b, point, value) -> None:
    found = touch2d(norm, a, b, **params)
    assert found.unique
    np.testing.assert_allclose(found.points, [point], atol=1e-10 * max(1, abs(b)))
    assert abs(found.points[0] @ np.array(a) - b) < 1e-12 * max(1, abs(b))
    if value is not None:
        assert found.value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("norm", "params", "a", "b", "point", "value"), CONTACTS)
def test_nothing_on_the_line_is_smaller(norm, params, a, b, point, value) -> None:
    """Evaluate the formula all along the line, knowing nothing of how the contact was found."""
    found = touch2d(norm, a, b, **params)
    t = np.linspace(-10, 10, 20001) * max(1.0, abs(b) / 10)
    line = found.points[0] + t[:, None] * np.array([-a[1], a[0]])
    if norm.variable.kind == "scalar":
        values = norm.elementwise(line, **params).sum(axis=1)
    else:
        values = norm(line, **params)
    assert np.min(values) >= found.value * (1 - 1e-12)
    # the same test refutes a point that is slightly off
    off = found.points[0] + 1e-3 * max(1, abs(b)) * np.array([-a[1], a[0]])
    wrong = np.sum(norm.elementwise(off, **params)) if norm.variable.kind == "scalar" else None
    wrong = norm(off, **params) if wrong is None else wrong
    assert np.min(values) < wrong


def test_zeros_are_exactly_zero() -> None:
    for norm, params in ((L1, {}), (LP, {"p": 0.5}), (LP, {"p": 2 / 3})):
        assert touch2d(norm, [10, 1], 5, **params).points[0, 1] == 0.0


def test_parallel_edge_gives_the_whole_segment() -> None:
    found = touch2d(L1, [[1, 1]], [1000])
    assert not found.unique
    assert found.value == 1000.0
    np.testing.assert_array_equal(np.sort(found.segment, axis=0), [[0.0, 0.0], [1000.0, 1000.0]])


def test_parallel_edge_without_exact_vertices() -> None:
    found = touch2d(nc.function("dot(w, sort(abs(x)))"), [2, 1], 1, w=[2.0, 1.0])
    assert found.value == pytest.approx(1.0)
    np.testing.assert_allclose(
        found.segment[np.argsort(found.segment[:, 0])], [[1 / 3, 1 / 3], [0.5, 0.0]], atol=1e-12
    )


def test_quasi_norm_has_a_second_local_minimum() -> None:
    found = touch2d(LP, [10, 1], 5, p=2 / 3)
    np.testing.assert_allclose(found.local, [[0.0, 5.0]], atol=1e-12)
    tie = touch2d(LP, [1, 1], 1, p=0.5)
    assert len(tie.points) == 2
    assert tie.segment is None


def test_line_through_the_origin() -> None:
    found = touch2d(L1, [1, 2], 0)
    assert found.value == 0.0
    np.testing.assert_array_equal(found.points, [[0.0, 0.0]])


def test_bad_equations_are_refused() -> None:
    with pytest.raises(InputError, match="one equation"):
        touch2d(L1, [1, 2, 3], 1)
    with pytest.raises(InputError, match="finite"):
        touch2d(L1, [0, 0], 1)
    with pytest.raises(InputError, match="finite"):
        touch2d(L1, [1, float("nan")], 1)
    with pytest.raises(InputError, match="does not grow"):
        touch2d(nc.function("abs(x1) + 0*x2"), [1, 0], 1)
