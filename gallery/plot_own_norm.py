r"""
A norm of your own
==================

Write a formula, see its ball.  The corners are found from the formula itself: the zeros of every
absolute value, and the ties between the arguments of every maximum.
"""

import matplotlib.pyplot as plt

import normcalc as nc

mine = nc.function("abs(x1 - x2) + sqrt(x1**2 + 2*x2**2)")
body = nc.plot.boundary2d(mine)
print(nc.plot.alt_text(mine, body))

fig, ax = plt.subplots(figsize=(2.6, 2.8), layout="constrained")
nc.plot.ball(mine, ax)
plt.show()
