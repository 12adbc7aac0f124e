"""From an objective and numbers to a method and what it works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.engine.blockwise import BlockPenalty, block_penalty
from normcalc.engine.certificate import Posed, PosedTerms
from normcalc.engine.composite import (
    LossTerm,
    SmoothTerms,
    Term,
    function_terms,
    loss_terms,
    smooth_and_rest,
    unknown,
)
from normcalc.engine.constant import ButTheLast, OfTheRest, WithConstant
from normcalc.engine.design import Implicit, check_array
from normcalc.engine.fitting import OVER_SET, fitting_terms, over_set
from normcalc.engine.maps import Identity
from normcalc.engine.methods import augmented_lagrangian, dual_gradient, further
from normcalc.engine.methods.admm import Admm
from normcalc.engine.methods.block_descent import BlockDescent
from normcalc.engine.methods.block_newton import BlockNewton
from normcalc.engine.methods.coordinate_descent import CoordinateDescent
from normcalc.engine.methods.own import Own
from normcalc.engine.methods.primal_dual import PrimalDual
from normcalc.engine.methods.prox_newton import ProxNewton
from normcalc.engine.methods.proximal_gradient import ProximalGradient
from normcalc.engine.operators import operators
from normcalc.engine.penalties import Zero
from normcalc.engine.problem import LeastSquares, Objective
from normcalc.engine.spectral import Spectral
from normcalc.engine.weights import bound
from normcalc.errors import InputError, ParameterError, SolverError
from normcalc.language.function import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.engine.jit import Floats, Seed
    from normcalc.engine.loop import Method

SPLITTING = ("dual_gradient", "augmented_lagrangian", "admm", "primal_dual")
OF_FORMULAS = "a differentiable term and at most one other, all of the unknown itself"
OF_LOSSES = "a loss with data, made by least_squares or loss"
PLAIN = ("auto", "coordinate_descent", "prox_newton", "proximal_gradient")
NAMES = (*PLAIN, *SPLITTING, *further.NAMES)


@dataclass(frozen=True)
class Run:
    """A method at its start, what it may prove, and why it was chosen."""

    method: Method
    posed: Posed | PosedTerms
    why: str
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Chosen:
    """The name of a method and the reason for it; a method of the user's own."""

    name: str
    why: str
    own: Any = None


def start(
    objective: Objective | Function,
    given: Mapping[str, Any],
    method: Any,
    tol: float,
    x0: object,
    rng: Seed,
    last: Any = None,
) -> Run:
    """Check the numbers, choose a method and start it, where a `last` one ended."""
    if isinstance(objective, Function):
        return _of_function(objective, given, method, tol, x0, rng)
    check_names(objective, given)
    loss = objective.loss.bound(given)
    zero = np.zeros((loss.design.shape[1], *loss.target.shape[1:]))
    if x0 is None and not loss.intercept and not np.isfinite(loss.value(loss.prediction(None))):
        raise InputError(f"{objective.loss} is not finite at the starting point zero; pass x0=...")
    check_kinds(objective, zero)
    first = zero if x0 is None else check_array(x0, "x0", zero.shape).copy()
    separable = all(p.variable.kind == "scalar" for p in objective.penalties)
    penalty, terms = read(objective.penalties, given, zero)
    setting = further.Setting(loss, penalty, objective.penalties, given, first, tol, rng)
    listed = terms if terms is not None else [Term(penalty, Identity(zero.shape))]
    listed = [*loss_terms(loss), *listed]
    chosen = choose(method, loss, penalty, separable, setting, listed)
    posed: Posed | PosedTerms
    if chosen.name in SPLITTING:
        running, posed = _splitting(chosen.name, listed, loss, first, tol, rng)
    elif chosen.name in further.NAMES:
        running, posed = further.start(chosen.name, setting)
    else:
        beside = (chosen.own, last)
        running, posed = _smooth(chosen.name, loss, penalty, first, tol, rng, *beside)
    return Run(running, posed, chosen.why, given)


def read(
    penalties: tuple[Any, ...], given: Mapping[str, Any], zero: Floats
) -> tuple[Any, list[Term] | None]:
    """Return the penalties as one function of the unknown, if they are one, and as terms."""
    if len(penalties) <= 1 and all(p.variable.kind == "scalar" for p in penalties):
        return _separable(penalties, given, zero), None
    terms = [t for p in penalties for t in function_terms(p, given, zero)]
    penalty = block_penalty(penalties, given, zero)
    if penalty is None and len(terms) == 1 and terms[0].plain:
        penalty = terms[0].penalty
    return penalty, terms


def check_names(objective: Objective, given: Mapping[str, Any]) -> None:
    """Raise if a parameter that was given belongs to no term."""
    known = set(objective.loss.parameters)
    for penalty in objective.penalties:
        known |= set(parameter_names(penalty))
    unknown_names = sorted(set(given) - known)
    if unknown_names:
        has = ", ".join(sorted(known)) or "no parameters"
        raise ParameterError(f"the objective has {has}; leave out {unknown_names[0]}")


