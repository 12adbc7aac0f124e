"""Cross-validation along a path: the loss on rows that were left out."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.design import Implicit, check_design
from normcalc.engine.options import generator_of
from normcalc.engine.paths import OPTIONS, Path, check_objective, grid, regularization_path
from normcalc.engine.problem import LeastSquares, Objective
from normcalc.errors import InputError

if TYPE_CHECKING:
    from normcalc.engine.design import Design
    from normcalc.engine.jit import Floats


@dataclass(frozen=True)
class CrossValidation:
    """What cross-validation found.

    Parameters
    ----------
    path : Path
        Solutions on all rows.
    losses : array, shape (folds, m)
        The mean loss of the rows left out, for each fold and value.
    """

    path: Path
    losses: Floats

    @property
    def best(self) -> int:
        """The index of the value with the least mean loss."""
        return int(self.losses.mean(axis=0).argmin())

    def __str__(self) -> str:
        """Return a table; the best value is marked."""
        means = self.losses.mean(axis=0)
        lines = str(self.path).splitlines()
        rows = [f"{line}  {mean:.6g}" for line, mean in zip(lines[1:], means, strict=True)]
        rows[self.best] += "  best"
        return "\n".join([f"{lines[0]}  loss left out", *rows])


def cross_validate(
    objective: Objective,
    name: str,
    *,
    folds: int = 5,
    rng: np.random.Generator | int | None = None,
    n_jobs: int = 1,
    **options: Any,
) -> CrossValidation:
    """Compare values of a parameter by the loss on rows that a fit has not seen.

    Parameters
    ----------
    objective : Objective
        A loss with scaling "mean" and a matrix, plus penalties.
    name : str
        The parameter.
    folds : int
        Into how many parts the rows are divided.
    rng : numpy.random.Generator or int, optional
        Shuffles the rows; the same way each time if left out.
    n_jobs : int
        How many folds are fitted at once, in threads; -1 for as many as there are processors.
        The numbers found do not depend on it.
    **options
        What `regularization_path` takes.

    Returns
    -------
    CrossValidation

    Raises
    ------
    InputError
        If the loss has another scaling, there are fewer rows than folds, or `n_jobs` is 0.

    Examples
    --------
    >>> import normcalc as nc
    >>> A, y = np.eye(6) + 0.5, np.arange(6.0)
    >>> objective = nc.loss("(z - y)**2/2", A, y, scaling="mean") + nc.function("lam*x**2/2")
    >>> nc.cross_validate(objective, "lam", folds=3, values=[10.0, 0.01]).best
    1
    """
    check_objective(objective)
    loss = objective.loss
    if loss.scaling != "mean":
        raise InputError(
            f"cross_validate needs a loss with scaling='mean', not {loss.scaling!r}: a sum would "
            "weigh penalties differently in each fold"
        )
    if isinstance(loss.design, Implicit):
        raise InputError("cross_validate takes rows out of A; pass a matrix, not an operator")
    rows = len(loss.target)
    whole_number: Any = isinstance(folds, Integral)
    if not whole_number or not 2 <= folds <= rows:
        raise InputError(f"folds must lie between 2 and the {rows} rows, got {folds}")
    if n_jobs == 0 or n_jobs < -1:
        raise InputError(f"n_jobs must be positive, or -1 for all processors, got {n_jobs}")
    own = {k: v for k, v in options.items() if k not in OPTIONS | {"verbose", "exact"}}
    options = {**options, "values": grid(objective, name, **own)}
    order = generator_of(rng).permutation(rows)

    def fold(part: Any) -> list[float]:
        return _left_out(objective, name, part, options)

    with ThreadPoolExecutor(n_jobs if n_jobs > 0 else os.cpu_count()) as threads:
        whole = threads.submit(regularization_path, objective, name, **options)
        parts = [threads.submit(fold, part) for part in np.array_split(order, folds)]
        try:
            return CrossValidation(whole.result(), np.array([each.result() for each in parts]))
        except BaseException:  # also Ctrl-C: what has not begun need not be waited for
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def _left_out(objective: Objective, name: str, part: Any, options: dict[str, Any]) -> list[float]:
    """Fit without some rows, and return the mean loss of those for each value."""
    loss = objective.loss
    rest = np.setdiff1d(np.arange(len(loss.target)), part)
    fitted = regularization_path(
        Objective(_of_rows(loss, rest), objective.penalties), name, **options
    )
    given = {k: v for k, v in options.items() if k in loss.parameters}
    told = _of_rows(loss, part).bound(given)
    return [told.value(told.prediction(s.x) + s.intercept) for s in fitted.solutions]


def _of_rows(loss: Any, rows: Any) -> Any:
    if isinstance(loss, LeastSquares):
        return replace(loss, design=_rows_of(loss.design, rows), target=loss.target[rows])
    weights, offset = (
        np.asarray(each)[rows] if np.ndim(each) else each for each in (loss.weights, loss.offset)
    )
    part = _rows_of(loss.design, rows)
    return replace(loss, design=part, target=loss.target[rows], weights=weights, offset=offset)


def _rows_of(design: Design, rows: Any) -> Design:
    whole: Any = design
    return check_design(whole.array[rows] if hasattr(whole, "array") else whole.matrix[rows])
