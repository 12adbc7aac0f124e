"""Facts about functions of one variable against what numbers of the user's formula show."""

import numpy as np
import pytest
import sympy as sp

import normcalc as nc
from normcalc.facts import convexity
from normcalc.facts.growth import monotone, nondecreasing, nonincreasing
from normcalc.facts.places import holds
from normcalc.facts.truth import Truth
from tests.language.catalogue import CASES

FEW = {
    "linear", "linear_nonneg", "abs", "abs_box", "support_interval", "enet", "huber", "ind_point",
    "pow_3_2", "neglog", "entropy", "exp_affine", "logistic", "act_tanh", "l0", "l0_nonneg",
    "l_half", "mcp", "capped_l1", "neg_abs", "l1_minus_l2sq", "sinusoid",
}  # fmt: skip
STEP = 0.5
FINE = (1e-4, 1e-5)


def differences(f, values, h):
    x = h * np.arange(round(-3 / h), round(3 / h) + 1)
    y = f.elementwise(x, **values)
    return x, y


def ratio(small, large):
    """Say by how much the largest entry changes from the coarse to the fine grid."""
    return small / large if large > 1e-9 else 0.0


def jumps(f, values, order):
    found = []
    for h in FINE:
        _, y = differences(f, values, h)
        y = np.where(np.abs(y) < 50, y, np.nan)
        if order == 2:
            # Slopes next to an end of the domain say nothing about the inside.
            margin = round(0.05 / h)
            lost = np.cumsum(np.pad(~np.isfinite(y), margin))
            near = lost[2 * margin :] > np.append(0, lost[: -2 * margin - 1])
            y = np.where(near, np.nan, y)
        d = np.abs(np.diff(y, order)) / h ** (order - 1)
        if order == 1:
            # A jump is large alone; towards an infinite value many differences in a row are.
            around = np.nan_to_num(np.fmax(np.pad(d, (2, 0))[:-2], np.pad(d, (0, 2))[2:]))
            d = np.where(around < 0.1 * d, d, 0.0)
        found.append(np.nanmax(d, initial=0.0) if np.isfinite(d).any() else 0.0)
    return found


def weakly_convex(f, values):
    lows = []
    for h in FINE:
        _, y = differences(f, values, h)
        with np.errstate(invalid="ignore"):
            d = np.diff(y, 2) / h**2
        lows.append(min(0.0, np.nanmin(np.where(np.isfinite(d), d, np.nan), initial=0.0)))
    return not (lows[1] < -10 and lows[1] < 3 * lows[0])


def convex(f, values):
    _, y = differences(f, values, 1e-2)
    with np.errstate(invalid="ignore"):
        bent = np.diff(y, 2) < -1e-9
    inside = np.flatnonzero(np.isfinite(y))
    return not bent.any() and (np.diff(inside) == 1).all()


def is_monotone(f, values):
    _, y = differences(f, values, 1e-2)
    with np.errstate(invalid="ignore"):
        d = np.diff(y)
    return bool(not (d < -1e-12).any() or not (d > 1e-12).any())


def coercive(f, values):
    ends = [f.precise(sign * x, **values) for sign in (1, -1) for x in (10.0, 1e8)]
    return all(
        far > near + 1 or far == np.inf for near, far in zip(*[iter(ends)] * 2, strict=True)
    )


def lipschitz(f, values):
    far = [f.precise(s * 1e6 + 1, **values) - f.precise(s * 1e6, **values) for s in (1, -1)]
    grids = [differences(f, values, h)[1] for h in FINE]
    if not all(np.isfinite(y).all() for y in grids):
        return False
    coarse, fine = (np.abs(np.diff(y)).max() / h for y, h in zip(grids, FINE, strict=True))
    return bool(fine < 1.5 * coarse + 1 and all(abs(d) < 100 for d in far))


def unbiased(f, values):
    ends = [(f.precise(x + 1, **values), f.precise(x, **values)) for x in (1e6, -1e6)]
    return all(near != np.inf and abs(far - near) < 1e-2 for far, near in ends)


def sparsifying(f, values):
    u = np.arange(-30000, 30001) / 1e4
    y = f.elementwise(u, **values)
    best = [u[np.nanargmin(y + (u - v) ** 2 / (2 * STEP))] for v in (0.05, -0.05)]
    return best == [0.0, 0.0]


SEEN = {
    "finite": lambda f, p: bool(np.isfinite(differences(f, p, 1e-2)[1]).all()),
    "convex": convex,
    "weakly convex": weakly_convex,
    "monotone": is_monotone,
    "coercive": coercive,
    "Lipschitz": lipschitz,
    "differentiable": lambda f, p: ratio(*jumps(f, p, 2)[::-1]) < 0.48 and f.precise,
    "sparsifying": sparsifying,
    "unbiased": unbiased,
    "even": lambda f, p: bool(
        np.allclose(y := differences(f, p, 1e-2)[1], y[::-1], equal_nan=True)
    ),
    "continuous": lambda f, p: ratio(*jumps(f, p, 1)[::-1]) < 0.5,
}
# The interior of one point is empty, which a grid does not see.
EMPTY = {("ind_point", "differentiable")}


