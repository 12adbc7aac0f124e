r"""
Sorted norms and total variation
================================

SLOPE weighs the largest entry most, OSCAR adds all pairwise maxima: entries become equal in size.
The fused lasso makes neighbours equal.  Total variation alone does not see constants, so its ball
goes on for ever along :math:`(1, 1, 1)`; it is cut where it is almost white.
"""

import matplotlib.pyplot as plt

import normcalc as nc

slope = nc.function("dot(w, sort(abs(x)))", w=nc.Nonincreasing)
pairs = "max(abs(x1), abs(x2)) + max(abs(x2), abs(x3)) + max(abs(x1), abs(x3))"
norms = {
    "SLOPE $w = (3, 2, 1)$": (slope, {"w": [3, 2, 1]}),
    "SLOPE $w = (3, 1, 0)$": (slope, {"w": [3, 1, 0]}),
    "OSCAR": (nc.function(f"abs(x1) + abs(x2) + abs(x3) + ({pairs})/2"), {}),
    r"fused: $\Vert x\Vert_1 + \Vert Dx\Vert_1$": (
        nc.function("norm(x, 1) + norm(diff(x), 1)"), {}),
    r"total variation $\Vert Dx\Vert_1$": (nc.function("norm(diff(x), 1)"), {}),
    r"$\Vert Dx\Vert_2$": (nc.function("norm(diff(x))"), {}),
    r"range $\max x - \min x$": (nc.function("max(x) - min(x)"), {}),
    r"$\Vert Dx\Vert_1 + |x_1 + x_2 + x_3|$": (
        nc.function("norm(diff(x), 1) + abs(sum(x))"), {}),
}  # fmt: skip

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(2, 4, figsize=(6.75, 3.8), layout="constrained")
    for ax, (name, (f, given)) in zip(axes.flat, norms.items(), strict=True):
        nc.plot.ball3d(f, ax, label=name, camera=(20, 24), **given)
        print(nc.plot.alt_text_of(fig).split("Unit ball of ")[-1])
plt.show()
