"""Typeset a tree."""

from __future__ import annotations

import re

from normcalc.language.nodes import (
    Apply,
    Compare,
    Constant,
    Logic,
    Node,
    Number,
    Piecewise,
    Symbol,
)
from normcalc.language.transforms import condition, formulas, is_transform, numbers, shown
from normcalc.language.vocabulary import HEADS

_GREEK = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "mu",
    "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta",
    "Theta", "Lambda", "Xi", "Sigma", "Phi", "Psi", "Omega",
})  # fmt: skip
_NAMES = {"lam": r"\lambda", "lambda_": r"\lambda", "eps": r"\varepsilon"}
_CONSTANTS = {"pi": r"\pi", "e": "e", "oo": r"\infty"}
_RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}
_WORDS = {"and": r" \wedge ", "or": r" \vee "}
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
# how tightly the arguments of heads bind that are typeset without parentheses of their own
_BARE = {
    **dict.fromkeys(("solve", "transpose", "inverse", "diff", "diff_adjoint", "outer", "embedded",
                     "image_gradient", "image_gradient_adjoint", "entries",
                     "as_matrix", "diagonal", "group_norms", "row_norms",
                     "column_norms", "ranked", "sorted_by", "size"), _ATOM),
}  # fmt: skip
_LARGE = ("sum", "prod", "amax", "amin", "sum_largest", "spread", "group_sums")
_RANKS = {
    "add": _SUM, "sub": _SUM, "neg": _SUM, "pow": _POWER, "transpose": _POWER,
    "inverse": _POWER,
    **dict.fromkeys(("mul", "div", "image", "product", "solve", "diff", "diff_adjoint", "outer",
                     "image_gradient", "image_gradient_adjoint", "embedded",
                     "embedded_block", "ranked",
                     "sorted_by", "with_singular_values", "polar_factor",
                     "with_eigenvalues", "size", *_LARGE), _PRODUCT),
}  # fmt: skip


def latex(node: Node) -> str:
    r"""Return the formula in LaTeX, without dollar signs.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> print(latex(parse("lam*abs(x) - x**2/(2*gamma)")))
    \lambda \left|x\right| - \frac{x^{2}}{2 \gamma}
    """
    if isinstance(node, Number):
        return _number(node)
    if isinstance(node, Constant):
        return _CONSTANTS[node.name]
    if isinstance(node, Symbol):
        return name(shown(node.name))
    if isinstance(node, Compare):
        return f"{latex(node.left)} {_RELATIONS[node.relation]} {latex(node.right)}"
    if isinstance(node, Logic):
        return _logic(node)
    return _cases(node) if isinstance(node, Piecewise) else _apply(node)


def name(word: str) -> str:
    r"""Return a name in LaTeX: Greek letters spelled out, trailing digits as an index.

    Examples
    --------
    >>> print(name("lam"), name("x12"), name("theta_0"), name("rate"))
    \lambda x_{12} \theta_{0} \mathrm{rate}
    """
    if word in _NAMES:
        return _NAMES[word]
    match = re.fullmatch(r"([A-Za-z]+?)_?([0-9]+|_[A-Za-z0-9]+)_?|(.+)", word)
    stem = (match and match[1]) or word.rstrip("_")
    index = ((match and match[2]) or "").lstrip("_")
    base = _NAMES.get(stem, f"\\{stem}" if stem in _GREEK else stem)
    if len(stem) > 1 and base == stem:
        base = r"\mathrm{" + stem.replace("_", r"\_") + "}"
    return f"{base}_{{{index}}}" if index else base


def _number(node: Number) -> str:
    value = node.value
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _logic(node: Logic) -> str:
    if node.head == "not":
        return rf"\neg\left({latex(node.args[0])}\right)"
    if node.head == "all":
        return latex(node.args[0])
    if not node.args:
        return r"\text{true}" if node.head == "and" else r"\text{false}"
    parts = [latex(arg) for arg in node.args]
    nested = [isinstance(arg, Logic) and arg.head != "not" for arg in node.args]
    wrapped = [rf"\left({p}\right)" if deep else p for p, deep in zip(parts, nested, strict=True)]
    return _WORDS[node.head].join(wrapped)


