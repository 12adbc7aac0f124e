"""Kernels of the tests live in pytest's own cache directory, so that only a first run compiles."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session", autouse=True)
def kernel_cache(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    kept = getattr(request.config, "cache", None)
    make = kept.mkdir if kept is not None else tmp_path_factory.mktemp
    home = make("normcalc-kernels")
    home.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NORMCALC_CACHE_DIR", str(home))
        patch.delenv("NUMBA_CACHE_DIR", raising=False)
        patch.setenv("NORMCALC_JIT", "1")
        yield home


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache directory for one test."""
    home = tmp_path / "kernels"
    monkeypatch.setenv("NORMCALC_CACHE_DIR", str(home))
    return home
