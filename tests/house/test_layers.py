"""The rooms import leftwards only: import-linter's contracts, run as a test."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts in a folder that holds pyproject.toml and the package."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_contracts_are_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_bad_import_is_caught(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "normcalc", tmp_path / "normcalc", ignore=shutil.ignore_patterns("__pycache__")
    )
    with (tmp_path / "normcalc" / "errors.py").open("a") as file:
        file.write("\nimport normcalc.engine\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert "normcalc.errors -> normcalc.engine" in done.stdout, done.stdout + done.stderr
