"""Operators in the shapes that other packages expect.

Penalties for the solvers of pyproximal, skglm and copt, and differentiable functions for PyTorch
and JAX.  Nothing here imports a package before an adapter for it is asked for.
"""

from __future__ import annotations

from normcalc.adapters.differentiable import for_jax, for_torch
from normcalc.adapters.penalties import ForCopt, ForPyproximal, for_skglm

__all__ = ["ForCopt", "ForPyproximal", "for_jax", "for_skglm", "for_torch"]
