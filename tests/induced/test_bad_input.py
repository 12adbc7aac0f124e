"""What is refused, and what the refusal says."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.errors import InputError, LanguageError, NotDerivable, ParameterError

OCTAGON = "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"
ALL = [nc.induced_norm(1, 2), nc.entrywise(3), nc.schatten(1)]

NO_NORMS = [
    ("norm(x, 1/2)", "quasi-norm with constant 2"),
    ("abs(x1 - x2)", r"seminorm with kernel span \(1, 1\)"),
    ("norm(x, 2)**2", "no norm of any kind"),
    ("sum(x)", "no norm"),
    ("max(x1, x2, -x1 - x2)", "is a gauge"),
    (0.5, "from 1 to inf"),
    (-1, "from 1 to inf"),
    (float("nan"), "from 1 to inf"),
]


@pytest.mark.parametrize(("given", "words"), NO_NORMS, ids=[str(g) for g, _ in NO_NORMS])
def test_not_a_norm(given, words: str) -> None:
    for make in (nc.entrywise, lambda n: nc.induced_norm(n, 1), lambda n: nc.induced_norm(1, n)):
        with pytest.raises(NotDerivable, match=words):
            make(given)


def test_parameters_are_bound_first() -> None:
    weighted = nc.function("lam*norm(x, 1)")
    with pytest.raises(ParameterError, match=r"give lam a value first, with \.bind\(lam="):
        nc.induced_norm(weighted, 1)
    assert nc.induced_norm(weighted.bind(lam=2), 1)([[4.0]]) == 2
    assert str(nc.induced_norm(nc.zoo.l2().bind(lam=1), 2)).endswith("(spectral)")


@pytest.mark.parametrize("given", [None, True, [1], 1j])
def test_not_even_a_formula(given) -> None:
    with pytest.raises(InputError, match="vector norm is"):
        nc.induced_norm(given, 1)


def test_norm_of_a_matrix_is_no_vector_norm() -> None:
    nuclear = nc.function("norm(singular_values(X), 1)")
    for make in (nc.entrywise, nc.schatten, lambda n: nc.induced_norm(1, n)):
        with pytest.raises(InputError, match="function of a matrix"):
            make(nuclear)


def test_text_outside_the_language() -> None:
    with pytest.raises(LanguageError):
        nc.induced_norm("norm(x", 1)


MATRICES = [
    ([1.0, 2.0], "must be a matrix"),
    (3.0, "must be a matrix"),
    (np.zeros((2, 2, 2)), "must be a matrix"),
    (np.zeros((0, 2)), "must have an entry"),
    ([[1.0, np.nan]], r"A\[0, 1\] is nan"),
    ([[np.inf], [1.0]], r"A\[0, 0\] is inf"),
    ([[1j]], "must be real"),
    ([["a"]], "must be real"),
    ([[1.0], [2.0, 3.0]], "array of real numbers"),
    (sp.Matrix([[sp.Symbol("a")]]), r"symbols a; use \.symbolic"),
]


@pytest.mark.parametrize(("A", "words"), MATRICES, ids=range(len(MATRICES)))
def test_not_a_matrix(A, words: str) -> None:
    for norm in ALL:
        for ask in (norm, norm.bounds, norm.subgradient):
            with pytest.raises(InputError, match=words):
                ask(A)
    with pytest.raises(InputError, match=words):
        ALL[0].proof(A)


def test_wrong_dimensions() -> None:
    norm = nc.induced_norm(OCTAGON, 1)
    with pytest.raises(InputError, match="2 coordinates; here it gets 3"):
        norm(np.eye(3))
    with pytest.raises(InputError, match="2 coordinates; here it gets 3"):
        nc.induced_norm(1, OCTAGON)(np.eye(3))
    with pytest.raises(InputError, match="here it gets 4"):
        nc.entrywise(OCTAGON)(np.eye(2))


def test_symbolic_refusals() -> None:
    matrix = sp.Matrix(3, 3, sp.symbols("a:9"))
    with pytest.raises(NotDerivable, match="smaller side is 3"):
        nc.induced_norm(2, 2).symbolic(matrix)
    with pytest.raises(NotDerivable, match="no formula"):
        nc.induced_norm(3, 3).symbolic(matrix)
    with pytest.raises(NotDerivable, match="no formula"):
        nc.induced_norm(np.inf, 1).symbolic(sp.zeros(12, 12))
    for bad in ("a", [[sp.I]], [[sp.nan]], sp.zeros(0, 1)):
        with pytest.raises(InputError):
            nc.induced_norm(1, 1).symbolic(bad)


def test_no_bare_order_of_numpy() -> None:
    for order, words in ((-1, "column sum"), (-2, "singular value"), (-np.inf, "row sum")):
        with pytest.raises(NotDerivable, match=f"smallest.*{words}.*no norm"):
            nc.from_numpy(order)
    for order in (3, 0, "max", True, (1,), 1.5):
        with pytest.raises(InputError, match="for a matrix"):
            nc.from_numpy(order)


def test_names_leave_no_doubt() -> None:
    assert str(nc.induced_norm(1, 2)) == "induced norm from the 1-norm to the 2-norm"
    assert str(nc.induced_norm(2, 2)).endswith("(spectral)")
    assert str(nc.induced_norm(np.inf, 1.5)) == "induced norm from the inf-norm to the 3/2-norm"
    assert str(nc.induced_norm("2*norm(x, 1)", 1)).startswith("induced norm from 2*norm(x, 1)")
    assert str(nc.entrywise(1)) == "entrywise 1-norm"
    assert str(nc.from_numpy()) == str(nc.from_numpy("fro")) == "entrywise 2-norm (Frobenius)"
    assert str(nc.from_numpy("nuc")) == "Schatten 1-norm (nuclear)"
    assert str(nc.schatten(np.inf)) == "Schatten inf-norm (spectral)"
    assert nc.from_numpy(2) == nc.induced_norm(2, 2)
    assert nc.from_numpy(1) != nc.entrywise(1)


def test_latex() -> None:
    assert nc.induced_norm(np.inf, 2).latex().startswith(r"\|A\|_{\infty \to 2}")
    shown = nc.induced_norm(OCTAGON, 2).latex()
    assert r"\mathrm{in} \to 2" in shown
    assert r"\max" in shown.partition("quad")[2]
    assert r"\sigma(A)" in nc.schatten(1).latex()
    assert "vec" in nc.entrywise(1).latex()
    assert nc.induced_norm(1, 1)._repr_latex_().startswith("$")


def test_refusals_of_duals_and_proofs() -> None:
    assert nc.induced_norm(2, 2).dual() == nc.schatten(1)
    with pytest.raises(NotDerivable, match="least sum"):
        nc.induced_norm(1, 1).dual()
    for norm in (nc.entrywise(1), nc.schatten(1)):
        with pytest.raises(NotDerivable, match="definition"):
            norm.proof([[1.0]])
    assert nc.schatten(np.inf).proof([[1.0, 2.0]]).check()
    with pytest.raises(NotDerivable):
        nc.schatten("norm(x, 2) + sum(abs(x))")


def test_inputs_stay_as_they_are() -> None:
    A = np.array([[1.0, -2.0], [3.0, 4.0]])
    kept = A.copy()
    for norm in [*ALL, nc.induced_norm(3, 3)]:
        norm.bounds(A)
        norm.subgradient(A)
    np.testing.assert_array_equal(A, kept)
    found = ALL[0].bounds(A)
    with pytest.raises(ValueError, match="read-only"):
        found.attained_at[0] = 5
    assert nc.induced_norm(1, 1)(np.array([[1, -2]], dtype=np.int8)) == 2
    assert nc.induced_norm(1, 1)(np.array([[0.5]], dtype=np.float32)) == 0.5


def test_huge_and_tiny_entries() -> None:
    A = np.array([[1.0, -2.0], [3.0, 4.0]])
    for p, q in ((1, 2), (2, 2), (3, 3), (np.inf, 1)):
        norm = nc.induced_norm(p, q)
        for factor in (2.0**900, 2.0**-900):
            assert norm(A * factor) == pytest.approx(norm(A) * factor, rel=1e-9)


def test_zero_matrix() -> None:
    for p, q in ((1, 2), (2, 2), (3, 3), ("norm(x, 2) + sum(abs(x))", 1)):
        found = nc.induced_norm(p, q).bounds(np.zeros((2, 3)))
        assert found.lower == found.upper == 0
        assert np.any(found.attained_at)
