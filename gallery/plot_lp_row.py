r"""
The balls of the p-norms
========================

From cusps to a square: the ball of :math:`\ell_p` for growing :math:`p`.  For :math:`p < 1` the
set is not convex, and its tips are at distance one exactly.
"""

import matplotlib.pyplot as plt

import normcalc as nc

lp = nc.function("(abs(x1)**p + abs(x2)**p)**(1/p)")
orders = {"1/2": 1 / 2, "2/3": 2 / 3, "1": 1, "3/2": 3 / 2, "2": 2, "4": 4}

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(1, 7, figsize=(6.75, 1.2), layout="constrained")
    for ax, (name, p) in zip(axes, orders.items(), strict=False):
        nc.plot.ball(lp, ax, p=p, label=f"$p = {name}$")
    nc.plot.ball(nc.function("max(abs(x1), abs(x2))"), axes[-1], label=r"$p = \infty$")

for p in orders.values():
    print(f"p = {p:.3f}: area {nc.plot.area(nc.plot.boundary2d(lp, p=p)):.4f}")
plt.show()
