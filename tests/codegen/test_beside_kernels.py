"""What is built of kernels: prox and value together, distances, datasheets, adapters."""

from __future__ import annotations

import pickle

import mpmath as mp
import numpy as np
import pytest

import normcalc as nc
from normcalc import adapters
from normcalc.codegen import compile as compile_kernel
from normcalc.codegen.exact import exact_value
from normcalc.errors import InputError, NotDerivable, ParameterError

MCP = "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
VALUES = {"lam": 0.7, "gamma": 2.5}


def test_prox_and_value_in_one_pass_are_the_two_kernels() -> None:
    f = nc.function(MCP)
    both = nc.prox_and_value(nc.prox(f))
    v = 4 * np.random.default_rng(0).standard_normal((7, 3001))
    points, values = both(v, step=0.6, **VALUES)
    assert np.array_equal(points, nc.prox(f)(v, step=0.6, **VALUES))
    assert np.array_equal(values, compile_kernel(f)(points, **VALUES))
    again, total = both.total(v, step=0.6, **VALUES)
    assert np.array_equal(points, again)
    assert total == pytest.approx(values.sum(), rel=1e-13)


def test_envelopes_with_their_gradients() -> None:
    f = nc.function(MCP)
    both = nc.prox_and_value(nc.prox(f))
    v = np.linspace(-5, 5, 501)
    value, gradient = both.envelope(v, step=0.6, **VALUES)
    expected = nc.moreau_envelope(f)(v, step=0.6, **VALUES)
    assert value == pytest.approx(expected, abs=1e-14)
    assert gradient == pytest.approx(np.gradient(expected, v, edge_order=2), abs=2e-2)
    assert both.envelope(v.astype(np.float32), step=0.6, **VALUES)[0].dtype == np.float32


def test_prox_and_value_check_what_they_get() -> None:
    both = nc.prox_and_value(nc.prox(nc.function(MCP)))
    with pytest.raises(InputError, match="needed are gamma, lam, step"):
        both([1.0], step=1.0, lam=1.0)
    with pytest.raises(NotDerivable, match="prox of a function of one real variable"):
        nc.prox_and_value(nc.conjugate(nc.function("abs(x)")))


@pytest.mark.parametrize(
    ("formula", "options", "values"),
    [
        ("lam*abs(x)", {}, {"lam": 0.8}),
        ("max(a*x, b*x)", {"a": nc.Real, "b": nc.Real, "where": "a <= b"}, {"a": -1.0, "b": 2.0}),
        ("x*log(x)", {"domain": (0, None)}, {}),
        ("log(1 + exp(x))", {}, {}),
    ],
)
def test_distance_to_the_subdifferential(formula, options, values) -> None:
    """Zero at the gradient of the smooth part that a prox leaves; else the nearest slope."""
    f = nc.function(formula, **options)
    distance = nc.subdifferential_distance(f)
    v = np.linspace(-3.1, 3.3, 41)
    point = nc.prox(f)(v, step=0.5, **values)
    assert distance(point, (point - v) / 0.5, **values) == pytest.approx(0.0, abs=1e-14)
    # A slope by differences, at points without a kink.
    x, h = np.array([0.4, 1.7]), 1e-6
    slope = (f(x[0] + h, **values) - f(x[0] - h, **values)) / (2 * h)
    assert distance(x, np.zeros(2), **values)[0] == pytest.approx(abs(slope), abs=1e-8)


def test_distances_where_nothing_is_a_subgradient() -> None:
    distance = nc.subdifferential_distance(nc.function("x*log(x)", domain=(0, None)))
    assert distance([-1.0, 0.0, np.nan], [0.0, 0.0, 0.0]).tolist()[:2] == [np.inf, np.inf]
    assert np.isnan(distance([np.nan], [0.0]))
    with pytest.raises(InputError, match="has shape"):
        distance([1.0], [0.0, 0.0])


EXACT = [
    ("lam*abs(x)", -2.0, (0.5, 1.0), lambda: mp.mpf(-1.5)),
    ("-log(x)", 1.0, (2.0,), lambda: 2),
    ("exp(x)", 0.0, (1.0,), lambda: -mp.lambertw(1).real),
    ("x*log(x)", -50.0, (1.0,), lambda: mp.lambertw(mp.exp(-51)).real),
]


@pytest.mark.parametrize(("formula", "v", "values", "true"), EXACT)
def test_many_digits(formula, v, values, true) -> None:
    domain = (0, None) if "log(x)" in formula else None
    derived = nc.prox(nc.function(formula, domain=domain) if domain else nc.function(formula))
    with mp.workdps(50):
        found = exact_value(derived.table, v, values)
        assert abs(found - true()) <= mp.mpf(10) ** -45 * abs(true())


