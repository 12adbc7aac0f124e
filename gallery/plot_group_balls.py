r"""
Groups, trees and supports
==========================

Where a ball has an edge or a tip, solutions like to sit: that is structured sparsity.  Creases
are drawn exactly where the gradient of the norm jumps.  A tip without creases, as in the
overlapping groups, makes two coordinates vanish at once; the ridges of the 2-support norm fade out
before they reach the axes.
"""

import matplotlib.pyplot as plt

import normcalc as nc

largest, total = "max(abs(x))", "norm(x, 1)"
norms = {
    r"group: $\Vert x_{12}\Vert + |x_3|$": "norm(x[:2]) + abs(x[2])",
    "sparse group": "norm(x, 1)/2 + (sqrt(2)*norm(x[:2]) + abs(x[2]))/2",
    r"overlap: $\Vert x_{12}\Vert + \Vert x_{23}\Vert$": "norm(x[:2]) + norm(x[1:])",
    r"tree: $|x_1| + |x_2| + \Vert x\Vert$": "abs(x[0]) + abs(x[1]) + norm(x)",
    r"elastic: $\Vert x\Vert_1 + \Vert x\Vert$": "norm(x, 1) + norm(x)",
    "2-support": f"where({total} >= 2*{largest}, {total}/sqrt(2), "
    f"sqrt({largest}**2 + ({total} - {largest})**2))",
    "its dual": "max(norm(x[:2]), norm(x[1:]), sqrt(x[0]**2 + x[2]**2))",
    r"exclusive: $\sqrt{(|x_1| + |x_2|)^2 + x_3^2}$": "sqrt(norm(x[:2], 1)**2 + x[2]**2)",
}

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(2, 4, figsize=(6.75, 3.7), layout="constrained")
    for ax, (name, text) in zip(axes.flat, norms.items(), strict=True):
        f = nc.function(text)
        nc.plot.ball3d(f, ax, label=name)
        print(f"{text[:40]:42} volume {nc.plot.body3d(f).volume:.4f}")
plt.show()
