r"""
Induced norms as stretched balls
================================

A matrix maps the unit ball to another body.  The smallest ball that holds this body tells how much
the matrix can stretch: that is the induced norm.  The vector that is stretched most is part of the
proof, and it is drawn on both sides.
"""

import matplotlib.pyplot as plt

import normcalc as nc

A = [[1.0, 0.8], [-0.3, 1.2]]
octagon = nc.function("max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))")
pairs = {
    r"$\ell_1 \to \ell_1$": (nc.function("norm(x, 1)"), nc.function("norm(x, 1)")),
    r"$\ell_2 \to \ell_2$": (nc.function("norm(x)"), nc.function("norm(x)")),
    r"$\ell_\infty \to \ell_\infty$": (nc.function("norm(x, oo)"), nc.function("norm(x, oo)")),
    r"octagon $\to \ell_2$": (octagon, nc.function("norm(x)")),
}

with nc.plot.style("paper", columns=2):
    fig, axes = plt.subplots(2, 4, figsize=(6.75, 3.7), layout="constrained")
    for (before, after), (name, (n_in, n_out)) in zip(axes.T, pairs.items(), strict=True):
        nc.plot.induced(A, n_in, n_out, (before, after))
        norm = nc.induced_norm(n_in, n_out)(A)
        before.set_xlabel("unit ball")
        after.set_xlabel(f"{name}: {norm:.4f}")
        print(f"{name}: {norm:.12f}")
plt.show()
