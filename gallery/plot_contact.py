r"""
Why the 1-norm gives zeros
==========================

Minimise a norm subject to :math:`2 x_1 + x_2 = 1`.  Grow the ball until it touches the line:
the diamond touches with a tip, where a coordinate is zero; the disk touches anywhere; the square
touches where both coordinates are equal.  The contact points are solved, not read off.
"""

import matplotlib.pyplot as plt

import normcalc as nc

norms = {
    r"$\ell_1$": nc.function("abs(x1) + abs(x2)"),
    r"$\ell_2$": nc.function("sqrt(x1**2 + x2**2)"),
    r"$\ell_\infty$": nc.function("max(abs(x1), abs(x2))"),
    r"$\ell_{2/3}$": nc.function("(abs(x1)**(2/3) + abs(x2)**(2/3))**(3/2)"),
}

fig, axes = plt.subplots(1, 4, figsize=(6.75, 2.0), layout="constrained")
for ax, norm in zip(axes, norms.values(), strict=True):
    nc.plot.contact(norm, [2, 1], 1, ax)
plt.show()

# %%
# The numbers for :math:`10 x_1 + x_2 = 5`:

for name, norm in norms.items():
    found = nc.plot.touch2d(norm, [10, 1], 5)
    print(name, found.points[0], found.value)
