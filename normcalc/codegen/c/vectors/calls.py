"""Calls in a kernel of vectors: of its own functions, of Python's and of NumPy's."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from normcalc.codegen.c.vectors.types import Cast, Closure, Type, Value, entry, is_array, ndim
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable

# Functions of one number.
_NUMBERS = {"sqrt": "sqrt", "cbrt": "cbrt", "exp": "exp", "expm1": "expm1", "log": "log",
            "log1p": "log1p", "log2": "log2", "sin": "sin", "cos": "cos", "tan": "tan",
            "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "arcsin": "asin", "arccos": "acos",
            "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
            "floor": "floor", "ceil": "ceil", "sign": "sign_of", "abs": "fabs"}  # fmt: skip
_TESTS = {"isnan": "isnan", "isfinite": "isfinite", "isinf": "isinf"}
_PAIRS = {"maximum": "max_of", "minimum": "min_of", "copysign": "copysign",
          "nextafter": "nextafter"}  # fmt: skip
# Functions of a whole array: their text, and the type of the value.
_WHOLE: dict[str, tuple[str, Type]] = {
    "np.sort": ("sorted_d(w, {})", "D1"), "np.argsort": ("order_d(w, {})", "I1"),
    "np.cumsum": ("totals_d(w, {})", "D1"), "np.max": ("largest_d({})", "d"),
    "np.min": ("least_d({})", "d"), "np.prod": ("product_d({})", "d"),
    "np.argmax": ("place_of_largest_d({})", "i"), "np.any": ("any_i({})", "i"),
    "np.all": ("all_i({})", "i"), "np.partition": ("sorted_d(w, {})", "D1"),
    "are_finite": ("are_finite({})", "i"),
}  # fmt: skip
_METHODS = {"max": "np.max", "min": "np.min", "sum": "np.sum", "any": "np.any", "all": "np.all"}
_MADE = {"np.empty": "0", "np.zeros": "0", "np.ones": "1"}


def dotted(node: ast.expr) -> str:
    """Return a name with dots, or nothing for what is no name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inside = dotted(node.value)
        return f"{inside}.{node.attr}" if inside else ""
    return ""


