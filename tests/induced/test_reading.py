"""Norms of large matrices by few readings: against NumPy, and where they step aside."""

from __future__ import annotations

import numpy as np
import pytest

import normcalc as nc
from normcalc.errors import InputError
from normcalc.induced import bidiagonal, reading

SHAPES = [(200, 300), (5000, 3), (3, 5000), (1, 20_000), (1000, 1001)]


@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_sums_of_rows_and_columns(
    shape: tuple[int, int], loaded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LOADED", 0 if loaded else 10**12)
    if loaded:
        pytest.importorskip("numba")
    matrix = np.random.default_rng(0).standard_normal(shape)
    for given in (matrix, np.asfortranarray(matrix), matrix[::-1, ::-1], matrix.T):
        for order in (1, np.inf):
            expected = np.linalg.norm(given, order)
            assert nc.induced_norm(order, order)(given) == pytest.approx(expected, rel=1e-13)
    assert reading.largest_sum(matrix, 0) != pytest.approx(np.linalg.norm(matrix, np.inf))


@pytest.mark.parametrize("place", [(0, 0), (150, 299)])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("order", [1, np.inf])
def test_numbers_that_are_not_finite_are_refused(
    place: tuple[int, int], bad: float, order: float
) -> None:
    matrix = np.ones((200, 300))
    matrix[place] = bad
    with pytest.raises(InputError, match="must be finite"):
        nc.induced_norm(order, order)(matrix)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_spectral_norms_of_numbers_that_are_not_finite(bad: float) -> None:
    matrix = np.ones((400, 401))
    matrix[7, 300] = bad
    with pytest.raises(InputError, match="must be finite"):
        nc.induced_norm(2, 2)(matrix)


@pytest.mark.parametrize("scale", [1e-300, 1e305, 0.0])
def test_very_small_and_very_large_numbers(scale: float) -> None:
    matrix = scale * np.random.default_rng(0).uniform(0.5, 1.0, (150, 100))
    assert reading.largest_sum(matrix, 0) is None
    expected = scale * np.abs(matrix / (scale or 1.0)).sum(axis=0).max()
    assert nc.induced_norm(1, 1)(matrix) == pytest.approx(expected, rel=1e-12)


def with_singular_values(sizes: np.ndarray, m: int, n: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    left = np.linalg.qr(rng.standard_normal((m, len(sizes))))[0]
    right = np.linalg.qr(rng.standard_normal((n, len(sizes))))[0]
    return (left * sizes) @ right.T


SPECTRA = {
    "gap": np.r_[2.0, np.linspace(1.0, 0.1, 399)],
    "twins": np.r_[1.0, 1.0, np.linspace(0.99, 0.1, 398)],
    "close": np.r_[1.0, 1.0 - 1e-6, np.linspace(0.9, 0.1, 398)],
    "falling": 0.9 ** np.arange(400.0),
    "rank one": np.r_[3.0, np.zeros(399)],
    "all equal": np.ones(400),
}


@pytest.mark.parametrize("name", SPECTRA)
def test_spectral_norms_of_known_spectra(name: str) -> None:
    matrix = with_singular_values(SPECTRA[name], 450, 400)
    norm = nc.induced_norm(2, 2)
    assert norm(matrix) == pytest.approx(SPECTRA[name][0], rel=1e-10)
    found = bidiagonal.largest(matrix, np.random.default_rng(0))
    assert found is not None
    # What it claims: the length of an image, and a singular value within the residual.
    assert np.linalg.norm(matrix @ found.x) == pytest.approx(found.value, rel=1e-12)
    assert np.linalg.norm(found.x) == pytest.approx(1.0, abs=1e-12)
    assert np.abs(SPECTRA[name] - found.value).min() <= found.residual + 1e-12
    assert norm.bounds(matrix).upper == pytest.approx(found.value, rel=1e-10)


def test_a_start_that_cannot_see_the_largest_is_not_called_proved() -> None:
    """The check of the residual passes at a smaller singular value: it proves no upper bound."""

    class Blind:
        def standard_normal(self, n: int) -> np.ndarray:
            return np.r_[0.0, np.random.default_rng(0).standard_normal(n - 1)]

    found = bidiagonal.largest(np.diag(np.r_[5.0, np.linspace(1.0, 0.1, 499)]), Blind())
    assert found is not None
    assert found.value == pytest.approx(1.0)
    assert found.residual < 1e-4


def test_searches_that_do_not_settle_step_aside() -> None:
    matrix = np.random.default_rng(0).standard_normal((500, 500))
    assert bidiagonal.largest(matrix, np.random.default_rng(0), steps=5) is None
    assert reading.spectral(np.zeros((500, 500))) is None
    assert nc.induced_norm(2, 2)(np.zeros((500, 500))) == 0.0
    assert reading.spectral(matrix[:, :100]) is None
