"""What the modules of each target begin and end with."""

from __future__ import annotations

FEET = {
    "jax": "It needs JAX; the function works under jit, grad, jvp and vmap.",
    "torch": "It needs PyTorch; backward() gives the derivatives once.",
    "numpy": "It needs NumPy and SciPy.",
}

PROLOGUES = {
    "jax": '''\
import jax
import jax.numpy as jnp


def until(going, turn, state):
    """Return the state at which `going` first fails."""
    return jax.lax.while_loop(going, turn, state)


def precision(x):
    """Return the spacing of the numbers at 1."""
    return float(jnp.finfo(x.dtype).eps)
''',
    "torch": '''\
import torch


def until(going, turn, state):
    """Return the state at which `going` first fails."""
    while going(state):
        state = turn(state)
    return state


def precision(x):
    """Return the spacing of the numbers at 1."""
    return torch.finfo(x.dtype).eps
''',
    "numpy": '''\
import numpy as np


def until(going, turn, state):
    """Return the state at which `going` first fails."""
    while going(state):
        state = turn(state)
    return state


def precision(x):
    """Return the spacing of the numbers at 1."""
    return float(np.finfo(x.dtype).eps)
''',
}

ABOUT = '''\
    """Return the value at each number of an array, differentiable in every argument.

    Derivatives are formulas, not derivatives of the code: no branch that is not taken and no
    iteration has a share in them.  At a kink the derivative is that of the case which gives the
    value there.  Parameters are numbers; where the object does not exist the value is NaN.
    """
'''

EPILOGUES = {
    "jax": """
@jax.custom_jvp
def _{name}({arguments}):
    return every({arguments})[0]


@_{name}.defjvp
def _{name}_tangent(primals, tangents):
    value, *partial = every(*primals)
    along = [d * t for d, t in zip(partial, tangents, strict=True)]
    return value, sum(along[1:], along[0])


def {name}({arguments}):
{about}    {v} = jnp.asarray({v})
    {v} = {v}.astype(jnp.result_type({v}, float))
    numbers = [jnp.asarray(x, {v}.dtype) for x in ({parameters})]
    return _{name}({v}, *numbers)
""",
    "torch": '''
class _{name}(torch.autograd.Function):
    """The value, and its derivatives for the way back."""

    @staticmethod
    def forward(ctx, {arguments}):
        """Return the value, and keep the derivatives."""
        value, *partial = every({arguments})
        ctx.save_for_backward(*partial)
        return value

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        """Return the gradients in the argument and in each parameter."""
        along, *others = ctx.saved_tensors
        return grad * along, *((grad * d).sum() for d in others)


def {name}({arguments}):
{about}    {v} = torch.as_tensor({v})
    {v} = {v} if {v}.is_floating_point() else {v}.to(torch.get_default_dtype())
    numbers = [torch.as_tensor(x, dtype={v}.dtype, device={v}.device) for x in ({parameters})]
    return _{name}.apply({v}, *numbers)
''',
    "numpy": """
def {name}({arguments}):
{about}    {v} = np.asarray({v}, dtype=float)
    with np.errstate(all="ignore"):
        return every({v}, *(np.asarray(x, dtype=float) for x in ({parameters})))
""",
}
