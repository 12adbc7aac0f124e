"""Where each target has the functions of arrays, and what modules carry instead."""

from __future__ import annotations

import inspect
import re

from normcalc.codegen.unannotated import unannotated
from normcalc.codegen.where import primitives

_EVERYWHERE = (
    "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cos", "cosh", "exp", "expm1",
    "isfinite", "isnan", "log", "log1p", "sign", "sin", "sinh", "sqrt", "tan", "tanh", "where",
    "zeros_like",
)  # fmt: skip

IMPORTS = {
    "jax": {
        **{name: ("jax.numpy", name) for name in [*_EVERYWHERE, "cbrt"]},
        **{name: ("jax.scipy.special", name) for name in ("digamma", "erf", "erfc", "polygamma")},
        "lgamma": ("jax.scipy.special", "gammaln"),
    },
    "torch": {
        **{name: ("torch", name) for name in _EVERYWHERE},
        **{name: ("torch.special", name) for name in ("digamma", "erf", "erfc", "polygamma")},
        "lgamma": ("torch.special", "gammaln"),
    },
    "numpy": {
        **{name: ("numpy", name) for name in [*_EVERYWHERE, "cbrt"]},
        **{name: ("scipy.special", name) for name in ("digamma", "erf", "erfc", "polygamma")},
        "lgamma": ("scipy.special", "gammaln"),
    },
}
OWN = {
    "trigamma": '''
def trigamma(x):
    """Return the second derivative of ``lgamma``."""
    return polygamma(1, x)
''',
}
CARRIED = {
    name: function
    for name, function in inspect.getmembers(primitives, inspect.isfunction)
    if function.__module__ == primitives.__name__
}
# What the functions of a module call their own variables.
_OWN_NAMES = (
    "inf", "nan", "jax", "jnp", "torch", "np", "every", "everywhere", "rest", "holds", "zero",
    "regimes", "found", "tests", "here", "nothing", "closed", "solved", "lowest", "highest",
    "strict", "numbers", "both", "primals", "tangents", "partial", "along", "grad", "ctx",
)  # fmt: skip
RESERVED = frozenset({*IMPORTS["jax"], *OWN, *CARRIED, *_OWN_NAMES})


def local_name(name: str) -> str:
    """Return an identifier that the module uses for nothing else.

    Examples
    --------
    >>> local_name("lam"), local_name("root"), local_name("root_")
    ('lam', 'root_', 'root__')
    """
    return f"{name}_" if name.rstrip("_") in RESERVED else name


def carried(text: str, target: str, given: frozenset[str]) -> list[str]:
    """Return the sources of the functions that `text` calls, in the order of definition."""
    found: set[str] = set()
    waiting = [text]
    while waiting:
        called = _called(waiting.pop()) & CARRIED.keys()
        new = called - found - given - IMPORTS[target].keys()
        found |= new
        waiting += [inspect.getsource(CARRIED[name]) for name in new]
    order = sorted(found, key=lambda name: CARRIED[name].__code__.co_firstlineno)
    return [f"\n{unannotated(inspect.getsource(CARRIED[name])).rstrip()}\n" for name in order]


def imported(text: str, target: str) -> list[str]:
    """Return the import lines of the names that `text` uses.

    Examples
    --------
    >>> imported("where(x > 0, lgamma(x), 0)", "jax")
    ['from jax.numpy import where', 'from jax.scipy.special import gammaln as lgamma']
    """
    rooms: dict[str, list[str]] = {}
    for name, (room, there) in IMPORTS[target].items():
        if re.search(rf"\b{name}\(", text):
            rooms.setdefault(room, []).append(name if name == there else f"{there} as {name}")
    return [f"from {room} import {', '.join(sorted(names))}" for room, names in rooms.items()]


def _called(text: str) -> set[str]:
    return set(re.findall(r"\b(\w+)\b", text))
