"""The closed table of heads: every operation a formula may use, one row each.

A row says how many arguments the operation takes, what it does to vectors, and under which dotted
names NumPy, mpmath and SymPy know it.  To add an operation, add a row here; the doors, the
evaluators and the printers all read this table.

Three conventions are worth knowing.  ``sort`` puts the largest entry first, as in sorted norms.
``heaviside(0)`` is 1, so that jumps are closed from above; ``heaviside(x, h)`` takes the value
``h`` there, and SymPy's spelling ``Heaviside(x)`` means SymPy's value, one half.  ``log`` is
natural.

The heads at the end, without spellings, arise in gradients and Hessians: they evaluate and print,
and no formula that a user types holds one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "arithmetic", "elementwise", "choice", "reduction", "reorder", "listing", "matrix", "transform"
]

_OWN_NUMPY = "normcalc.language.numeric."
_MATRICES = "normcalc.language.matrices."
_ADJOINTS = "normcalc.language.adjoints."
_POLYTOPES = "normcalc.language.polytopes."
_OWN_MP = "normcalc.language.precise."
_OWN_SYMPY = "normcalc.language.sympy_heads."


@dataclass(frozen=True, slots=True)
class Head:
    """One operation of the language.

    Parameters
    ----------
    name : str
        Its name in the tree.
    least, most : int
        How many arguments it takes; `most` is ``None`` for "any number".
    role : str
        What it does to vectors: "reduction" returns one number, "reorder" a vector; "listing"
        makes a vector of a matrix, "matrix" a matrix; a "transform" makes a function of others and
        takes its value at the last argument; the other roles work entry by entry.
    numpy, mpmath, sympy : str
        Dotted names of its three implementations, imported on first use.
    latex : str
        How it is typeset; ``{0}`` stands for the first argument, or a bare operator name.
    spellings : tuple of str
        How a text may write it.

    Examples
    --------
    >>> HEADS["asin"].spellings
    ('asin', 'arcsin')
    """

    name: str
    least: int
    most: int | None
    role: Role
    numpy: str
    mpmath: str
    sympy: str
    latex: str = ""
    spellings: tuple[str, ...] = ()


def _arithmetic(name: str, least: int, most: int | None, numpy: str, own: str) -> Head:
    return Head(name, least, most, "arithmetic", numpy, _OWN_MP + own, _OWN_SYMPY + own)


def _elementwise(
    spellings: str, numpy: str = "", mpmath: str = "", sympy: str = "", latex: str = ""
) -> Head:
    names = tuple(spellings.split())
    name = names[0]
    return Head(
        name,
        1,
        1,
        "elementwise",
        numpy or f"numpy.{name}",
        mpmath or f"mpmath.{name}",
        sympy or f"sympy.{name}",
        latex or rf"\{name}\left({{0}}\right)",
        names,
    )


def _vector(
    name: str, least: int, most: int, numpy: str, latex: str, role: Role = "reduction"
) -> Head:
    return Head(name, least, most, role, _OWN_NUMPY + numpy, "", "", latex, (name,))


def _listed(
    name: str, least: int, most: int, role: Role, latex: str = "", numpy: str = ""
) -> Head:
    shown = latex or rf"\operatorname{{{{{name.replace('_', chr(32))}}}}}\left({{0}}\right)"
    return Head(name, least, most, role, _MATRICES + (numpy or name), "", "", shown, (name,))


def _transform(name: str, least: int, most: int | None, latex: str) -> Head:
    return Head(name, least, most, "transform", "", "", "", latex, ())


def _derived(name: str, arguments: int, role: Role, latex: str = "", numpy: str = "") -> Head:
    """Return a head that only derivatives need: a text cannot write it, so it has no spelling."""
    shown = latex or rf"\operatorname{{{{{name.replace('_', chr(32))}}}}}\left({{0}}\right)"
    path = numpy or _ADJOINTS + name
    return Head(name, arguments, arguments, role, path, "", "", shown)


def _of_points(name: str, latex: str) -> Head:
    return Head(name, 2, 2, "reduction", _POLYTOPES + name, "", "", latex, (name,))


def _operator(name: str) -> str:
    return rf"\operatorname{{{{{name}}}}}\left({{0}}\right)"


_ROWS = (
    _arithmetic("add", 2, None, _OWN_NUMPY + "plus", "plus"),
    _arithmetic("sub", 2, 2, "numpy.subtract", "minus"),
    _arithmetic("mul", 2, None, _OWN_NUMPY + "times", "times"),
    _arithmetic("div", 2, 2, "numpy.true_divide", "over"),
    _arithmetic("neg", 1, 1, "numpy.negative", "negative"),
    _arithmetic("pow", 2, 2, "numpy.float_power", "power"),
    _elementwise("abs Abs absolute fabs", "", "mpmath.fabs", "sympy.Abs", r"\left|{0}\right|"),
    _elementwise("sign sgn", "", "", "", _operator("sign")),
    _elementwise("sqrt", "", "", "", r"\sqrt{{{0}}}"),
    _elementwise("cbrt", "", _OWN_MP + "cbrt", _OWN_SYMPY + "cbrt", r"\sqrt[3]{{{0}}}"),
    _elementwise("exp"),
    _elementwise("expm1", "", "", _OWN_SYMPY + "expm1", r"\left(e^{{{0}}} - 1\right)"),
    _elementwise("log ln"),
    _elementwise("log1p", "", "", _OWN_SYMPY + "log1p", r"\log\left(1 + {0}\right)"),
    _elementwise("sin"),
    _elementwise("cos"),
    _elementwise("tan"),
    _elementwise("asin arcsin", "numpy.arcsin", "", "", r"\arcsin\left({0}\right)"),
    _elementwise("acos arccos", "numpy.arccos", "", "", r"\arccos\left({0}\right)"),
    _elementwise("atan arctan", "numpy.arctan", "", "", r"\arctan\left({0}\right)"),
    _elementwise("sinh"),
    _elementwise("cosh"),
    _elementwise("tanh"),
    _elementwise("asinh arcsinh", "numpy.arcsinh", "", "", _operator("arsinh")),
    _elementwise("acosh arccosh", "numpy.arccosh", "", "", _operator("arcosh")),
    _elementwise("atanh arctanh", "numpy.arctanh", "", "", _operator("artanh")),
    _elementwise("erf", "scipy.special.erf", "", "", _operator("erf")),
    _elementwise("erfc", "scipy.special.erfc", "", "", _operator("erfc")),
    _elementwise(
        "loggamma gammaln lgamma",
        "scipy.special.loggamma",
        _OWN_MP + "loggamma",
        "",
        r"\log\Gamma\left({0}\right)",
    ),
    _elementwise(
        "lambertw LambertW",
        _OWN_NUMPY + "lambertw",
        _OWN_MP + "lambertw",
        "sympy.LambertW",
        r"W\left({0}\right)",
    ),
    _elementwise(
        "heaviside",
        _OWN_NUMPY + "heaviside",
        _OWN_MP + "heaviside",
        _OWN_SYMPY + "heaviside",
        r"H\left({0}\right)",
    ),
    Head("max", 2, None, "choice", _OWN_NUMPY + "maximum", _OWN_MP + "maximum", "sympy.Max",
         r"\max\left({0}\right)", ("max", "Max", "maximum", "fmax")),
    Head("min", 2, None, "choice", _OWN_NUMPY + "minimum", _OWN_MP + "minimum", "sympy.Min",
         r"\min\left({0}\right)", ("min", "Min", "minimum", "fmin")),
    _vector("sum", 1, 1, "total", r"\sum_i \left({0}\right)_i"),
    _vector("amax", 1, 1, "largest", r"\max_i \left({0}\right)_i"),
    _vector("amin", 1, 1, "smallest", r"\min_i \left({0}\right)_i"),
    _vector("norm", 2, 2, "norm", r"\left\|{0}\right\|_{{{1}}}"),
    _vector("dot", 2, 2, "inner", r"\left\langle {0}, {1} \right\rangle"),
    _vector("sort", 1, 1, "descending", r"\left({0}\right)_{{\downarrow}}", "reorder"),
    _listed("mean", 1, 1, "reduction"),
    _listed("prod", 1, 1, "reduction", r"\prod_i \left({0}\right)_i", "multiplied"),
    _listed("sum_largest", 2, 2, "reduction",
            r"\sum_{{i \le {1}}} \left({0}\right)_{{\downarrow i}}"),
    _listed("entry", 2, 2, "reduction", r"\left({0}\right)_{{[{1}]}}"),
    _listed("part", 3, 3, "reorder", r"\left({0}\right)_{{[{1}:{2}]}}"),
    _listed("diff", 1, 1, "reorder", r"D {0}", "differences"),
    _listed("group_norms", 3, 3, "reorder",
            r"\left(\left\|{0}_g\right\|_{{{2}}}\right)_{{g \in {1}}}"),
    _listed("image", 2, 2, "reorder", r"{0} {1}"),
    _listed("solve", 2, 2, "reorder", r"{0}^{{-1}} {1}", "solution"),
    _listed("cumsum", 1, 1, "reorder", "", "partial_sums"),
    _of_points("atomic_norm", r"\left\|{0}\right\|_{{{1}}}"),
    _of_points("gauge_of_points", r"\gamma_{{{1}}}\left({0}\right)"),
    _of_points("lovasz", r"\widehat{{{1}}}\left({0}\right)"),
    _listed("entries", 1, 1, "listing", r"\operatorname{{vec}} {0}"),
    _listed("diagonal", 1, 1, "listing", r"\operatorname{{diag}} {0}"),
    _listed("singular_values", 1, 1, "listing", r"\sigma\left({0}\right)"),
    _listed("eigenvalues", 1, 1, "listing", r"\lambda\left({0}\right)"),
    _listed("row_norms", 2, 2, "listing", r"\left(\left\|{0}_{{i:}}\right\|_{{{1}}}\right)_i"),
    _listed("column_norms", 2, 2, "listing", r"\left(\left\|{0}_{{:j}}\right\|_{{{1}}}\right)_j"),
    _listed("image_gradient", 1, 1, "matrix", r"\nabla {0}"),
    _listed("reshape", 3, 3, "matrix", r"\operatorname{{mat}}_{{{1} \times {2}}} {0}", "reshaped"),
    _listed("transpose", 1, 1, "matrix", r"{0}^\top"),
    _listed("block", 5, 5, "matrix", r"\left({0}\right)_{{[{1}:{2},\, {3}:{4}]}}"),
    _listed("product", 2, 2, "matrix", r"{0} {1}"),
    _transform("conjugate", 1, 1, r"\left({0}\right)^*"),
    _transform("moreau_envelope", 2, 2, r"\operatorname{{env}}_{{{1}}}\left({0}\right)"),
    _transform("infimal_convolution", 2, None, r"\left({0}\right)"),
    _transform("gauge", 1, 1, r"\gamma_{{\left\{{{0}\right\}}}}"),
    _transform("support_function", 1, 1, r"\sigma_{{\left\{{{0}\right\}}}}"),
    _transform("distance", 1, 1, r"d_{{\left\{{{0}\right\}}}}"),
    _transform("dual_norm", 1, 1, r"\left({0}\right)^\circ"),
    _transform("perspective", 1, 1, r"\left({0}\right)^\sim"),
    _derived("digamma", 1, "elementwise", r"\psi\left({0}\right)", "scipy.special.digamma"),
    _derived("trigamma", 1, "elementwise", r"\psi'\left({0}\right)"),
    _derived("ones", 1, "elementwise", r"\mathbf{{1}}", "numpy.ones_like"),
    _derived("size", 1, "reduction", r"\dim {0}"),
    _derived("ranks", 1, "reorder", r"\operatorname{{rank}}\left({0}\right)"),
    _derived("ranked", 2, "reorder", r"P_{{{1}}}^\top {0}"),
    _derived("sorted_by", 2, "reorder", r"P_{{{1}}} {0}"),
    _derived("embedded", 4, "reorder", r"E_{{[{1}:{2}]}}^\top {0}"),
    _derived("embedded_block", 6, "matrix", r"E_{{[{1}:{2},\, {3}:{4}]}}^\top {0}"),
    _derived("diff_adjoint", 1, "reorder", r"D^\top {0}"),
    _derived("image_gradient_adjoint", 2, "matrix", r"\nabla^\top {0}"),
    _derived("cumsum_adjoint", 1, "reorder", r"\operatorname{{cumsum}}^\top \left({0}\right)"),
    _derived("spread", 3, "reorder", r"\left(\sum_{{g \ni i}} \left({0}\right)_g\right)_i"),
    _derived("group_sums", 2, "reorder",
             r"\left(\sum_{{i \in g}} \left({0}\right)_i\right)_{{g \in {1}}}"),
    _derived("outer", 2, "matrix", r"{0} {1}^\top"),
    _derived("diag", 1, "matrix", r"\operatorname{{Diag}}\left({0}\right)"),
    _derived("identity", 1, "matrix", "I"),
    _derived("inverse", 1, "matrix", r"{0}^{{-1}}", "numpy.linalg.inv"),
    _derived("as_matrix", 2, "matrix", r"\operatorname{{vec}}^{{-1}} {0}"),
    _derived("polar_factor", 1, "matrix", r"U_{{{0}}} V_{{{0}}}^\top"),
    _derived("with_singular_values", 2, "matrix",
             r"U_{{{1}}} \operatorname{{Diag}}\left({0}\right) V_{{{1}}}^\top"),
    _derived("with_eigenvalues", 2, "matrix",
             r"Q_{{{1}}} \operatorname{{Diag}}\left({0}\right) Q_{{{1}}}^\top"),
    _derived("singular_rates", 2, "listing",
             r"\operatorname{{diag}}\left(U_{{{1}}}^\top {0} V_{{{1}}}\right)"),
    _derived("eigen_rates", 2, "listing",
             r"\operatorname{{diag}}\left(Q_{{{1}}}^\top {0} Q_{{{1}}}\right)"),
    _derived("singular_turn", 3, "matrix",
             r"\operatorname{{turn}}_{{{2}}}\left({0}; {1}\right)"),
    _derived("eigen_turn", 3, "matrix", r"\operatorname{{turn}}_{{{2}}}\left({0}; {1}\right)"),
)  # fmt: skip

HEADS: dict[str, Head] = {row.name: row for row in _ROWS}

SPELLINGS: dict[str, str] = {word: row.name for row in _ROWS for word in row.spellings}

TRANSFORMS = frozenset(row.name for row in _ROWS if row.role == "transform")

REDUCTIONS = TRANSFORMS | {row.name for row in _ROWS if row.role == "reduction"}

VECTOR_HEADS = REDUCTIONS | {
    row.name for row in _ROWS if row.role in ("reorder", "listing", "matrix")
}
