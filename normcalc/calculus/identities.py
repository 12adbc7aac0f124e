"""What a head applied to particular arguments is: one short identity per head.

Each takes the algebra and the arguments, scalars already taken out, and returns a tree or None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.calculus.collect import ONE, monomial
from normcalc.language.nodes import Apply, Constant, Node, Number, Piecewise, Symbol
from normcalc.language.vocabulary import HEADS

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.calculus.algebra import Algebra


def _head(node: Node) -> str:
    return node.head if isinstance(node, Apply) else ""


def _first(node: Node) -> Node:
    assert isinstance(node, Apply)
    return node.args[0]


def _sum(c: Algebra, x: Node) -> Node | None:
    """``sum(u*v) = dot(u, v)`` and the sum of ones is their number."""
    if _head(x) == "ones":
        return Apply("size", (c.pattern(_first(x)),))
    if _head(x) == "entries" and _head(_first(x)) == "ones":
        return Apply("size", (Apply("entries", (_first(_first(x)),)),))
    if _head(x) in ("embedded", "ranked", "sorted_by") and c.rank(_first(x)):
        return c.total(_first(x))
    powers = monomial(x).powers
    if _head(x) == "mul" and len(powers) == 2 and all(by == ONE for _, by in powers):
        return c.apply("dot", powers[0][0], powers[1][0])
    return None


def _dot(c: Algebra, u: Node, v: Node) -> Node | None:
    for one, other in ((u, v), (v, u)):
        if _head(one) == "ones":
            return c.apply("sum", other)
    return None


def _image(c: Algebra, a: Node, x: Node) -> Node | None:
    if _head(a) == "identity":
        return x
    if _head(a) == "inverse":
        return c.apply("solve", _first(a), x)
    return None


def _product(c: Algebra, a: Node, b: Node) -> Node | None:
    if isinstance(b, Apply) and b.head == "product":  # chains are written from left to right
        return c.apply("product", c.apply("product", a, b.args[0]), b.args[1])
    if "identity" in (_head(a), _head(b)):
        return b if _head(a) == "identity" else a
    if _head(b) == "outer" and isinstance(b, Apply):
        return c.apply("outer", c.apply("image", a, b.args[0]), b.args[1])
    if _head(a) == "outer" and isinstance(a, Apply):
        right = c.apply("image", c.apply("transpose", b), a.args[1])
        return c.apply("outer", a.args[0], right)
    if {_head(a), _head(b)} == {"diag"}:
        return c.apply("diag", c.mul(_first(a), _first(b)))
    return None


def _transpose(c: Algebra, a: Node) -> Node | None:
    if isinstance(a, Symbol):
        return a if a.name in c.symmetric else None
    if not isinstance(a, Apply):
        return None
    if a.head == "transpose":
        return a.args[0]
    if a.head in ("diag", "identity"):
        return a
    if a.head == "outer":
        return c.apply("outer", a.args[1], a.args[0])
    if a.head == "product":
        return c.apply("product", *(c.apply("transpose", part) for part in reversed(a.args)))
    if a.head == "inverse":
        return c.apply("inverse", c.apply("transpose", a.args[0]))
    return None


def _diag(c: Algebra, v: Node) -> Node | None:
    return Apply("identity", (_first(v),)) if _head(v) == "ones" else None


def _entries(c: Algebra, x: Node) -> Node | None:
    return _first(x) if _head(x) == "as_matrix" else None


def _as_matrix(c: Algebra, v: Node, x: Node) -> Node | None:
    """Take entry-by-entry operations apart, until the entries of a matrix are that matrix."""
    if c.rank(v) == 0:
        return v
    if _head(v) == "entries":
        return _first(v)
    if _head(v) == "ones":
        return c.ones(x)
    if isinstance(v, Piecewise):
        return Piecewise(
            tuple((_as_shaped(c, value, x), _as_condition(c, when, x)) for value, when in v.cases)
        )
    if isinstance(v, Apply) and HEADS[v.head].role in ("arithmetic", "elementwise", "choice"):
        return c.rebuilt(Apply(v.head, tuple(_as_shaped(c, arg, x) for arg in v.args)))
    return None


def _as_shaped(c: Algebra, node: Node, x: Node) -> Node:
    return c.apply("as_matrix", node, x) if c.rank(node) else node


def _as_condition(c: Algebra, when: Node | None, x: Node) -> Node | None:
    from normcalc.calculus.algebra import mapped

    if when is None or not c.rank(when):
        return when
    if isinstance(when, Apply):
        return _as_shaped(c, when, x)
    return mapped(when, lambda part: _as_condition(c, part, x) or part)


def _with_singular_values(c: Algebra, a: Node, x: Node) -> Node | None:
    if a == Apply("singular_values", (x,)):
        return x
    return Apply("polar_factor", (x,)) if _is_ones(a) else None


def _with_eigenvalues(c: Algebra, a: Node, x: Node) -> Node | None:
    values = Apply("eigenvalues", (x,))
    if a == values:
        return x
    if a == Apply("div", (ONE, values)):
        return Apply("inverse", (x,))
    return Apply("identity", (Apply("diagonal", (x,)),)) if _is_ones(a) else None


_NONNEGATIVE = ("abs", "norm", "exp", "singular_values", "row_norms", "column_norms",
                "group_norms", "size")  # fmt: skip


def _sign(c: Algebra, u: Node) -> Node | None:
    """The sign of what is never negative is 1, wherever it has a derivative."""
    if _head(u) not in _NONNEGATIVE:
        return None
    return c.ones(u) if c.rank(u) else ONE


def _abs(c: Algebra, u: Node) -> Node | None:
    return u if _head(u) in _NONNEGATIVE else None


def _row_norms(c: Algebra, x: Node, p: Node) -> Node | None:
    return Apply("column_norms", (_first(x), p)) if _head(x) == "transpose" else None


def _is_ones(a: Node) -> bool:
    return _head(a) == "ones" or a == ONE


def _log(c: Algebra, x: Node) -> Node | None:
    return ONE if x == Constant("e") else None


def _exp(c: Algebra, x: Node) -> Node | None:
    return ONE if isinstance(x, Number) and not x.value else None


IDENTITIES: dict[str, Callable[..., Node | None]] = {
    "sum": _sum, "dot": _dot, "image": _image, "product": _product, "transpose": _transpose,
    "diag": _diag, "entries": _entries, "as_matrix": _as_matrix, "log": _log, "exp": _exp,
    "sign": _sign, "abs": _abs,
    "row_norms": _row_norms,
    "with_singular_values": _with_singular_values, "with_eigenvalues": _with_eigenvalues,
}  # fmt: skip