def test_a_datasheet() -> None:
    derived = nc.prox(nc.function(MCP))
    certificate = nc.certify(derived)
    sheet = nc.compile(derived).datasheet(certificate=certificate, draws=60)
    assert sheet.draws > 40
    assert sheet.worst_error < 1e-12
    assert 0.0 < sheet.nanoseconds < 1e4
    assert sheet.ties.startswith("where the answer jumps, the one nearer to zero")
    assert str(sheet).splitlines()[0] == f"prox of {derived.function}"
    assert certificate.status in str(sheet)


def test_a_datasheet_sees_a_wrong_kernel() -> None:
    right = nc.compile(nc.prox(nc.function("lam*abs(x)")))
    bent = compile_kernel(nc.prox(nc.function("lam*abs(x) + x**2/1000")))
    bent._origin = right._origin
    assert bent.datasheet(draws=40).worst_error > 1e-4


def test_datasheets_of_values_and_derivatives() -> None:
    """The table that was compiled is measured, not the one of the prox."""
    function = nc.function("lam*log(1 + abs(x)/eps)")
    for kernel in (nc.compile(function), nc.compile(nc.prox(function), derivative="lam")):
        sheet = kernel.datasheet(draws=40)
        assert sheet.draws > 20
        assert sheet.worst_error < 1e-11
    assert "prox_dlam" in sheet.name


def test_a_datasheet_of_vectors() -> None:
    kernel = nc.compile(nc.prox(nc.function("w*norm(x, 1) + mu*norm(x)")))
    sheet = kernel.datasheet(size=40, draws=5, parameters={"mu": 0.3})
    assert sheet.worst_error < 1e-13
    assert (sheet.size, sheet.ties) == (40, "none: one answer everywhere")
    assert "the NumPy operator" in str(sheet)
    bent = nc.compile(nc.prox(nc.function("w*norm(x, 1) + 2*mu*norm(x)")))
    bent._origin = kernel._origin
    assert bent.datasheet(size=40, draws=5).worst_error > 1e-3


def test_datasheets_that_cannot_be() -> None:
    kernel = pickle.loads(pickle.dumps(nc.compile(nc.prox(nc.function("lam*abs(x)")))))
    with pytest.raises(NotDerivable, match="compile it here"):
        kernel.datasheet()
    weighted = nc.compile(nc.prox(nc.function("sum(w*abs(x))", w=nc.Positive.vector)))
    with pytest.raises(ParameterError, match="only numbers are drawn, and w is none"):
        weighted.datasheet()
    assert weighted.datasheet(size=3, draws=2, parameters={"w": np.ones(3)}).worst_error < 1e-14


def least_squares(seed=0, n=30, p=50):
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((n, p))
    truth = np.zeros(p)
    truth[:3] = 3.0, -2.0, 4.0
    return matrix, matrix @ truth + 0.01 * rng.standard_normal(n)


def soft(v, t):
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


class L1:
    """A penalty by hand, in the shapes of all three packages."""

    def __init__(self, lam):
        self.lam = lam

    def __call__(self, x):
        return self.lam * np.abs(x).sum()

    def prox(self, x, step):
        return soft(x, self.lam * step)

    def value(self, w):
        return self(w)

    def prox_1d(self, value, stepsize, j):
        return float(soft(value, self.lam * stepsize))

    def subdiff_distance(self, w, grad, ws):
        zero = w[ws] == 0
        at_zero = np.maximum(np.abs(grad) - self.lam, 0)
        return np.where(zero, at_zero, np.abs(grad + self.lam * np.sign(w[ws])))

    def is_penalized(self, n):
        return np.ones(n, dtype=bool)

    def generalized_support(self, w):
        return w != 0


def proximal_gradient(penalty, turns=300):
    """Call a penalty as proximal gradient methods of copt and pyproximal do."""
    matrix, b = least_squares()
    step = 1 / np.linalg.norm(matrix, 2) ** 2
    x = np.zeros(matrix.shape[1])
    for _ in range(turns):
        x = penalty.prox(x - step * (matrix.T @ (matrix @ x - b)), step)
    return x, penalty(x)


def coordinate_descent(penalty, turns=60):
    """Call a penalty as skglm's coordinate descent does."""
    matrix, b = least_squares()
    n, p = matrix.shape
    w, columns = np.zeros(p), np.arange(p)
    constants = (matrix**2).sum(axis=0) / n
    assert penalty.is_penalized(p).all()
    for _ in range(turns):
        for j in columns:
            gradient = matrix[:, j] @ (matrix @ w - b) / n
            w[j] = penalty.prox_1d(w[j] - gradient / constants[j], 1 / constants[j], j)
    gradient = matrix.T @ (matrix @ w - b) / n
    return w, penalty.value(w), penalty.subdiff_distance(w, gradient, columns).max()


