r"""
Lasso against ridge
===================

The classical picture, with nothing drawn by hand: both problems are solved, the ball is the one
that the solution lies on, and the outermost ellipse is the loss at the solution.  The ellipse
touches the diamond in a tip, where a coordinate is zero, and the disk beside it.
"""

import matplotlib.pyplot as plt
import numpy as np

import normcalc as nc

A, b = np.array([[0.9, 0.5], [0.1, 0.8], [0.4, -0.2]]), np.array([1.02, 1.23, -0.18])
loss = nc.function("norm(A @ x - b)**2/2", A=nc.Matrix, b=nc.Vector)
best = np.linalg.lstsq(A, b)[0]
problems = {
    "lasso": (nc.function("abs(x)"), nc.function("norm(x, 1)"), 0.7),
    "ridge": (nc.function("x**2/2"), nc.function("norm(x)"), 0.7),
}

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(1, 2, figsize=(4.6, 2.6), layout="constrained")
    for ax, (name, (penalty, norm, strength)) in zip(axes, problems.items(), strict=True):
        x = nc.minimize(nc.least_squares(A, b) + strength * penalty).x
        low, high = loss(best, A=A, b=b), loss(x, A=A, b=b)
        levels = low + (high - low) * np.array([0.1, 0.4, 1.0])
        nc.plot.contours(loss, ax, levels=levels, center=best, color="#CC79A7", A=A, b=b)
        nc.plot.ball(norm, ax, level=norm(x), label="", fill=True, linestyle="-")
        ax.plot(*x, "o", color="k", markerfacecolor="w", markersize=4, zorder=6)
        ax.plot(*best, "+", color="k", markersize=5, zorder=6)
        ax.set_xlabel(f"{name}: $x = ({x[0]:.4g}, {x[1]:.4g})$")
        print(f"{name}: x = {x}, norm {norm(x):.6f}, loss {high:.6f}, at best {low:.6f}")
plt.show()
