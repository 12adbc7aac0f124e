r"""
Norms of symmetric matrices
===========================

A symmetric matrix of two rows has three entries, so the balls of its norms can be drawn.  The
coordinates are :math:`(a, b, c)` for the matrix with rows :math:`(a, b/\sqrt2)` and
:math:`(b/\sqrt2, c)`, so that the Frobenius ball is round.  The nuclear ball is a cylinder: its
two circles are the matrices of rank one.  The spectral ball is its polar, a double cone.
"""

import matplotlib.pyplot as plt

import normcalc as nc

norms = {
    r"nuclear $\Vert X\Vert_*$": "sum(singular_values(X))",
    r"Frobenius $\Vert X\Vert_F$": "norm(singular_values(X))",
    r"spectral $\Vert X\Vert_{2 \to 2}$": "max(singular_values(X))",
    r"induced $\Vert X\Vert_{1 \to 1}$": "max(row_norms(X, 1))",
    r"entrywise $\sum |X_{ij}|$": "sum(abs(entries(X)))",
    r"entrywise $\max |X_{ij}|$": "max(abs(entries(X)))",
}

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(2, 3, figsize=(5.4, 4.0), layout="constrained")
    for ax, (name, text) in zip(axes.flat, norms.items(), strict=True):
        f = nc.function(text)
        nc.plot.ball3d(f, ax, label=name, camera=(62, 18), names="abc")
        body = nc.plot.body3d(f)
        print(f"{text:25} volume {body.volume:.4f}, area {body.area:.4f}")
plt.show()
