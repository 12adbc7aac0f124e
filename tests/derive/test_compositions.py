"""Goals about answers: prox of a conjugate, convex envelope, gradient of an envelope."""

import numpy as np
import pytest

import normcalc as nc
from normcalc.derive.search import derivation
from normcalc.forms import Conjugate
from normcalc.theorems.moreau import prox_by_moreau_decomposition

CONVEX = [
    ("lam*abs(x)", {"lam": 0.7}),
    ("exp(x)", {}),
    ("x**2/2 + abs(x)", {}),
    ("Piecewise((x**2/2, abs(x) <= d), (d*abs(x) - d**2/2, True))", {"d": 1.3}),
    ("max(1 - x, 0)", {}),
    ("x**4/4 + x**2", {}),
    ("log(1 + exp(x))", {}),
]
V = np.linspace(-4.0, 4.0, 41)


@pytest.mark.parametrize(("text", "numbers"), CONVEX)
@pytest.mark.parametrize("step", [0.3, 2.0])
def test_two_theorems_agree_on_the_prox_of_a_conjugate(text, numbers, step):
    f = nc.function(text)
    table = prox_by_moreau_decomposition(Conjugate(f), derivation).table
    by_decomposition = nc.compile(table, name="moreau")(V, step, *numbers.values())
    direct = nc.prox(nc.conjugate(f))(V, step=step, **numbers)
    np.testing.assert_allclose(by_decomposition, direct, atol=1e-11)


@pytest.mark.parametrize(("text", "numbers"), CONVEX)
def test_moreau_identity_between_two_derived_sides(text, numbers):
    f = nc.function(text)
    primal = nc.prox(f)(V / 0.5, step=2.0, **numbers)
    dual = nc.prox(nc.conjugate(f))(V, step=0.5, **numbers)
    np.testing.assert_allclose(dual + 0.5 * primal, V, atol=1e-10)


@pytest.mark.parametrize(
    ("text", "where", "value"),
    [
        ("min(abs(x - 1), abs(x + 1))", 0.5, 0.0),
        ("min(abs(x - 1), abs(x + 1))", 3.0, 2.0),
        ("(x**2 - 1)**2", 0.4, 0.0),
        ("(x**2 - 1)**2", 2.0, 9.0),
        ("Piecewise((0, Eq(x, 0)), (1 + x**2, True))", 0.5, 1.0),
        ("Piecewise((sqrt(x), And(x >= 0, x <= 4)), (oo, True))", 1.0, 0.5),
        ("x**2", 3.0, 9.0),
    ],
)
def test_convex_envelope(text, where, value):
    envelope = nc.conjugate(nc.conjugate(nc.function(text)))
    assert envelope(where) == pytest.approx(value, abs=1e-9)


def test_convex_envelope_of_a_tilted_double_well_touches_at_two_points():
    f = nc.function("x**4 - 3*x**3 + x**2")
    x = np.linspace(-1.0, 3.0, 4001)
    hull = nc.conjugate(nc.conjugate(f))(x)
    values = f.elementwise(x)
    assert np.all(hull <= values + 1e-9)
    assert np.all(np.diff(hull, 2) >= -1e-9)
    # Nothing convex fits between: a supporting line at any sample touches the function somewhere.
    slopes = np.gradient(hull, x)
    gaps = [np.min(values - (hull[i] + slopes[i] * (x - x[i]))) for i in range(50, 3950, 150)]
    assert np.max(np.abs(gaps)) < 1e-4


def test_gradient_of_the_envelope_is_its_derivative():
    f = nc.function("lam*abs(x)")
    envelope, gradient = nc.moreau_envelope(f), nc.gradient(nc.moreau_envelope(f))
    h = 1e-6
    slopes = (envelope(V + h, step=0.5, lam=1.0) - envelope(V - h, step=0.5, lam=1.0)) / (2 * h)
    np.testing.assert_allclose(gradient(V, step=0.5, lam=1.0), slopes, atol=1e-6)


@pytest.mark.parametrize(
    ("text", "level", "v", "nearest"),
    [
        ("x**2", 4.0, 3.0, 2.0),
        ("abs(abs(x) - 2)", 1.0, 0.25, 1.0),
        ("exp(x)", 1.0, 5.0, 0.0),
        ("x**2/2 + abs(x)**3", 1.0, 0.1, 0.1),
    ],
)
def test_projection_on_a_level_set(text, level, v, nearest):
    p = nc.projection(nc.level_set(nc.function(text), level))
    assert p(v) == pytest.approx(nearest, abs=1e-12)


def test_answers_say_what_they_are_about():
    f = nc.function("x**4/4 + x**2")
    p = nc.prox(nc.conjugate(f))
    assert str(p).startswith("prox of the conjugate of x**4/4 + x**2")
    with pytest.raises(nc.InputError, match="prox of the conjugate"):
        nc.certify(p)


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda: nc.projection(nc.function("abs(x)")), "indicator"),
        (lambda: nc.prox(nc.subdifferential(nc.function("abs(x)"))), "compositions"),
        (lambda: nc.level_set(nc.function("level*abs(x)")), "level"),
    ],
)
def test_refusals(ask, reason):
    with pytest.raises(nc.NormcalcError, match=reason):
        ask()
