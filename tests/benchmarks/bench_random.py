"""Random functions of one variable: how many are derived, searched for, refused, or wrong.

The functions are those of ``python -m pytest -m slow tests/derive/test_random.py``, with the same
checks, each in a process of its own.  The last line counts them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from hypothesis import Phase, given, settings

import normcalc as nc
from normcalc.line.table import Hull
from tests.benchmarks.bench_scalar import in_fresh_process
from tests.derive.strategies import Formula, formulas
from tests.derive.test_random import QUIET, check

LIMIT = 120.0


def drawn(count: int) -> list[str]:
    """Return the different formulas among the first `count` of the strategy."""
    found: list[str] = []

    @settings(max_examples=count, **{**QUIET, "phases": (Phase.generate,)})
    @given(formulas())
    def collect(formula: Formula) -> None:
        found.append(formula.text)

    collect()
    return list(dict.fromkeys(found))


def judged(text: str, search: float) -> str:
    """Check one function; return how its prox was found."""
    formula = Formula(text)
    check(formula, search)
    try:
        table = nc.prox(formula.function()).table
    except nc.NotDerivable:
        return "refused"
    points = [case.point for regime in table.regimes for case in regime.cases]
    return "searched" if any(isinstance(point, Hull) for point in points) else "derived"


def one(text: str, search: float) -> str:
    kind, found, seconds = in_fresh_process(partial(judged, text, search), LIMIT)
    verdict = found if kind == "done" else f"wrong: {kind}"
    print(f"{seconds:6.1f} s  {verdict:8s}  {text}", flush=True)
    return verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="formulas drawn")
    parser.add_argument("--search", type=float, default=3.0, help="seconds of searching each")
    parser.add_argument("--workers", type=int, default=1, help="processes at a time")
    options = parser.parse_args()
    texts = drawn(options.count)
    with ThreadPoolExecutor(options.workers) as pool:
        verdicts = Counter(pool.map(partial(one, search=options.search), texts))
    print(", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items())))


if __name__ == "__main__":
    main()
