"""Calls in a kernel of vectors for graphics cards: of its own functions and of NumPy's."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from normcalc.codegen.c.vectors.calls import dotted
from normcalc.codegen.c.vectors.types import Cast, Closure, entry, is_array, ndim
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.cuda.vectors.expressions import Expressions


def _of_one(name: str) -> Callable[..., str]:
    return lambda x: f"{name}({x})"


def _chained(name: str) -> Callable[..., str]:
    def write(first: str, *rest: str) -> str:
        for one in rest:
            first = f"{name}({first}, {one})"
        return first

    return write


_MATHS = {"expm1": "expm1", "log1p": "log1p", "sin": "sin", "cos": "cos", "tan": "tan",
          "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "arcsin": "asin", "arccos": "acos",
          "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
          "isnan": "isnan", "isfinite": "isfinite", "isinf": "isinf"}  # fmt: skip
_CARRIED = {"sqrt": "root_of", "log": "logarithm_of", "exp": "exponential_of",
            "cbrt": "cube_root", "floor": "floor_of", "ceil": "ceil_of", "sign": "sign_of",
            "abs": "abs"}  # fmt: skip
# Functions of numbers, by their names in NumPy: what writes a call.
NUMBERS: dict[str, Callable[..., str]] = {
    **{f"np.{name}": _of_one(f"math.{to}") for name, to in _MATHS.items()},
    **{f"np.{name}": _of_one(to) for name, to in _CARRIED.items()},
    "abs": _of_one("abs"), "max": _chained("larger"), "min": _chained("smaller"),
    "np.maximum": _chained("larger"), "np.minimum": _chained("smaller"),
    "np.copysign": _chained("math.copysign"),
    "np.log2": lambda x: f"(logarithm_of({x})/0.6931471805599453)",
    "np.where": lambda c, a, b: f"({a} if {c} else {b})",
    "int": _of_one("int"), "bool": _of_one("bool"), "float": _of_one("np.float64"),
    "np.int64": _of_one("np.int64"), "np.float64": _of_one("np.float64"), "len": _of_one("len"),
}  # fmt: skip
# Functions of whole arrays, and whether they take memory.
_WHOLE = {
    "np.sort": "sorted_up(arena, {})[0]", "np.argsort": "rising_order(arena, {})[0]",
    "np.cumsum": "sums_so_far(arena, {})[0]", "np.max": "largest({})", "np.min": "least({})",
    "np.prod": "product_of({})", "np.argmax": "place_of_largest({})", "np.any": "any_of({})",
    "np.all": "all_of({})", "np.partition": "sorted_up(arena, {})[0]", "are_finite": "finite({})",
    "np.ascontiguousarray": "{}", "np.eye": "unit_rows(arena, {})[0]",
    "np.arange": "counted(arena, {})[0]",
    "np.linalg.inv": "inverse(arena, {})[0]", "np.diag": "diagonal(arena, {})[0]",
    "np.trace": "total(diagonal(arena, {})[0])",
}  # fmt: skip
_METHODS = {"max": "np.max", "min": "np.min", "sum": "np.sum", "any": "np.any", "all": "np.all"}
_MADE = {"np.empty": "0", "np.zeros": "0", "np.ones": "1"}


def called(self: Expressions, node: ast.Call) -> str:
    """Return the text of a call."""
    name = dotted(node.func)
    if node in self.found.instances:
        return _own(self, node)
    if isinstance(self.kind(node.func), Cast):
        return f"np.float64({self.value(node.args[0])})"
    name = name.replace("math.", "np.")
    if isinstance(node.func, ast.Attribute) and not name.startswith("np."):
        return _method(self, node)
    if name in _WHOLE:
        text = _WHOLE[name].format(self.value(node.args[0]))
        self.takes |= "(arena, " in text
        return text
    if name in _SPECIAL:
        return _SPECIAL[name](self, node)
    if name in NUMBERS:
        return NUMBERS[name](*map(self.value, node.args))
    raise NotDerivable(f"no {name}")


def _own(self: Expressions, node: ast.Call) -> str:
    made = self.found.instances[node]
    self.takes |= made.keeps
    given = [self.value(arg) for arg in node.args
             if not isinstance(self.kind(arg), Closure | Cast)]  # fmt: skip
    text = f"{made.name}({', '.join(['arena', *given])})"
    return f"{text}[0]" if is_array(made.result) else text


def _method(self: Expressions, node: ast.Call) -> str:
    assert isinstance(node.func, ast.Attribute)
    name, base = node.func.attr, node.func.value
    if name in _METHODS:
        return called(self, ast.Call(_named(_METHODS[name]), [base], []))
    if name == "view":
        return _bits(self, node, base)
    text, kind = self.value(base), self.kind(base)
    if name == "reshape":
        if len(node.args) == 1 and not isinstance(node.args[0], ast.Tuple | ast.Attribute):
            return f"{text}.reshape(-1)"
        sizes = node.args[0] if len(node.args) == 1 else ast.Tuple(list(node.args), ast.Load())
        return f"{text}.reshape({self.value(sizes)})"
    self.takes = True
    if name == "copy":
        return f"{_copy(kind)}(arena, {text})[0]"
    raise NotDerivable(f"no method {name}")


def _bits(self: Expressions, node: ast.Call, base: ast.expr) -> str:
    self.takes = True
    whole = "int64" in ast.unparse(node.args[0])
    if is_array(self.kind(base)):
        return f"bits_of(arena, {self.value(base)})[0]"
    return f"{'bits_of_one' if whole else 'from_bits'}(arena, {self.value(base)})"


def _copy(kind: Any) -> str:
    if ndim(kind) > 1:
        return "copied_rows"
    return "copied_whole" if entry(kind) == "i" else "copied"


def _named(name: str) -> ast.expr:
    return ast.parse(name, mode="eval").body


def _made(self: Expressions, node: ast.Call) -> str:
    kind = self.kind(node)
    return self.new(entry(kind), _sizes(self, node.args[0], ndim(kind)), _MADE[dotted(node.func)])


def _full(self: Expressions, node: ast.Call) -> str:
    kind = self.kind(node)
    sizes = _sizes(self, node.args[0], ndim(kind))
    return self.new(entry(kind), sizes, self.value(node.args[1]))


def _like(self: Expressions, node: ast.Call) -> str:
    kind, like = self.kind(node), self.kept(self.value(node.args[0]))
    return self.new(entry(kind), [f"{like}.shape[{k}]" for k in range(ndim(kind))], "0")


def _sizes(self: Expressions, node: ast.expr, count: int) -> list[str]:
    if isinstance(node, ast.Tuple):
        return [self.value(one) for one in node.elts]
    text = self.value(node)
    if isinstance(self.kind(node), tuple):
        return [f"{text}[{k}]" for k in range(count)]
    return [text]


def _listed(self: Expressions, node: ast.Call) -> str:
    assert isinstance(node.args[0], ast.List)
    parts = [self.value(one) for one in node.args[0].elts]
    name = self.kept(self.new("d", [str(len(parts))], "0"))
    for place, part in enumerate(parts):
        self.add(f"{name}[{place}] = {part}")
    return name


def _total(self: Expressions, node: ast.Call) -> str:
    whole = entry(self.kind(node.args[0])) == "i"
    return f"total{'_whole' if whole else ''}({self.value(node.args[0])})"


def _mean(self: Expressions, node: ast.Call) -> str:
    x = self.kept(self.value(node.args[0]))
    return f"(total({x}) / {x}.size)"


def _product(self: Expressions, node: ast.Call) -> str:
    self.takes = True
    text = f"times(arena, {self.value(node.args[0])}, {self.value(node.args[1])})[0]"
    if len(node.args) == 3:
        return f"copy_into(arena, {self.value(node.args[2])}, {text})"
    return text


def _fitting(self: Expressions, node: ast.Call) -> str:
    a, b = map(self.value, node.args)
    return f"({a}.size == {b}.size)"


def _nonzero(self: Expressions, node: ast.Call) -> str:
    self.takes = True
    return f"places_of(arena, {self.value(node.args[0])})"


def _solved(self: Expressions, node: ast.Call) -> str:
    self.takes = True
    a, b = map(self.value, node.args)
    rows = f"{b}.reshape(({b}.size, 1))" if ndim(self.kind(node.args[1])) == 1 else b
    shape = ".reshape(-1)" if ndim(self.kind(node.args[1])) == 1 else ""
    return f"times(arena, inverse(arena, {a})[0], {rows})[0]{shape}"


_SPECIAL: dict[str, Callable[[Expressions, ast.Call], str]] = {
    "np.empty": _made, "np.zeros": _made, "np.ones": _made, "np.full": _full,
    "np.empty_like": _like, "np.zeros_like": _like, "np.array": _listed, "np.sum": _total,
    "np.mean": _mean, "np.dot": _product, "separate": _fitting, "np.nonzero": _nonzero,
    "np.linalg.solve": _solved,
}  # fmt: skip
