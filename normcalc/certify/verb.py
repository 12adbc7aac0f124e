"""The verb `certify`: one entry for derivations, tables typed by hand, and foreign operators."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, cast

import mpmath as mp
import numpy as np

from normcalc.certify.certificate import Certificate, Outcome
from normcalc.certify.claim import Claim, check_claim, check_scalar
from normcalc.certify.duals import verify_dual, verify_minimizer
from normcalc.certify.kernels import compare_kernel
from normcalc.certify.operators import verify_operator
from normcalc.certify.prove import Proof, prove
from normcalc.certify.searched import is_searched
from normcalc.certify.sharp import DIGITS
from normcalc.certify.space import ranges
from normcalc.certify.texts import operator_of
from normcalc.certify.vectors import verify_vectors
from normcalc.certify.verify import TOLERANCE, verify
from normcalc.errors import InputError, Unsettled
from normcalc.language import function as make

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from normcalc.language import Function
    from normcalc.line.table import Regime

# mpmath keeps its working precision in one global place
_PRECISION = threading.RLock()
_SHARE = 0.15  # of the budget, spent on a search that nothing else follows
_SEARCH = 2.5  # seconds of searching, after which more samples are not worth the wait


def certify(
    obj: Claim | Callable[..., Any] | str,
    function: Function | str | None = None,
    *,
    budget: float = 20.0,
    rng: int | np.random.Generator = 0,
    verbose: bool = False,
    smt: bool = True,
    kernel: Callable[..., Any] | None = None,
    tolerance: float = TOLERANCE,
    values: Mapping[str, Any] | None = None,
) -> Certificate:
    """Check a claim, or somebody's operator, against the function as its user wrote it.

    Parameters
    ----------
    obj : Claim, callable or str
        A derivation, or anything with ``goal``, ``function`` and ``table``; or an operator
        ``op(v, step, **params)`` that claims to be the proximal operator of `function`; or such
        an operator as a formula in ``v``, ``step`` and the parameters.
    function : Function or str, optional
        Needed with an operator, and only then.
    budget : float
        Seconds of processor time to spend, about; what other programs do changes no answer.
    rng : int or numpy.random.Generator
        Where the samples come from; equal seeds give equal samples.
    verbose : bool
        Print each outcome as it is settled.
    smt : bool
        Whether to ask z3 for proofs.
    kernel : callable, optional
        ``kernel(v, *parameters)``, compared with the table in both precisions.
    tolerance : float
        Relative excess of the objective that an operator's rounding may cause.
    values : mapping of str to array_like, optional
        For functions of vectors and matrices: parameters that keep these values; the others are
        drawn by their kinds.

    Returns
    -------
    Certificate
        One outcome per claim: proved by a solver, or verified by search.

    Raises
    ------
    Refuted
        With a counterexample in `witness`.
    Unsettled
        If no legal parameter values can be found for a regime that is not proved empty.

    Examples
    --------
    >>> from normcalc.language import function
    >>> print(certify(lambda v, step: v / (1 + step), function("x**2/2")).status)
    verified
    >>> certify(lambda v, step: v / (1 + 2 * step), function("x**2/2"))
    Traceback (most recent call last):
        ...
    normcalc.errors.Refuted: <lambda> as prox of x**2/2 is wrong at v = ...
    >>> certify("sign(v)*max(abs(v) - lam, 0)", "lam*abs(x)")
    Traceback (most recent call last):
        ...
    normcalc.errors.Refuted: sign(v)*max(abs(v) - lam, 0) as prox of lam*abs(x) is wrong at ...
    """
    deadline = time.thread_time() + _positive(budget)
    generator = np.random.default_rng(rng)
    report = print if verbose else _silent
    about = getattr(obj, "function", None) if function is None else function
    about = make(about) if isinstance(about, str) else about
    if about is not None and about.variable.kind != "scalar":
        return _vectors(obj, about, generator, deadline, values or {}, report)
    with _PRECISION, mp.workdps(DIGITS):
        if isinstance(obj, str) or (callable(obj) and not hasattr(obj, "table")):
            return _operator(obj, function, generator, deadline, tolerance, report)
        if function is not None:
            raise InputError(
                "a claim brings its own function; pass a function with an operator only"
            )
        return _claim(cast("Claim", obj), generator, deadline, smt, kernel, report)


def _vectors(
    obj: Any,
    function: Function,
    rng: np.random.Generator,
    deadline: float,
    values: Mapping[str, Any],
    report: Callable[[object], None],
) -> Certificate:
    """Check a map of vectors or matrices by searching for better points."""
    start, goal = time.thread_time(), getattr(obj, "goal", "prox")
    subject = f"{goal} of {function}"
    dual = getattr(obj, "value", None)
    if goal == "dual_norm" and dual is not None:
        outcome = verify_dual(dual, function, rng, start + _SHARE * (deadline - start), values)
        report(outcome)
        return Certificate(subject, (outcome,), time.thread_time() - start)
    if goal == "linear_minimizer" and callable(obj):
        outcome = verify_minimizer(obj, function, rng, start + _SHARE * (deadline - start), values)
        report(outcome)
        return Certificate(subject, (outcome,), time.thread_time() - start)
    if isinstance(obj, str):
        raise InputError(
            "an operator as a formula in v is for functions of one real variable; pass a callable"
        )
    if goal not in ("prox", "projection", "conjugate", "moreau_envelope") or not callable(obj):
        raise InputError(f"the {goal} of a function of vectors is not certified by search")
    outcome = verify_vectors(obj, function, goal, rng, start + _SHARE * (deadline - start), values)
    report(outcome)
    return Certificate(subject, (outcome,), time.thread_time() - start)


def _silent(_: object) -> None:
    return None


def _positive(budget: float) -> float:
    if not 0 < budget < float("inf"):
        raise InputError(f"budget must be a positive number of seconds, not {budget}")
    return float(budget)


def _operator(
    given: Callable[..., Any] | str,
    function: Function | str | None,
    rng: np.random.Generator,
    deadline: float,
    tolerance: float,
    report: Callable[[object], None],
) -> Certificate:
    start = time.thread_time()
    if function is None:
        raise InputError("certify(op, function): say of which function the operator is the prox")
    function = make(function) if isinstance(function, str) else function
    check_scalar(function)
    op = operator_of(given, function) if isinstance(given, str) else given
    name = getattr(op, "__qualname__", type(op).__name__)
    subject = f"{name} as prox of {function}"
    space = ranges(function, with_step=True)
    outcome = verify_operator(op, function, "prox", subject, space, rng, deadline, tolerance)
    report(outcome)
    return Certificate(subject, (outcome,), time.thread_time() - start)


def _claim(
    claim: Claim,
    rng: np.random.Generator,
    deadline: float,
    smt: bool,
    kernel: Callable[..., Any] | None,
    report: Callable[[object], None],
) -> Certificate:
    start = time.thread_time()
    check_claim(claim)
    subject = f"{claim.goal} of {claim.function}"
    space = ranges(claim.function, with_step=claim.goal != "conjugate")
    half = start + min(0.4 * (deadline - start), _SEARCH)
    found = verify(claim, subject, space, rng, half, deadline)
    cover, proofs = _no_proofs(claim) if not smt else prove(claim, subject, space, deadline, 3000)
    outcomes = [proof.strengthen(o) for proof, o in zip(proofs, found, strict=True)]
    _check_settled(subject, claim.table.regimes, outcomes)
    samples = sum(outcome.points for outcome in found)
    covered = Outcome("the regimes cover all parameters", "verified", "search", samples)
    outcomes.insert(0, cover.strengthen(covered))
    if kernel is not None:
        outcomes += compare_kernel(claim, subject, kernel, space, rng, deadline)
    for outcome in outcomes:
        report(outcome)
    return Certificate(subject, tuple(outcomes), time.thread_time() - start)


def _check_settled(subject: str, regimes: tuple[Regime, ...], outcomes: list[Outcome]) -> None:
    """Raise Unsettled where a claim was neither proved nor searched, or nothing was searched.

    A refusal and a search claim nothing, and may be about no parameters at all.
    """
    silent = [o for o in outcomes if o.points == 0]
    if len(silent) == len(outcomes):
        raise Unsettled(f"{subject}: nothing was checked: {outcomes[0].note}")
    for outcome, regime in zip(outcomes, regimes, strict=True):
        claims = regime.refusal is None and not is_searched(regime)
        if claims and outcome.points == 0 and outcome.status != "proved":
            raise Unsettled(
                f"{subject}: no parameter values were found for the claim {outcome.claim!r}, and "
                "no proof; drop the regime if it is empty, or simplify its conditions"
            )


def _no_proofs(claim: Claim) -> tuple[Proof, tuple[Proof, ...]]:
    nothing = Proof(False, (), 0.0)
    return nothing, tuple(nothing for _ in claim.table.regimes)
