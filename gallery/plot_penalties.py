r"""
Penalties and their proximal operators
======================================

Three penalties at step one half.  The proximal operators are derived from the formulas; where a
penalty is not convex enough, the operator jumps, and at the jump both ends are minimisers.
"""

import matplotlib.pyplot as plt

import normcalc as nc

penalties = {
    r"$|x|$": nc.function("abs(x)"),
    r"$\sqrt{|x|}$": nc.function("sqrt(abs(x))"),
    "MCP": nc.function("Piecewise((abs(x) - x**2/6, abs(x) <= 3), (3/2, True))"),
}

with nc.plot.style("paper", columns=2):
    fig, (left, right) = plt.subplots(1, 2, figsize=(5.0, 2.3), layout="constrained")
    for name, f in penalties.items():
        nc.plot.penalty_curve(f, left, label=name)
        nc.plot.prox_curve(nc.prox(f), right, step=0.5, label=name)
    left.set_xlabel("penalty")
    right.set_xlabel("proximal operator, step 1/2")
    right.legend(loc="lower right")
plt.show()
