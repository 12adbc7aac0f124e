"""Processor time of figures in processes of their own, what they import included.

Run ``python tests/benchmarks/bench_figures.py``.  Each figure is the median over processes; single
balls are drawn in one process, after a first one, and the slowest of them is named.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

GALLERY = Path(__file__).parents[2] / "gallery"
CURVED = (
    "norm(x)", "norm(x, 3/2)", "norm(x, 4)", "norm(x[:2]) + abs(x[2])", "sum(sqrt(abs(x)))**2",
    "sum(singular_values(X))", "max(norm(x), norm(x, 1)/sqrt(2))", "max(norm(x[:2]), norm(x[1:]))",
    "norm(x, 1) + norm(x)", "sum(abs(x)**3)", "max(sqrt(x1**2 + x2**2), abs(x3))",
    "norm(x, 3) + max(abs(x))",
)  # fmt: skip
GRID = f"""
import normcalc as nc
fig = nc.plot.balls([nc.function(text) for text in {CURVED}], dimension=3, columns=4)
"""
DUALS = (
    "dual_norm(norm(x, 3))", "dual_norm(norm(x, 1) + norm(x))",
    "dual_norm(sqrt(sum_largest(x**2, 2)))", "dual_norm(max(norm(x), 13/10*norm(x, oo)))",
)  # fmt: skip
SINGLE = """
import time
import matplotlib
matplotlib.use("Agg")
import normcalc as nc
nc.plot.{draw}("norm(x, 5) + norm(x)")
nc.plot.{draw}("dual_norm(norm(x, 5))")
found = []
for text in {texts}:
    start = time.process_time()
    nc.plot.{draw}(text)
    found.append((time.process_time() - start, text))
print(*max(found))
"""
CODE = """
import time
start = time.process_time()
import matplotlib
matplotlib.use("Agg")
{body}
drawn = time.process_time()
fig.savefig({target!r})
print(drawn - start, time.process_time() - drawn)
"""


def script(name: str) -> str:
    """Return a script of the gallery without its prints and its window."""
    lines = (GALLERY / f"plot_{name}.py").read_text("utf-8").splitlines()
    return "\n".join(x for x in lines if "print(" not in x and x != "plt.show()")


ROWS = {
    "twelve polytopes": lambda: script("twelve_solids"),
    "twelve curved bodies": lambda: GRID,
    "contacts in the plane": lambda: script("contact"),
}


def seconds(body: str, target: Path) -> tuple[float, float]:
    """Return the processor time of drawing and of writing a PDF."""
    run = [sys.executable, "-c", CODE.format(body=body, target=str(target))]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    drawn, written = map(float, done.stdout.split())
    return drawn, written


def slowest(draw: str, texts: tuple[str, ...]) -> str:
    """Return the processor time of the slowest of some balls, and its formula."""
    code = SINGLE.format(draw=draw, texts=texts)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def main() -> None:
    """Print the table, the rows in turn so that none has the quiet minutes for itself."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "figure.pdf")
        found = [{row: seconds(body(), target) for row, body in ROWS.items()}
                 for _ in range(rounds)]  # fmt: skip
    for row in ROWS:
        drawn, written = (median(each[row][k] for each in found) for k in (0, 1))
        print(f"{row:24} drawn {drawn:5.2f} s   PDF {written:5.2f} s")
    plane = tuple(text for text in (*CURVED, *DUALS) if "X" not in text and "x[" not in text)
    plane = tuple(text for text in plane if "x3" not in text)
    print("slowest ball in the plane", slowest("ball", plane))
    print("slowest ball in space    ", slowest("ball3d", (*CURVED, *DUALS)))


if __name__ == "__main__":
    main()