def check_kinds(objective: Objective, zero: Floats) -> None:
    """Raise if a penalty of a vector meets an unknown matrix, or the other way round."""
    fitting = "vector" if zero.ndim == 1 else "matrix"
    for penalty in objective.penalties:
        kind = penalty.variable.kind
        if kind not in ("scalar", fitting):
            raise InputError(
                f"the unknown is a {fitting} of shape {zero.shape}, and {penalty} takes "
                f"a {kind}; targets with one column make a vector of it, with more a matrix"
            )


def parameter_names(penalty: Any) -> tuple[str, ...]:
    """Return the names of a penalty's parameters."""
    if isinstance(penalty, Function):
        return tuple(p.name for p in penalty.parameters)
    return operators(penalty).parameters


def _separable(penalties: tuple[Any, ...], given: Mapping[str, Any], zero: Floats) -> Any:
    return bound(penalties[0], given, zero.size) if penalties else Zero()


def choose(
    method: Any,
    loss: Any,
    penalty: Any,
    separable: bool,
    setting: further.Setting,
    terms: list[Term],
) -> Chosen:
    """Return the method that fits, or say which property the one that was asked for lacks."""
    lacks = _lacks(loss, penalty, separable)
    if method == "auto" and not all(map(lacks.get, PLAIN[1:])):
        return _chosen(method, lacks)  # what the others lack need not be found out
    lacks |= dict.fromkeys(SPLITTING, _not_convex(terms))
    lacks["dual_gradient"] = dual_gradient.lacks(terms, setting.first)
    lacks["augmented_lagrangian"] = lacks["admm"] or augmented_lagrangian.lacks(
        terms, setting.first
    )
    if method in further.NAMES:  # what these need is derived, so only when one is asked for
        lacks[method] = further.lacks(method, setting)
    last = _at_last(setting) if method == "auto" and all(map(lacks.get, _REASONS)) else ""
    return _chosen(method, lacks, last)


def _at_last(setting: further.Setting) -> str:
    """Return in words whether a search of everything is left."""
    if further.lacks("global_search", setting):
        return ""
    return "; with few coordinates method='global_search' can do it, if they have bounds"


def _chosen(method: Any, lacks: dict[str, str], last: str = "") -> Chosen:
    """Return the method that was asked for, or the first that lacks nothing; else say why not."""
    able = [name for name in _REASONS if not lacks.get(name, "no")]
    if method == "auto":
        if able:
            return Chosen(able[0], f"chosen because {_REASONS[able[0]]}")
        needs = "; ".join(f"{name} needs {missing}" for name, missing in lacks.items() if missing)
        raise SolverError(f"no method fits this objective: {needs}{last}")
    own = callable(method)  # it needs what proximal gradient needs
    missing = lacks["proximal_gradient"] if own else lacks.get(method, OF_LOSSES)
    if missing:
        asked = "a method of one's own" if own else method
        way = f"use method={able[0]!r}" if able else "no method here can do it"
        raise SolverError(f"{asked} needs {missing}; {way}")
    return Chosen("own", "as asked", method) if own else Chosen(method, "as asked")


_REASONS = {
    "coordinate_descent": "the columns of A are at hand",
    "prox_newton": "the loss is curved and the columns of A are at hand",
    "proximal_gradient": "the loss is smooth and the penalty has a prox",
    "dual_gradient": "it is a squared distance and a function of slopes of an image",
    "augmented_lagrangian": "terms are of images by matrices, with proxes of known derivative",
    "admm": "each term has a prox",
}


def _lacks(loss: Any, penalty: Any, separable: bool) -> dict[str, str]:
    """Return what each method lacks; an empty text for those that can be used."""
    columns = "" if not isinstance(loss.design, Implicit) else "the columns of A"
    vector = "" if loss.target.ndim == 1 else "one target for each row"
    blocks = isinstance(penalty, BlockPenalty)
    summed = blocks or (separable and penalty is not None and not isinstance(penalty, Zero))
    sums = "" if summed else "a penalty summed over coordinates or disjoint groups of them"
    several = "" if blocks else vector  # blocks have rows of targets, if the loss is quadratic
    smooth = "" if loss.smooth else "a differentiable loss"
    squares = "" if isinstance(loss, LeastSquares) else "least squares without a constant"
    one = "" if penalty is not None else "one penalty of the unknown itself"
    return {
        "coordinate_descent": columns or several or sums or squares,
        "prox_newton": columns or vector or sums or smooth,
        "proximal_gradient": smooth or one,
    }


def _not_convex(terms: list[Term]) -> str:
    """Return what splitting lacks: the first term that is not proved to be convex."""
    name = next((term.penalty.name for term in terms if not term.penalty.convex), None)
    return "" if name is None else f"convex terms, and {name} is not proved to be convex"


