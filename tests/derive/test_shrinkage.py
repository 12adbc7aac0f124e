"""Penalties from shrinkage rules: known ones, and the prox of each is the rule again."""

import numpy as np
import pytest

import normcalc as nc

ABOVE_ONE = {"g": nc.Interval.open(1, None)}
SIGNED = {"lo": nc.Real, "hi": nc.Real, "where": "lo < hi"}
FIRM = (
    "Piecewise((0, abs(v) <= lam), (sign(v)*(abs(v) - lam)/(1 - 1/g), abs(v) <= g*lam), (v, True))"
)
# Rule, kinds, values, and the penalty where it has a name.
RULES = [
    ("sign(v)*max(abs(v) - lam, 0)", {}, {"lam": 0.7}, "lam*abs(x)"),
    (FIRM, ABOVE_ONE, {"lam": 0.7, "g": 2.5},
     "Piecewise((lam*abs(x) - x**2/(2*g), abs(x) <= g*lam), (g*lam**2/2, True))"),
    ("where(abs(v) > t, v, 0)", {}, {"t": 0.9},
     "Piecewise((t*abs(x) - x**2/2, abs(x) <= t), (t**2/2, True))"),
    ("v/(1 + w)", {}, {"w": 1.3}, "w*x**2/2"),
    ("min(max(v, lo), hi)", SIGNED, {"lo": 0.2, "hi": 1.1},
     "Piecewise((0, (x >= lo) & (x <= hi)), (oo, True))"),
    ("max(v - c, 0)", {}, {"c": 0.4}, "Piecewise((c*x, x >= 0), (oo, True))"),
    ("(v + sqrt(v**2 + 4*a))/2", {}, {"a": 0.8}, "Piecewise((-a*log(x), x > 0), (oo, True))"),
    ("v*max(1 - t**2/v**2, 0)", {}, {"t": 0.6}, None),
    ("cbrt(v)", {}, {}, "x**4/4 - x**2/2"),
    ("sign(v)*log(1 + abs(v))", {}, {}, "exp(abs(x)) - abs(x) - 1 - x**2/2"),
    ("sign(v)*max(abs(v) - c**2/abs(v), 0)", {}, {"c": 0.6}, None),
]  # fmt: skip
NAMED = [rule for rule in RULES if rule[3] is not None]
U = np.concatenate([np.linspace(-4, 4, 80001), [0.0]])


def worst(penalty, rule, values, step=1.0):
    """Return by how much the rule misses the global minimum of the objective, at worst."""
    phi = penalty.elementwise(U, **values)
    gaps = []
    for v in np.linspace(-2.9, 2.9, 43):
        u = rule.elementwise(v, **values)
        own = penalty.elementwise(u, **values) + (u - v) ** 2 / (2 * step)
        gaps.append(own - np.nanmin(phi + (U - v) ** 2 / (2 * step)))
    return max(gaps)


@pytest.mark.parametrize(("text", "kinds", "values", "known"), RULES, ids=lambda r: str(r)[:30])
def test_the_prox_of_the_penalty_is_the_rule(text, kinds, values, known):
    del known
    rule = nc.function(text, "v", **kinds)
    assert worst(nc.penalty_from_shrinkage(rule).function, rule, values) < 1e-7


@pytest.mark.parametrize(("text", "kinds", "values", "known"), NAMED, ids=lambda r: str(r)[:30])
def test_the_penalty_is_the_known_one(text, kinds, values, known):
    penalty = nc.penalty_from_shrinkage(nc.function(text, "v", **kinds))
    named = nc.function(known, "x", **{k: v for k, v in kinds.items() if k != "where"})
    x = np.linspace(-3, 3, 61)
    assert penalty.function.elementwise(x, **values) == pytest.approx(
        named.elementwise(x, **{k: v for k, v in values.items() if k in known}), abs=1e-12
    )


def test_the_comparison_notices_a_wrong_penalty():
    rule = nc.function("sign(v)*max(abs(v) - lam, 0)", "v")
    wrong = nc.function("lam*abs(x) - x**2/40")
    assert worst(wrong, rule, {"lam": 0.7}) > 1e-3


@pytest.mark.parametrize("text", [RULES[0][0], RULES[3][0], RULES[5][0]])
def test_deriving_the_prox_again(text):
    rule = nc.function(text, "v")
    values = {p.name: 0.7 for p in rule.parameters}
    prox = nc.prox(nc.penalty_from_shrinkage(rule).function)
    v = np.linspace(-3, 3, 25)
    assert prox(v, step=1.0, **values) == pytest.approx(rule.elementwise(v, **values), abs=1e-12)


def test_steps():
    named = nc.penalty_from_shrinkage("sign(v)*max(abs(v) - lam*step, 0)")
    assert (str(named.function), named.step) == ("lam*abs(x)", "step")
    half = nc.penalty_from_shrinkage("v/(1 + w)", step=2)
    assert half(3.0, w=1.0) == pytest.approx(9 / 4)
    rule = nc.function("v/(1 + w)", "v")
    assert worst(half.function, rule, {"w": 1.0}, step=2.0) < 1e-8


def test_what_is_free_across_a_jump_is_said():
    penalty = nc.penalty_from_shrinkage("where(abs(v) > t, v, 0)")
    assert "0 < |x| < t any larger value" in str(penalty)
    l0 = nc.function("Piecewise((0, Eq(x, 0)), (t**2/2, True))")
    rule = nc.function("where(abs(v) > t, v, 0)", "v")
    assert worst(l0, rule, {"t": 0.9}) < 1e-7
    x = np.linspace(-2, 2, 41)
    assert (l0.elementwise(x, t=0.9) >= penalty.function.elementwise(x, t=0.9) - 1e-12).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-v", "nondecreasing: x = "),
        ("v*exp(-v**2)", "nondecreasing: x = "),
        ("Piecewise((v, v < 1), (v/2, True))", "nondecreasing: x = "),
        ("sign(v)*max(abs(v) - c**(2 - p)*abs(v)**(p - 1), 0)", "closed form"),
        ("sum(v)", "one real variable"),
        ("v/(1 + step**2)", "give step="),
        ("sign(v)*max(abs(v) - x, 0)", "another name"),
    ],
)
def test_refusals(text, message):
    kinds = {"p": nc.Interval.open(0, 1)} if "c**(2 - p)" in text else {}
    with pytest.raises(nc.NotDerivable, match=message):
        nc.penalty_from_shrinkage(nc.function(text, "v", **kinds))


@pytest.mark.parametrize("step", [0, -1, float("nan"), "one"])
def test_bad_steps(step):
    with pytest.raises(nc.NormcalcError):
        nc.penalty_from_shrinkage("v/2", step=step)
