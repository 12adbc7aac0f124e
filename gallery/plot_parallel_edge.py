r"""
When the line is parallel to an edge
====================================

The smallest 1-norm on :math:`x_1 + x_2 = 1/2` is taken by every point of a segment, sparse at its
two ends only.  Two solvers may answer differently, and both be right.  The 2-norm has one answer.
"""

import matplotlib.pyplot as plt

import normcalc as nc

l1 = nc.function("abs(x1) + abs(x2)")
l2 = nc.function("sqrt(x1**2 + x2**2)")

found = nc.plot.touch2d(l1, [1, 1], 0.5)
print("unique:", found.unique, "segment:", found.segment.tolist(), "value:", found.value)

fig, axes = plt.subplots(1, 2, figsize=(4.4, 2.5), layout="constrained")
nc.plot.contact(l1, [1, 1], 0.5, axes[0])
nc.plot.contact(l2, [1, 1], 0.5, axes[1])
plt.show()
