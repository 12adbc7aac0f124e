"""Section 4: operators become compiled code."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

import normcalc as nc
from normcalc.cli.tour.operators import elastic_net, entropy, mcp

if TYPE_CHECKING:
    from normcalc.cli.tour.story import Story
    from normcalc.codegen import Kernel

MANY = 1_000_000
FAR = 1000.0


def tell(story: Story) -> None:
    """Tell section 4."""
    with story.section("Kernels: each compiled once, then kept on disk"):
        functions = {"mcp": mcp(), "net": elastic_net(), "entropy": entropy()}
        kernels = {name: nc.compile(nc.prox(f)) for name, f in functions.items()}
        for name, kernel in kernels.items():
            story.code(f"{name}_kernel = nc.compile(nc.prox({name}))")
            _warm(story, name, kernel)
        _firm_and_hard(story, kernels["mcp"])
        _fast(story, kernels["mcp"])
        _compared(story, kernels["net"])
        _far_out(story, kernels["entropy"])
        story.write("mcp_prox.py", kernels["mcp"].source)
        story.say(f"The code of the first, which runs without normcalc: {story.files[-1]}")
        if story.verbose:
            story.show("\n" + kernels["mcp"].source)


def _warm(story: Story, name: str, kernel: Kernel) -> None:
    """Compile, or load the machine code of an earlier run, and say which of the two it was."""
    known, start = kernel.is_cached, time.perf_counter()
    kernel.warm()
    spent = time.perf_counter() - start
    what = "found on disk, loaded in" if known else "compiled now, once, in"
    story.show(f"{what} {spent:.2f} s")
    story.data.setdefault("kernels", {})[name] = {"was_on_disk": known, "seconds": spent}


def _firm_and_hard(story: Story, kernel: Kernel) -> None:
    v = np.array([-4.0, -2.0, -0.5, 0.5, 2.0, 4.0])
    story.code(f"v = np.array({v.tolist()})")
    for step in (1.0, 4.0):
        call = f"mcp_kernel(v, step={step}, lam=1.0, gamma=3.0)"
        story.show(f">>> {call}\n{kernel(v, step=step, lam=1.0, gamma=3.0)!r}")


def _fast(story: Story, kernel: Kernel) -> None:
    v = np.random.default_rng(0).standard_normal(MANY)
    out = np.empty_like(v)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        kernel(v, step=1.0, lam=1.0, gamma=3.0, out=out)
        times.append(time.perf_counter() - start)
    story.data["milliseconds_per_million"] = 1e3 * min(times)
    story.say(f"{MANY:,} numbers take {1e3 * min(times):.1f} ms.")


def _compared(story: Story, kernel: Kernel) -> None:
    """Certify the kernel as well: it has to equal the case table."""
    story.say("A certificate covers the kernel as well, if it is given one:")
    story.code(
        "found = nc.certify(nc.prox(net), kernel=net_kernel)",
        "print(*found.outcomes[-2:], sep=chr(10))",
    )
    found = nc.certify(nc.prox(elastic_net()), kernel=kernel)
    story.show("\n".join(map(str, found.outcomes[-2:])))


def _far_out(story: Story, kernel: Kernel) -> None:
    """Show that Lambert W is not evaluated as it is written: its argument would overflow."""
    line = next(
        line.strip()
        for line in kernel.source.splitlines()
        if "wright_omega(" in line and line.strip().startswith("result = ")
    )
    story.say(
        "The formula for entropy holds lambertw(exp(...)), and exp overflows for arguments above "
        "709.  The kernel calls the Wright omega function instead, which is lambertw(exp(...)) "
        f"without exp:\n  {line}"
    )
    u = kernel(FAR, step=1.0)
    residual = u + 1.0 + np.log(u) - FAR
    story.code(f"entropy_kernel({FAR}, step=1.0)")
    story.show(repr(u))
    story.say(f"Put into u + step*(1 + log(u)) = v, it misses {FAR} by {abs(residual):.1e}.")
