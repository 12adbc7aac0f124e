"""Derive proximal operators, conjugates and dual norms from a formula; certify, compile, draw.

Nothing is loaded until it is asked for: ``import normcalc`` costs milliseconds, and a room that
needs SymPy, numba or matplotlib pays for it when one of its names is first used.  `_PUBLIC` below
is the whole public face.

Two rooms share their name with a verb.  ``nc.facts(f)`` asks every question about `f`, and
``normcalc.facts.truth`` is a module inside the same package; likewise `certify`.  The import
system binds a loaded room on this package by ``setattr``, so `_House` sees every such binding,
whichever import came first, and makes those two modules callable.

Examples
--------
>>> import normcalc as nc
>>> "prox" in dir(nc)
True
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

# Which room holds which public name.  A room listed under its own name is public as a module.
_PUBLIC: dict[str, tuple[str, ...]] = {
    "language": (
        "function",
        "level_set",
        "infimal_convolution",
        "gauge",
        "support_function",
        "distance",
        "perspective",
        "set_function",
        "Function",
        "Kind",
        "Parameter",
        "Positive",
        "Nonnegative",
        "Real",
        "Integer",
        "Interval",
        "Vector",
        "Nonincreasing",
        "Matrix",
        "PositiveDefinite",
        "Groups",
        "SetFunction",
        "exp",
        "log",
        "sqrt",
        "where",
        "dot",
        "sort",
        "norm",
        "sum",
        "max",
        "min",
    ),
    "zoo": ("zoo",),
    "forms": ("atomic_norm", "gauge_of_points", "gauge_of_halfspaces"),
    "facts": ("facts",),
    "calculus": ("hessian",),
    "derive": (
        "prox",
        "conjugate",
        "subdifferential",
        "moreau_envelope",
        "gradient",
        "projection",
        "bregman_prox",
        "dual_norm",
        "polar",
        "lambda_max",
        "linear_minimizer",
        "smoothness",
        "strong_convexity",
        "weak_convexity",
        "lipschitz",
        "penalty_from_shrinkage",
        "cite",
    ),
    "certify": ("certify",),
    "codegen": (
        "compile",
        "differentiate",
        "export",
        "prox_and_value",
        "subdifferential_distance",
    ),
    "adapters": ("adapters",),
    "induced": ("induced_norm", "entrywise", "schatten", "from_numpy", "equivalence"),
    "engine": ("minimize", "least_squares", "loss", "regularization_path", "cross_validate"),
    "plot": ("plot",),
    "errors": (
        "errors",
        "NormcalcError",
        "LanguageError",
        "ParameterError",
        "InputError",
        "NotDerivable",
        "Unsettled",
        "Refuted",
        "CacheError",
        "SolverError",
    ),
}
_HOME = {name: room for room, names in _PUBLIC.items() for name in names}
_VERBS = ("facts", "certify")


class _Verb(ModuleType):
    """A room that is also a verb: calling it calls the function in it of the same name."""

    def __call__(self, *args: object, **kwargs: object) -> object:
        return getattr(self, self.__name__.rpartition(".")[2])(*args, **kwargs)


class _House(ModuleType):
    """This package: binding a room that shares its name with a verb makes the room callable."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _VERBS and isinstance(value, ModuleType):
            value.__class__ = _Verb
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _House

