"""Affine arguments, quadratic functions and affine sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.draft import PROX
from normcalc.codegen.formulas import Written
from normcalc.codegen.rules.registry import guarded, refused, rule
from normcalc.errors import NotDerivable
from normcalc.language.nodes import Apply, Number, Symbol, names
from normcalc.operators import AffineProjection, Ellipsoidal, LinearSolve, PreComposed, Tilted

if TYPE_CHECKING:
    from fractions import Fraction

    from normcalc.codegen.draft import Draft
    from normcalc.language.nodes import Node


def ndim_of(node: Node, name: str, draft: Draft) -> int:
    """Tell whether the argument of a map is a vector, 1, or a matrix, 2, by how it is used."""
    for ndim in (1, 2):
        try:
            draft.formula(node, {name: Written("x", ndim)})
        except NotDerivable:
            continue
        return ndim
    return 1


def image_of_map(node: Node, name: str, draft: Draft) -> str:
    """Write the function ``(x, p)`` that returns the image of a point, always an array."""
    ndim = ndim_of(node, name, draft)
    found = draft.formula(node, {name: Written("x", ndim)})
    text = found.text if found.ndim else f"np.full(1, {found.text})"
    return draft.define("image", "x, p", "Return the affine map of a point.", [f"return {text}"])


def multiple(node: Node, name: str) -> Fraction | None:
    """Return c where the map is ``c*x`` and a shift that is no part of x, else None."""
    from fractions import Fraction

    if node == Symbol(name):
        return Fraction(1)
    if name not in names(node):
        return Fraction(0)
    match node:
        case Apply("neg", (inner,)):
            found = multiple(inner, name)
            return None if found is None else -found
        case Apply("add" | "sub", terms):
            parts = [multiple(term, name) for term in terms]
            if None in parts:
                return None
            signs = [1] + [1 if node.head == "add" else -1] * (len(parts) - 1)
            return sum((s * c for s, c in zip(signs, parts, strict=True) if c is not None),
                       Fraction(0))  # fmt: skip
        case Apply("mul", (Number(value), inner)):
            found = multiple(inner, name)
            return None if found is None else value * found
    return None


@guarded(PreComposed, "the rows of the map are not orthogonal and of one length")
def precomposed(operator: PreComposed, draft: Draft, otherwise: list[str]) -> str:
    """One prox at the image, where the rows of the map are orthogonal and of one length."""
    inner = draft.prox(operator.inner)
    factor = multiple(operator.map, operator.name)
    if factor:
        return _shifted(operator, inner, float(factor), draft)
    matrix = draft.make("matrix", "matrix_of", image_of_map(operator.map, operator.name, draft))
    like = image_of_map(operator.map, operator.name, draft)
    body = [f"m, shift = {matrix}(v, p)", "mu = square_length(m)", "if mu < 0.0:",
            *(f"    {line}" for line in otherwise), "if mu == 0.0:", "    out[:] = v",
            "    return", f"y = {like}(v, p).copy()", "w = np.empty_like(y)",
            f"{inner}(y, mu*step, p, w)", "moved = back(m, (w - y).reshape(-1)/mu)",
            "target, source = out.reshape(-1), v.reshape(-1)",
            "for i in range(target.size):",
            "    target[i] = source[i] + moved[i]"]  # fmt: skip
    return draft.define("prox", PROX, "v + M'(p - y)/mu, with M M' = mu I and y = M v + c.", body)


def _shifted(operator: PreComposed, inner: str, factor: float, draft: Draft) -> str:
    like = image_of_map(operator.map, operator.name, draft)
    body = [f"y = {like}(v, p)", "w = np.empty_like(y)", f"{inner}(y, {factor**2!r}*step, p, w)",
            f"out[:] = v + (w - y)/{factor!r}"]  # fmt: skip
    return draft.define("prox", PROX, "The prox at a multiple of v and a shift.", body)


def _parts_of_quadratic(node: Node, name: str, draft: Draft) -> str:
    ndim = ndim_of(node, name, draft)
    found = draft.formula(node, {name: Written("x", ndim)})
    if found.ndim:
        raise NotDerivable("no kernel knows that a quadratic function is one number")
    value = draft.define("value", "x, p", "The quadratic function.", [f"return {found.text}"])
    return draft.make("parts", "quadratic_of", value)


@rule(LinearSolve)
def linear_solve(operator: LinearSolve, draft: Draft) -> str:
    """One linear system."""
    parts = _parts_of_quadratic(operator.formula, operator.name, draft)
    body = [f"h, g, c = {parts}(v, p)", "solved(h, g, v, step, out)"]
    return draft.define("prox", PROX, "Solve (I + step*H) u = v - step*g.", body)


@guarded(Tilted, "the quadratic part is not a multiple of the squared norm")
def tilted(operator: Tilted, draft: Draft, otherwise: list[str]) -> str:
    """A linear term and a multiple of the squared norm change the point and the step."""
    inner = draft.prox(operator.inner)
    parts = _parts_of_quadratic(operator.formula, operator.name, draft)
    bounded = refused("not prox-bounded: the curvature needs a shorter step")[0]
    body = [f"h, g, c = {parts}(v, p)", "r = common_curvature(h)", "if np.isnan(r):",
            *(f"    {line}" for line in otherwise), "t = 1.0 + step*r", "if t <= 0.0:",
            f"    {bounded}", "w = (v - step*g.reshape(v.shape))/t",
            f"{inner}(w, step/t, p, out)"]  # fmt: skip
    return draft.define("prox", PROX, "(v - step*g)/(1 + step*r), with a shorter step.", body)


@rule(AffineProjection)
def affine_projection(operator: AffineProjection, draft: Draft) -> str:
    """Move by the pseudo-inverse of the map."""
    matrix = draft.make("matrix", "matrix_of", image_of_map(operator.inner, operator.name, draft))
    target = draft.formula(operator.target)
    bound = (
        f"{target.text}" if target.ndim == 0 else f"spread(({target.text}).reshape(-1), y.size)"
    )
    body = [f"m, shift = {matrix}(v, p)", "x = v.reshape(-1)", "y = image_of(m, x) + shift",
            f"y = y - {bound}", "project_along(m, y, x, out.reshape(-1))"]  # fmt: skip
    return draft.define("prox", PROX, "v - M^+ (M v + c - b).", body)


@rule(Ellipsoidal)
def ellipsoidal(operator: Ellipsoidal, draft: Draft) -> str:
    """One equation for the size of the point in the norm."""
    parts = _parts_of_quadratic(operator.formula, operator.name, draft)
    equation = draft.define("excess", "s, args", "The sum that must be one.", [
        "w, y, t = args", "total = 0.0", "for i in range(w.size):", "    if y[i] > 0.0:",
        "        total += y[i]*(w[i]/(s + t*y[i]))**2", "return total - 1.0"])  # fmt: skip
    root = draft.make("root", "falling_zero", equation)
    wrong = refused("the root is not of a quadratic form that is nowhere negative")[0]
    body = [f"h, g, c = {parts}(v, p)", "sizes, vectors = np.linalg.eigh(h/2.0)",
            "if np.any(g != 0.0) or c != 0.0 or sizes[0] < -1e-13*np.abs(sizes).max():",
            f"    {wrong}", "y, w = np.maximum(sizes, 0.0), back(vectors, v.reshape(-1))",
            f"t = step*({draft.number(operator.factor)})", "left = np.zeros(w.size)",
            "if t <= 0.0 or y.max() == 0.0:", "    left[:] = w",
            f"elif {equation}(0.0, (w, y, t)) <= 0.0:",
            "    for i in range(w.size):", "        left[i] = 0.0 if y[i] > 0.0 else w[i]",
            "else:", f"    s = {root}(0.0, np.sqrt(np.sum(y*w**2)), (w, y, t))",
            "    left[:] = w*s/(s + t*y)",
            "out.reshape(-1)[:] = image_of(vectors, left)"]  # fmt: skip
    return draft.define("prox", PROX, "The prox of the root of a quadratic form.", body)
