r"""
Planes and lines in space
=========================

One equation in three unknowns is a plane, two are a line.  The ball that just touches it does so
in a tip, in an edge, or in a whole face; then every point between the corners is a solution.
"""

import matplotlib.pyplot as plt

import normcalc as nc

l1, linf = nc.function("norm(x, 1)"), nc.function("norm(x, oo)")
cone = nc.function("norm(x[:2]) + abs(x[2])")
line = [[1, 1, 1], [1, -1, 0.5]]
problems = [
    (l1, [3, 2, 1], 1),
    (l1, [2, 2, 1], 1),
    (l1, [1, 1, 1], 1),
    (cone, [3, 4, 5], 1),
    (l1, line, [1, 0.2]),
    (linf, line, [1, 0.2]),
]

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(2, 3, figsize=(6.75, 5.2), layout="constrained")
    for ax, (norm, A, b) in zip(axes.flat, problems, strict=True):
        nc.plot.contact3d(norm, A, b, ax)
plt.show()

# %%
# The numbers behind the pictures:

for norm, A, b in problems:
    found = nc.plot.touch3d(norm, A, b)
    print(f"{norm!s:28} value {found.value:.6f}  unique {found.unique}")
