"""Functions of moduli and of singular values, each in words that the library does not know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

import normcalc as nc

if TYPE_CHECKING:
    from collections.abc import Callable

PAIRS = [[0, 1], [2, 3], [4, 5]]  # real and imaginary parts of three complex entries
_PAIRED = "group_norms(x, P, 2)"


@dataclass(frozen=True)
class Row:
    """A formula in complex x, the same in real x of twice the length, and by hand in moduli.

    `small` holds the values of the parameters; groups, which name entries, are in `groups`.
    """

    name: str
    formula: str
    paired: str
    by_hand: Callable[[np.ndarray], float]
    small: dict[str, Any] = field(default_factory=dict)
    groups: list[list[int]] | None = None
    kinds: dict[str, Any] = field(default_factory=dict)

    def function(self) -> nc.Function:
        """Return the function of complex vectors."""
        return nc.function(self.formula, **self.kinds)

    def values(self) -> dict[str, Any]:
        """Return the values of its parameters."""
        return self.small | ({} if self.groups is None else {"H": self.groups})

    def in_pairs(self) -> tuple[nc.Function, dict[str, Any]]:
        """Return the function of real vectors of twice the length, and its values."""
        function = nc.function(self.paired, **self.kinds)
        doubled = [[j for i in g for j in (2 * i, 2 * i + 1)] for g in self.groups or []]
        known = {p.name for p in function.parameters}
        values = {**self.small, "H": doubled, "P": PAIRS}
        return function, {name: x for name, x in values.items() if name in known}

    def verb(self) -> str:
        """Return what is derived: sets are projected on."""
        return "projection" if self.formula.startswith("indicator") else "prox"

    def derived(self) -> Callable[..., Any]:
        """Return the operator of complex vectors as a map ``(v, step)``."""
        return bound(self.verb(), self.function(), self.values())


def bound(verb: str, function: nc.Function, values: dict[str, Any]) -> Callable[..., Any]:
    """Return a derived operator with its parameters as a map ``(v, step, **options)``."""
    derivation = getattr(nc, verb)(function)

    def operator(v: Any, step: float = 0.7, **options: Any) -> Any:
        own = {"step": step} if verb == "prox" else {}
        return derivation(v, **own, **values, **options)

    return operator


def _mcp(a: np.ndarray, lam: float = 0.8, g: float = 2.5) -> float:
    inside = lam * a - a**2 / (2 * g)
    return float(np.where(a <= g * lam, inside, g * lam**2 / 2).sum())


def _scad(s: np.ndarray, lam: float = 0.5, a: float = 3.7) -> float:
    middle = (2 * a * lam * s - s**2 - lam**2) / (2 * (a - 1))
    end = (a + 1) * lam**2 / 2
    return float(np.where(s <= lam, lam * s, np.where(s <= a * lam, middle, end)).sum())


def _on(holds: Any) -> float:
    return 0.0 if holds else np.inf


def _mcp_of(size: str, open_: str = "", close: str = "") -> str:
    return (f"{open_}Piecewise((lam*{size} - {size}**2/(2*g), {size} <= g*lam),"
            f" (g*lam**2/2, True)){close}")  # fmt: skip


def _scad_of(size: str, open_: str = "", close: str = "") -> str:
    return (f"{open_}Piecewise((lam*{size}, {size} <= lam), "
            f"((2*a*lam*{size} - {size}**2 - lam**2)/(2*(a - 1)), {size} <= a*lam),"
            f" ((a + 1)*lam**2/2, True)){close}")  # fmt: skip


_SCAD_KINDS = {"a": nc.Interval.open(2, None)}

ROWS = [
    Row("l1", "norm(x, 1)", f"sum({_PAIRED})", lambda a: a.sum()),
    Row("scalar l1", "lam*abs(x)", f"lam*sum({_PAIRED})", lambda a: 0.6 * a.sum(), {"lam": 0.6}),
    Row("l2", "lam*norm(x)", "lam*norm(x)",
        lambda a: 0.6 * np.sqrt((a**2).sum()), {"lam": 0.6}),
    Row("linf", "max(abs(x))", f"max({_PAIRED})", lambda a: a.max()),
    Row("l3", "norm(x, 3)", f"norm({_PAIRED}, 3)", lambda a: (a**3).sum() ** (1 / 3)),
    Row("l0", "lam*norm(x, 0)", f"lam*norm({_PAIRED}, 0)",
        lambda a: 0.4 * (a != 0).sum(), {"lam": 0.4}),
    Row("sorted", "dot(w, sort(abs(x)))", f"dot(w, sort({_PAIRED}))",
        lambda a: (np.array([1.5, 0.7, 0.2]) * np.sort(a)[::-1]).sum(),
        {"w": [1.5, 0.7, 0.2]}, kinds={"w": nc.Nonincreasing}),
    Row("two largest", "sum_largest(abs(x), 2)", f"sum_largest({_PAIRED}, 2)",
        lambda a: np.sort(a)[1:].sum()),
    Row("weighted", "sum(w*abs(x))", f"sum(w*{_PAIRED})",
        lambda a: (np.array([0.5, 1.0, 2.0]) * a).sum(),
        {"w": [0.5, 1.0, 2.0]}, kinds={"w": nc.Nonnegative.vector}),
    Row("elastic net", "norm(x, 1) + mu/2*sum(abs(x)**2)", f"sum({_PAIRED} + mu/2*{_PAIRED}**2)",
        lambda a: a.sum() + 0.3 * (a**2).sum(), {"mu": 0.6}),
    Row("sparse group", "sum(abs(x)) + mu*norm(x)", f"sum({_PAIRED}) + mu*norm(x)",
        lambda a: a.sum() + 0.5 * np.sqrt((a**2).sum()), {"mu": 0.5}),
    Row("groups", "sum(group_norms(x, H, 2))", "sum(group_norms(x, H, 2))",
        lambda a: np.hypot(a[0], a[2]) + a[1], groups=[[0, 2], [1]]),
    Row("nested groups", "sum(group_norms(x, H, 2))", "sum(group_norms(x, H, 2))",
        lambda a: np.hypot(a[0], a[2]) + a[0] + a[1], groups=[[0, 2], [0], [1]]),
    Row("overlapping groups", "sum(group_norms(x, H, 2))", "sum(group_norms(x, H, 2))",
        lambda a: np.hypot(a[0], a[1]) + np.hypot(a[1], a[2]), groups=[[0, 1], [1, 2]]),
    Row("mcp", _mcp_of("abs(x)"), _mcp_of(_PAIRED, "sum(", ")"), _mcp,
        {"lam": 0.8, "g": 2.5}),
    Row("scad", _scad_of("abs(x)"), _scad_of(_PAIRED, "sum(", ")"), _scad,
        {"lam": 0.5, "a": 3.7}, kinds=_SCAD_KINDS),
    Row("ball of l1", "indicator(sum(abs(x)) <= r)", f"indicator(sum({_PAIRED}) <= r)",
        lambda a: _on(a.sum() <= 1.1 * (1 + 1e-9)), {"r": 1.1}),
    Row("ball of linf", "indicator(max(abs(x)) <= r)", f"indicator(max({_PAIRED}) <= r)",
        lambda a: _on(a.max() <= 1.1 * (1 + 1e-9)), {"r": 1.1}),
]  # fmt: skip
BY_NAME = {row.name: row for row in ROWS}
