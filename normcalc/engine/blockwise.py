"""Sums over disjoint blocks with numbers for their parameters, through compiled kernels."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.jit import BLOCK, WORTH, address
from normcalc.engine.methods.block_maps import (
    largest_share,
    map_blocks,
    score_blocks,
    sum_blocks,
)
from normcalc.engine.partition import in_blocks
from normcalc.engine.penalties import INSIDE, JointPenalty
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from normcalc.engine.jit import Floats
    from normcalc.engine.partition import InBlocks
    from normcalc.language.function import Function


class BlockKernels:
    """What is derived and compiled of the function of one block."""

    def __init__(self, function: Function) -> None:
        """Derive the prox and compile it with the value.

        Raises
        ------
        NotDerivable
            If the prox needs an inner solver, or has no kernel.
        """
        from normcalc.codegen.block_module import block_module
        from normcalc.codegen.build import load
        from normcalc.derive import prox
        from normcalc.facts import convex, positively_homogeneous
        from normcalc.operators.split import inner_solver
        from normcalc.theorems.registry import as_operator

        operator = as_operator(prox(function))
        if inner_solver(operator) is not None:
            raise NotDerivable(f"the prox of {function} needs an inner solver")
        module = load(block_module(operator, function))
        self.prox, self.worth = address(module.block, BLOCK), address(module.worth, WORTH)
        self.convex = convex(function).value == "YES"
        self.homogeneous = self.convex and positively_homogeneous(function).value == "YES"


@lru_cache(maxsize=64)
def _kernels(function: Function) -> BlockKernels | None:
    """Return the kernels of a block's function, None where there are none; once a process."""
    try:
        return BlockKernels(function)
    except NotDerivable:
        return None


class BlockPenalty:
    """A penalty that is a sum over disjoint blocks of the unknown.

    Of a positively homogeneous one the conjugate is the indicator of the points whose prox is
    zero; of others it is asked of the penalty as a whole.
    """

    def __init__(self, found: InBlocks, kernels: BlockKernels, whole: JointPenalty | None) -> None:
        """Take what was read and compiled; `whole` is the penalty as one formula, if it is one."""
        self.partition, self.kernels, self.whole = found.partition, kernels, whole
        self.table = np.concatenate([np.ones((len(found.table), 1)), found.table], axis=1)
        self.name = str(whole.function if whole is not None else found.function)

    @property
    def _layout(self) -> tuple[Any, Any, int]:
        return self.partition.order, self.partition.starts, self.partition.targets

    @property
    def convex(self) -> bool:
        """Whether the penalty is proved to be convex."""
        return self.kernels.convex

    @cached_property
    def has_conjugate(self) -> bool:
        """Whether lower bounds can be had."""
        known = self.whole is not None and self.whole.has_conjugate
        return self.kernels.homogeneous or (self.convex and known)

    def at_steps(self, steps: Floats | float, blocks: Any = slice(None)) -> Floats:
        """Return the parameters of some blocks, with a step for each."""
        table: Floats = self.table[blocks].copy()
        table[:, 0] = steps
        return table

    def worth(self, x: Floats) -> float:
        """Return the value."""
        flat = np.ascontiguousarray(x).reshape(-1)
        return float(sum_blocks(self.kernels.worth, flat, *self._layout, self.table))

    def prox(self, v: Floats, step: float) -> Floats:
        """Return the prox of each block."""
        flat = np.ascontiguousarray(v).reshape(-1)
        out = np.empty_like(flat)
        map_blocks(self.kernels.prox, flat, *self._layout, self.at_steps(step), out)
        return out.reshape(v.shape)

    def score(self, x: Floats, gradient: Floats, curvature: Floats, table: Floats) -> Floats:
        """Return how far each block is from resting at `x`, times its curvature."""
        out = np.empty(len(self.partition))
        flat, slopes = (np.ascontiguousarray(each).reshape(-1) for each in (x, gradient))
        score_blocks(self.kernels.prox, flat, slopes, curvature, *self._layout, table, out)
        return out

    def dual(self, u: Floats) -> float:
        """Return the conjugate; plus infinity outside its domain."""
        if self.kernels.homogeneous:
            return 0.0 if self._share(u) >= 1.0 else np.inf
        return np.inf if self.whole is None else self.whole.dual(u)

    def into_domain(self, u: Floats) -> float:
        """Return the largest ``s <= 1`` found with ``s*u`` in the domain of the conjugate."""
        if not self.kernels.homogeneous:
            return 0.0 if self.whole is None else self.whole.into_domain(u)
        share = self._share(u)
        return share if share >= 1.0 else share * INSIDE

    def _share(self, u: Floats) -> float:
        flat = np.ascontiguousarray(u).reshape(-1)
        return float(largest_share(self.kernels.prox, flat, *self._layout, self.table))


def block_penalty(
    penalties: Sequence[Function], given: Mapping[str, Any], zero: Floats
) -> BlockPenalty | None:
    """Return a sum of penalties as one over disjoint blocks with a derived prox, if it is one."""
    found = in_blocks(penalties, given, zero) if penalties else None
    kernels = _kernels(found.function) if found is not None else None
    if found is None or kernels is None:
        return None
    single = len(penalties) == 1 and penalties[0].variable.kind != "scalar"
    return BlockPenalty(found, kernels, JointPenalty(penalties[0], given) if single else None)
