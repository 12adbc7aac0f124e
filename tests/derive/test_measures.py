"""Constants of functions against finite differences of the formula that the user wrote."""

import numpy as np
import pytest

import normcalc as nc
from tests.language.catalogue import CASES

VERBS = {
    "smoothness": nc.smoothness,
    "strong": nc.strong_convexity,
    "weak": nc.weak_convexity,
    "lipschitz": nc.lipschitz,
}
# Known answers: smoothness, strong, weak, lipschitz.
ANSWERS = {
    "mcp": ("oo", "0", "1/b", "lam"),
    "scad": ("oo", "0", "1/(a - 1)", "lam"),
    "huber": ("1", "0", "0", "delta"),
    "huber_moreau": ("1/delta", "0", "0", "1"),
    "huber_cvx": ("2", "0", "0", "2*M"),
    "logsum_eps": ("oo", "0", "lam/eps**2", "lam/eps"),
    "logistic": ("1/4", "0", "0", "1"),
    "square": ("2", "2", "0", "oo"),
    "pseudo_huber": ("1", "0", "0", "delta"),
    "cauchy": ("2*lam/delta", "0", "lam/(4*delta)", "lam/sqrt(delta)"),
    "geman_mcclure": ("2*lam/g", "0", "lam/(2*g)", "3*sqrt(3)*lam/(8*sqrt(g))"),
    "capped_l1": ("oo", "0", "oo", "lam"),
    "l0": ("oo", "0", "oo", "oo"),
    "ind_point": ("oo", "oo", "0", "oo"),
    "act_arctan": ("oo", "-1 + pi/2", "0", "oo"),
    "sinusoid": ("1", "0", "1", "1"),
    "l1_minus_l2sq": ("oo", "0", "mu", "oo"),
}
FEW = {*ANSWERS, "enet", "pow_p", "support_interval", "pinball", "softplus_sq", "cross_entropy",
       "weibull_nll", "act_prelu", "etp", "neg_abs", "hinge_sq"} - {"ind_point"}  # fmt: skip
BEYOND = {"entropy_cauchy"}  # the budget ends it
H = 1e-3


def named(name):
    return next(c for c in CASES if c.name == name)


def estimates(function, values):
    """Return the four constants as seen from differences on a grid and far out."""
    seconds, firsts, finite = [], [], True
    for centre, h, count in ((0.0, H, 6000), (200.0, 1.0, 3), (-200.0, 1.0, 3)):
        f = function.elementwise(centre + h * np.arange(-count, count + 1), **values)
        finite &= bool(np.isfinite(f).all())
        with np.errstate(invalid="ignore"):
            second, first = np.diff(f, 2) / h**2, np.diff(f) / h
        seconds.append(second[np.isfinite(second)])
        firsts.append(first[np.isfinite(first)])
    second, first = np.concatenate(seconds), np.concatenate(firsts)
    return {
        "smoothness": np.abs(second).max() if finite else np.inf,
        "strong": max(0.0, second.min(initial=np.inf)),
        "weak": max(0.0, -second.min(initial=np.inf)),
        "lipschitz": np.abs(first).max() if finite else np.inf,
    }


def agrees(what, constant, seen):
    """Say whether a constant bounds what is seen, and is nearly reached."""
    if np.isinf(constant):
        return seen > 5
    slack = 2e-3 * constant + 1e-3
    if what == "strong":
        return constant - slack <= seen <= constant + 0.1
    return 0.9 * constant - 0.01 <= seen <= constant + slack


def settings(case):
    """Return the values of the catalogue, and others near them that the kinds admit."""
    yield case.values
    rng = np.random.default_rng(7)
    moved = {name: value * rng.uniform(0.85, 1.15) for name, value in case.values.items()}
    try:
        case.function().elementwise(0.5, **moved)
    except nc.NormcalcError:
        return
    yield moved


def check(case):
    function = case.function()
    constants = {what: verb(function) for what, verb in VERBS.items()}
    for values in settings(case):
        seen = estimates(function, values)
        found = {what: constant(**values) for what, constant in constants.items()}
        wrong = {w: (found[w], seen[w]) for w in VERBS if not agrees(w, found[w], seen[w])}
        assert not wrong, (values, wrong)


@pytest.mark.parametrize("case", [c for c in CASES if c.name in FEW], ids=str)
def test_finite_differences_agree(case):
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [c for c in CASES if c.name not in FEW | BEYOND], ids=str)
def test_the_whole_catalogue(case):
    check(case)


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_a_wrong_constant_is_noticed(factor):
    case = named("scad")
    seen = estimates(case.function(), case.values)
    right = nc.weak_convexity(case.function())(**case.values)
    assert agrees("weak", right, seen["weak"])
    assert not agrees("weak", factor * right, seen["weak"])
    assert not agrees("smoothness", 1.0, seen["smoothness"])


@pytest.mark.parametrize("name", ANSWERS)
def test_formulas(name):
    found = tuple(str(verb(named(name).function()).value) for verb in VERBS.values())
    assert found == ANSWERS[name]


def test_regimes_are_printed_and_chosen():
    smooth = nc.smoothness(nc.function("c*abs(x)**p", p=nc.Interval(1, None)))
    assert len(smooth.regimes) == 3
    assert "if p == 2: 2*c" in str(smooth)
    assert (smooth(c=2, p=2), smooth(c=2, p=3)) == (4.0, np.inf)
    with pytest.raises(nc.Unsettled, match="numbers"):
        _ = smooth.value


def test_a_root_without_a_formula_is_solved():
    constant = nc.smoothness(nc.function("log(1 + exp(x))**2"))
    x = np.linspace(-5, 8, 20001)
    second = np.diff(np.log1p(np.exp(x)) ** 2, 2) / (x[1] - x[0]) ** 2
    assert constant() == pytest.approx(second.max(), rel=1e-5)


def test_separable_sums_and_other_forms():
    assert str(nc.smoothness(nc.function("lam*sum(x**2)")).value) == "2*lam"
    for verb, text in ((nc.lipschitz, "sum(abs(x))"), (nc.smoothness, "norm(x, 2)")):
        with pytest.raises(nc.NotDerivable, match="one real variable"):
            verb(nc.function(text))


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"lam": 1}, nc.InputError),
        ({"lam": 1, "eps": 1, "mu": 1}, nc.InputError),
        ({"lam": -1, "eps": 1}, nc.ParameterError),
        ({"lam": float("nan"), "eps": 1}, nc.ParameterError),
    ],
    ids=str,
)
def test_bad_numbers(values, error):
    with pytest.raises(error, match=r"lam|eps|mu"):
        nc.weak_convexity(nc.function("lam*log(1 + abs(x)/eps)"))(**values)
