"""Expressions of a kernel of vectors as C, with the type of each."""

from __future__ import annotations

import ast
import math
from typing import Any

from normcalc.codegen.c.vectors.calls import Calls
from normcalc.codegen.c.vectors.types import (
    Cast,
    Closure,
    Type,
    Value,
    entry,
    is_array,
    joint,
    ndim,
)
from normcalc.errors import NotDerivable

_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.BitAnd: "&",
          ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>"}  # fmt: skip
_RELATIONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==",
              ast.NotEq: "!="}  # fmt: skip
_CONSTANTS = {"np.inf": "INFINITY", "math.inf": "INFINITY", "np.nan": "NAN", "math.nan": "NAN",
              "np.pi": "3.141592653589793", "np.e": "2.718281828459045"}  # fmt: skip


class Expressions(Calls):
    """Writes expressions; what needs a loop is written before, into a temporary."""

    def __init__(self, writer: Any, space: dict[str, Any], known: dict[str, Type]) -> None:
        """Start with the types that are known."""
        self.writer, self.space, self.types = writer, space, dict(known)
        self.static: dict[str, Any] = {}
        self.alias: dict[str, str] = {}
        self.lines: list[str] = []
        self.declared: list[tuple[Type, str]] = []
        self.depth, self.count, self.ends = 1, 0, False
        self.called: list[Any] = []

    def add(self, line: str) -> None:
        """Write a line."""
        self.lines.append("    " * self.depth + line)

    def name(self, wish: str) -> str:
        """Return a name that is used for nothing else."""
        self.count += 1
        return f"{wish}{self.count}"

    def learn(self, name: str, kind: Type) -> None:
        """Remember a type of a local variable."""
        self.types[name] = joint(self.types.get(name), kind)

    def store(self, name: str, value: Value) -> None:
        """Assign to a local variable; tuples of other lengths are other variables."""
        if isinstance(value.type, tuple) and name != "return":
            self.alias[name] = f"{name}_of_{len(value.type)}"
            name = self.alias[name]
        self.learn(name, value.type)
        wanted = self.types[name]
        if isinstance(wanted, tuple) and wanted != value.type:
            assert isinstance(value.type, tuple)
            for place in range(len(wanted)):
                self.add(f"{name}_.f{place} = {value.text}.f{place};")
        else:
            self.add(f"{name}_ = {value.text};")

    def temporary(self, value: Value) -> Value:
        """Return a value kept under a name of its own."""
        name = self.name("t")
        self.declared.append((value.type, name))
        self.add(f"{name} = {value.text};")
        return Value(name, value.type)

    def value(self, node: ast.expr) -> Value:
        """Return the text and the type of an expression."""
        method = getattr(self, f"_of_{type(node).__name__.lower()}", None)
        if method is None:
            raise NotDerivable(f"C text has no {type(node).__name__}: {ast.unparse(node)}")
        found: Value = method(node)
        return found

    def truth(self, node: ast.expr) -> str:
        """Return the text of a condition."""
        return self.value(node).text

    def _of_constant(self, node: ast.Constant) -> Value:
        if isinstance(node.value, bool):
            return Value(str(int(node.value)), "i")
        if isinstance(node.value, int):
            big = abs(node.value) >= 2**31
            return Value(f"INT64_C({node.value})" if big else str(node.value), "i")
        if isinstance(node.value, float):
            return Value(repr(node.value) if math.isfinite(node.value) else "INFINITY", "d")
        raise NotDerivable(f"C text has no {node.value!r}")

    def _of_name(self, node: ast.Name) -> Value:
        if node.id in self.static:
            return Value("", self.static[node.id])
        name = self.alias.get(node.id, node.id)
        if name in self.types:
            return Value(f"{name}_", self.types[name])
        if node.id in self.space:
            found = self.space[node.id]
            return found if isinstance(found, Value) else Value("", found)
        raise NotDerivable(f"C text does not know {node.id}")

    def _of_attribute(self, node: ast.Attribute) -> Value:
        text = ast.unparse(node)
        if text in _CONSTANTS:
            return Value(_CONSTANTS[text], "d")
        if text.endswith(".dtype.type"):
            return Value("", Cast())
        if node.attr == "eps":
            return Value("2.220446049250313e-16", "d")
        array = self.value(node.value)
        if node.attr == "size":
            return Value(f"length_{entry(array.type)}({array.text})", "i")
        if node.attr == "shape":
            sizes = [Value(f"{array.text}.n{k}", "i") for k in range(ndim(array.type))]
            return self.tuple_of(sizes)
        if node.attr == "T" and array.type == "D2":
            return Value(f"turned_d(w, {array.text})", "D2")
        raise NotDerivable(f"C text has no {text}")

    def tuple_of(self, parts: list[Value]) -> Value:
        """Return a tuple, built in a temporary."""
        kind = tuple(part.type for part in parts)
        name = self.name("t")
        self.declared.append((kind, name))
        for place, part in enumerate(parts):
            if not isinstance(part.type, Closure | Cast):
                self.add(f"{name}.f{place} = {part.text};")
        return Value(name, kind)

    def _of_tuple(self, node: ast.Tuple) -> Value:
        return self.tuple_of([self.value(one) for one in node.elts])

    def _of_boolop(self, node: ast.BoolOp) -> Value:
        sign = " && " if isinstance(node.op, ast.And) else " || "
        return Value(f"({sign.join(f'({self.truth(one)})' for one in node.values)})", "i")

    def _of_unaryop(self, node: ast.UnaryOp) -> Value:
        if isinstance(node.op, ast.Not):
            return Value(f"(!({self.truth(node.operand)}))", "i")
        value = self.value(node.operand)
        if not isinstance(node.op, ast.USub):
            raise NotDerivable(f"C text has no {ast.unparse(node)}")
        if is_array(value.type):
            return self.each([value], lambda one: f"-{one}", entry(value.type))
        return Value(f"(-{value.text})", value.type)

    def _of_compare(self, node: ast.Compare) -> Value:
        if isinstance(node.ops[0], ast.In | ast.NotIn):
            return self._among(node)
        sides = [self.value(one) for one in (node.left, *node.comparators)]
        signs = [_RELATIONS[type(op)] for op in node.ops]
        if any(is_array(side.type) for side in sides):
            return self.each(sides, lambda a, b: f"{a} {signs[0]} {b}", "i")
        pairs = zip(sides[:-1], signs, sides[1:], strict=True)
        return Value(f"({' && '.join(f'{a.text} {s} {b.text}' for a, s, b in pairs)})", "i")

    def _among(self, node: ast.Compare) -> Value:
        (items,) = node.comparators
        assert isinstance(items, ast.Tuple)
        left = self.value(node.left).text
        found = " || ".join(f"{left} == {self.value(one).text}" for one in items.elts)
        return Value(f"(!({found}))" if isinstance(node.ops[0], ast.NotIn) else f"({found})", "i")

    def _of_ifexp(self, node: ast.IfExp) -> Value:
        test, one, other = self.truth(node.test), self.value(node.body), self.value(node.orelse)
        kind = joint(one.type, other.type)
        return Value(f"({test} ? {one.text} : {other.text})", kind)

    def _of_binop(self, node: ast.BinOp) -> Value:
        return self.combined(node.op, self.value(node.left), self.value(node.right))

    def combined(self, op: ast.operator, a: Value, b: Value) -> Value:
        """Return two values combined by an operator, entry by entry if they are arrays."""
        if is_array(a.type) or is_array(b.type):
            kinds = entry(a.type), entry(b.type)
            kind = entry(self._number(op, Value("", kinds[0]), Value("", kinds[1])).type)
            return self.each(
                [a, b],
                lambda x, y: self._number(op, Value(x, kinds[0]), Value(y, kinds[1])).text,
                kind,
            )
        return self._number(op, a, b)

    @staticmethod
    def _number(op: ast.operator, a: Value, b: Value) -> Value:
        kind = joint(a.type, b.type)
        if isinstance(op, ast.Div):
            return Value(f"((double){a.text} / (double){b.text})", "d")
        if isinstance(op, ast.Pow):
            if b.text == "2" and kind == "d":
                return Value(f"square_of({a.text})", "d")
            return Value(f"pow({a.text}, {b.text})", "d")
        if isinstance(op, ast.FloorDiv | ast.Mod):
            name = "floor_of" if isinstance(op, ast.FloorDiv) else "rest_of"
            return Value(f"{name}({a.text}, {b.text})", "i")
        if isinstance(op, ast.LShift):
            return Value(f"((int64_t)((uint64_t){a.text} << {b.text}))", "i")
        if type(op) not in _SIGNS:
            raise NotDerivable(f"C text has no operator {type(op).__name__}")
        return Value(f"({a.text} {_SIGNS[type(op)]} {b.text})", kind)

    def each(self, parts: list[Value], write: Any, kind: str) -> Value:
        """Return an array whose entries are written from those of the parts."""
        kept = [self.temporary(part) for part in parts]
        like = max(kept, key=lambda one: ndim(one.type))
        found = f"{kind.upper()}{ndim(like.type)}"
        new = f"new_{kind}(w, {like.text}.n0, {like.text}.n1, {like.text}.n2, 0)"
        made, q = self.temporary(Value(new, found)), self.name("q")
        for part in kept:
            if is_array(part.type) and part is not like:
                sizes = f"length_{entry(part.type)}({part.text})", f"length_{kind}({made.text})"
                self.add(f"if ({sizes[0]} != {sizes[1]})")
                self.add('    refuse(w, "shapes do not fit");')
        texts = [f"{p.text}.x[{q}]" if is_array(p.type) else p.text for p in kept]
        self.add(f"for (int64_t {q} = 0; {q} < length_{kind}({made.text}); ++{q})")
        self.add(f"    {made.text}.x[{q}] = {write(*texts)};")
        return made

    def _of_subscript(self, node: ast.Subscript) -> Value:
        return self.at(node)

    def at(self, node: ast.Subscript) -> Value:
        """Return an entry, a row or a part of an array, as a place that can be written to."""
        index = node.slice
        base = self.value(node.value)
        if isinstance(base.type, tuple):
            assert isinstance(index, ast.Constant)
            assert isinstance(index.value, int)
            return Value(f"{base.text}.f{index.value}", base.type[index.value])
        suffix = entry(base.type)
        if isinstance(index, ast.Tuple):
            return self._inside(base, index.elts)
        if isinstance(index, ast.Slice):
            return self._part(base, index)
        place = self.value(index)
        if is_array(place.type):
            return Value(f"gathered_d(w, {base.text}, {place.text})", "D1")
        if ndim(base.type) > 1:
            kind = f"{suffix.upper()}{ndim(base.type) - 1}"
            return Value(f"row_{suffix}({base.text}, {place.text})", kind)
        return Value(f"{base.text}.x[{self._place(index, place.text, f'{base.text}.n0')}]", suffix)

    def _place(self, node: ast.expr, text: str, size: str) -> str:
        counted = isinstance(node, ast.Constant) and isinstance(node.value, int)
        return text if counted else f"at_place({text}, {size})"

    def _inside(self, base: Value, places: list[ast.expr]) -> Value:
        suffix = entry(base.type)
        if any(isinstance(one, ast.Slice) for one in places):
            if ast.unparse(places[1]) == "::-1":
                return Value(f"backward_d(w, {base.text})", "D2")
            return Value(
                f"block_d(w, {', '.join([base.text, *self.corners(base, places)])})", "D2"
            )
        first, second = (self.value(one).text for one in places)
        i = self._place(places[0], first, f"{base.text}.n0")
        j = self._place(places[1], second, f"{base.text}.n1")
        return Value(f"{base.text}.x[({i}) * {base.text}.n1 + {j}]", suffix)

    def corners(self, base: Value, places: list[ast.expr]) -> list[str]:
        """Return the four ends of a block of a matrix."""
        found = []
        for k, one in enumerate(places):
            if not isinstance(one, ast.Slice) or one.step is not None:
                raise NotDerivable("C text has no columns of a matrix")
            found.append("0" if one.lower is None else self.value(one.lower).text)
            size = f"{base.text}.n{k}"
            found.append(size if one.upper is None else self.value(one.upper).text)
        return found

    def _part(self, base: Value, index: ast.Slice) -> Value:
        suffix = entry(base.type)
        if index.step is not None:
            if ast.unparse(index.step) == "-1" and base.type == "D1":
                return Value(f"reversed_d(w, {base.text})", "D1")
            raise NotDerivable("C text has no steps in slices")
        if index.lower is None and index.upper is None:
            return base
        start = "0" if index.lower is None else self.value(index.lower).text
        stop = f"{base.text}.n0" if index.upper is None else self.value(index.upper).text
        return Value(f"part_{suffix}({base.text}, {start}, {stop})", base.type)
