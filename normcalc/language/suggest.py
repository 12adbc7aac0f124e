"""What came closest to a name that is not known."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a half-sentence that names what came closest, or what there is.

    Examples
    --------
    >>> did_you_mean("gama", ["lam", "gamma"])
    'did you mean gamma?'
    >>> did_you_mean("tau", ["lam"])
    'there is lam'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]}?"
    return f"there is {', '.join(names)}" if names else "there is none"
