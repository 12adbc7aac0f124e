"""Kernels of vectors over dual numbers: a value, and how fast it moves along a direction."""

from __future__ import annotations

from normcalc.codegen.duals.text import dual_module

__all__ = ["dual_module"]