class Calls:
    """Writes calls; `Expressions` has the rest."""

    value: Callable[[ast.expr], Value]
    temporary: Callable[[Value], Value]
    tuple_of: Callable[[list[Value]], Value]
    each: Callable[[list[Value], Any, str], Value]
    add: Callable[[str], None]
    writer: Any
    called: list[Any]

    def _of_call(self, node: ast.Call) -> Value:
        name = dotted(node.func)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in ("are_finite", "separate"):
            return self._numpy(name, node)
        if isinstance(node.func, ast.Name) and name not in _BUILTINS:
            return self._own(node)
        if not name or (method and not name.startswith(("np.", "math."))):
            return self._method(node, method)
        return self._numpy(name.replace("math.", "np."), node)

    def _own(self, node: ast.Call) -> Value:
        """Write a call of a function of the kernel, made for the types of these arguments."""
        function = self.value(node.func).type
        if isinstance(function, Cast):
            return Value(f"(double)({self.value(node.args[0]).text})", "d")
        if not isinstance(function, Closure):
            raise NotDerivable(f"C text cannot call {ast.unparse(node.func)}")
        given = [self.value(arg) for arg in node.args]
        made = self.writer.instance(function, tuple(value.type for value in given))
        self.called.append(made)
        texts = [v.text for v in given if not isinstance(v.type, Closure | Cast)]
        return Value(f"{made.name}({', '.join(['w', *texts])})", made.result)

    def _method(self, node: ast.Call, name: str) -> Value:
        assert isinstance(node.func, ast.Attribute)
        if name == "view":
            return self._bits(node)
        array = self.value(node.func.value)
        suffix = entry(array.type)
        if name == "copy":
            return Value(f"copy_{suffix}(w, {array.text})", array.type)
        if name == "reshape":
            return self._reshaped(array, node)
        if name in _METHODS:
            return self._numpy(_METHODS[name], ast.Call(node.func, [node.func.value], []))
        raise NotDerivable(f"C text has no method {name}")

    def _reshaped(self, array: Value, node: ast.Call) -> Value:
        suffix = entry(array.type)
        given = node.args[0].elts if isinstance(node.args[0], ast.Tuple) else node.args
        sizes = [self.value(one) for one in given]
        if len(sizes) == 1 and isinstance(sizes[0].type, tuple):
            shape = sizes[0]
            sizes = [Value(f"{shape.text}.f{k}", "i") for k in range(len(sizes[0].type))]
        if len(sizes) == 1:
            return Value(f"flat_{suffix}({array.text})", f"{suffix.upper()}1")
        m, n = (one.text for one in sizes)
        made = self.temporary(Value(f"flat_{suffix}({array.text})", f"{suffix.upper()}2"))
        self.add(f"{made.text}.n0 = {m};")
        self.add(f"{made.text}.n1 = {n};")
        return Value(made.text, made.type)

    def _bits(self, node: ast.Call) -> Value:
        assert isinstance(node.func, ast.Attribute)
        whole = "int64" in ast.unparse(node.args[0])
        given = self.value(node.func.value)
        if is_array(given.type) and whole:
            return Value(f"all_bits_of(w, {given.text})", f"I{ndim(given.type)}")
        return Value(f"bits_of({given.text})", "i") if whole else Value(
            f"double_of({given.text})", "d"
        )  # fmt: skip

    def _numpy(self, name: str, node: ast.Call) -> Value:
        short = name.partition("np.")[2] or name
        if name in _MADE:
            return self._made(node, _MADE[name])
        if name in ("np.empty_like", "np.zeros_like"):
            like = self.temporary(self.value(node.args[0]))
            kind = entry(like.type)
            sizes = f"{like.text}.n0, {like.text}.n1, {like.text}.n2"
            return Value(f"new_{kind}(w, {sizes}, 0)", like.type)
        if name in _SPECIAL:
            return _SPECIAL[name](self, node)
        given = [self.value(arg) for arg in node.args]
        if name in _WHOLE:
            text, found = _WHOLE[name]
            return Value(text.format(given[0].text), found)
        if name in _BUILTINS or short in {**_NUMBERS, **_TESTS, **_PAIRS}:
            return self._numeric(short, given)
        raise NotDerivable(f"C text has no {name}")

    def _numeric(self, name: str, given: list[Value]) -> Value:
        if name in ("max", "min") or name in _PAIRS:
            return self._extreme(name, given)
        (x,) = given
        if name == "abs" and entry(x.type) == "i":
            return Value(f"size_of({x.text})", "i")
        if name in ("int", "bool", "float"):
            kind = "d" if name == "float" else "i"
            text = f"({x.text} != 0)" if name == "bool" else f"({_C[kind]})({x.text})"
            return Value(f"({text})", kind)
        if name in _TESTS:
            return self._mapped(x, lambda one: f"({_TESTS[name]}((double)({one})) != 0)", "i")
        return self._mapped(x, lambda one: f"{_NUMBERS[name]}({one})", "d")

    def _mapped(self, x: Value, write: Any, kind: str) -> Value:
        if is_array(x.type):
            return self.each([x], write, kind)
        return Value(write(x.text), kind)

    def _extreme(self, name: str, given: list[Value]) -> Value:
        whole = all(entry(value.type) == "i" for value in given)
        pair = {"max": "larger_of", "min": "smaller_of"} if whole else {
            **_PAIRS, "max": "max_of", "min": "min_of"
        }  # fmt: skip
        found = given[0]
        for other in given[1:]:
            if is_array(found.type) or is_array(other.type):
                found = self.each([found, other], lambda a, b: f"{pair[name]}({a}, {b})", "d")
            else:
                found = Value(f"{pair[name]}({found.text}, {other.text})", "i" if whole else "d")
        return found

    def _sizes(self, node: ast.expr) -> tuple[str, int]:
        """Return the three sizes of a new array, and its number of dimensions."""
        if isinstance(node, ast.Tuple):
            texts = [self.value(one).text for one in node.elts]
        else:
            size = self.value(node)
            count = len(size.type) if isinstance(size.type, tuple) else 0
            texts = [f"{size.text}.f{k}" for k in range(count)] or [size.text]
        return ", ".join([*texts, "1", "1"][:3]), len(texts)

    def _made(self, node: ast.Call, fill: str) -> Value:
        kinds = [*node.args[1:], *(word.value for word in node.keywords)]
        text = ast.unparse(kinds[0]) if kinds else ""
        kind = "i" if "int64" in text or "bool" in text else "d"
        if text.endswith(".dtype"):
            assert isinstance(kinds[0], ast.Attribute)
            kind = entry(self.value(kinds[0].value).type)
        sizes, count = self._sizes(node.args[0])
        return Value(f"new_{kind}(w, {sizes}, {fill})", f"{kind.upper()}{count}")

    def _full(self, node: ast.Call) -> Value:
        value = self.value(node.args[1])
        sizes, count = self._sizes(node.args[0])
        kind = entry(value.type)
        return Value(f"new_{kind}(w, {sizes}, {value.text})", f"{kind.upper()}{count}")

    def _listed(self, node: ast.Call) -> Value:
        assert isinstance(node.args[0], ast.List)
        parts = [self.value(one) for one in node.args[0].elts]
        made = self.temporary(Value(f"new_d(w, {len(parts)}, 1, 1, 0)", "D1"))
        for place, part in enumerate(parts):
            self.add(f"{made.text}.x[{place}] = {part.text};")
        return Value(made.text, "D1")

    def _product(self, node: ast.Call) -> Value:
        a, b = (self.value(arg) for arg in node.args[:2])
        if (a.type, b.type) != ("D2", "D2"):
            raise NotDerivable("C text has products of two matrices alone")
        text = f"times_d(w, {a.text}, {b.text})"
        if len(node.args) == 3:
            return Value(f"copy_into_d(w, {self.value(node.args[2]).text}, {text})", "")
        return Value(text, "D2")

    def _same(self, node: ast.Call) -> Value:
        return self.value(node.args[0])

    def _total(self, node: ast.Call) -> Value:
        x = self.value(node.args[0])
        return Value(f"total_{entry(x.type)}({x.text})", entry(x.type))

    def _mean(self, node: ast.Call) -> Value:
        x = self.temporary(self.value(node.args[0]))
        return Value(f"(total_d({x.text}) / (double)length_d({x.text}))", "d")

    def _typed(self, node: ast.Call) -> Value:
        kind = "i" if "int64" in ast.unparse(node.func) else "d"
        return Value(f"(({_C[kind]})({self.value(node.args[0]).text}))", kind)

    def _length(self, node: ast.Call) -> Value:
        x = self.value(node.args[0])
        size = str(len(x.type)) if isinstance(x.type, tuple) else f"{x.text}.n0"
        return Value(size, "i")

    def _ranged(self, node: ast.Call) -> Value:
        return Value(f"range_i(w, {self.value(node.args[0]).text})", "I1")

    def _fitting(self, node: ast.Call) -> Value:
        a, b = (self.value(arg) for arg in node.args)
        return Value(f"(length_d({a.text}) == length_d({b.text}))", "i")

    def _cast(self, node: ast.Call) -> Value:
        return Value("", Cast())

    def _unit(self, node: ast.Call) -> Value:
        return Value(f"unit_d(w, {self.value(node.args[0]).text})", "D2")

    def _diagonal(self, node: ast.Call) -> Value:
        return Value(f"diagonal_d(w, {self.value(node.args[0]).text})", "D1")

    def _trace(self, node: ast.Call) -> Value:
        return Value(f"total_d(diagonal_d(w, {self.value(node.args[0]).text}))", "d")

    def _factors(self, node: ast.Call) -> Value:
        """Write a call of a function that returns several arrays, through pointers."""
        kind = ast.unparse(node.func).rpartition(".")[2]
        function, kinds = _FACTORS[kind]
        given = self.temporary(self.value(node.args[0]))
        parts = [self.temporary(Value("new_d(w, 0, 1, 1, 0)", one)) for one in kinds]
        pointers = "".join(f", &{part.text}" for part in parts)
        self.add(f"{function}(w, {given.text}{pointers});")
        return parts[0] if kind == "eigvalsh" else self.tuple_of(parts)

    def _basis(self, node: ast.Call) -> Value:
        return self.tuple_of([Value(f"basis_d(w, {self.value(node.args[0]).text})", "D2")])

    def _nonzero(self, node: ast.Call) -> Value:
        return self.tuple_of([Value(f"places_d(w, {self.value(node.args[0]).text})", "I1")])

    def _solved(self, node: ast.Call) -> Value:
        a, b = (self.value(arg) for arg in node.args)
        return Value(f"solved_d(w, {a.text}, {b.text})", b.type)

    def _inverse(self, node: ast.Call) -> Value:
        return Value(f"inverse_d(w, {self.value(node.args[0]).text})", "D2")

    def _where(self, node: ast.Call) -> Value:
        parts = [self.value(arg) for arg in node.args]
        return self.each(parts, lambda c, a, b: f"{c} ? {a} : {b}", "d")


