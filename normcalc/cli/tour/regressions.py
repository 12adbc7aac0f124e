"""Section 5: sparse regressions on a diabetes study."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

import normcalc as nc
from normcalc.cli.tour.operators import mcp
from normcalc.data import diabetes

if TYPE_CHECKING:
    from normcalc.cli.tour.story import Story
    from normcalc.engine import Solution

SHARE, GAMMA = 0.1, 3.0


def tell(story: Story) -> None:
    """Tell section 5."""
    with story.section("Sparse regression on real data, with the derived operators"):
        story.say(
            "442 diabetes patients, ten measurements, and the progression of the disease after a "
            "year (Efron, Hastie, Johnstone and Tibshirani 2004).  Columns are standardised.  The "
            "first fit with a penalty compiles its kernels, unless they are on disk."
        )
        story.code("from normcalc.data import diabetes", 'l1 = nc.function("lam*abs(x)")')
        for interactions in (False, True):
            _study(story, interactions)
            if not interactions:
                story.say("The same with the squares and the products of two measurements.")
        story.say(
            "Optimal: no point has a smaller objective by more than the gap.  Stationary: no "
            "coefficient can be improved alone; a nonconvex problem may have better points."
        )


def _study(story: Story, interactions: bool) -> None:
    """Fit both penalties to one version of the data, and print them side by side."""
    X, y, names = diabetes(interactions=interactions)
    lam = SHARE * float(np.abs(X.T @ y).max()) / y.size
    story.code(
        f"X, y, names = diabetes(interactions={interactions})",
        f"lam = {SHARE:g} * np.abs(X.T @ y).max() / y.size    # ten times that keeps nothing",
        'loss = nc.least_squares(X, y, scaling="mean")',
        "lasso = nc.minimize(loss + l1, lam=lam)",
        f"sparse = nc.minimize(loss + mcp, lam=lam, gamma={GAMMA:g})",
    )
    loss = nc.least_squares(X, y, scaling="mean")
    fits = {
        "L1": _fit(story, loss + nc.function("lam*abs(x)"), lam=lam),
        "MCP": _fit(story, loss + mcp(), lam=lam, gamma=GAMMA),
    }
    story.show(f"{X.shape[0]} x {X.shape[1]}, lam = {lam:.4g}")
    story.show(_table({name: fit for name, (fit, _) in fits.items()}, names))
    for name, (fit, seconds) in fits.items():
        story.show(f"  {name:<4} {_proved(fit)}, in {1e3 * seconds:.1f} ms")
        story.data.setdefault("fits", []).append(_data(name, fit, lam, names, X.shape))


def _proved(fit: Solution) -> str:
    """Return the status with the number that supports it."""
    number = {"duality gap": "duality gap", "stationarity": "residual"}.get(fit.certificate.kind)
    if number is None:
        return f"{fit.status}: {fit.certificate}"
    return f"{fit.status}, {number} {fit.certificate.value:.2g} <= {fit.certificate.limit:.2g}"


def _fit(story: Story, objective: Any, **parameters: Any) -> tuple[Solution, float]:
    start = time.perf_counter()
    fit = nc.minimize(objective, verbose=story.verbose, **parameters)
    return fit, time.perf_counter() - start


def _table(fits: dict[str, Solution], names: list[str]) -> str:
    """Return the surviving features, the largest first, then the objectives."""
    size = np.max([np.abs(fit.x) for fit in fits.values()], axis=0)
    kept = [int(j) for j in np.argsort(-size, kind="stable") if size[j] > 0]
    width = max(9, *(len(names[j]) for j in kept))
    lines = [f"  {'feature':<{width}}" + "".join(f"{name:>12}" for name in fits)]
    for j in kept:
        entries = [f"{fit.x[j]:12.3f}" if fit.x[j] else f"{'-':>12}" for fit in fits.values()]
        lines.append(f"  {names[j]:<{width}}" + "".join(entries))
    kinds = [f"{fit.support.size:>9} of {fit.x.size}"[-12:] for fit in fits.values()]
    lines.append(f"  {'kept':<{width}}" + "".join(f"{kind:>12}" for kind in kinds))
    objectives = "".join(f"{fit.fun:12.3f}" for fit in fits.values())
    return "\n".join([*lines, f"  {'objective':<{width}}{objectives}"])


def _data(
    name: str, fit: Solution, lam: float, names: list[str], shape: tuple[int, ...]
) -> dict[str, Any]:
    return {
        "penalty": name,
        "shape": shape,
        "lam": lam,
        "status": fit.status,
        "objective": fit.fun,
        "gap": fit.gap,
        "stationarity": fit.kkt,
        "coefficients": {names[j]: fit.x[j] for j in fit.support},
    }
