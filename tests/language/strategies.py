"""Random formulas: texts that are finite everywhere, and trees of any shape."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from normcalc.language.nodes import Apply, Compare, Logic, Node, Number, Piecewise, Symbol

PARAMETERS = ("lam", "gamma")

LITERALS = ("0", "1", "2", "3", "0.5", "1/3", "0.1", "1e-3", "pi", "2.25")

TOTAL_UNARY = (
    "abs({0})", "-{0}", "tanh({0})", "atan({0})", "sin({0})", "cos({0})", "exp(-abs({0}))",
    "sqrt(abs({0}))", "log1p(abs({0}))", "log(1 + abs({0}))", "sign({0})", "erf({0})",
    "heaviside({0})", "{0}**2", "abs({0})**(3/2)", "cbrt({0})", "Abs({0})", "asinh({0})",
)  # fmt: skip

TOTAL_BINARY = (
    "{0} + {1}", "{0} - {1}", "{0}*{1}", "{0}/(1 + {1}**2)", "max({0}, {1})", "Min({0}, {1})",
    "max({0}, {1}, 0)", "sqrt({0}**2 + {1}**2)",
)  # fmt: skip

CONDITIONS = (
    "{0} <= {1}", "{0} < {1}", "{0} > {1} and {1} > 0", "-1 < {0} < 1 or {1} >= 2",
    "not {0} == {1}", "({0} > 0) | ({1} > 0)", "And({0} >= 0, {1} != 0)",
)  # fmt: skip


def formulas(max_leaves: int = 12) -> st.SearchStrategy[str]:
    """Texts in x, lam and gamma whose value is finite for all real x and positive parameters."""
    leaves = st.sampled_from(("x", "x", "x", *PARAMETERS, *LITERALS))
    return st.recursive(leaves, _grow, max_leaves=max_leaves)


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    wrapped = inner.map(lambda written: f"({written})")
    unary = st.builds(str.format, st.sampled_from(TOTAL_UNARY), wrapped)
    binary = st.builds(str.format, st.sampled_from(TOTAL_BINARY), wrapped, wrapped)
    condition = st.builds(str.format, st.sampled_from(CONDITIONS), wrapped, wrapped)
    cases = st.builds("Piecewise(({0}, {1}), ({2}, True))".format, inner, condition, inner)
    choice = st.builds("where({1}, {0}, {2})".format, inner, condition, inner)
    return st.one_of(unary, binary, cases, choice)


def trees(max_leaves: int = 15) -> st.SearchStrategy[Node]:
    """Trees of sums, products, quotients, powers, signs and cases, in every nesting."""
    numbers = st.fractions(min_value=-5, max_value=5, max_denominator=12).map(Number)
    leaves = st.one_of(numbers, st.sampled_from([Symbol("x"), Symbol("lam")]))
    return st.recursive(leaves, _grow_tree, max_leaves=max_leaves)


def _grow_tree(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    pair = st.tuples(inner, inner)
    flat = st.builds(Apply, st.sampled_from(["add", "mul", "max", "min"]), several)
    two = st.builds(Apply, st.sampled_from(["sub", "div"]), pair)
    one = st.builds(Apply, st.sampled_from(["neg", "abs", "tanh"]), st.tuples(inner))
    exponents = st.sampled_from([Number(Fraction(n, d)) for n in (-2, 2, 3) for d in (1, 2)])
    powers = st.builds(Apply, st.just("pow"), st.tuples(inner, exponents))
    compare = st.builds(Compare, st.sampled_from(["<", "<=", "==", "!="]), inner, inner)
    both = st.builds(Logic, st.sampled_from(["and", "or"]), st.tuples(compare, compare))
    negated = st.builds(Logic, st.just("not"), st.tuples(st.one_of(compare, both)))
    when = st.one_of(compare, both, negated)
    cases = st.builds(lambda a, c, b: Piecewise(((a, c), (b, None))), inner, when, inner)
    return st.one_of(flat, two, one, powers, cases)