_FACTORS = {
    "eigh": ("eigen_d", ("D1", "D2")),
    "eigvalsh": ("eigen_d", ("D1", "D2")),
    "svd": ("singular_d", ("D2", "D1", "D2")),
}
_C = {"d": "double", "i": "int64_t"}
_BUILTINS = frozenset(["abs", "max", "min", "int", "float", "bool", "len", "range", "type"])
_SPECIAL = {
    "np.full": Calls._full, "np.array": Calls._listed, "np.dot": Calls._product,
    "np.ascontiguousarray": Calls._same, "np.sum": Calls._total, "np.mean": Calls._mean,
    "np.float64": Calls._typed, "np.int64": Calls._typed, "len": Calls._length,
    "np.arange": Calls._ranged, "separate": Calls._fitting, "type": Calls._cast,
    "np.where": Calls._where, "np.eye": Calls._unit, "np.diag": Calls._diagonal,
    "np.trace": Calls._trace, "np.linalg.eigh": Calls._factors, "np.linalg.svd": Calls._factors,
    "np.linalg.eigvalsh": Calls._factors, "np.linalg.qr": Calls._basis,
    "np.linalg.inv": Calls._inverse, "np.nonzero": Calls._nonzero,
    "np.linalg.solve": Calls._solved,
}  # fmt: skip