if TYPE_CHECKING:
    from normcalc import adapters as adapters
    from normcalc import errors as errors
    from normcalc import plot as plot
    from normcalc import zoo as zoo
    from normcalc.calculus import hessian as hessian
    from normcalc.certify import certify as certify
    from normcalc.codegen import compile as compile
    from normcalc.codegen import differentiate as differentiate
    from normcalc.codegen import export as export
    from normcalc.codegen import prox_and_value as prox_and_value
    from normcalc.codegen import subdifferential_distance as subdifferential_distance
    from normcalc.derive import bregman_prox as bregman_prox
    from normcalc.derive import cite as cite
    from normcalc.derive import conjugate as conjugate
    from normcalc.derive import dual_norm as dual_norm
    from normcalc.derive import gradient as gradient
    from normcalc.derive import lambda_max as lambda_max
    from normcalc.derive import linear_minimizer as linear_minimizer
    from normcalc.derive import lipschitz as lipschitz
    from normcalc.derive import moreau_envelope as moreau_envelope
    from normcalc.derive import penalty_from_shrinkage as penalty_from_shrinkage
    from normcalc.derive import polar as polar
    from normcalc.derive import projection as projection
    from normcalc.derive import prox as prox
    from normcalc.derive import smoothness as smoothness
    from normcalc.derive import strong_convexity as strong_convexity
    from normcalc.derive import subdifferential as subdifferential
    from normcalc.derive import weak_convexity as weak_convexity
    from normcalc.engine import cross_validate as cross_validate
    from normcalc.engine import least_squares as least_squares
    from normcalc.engine import loss as loss
    from normcalc.engine import minimize as minimize
    from normcalc.engine import regularization_path as regularization_path
    from normcalc.errors import CacheError as CacheError
    from normcalc.errors import InputError as InputError
    from normcalc.errors import LanguageError as LanguageError
    from normcalc.errors import NormcalcError as NormcalcError
    from normcalc.errors import NotDerivable as NotDerivable
    from normcalc.errors import ParameterError as ParameterError
    from normcalc.errors import Refuted as Refuted
    from normcalc.errors import SolverError as SolverError
    from normcalc.errors import Unsettled as Unsettled
    from normcalc.facts import facts as facts
    from normcalc.forms import atomic_norm as atomic_norm
    from normcalc.forms import gauge_of_halfspaces as gauge_of_halfspaces
    from normcalc.forms import gauge_of_points as gauge_of_points
    from normcalc.induced import entrywise as entrywise
    from normcalc.induced import equivalence as equivalence
    from normcalc.induced import from_numpy as from_numpy
    from normcalc.induced import induced_norm as induced_norm
    from normcalc.induced import schatten as schatten
    from normcalc.language import Function as Function
    from normcalc.language import Groups as Groups
    from normcalc.language import Integer as Integer
    from normcalc.language import Interval as Interval
    from normcalc.language import Kind as Kind
    from normcalc.language import Matrix as Matrix
    from normcalc.language import Nonincreasing as Nonincreasing
    from normcalc.language import Nonnegative as Nonnegative
    from normcalc.language import Parameter as Parameter
    from normcalc.language import Positive as Positive
    from normcalc.language import PositiveDefinite as PositiveDefinite
    from normcalc.language import Real as Real
    from normcalc.language import SetFunction as SetFunction
    from normcalc.language import Vector as Vector
    from normcalc.language import distance as distance
    from normcalc.language import dot as dot
    from normcalc.language import exp as exp
    from normcalc.language import function as function
    from normcalc.language import gauge as gauge
    from normcalc.language import infimal_convolution as infimal_convolution
    from normcalc.language import level_set as level_set
    from normcalc.language import log as log
    from normcalc.language import max as max
    from normcalc.language import min as min
    from normcalc.language import norm as norm
    from normcalc.language import perspective as perspective
    from normcalc.language import set_function as set_function
    from normcalc.language import sort as sort
    from normcalc.language import sqrt as sqrt
    from normcalc.language import sum as sum
    from normcalc.language import support_function as support_function
    from normcalc.language import where as where

    __version__: str
else:
    # Hidden from type checkers, which would otherwise accept every misspelt name.
    def __getattr__(name: str) -> object:
        if name == "__version__":
            from importlib.metadata import version

            value: object = version("normcalc")
        elif name in _HOME:
            room = import_module(f"normcalc.{_HOME[name]}")
            value = room if name == _HOME[name] else getattr(room, name)
        else:
            raise AttributeError(f"module 'normcalc' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME, "__version__"})
