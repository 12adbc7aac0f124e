"""Maxima of affine forms and linear constraints: the rows for the dual active set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.draft import PROX
from normcalc.codegen.formulas import Written
from normcalc.codegen.rules.affine import ndim_of
from normcalc.codegen.rules.registry import rule
from normcalc.operators import PolyhedralProx
from normcalc.operators.submodular import BasePolytope

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft
    from normcalc.language.nodes import Node

_ROLES = {"max": 0, "sum": 1, "<=": -1, "==": -2}
_MORE = "u, w, matrix, shift, block"


@rule(PolyhedralProx)
def polyhedral(operator: PolyhedralProx, draft: Draft) -> str:
    """Read off the rows of all pieces at once, and find those that are active."""
    pieces = [(k, piece) for k, term in enumerate(operator.terms) for piece in term.pieces]
    parts = [_part(piece, operator.name, draft) for _, piece in pieces]
    counts = draft.define("counts", "x, p", "How many rows each affine map has.", [
        f"found = np.empty({len(parts)}, np.int64)",
        *(f"found[{i}] = {part}.size" for i, part in enumerate(parts)),
        "return found"])  # fmt: skip
    image = draft.define("image", "x, p", "All affine maps, one after another.", [
        f"found, a = np.empty(int(sum_of({counts}(x, p)))), 0",
        *(f"a = written_after(a, {part}, found)" for part in parts), "return found"])  # fmt: skip
    matrix = draft.make("matrix", "matrix_of", image)
    more = draft.define("more", _MORE, "All rows are listed.", ["return matrix, shift, block"])
    solver = draft.make("minimised", "active_set", more)
    roles = ", ".join(str(_ROLES[term.role]) for term in operator.terms)
    body = [f"m, c = {matrix}(v, p)",
            f"matrix, shift, block = rows_of_terms(m, c, {counts}(v, p), "
            f"np.array([{', '.join(str(k) for k, _ in pieces)}]), np.array([{roles}]))",
            f"{solver}(v.reshape(-1), step, matrix, shift, block, np.empty(0), "
            "out.reshape(-1))"]  # fmt: skip
    return draft.define("prox", PROX, "The point at which the active rows are level.", body)


def _part(piece: Node, name: str, draft: Draft) -> str:
    found = draft.formula(piece, {name: Written("x", ndim_of(piece, name, draft))})
    return f"whole({found.text}).reshape(-1)" if found.ndim else f"np.full(1, {found.text})"


@rule(BasePolytope)
def base_polytope(operator: BasePolytope, draft: Draft) -> str:
    """Vertices of the base polytope enter as the greedy algorithm finds them."""
    table = draft.locals[operator.table].text
    more = draft.define("more", _MORE, "The rows and the vertex that is largest along u.", [
        "return with_vertex(u, w, matrix, shift, block)"])  # fmt: skip
    solver = draft.make("minimised", "active_set", more)
    body = [f"w = ({draft.number(operator.factor)})*{table}.reshape(-1)",
            "check_submodular(w, v.size)", "x = np.empty((0, v.size))",
            "matrix = with_row(x, greedy_vertex(v, w))",
            f"{solver}(v, step, matrix, np.zeros(1), np.zeros(1, np.int64), w, out)"]  # fmt: skip
    about = "The point at which the active vertices of the base polytope are level."
    return draft.define("prox", PROX, about, body)
