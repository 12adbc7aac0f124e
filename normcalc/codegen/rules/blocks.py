"""Functions of norms of groups, rows and columns, of singular values and of eigenvalues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from normcalc.codegen.draft import PROX, Scalar
from normcalc.codegen.printer import Printer
from normcalc.codegen.rules.plain import separable
from normcalc.codegen.rules.registry import refused, rule
from normcalc.errors import NotDerivable
from normcalc.language.nodes import Symbol
from normcalc.operators import Blockwise, Transferred

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.draft import Draft
    from normcalc.language.nodes import Apply
    from normcalc.line.table import CaseTable


@rule(Transferred)
def transferred(operator: Transferred, draft: Draft) -> str:
    """Split into sizes and directions, map the sizes, and put them together."""
    return _SPLITS[operator.listing.head](operator, draft)


def _norm(operator: Transferred, draft: Draft) -> str:
    table = separable(operator.inner)
    if table is None:
        inner = draft.prox(operator.inner)
        found = ["size, left = np.empty(1), np.empty(1)",
                 "size[0] = np.sqrt(sum_of_squares(v.reshape(-1)))",
                 f"{inner}(size, step, p, left)",
                 "rescale(v.reshape(-1), size[0], left[0], out.reshape(-1))"]  # fmt: skip
        return draft.define("prox", PROX, "A function of the norm.", found)
    scalar = draft.table(table)
    body = [*scalar.prepared(draft.settings(scalar)), *_radial(scalar, "v", "out")]
    return draft.define("prox", PROX, "A function of the norm.", body)


def _radial(scalar: Scalar, source: str, target: str) -> list[str]:
    tag = scalar.tag
    return [f"size = np.sqrt(sum_of_squares({source}.reshape(-1)))",
            f"rescale({source}.reshape(-1), size, element_{tag}(size, consts_{tag}), "
            f"{target}.reshape(-1))"]  # fmt: skip


def _group_norms(operator: Transferred, draft: Draft) -> str:
    inner, groups = draft.prox(operator.inner), _groups(operator.listing, draft)
    body = [f"indices, starts, order, kind, top = {groups}", *_fitting("top"), "if kind < 2:",
            f"    {refused('the groups overlap: their norms are not independent')[0]}",
            "sizes = np.empty(starts.size - 1)", "left = np.empty_like(sizes)",
            "group_sizes(v, indices, starts, kind, sizes)", f"{inner}(sizes, step, p, left)",
            "rescale_groups(v, indices, starts, sizes, left, out)"]  # fmt: skip
    return draft.define("prox", PROX, "A function of the norms of groups.", body)


def _fitting(size: str) -> list[str]:
    return [f"if {size} > v.size:",
            '    raise IndexError("a group names an index beyond the entries")']  # fmt: skip


def _groups(listing: Apply, draft: Draft) -> str:
    node = listing.args[1]
    assert isinstance(node, Symbol)
    return draft.locals[node.name].text


def _rows(operator: Transferred, draft: Draft) -> str:
    inner = draft.prox(operator.inner)
    body = ["sizes = np.empty(v.shape[0])", "left = np.empty_like(sizes)",
            "for i in range(sizes.size):", "    sizes[i] = np.sqrt(sum_of_squares(v[i]))",
            f"{inner}(sizes, step, p, left)", "for i in range(sizes.size):",
            "    rescale(v[i], sizes[i], left[i], out[i])"]  # fmt: skip
    return draft.define("prox", PROX, "A function of the norms of the rows.", body)


def _columns(operator: Transferred, draft: Draft) -> str:
    rows = _rows(operator, draft)
    body = ["u = np.empty((v.shape[1], v.shape[0]))", f"{rows}(turned(v), step, p, u)",
            "out[:] = u.T"]  # fmt: skip
    return draft.define("prox", PROX, "A function of the norms of the columns.", body)


def _singular(operator: Transferred, draft: Draft) -> str:
    inner = draft.prox(operator.inner)
    body = ["left, sizes, right = np.linalg.svd(v, False)", "found = np.empty_like(sizes)",
            f"{inner}(sizes, step, p, found)", "recombine(left, found, right, out)"]  # fmt: skip
    least = _vanishing(operator, draft)
    if least:
        body = [f"left, sizes, right, exact = leading(v, {least})", "if not exact:",
                "    left, sizes, right = np.linalg.svd(v, False)", *body[1:]]  # fmt: skip
    return draft.define("prox", PROX, "A function of the singular values.", body)


def _vanishing(operator: Transferred, draft: Draft) -> str:
    """Return the text of the size up to which the table gives 0; empty where it is not known."""
    table = separable(operator.inner)
    if table is None or table.parity != "odd" or len(table.regimes) != 1:
        return ""
    first = table.regimes[0].cases[0]
    known = {name: one.text for name, one in draft.locals.items()} | {"step": "step"}
    names = {s.name for s in first.hi.free_symbols}
    if first.lo != 0 or first.point != 0 or first.result != table.point or names - known.keys():
        return ""
    texts = {s: sp.Symbol(known[s.name]) for s in first.hi.free_symbols}
    return Printer().code(first.hi.xreplace(texts))


def _eigen(operator: Transferred, draft: Draft) -> str:
    inner = draft.prox(operator.inner)
    body = ["sizes, vectors = np.linalg.eigh((v + v.T)/2.0)", "sizes = sizes[::-1].copy()",
            "found = np.empty_like(sizes)", f"{inner}(sizes, step, p, found)",
            "left = whole(vectors[:, ::-1])",
            "recombine(left, found, turned(left), out)"]  # fmt: skip
    return draft.define("prox", PROX, "A function of the eigenvalues.", body)


def _entries(operator: Transferred, draft: Draft) -> str:
    inner = draft.prox(operator.inner)
    body = [f"{inner}(v.reshape(-1), step, p, out.reshape(-1))"]
    return draft.define("prox", PROX, "A function of the entries.", body)


_SPLITS: dict[str, Callable[[Transferred, Draft], str]] = {
    "norm": _norm,
    "group_norms": _group_norms,
    "row_norms": _rows,
    "column_norms": _columns,
    "singular_values": _singular,
    "eigenvalues": _eigen,
    "entries": _entries,
}


@rule(Blockwise)
def blockwise(operator: Blockwise, draft: Draft) -> str:
    """Map the blocks one after another, the smallest first."""
    head = operator.listing.head
    write = {"group_norms": _blocks, "row_norms": _block_rows, "column_norms": _block_columns}
    if head not in write:
        raise NotDerivable(f"no kernel for blocks that {head} lists")
    return write[head](operator, draft)


def _factors(operator: Blockwise, count: str, draft: Draft) -> list[str]:
    found = draft.formula(operator.factor)
    negative = refused("the weights of the norms must not be negative")[0]
    if found.ndim == 0:
        lines = [f"weights = np.full({count}, {found.text})"]
    else:
        lines = [f"weights = spread({found.text}, {count})"]
    return [*lines, "if np.any(weights < 0.0):", f"    {negative}"]


def _block_rows(operator: Blockwise, draft: Draft) -> str:
    inner = draft.prox(operator.block)
    body = [*_factors(operator, "v.shape[0]", draft), "out[:] = v", "for i in range(v.shape[0]):",
            "    if weights[i] > 0.0:",
            f"        {inner}(v[i], step*weights[i], p, out[i])"]  # fmt: skip
    return draft.define("prox", PROX, "The rows one after another.", body)


def _block_columns(operator: Blockwise, draft: Draft) -> str:
    rows = _block_rows(operator, draft)
    body = ["u = np.empty((v.shape[1], v.shape[0]))", f"{rows}(turned(v), step, p, u)",
            "out[:] = u.T"]  # fmt: skip
    return draft.define("prox", PROX, "The columns one after another.", body)


def _blocks(operator: Blockwise, draft: Draft) -> str:
    groups = _groups(operator.listing, draft)
    start = [f"indices, starts, order, kind, top = {groups}",
             *_fitting("top"), *_factors(operator, "starts.size - 1", draft),
             "if kind == 0:", *(f"    {line}" for line in _overlapping(operator, draft)),
             "if kind != 4 or indices.size < v.size:", "    out[:] = v"]  # fmt: skip
    radial = _radial_table(operator)
    if radial is not None:
        body = _radial_blocks(operator, draft.table(radial), draft)
    else:
        inner = draft.prox(operator.block)
        body = ["out[:] = v", "for j in order:", "    a, b = starts[j], starts[j + 1]",
                "    if weights[j] > 0.0 and b > a:", "        x = gathered(out, indices[a:b])",
                "        y = np.empty_like(x)", f"        {inner}(x, step*weights[j], p, y)",
                "        scatter(y, indices[a:b], out)"]  # fmt: skip
    return draft.define("prox", PROX, "The groups one after another, small ones first.",
                        [*start, *body])  # fmt: skip


def _overlapping(operator: Blockwise, draft: Draft) -> list[str]:
    """Return the lines for groups that are neither disjoint nor nested: an inner solver."""
    inner = draft.prox(operator.block)
    terms = draft.define("terms", "y, step, p, args, z", "Write the proxes of all groups.", [
        "starts, weights = args", "z[:] = y", "for j in range(weights.size):",
        "    a, b = starts[j], starts[j + 1]", "    if weights[j] > 0.0 and b > a:",
        f"        {inner}(y[a:b], step*weights[j], p, z[a:b])"])  # fmt: skip
    solver = draft.make("minimised", "alternating", terms)
    return ["matrix, shift = rows_at(indices, v.size), np.zeros(indices.size)",
            f"{solver}(v, step, matrix, shift, p, (starts, weights), out)", "return"]  # fmt: skip


def _radial_table(operator: Blockwise) -> CaseTable | None:
    block = operator.block
    if isinstance(block, Transferred) and block.listing.head == "norm":
        return separable(block.inner)
    return None


def _radial_blocks(operator: Blockwise, scalar: Scalar, draft: Draft) -> list[str]:
    """Return the loop over groups without work arrays; constants change with the weight only."""
    setting = scalar.set_up(draft.settings(scalar, step="t"))
    tag = scalar.tag
    return [*scalar.workspace(), "best, dense = np.nan, kind == 4",
            "for place in range(order.size):",
            "    j = place if dense else order[place]",
            "    a, b, t = starts[j], starts[j + 1], step*weights[j]",
            "    if t > 0.0 and b > a:", "        if t != best:", "            best = t",
            *(f"            {line}" for line in setting),
            "        if dense:",
            "            size = np.sqrt(square_between(v, a, b))",
            f"            left = element_{tag}(size, consts_{tag})",
            "            rescale_between(v, a, b, size, left, out)",
            "        else:",
            "            size = group_size(out, indices, a, b)",
            f"            left = element_{tag}(size, consts_{tag})",
            "            rescale_group(out, indices, a, b, size, left, out)",
            "    elif dense:", "        out[a:b] = v[a:b]"]  # fmt: skip
