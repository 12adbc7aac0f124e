"""What `minimize` answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import OptimizeResult

from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from normcalc.engine.certificate import Certificate
    from normcalc.engine.jit import Floats
    from normcalc.engine.loop import Record


class Solution(OptimizeResult):  # type: ignore[misc, unused-ignore]  # SciPy has no types
    """A minimiser, or the best point found, with what was proved about it.

    Attributes
    ----------
    x : array
        The point; coordinates that the penalty sets to zero are exactly zero.
    intercept : float or array
        The constant in the predictions; 0 where none was asked for.
    fun : float
        The objective at `x`.
    gap : float
        No point has an objective below ``fun - gap``; NaN where no dual bound is known.
    kkt : float
        The largest distance of a coordinate from minimising along its axis, times its curvature.
    nit : int
        Steps taken.
    status : str
        "optimal" (a duality gap or a complete search proves it), "stationary" (no coordinate can
        improve alone), "infeasible" (multipliers prove that no point within a large radius meets
        the constraints), "unbounded" (the objective was seen to fall along a direction as far as
        numbers reach, which is no proof); see ``certificate.ray``; or
        "stalled", "max_iter", "time_limit", "stopped" or "interrupted".
    success : bool
        Whether `status` is "optimal" or "stationary".
    message : str
        The same in words, with numbers.
    method : str
        The algorithm.
    certificate : Certificate
        What was proved, and the number that proves it.
    history : tuple of Record
        Objective, gap and stationarity at each step.
    objective : str
        The problem that was solved, with its scaling.
    """

    x: Floats
    intercept: Any
    fun: float
    gap: float
    kkt: float
    nit: int
    status: str
    success: bool
    message: str
    method: str
    certificate: Certificate
    history: tuple[Record, ...]
    objective: str

    @property
    def support(self) -> Any:
        """The indices of the coordinates that are not zero, in increasing order."""
        return np.flatnonzero(self.x)

    def report(self, feature_names: Sequence[str] | None = None, limit: int = 20) -> str:
        """Return a readable account: the problem, what was proved, the largest coordinates.

        Parameters
        ----------
        feature_names : sequence of str, optional
            A name for each coordinate; ``x1, x2, ...`` if left out.
        limit : int
            How many coordinates to list.

        Returns
        -------
        str
            Several lines of text.
        """
        names = _names(feature_names, self.x.size)
        support = self.support
        order = support[np.argsort(-np.abs(self.x[support]), kind="stable")][:limit]
        width = max((len(names[j]) for j in order), default=0)
        rows = [f"  {names[j]:<{width}}  {self.x[j]: .6g}" for j in order]
        if support.size > len(rows):
            rows.append(f"  ... and {support.size - len(rows)} more")
        head = [
            f"minimise {self.objective}",
            f"{self.status}: {self.message}",
            f"objective {self.fun:.10g}, {support.size} of {self.x.size} coordinates not zero",
        ]
        return "\n".join(head + rows)

    def __str__(self) -> str:
        """Return `report` with default names."""
        return self.report()


def _names(given: Sequence[str] | None, size: int) -> list[str]:
    if given is None:
        return [f"x{j + 1}" for j in range(size)]
    if len(given) != size:
        raise InputError(f"feature_names has {len(given)} names for {size} coordinates")
    return [str(name) for name in given]
