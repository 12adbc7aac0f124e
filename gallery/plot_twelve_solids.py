r"""
Twelve solids that are unit balls
=================================

Classical solids are unit balls of norms.  Their vertices come from the formulas, in exact
arithmetic, and so do the numbers :math:`(V, E, F)` of vertices, edges and faces;
:math:`V - E + F = 2` for all of them.
"""

import matplotlib.pyplot as plt

import normcalc as nc

slope = nc.function("dot(w, sort(abs(x)))", w=nc.Nonincreasing)
skew = nc.function("norm(A @ x, p)", A=nc.Matrix)
A = [[1, 0.45, 0], [0, 0.9, 0.35], [0.2, 0, 1]]
hexagon = "max(abs(x1), abs(x1 + sqrt(3)*x2)/2, abs(x1 - sqrt(3)*x2)/2"
solids = {
    "octahedron": (nc.function("norm(x, 1)"), {}),
    "cube": (nc.function("norm(x, oo)"), {}),
    "rhombic dodecahedron": (nc.function("sum_largest(abs(x), 2)"), {}),
    "cuboctahedron": (nc.function("max(norm(x, oo), norm(x, 1)/2)"), {}),
    "disdyakis dodecahedron": (slope, {"w": [3, 2, 1]}),
    "truncated cuboctahedron": (
        nc.function("max(norm(x, oo)/3, sum_largest(abs(x), 2)/5, norm(x, 1)/6)"), {}),
    "deltoidal icositetrahedron": (nc.function("norm(x, 1) + norm(x, oo)"), {}),
    "truncated octahedron": (nc.function("max(norm(x, oo), norm(x, 1)*2/3)"), {}),
    "hexagonal prism": (nc.function(hexagon + ", abs(x3))"), {}),
    "hexagonal bipyramid": (nc.function(hexagon + ") + abs(x3)"), {}),
    "fused lasso": (nc.function("norm(x, 1) + sum(abs(diff(x)))"), {}),
    "skew octahedron": (nc.function("norm(A @ x, 1)", A=nc.Matrix), {"A": A}),
}  # fmt: skip

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(3, 4, figsize=(6.75, 6.0), layout="constrained")
    for ax, (name, (f, given)) in zip(axes.flat, solids.items(), strict=True):
        counts = nc.plot.body3d(f, **given).counts
        nc.plot.ball3d(f, ax, label=f"{name}\n$(V, E, F) = {counts}$", axes=False, **given)
        print(f"{name:27}", counts)
plt.show()
