"""Maps of vectors as functions of PyTorch and JAX that can be differentiated.

The kernel and its derivatives run on the processor; the packages see one operation whose
derivatives are products with vectors.  Files that stand alone, for what works number by number,
are written by `normcalc.export`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen import VectorDerivatives, differentiate
from normcalc.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.verbs import HasTable


def _derivatives(derivation: HasTable, package: str) -> VectorDerivatives:
    found = differentiate(derivation)
    if not isinstance(found, VectorDerivatives):
        raise InputError(
            f"{derivation} works number by number: write it for {package} by "
            f"normcalc.export(derivation, path, target={package!r})"
        )
    return found


def _split(found: VectorDerivatives, given: dict[str, Any], is_moving: Any) -> tuple[Any, ...]:
    """Return the names of what may move, and the parameters that stay, in plain NumPy."""
    unknown = sorted(set(given) ^ set(found.names[1:]))
    if unknown:
        raise InputError(f"{found.kernel!r} needs {', '.join(found.names[1:])}; see {unknown}")
    moving = [name for name in found.names[1:] if name in given and is_moving(given[name])]
    return moving, {name: x for name, x in given.items() if name not in moving}


def for_torch(derivation: HasTable) -> Callable[..., Any]:
    """Return a function of PyTorch for a prox or projection of vectors.

    Parameters
    ----------
    derivation : Derivation
        A prox or a projection.

    Returns
    -------
    callable
        ``function(v, step, **parameters)``; a projection takes no step.  `v` is a tensor, or a
        stack of vectors on its last axis; parameters are tensors, numbers, arrays or groups.
        ``backward`` goes to `v` and to all parameters that are tensors.  Derivatives of
        derivatives are not offered.

    Raises
    ------
    InputError
        If the map works number by number: `normcalc.export` writes that for PyTorch.
    ImportError
        If PyTorch is not installed.

    Examples
    --------
    >>> import torch
    >>> import normcalc as nc
    >>> prox = nc.adapters.for_torch(nc.prox(nc.function("lam*norm(x)")))
    >>> v = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> prox(v, 1.0, lam=2.5).sum().backward()
    >>> v.grad.numpy().round(4)
    array([0.92, 1.06], dtype=float32)
    """
    import torch

    found = _derivatives(derivation, "torch")

    def numpy_of(x: Any) -> Any:
        return x.detach().cpu().numpy() if isinstance(x, torch.Tensor) else x

    class Map(torch.autograd.Function):  # type: ignore[misc]
        """One map, which saves its arguments."""

        @staticmethod
        def forward(ctx: Any, v: Any, names: Any, fixed: Any, *moving: Any) -> Any:
            """Return the points."""
            ctx.save_for_backward(v, *moving)
            ctx.names, ctx.fixed = names, fixed
            values = {**fixed, **_numbers(names, map(numpy_of, moving))}
            return torch.as_tensor(found.kernel(numpy_of(v), **values)).to(v)

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> tuple[Any, ...]:
            """Return the gradients of what needs one."""
            v, *moving = ctx.saved_tensors
            values = {**ctx.fixed, **_numbers(ctx.names, map(numpy_of, moving))}
            needed = [
                n for n, need in zip(ctx.names, ctx.needs_input_grad[3:], strict=True) if need
            ]
            _, along, sums = found.vjp(numpy_of(v), values, numpy_of(cotangent), needed)
            rest = [
                torch.as_tensor(sums[n]).to(x).reshape(x.shape) if n in sums else None
                for n, x in zip(ctx.names, moving, strict=True)
            ]
            return (torch.as_tensor(along).to(v), None, None, *rest)

    def function(v: Any, *params: Any, **named: Any) -> Any:
        given = {**dict(zip(found.names[1:], params, strict=False)), **named}
        names, fixed = _split(found, given, lambda x: isinstance(x, torch.Tensor))
        return Map.apply(v, names, fixed, *(given[name] for name in names))

    return function


def _numbers(names: Any, values: Any) -> dict[str, Any]:
    """Return parameters by name; arrays without axes as floats."""
    return {
        name: float(x) if np.ndim(x) == 0 else np.asarray(x, dtype=np.float64)
        for name, x in zip(names, values, strict=True)
    }


def for_jax(derivation: HasTable) -> Callable[..., Any]:
    """Return a function of JAX for a prox or projection of vectors.

    Parameters
    ----------
    derivation : Derivation
        A prox or a projection.

    Returns
    -------
    callable
        ``function(v, step, **parameters)``; a projection takes no step.  It works under ``jit``,
        ``grad``, ``jvp`` and ``vmap``, by calling back to the processor.  Numbers and arrays
        among the parameters may be traced; groups, given as lists, stay fixed.

    Raises
    ------
    InputError
        If the map works number by number: `normcalc.export` writes that for JAX.
    ImportError
        If JAX is not installed.

    Examples
    --------
    >>> import jax
    >>> import normcalc as nc
    >>> prox = nc.adapters.for_jax(nc.prox(nc.function("lam*norm(x)")))
    >>> slope = jax.grad(lambda v: prox(v, 1.0, lam=2.5).sum())(jax.numpy.array([3.0, 4.0]))
    >>> np.asarray(slope).round(4)
    array([0.92, 1.06], dtype=float32)
    """
    import jax

    found = _derivatives(derivation, "jax")

    def function(v: Any, *params: Any, **named: Any) -> Any:
        given = {**dict(zip(found.names[1:], params, strict=False)), **named}
        names, fixed = _split(found, given, lambda x: not isinstance(x, list | tuple))
        moving = [jax.numpy.asarray(given[name], dtype=float) for name in names]
        return _mapped(jax, found, names, fixed)(jax.numpy.asarray(v, dtype=float), *moving)

    return function


def _mapped(jax: Any, found: VectorDerivatives, names: Any, fixed: Any) -> Callable[..., Any]:
    """Return the map of a point and moving parameters, with a rule for directions."""

    def back(host: Callable[..., Any], like: Any, *arguments: Any) -> Any:
        shapes = jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype), like)
        return jax.pure_callback(host, shapes, *arguments, vmap_method="sequential")

    def points_of(v: Any, *moving: Any) -> Any:
        values = {**fixed, **_numbers(names, moving)}
        return found.kernel(np.asarray(v), **values).astype(v.dtype)

    def rates_of(primals: Any, tangent: Any) -> Any:
        v, *moving = primals
        values = {**fixed, **_numbers(names, moving)}
        return found.jvp(np.asarray(v), values, np.asarray(tangent))[1].astype(v.dtype)

    def slopes_of(name: str, primals: Any) -> Any:
        v, *moving = primals
        values = {**fixed, **_numbers(names, moving)}
        return _slopes(found, np.asarray(v), values, name).astype(v.dtype)

    def along_point(primals: Any, tangent: Any) -> Any:
        """Return the product with the Jacobian, which is symmetric, as JAX turns it round."""
        return jax.lax.custom_linear_solve(
            lambda x: x, tangent, lambda _, t: back(rates_of, t, primals, t), symmetric=True
        )

    def along_parameter(place: int, primals: Any, tangent: Any) -> Any:
        shape = jax.ShapeDtypeStruct(primals[0].shape + tangent.shape, primals[0].dtype)
        slopes = back(partial(slopes_of, names[place]), shape, primals)
        return jax.numpy.tensordot(slopes, tangent, tangent.ndim)

    def points(v: Any, *moving: Any) -> Any:
        return back(points_of, v, v, *moving)

    mapped = jax.custom_jvp(points)

    def rule(primals: Any, tangents: Any) -> Any:
        at_rest = [isinstance(t, jax.custom_derivatives.SymbolicZero) for t in tangents]
        total = jax.numpy.zeros_like(primals[0])
        for place, tangent in enumerate(tangents):
            if not at_rest[place] and place == 0:
                total = total + along_point(primals, tangent)
            elif not at_rest[place]:
                total = total + along_parameter(place - 1, primals, tangent)
        return mapped(*primals), total

    mapped.defjvp(rule, symbolic_zeros=True)
    return mapped  # type: ignore[no-any-return]


def _slopes(found: VectorDerivatives, v: Any, values: dict[str, Any], name: str) -> Any:
    """Return the derivatives of the points in each number of a parameter, on the last axes."""
    given = np.asarray(values[name])
    slopes = np.empty(v.shape + given.shape)
    for place in np.ndindex(given.shape):
        unit = np.zeros(given.shape)
        unit[place] = 1.0
        rate = unit if given.ndim else 1.0
        slopes[(..., *place)] = found.jvp(v, values, 0.0, {name: rate})[1]
    return slopes
