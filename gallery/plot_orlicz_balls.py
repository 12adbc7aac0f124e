r"""
Orlicz balls, and quasi-norms
=============================

The ball :math:`\{\sum_i \varphi(|x_i|) \le 1\}` of a growing function :math:`\varphi`.  A convex
one gives the unit ball of an Orlicz norm; a concave one a star with tips on the axes, which is
what makes its minimisers sparse.  The volume of :math:`\ell_p` balls has a formula to compare
with.
"""

from math import gamma

import matplotlib.pyplot as plt

import normcalc as nc

functions = {
    r"$|t|^{1/2}$": "sqrt(abs(x))",
    r"$|t|^{2/3}$": "abs(x)**(2/3)",
    r"$\log(1 + 4|t|)/\log 5$": "log(1 + 4*abs(x))/log(5)",
    r"$|t|^{3/2}$": "abs(x)**(3/2)",
    r"$(e^{|t|} - 1)/(e - 1)$": "(exp(abs(x)) - 1)/(exp(1) - 1)",
    r"$e^{|t|} - 1 - |t|$": "exp(abs(x)) - 1 - abs(x)",
    r"$t^4$": "x**4",
    r"$(1 + |t|)\log(1 + |t|) - |t|$": "(1 + abs(x))*log(1 + abs(x)) - abs(x)",
}

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(2, 4, figsize=(6.75, 3.8), layout="constrained")
    for ax, (name, text) in zip(axes.flat, functions.items(), strict=True):
        nc.plot.ball3d(nc.function(text), ax, label=name)
for p, text in ((1 / 2, "sqrt(abs(x))"), (3 / 2, "abs(x)**(3/2)"), (4, "x**4")):
    exact = 8 * gamma(1 + 1 / p) ** 3 / gamma(1 + 3 / p)
    print(f"p = {p}: volume {nc.plot.body3d(nc.function(text)).volume:.6f}, exact {exact:.6f}")
plt.show()
