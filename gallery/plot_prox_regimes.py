r"""
Where a proximal operator starts to jump
========================================

A penalty that is not convex has a continuous proximal operator only for small steps, if at all.
For each penalty the operator is derived once; the step decides which regime applies.  At a jump,
both ends are minimisers.
"""

import matplotlib.pyplot as plt

import normcalc as nc

penalties = {
    "MCP": "Piecewise((abs(x) - x**2/5, abs(x) <= 5/2), (5/4, True))",
    "SCAD": "Piecewise((abs(x), abs(x) <= 1), ((6*abs(x) - x**2 - 1)/4, abs(x) <= 3), (2, True))",
    "logarithm": "log(1 + abs(x))",
    r"$\sqrt{|x|}$": "sqrt(abs(x))",
}
steps, view = (0.5, 2.0, 4.0), (-5.0, 5.0)

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(2, 4, figsize=(6.75, 3.6), layout="constrained")
    for (top, below), (name, text) in zip(axes.T, penalties.items(), strict=True):
        f = nc.function(text)
        prox = nc.prox(f)
        nc.plot.penalty_curve(f, top, view=view)
        top.set(xlabel=name, ylim=(0, None))
        for step in steps:
            nc.plot.prox_curve(prox, below, step=step, view=view, label=f"step {step:g}")
            print(f"{name}, step {step:g}:", nc.plot.alt_text_of(fig).rpartition(": ")[2])
        below.set_xlabel("proximal operator")
    axes[1, 0].legend(loc="upper left", handlelength=1.8)
plt.show()
