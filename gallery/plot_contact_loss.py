r"""
The smallest ball that explains the data
========================================

Among all :math:`x` whose least-squares loss is small enough, which has the smallest norm?  The
ball grows until it touches the ellipse of those points.  The diamond touches in a tip, where a
coordinate is zero.  Where two columns of the data agree, the ellipse becomes a strip, and the
diamond touches it along a whole edge: the solution is not unique, and the figure says so.
"""

import matplotlib.pyplot as plt
import numpy as np

import normcalc as nc

A = np.array([[0.9, 0.5], [0.1, 0.8], [0.4, -0.2]])
b = np.array([1.02, 1.23, -0.18])
twins, c = np.array([[1.0, 1.0], [0.5, 0.5]]), np.array([1.2, 0.6])

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(1, 4, figsize=(6.75, 2.2), layout="constrained")
    for ax, norm in zip(axes, ["norm(x, 1)", "norm(x)", "norm(x, oo)"], strict=False):
        nc.plot.contact(norm, A, b, ax, level=0.25)
    nc.plot.contact("norm(x, 1)", twins, c, axes[3], level=0.1)
plt.show()

# %%
# The contact is a solution of the lasso with the right weight:

found = nc.plot.touch2d("norm(x, 1)", A, b, level=0.25)
x = found.points[0]
weight = np.max(np.abs(A.T @ (A @ x - b)))
lasso = nc.minimize(nc.least_squares(A, b) + weight * nc.function("abs(x)"))
print("contact", x, "lasso", lasso.x)
