r"""
Balls of four dimensions
========================

A ball of four dimensions is seen by its section with a space of three, or by its shadow there.
Here the space is orthogonal to :math:`(1, 1, 1, 1)`.  Section and shadow change places when the
norm is replaced by its dual.
"""

import matplotlib.pyplot as plt
import numpy as np

import normcalc as nc

B = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / 2
norms = {
    r"$\ell_1$": nc.function("norm(x, 1)"),
    r"$\ell_\infty$": nc.function("norm(x, oo)"),
    "sum of the two largest": nc.function("sum_largest(abs(x), 2)"),
    "two groups": nc.function("norm(x[:2]) + norm(x[2:])"),
}

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(1, 6, figsize=(6.75, 1.6), layout="constrained")
    panels = iter(axes)
    for name, f in norms.items():
        nc.plot.ball3d(nc.plot.section(f, B), next(panels), label=f"section:\n{name}", axes=False)
        if name.startswith("$"):
            seen = nc.plot.shadow(f, B)
            nc.plot.ball3d(seen, next(panels), label=f"shadow:\n{name}", axes=False)
            print(name, "shadow:", nc.plot.body3d(seen).counts)
        body = nc.plot.body3d(nc.plot.section(f, B))
        print(name, "section: volume", round(body.volume, 6))
plt.show()
