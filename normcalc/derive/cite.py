"""What a paper has to cite when it uses a derivation."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from normcalc.derive.derivation import Derivation


def cite(derivation: Derivation) -> str:
    """Return the BibTeX entries of the sources that a derivation rests on.

    Examples
    --------
    >>> import normcalc as nc
    >>> print(nc.cite(nc.prox(nc.function("sum(abs(x))"))).splitlines()[0])
    @book{beck2017,
    """
    named = (place for t in derivation.theorems() for place in t.source.split("; "))
    keys = dict.fromkeys(place.partition(",")[0] for place in named)
    text = files("normcalc.theorems").joinpath("sources.bib").read_text("utf-8")
    entries = {found.group(1): found.group(0) for found in _ENTRY.finditer(text)}
    return "\n\n".join(entries[key].strip() for key in keys)


_ENTRY = re.compile(r"^@\w+\{(\w+),.*?^\}", re.MULTILINE | re.DOTALL)
