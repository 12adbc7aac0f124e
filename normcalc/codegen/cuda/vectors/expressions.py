"""Expressions of a kernel of vectors, for a thread that has no arrays but its own memory."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from normcalc.codegen.c.vectors.calls import dotted
from normcalc.codegen.c.vectors.types import Cast, Closure, Type, Value, entry, is_array, ndim
from normcalc.codegen.cuda.vectors import calls
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable

    from normcalc.codegen.cuda.vectors.typed import Typed

_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**",
          ast.FloorDiv: "//", ast.Mod: "%", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
          ast.LShift: "<<", ast.RShift: ">>"}  # fmt: skip
_RELATIONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==",
              ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in"}  # fmt: skip
_CONSTANTS = {"np.inf": "math.inf", "np.nan": "math.nan", "np.pi": "math.pi", "np.e": "math.e"}
_COMBINED = (ast.BinOp, ast.UnaryOp, ast.Compare)


class Expressions:
    """Writes expressions; what needs a loop is written before, into the thread's memory."""

    def __init__(self, found: Typed) -> None:
        """Start with the types that are known."""
        self.found = found
        self.lines: list[str] = []
        self.depth, self.count, self.takes = 1, 0, False

    def add(self, line: str, comment: str = "") -> None:
        """Write a line, without needless brackets."""
        text = line.lstrip()
        head = text.endswith(":") and text != "else:"
        if text != "else:":
            shown = ast.unparse(ast.parse(f"{text}\n    pass" if head else text))
            line = line[: -len(text)] + (shown.partition("\n")[0] if head else shown)
        self.lines.append("    " * self.depth + line + (f"  # {comment}" if comment else ""))

    def name(self, wish: str) -> str:
        """Return a name that is used for nothing else."""
        self.count += 1
        taken = f"{wish}_{self.count}"
        return self.name(wish) if taken in self.found.types else taken

    def kept(self, text: str, wish: str = "t") -> str:
        """Return a name for a value."""
        if text.isidentifier():
            return text
        name = self.name(wish)
        self.add(f"{name} = {text}")
        return name

    def kind(self, node: ast.AST) -> Type:
        """Return the type that was found for an expression."""
        return self.found.kinds.get(node)

    def value(self, node: ast.expr) -> str:
        """Return the text of an expression."""
        if self._entrywise(node):
            return self._loop(node)
        method = getattr(self, f"_of_{type(node).__name__.lower()}", None)
        if method is None:
            raise NotDerivable(f"no {type(node).__name__}: {ast.unparse(node)}")
        text: str = method(node)
        return text

    def _entrywise(self, node: ast.expr) -> bool:
        """Tell whether an expression is an array made entry by entry."""
        if not is_array(self.kind(node)):
            return False
        return isinstance(node, _COMBINED) or self._number_of_call(node) is not None

    def _number_of_call(self, node: ast.expr) -> Callable[..., str] | None:
        if not isinstance(node, ast.Call):
            return None
        return calls.NUMBERS.get(dotted(node.func).replace("math.", "np."))

    def _loop(self, node: ast.expr) -> str:
        """Return a new array, written entry by entry."""
        q = self.name("q")
        arrays: dict[str, Type] = {}
        text = self._entry(node, q, arrays)
        flat = max(arrays, key=lambda name: ndim(arrays[name]))
        kind = entry(self.kind(node))
        like = flat.removesuffix("_flat") if ndim(arrays[flat]) > 1 else flat
        made = self.new(kind, [f"{like}.shape[{k}]" for k in range(ndim(arrays[flat]))], "0")
        name = self.kept(made)
        self.takes = True
        whole = name if ndim(arrays[flat]) == 1 else self.kept(f"{name}.reshape(-1)")
        for other in arrays:
            if other != flat:
                self.add(f"if {other}.size != {flat}.size:")
                self.add("    refuse(arena, 1)")
        self.add(f"for {q} in range({whole}.size):")
        self.add(f"    {whole}[{q}] = {text}")
        return name

    def _entry(self, node: ast.expr, q: str, arrays: dict[str, Type]) -> str:
        """Return the text of one entry of an expression."""
        if self._entrywise(node):
            parts = [self._entry(part, q, arrays) for part in _parts(node)]
            return self._joined(node, parts)
        text = self.value(node)
        if not is_array(self.kind(node)):
            return text if text.isidentifier() or isinstance(node, ast.Constant) else (
                self.kept(text)
            )  # fmt: skip
        name = self.kept(text)
        if ndim(self.kind(node)) > 1:
            flat = f"{name}_flat"
            self.add(f"{flat} = {name}.reshape(-1)")
            name = flat
        arrays[name] = self.kind(node)
        return f"{name}[{q}]"

    def _joined(self, node: ast.expr, parts: list[str]) -> str:
        """Return the text of an operation on numbers."""
        if isinstance(node, ast.BinOp):
            return f"({parts[0]} {self.sign(node.op)} {parts[1]})"
        if isinstance(node, ast.Compare):
            return f"({parts[0]} {_RELATIONS[type(node.ops[0])]} {parts[1]})"
        if isinstance(node, ast.UnaryOp):
            return f"(-{parts[0]})"
        assert isinstance(node, ast.Call)
        return calls.NUMBERS[dotted(node.func).replace("math.", "np.")](*parts)

    @staticmethod
    def sign(op: ast.operator) -> str:
        """Return the sign of an operation."""
        if type(op) not in _SIGNS:
            raise NotDerivable(f"no operator {type(op).__name__}")
        return _SIGNS[type(op)]

    def new(self, kind: str, sizes: list[str], value: str) -> str:
        """Return the text of a new array."""
        self.takes = True
        if len(sizes) > 2:
            raise NotDerivable("no arrays of three dimensions")
        name = ("filled", "filled_rows")[len(sizes) - 1] + ("_whole" if kind == "i" else "")
        return f"{name}(arena, {', '.join([*sizes, value])})[0]"

    def _of_constant(self, node: ast.Constant) -> str:
        return repr(node.value)

    def _of_name(self, node: ast.Name) -> str:
        kind = self.kind(node)
        if isinstance(kind, Closure | Cast):
            raise NotDerivable(f"{node.id} is a function, not a number")
        if node.id in self.found.types or node.id in self.found.alias:
            return node.id
        found = self.found.space.get(node.id)
        return found.text if isinstance(found, Value) else node.id

    def _of_attribute(self, node: ast.Attribute) -> str:
        text = ast.unparse(node)
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if node.attr == "eps":
            return "2.220446049250313e-16"
        base = self.value(node.value)
        if node.attr == "T":
            self.takes = True
            return f"turned(arena, {base})[0]"
        return f"{base}.{node.attr}"

    def _of_tuple(self, node: ast.Tuple) -> str:
        inside = ", ".join(self.value(one) for one in node.elts)
        return f"({inside},)" if len(node.elts) == 1 else f"({inside})"

    def _of_boolop(self, node: ast.BoolOp) -> str:
        sign = " and " if isinstance(node.op, ast.And) else " or "
        return f"({sign.join(self.value(one) for one in node.values)})"

    def _of_unaryop(self, node: ast.UnaryOp) -> str:
        value = self.value(node.operand)
        return f"(not {value})" if isinstance(node.op, ast.Not) else f"(-{value})"

    def _of_compare(self, node: ast.Compare) -> str:
        text = self.value(node.left)
        for op, side in zip(node.ops, node.comparators, strict=True):
            text += f" {_RELATIONS[type(op)]} {self.value(side)}"
        return f"({text})"

    def _of_ifexp(self, node: ast.IfExp) -> str:
        test, one, other = map(self.value, (node.test, node.body, node.orelse))
        return f"({one} if {test} else {other})"

    def _of_binop(self, node: ast.BinOp) -> str:
        return f"({self.value(node.left)} {self.sign(node.op)} {self.value(node.right)})"

    def _of_subscript(self, node: ast.Subscript) -> str:
        base, index = self.value(node.value), node.slice
        if is_array(self.kind(index)):
            self.takes = True
            return f"gathered(arena, {base}, {self.value(index)})[0]"
        if isinstance(index, ast.Tuple):
            return self._inside(base, index.elts)
        if not isinstance(index, ast.Slice):
            return f"{base}[{self._place(index)}]"
        if index.step is not None:
            self.takes = True
            return f"backwards(arena, {base})[0]"
        return f"{base}[{self.ends(index)}]"

    def _place(self, node: ast.expr) -> str:
        """Return the text of an index; whole numbers may be kept as floats."""
        text = self.value(node)
        return f"int({text})" if self.kind(node) == "d" else text

    def ends(self, index: ast.Slice) -> str:
        """Return the text of a slice."""
        return ":".join(
            "" if one is None else self.value(one) for one in (index.lower, index.upper)
        )

    def _inside(self, base: str, places: list[ast.expr]) -> str:
        if not any(isinstance(one, ast.Slice) for one in places):
            return f"{base}[{', '.join(map(self._place, places))}]"
        self.takes = True
        if ast.unparse(places[1]) == "::-1":
            return f"rows_backwards(arena, {base})[0]"
        return f"block(arena, {', '.join([base, *self.corners(base, places)])})[0]"

    def corners(self, base: str, places: list[ast.expr]) -> list[str]:
        """Return the four ends of a block of a matrix."""
        found = []
        for k, one in enumerate(places):
            if not isinstance(one, ast.Slice) or one.step is not None:
                raise NotDerivable("no columns of a matrix")
            found.append("0" if one.lower is None else self.value(one.lower))
            found.append(f"{base}.shape[{k}]" if one.upper is None else self.value(one.upper))
        return found

    def _of_call(self, node: ast.Call) -> str:
        return calls.called(self, node)


def _parts(node: Any) -> list[ast.expr]:
    """Return the parts of an operation entry by entry."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.Call):
        return list(node.args)
    raise NotDerivable(f"no {type(node).__name__} entry by entry")
