"""Penalties with kernels written by hand, so that the engine is tested apart from derivations."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numba
import pytest
from numba import float64, int64

from normcalc.engine import Operators, operators

Vector = float64[::1]


@numba.njit(int64(Vector, Vector))
def soft_setup(parameters, constants):
    constants[0] = parameters[0] * parameters[1]
    return 0


@numba.njit(float64(float64, Vector))
def soft(v, constants):
    return v - min(max(v, -constants[0]), constants[0])


@numba.njit(int64(Vector, Vector))
def one_setup(parameters, constants):
    constants[0] = parameters[0]
    return 0


@numba.njit(float64(float64, Vector))
def absolute(v, constants):
    return constants[0] * abs(v)


@numba.njit(float64(float64, Vector))
def interval(v, constants):
    return 0.0 if abs(v) <= constants[0] else math.inf


@numba.njit(float64(float64, Vector))
def wrong_interval(v, constants):
    return 0.0 if abs(v) <= 2.0 * constants[0] else math.inf


@numba.njit(int64(Vector, Vector))
def mcp_setup(parameters, constants):
    step, lam, gamma = parameters
    constants[0] = lam * step
    constants[1] = gamma * lam
    constants[2] = 1.0 / (1.0 - step / gamma)
    if gamma > step:
        return 0
    constants[0] = constants[1] = lam * math.sqrt(gamma * step)
    return 1


@numba.njit(float64(float64, Vector))
def mcp(v, constants):
    if abs(v) <= constants[0]:
        return 0.0
    if abs(v) >= constants[1]:
        return v
    return math.copysign((abs(v) - constants[0]) * constants[2], v)


@numba.njit(int64(Vector, Vector))
def two_setup(parameters, constants):
    constants[:2] = parameters
    return 0


@numba.njit(float64(float64, Vector))
def mcp_value(v, constants):
    lam, gamma = constants[0], constants[1]
    if abs(v) <= gamma * lam:
        return lam * abs(v) - v * v / (2.0 * gamma)
    return gamma * lam * lam / 2.0


@numba.njit(int64(Vector, Vector))
def net_setup(parameters, constants):
    step, lam, mu = parameters
    constants[0] = step * lam
    constants[1] = 1.0 / (1.0 + step * mu)
    return 0


@numba.njit(float64(float64, Vector))
def net(v, constants):
    return (v - min(max(v, -constants[0]), constants[0])) * constants[1]


@numba.njit(float64(float64, Vector))
def net_value(v, constants):
    return constants[0] * abs(v) + 0.5 * constants[1] * v * v


@numba.njit(float64(float64, Vector))
def net_conjugate(v, constants):
    return max(abs(v) - constants[0], 0.0) ** 2 / (2.0 * constants[1])


@numba.njit(int64(Vector, Vector))
def box_setup(parameters, constants):
    constants[:2] = parameters[-2:]
    return 0


@numba.njit(float64(float64, Vector))
def box(v, constants):
    return min(max(v, constants[0]), constants[1])


@numba.njit(float64(float64, Vector))
def box_value(v, constants):
    return 0.0 if constants[0] <= v <= constants[1] else math.inf


@numba.njit(float64(float64, Vector))
def box_conjugate(v, constants):
    return max(v * constants[0], v * constants[1])


@numba.njit(int64(Vector, Vector))
def refusing_setup(parameters, constants):
    return -1


@dataclass(frozen=True)
class Kernel:
    setup: Any
    element: Any
    n_constants: int = 3


@dataclass(frozen=True)
class Variable:
    name: str = "x"
    kind: str = "scalar"


@dataclass(frozen=True)
class Penalty:
    """What the engine sees of a Function, with kernels instead of a formula to derive from."""

    text: str
    operators: Operators
    variable: Variable = Variable()

    def __str__(self) -> str:
        return self.text

    def __add__(self, other: Penalty) -> Penalty:
        return replace(self, text=f"{self.text} + {other.text}")


@operators.register
def _(penalty: Penalty) -> Operators:
    return penalty.operators


def _l1(conjugate) -> Penalty:
    prox, value = Kernel(soft_setup, soft), Kernel(one_setup, absolute)
    dual = Kernel(one_setup, conjugate)
    return Penalty("lam*abs(x)", Operators("lam*abs(x)", ("lam",), prox, value, dual, True))


@pytest.fixture(scope="session")
def l1() -> Penalty:
    return _l1(interval)


@pytest.fixture(scope="session")
def wrong_l1() -> Penalty:
    """The l1 penalty with a conjugate that is finite on twice the right interval."""
    return _l1(wrong_interval)


@pytest.fixture(scope="session")
def concave() -> Penalty:
    prox, value = Kernel(mcp_setup, mcp), Kernel(two_setup, mcp_value)
    return Penalty("mcp(x)", Operators("mcp(x)", ("lam", "gamma"), prox, value, None, False))


@pytest.fixture(scope="session")
def elastic_net() -> Penalty:
    text = "lam*abs(x) + mu*x**2/2"
    kernels = (
        Kernel(net_setup, net),
        Kernel(two_setup, net_value),
        Kernel(two_setup, net_conjugate),
    )
    return Penalty(text, Operators(text, ("lam", "mu"), *kernels, True))


@pytest.fixture(scope="session")
def between() -> Penalty:
    kernels = (
        Kernel(box_setup, box),
        Kernel(two_setup, box_value),
        Kernel(two_setup, box_conjugate),
    )
    return Penalty("box(x)", Operators("box(x)", ("lo", "hi"), *kernels, True))


@pytest.fixture(scope="session")
def refusing() -> Penalty:
    prox = Kernel(refusing_setup, soft)
    value = Kernel(one_setup, absolute)
    return Penalty("-x**4", Operators("-x**4", ("lam",), prox, value))
