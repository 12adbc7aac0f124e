"""Operators at complex arguments and along any axis.

A complex vector is a real one of twice the length, and a modulus the norm of a pair of its
entries.  What is found at complex vectors is compared with what other theorems derive for pairs,
and with a search that knows the objective by hand and nothing of phases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.optimize import minimize

import normcalc as nc
from tests.language.complex_rows import BY_NAME, Row, bound

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(11)
STEP = 0.7
NONCONVEX = ("l0", "mcp", "scad")
INNER_SOLVER = ("overlapping groups",)


def complex_normal(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape) + 1j * RNG.normal(size=shape)


VECTORS = {
    "random": 1.5 * complex_normal(3),
    "large": 6 * complex_normal(3),
    "with zeros": np.array([2 - 1j, 0, -1.5j]),
    "equal moduli": np.array([3 + 4j, -5, 4 - 3j]) / 3,
    "zero": np.zeros(3, complex),
}


def check_optimal(operator: Callable[..., Any], row: Row, v: np.ndarray) -> None:
    """Look for a better point than the operator gives, from several starts."""
    u = operator(v)
    assert u.dtype == np.complex128
    assert u.shape == v.shape

    def objective(parts: np.ndarray) -> float:
        z = parts.view(complex)
        distance = float((np.abs(z - v) ** 2).sum())
        return row.by_hand(np.abs(z)) + distance / (2 * STEP)

    claimed = objective(u.view(float))
    assert np.isfinite(claimed)
    starts = [v, 0.3 * v + 0.1, *(complex_normal(3) for _ in range(2))]
    if row.verb() == "projection":
        starts = [z / (1 + np.abs(z).sum()) for z in starts]
    for start in starts:
        best = minimize(
            objective, start.view(float), method="Nelder-Mead", options={"maxfev": 300}
        )
        assert claimed <= best.fun + 1e-9 * (1 + abs(best.fun))


@pytest.mark.parametrize("at", VECTORS)
@pytest.mark.parametrize("name", BY_NAME)
def test_no_point_beats_the_operator(name: str, at: str) -> None:
    row = BY_NAME[name]
    check_optimal(row.derived(), row, VECTORS[at])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda right, v: right(np.abs(v)).astype(complex),  # drops the phases
        lambda right, v: right(v.real).astype(complex),
        lambda right, v: right(v.real) + 1j * right(v.imag),
        lambda right, v: right(v).conj(),
        lambda right, v: 1.2 * right(v),
    ],
)
@pytest.mark.parametrize("name", ["l1", "linf", "sorted", "mcp", "ball of l1"])
def test_a_wrong_operator_is_caught(name: str, wrong) -> None:
    row = BY_NAME[name]
    right = row.derived()
    with pytest.raises(AssertionError):
        check_optimal(lambda v: wrong(right, v), row, VECTORS["random"])


@pytest.mark.parametrize("at", VECTORS)
@pytest.mark.parametrize("name", [name for name in BY_NAME if name not in NONCONVEX])
def test_it_is_the_operator_of_pairs(name: str, at: str) -> None:
    row, v = BY_NAME[name], VECTORS[at]
    in_pairs = bound(row.verb(), *row.in_pairs())
    close = 1e-9 if name in INNER_SOLVER else 1e-11
    expected = in_pairs(v.view(float)).view(complex)
    np.testing.assert_allclose(row.derived()(v), expected, rtol=close, atol=close)


@pytest.mark.parametrize("name", NONCONVEX)
def test_it_is_the_nonconvex_operator_of_pairs(name: str) -> None:
    """Away from ties; zero moduli are minimisers where pairs have many."""
    row, v = BY_NAME[name], VECTORS["large"]
    expected = bound("prox", *row.in_pairs())(v.view(float)).view(complex)
    np.testing.assert_allclose(row.derived()(v), expected, rtol=1e-11)


@pytest.mark.parametrize("at", VECTORS)
@pytest.mark.parametrize("name", BY_NAME)
def test_phases_are_kept_and_moduli_are_real(name: str, at: str) -> None:
    row, v = BY_NAME[name], VECTORS[at]
    operator = row.derived()
    turn = np.exp(1j * RNG.uniform(0, 2 * np.pi, size=3))
    u = operator(v)
    np.testing.assert_allclose(operator(turn * v), turn * u, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(np.abs(u), np.abs(operator(np.abs(v))), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(operator(v.conj()), u.conj(), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", BY_NAME)
def test_real_numbers_give_what_they_gave(name: str) -> None:
    operator = BY_NAME[name].derived()
    for x in (np.array([2.0, -0.3, -1.7]), np.array([0.0, -4.0, 1.0]), np.zeros(3)):
        found = operator(x.astype(complex))
        assert (found.imag == 0).all()
        np.testing.assert_allclose(found.real, operator(x), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("at", VECTORS)
@pytest.mark.parametrize("name", BY_NAME)
def test_single_precision_stays(name: str, at: str) -> None:
    operator, v = BY_NAME[name].derived(), VECTORS[at]
    found = operator(v.astype(np.complex64))
    assert found.dtype == np.complex64
    np.testing.assert_allclose(found, operator(v), rtol=2e-6, atol=1e-6)
    assert operator(v.real.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("numbers", ["real", "complex"])
@pytest.mark.parametrize("axis", [None, 0, 1, -1, -2])
def test_a_stack_is_a_loop(name: str, numbers: str, axis: int | None) -> None:
    operator = BY_NAME[name].derived()
    stack = complex_normal(2, 2, 3) if numbers == "complex" else RNG.normal(size=(2, 2, 3))
    by_loop = np.array([[operator(v) for v in row] for row in stack])
    moved = stack if axis is None else np.moveaxis(stack, -1, axis)
    found = operator(moved) if axis is None else operator(moved, axis=axis)
    assert found.shape == moved.shape
    back = found if axis is None else np.moveaxis(found, axis, -1)
    np.testing.assert_array_equal(back, by_loop)


def test_entries_that_are_not_finite() -> None:
    soft = bound("prox", nc.function("abs(x)"), {})
    found = soft(np.array([complex(np.inf, 1), complex(np.nan, 0), 3 + 4j]))
    assert found[0] == complex(np.inf, 1)
    assert np.isnan(found[1])
    assert found[2] == pytest.approx((3 + 4j) * (1 - STEP / 5))
    shrunk = bound("prox", nc.function("norm(x)"), {})
    assert np.isnan(shrunk([complex(np.nan, 1), 1])).all()
    with pytest.raises(nc.InputError, match="finite"):
        shrunk([complex(0, np.inf), 1])
    nuclear = bound("prox", nc.function("sum(singular_values(X))"), {})
    stack = np.stack([np.full((2, 2), complex(0, np.nan)), 9 * np.eye(2)])
    assert np.isnan(nuclear(stack)[0]).all()
    np.testing.assert_allclose(nuclear(stack)[1], (9 - STEP) * np.eye(2))
    with pytest.raises(nc.InputError, match="finite"):
        nuclear(np.full((2, 2), complex(0, np.inf)))


@pytest.mark.parametrize("size", [5e-324, 1e-310, 1e-200, 1e200, 1e308])
def test_phases_of_huge_and_tiny_numbers(size: float) -> None:
    half = bound("prox", nc.function("mu/2*abs(x)**2"), {"mu": 1 / STEP})
    v = np.array([complex(size, size), complex(-size, 0)])
    np.testing.assert_allclose(half(v), v / 2, rtol=1e-12, atol=5e-324)


def test_what_grows_from_zero_has_phase_one() -> None:
    pushed = bound("prox", nc.function("-abs(x)"), {})([0j, -2j])
    np.testing.assert_allclose(np.abs(pushed), [STEP, 2 + STEP])
    assert pushed[0].imag == 0
    assert pushed[1] == pytest.approx(-1j * (2 + STEP))


MATRICES = {  # and the step at which the real matrix of twice the size has the same prox
    "sum(singular_values(X))": 1.0,
    "max(singular_values(X))": 2.0,
    "mu*rank(X)": 1.0,
    "dot(w, singular_values(X))": None,
    "sum(abs(X)**2)/2 + mu*sum(singular_values(X))": None,
    "norm(entries(X)) + mu*sum(singular_values(X))": None,
    "norm(singular_values(X), 3)": None,
    "sum(abs(X))": None,
    "sum(row_norms(X, 2))": None,
    "max(column_norms(X, 1))": None,
    "indicator(sum(singular_values(X)) <= r)": None,
}


def matrix_operator(formula: str) -> tuple[nc.Function, dict[str, Any], Callable[..., Any]]:
    f = nc.function(formula, **({"w": nc.Nonincreasing} if "w" in formula[:6] else {}))
    known = {"mu": 0.4, "w": [1.0, 0.5], "r": 1.5}
    values = {p.name: known[p.name] for p in f.parameters}
    verb = "projection" if formula.startswith("indicator") else "prox"
    return f, values, bound(verb, f, values)


@pytest.mark.parametrize("formula", MATRICES)
@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (2, 4)])
def test_matrices(formula: str, shape: tuple[int, int]) -> None:
    f, values, operator = matrix_operator(formula)
    z = complex_normal(*shape)
    u = operator(z)
    claimed = f(u, **values) + (np.abs(u - z) ** 2).sum() / (2 * STEP)
    if not formula.startswith("indicator"):
        for size in (1e-6, 1e-4, 1e-2, 1.0):
            for _ in range(25):
                rival = u + size * complex_normal(*shape)
                cost = f(rival, **values) + (np.abs(rival - z) ** 2).sum() / (2 * STEP)
                assert claimed <= cost + 1e-10
    left = np.linalg.qr(complex_normal(shape[0], shape[0]))[0]
    right = np.linalg.qr(complex_normal(shape[1], shape[1]))[0]
    if "singular" in formula or "rank" in formula:
        np.testing.assert_allclose(operator(left @ z @ right), left @ u @ right, atol=1e-9)
    real = z.real
    np.testing.assert_allclose(operator(real + 0j), operator(real), atol=1e-9)
    assert operator(z.astype(np.complex64)).dtype == np.complex64
    stack = np.stack([z, 2 * z], axis=1)
    along = operator(stack, axis=(0, 2))
    np.testing.assert_array_equal(along[:, 0], u)
    np.testing.assert_array_equal(along[:, 1], operator(2 * z))


@pytest.mark.parametrize(("formula", "factor"), [(f, s) for f, s in MATRICES.items() if s])
def test_it_is_the_operator_of_the_real_matrix_of_twice_the_size(
    formula: str, factor: float
) -> None:
    """There every singular value occurs twice, and squared distances double."""
    _, _, operator = matrix_operator(formula)
    for z in (complex_normal(3, 2), np.diag([2j, 0.1]), np.zeros((2, 3), complex)):
        twice = np.block([[z.real, -z.imag], [z.imag, z.real]])
        found = operator(twice, step=factor * STEP)
        rows, columns = z.shape
        expected = found[:rows, :columns] + 1j * found[rows:, :columns]
        np.testing.assert_allclose(operator(z), expected, atol=1e-12)


@pytest.mark.parametrize("name", ["l1", "l2", "linf", "l3", "sorted", "two largest", "groups"])
def test_the_dual_norm_is_the_largest_product(name: str) -> None:
    row = BY_NAME[name]
    f, values = row.function(), row.values()
    dual = nc.dual_norm(f)
    v = complex_normal(3)
    found = dual(v, **values)
    assert found == pytest.approx(dual(np.abs(v), **values), rel=1e-12)

    def quotient(parts: np.ndarray) -> float:
        z = parts.view(complex)
        return -float(np.vdot(v, z).real) / row.by_hand(np.abs(z))

    starts = (v, np.sign(v), np.where(np.arange(3) == np.abs(v).argmax(), v, 1e-3 * v))
    options = {"maxfev": 4000, "xatol": 1e-10, "fatol": 1e-12}
    best = min(
        minimize(quotient, s.view(float), method="Nelder-Mead", options=options).fun
        for s in starts
    )
    assert found == pytest.approx(-best, rel=1e-3)
    assert found >= -best - 1e-12
    stack = np.stack([v, 2j * v, 0 * v], axis=1)
    np.testing.assert_allclose(dual(stack, axis=0, **values), [found, 2 * found, 0])


@pytest.mark.parametrize("verb", ["conjugate", "moreau_envelope"])
def test_values_at_complex_numbers_are_those_at_moduli(verb: str) -> None:
    derived = getattr(nc, verb)(nc.function("lam*abs(x)"))
    own = {"step": STEP} if verb == "moreau_envelope" else {}
    z = np.array([3 + 4j, 0.1j, 0])
    np.testing.assert_array_equal(derived(z, lam=1.2, **own), derived(np.abs(z), lam=1.2, **own))


def test_the_gradient_of_an_envelope_is_its_slope() -> None:
    envelope = nc.moreau_envelope(nc.function("abs(x)"))
    gradient = nc.gradient(envelope)
    for z in (0.3 - 0.2j, 2 + 1j):
        slopes = [
            (envelope(z + d, step=STEP) - envelope(z - d, step=STEP)) / 2e-6 for d in (1e-6, 1e-6j)
        ]
        assert gradient(z, step=STEP) == pytest.approx(complex(*slopes), abs=1e-8)


def test_the_prox_of_a_conjugate_is_by_moreau() -> None:
    f = nc.function("lam*abs(x)")
    z = np.array([3 + 4j, 0.1j, 0])
    dual = nc.prox(nc.conjugate(f))(z, step=STEP, lam=1.2)
    np.testing.assert_allclose(dual, z - STEP * nc.prox(f)(z / STEP, step=1 / STEP, lam=1.2))


def test_scalars_and_out() -> None:
    p = nc.prox(nc.function("abs(x)"))
    found = p(3 + 4j, step=1.0)
    assert type(found) is complex
    assert found == pytest.approx(2.4 + 3.2j)
    assert p(3 + 4j, 1.0) == found
    out = np.empty(2, complex)
    assert p(np.array([3 + 4j, 1j]), step=1.0, out=out) is out
    np.testing.assert_allclose(out, [2.4 + 3.2j, 0])
    for bad in (np.empty(2), np.empty(3, complex), [0j, 0j]):
        with pytest.raises(nc.InputError, match="out must be"):
            p(np.array([3 + 4j, 1j]), step=1.0, out=bad)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("x**2/2", "has no value at complex x"),
        ("max(x, 0)", "has no value at complex x"),
        ("max(x)", "max(x) depends on the phase"),
        ("sum(x**2)", "abs(x)**2"),
        ("sum(max(x, 0))", "x.real"),
        ("norm(x) + indicator(x >= 0)", "x >= 0 depends"),
        ("sum(abs(diff(x)))", "diff(x) is not determined by the moduli"),
        ("norm(A @ x)", "A @ x is not determined"),
        ("sum(abs(x - 1))", "twice the length"),
        ("sum(abs(X)) + mu*sum(singular_values(X))", "functions of either alone"),
        ("max(eigenvalues(X))", "eigenvalues(X) depends on the phase"),
    ],
)
def test_phases_that_matter_are_refused(formula: str, message: str) -> None:
    f = nc.function(formula)
    z = np.eye(2) + 0j if f.variable.kind == "matrix" else np.ones(2) + 0j
    values = {p.name: np.eye(2) if p.name == "A" else 1.0 for p in f.parameters}
    with pytest.raises(nc.InputError) as caught:
        nc.prox(f)(z, step=1.0, **values)
    assert message in str(caught.value)


def test_answers_for_real_numbers_only() -> None:
    f = nc.function("abs(x)")
    with pytest.raises(nc.NotDerivable, match="real numbers only"):
        nc.subdifferential(f)(1j)
    with pytest.raises(nc.InputError, match="real number"):
        nc.prox(f).set_valued(1j, step=1.0)
    polyhedral = nc.dual_norm(nc.function("max(abs(x1), abs(x1 + x2))"))
    with pytest.raises(nc.InputError, match=r"x1 \+ x2 is not determined by the moduli"):
        polyhedral([1j, 2.0])


@pytest.mark.parametrize(
    ("formula", "bad"),
    [
        *(
            (f, bad)
            for f in ("abs(x)", "norm(x)")
            for bad in (1j, np.complex128(1 + 1j), "one", None)
        ),
        ("norm(x)", [1.0, 2.0]),  # entry by entry there may be one for each
    ],
)
@pytest.mark.parametrize("v", [[1.0, 2.0], [1j, 2.0]])
def test_the_step_is_one_real_number(formula: str, bad, v) -> None:
    with pytest.raises((nc.InputError, nc.ParameterError), match="step must be"):
        nc.prox(nc.function(formula))(v, step=bad)


@pytest.mark.parametrize(
    ("formula", "axis", "message"),
    [
        ("norm(x)", 2, "out of bounds: x has 2 axes"),
        ("norm(x)", (0, 1), "one axis"),
        ("abs(x)", 2, "out of bounds"),
        ("sum(abs(x))", -3, "out of bounds"),
        ("rank(X)", 0, "two axes"),
        ("rank(X)", (0, 0), "repeated"),
    ],
)
def test_wrong_axes(formula: str, axis, message: str) -> None:
    with pytest.raises(nc.InputError, match=message):
        nc.prox(nc.function(formula))(np.ones((2, 3)), axis=axis, step=-1.0)


def test_a_value_at_every_entry_has_no_axis() -> None:
    with pytest.raises(nc.InputError, match="value at every entry"):
        nc.moreau_envelope(nc.function("abs(x)"))(np.ones((2, 3)), axis=0, step=1.0)


def test_a_parameter_may_be_called_axis() -> None:
    p = nc.prox(nc.function("axis*norm(x)"))
    np.testing.assert_allclose(p([3.0, 4.0], step=1.0, axis=2.5), [1.5, 2.0])
    np.testing.assert_allclose(p([3.0, 4j], step=1.0, axis=2.5), [1.5, 2j])
