"""Linear functions of the sorted entries: isotonic regression after sorting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import isotonic_regression

from normcalc.errors import NotDerivable
from normcalc.language.evaluate import evaluate

if TYPE_CHECKING:
    from normcalc.language.nodes import Node
    from normcalc.operators.base import Floats, Values


@dataclass(frozen=True)
class Isotonic:
    """The prox of ``dot(w, sort(x))``, or of ``dot(w, sort(abs(x)))``, with nonincreasing w.

    The weights are a sum of terms ``factor * pattern``; see `normcalc.forms.Ordered`.
    """

    terms: tuple[tuple[Node, str, Node | None], ...]
    absolute: bool

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        sizes = np.abs(v) if self.absolute else v
        order = np.argsort(-sizes, kind="stable")
        weights = falling_weights(self.terms, v.size, values, self.absolute)
        fitted = isotonic_regression(sizes[order] - step * weights, increasing=False).x
        found = np.empty_like(v)
        found[order] = np.maximum(fitted, 0.0) if self.absolute else fitted
        return np.copysign(found, v) if self.absolute else found

    def steps(self) -> tuple[str, ...]:
        """Return the steps."""
        what = "the sizes |v|" if self.absolute else "v"
        end = (", positive part, signs of v" if self.absolute else "") + ", original order"
        return (f"sort {what} from the largest on, and take step*w away",
                f"nonincreasing isotonic regression{end}")  # fmt: skip


def falling_weights(
    terms: tuple[tuple[Node, str, Node | None], ...], n: int, values: Values, nonnegative: bool
) -> Floats:
    """Return the weights of the entries in decreasing order.

    Raises
    ------
    NotDerivable
        They rise, or are negative where they must not be, so that the function is not convex.
    """
    weights = order_weights(terms, n, values)
    if np.any(np.diff(weights) > 1e-14 * np.abs(weights).max(initial=0.0)):
        raise NotDerivable(
            f"the weights {weights} of the sorted entries rise, so the function is not convex"
        )
    if nonnegative and np.any(weights < 0):
        raise NotDerivable(f"the weights {weights} of the sorted sizes must not be negative")
    return weights


def order_weights(
    terms: tuple[tuple[Node, str, Node | None], ...], n: int, values: Values
) -> Floats:
    """Return the weights of the entries in decreasing order.

    Examples
    --------
    >>> from normcalc.language.parser import parse
    >>> order_weights(((parse("2"), "amax", None), (parse("-1"), "amin", None)), 3, {})
    array([ 2.,  0., -1.])
    """
    found = np.zeros(n)
    for factor, pattern, detail in terms:
        found += float(evaluate(factor, values)) * _pattern(pattern, detail, n, values)
    return found


def _pattern(pattern: str, detail: Node | None, n: int, values: Values) -> Any:
    places = np.arange(n)
    if pattern == "sort":
        weights: Floats = np.asarray(evaluate(detail, values), dtype=np.float64)  # type: ignore[arg-type]
        if weights.shape != (n,):
            raise NotDerivable(f"{n} entries need {n} weights; got shape {weights.shape}")
        return weights
    if pattern == "sum_largest":
        count = int(evaluate(detail, values))  # type: ignore[arg-type]
        return (places < count).astype(float)
    if pattern in ("amax", "amin"):
        return (places == (0 if pattern == "amax" else n - 1)).astype(float)
    return np.full(n, 1.0 if pattern == "sum" else 1.0 / n)
