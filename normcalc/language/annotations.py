"""Kinds from the annotations of a Python function, also where they are kept as text.

Under ``from __future__ import annotations`` an annotation is a string.  Names in it are looked
up in the function's own module and closure; calls such as ``nc.Interval(0, 1)`` are followed
with literal arguments.  Nothing is evaluated as code.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from typing import TYPE_CHECKING, Any

from normcalc.errors import LanguageError
from normcalc.language.arithmetic import exact
from normcalc.language.parameters import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def kind_of(fn: Callable[..., Any], argument: inspect.Parameter) -> Any:
    """Return the kind or the number that an argument declares, ``None`` if it declares nothing.

    Examples
    --------
    >>> from normcalc.language.parameters import Real
    >>> def tilt(x, c: Real): ...
    >>> kind_of(tilt, inspect.signature(tilt).parameters["c"])
    Real
    """
    if argument.default is not argument.empty:
        exact(argument.default)  # a default takes the parameter's place, so it is a number
        return argument.default
    annotation = argument.annotation
    if isinstance(annotation, str):
        annotation = _resolve(annotation, _names(fn), argument.name)
    if annotation in (argument.empty, float, int, Any, None):
        return None
    if isinstance(annotation, Kind):
        return annotation
    raise LanguageError(
        f"{argument.name}: {annotation!r} is not a kind; use Positive, Nonnegative, Real, "
        "Integer, Interval(a, b), Vector or Nonincreasing"
    )


def _names(fn: Callable[..., Any]) -> dict[str, Any]:
    function = inspect.unwrap(fn)
    names = {**vars(builtins), **getattr(function, "__globals__", {})}
    if inspect.isfunction(function):
        names.update(inspect.getclosurevars(function).nonlocals)
    return names


def _resolve(annotation: str, names: Mapping[str, Any], argument: str) -> Any:
    try:
        return _follow(ast.parse(annotation, mode="eval").body, names)
    except (SyntaxError, KeyError, AttributeError, ValueError) as error:
        raise LanguageError(
            f"{argument}: the annotation {annotation!r} is not understood ({error}); use a kind "
            "by its name"
        ) from None


def _follow(tree: ast.expr, names: Mapping[str, Any]) -> Any:
    if isinstance(tree, ast.Name):
        return names[tree.id]
    if isinstance(tree, ast.Attribute):
        return getattr(_follow(tree.value, names), tree.attr)
    if isinstance(tree, ast.Call):
        maker = _follow(tree.func, names)
        args = [ast.literal_eval(arg) for arg in tree.args]
        options = {k.arg: ast.literal_eval(k.value) for k in tree.keywords if k.arg is not None}
        return maker(*args, **options)
    return ast.literal_eval(tree)
