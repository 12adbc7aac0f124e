"""Callbacks, limits and interruptions."""

from __future__ import annotations

import numpy as np
import pytest

from normcalc.data import diabetes
from normcalc.engine import least_squares, minimize
from normcalc.engine.methods.proximal_gradient import ProximalGradient

OPTIONS = {"lam": 100.0, "method": "proximal_gradient"}


@pytest.fixture
def problem(l1):
    X, y, _ = diabetes(interactions=True)
    return least_squares(X, y) + l1


def test_callback_sees_every_step(problem):
    seen = []
    found = minimize(problem, callback=seen.append, **OPTIONS)
    assert [result.nit for result in seen] == list(range(1, found.nit + 1))
    assert seen[-1].fun == found.fun
    np.testing.assert_array_equal(seen[-1].x, found.x)
    seen[-1].x[:] = np.nan  # a copy: the user may do with it as he likes
    assert np.isfinite(found.x).all()


def test_stop_iteration_stops(problem):
    def callback(intermediate_result):
        if intermediate_result.nit == 7:
            raise StopIteration

    found = minimize(problem, callback=callback, **OPTIONS)
    assert (found.nit, found.status, found.success) == (7, "stopped", False)
    assert "stopped by the callback" in found.message


def test_other_exceptions_pass(problem):
    def callback(intermediate_result):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        minimize(problem, callback=callback, **OPTIONS)


@pytest.mark.parametrize("where", ["_descend", "_at"])
def test_an_interruption_returns_the_best_point(problem, monkeypatch, where):
    working, calls = getattr(ProximalGradient, where), []

    def interrupted(self, *args):
        calls.append(None)
        if len(calls) == 20:
            raise KeyboardInterrupt
        return working(self, *args)

    monkeypatch.setattr(ProximalGradient, where, interrupted)
    found = minimize(problem, **OPTIONS)
    assert found.status == "interrupted"
    assert not found.success
    residual = problem.loss(found.x) + 100.0 * np.abs(found.x).sum()
    assert found.fun == pytest.approx(residual, rel=1e-12)
    assert found.fun <= min(record.fun for record in found.history) * (1 + 1e-12)


def test_limits(problem):
    few = minimize(problem, max_iter=3, **OPTIONS)
    assert (few.nit, few.status, few.certificate.kind) == (3, "max_iter", "none")
    assert "raise max_iter" in few.message
    none = minimize(problem, max_iter=0, **OPTIONS)
    assert none.nit == 0
    assert not none.x.any()
    short = minimize(problem, time_limit=1e-9, **OPTIONS)
    assert short.status == "time_limit"


def test_only_verbose_prints(problem, capsys):
    minimize(problem, **OPTIONS)
    assert capsys.readouterr().out == ""
    found = minimize(problem, verbose=True, **OPTIONS)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == found.nit
    assert all("gap" in line for line in lines)


@pytest.mark.parametrize("method", ["coordinate_descent", "proximal_gradient"])
def test_a_tolerance_out_of_reach_ends(problem, method):
    found = minimize(problem, lam=100.0, method=method, tol=1e-18, max_iter=3000)
    assert found.status in {"optimal", "stationary", "stalled", "max_iter"}
    assert found.gap <= 1e-12 * found.fun