def _smooth(
    name: str,
    loss: Any,
    penalty: Any,
    first: Floats,
    tol: float,
    rng: Seed,
    own: Any = None,
    last: Any = None,
) -> tuple[Method, Posed]:
    posed = Posed(loss, penalty, tol)
    posed.gradient_scale = gradient_scale(loss)
    blocks = isinstance(penalty, BlockPenalty)
    if name == "coordinate_descent":
        return (BlockDescent if blocks else CoordinateDescent)(posed, first, last), posed
    if name == "prox_newton":
        return (BlockNewton if blocks else ProxNewton)(posed, first, last), posed
    if isinstance(penalty, Spectral) and not own:
        from normcalc.engine.methods.low_rank import LowRank, on_factors  # it compiles a loop

        if (factors := on_factors(posed)) is not None:
            return LowRank(factors, first), factors
    if loss.intercept:
        loss.design, posed.penalty = WithConstant(loss.design), ButTheLast(penalty)
        first = np.concatenate([first, np.zeros((1, *first.shape[1:]))])
    return Own(own, posed, first, rng) if own else ProximalGradient(posed, first, rng), posed


def gradient_scale(loss: Any) -> float:
    """Return the largest partial derivative of the loss at zero, the best constant added."""
    return float(np.abs(loss.gradient_at_zero).max())


def slopes_at_zero(objective: Objective, given: Mapping[str, Any]) -> Floats:
    """Return the gradient of an objective's loss at zero, the best constant added."""
    loss = objective.loss.bound(given)
    if not loss.smooth:
        raise SolverError(
            f"{objective.loss} is not proved to be differentiable; pass the values of a path"
        )
    return np.asarray(loss.gradient_at_zero)


def _splitting(
    name: str, terms: list[Term], loss: Any, first: Floats, tol: float, rng: Seed
) -> tuple[Method, PosedTerms]:
    if loss is not None and loss.intercept:
        loss.design = WithConstant(loss.design)
        rest = [_but_the_last(term) for term in terms[1:]]
        first = np.concatenate([first, np.zeros((1, *first.shape[1:]))])
        terms = [Term(LossTerm(loss), loss.design), *rest]
    scale = 1.0 if loss is None else loss.at_zero
    loose = not any(t.plain for t in terms)
    running: Any
    if name == "dual_gradient":
        running = dual_gradient.DualGradient(terms, first)
    elif name == "augmented_lagrangian":
        running = augmented_lagrangian.AugmentedLagrangian(terms, first)
    else:
        running = Admm(terms, first) if name == "admm" else PrimalDual(terms, first, rng)
    return running, PosedTerms(tol, running.bounds.possible, scale, loose=loose)


def _but_the_last(term: Term) -> Term:
    if not term.plain:
        return Term(term.penalty, OfTheRest(term.map), term.shift)
    rows, *rest = term.map.shape  # type: ignore[attr-defined]  # plain: an identity
    return Term(ButTheLast(term.penalty), Identity((rows + 1, *rest)))


def _of_function(
    function: Function,
    given: Mapping[str, Any],
    method: Any,
    tol: float,
    x0: object,
    rng: Seed,
) -> Run:
    if function.variable.kind not in ("vector", "matrix"):
        raise InputError(
            f"minimize takes functions of a vector or a matrix, and objectives made of a loss and "
            f"penalties; {function} is a function of {function.variable.name}"
        )
    zero = unknown(function, given, x0)
    first = zero if x0 is None else check_array(x0, "x0", zero.shape).copy()
    terms = fitting_terms(function, given, zero)
    parted = smooth_and_rest(terms)
    missing = dict.fromkeys(SPLITTING, _not_convex(terms))
    missing["dual_gradient"] = missing["admm"] or dual_gradient.lacks(terms, zero)
    missing["augmented_lagrangian"] = missing["admm"] or augmented_lagrangian.lacks(terms, zero)
    setting = None
    if method == "frank_wolfe":
        setting = over_set(parted, zero, first, tol, rng)
        missing[method] = further.lacks(method, setting) if setting else OVER_SET
    able = parted is not None and bool(parted[0]) and len(parted[1]) <= 1
    missing["proximal_gradient"] = "" if able else OF_FORMULAS
    chosen = _chosen(method, missing)
    posed: Posed | PosedTerms
    if chosen.name == "frank_wolfe" and setting is not None:
        running, posed = further.start(chosen.name, setting)
    elif chosen.name in SPLITTING or parted is None:
        running, posed = _splitting(chosen.name, terms, None, first, tol, rng)
    else:
        smooth, rest = SmoothTerms(parted[0], zero), [*parted[1], Zero()][0]
        running, posed = _smooth(chosen.name, smooth, rest, first, tol, rng, chosen.own)
    return Run(running, posed, chosen.why, given)
