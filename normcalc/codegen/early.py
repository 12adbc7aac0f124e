"""The first numbers of a kernel, from the interpreter, while that is quicker than to compile.

To compile takes from a third of a second to several, and a call on a few numbers microseconds in
the interpreter, which runs the same text.  How long it may is counted, not measured: in numbers
mapped, weighted by what the text does for each.  So results do not depend on the clock.

Both compute the same, but that machine code may round a product and its sum once, and sum vectors
in another order: results agree bit for bit where pieces are algebraic, else to a few units in the
last place.  ``NORMCALC_JIT=1`` in the environment leaves this stage out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.build import compiled_before, jit_enabled, load_alone, may_interpret

if TYPE_CHECKING:
    from types import ModuleType

# Numbers that a formula maps in some fiftieths of a second, per so many characters of text, as
# longer texts take longer to compile; and in the time that machine code comes from the disk.
_WORK, _LENGTH, _WORK_IF_ON_DISK = 10_000, 6_000, 1_000
# How many formulas a Newton's method, and a search for the least value, cost.
_WEIGHTS = {"searched(": 1000, "rooted(": 20}


class Early:
    """How much work the interpreter may still do for a kernel, and the module that does it.

    Parameters
    ----------
    text : str
        The module's text for the interpreter.
    source : str
        The text that will be compiled: machine code that is on the disk already soon pays.
    weight : int
        How many formulas a number costs, at least.
    entry : str
        The function of the module that would be compiled.
    share : int
        How many times as much work as usual it may do, where more has to be compiled.
    """

    def __init__(
        self, text: str, source: str, weight: int = 1, entry: str = "apply", share: int = 1
    ) -> None:
        """Load the text as plain Python."""
        self.module: ModuleType = load_alone(text)
        self._weight = max([weight, *(cost for mark, cost in _WEIGHTS.items() if mark in text)])
        work = share * _WORK * (1 + len(text) // _LENGTH)
        self._left = _WORK_IF_ON_DISK if compiled_before(source, entry) else work

    def lasts(self, numbers: int) -> bool:
        """Tell whether some numbers would be within the interpreter's share."""
        return self._left >= numbers * self._weight

    def takes(self, numbers: int) -> bool:
        """Count some numbers; False where the interpreter has done its share."""
        self._left -= numbers * self._weight
        return self._left >= 0


def has_early_stage() -> bool:
    """Tell whether kernels made now begin in the interpreter."""
    return jit_enabled() and may_interpret()


def count(v: Any) -> int:
    """Return how many numbers an argument holds; what is none is refused later."""
    try:
        return int(np.size(v))
    except ValueError:
        return 1
