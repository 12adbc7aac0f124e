"""What every module for graphics cards says beside its own cases."""

from __future__ import annotations

FOOT = """\
It needs NumPy, numba with CUDA (or its simulator, NUMBA_ENABLE_CUDASIM=1) and a graphics card.
Single precision is computed in double precision and rounded once.
"""

PROLOGUE = """\
from __future__ import annotations

import math

import numpy as np
from numba import cuda

device = cuda.jit(device=True)
"""

KERNEL = '''

@cuda.jit
def prepare(params, consts, regime):
    """Fill in `consts` and ``regime[0]``; one thread is enough."""
    if cuda.grid(1) == 0:
        regime[0] = setup(params, consts)


@cuda.jit
def apply(v, consts, out):
    """Map `v` into `out`, one-dimensional, on any number of threads."""
    for i in range(cuda.grid(1), v.size, cuda.gridsize(1)):
        out[i] = element(np.float64(v[i]), consts)

'''

FRIENDLY = '''
REFUSALS = {refusals}


def {name}({arguments}, blocks=None, threads=256):
    """Return the value at each number of an array, as an array of the host.

    For arrays that are on the card, call `prepare` and `apply`.
    """
    {v} = np.ascontiguousarray({v})
    {v} = {v} if {v}.dtype in (np.float32, np.float64) else {v}.astype(np.float64)
    flat = {v}.reshape(-1)
    params = cuda.to_device(np.array([{parameters}], dtype=np.float64))
    consts = cuda.to_device(np.zeros({count}))
    regime = cuda.to_device(np.zeros(1, dtype=np.int64))
    prepare[1, 1](params, consts, regime)
    code = int(regime.copy_to_host()[0])
    if code < 0:
        raise ValueError(REFUSALS.get(code, "no regime holds for these parameters"))
    out = cuda.device_array(flat.shape, flat.dtype)
    if flat.size:
        blocks = blocks or min(1024, -(-flat.size // threads))
        apply[blocks, threads](cuda.to_device(flat), consts, out)
    return out.copy_to_host().reshape({v}.shape)
'''
