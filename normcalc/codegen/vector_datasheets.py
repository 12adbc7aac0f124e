"""What a kernel of vectors is known to do: speed, and how far it is from the NumPy operator."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from normcalc.codegen.datasheets import Datasheet, known, speed
from normcalc.errors import ParameterError
from normcalc.facts import facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from normcalc.certify import Certificate
    from normcalc.codegen.arrays import Array
    from normcalc.codegen.vector_kernel import VectorKernel
    from normcalc.derive.derivation import Derivation
    from normcalc.language.function import Function
    from normcalc.language.parameters import Kind


def of_vectors(
    kernel: VectorKernel,
    origin: Derivation | None,
    certificate: Certificate | None,
    parameters: Mapping[str, Any] | None,
    size: int,
    draws: int,
    seed: int,
) -> Datasheet:
    """Measure a kernel of vectors or matrices: see `VectorKernel.datasheet`."""
    answer: Derivation = known(origin)
    rng = np.random.default_rng(seed)
    shape = _shape(answer.function, size)
    sets = [_drawn(kernel, answer.function, parameters or {}, rng) for _ in range(draws)]
    worst, where = 0.0, ""
    for values in sets:
        v = _point(shape, rng)
        error = _error(kernel(v, **values), np.asarray(answer(v, **values)))
        if error > worst:
            worst, where = error, _settings(values)
    bound = kernel.bind(**{name: x for name, x in sets[0].items() if name != "step"})
    v, step = _point(shape, rng), float(sets[0].get("step", 1.0))
    out = np.empty_like(v)
    return Datasheet(
        name=f"{answer.goal} of {answer.function}",
        nanoseconds=speed(lambda: bound(v, step, out=out), v.size),
        size=v.size,
        worst_error=worst,
        worst_at=where,
        draws=draws,
        seed=seed,
        ties=_ties(answer.function),
        certificate="" if certificate is None else str(certificate.status),
        reference="the NumPy operator",
    )


def _shape(function: Function, size: int) -> tuple[int, ...]:
    if function.variable.kind == "matrix":
        return (max(math.isqrt(size), 1),) * 2
    return (function.variable.size or size,)


def _point(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return a random point; a matrix is symmetric, which functions of eigenvalues need."""
    v: Array = 2.0 * rng.standard_normal(shape)
    return v if len(shape) == 1 else 0.5 * (v + v.T)


def _drawn(
    kernel: VectorKernel, function: Function, fixed: Mapping[str, Any], rng: np.random.Generator
) -> dict[str, Any]:
    """Return a value for each parameter: those given, and numbers drawn within their kinds."""
    values: dict[str, Any] = dict(fixed)
    if "step" in kernel.parameters:
        values.setdefault("step", float(10 ** rng.uniform(-1, 1)))
    for parameter in function.parameters:
        if parameter.name in values:
            continue
        if parameter.kind.shape != "scalar" or parameter.kind.order is not None:
            raise ParameterError(
                f"only numbers are drawn, and {parameter.name} is none: give it in parameters="
            )
        values[parameter.name] = _number(parameter.kind, rng)
    return values


def _number(kind: Kind, rng: np.random.Generator) -> float:
    if kind.lo is not None and kind.hi is not None:
        found = kind.lo + (kind.hi - kind.lo) * rng.uniform(0.1, 0.9)
    elif kind.hi is not None:
        found = kind.hi - 10 ** rng.uniform(-1, 1)
    else:
        found = (kind.lo or 0.0) + 10 ** rng.uniform(-1, 1)
    return float(np.ceil(found) if kind.integer else found)


def _error(got: Array, true: Array) -> float:
    """Return the largest difference relative to the largest entry; infinite for no numbers."""
    if not np.isfinite(got).all():
        return np.inf
    scale = np.abs(true).max() or 1.0
    return float(np.abs(got - true).max() / scale)


def _settings(values: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} = {value:.6g}" for name, value in values.items() if isinstance(value, float | int)
    )


def _ties(function: Function) -> str:
    if facts(function).convex.value == "YES":
        return "none: one answer everywhere"
    return "not known: the function was not proved convex"
