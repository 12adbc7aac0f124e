r"""
An octagon and its dual
=======================

A norm that is the largest of two norms has a ball that is the intersection of theirs.  Here a
square cuts the corners off a diamond, or the other way round.  The ball of the dual norm is
computed from the vertices: each edge on the left is a vertex on the right.
"""

import matplotlib.pyplot as plt

import normcalc as nc

octagon = nc.function("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))")
dual = nc.plot.dual_boundary2d(octagon)
print(dual.points)

fig, axes = plt.subplots(1, 2, figsize=(4.6, 2.6), layout="constrained")
nc.plot.ball(octagon, axes[0])
nc.plot.dual_ball(octagon, axes[1])
plt.show()