def test_the_shapes_of_copt_and_pyproximal() -> None:
    f = nc.function("lam*abs(x)")
    expected, value = proximal_gradient(L1(2.0))
    for adapter in (adapters.ForCopt, adapters.ForPyproximal):
        found, reported = proximal_gradient(adapter(f, lam=2.0))
        assert np.array_equal(found, expected)
        assert reported == pytest.approx(value, rel=1e-15)


def test_the_dual_prox_by_moreau() -> None:
    penalty = adapters.ForPyproximal(
        nc.function("lam*abs(x) + x**2/(2*gamma)"), lam=1.0, gamma=2.0
    )
    x = np.linspace(-3, 3, 31)
    dual = penalty.proxdual(x, 0.7)
    assert dual == pytest.approx(x - 0.7 * penalty.prox(x / 0.7, 1 / 0.7), abs=1e-14)
    with pytest.raises(InputError, match="tau must be positive"):
        penalty.prox(x, 0.0)


def test_the_shape_of_skglm() -> None:
    expected = coordinate_descent(L1(0.3))
    found = coordinate_descent(adapters.for_skglm(nc.function("lam*abs(x)"), lam=0.3))
    assert found[0] == pytest.approx(expected[0], abs=1e-14)
    assert found[1:] == pytest.approx(expected[1:], abs=1e-12)
    assert found[2] < 1e-10


def test_numba_compiles_the_class_for_skglm() -> None:
    from numba.experimental import jitclass

    penalty = adapters.for_skglm(nc.function(MCP), **VALUES)
    made = jitclass(penalty.get_spec())(type(penalty))(**penalty.params_to_dict())
    w, grad = np.array([0.0, 1.5, -4.0]), np.array([0.1, -1.0, 2.0])
    ws = np.arange(3)
    assert made.value(w) == pytest.approx(penalty.value(w), rel=1e-15)
    assert made.prox_1d(2.0, 0.3, 0) == penalty.prox_1d(2.0, 0.3, 0)
    assert np.array_equal(
        made.subdiff_distance(w, grad, ws), penalty.subdiff_distance(w, grad, ws)
    )


def test_parameters_of_adapters_are_checked() -> None:
    with pytest.raises(InputError, match="needs lam"):
        adapters.ForCopt(nc.function("lam*abs(x)"))


def test_with_copt() -> None:
    pytest.importorskip("copt")
    from copt.proximal_gradient import minimize_proximal_gradient

    matrix, b = least_squares()
    step = 1 / np.linalg.norm(matrix, 2) ** 2

    def loss(x):
        return 0.5 * np.sum((matrix @ x - b) ** 2), matrix.T @ (matrix @ x - b)

    found = [
        minimize_proximal_gradient(
            loss, np.zeros(50), prox=penalty.prox, jac=True, step=lambda _: step, max_iter=50
        ).x
        for penalty in (adapters.ForCopt(nc.function("lam*abs(x)"), lam=2.0), L1(2.0))
    ]
    assert np.array_equal(*found)


def test_with_pyproximal() -> None:
    pyproximal = pytest.importorskip("pyproximal")
    import pylops

    matrix, b = least_squares()
    loss = pyproximal.L2(Op=pylops.MatrixMult(matrix), b=b)
    penalty = adapters.ForPyproximal(nc.function("lam*abs(x)"), lam=2.0)
    found = [
        pyproximal.optimization.primal.ADMM(loss, g, x0=np.zeros(50), tau=1e-2, niter=30)[0]
        for g in (penalty, pyproximal.L1(sigma=2.0))
    ]
    assert found[0] == pytest.approx(found[1], abs=1e-14)


def test_with_skglm() -> None:
    pytest.importorskip("skglm")
    from skglm import GeneralizedLinearEstimator
    from skglm.datafits import Quadratic
    from skglm.penalties import MCPenalty
    from skglm.solvers import AndersonCD

    own = adapters.for_skglm(nc.function(MCP), lam=0.3, gamma=3.0)
    found = [
        GeneralizedLinearEstimator(Quadratic(), each, AndersonCD(tol=1e-10))
        .fit(*least_squares())
        .coef_
        for each in (own, MCPenalty(0.3, 3.0))
    ]
    assert found[0] == pytest.approx(found[1], abs=1e-12)


def test_a_datasheet_sees_a_kernel_that_has_no_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    derived = nc.prox(nc.function("lam*abs(x)"))
    broken = nc.compile(derived)
    monkeypatch.setattr(type(broken), "__call__", lambda self, v, *p, out=None: v * np.nan)
    assert broken.datasheet(draws=10).worst_error == np.inf


def test_a_step_without_a_prox_is_refused_for_skglm() -> None:
    penalty = adapters.for_skglm(nc.function("-x**2/6"))
    assert penalty.prox_1d(1.0, 1.0, 0) == pytest.approx(1.5)
    with pytest.raises(ValueError, match="does not exist"):
        penalty.prox_1d(1.0, 4.0, 0)
