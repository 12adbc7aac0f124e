"""Groups that share entries: a sum over them is one over disjoint groups of repeated entries."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.maps import Selection
from normcalc.language.nodes import Apply, Symbol, walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.language.function import Function


def overlap(groups: Any) -> bool:
    """Return whether some groups share entries, and neither holds the other.

    Proxes of sums over groups that are apart or nested are known.

    Examples
    --------
    >>> overlap([[0, 1], [2]]), overlap([[0, 1], [0, 1, 2]]), overlap([[0, 1], [1, 2]])
    (False, False, True)
    """
    smallest: dict[int, int] = {}  # of the larger groups, that which holds an entry
    for k, group in enumerate(sorted(groups, key=len, reverse=True)):
        if len({smallest.get(i) for i in group}) > 1:
            return True
        smallest.update(dict.fromkeys(group, k))
    return False


def laid_out(
    function: Function, values: Mapping[str, Any], size: int
) -> tuple[dict[str, Any], Selection] | None:
    """Return parameters for which a function takes the groups' entries one after another.

    With them ``f(x)`` is the function of the selected entries.  None where groups are
    apart or nested, or the formula knows the unknown by something else as well.

    Examples
    --------
    >>> from normcalc import function
    >>> norms = function("sum(group_norms(x, G, 2))")
    >>> moved, selection = laid_out(norms, {"G": ((0, 1), (1, 2))}, 3)
    >>> moved["G"], selection.apply(np.array([5.0, 6.0, 7.0]))
    (((0, 1), (2, 3)), array([5., 6., 6., 7.]))
    """
    unknown = Symbol(function.variable.name)
    parts = [n for n in walk(function.body) if isinstance(n, Apply) and n.head == "group_norms"]
    named = {part.args[1] for part in parts if part.args[0] == unknown}
    listing = named.pop() if len(named) == 1 else None
    alone = sum(node == unknown for node in walk(function.body)) == len(parts)
    if not isinstance(listing, Symbol) or not alone or not overlap(values[listing.name]):
        return None
    groups = values[listing.name]
    ends = np.cumsum([0, *map(len, groups)]).tolist()
    ranges = tuple(tuple(range(start, end)) for start, end in pairwise(ends))
    places = np.array([i for group in groups for i in group], dtype=np.intp)
    return {**values, listing.name: ranges}, Selection(places, size)
