"""A module with a kernel of vectors for graphics cards: one thread maps a row."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from normcalc.codegen import skeletons
from normcalc.codegen.c.vectors.entries import parameters_of
from normcalc.codegen.c.vectors.module import Instance, Writer, reached
from normcalc.codegen.cuda import primitives
from normcalc.codegen.cuda.module import helpers
from normcalc.codegen.cuda.texts import PROLOGUE
from normcalc.codegen.cuda.vectors import matrices, runtime
from normcalc.codegen.cuda.vectors.statements import function
from normcalc.codegen.cuda.vectors.texts import ABOUT, FRIENDLY, KERNEL
from normcalc.codegen.cuda.vectors.typed import Typed
from normcalc.codegen.draft import Draft
from normcalc.codegen.emit import literal
from normcalc.codegen.formulas import GROUPS
from normcalc.codegen.names import Names
from normcalc.codegen.unannotated import unannotated
from normcalc.errors import NotDerivable
from normcalc.language.axes import core_of

if TYPE_CHECKING:
    from normcalc.codegen.c.vectors.types import Closure
    from normcalc.derive.derivation import Derivation

_OWN = frozenset(
    ["v", "step", "out", "found", "flat", "given", "row", "n", "m", "i", "done", "thread", "count",
     "room", "floats", "wholes", "state", "threads", "arena", "stack", "there", "codes"]
)  # fmt: skip
_GROUPS = ("indices", "starts", "order", "kind", "top")
_CARRIED = {
    name: one
    for room in (primitives, runtime, matrices)
    for name, one in inspect.getmembers(room, inspect.isfunction)
    if one.__module__ == room.__name__ and name != "device"
}


class _Cards(Writer):
    """Writes each function once for the types that it is called with, as Python for cards."""

    body = Typed

    def __init__(self, source: str) -> None:
        """Read the functions of a kernel's text."""
        self.reasons = ["shapes do not fit"]
        super().__init__(source)

    def text_of(self, made: Instance, body: Any, closure: Closure, kinds: Any) -> str:
        """Return the text of a function."""
        text: str
        text, made.keeps = function(body, closure.node, made.name, self.reasons)
        return text


def source(derivation: Derivation, text: str, name: str) -> str:
    """Return the text of a module whose kernel maps rows on a graphics card.

    Parameters
    ----------
    derivation : Derivation
        What the kernel computes.
    text : str
        The text of the kernel, made for numba.
    name : str
        What the function for callers is called.

    Raises
    ------
    NotDerivable
        If the kernel needs what a thread of a card has not, such as factors of matrices.
    """
    core = core_of(derivation.function) or 1
    given = parameters_of(derivation)
    kinds = (f"D{core}", "d", tuple(one.type for one in given), f"D{core}")
    try:
        writer = _Cards(text)
        apply = writer.instance(writer.space["apply"], kinds)
    except NotDerivable as error:
        raise NotDerivable(
            "this kernel does not go to graphics cards, where a thread has loops, vectors and "
            f"small matrices alone ({error}); target='numba' and 'plain' have it, and most such "
            "kernels go to target='c'"
        ) from None
    body = "\n".join(one.text for one in reached(apply, []))
    fields = _fields(derivation, name, apply.name, core, writer.reasons)
    kernel = KERNEL.format(**fields)
    carried = helpers(body + kernel, _CARRIED)
    head = f'"""{literal(str(derivation)).strip()}\n\n{ABOUT}"""\n'
    rest = "".join([*carried, body, kernel, *_of_groups(given), FRIENDLY.format(**fields)])
    return "\n".join([head, PROLOGUE + rest])


def _of_groups(given: Any) -> list[str]:
    """Return the functions for lists of groups, if there are any."""
    if not any(isinstance(one.type, tuple) for one in given):
        return []
    return [f"\n\n{unannotated(skeletons.source(one))}" for one in skeletons.closure({"grouped"})]


def _fields(
    derivation: Derivation, name: str, apply: str, core: int, reasons: list[str]
) -> dict[str, Any]:
    """Return what fills the texts."""
    known = Names(_OWN)
    spelled, arguments, passed, places = [], [], [], []
    for spelling, local in Draft(derivation.function.parameters).locals.items():
        one = known.take(spelling)
        spelled.append(one)
        if local.ndim == GROUPS:
            parts = [f"{one}_{part}" for part in _GROUPS]
            arguments += parts
            places.append(f"({', '.join(parts)})")
            passed.append(f"*on_card(grouped({one}))")
        else:
            arguments.append(one)
            places.append(one)
            passed.append(_passed(one, local.ndim))
    step = ["step"] if derivation.goal == "prox" else []
    return {
        "name": name, "apply": apply, "kernel_arguments": "".join(f", {a}" for a in arguments),
        "p": f"({', '.join(places)}{',' if len(places) == 1 else ''})" if places else "(step,)",
        "arguments": ", ".join(["v", *step, *spelled]),
        "step": "float(step)" if step else "1.0",
        "passed": "".join(f", {one}" for one in passed), "core": core,
        "row": "n" if core == 1 else "m * n", "sizes": "n = v.shape[1]" if core == 1
        else "m, n = v.shape[1], v.shape[2]", "shaped": "" if core == 1 else ".reshape((m, n))",
        "reasons": "".join(f"    {place}: {text!r},\n" for place, text in enumerate(reasons, 1)),
    }  # fmt: skip


def _passed(name: str, dimensions: int) -> str:
    if dimensions == 0:
        return f"float({name})"
    return f"cuda.to_device(np.ascontiguousarray({name}, dtype=np.float64))"
