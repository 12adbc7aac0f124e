"""Functions that SymPy must leave alone: each stands for one call in the generated code."""

from __future__ import annotations

from typing import Any

import sympy as sp


def _leave(kind: Any, *arguments: Any) -> None:
    """Evaluate nothing."""


def _function(name: str, call: str, base: Any = sp.Function, **facts: bool) -> Any:
    """Return a class of real functions that are printed as ``call(...)`` and never rewritten."""
    known = {f"is_extended_{fact}": value for fact, value in facts.items()}
    body = {"call": call, "is_extended_real": True, "eval": classmethod(_leave), **known}
    return type(base)(name, (base,), body)


Call = _function("Call", "")
Root2 = _function("Root2", "np.sqrt", Call, nonnegative=True)
Root3 = _function("Root3", "np.cbrt", Call)
# log(1 + x) and exp(x) - 1 without cancellation.
Log1p = _function("Log1p", "np.log1p", Call)
Expm1 = _function("Expm1", "np.expm1", Call)
# LambertW(exp(x)) without overflow, and its logarithm without cancellation.
WrightOmega = _function("WrightOmega", "wright_omega", Call, positive=True)
LogWrightOmega = _function("LogWrightOmega", "log_wright_omega", Call)
# The principal real branch of Lambert's W.
PrincipalW = _function("PrincipalW", "lambert_w", Call)
# log(1 + exp(x)) and log(cosh(x)) without overflow.
Softplus = _function("Softplus", "softplus", Call, positive=True)
LogCosh = _function("LogCosh", "log_cosh", Call, nonnegative=True)
# x*log(y), with the limit 0 at x = 0.
XLogY = _function("XLogY", "xlogy", Call)
# The first and second derivative of loggamma.
Digamma = _function("Digamma", "digamma", Call)
Trigamma = _function("Trigamma", "trigamma", Call)
# One over the argument: a division that other terms share.
Reciprocal = _function("Reciprocal", "", Call)
# The first argument, or NaN where the second one has overflowed.
Flagged = _function("Flagged", "", Call)
