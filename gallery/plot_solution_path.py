r"""
Solution paths
==============

As the penalty gets weaker, coefficients enter one after another.  The absolute value shrinks all
of them; the minimax concave penalty leaves the large ones alone, so that its path reaches the
true coefficients, the dotted lines, much earlier.
"""

import matplotlib.pyplot as plt
import numpy as np

import normcalc as nc

rng = np.random.default_rng(3)
truth = np.array([3.0, -2.0, 1.0, 0, 0, 0, 0, 0])
A = rng.normal(size=(60, 8))
b = A @ truth + 0.3 * rng.normal(size=60)
mcp = "Piecewise((lam*abs(x) - x**2/6, abs(x) <= 3*lam), (3*lam**2/2, True))"
penalties = {"lasso": nc.function("lam*abs(x)"), "MCP": nc.function(mcp)}
strengths = np.geomspace(3.5, 0.05, 40)

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(1, 2, figsize=(5.6, 2.4), layout="constrained", sharey=True)
    for ax, (name, penalty) in zip(axes, penalties.items(), strict=True):
        loss = nc.least_squares(A / np.sqrt(60), b / np.sqrt(60))
        fits = [nc.minimize(loss + penalty, lam=strength).x for strength in strengths]
        nc.plot.path(strengths, fits, ax, label=rf"{name}, strength $\lambda$")
        for value in truth[:3]:
            ax.axhline(value, color="0.6", linewidth=0.6, linestyle=":", zorder=0)
        print(name, np.round(fits[20], 3))
plt.show()
