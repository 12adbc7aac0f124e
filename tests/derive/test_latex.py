"""The LaTeX of answers: what it says agrees with the text, and it is well formed."""

import re

import pytest

import normcalc as nc
from normcalc.derive.rows import rows_of

L1 = "lam*abs(x)"
MCP = "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"


def named(value):
    return getattr(value, "__name__", str(value))


VERBS = (nc.prox, nc.subdifferential, nc.conjugate, nc.moreau_envelope)
ZOO = [n for n in nc.zoo.__all__ if getattr(nc.zoo, n)().variable.kind == "scalar"]
FEW = ["l1", "pinball", "box", "burg", "cauchy", "softplus"]

TOKEN = re.compile(
    r"\\(?:begin|end)\{(?P<name>\w+)\}|\\(?P<fence>left|right)(?P<mark>\\\{|\\\}|[\[\]().|])"
    r"|\\left\\\||\\right\\\||(?P<escaped>\\.)|(?P<brace>[{}])"
)
PAIRS = {"}": "{", "right": "left"}


def entropy():
    return nc.function("x*log(x)", domain=(0, None))


def unbalanced(latex):
    """Return what is left open or closed twice among braces, fences and environments."""
    stack = []
    for found in TOKEN.finditer(latex):
        if found["name"]:
            opening = found.group().startswith(r"\begin")
            token = ("begin", found["name"])
        elif found["fence"] or found["brace"]:
            word = found["fence"] or found["brace"]
            opening, token = word not in PAIRS, PAIRS.get(word, word)
        else:
            continue
        if opening:
            stack.append(token)
        elif not stack or stack.pop() != token:
            return found.group()
    return stack


def undefined_roots(latex):
    used = set(re.findall(r"\\mathrm\{root\}_\{\d+\}", latex))
    return {root for root in used if rf"\text{{where }} {root} \text{{ solves }}" not in latex}


def check(latex):
    assert unbalanced(latex) in ([],), latex
    assert not undefined_roots(latex), latex
    # A bracket after a line break would be its optional argument.
    assert not re.search(r"\\\\ *\[", latex), latex
    assert "nan" not in latex.replace(r"\text", "")


def check_all(name):
    for verb in VERBS:
        try:
            latex = verb(getattr(nc.zoo, name)()).latex()
        except nc.NotDerivable:
            continue
        check(latex)


@pytest.mark.parametrize("name", FEW)
def test_well_formed(name):
    check_all(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in ZOO if n not in FEW])
def test_the_whole_zoo_is_well_formed(name):
    check_all(name)


@pytest.mark.parametrize(
    "latex", [r"\frac{1{2}", r"\left\{ x", r"\begin{cases} x \end{array}", r"\right] \left[", "}"]
)
def test_ill_formed_is_noticed(latex):
    assert unbalanced(latex) != []


def test_a_root_without_its_equation_is_noticed():
    defined = r"\mathrm{root}_{1} \text{where } \mathrm{root}_{1} \text{ solves } x = 0"
    assert not undefined_roots(defined)
    assert undefined_roots(defined + r" \mathrm{root}_{2}")


def test_the_argument_of_a_subdifferential_is_v():
    found = nc.subdifferential(nc.function(MCP))
    assert r"\left\{ \lambda - \frac{v}{\gamma} \right\}, & 0 < v \le \gamma \lambda" in (
        found.latex()
    )
    assert "{lam - v/gamma}   0 < v <= gamma*lam" in str(found)
    assert not re.search(r"\bu\b", found.latex() + str(found))


def test_roots_are_defined_where_they_are_used():
    found = nc.prox(nc.function("lam*log(1 + abs(x)/eps)")).latex()
    assert r"\text{where } \mathrm{root}_{1} \text{ solves }" in found
    check(found)
    smooth = nc.smoothness(nc.function("log(1 + exp(x))**2")).latex()
    assert r"\mathrm{root}_{3} > \mathrm{root}_{2}" in smooth
    check(smooth)


@pytest.mark.parametrize(
    ("function", "borders"),
    [
        (nc.function(L1), ("v > \\lambda", "0 \\le v \\le \\lambda")),
        (nc.function("log(1 + exp(x))"), ("v < 0", "0 < v < 1", "v > 1")),
        (nc.function("-log(x)", domain=(0, None)), ("v < 0", "v \\ge 0")),
    ],
    ids=named,
)
def test_open_borders_of_conjugates(function, borders):
    rows = nc.conjugate(function).latex()
    for border in borders:
        assert f"& {border} " in rows


