"""Bad numbers raise before any work; good ones are neither copied nor changed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, aslinearoperator

from normcalc.data import diabetes
from normcalc.engine import least_squares, loss, minimize
from normcalc.engine.design import Dense
from normcalc.errors import InputError, NormcalcError, ParameterError, SolverError
from normcalc.language import function

GOOD = np.arange(12.0).reshape(4, 3)
HOLE = np.where(GOOD == 7.0, np.nan, GOOD)
BAD_DATA = {
    "A has 1 entries that are NaN or infinite, first at (2, 1)": (HOLE, np.ones(4)),
    "A has 1 entries": (sparse.csc_array(HOLE), np.ones(4)),
    "A must have 2 axes": (np.ones(4), np.ones(4)),
    "A must hold real numbers, not complex": (GOOD + 1j, np.ones(4)),
    "A must hold real numbers, not complex128": (sparse.csc_array(GOOD + 1j), np.ones(4)),
    "A must hold real numbers, not <U1": ([["a"]], [1.0]),
    "A is not an array of numbers": ([[1.0], [1.0, 2.0]], [1.0, 2.0]),
    "A has masked entries": (np.ma.masked_equal(GOOD, 7.0), np.ones(4)),
    "A is empty": (np.ones((4, 0)), np.ones(4)),
    "A has a column whose squared norm overflows": (GOOD * 1e160, np.ones(4)),
    "b has 5 entries, but A asks for 4": (GOOD, np.ones(5)),
    "use b.ravel()": (GOOD, np.ones((4, 1))),
    "b has 4 entries that are NaN": (GOOD, np.full(4, np.inf)),
}


@pytest.mark.parametrize("message", BAD_DATA)
def test_bad_data(message):
    with pytest.raises(InputError) as error:
        least_squares(*BAD_DATA[message])
    assert message in str(error.value)


BAD_OPTIONS = {
    "tol text": ({"tol": "1e-3"}, InputError, "between 0 and 1"),
    "max_iter half": ({"max_iter": 1.5}, InputError, "max_iter must be an integer"),
    "time nan": ({"time_limit": np.nan}, InputError, "time_limit must be positive"),
    "time text": ({"time_limit": "1"}, InputError, "time_limit must be positive"),
    "callback": ({"callback": 3}, InputError, "callback must be a function"),
    "rng": ({"rng": "a"}, InputError, "rng must be a Generator"),
    "starts": ({"starts": 1.5}, InputError, "starts must be positive, and an integer"),
    "text": ({"lam": "1"}, ParameterError, "finite number"),
    "huge": ({"lam": 10**400}, ParameterError, "finite number"),
    "method": ({"method": "simplex"}, InputError, "auto, coordinate_descent"),
    "tol": ({"tol": 0.0}, InputError, "between 0 and 1"),
    "tol nan": ({"tol": np.nan}, InputError, "between 0 and 1"),
    "max_iter": ({"max_iter": -1}, InputError, "max_iter"),
    "time": ({"time_limit": 0.0}, InputError, "time_limit"),
    "x0 size": ({"x0": np.ones(4)}, InputError, "x0 has 4 entries"),
    "x0 nan": ({"x0": np.full(3, np.nan)}, InputError, "x0 has 3 entries that are NaN"),
    "missing": ({"lam": None}, ParameterError, "finite number"),
    "infinite": ({"lam": np.inf}, ParameterError, "finite number"),
    "unknown": ({"gamma": 1.0}, ParameterError, "leave out gamma"),
}


@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_bad_options(l1, case):
    options, kind, message = BAD_OPTIONS[case]
    with pytest.raises(kind, match=message):
        minimize(least_squares(GOOD, np.ones(4)) + l1, **{"lam": 1.0, **options})


def test_a_missing_parameter_is_named(l1):
    with pytest.raises(ParameterError, match=r"has lam; pass lam=\.\.\. or bind it"):
        minimize(least_squares(GOOD, np.ones(4)) + l1)


@pytest.mark.parametrize("penalty", [3.0, "abs(x)", None, np.ones(3)])
def test_only_functions_are_penalties(penalty):
    with pytest.raises(NormcalcError):
        least_squares(GOOD, np.ones(4)) + penalty


def test_only_objectives_are_minimised(l1):
    with pytest.raises(InputError, match="a loss alone"):
        minimize(least_squares(GOOD, np.ones(4)))
    with pytest.raises(InputError, match="not Penalty"):
        minimize(l1)


def test_coordinate_descent_needs_columns(l1):
    problem = least_squares(aslinearoperator(GOOD), np.ones(4)) + l1
    with pytest.raises(SolverError, match="proximal_gradient"):
        minimize(problem, lam=1.0, method="coordinate_descent")
    assert minimize(problem, lam=1.0).method == "accelerated proximal gradient"


@pytest.mark.parametrize("order", ["C", "F"])
def test_contiguous_doubles_are_used_in_place(order, l1):
    X, y, _ = diabetes()
    X = np.array(X, order=order)
    kept = X.copy(), y.copy()
    X.setflags(write=False)
    y.setflags(write=False)
    loss = least_squares(X, y)
    assert isinstance(loss.design, Dense)
    assert np.shares_memory(loss.design.array, X)
    assert np.shares_memory(loss.target, y)
    for method in ("coordinate_descent", "proximal_gradient"):
        minimize(loss + l1, lam=100.0, method=method)
    np.testing.assert_array_equal(X, kept[0])
    np.testing.assert_array_equal(y, kept[1])


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8, bool])
def test_other_numbers_are_converted(dtype, l1):
    X = (diabetes()[0] > 0).astype(dtype)
    y = np.arange(442).astype(np.float32)
    found = minimize(least_squares(X, y) + l1, lam=10.0)
    expected = minimize(least_squares(X.astype(float), y.astype(float)) + l1, lam=10.0)
    assert found.x.dtype == np.float64
    np.testing.assert_array_equal(found.x, expected.x)


def test_sums_of_penalties_add_their_formulas(l1, concave):
    problem = least_squares(GOOD, np.ones(4), scaling="mean") + l1 + concave
    assert str(problem) == "1/(2n) ||A x - b||^2 + sum_j [lam*abs(x_j) + mcp(x_j)]"
    assert repr(problem).startswith("<Objective 1/(2n)")


def test_an_operator_without_a_transpose(l1):
    forward = LinearOperator((4, 3), matvec=lambda v: GOOD @ v)
    with pytest.raises(InputError, match="no rmatvec"):
        minimize(least_squares(forward, np.ones(4)) + l1, lam=1.0)


def test_losses_that_zero_is_outside_of(l1):
    barrier = loss("z - y*log(z)", np.abs(GOOD) + 1.0, np.ones(4)) + l1
    with pytest.raises(InputError, match=r"not finite at the starting point zero; pass x0"):
        minimize(barrier, lam=1.0)
    assert minimize(barrier, lam=1.0, x0=np.ones(3)).success


def test_an_intercept_is_asked_for_by_true_or_false():
    with pytest.raises(InputError, match="intercept must be True or False"):
        loss("(z - y)**2", GOOD, np.ones(4), intercept="no")


@pytest.mark.parametrize("size", [1e8, 1e-8])
@pytest.mark.parametrize("method", ["auto", "prox_newton"])
def test_one_column_of_another_scale(size, method):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 5))
    y = np.sign(X @ np.array([1.0, 0.5, 0.0, -1.0, 0.0]) + 0.3 * rng.normal(size=40))
    curved = loss("log(1 + exp(-y*z))", X * np.array([size, 1, 1, 1, 1]), y, intercept=True)
    free = np.array([1e-8 * size, 1.0, 1.0, 1.0, 1.0])
    found = minimize(curved + function("lam*abs(x)"), lam=free, method=method, tol=1e-7)
    rest = loss("log(1 + exp(-y*z))", X, y, intercept=True) + function("lam*abs(x)")
    even = minimize(rest, lam=free / np.array([size, 1, 1, 1, 1]), tol=1e-7)
    assert found.success or found.gap < 1e-3 * found.fun  # slopes along it lose eight digits
    assert found.fun == pytest.approx(even.fun, rel=1e-8)
