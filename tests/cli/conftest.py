"""Run the command line in this process, and look at all that it leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from normcalc.cli import main


@dataclass(frozen=True)
class Done:
    """One run of the command."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as JSON, strictly: no NaN, no Infinity."""
        return json.loads(self.out, parse_constant=_refuse)


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``normcalc`` with the given words."""

    def one(*words: str) -> Done:
        capsys.readouterr()
        code = main(list(words))
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return one


@pytest.fixture(scope="session", autouse=True)
def kernels(request: pytest.FixtureRequest):
    """Keep kernels in pytest's own cache directory, so that only a first run compiles."""
    home = request.config.cache.mkdir("normcalc-kernels")
    home.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NORMCALC_CACHE_DIR", str(home))
        patch.delenv("NUMBA_CACHE_DIR", raising=False)
        patch.setenv("NORMCALC_JIT", "1")
        yield home