def test_domains_are_stated():
    for verb in VERBS:
        answer = verb(entropy())
        assert r"f(x) = \infty \text{ unless } x \ge 0" in answer.latex()
        assert "on x >= 0" in str(answer)
    slopes = nc.subdifferential(entropy())
    assert r"\emptyset, & \text{otherwise}" in slopes.latex()
    assert "{}            elsewhere" in str(slopes)
    assert r"\emptyset" not in nc.subdifferential(nc.function(L1)).latex()


@pytest.mark.parametrize(
    ("verb", "function", "formula"),
    [
        (nc.moreau_envelope, nc.function(L1), "lam*(v - lam*step/2)"),
        (nc.moreau_envelope, nc.function(MCP),
         "gamma*lam**2/2 - (v - gamma*lam)**2/(2*gamma - 2*step)"),
        (nc.conjugate, nc.function("log(1 + exp(x))"), "log(1 - v) + v*log(v/(1 - v))"),
        (nc.conjugate, entropy(), "exp(v - 1)"),
        (nc.conjugate, nc.function("1/x", domain=(0, None)), "-2*sqrt(-v)"),
    ],
    ids=named,
)  # fmt: skip
def test_values_are_formulas_in_the_argument(verb, function, formula):
    found = verb(function)
    assert formula in str(found)
    assert not re.search(r"\bwith\b", str(found))


@pytest.mark.parametrize(
    ("verb", "function", "arguments"),
    [
        (nc.moreau_envelope, nc.function("x*log(x)", domain=(0, None)), (-1.0, 0.3, 2.0)),
        (nc.moreau_envelope, nc.function("exp(x) - x"), (-1.0, 0.3, 2.0)),
        (nc.moreau_envelope, nc.function("max(abs(x) - 1, 0)"), (0.5, 1.2, 4.0)),
        (nc.conjugate, nc.function("log(1 + exp(-x))"), (-0.9, -0.2)),
        (nc.conjugate, nc.function("1/x", domain=(0, None)), (-3.0, -0.2)),
    ],
    ids=named,
)
def test_shown_values_are_the_computed_ones(verb, function, arguments):
    found = verb(function)
    numbers = {"step": 0.7} if verb is nc.moreau_envelope else {}
    rows = rows_of(found.table, found.table.regimes[0])
    for v in arguments:
        values = {**{s: numbers[s.name] for s in found.table.parameters}, found.table.argument: v}
        row = next(r for r in rows if r.lo.subs(values) <= v <= r.hi.subs(values))
        assert float(row.value.subs(values)) == pytest.approx(found(v, **numbers), rel=1e-12)


def test_a_value_of_an_implicit_point_says_what_the_point_is():
    found = nc.moreau_envelope(nc.function("log(1 + exp(x))"))
    assert r"\text{ with } \frac{\mathrm{step} e^{u}}{1 + e^{u}} + u = v" in found.latex()


def test_heads_name_what_is_derived():
    conjugate = nc.conjugate(nc.function("log(cosh(x))"))
    assert nc.conjugate(conjugate).latex().startswith("f^{**}(v) =")
    envelope = nc.moreau_envelope(nc.function(L1))
    assert nc.gradient(envelope).latex().startswith(r"\frac{\mathrm{d}}{\mathrm{d} v} \min_u")


@pytest.mark.parametrize("verb", [nc.smoothness, nc.weak_convexity, nc.lipschitz])
def test_constants(verb):
    for function in (nc.function(MCP), entropy(), nc.function("abs(x)**p", p=nc.Interval(1, 3))):
        latex = verb(function).latex()
        check(latex)
        assert latex.startswith((r"\text{", r"\begin{aligned} & \text{"))


def test_penalties():
    hard = nc.penalty_from_shrinkage("where(abs(v) > t, v, 0)")
    check(hard.latex())
    assert r"0 < \left|x\right| < t" in hard.latex()
    assert r"\operatorname{prox}_{\frac{1}{2}\, f}(v)" in (
        nc.penalty_from_shrinkage("v/(1 + w)", step=0.5).latex()
    )


def test_an_operator_is_typeset_step_by_step():
    found = nc.prox(nc.function("lam_1*norm(x) + sum(abs(x))")).latex()
    assert found.startswith(r"\begin{aligned} & \operatorname{prox}")
    assert r"lam\_1" in found
    assert found.count(r"\text{") == len(
        nc.prox(nc.function("lam_1*norm(x) + sum(abs(x))")).operator.steps()
    )