def answer(truth, numbers):
    """Return the answer for numbers, or None where the truth leaves it open."""
    if truth.value != "UNKNOWN":
        return truth.value == "YES"
    if truth.condition is None or not truth.exact:
        return None
    return any(all(holds(c, numbers) for c in sp.And.make_args(part))
               for part in sp.Or.make_args(truth.condition))  # fmt: skip


def compare(name, truths, function, values):
    """Return the questions whose answers the numbers contradict, and those left open."""
    wrong, left = [], []
    for question, seen in SEEN.items():
        found = answer(truths[question], {**values, "step": STEP})
        if found is None:
            left.append(question)
        elif (name, question) not in EMPTY and found != bool(seen(function, values)):
            wrong.append((question, str(truths[question])))
    return wrong, left


def check(case):
    function = case.function()
    wrong, left = compare(case.name, nc.facts(function), function, case.values)
    assert not wrong, wrong
    return left


@pytest.mark.parametrize("case", [c for c in CASES if c.name in FEW], ids=str)
def test_numbers_agree(case):
    assert check(case) == []


@pytest.mark.slow
@pytest.mark.parametrize("case", [c for c in CASES if c.name not in FEW], ids=str)
def test_the_whole_catalogue(case):
    check(case)


def test_the_comparison_notices_every_wrong_answer():
    case = next(c for c in CASES if c.name == "mcp")
    function = case.function()
    right = nc.facts(function)
    turned = {"YES": "NO", "NO": "YES"}
    lies = {question: Truth(turned[right[question].value]) for question in SEEN}
    wrong, _ = compare(case.name, lies, function, case.values)
    assert [question for question, _ in wrong] == list(SEEN)


NO = [
    ("monotone", "abs(x)"),
    ("coercive", "log(1 + exp(x))"),
    ("Lipschitz", "x**2"),
    ("Lipschitz", "sqrt(abs(x))"),
    ("differentiable", "max(1 - x, 0)"),
    ("sparsifying", "x**2"),
    ("sparsifying", "max(1 - x, 0)"),
    ("unbiased", "abs(x)"),
    ("weakly convex", "min(abs(x), 1)"),
    ("weakly convex", "-exp(x)"),
    ("weakly convex", "where(x == 0, 0, 1)"),
    ("continuous", "sign(x)"),
    ("convex", "1/x**2"),
]


@pytest.mark.parametrize(("question", "text"), NO, ids=str)
def test_no_comes_with_numbers(question, text):
    truth = nc.facts(nc.function(text))[question]
    assert truth.value == "NO"
    assert truth.witness
    assert truth.reason


@pytest.mark.parametrize(
    ("question", "text", "condition"),
    [
        ("convex", "x**2 - w*x**2", "w <= 1"),
        ("prox-bounded", "-x**2", "step < 1/2"),
        ("unbiased", "c*x", "Eq(c, 0)"),
        ("sparsifying", "abs(x - c)", "Eq(c, 0)"),
        ("sparsifying", "l1*abs(x) + l2*x**2", "l1 > 0"),
    ],
)
def test_if_and_only_if(question, text, condition):
    function = nc.function(text, **({"c": nc.Real} if "c" in text else {}),
                           **({"l1": nc.Nonnegative} if "l1" in text else {}))  # fmt: skip
    truth = nc.facts(function)[question]
    assert (truth.value, str(truth.condition), truth.exact) == ("UNKNOWN", condition, True)


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("weakly convex", "lam*log(1 + abs(x)/eps)", "rho >= lam/eps**2"),
        ("Lipschitz", "lam*log(1 + abs(x)/eps)", "lam/eps"),
        ("sparsifying", "lam*log(1 + abs(x)/eps)", "lam*step/eps"),
        ("sparsifying", "where(x == 0, 0, lam)", "sqrt(2)*sqrt(lam)*sqrt(step)"),
        ("monotone", "exp(-x)", "nonincreasing"),
        ("differentiable", "-log(x)", "(0, oo)"),
    ],
)
def test_yes_says_how_much(question, text, words):
    function = nc.function(text, **({"domain": (0, None)} if "-log" in text else {}))
    truth = nc.facts(function)[question]
    assert truth.value == "YES"
    assert words in truth.reason


def test_one_sided_questions():
    heaviside = nc.function("heaviside(x)")
    assert nondecreasing(heaviside).value == "YES"
    assert nonincreasing(heaviside).value == "NO"
    assert monotone(nc.function("c*x", c=nc.Real)).value == "YES"
    assert nondecreasing(nc.function("x**2", domain=(0, None))).value == "NO"


@pytest.mark.parametrize(
    "text",
    [
        "indicator((x == 0) | (x >= 1))",
        "Piecewise((x**2, (x <= 0) | (x >= 1)), (oo, True))",
        "indicator((norm(x) <= 1) | (sum(x) == 0))",
        "indicator((max(x) <= 1) | (min(x) >= 2))",
    ],
)
def test_a_union_is_not_taken_for_a_convex_set(text: str) -> None:
    assert convexity(nc.function(text)).value == "NO"
    assert convexity(nc.function(text.replace("|", "&"))).value != "NO"
