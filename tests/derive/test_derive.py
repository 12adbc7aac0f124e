"""Derivations as their users see them: text, LaTeX, refusals, citations."""

import pytest

import normcalc as nc

MCP = "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"


def test_case_table_of_two_regimes():
    shown = str(nc.prox(nc.function(MCP)))
    assert "if step < gamma:" in shown
    assert "if step >= gamma:" in shown
    assert "both ends of the jump" in shown


def test_explanation_names_theorem_source_and_steps():
    text = nc.prox(nc.function(MCP)).explain()
    for part in (
        "prox_by_hull",
        "rockafellarwets1998",
        "slopes [-lam*step, lam*step]",
        "overtakes",
    ):
        assert part in text


def test_separable_rests_on_its_element():
    p = nc.prox(nc.function("lam*sum(abs(x))"))
    assert [t.name for t in p.theorems()] == ["prox_of_separable_sum", "prox_by_hull"]
    assert p.table == nc.prox(nc.function("lam*abs(x)")).table


def test_latex_has_one_cases_environment_per_regime():
    latex = nc.prox(nc.function(MCP)).latex()
    assert latex.count(r"\begin{cases}") == 2
    assert r"\lambda" in latex


def test_octagon_has_an_octagon_for_a_dual():
    dual = nc.dual_norm(nc.function("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))")).value
    assert dual([1.0, 0.0]) == pytest.approx(1.0)
    assert dual([1.0, 1.0]) == pytest.approx(2**0.5)


@pytest.mark.parametrize(
    ("verb", "text", "names"),
    [
        (nc.prox, "-x**4", "prox-bounded"),
        (nc.prox, "sum(abs(x))/norm(x, 3)", "General"),
        (nc.prox, "-norm(x, 3)", "not known to be"),
        (nc.dual_norm, "abs(x1 - x2)", "seminorm"),
        (nc.dual_norm, "abs(x)", "Scalar"),
        (nc.prox, "log(x)", "domain="),
    ],
)
def test_refusals_say_what_came_closest(verb, text, names):
    with pytest.raises(nc.NotDerivable, match=names):
        verb(nc.function(text))


def test_cite_gives_each_source_once():
    text = nc.cite(nc.prox(nc.function("sum(abs(x))")))
    assert text.count("@book{beck2017") == 1
    assert "rockafellarwets1998" in text


def test_an_answer_shows_the_formula_as_it_was_typed() -> None:
    first, second = nc.prox(nc.function("q7*Abs(x)")), nc.prox(nc.function("q7*abs(x)"))
    assert first == second
    assert str(first).startswith("prox of q7*Abs(x):")
    assert str(second).startswith("prox of q7*abs(x):")
