"""The leaves of every operator: the prox of another function, and a choice between operators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import NotDerivable
from normcalc.operators.base import needed, stepped

if TYPE_CHECKING:
    from normcalc.language.function import Function
    from normcalc.operators.base import Floats, Operator, Premise, Values


@dataclass(frozen=True)
class Entrywise:
    """The prox of a function of one real variable, with its own parameters for each entry."""

    premise: Premise
    varying: tuple[str, ...]

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        own = {**needed(self.premise.function, values), **stepped(self.premise, step)}
        rows = {name: np.broadcast_to(own[name], v.shape).ravel() for name in self.varying}
        found = [
            self.premise(x, **own | {name: float(row[i]) for name, row in rows.items()})
            for i, x in enumerate(v.ravel().tolist())
        ]
        return np.reshape(np.array(found, dtype=np.float64), v.shape)

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return (f"u_i = prox of {self.premise.function} at v_i, for each i",)


@dataclass(frozen=True)
class FirstOf:
    """The first of several operators whose conditions the numbers meet."""

    options: tuple[Operator, ...]

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the point.

        Raises
        ------
        NotDerivable
            No condition is met; the message is that of the last one.
        """
        for option in self.options[:-1]:
            try:
                return option(v, step, values)
            except NotDerivable:
                continue
        return self.options[-1](v, step, values)

    def steps(self) -> tuple[str, ...]:
        """Return the steps of all, the preferred ones first."""
        first, *rest = (option.steps() for option in self.options)
        return (
            *first,
            *(line for steps in rest for line in ("where that does not hold:", *steps)),
        )


@dataclass(frozen=True)
class BySize:
    """One operator for points of at most `size` entries, another one for more."""

    few: Operator
    many: Operator
    size: int

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the point."""
        return (self.few if v.size <= self.size else self.many)(v, step, values)

    def steps(self) -> tuple[str, ...]:
        """Return the steps of both."""
        return (*self.few.steps(), f"for more than {self.size} entries:", *self.many.steps())


@dataclass(frozen=True)
class Applied:
    """The prox of another function, entry by entry where that has one real variable."""

    premise: Premise

    @property
    def function(self) -> Function:
        """The function whose prox this is."""
        return self.premise.function

    def __call__(self, v: Floats, step: float, values: Values) -> Floats:
        """Return the prox."""
        own = {**needed(self.function, values), **stepped(self.premise, step)}
        found = self.premise(v, **own)
        return np.asarray(found, dtype=np.float64)

    def steps(self) -> tuple[str, ...]:
        """Return the one step."""
        return (f"u = prox of {self.function} at v",)
