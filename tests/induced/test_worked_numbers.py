"""Numbers that a reader can do by hand, from [[1, -2], [3, 4]]."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.errors import NotDerivable, Refuted

M = [[1, -2], [3, 4]]
inf = np.inf
OCTAGON = "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"

INDUCED = [
    (1, 1, 6),
    (inf, inf, 7),
    (2, 2, sp.sqrt(15 + sp.sqrt(125))),
    (1, inf, 4),
    (1, 2, sp.sqrt(20)),
    (2, inf, 5),
    (inf, 1, 8),
]


@pytest.mark.parametrize(("p", "q", "value"), INDUCED)
def test_induced(p: float, q: float, value: sp.Expr) -> None:
    norm = nc.induced_norm(p, q)
    assert norm(M) == pytest.approx(float(value), rel=1e-14)
    assert sp.simplify(norm.symbolic(sp.Matrix(M)) - value) == 0
    found = norm.bounds(M)
    assert found.verdict == "exact"
    assert found.lower == found.upper


def test_other_norms() -> None:
    assert nc.entrywise(1)(M) == 10
    assert nc.schatten(1)(M) == pytest.approx(np.sqrt(50), rel=1e-14)
    assert nc.entrywise(2)(M) == pytest.approx(np.sqrt(30), rel=1e-14)
    assert nc.schatten(2)(M) == pytest.approx(np.sqrt(30), rel=1e-14)
    assert nc.schatten(1).symbolic(M) == sp.sqrt(50)
    rows = nc.entrywise("sqrt(x1**2 + x2**2) + sqrt(x3**2 + x4**2)")
    columns = nc.entrywise("sqrt(x1**2 + x3**2) + sqrt(x2**2 + x4**2)")
    assert rows(M) == pytest.approx(7.236068, abs=1e-6)
    assert columns(M) == pytest.approx(7.634414, abs=1e-6)


def test_spectral_radius_is_below_every_induced_norm() -> None:
    radius = np.abs(np.linalg.eigvals(np.array(M))).max()
    assert radius == pytest.approx(np.sqrt(10))
    for p in (1, 1.5, 2, 3, inf):
        assert nc.induced_norm(p, p)(M) >= radius
    assert nc.induced_norm(OCTAGON, OCTAGON)(M) >= radius


def test_equivalence() -> None:
    one, two, frobenius = nc.induced_norm(1, 1)(M), nc.induced_norm(2, 2)(M), nc.entrywise(2)(M)
    assert one / two == pytest.approx(1.17264, abs=1e-5)
    assert frobenius / two == pytest.approx(1.07047, abs=1e-5)
    assert max(one, frobenius) <= np.sqrt(2) * two


SUBGRADIENTS = [
    (nc.schatten(1), [[0.70711, -0.70711], [0.70711, 0.70711]]),
    (nc.schatten(inf), [[-0.12079, -0.19544], [0.51167, 0.82790]]),
    (nc.induced_norm(2, 2), [[-0.12079, -0.19544], [0.51167, 0.82790]]),
    (nc.induced_norm(1, 1), [[0, -1], [0, 1]]),
    (nc.entrywise(2), np.array(M) / np.sqrt(30)),
]


@pytest.mark.parametrize(("norm", "expected"), SUBGRADIENTS, ids=[str(n) for n, _ in SUBGRADIENTS])
def test_subgradients(norm, expected) -> None:
    np.testing.assert_allclose(norm.subgradient(M), expected, atol=5e-6)


def test_symbolic_two_by_two() -> None:
    a, b, c, d = sp.symbols("a b c d")
    matrix = sp.Matrix([[a, b], [c, d]])
    size = sp.Abs
    assert nc.induced_norm(1, 1).symbolic(matrix) == sp.Max(size(a) + size(c), size(b) + size(d))
    assert nc.induced_norm(inf, inf).symbolic(matrix) == sp.Max(
        size(a) + size(b), size(c) + size(d)
    )
    assert nc.induced_norm(1, 2).symbolic(matrix) == sp.Max(
        sp.sqrt(a**2 + c**2), sp.sqrt(b**2 + d**2)
    )
    assert nc.induced_norm(1, inf).symbolic(matrix) == sp.Max(*map(size, (a, b, c, d)))
    assert nc.induced_norm(2, 2).symbolic([[a, 0], [0, 0]]).subs(a, -3) == 3
    assert nc.induced_norm("sum(abs(x))", 1) == nc.induced_norm("sum(abs(x))", "norm(x, 1)")


def test_proof_of_the_largest_column_sum() -> None:
    proof = nc.induced_norm(1, 1).proof(M)
    assert proof.check()
    assert proof.value == 6
    np.testing.assert_array_equal(proof.attained_at, [0, 1])
    text = str(proof)
    assert "|a_j|_1 = 4, 6" in text
    assert "|A x|_1 <= sum_j |x_j| |a_j|_1 <= max_j |a_j|_1 sum_j |x_j| = 6 |x|_1" in text
    assert "A x = (-2, 4)" in text
    assert r"\max_j \|a_j\|_{1} \sum_j |x_j| = 6\,\|x\|_{1}" in proof.latex()


def test_proof_of_the_largest_row_sum() -> None:
    text = str(nc.induced_norm(inf, inf).proof(M))
    assert "over the rows a_i, and |a_i|_1 = 3, 7" in text
    assert "|<a_i, x>| <= |a_i|_1 |x|_inf <= 7 |x|_inf" in text


PROVED = [
    (1, 3, M), (3, inf, M), (2, 2, M), (inf, 1, M), (2, 1, M), (OCTAGON, 2, M), (2, OCTAGON, M),
    ("sqrt(x1**2 + 2*x2**2)", 2, M), ("3*norm(x, 1)", 1, M), (3, 2, np.abs(M)),
    ("norm(x, 2) + sum(abs(x))", 1, M), (inf, 3, np.ones((30, 30))), (3, 1, np.ones((30, 30))),
    (2, 2, [[0.0, 0.0]]), (1, 1, [[1e300, -1e300]]), (1, 2, [[1e-300]]),
]  # fmt: skip


@pytest.mark.parametrize(("p", "q", "A"), PROVED, ids=range(len(PROVED)))
def test_proofs_check(p, q, A) -> None:
    proof = nc.induced_norm(p, q).proof(A)
    assert proof.check()
    assert proof.value == nc.induced_norm(p, q)(A)
    assert str(proof).count("\n") >= 2
    assert proof.latex().startswith(r"\begin{align*}")


def test_wrong_proofs_are_refuted() -> None:
    from dataclasses import replace

    proof = nc.induced_norm(1, 1).proof(M)
    with pytest.raises(Refuted, match="attains"):
        replace(proof, value=6.1).check()
    with pytest.raises(Refuted, match="attains"):
        replace(proof, attained_at=np.array([1.0, 0.0])).check()
    with pytest.raises(Refuted, match="reaches"):
        replace(proof, value=4.0, attained_at=np.array([1.0, 0.0])).check()


def test_hard_pairs_have_no_proof() -> None:
    with pytest.raises(NotDerivable, match=r"bounds\(A\)"):
        nc.induced_norm(3, 3).proof(M)
