r"""
What the maximum norm prefers
=============================

The smallest maximum norm on a line is taken at a corner of the square, where all entries are
equal in size: nothing is sparse, everything is as even as it can be.  Only a line along an edge
leaves a choice.  The proximal operator clips the largest entries to one common height.
"""

import matplotlib.pyplot as plt
import numpy as np

import normcalc as nc

maximum = nc.function("max(abs(x))")
with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(1, 4, figsize=(6.75, 2.0), layout="constrained")
    lines = {"2x_1 + x_2": [2, 1], "x_1 - 3x_2": [1, -3], "x_1": [1, 0]}
    for ax, (left, a) in zip(axes, lines.items(), strict=False):
        nc.plot.contact(maximum, a, 1, ax, label=f"${left} = 1$")
        print(a, nc.plot.touch2d(maximum, a, 1).points.tolist())
    nc.plot.ball3d(maximum, axes[3], label=r"$\max |x_i| \leq 1$ in space")

prox = nc.prox(maximum)
v = np.array([3.0, -2.5, 1.0, 0.2])
for step in (0.5, 1.0, 3.0):
    print(f"step {step}: {v} -> {prox(v, step=step)}")
plt.show()
