"""Whole arrays at once: the cases as masks, for JAX and PyTorch."""

from __future__ import annotations

from normcalc.codegen.where.module import source

__all__ = ["source"]
