"""What all tests share."""

from __future__ import annotations

import os

# Kernels are machine code from the first number; `codegen/test_early.py` has the others.
os.environ.setdefault("NORMCALC_JIT", "1")