def _cases(node: Piecewise) -> str:
    rows = [
        rf"{latex(value)} & \text{{otherwise}}"
        if condition is None
        else rf"{latex(value)} & \text{{if }} {latex(condition)}"
        for value, condition in node.cases
    ]
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def _apply(node: Apply) -> str:
    if HEADS[node.head].role == "arithmetic":
        return _ARITHMETIC[node.head](node.args)
    if is_transform(node):
        return _transform(node)
    if node.head in ("image", "product"):
        return _matrix_product(*node.args)
    bare = node.head in _BARE
    args = [_wrapped(arg, _BARE[node.head]) if bare else latex(arg) for arg in node.args]
    if HEADS[node.head].role == "choice":
        return HEADS[node.head].latex.format(", ".join(args))
    return HEADS[node.head].latex.format(*args)


def _transform(node: Apply) -> str:
    r"""Typeset a function made from others, and its point: ``\sigma_C(x)``."""
    functions = [latex(condition(body)) for body in formulas(node)]
    joined = r" \mathbin{\square} ".join(functions)
    numbers_ = [latex(arg) for arg in numbers(node)]
    written = HEADS[node.head].latex.format(joined, *numbers_)
    return rf"{written}\left({latex(node.args[-1])}\right)"


def _matrix_product(left: Node, right: Node) -> str:
    """Typeset ``left @ right``: a product entry by entry on the right keeps its parentheses."""
    plain = isinstance(right, Apply) and right.head in ("image", "product", "div")
    return f"{_wrapped(left, _PRODUCT)} {_wrapped(right, _PRODUCT if plain else _POWER)}"


def _wrapped(node: Node, least: int) -> str:
    written = latex(node)
    return written if _tightness(node) >= least else rf"\left({written}\right)"


def _tightness(node: Node) -> int:
    if isinstance(node, Number):
        return _SUM if node.value < 0 else (_PRODUCT if node.value.denominator > 1 else _ATOM)
    if isinstance(node, Apply):
        return _RANKS.get(node.head, _ATOM)
    return _SUM if isinstance(node, Piecewise) else _ATOM


def _sum(args: tuple[Node, ...]) -> str:
    written = _wrapped(args[0], _SUM)
    for arg in args[1:]:
        if isinstance(arg, Apply) and arg.head == "neg":
            written += f" - {_wrapped(arg.args[0], _PRODUCT)}"
        else:
            shown = latex(arg)
            written += f" - {shown[1:]}" if shown.startswith("-") else f" + {shown}"
    return written


def _product(args: tuple[Node, ...]) -> str:
    last = args[-1]
    written = _factor(args[0], args[0] is last, _SUM if _is_negated(args[0]) else _PRODUCT)
    for arg in args[1:]:
        shown = _factor(arg, arg is last, _PRODUCT)
        between = r" \cdot " if shown[0].isdigit() or shown.startswith(r"\frac") else " "
        written += between + shown
    return written


def _factor(node: Node, last: bool, least: int) -> str:
    """Typeset a factor; a sum sign would claim what follows it, so it is last or wrapped."""
    large = isinstance(node, Apply) and node.head in _LARGE and not last
    return _wrapped(node, _ATOM if large else least)


def _is_negated(node: Node) -> bool:
    """Tell whether a minus sign in front reads right without parentheses."""
    return (isinstance(node, Apply) and node.head == "neg") or isinstance(node, Number)


def _power(args: tuple[Node, ...]) -> str:
    return f"{_wrapped(args[0], _ATOM)}^{{{latex(args[1])}}}"


_ARITHMETIC = {
    "add": _sum,
    "sub": lambda args: f"{latex(args[0])} - {_wrapped(args[1], _PRODUCT)}",
    "mul": _product,
    "div": lambda args: rf"\frac{{{latex(args[0])}}}{{{latex(args[1])}}}",
    "neg": lambda args: f"-{_wrapped(args[0], _PRODUCT)}",
    "pow": _power,
}
