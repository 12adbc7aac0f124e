"""Sums without a closed form: the terms that the alternating direction method needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.codegen.draft import PROX
from normcalc.codegen.rules.affine import image_of_map
from normcalc.codegen.rules.registry import rule
from normcalc.operators import Split

if TYPE_CHECKING:
    from normcalc.codegen.draft import Draft
    from normcalc.operators import Piece

_SOLVER = "By alternating directions, until the residuals vanish."


@rule(Split)
def split(operator: Split, draft: Draft) -> str:
    """Stack the maps of all terms, and alternate between them and the linear system."""
    maps = [_map(piece, operator.name, draft) for piece in operator.pieces]
    proxes = [[draft.prox(part) for part in piece.parts] for piece in operator.pieces]
    solver = draft.make("minimised", "alternating", _terms(proxes, draft))
    body = [line for i, (matrix, image) in enumerate(maps) for line in _image(i, matrix, image)]
    counts = [len(parts) for parts in proxes]
    rows = " + ".join(f"{count}*c_{i}.size" for i, count in enumerate(counts))
    shares = "".join(f" + {c - 1}*c_{i}.size" for i, c in enumerate(counts) if c > 1)
    body += [f"matrix, shift = np.zeros(({rows}, v.size{shares})), np.zeros({rows})",
             "a, n = 0, v.size"]  # fmt: skip
    body += [line for i, count in enumerate(counts) for line in _rows(i, count)]
    likes = "".join(f"like_{i}, " for i in range(len(counts))).rstrip()
    body.append(f"{solver}(v.reshape(-1), step, matrix, shift, p, ({likes}), out.reshape(-1))")
    return draft.define("prox", PROX, _SOLVER, body)


def _map(piece: Piece, name: str, draft: Draft) -> tuple[str, str]:
    """Return the functions of the matrix and of the image; empty names for the identity."""
    if piece.map is None:
        return "", ""
    image = image_of_map(piece.map, name, draft)
    return draft.make("matrix", "matrix_of", image), image


def _image(i: int, matrix: str, image: str) -> list[str]:
    if not matrix:
        return [f"m_{i}, c_{i}, like_{i} = np.eye(v.size), np.zeros(v.size), v"]
    return [f"m_{i}, c_{i} = {matrix}(v, p)", f"like_{i} = whole({image}(v, p))"]


def _rows(i: int, count: int) -> list[str]:
    """Return the lines that write the rows of a piece; all parts but the first have a share."""
    lines = ["start = a", f"b = a + c_{i}.size", f"matrix[a:b, :v.size] = m_{i}",
             f"shift[a:b] = c_{i}"]  # fmt: skip
    for _ in range(count - 1):
        lines += [f"a, b = b, b + c_{i}.size", f"for k in range(c_{i}.size):",
                  "    matrix[a + k, n + k] = 1.0", "    matrix[start + k, n + k] = -1.0",
                  f"n += c_{i}.size"]  # fmt: skip
    return [*lines, "a = b"]


def _terms(proxes: list[list[str]], draft: Draft) -> str:
    body = ["a = 0"]
    for i, parts in enumerate(proxes):
        for prox in parts:
            shape = f"reshape(likes[{i}].shape)"
            body += [f"b = a + likes[{i}].size",
                     f"{prox}(y[a:b].{shape}, step, p, z[a:b].{shape})", "a = b"]  # fmt: skip
    return draft.define("terms", "y, step, p, likes, z", "Write the proxes of all terms.", body)
