"""Formulas as MathML, which browsers draw by themselves: no script, and nothing from elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MACROS = {
    "prox": r"\operatorname{prox}",
    "dom": r"\operatorname{dom}",
    "argmin": r"\operatorname{arg\,min}",
    "argmax": r"\operatorname{arg\,max}",
    "conv": r"\operatorname{conv}",
    "step": r"\mathrm{step}",
    "R": r"\mathbb{R}",
    "dots": r"\ldots",
    "lvert": r"\left|",
    "rvert": r"\right|",
    "lVert": r"\left\|",
    "rVert": r"\right\|",
}
COMMAND = re.compile(r"\\([a-zA-Z]+)")
GAP = re.compile(r"\\\\\[[^\]]*\]")  # the extra space after a row
SHORT = re.compile(r"\\([td]?frac)(\d)(\d)")
# Few systems have a font whose braces grow, so the style sheet draws those before tables.
BRACE = re.compile(r"<mo[^>]*>{</mo>(\s*<mtable[^>]*class=\")")
CSS = "mathml.css"


def plain(formula: str) -> str:
    r"""Return a formula without macros, and without what only TeX's spacing needs.

    Examples
    --------
    >>> plain(r"\prox_{\step f} \ge \tfrac12 \\[1ex]")
    '\\operatorname{prox}_{\\mathrm{step} f} \\ge \\tfrac{1}{2} \\\\'
    """
    text = COMMAND.sub(lambda m: MACROS.get(m[1], m[0]), formula)
    return GAP.sub(r"\\\\", SHORT.sub(r"\\\1{\2}{\3}", text))


def mathml(formula: str, block: bool) -> str:
    """Return the markup of a formula."""
    try:
        return BRACE.sub(r"\1braced ", str(tex2mathml(plain(formula), as_block=block)))
    except MathError as error:
        raise ExtensionError(f"cannot draw the formula {formula!r}: {error}") from error


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write a formula in a line."""
    translator.body.append(mathml(node.astext(), block=False))
    raise nodes.SkipNode


def visit_display(translator: Any, node: nodes.math_block) -> None:
    """Write a formula on lines of its own."""
    translator.body.append(f'<div class="formula">{mathml(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer and its style sheet."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(visit_inline, None), block_renderers=(visit_display, None)
    )
    app.add_css_file(CSS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
