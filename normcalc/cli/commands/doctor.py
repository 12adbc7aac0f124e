"""``normcalc doctor``."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from normcalc.cli.answer import Answer
from normcalc.errors import CacheError

if TYPE_CHECKING:
    import argparse

PURPOSE = "report versions, the kernel cache and whether numba compiles"
DESCRIPTION = """\
Report what an error report needs: versions, the state of the kernel cache, and whether kernels
are compiled.  The exit code is 1 where something is wrong."""
EXAMPLE = """\
example:
  normcalc doctor"""

NEEDED = ("sympy", "numpy", "scipy", "numba", "llvmlite", "matplotlib", "z3-solver")
OPTIONAL = ("scikit-learn",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare no arguments: there is nothing to choose."""
    del parser


def run(options: argparse.Namespace) -> Answer:
    """Look, and report."""
    del options
    versions = {name: _version(name) for name in ("normcalc", *NEEDED, *OPTIONAL)}
    cache, problem = _cache()
    missing = [name for name in NEEDED if versions[name] is None]
    problems = [f"{name} is not installed" for name in missing] + ([problem] if problem else [])
    data = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions,
        "cache": cache,
        "jit": _jit(),
        "problems": problems,
    }
    return Answer(_text(data), data, 1 if problems else 0)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cache() -> tuple[dict[str, Any] | None, str]:
    """Return what the cache holds, or what is wrong with it."""
    from normcalc.cli.commands.cache import info

    try:
        return dict(info().data), ""
    except CacheError as error:
        return None, str(error)


def _jit() -> bool:
    from normcalc.codegen.build import jit_enabled

    return jit_enabled()


def _text(data: dict[str, Any]) -> str:
    rows = [("python", f"{data['python']} on {data['platform']}")]
    rows += [(name, found or "not installed") for name, found in data["versions"].items()]
    cache = data["cache"]
    if cache:
        size = f"{cache['kernels']} kernels, {cache['bytes'] / 1e6:.1f} MB"
        rows.append(("kernel cache", f"{cache['directory']} ({size})"))
    jit = "kernels are compiled by numba" if data["jit"] else "off (NORMCALC_JIT=0)"
    rows.append(("compilation", jit))
    rows += [("PROBLEM", problem) for problem in data["problems"]] or [("problems", "none")]
    width = max(len(name) for name, _ in rows)
    return "".join(f"{name:<{width}}  {value}\n" for name, value in rows)
