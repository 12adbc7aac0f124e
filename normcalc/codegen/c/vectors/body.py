"""One function of a kernel of vectors as C: its statements."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from normcalc.codegen.c.vectors.expressions import Expressions
from normcalc.codegen.c.vectors.lifetimes import forgets
from normcalc.codegen.c.vectors.types import (
    Cast,
    Closure,
    Type,
    Value,
    entry,
    holds_arrays,
    is_array,
    joint,
)
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Sequence

_TAKES_NOTHING = frozenset(
    ["refuse", "release", "copy_into_d", "copy_into_i", "scatter_d", "put_block_d"]
)


class Body(Expressions):
    """Writes the statements of a function, given the types found so far."""

    def __init__(
        self, writer: Any, closure: Closure, kinds: Sequence[Type], known: dict[str, Type]
    ) -> None:
        """Bind the arguments."""
        super().__init__(writer, closure.space, known)
        self.result: Type = known.get("return")
        self.node, self.turns = closure.node, [""]
        for argument, kind in zip(closure.node.args.args, kinds, strict=True):
            if isinstance(kind, Closure | Cast):
                self.static[argument.arg] = kind
            else:
                self.learn(argument.arg, kind)

    def write(self, nodes: Sequence[ast.stmt]) -> None:
        """Write statements."""
        for node in nodes:
            method = getattr(self, f"_{type(node).__name__.lower()}", None)
            if method is None:
                raise NotDerivable(f"C text has no {type(node).__name__}: {ast.unparse(node)}")
            method(node)

    def block(self, head: str, nodes: Sequence[ast.stmt], foot: str = "}") -> None:
        """Write statements in braces."""
        self.add(f"{head} {{")
        self.depth += 1
        self.write(nodes)
        self.depth -= 1
        self.add(foot)

    def _expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.add(f"{self.value(node.value).text};")

    def _pass(self, node: ast.Pass) -> None:
        pass

    def _break(self, node: ast.Break) -> None:
        self.add("break;")

    def _continue(self, node: ast.Continue) -> None:
        self._release()
        self.add("continue;")

    def _turn(self, node: ast.For | ast.While) -> None:
        """Write what a loop repeats; memory that no other turn sees is given back."""
        self.turns.append(self.name("turn") if forgets(node, self.node, self.types) else "")
        start = len(self.lines)
        if isinstance(node, ast.While) and not (
            isinstance(node.test, ast.Constant) and node.test.value is True
        ):
            self.add(f"if (!({self.truth(node.test)}))")
            self.add("    break;")
        self.write(node.body)
        self._release()
        mark = self.turns.pop()
        if mark and self._takes(self.lines[start:]):
            self.lines.insert(start, "    " * self.depth + f"const mark {mark} = here(w);")
        elif mark:
            gone = f"release(w, {mark});"
            self.lines[start:] = [one for one in self.lines[start:] if one.strip() != gone]

    def _takes(self, lines: list[str]) -> bool:
        """Tell whether lines take memory and keep it."""
        gives = {made.name for made in self.called if not holds_arrays(made.result)}
        called = set(re.findall(r"(\w+)\(w\b", "\n".join(lines)))
        return bool(called - gives - _TAKES_NOTHING)

    def _release(self) -> None:
        """Give back what a turn took."""
        if self.turns[-1]:
            self.add(f"release(w, {self.turns[-1]});")

    def _raise(self, node: ast.Raise) -> None:
        assert isinstance(node.exc, ast.Call)
        (message,) = node.exc.args
        assert isinstance(message, ast.Constant)
        text = str(message.value).replace("\\", "\\\\").replace('"', '\\"')
        self.add(f'refuse(w, "{text}");')

    def _return(self, node: ast.Return) -> None:
        if node.value is None:
            self.add("goto end;")
            self.ends = True
            return
        value = self.value(node.value)
        self.result = joint(self.result, value.type)
        self.store("return", value)
        self.add("goto end;")
        self.ends = True

    def _annassign(self, node: ast.AnnAssign) -> None:
        assert node.value is not None
        self._put(node.target, self.value(node.value))

    def _assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                self._put_all(target.elts, node.value.elts)
            else:
                self._put(target, self.value(node.value))

    def _put_all(self, targets: list[ast.expr], nodes: list[ast.expr]) -> None:
        """Assign several at once: all values are known before the first is written."""
        kept = []
        for node in nodes:
            value = self.value(node)
            if not isinstance(value.type, Closure | Cast):
                value = self.temporary(value)
            kept.append(value)
        for target, value in zip(targets, kept, strict=True):
            self._put(target, value)

    def _put(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Name):
            if isinstance(value.type, Closure | Cast):
                self.static[target.id] = value.type
            else:
                self.store(target.id, value)
        elif isinstance(target, ast.Tuple):
            if not isinstance(value.type, tuple):
                raise NotDerivable(f"C text cannot take apart {value.text}")
            whole = self.temporary(value)
            for k, (one, kind) in enumerate(zip(target.elts, value.type, strict=True)):
                self._put(one, Value(f"{whole.text}.f{k}", kind))
        else:
            assert isinstance(target, ast.Subscript)
            index = target.slice
            if isinstance(index, ast.Tuple) and any(isinstance(x, ast.Slice) for x in index.elts):
                base = self.value(target.value)
                ends = ", ".join([base.text, *self.corners(base, index.elts), value.text])
                self.add(f"put_block_d(w, {ends});")
                return
            place = self.at(target)
            if place.text.startswith("gathered_d("):
                place = Value(place.text.removeprefix("gathered_d(w, ")[:-1], place.type)
                self.add(f"scatter_d(w, {place.text}, {value.text});")
                return
            self._put_at(place, value)

    def _put_at(self, place: Value, value: Value) -> None:
        if not is_array(place.type):
            self.add(f"{place.text} = {value.text};")
            return
        suffix = entry(place.type)
        if is_array(value.type):
            self.add(f"copy_into_{suffix}(w, {place.text}, {value.text});")
        else:
            self.add(f"fill_{suffix}({place.text}, {value.text});")

    def _augassign(self, node: ast.AugAssign) -> None:
        place = self.value(ast.parse(ast.unparse(node.target), mode="eval").body)
        found = self.combined(node.op, place, self.value(node.value))
        if is_array(place.type):
            self._put_at(place, found)
        elif isinstance(node.target, ast.Name):
            self.store(node.target.id, found)
        else:
            self.add(f"{place.text} = {found.text};")

    def _if(self, node: ast.If) -> None:
        self.block(f"if ({self.truth(node.test)})", node.body)
        if node.orelse:
            self.lines[-1] = self.lines[-1] + " else {"
            self.depth += 1
            self.write(node.orelse)
            self.depth -= 1
            self.add("}")

    def _while(self, node: ast.While) -> None:
        self.add("for (;;) {")
        self.depth += 1
        self._turn(node)
        self.depth -= 1
        self.add("}")

    def _for(self, node: ast.For) -> None:
        over = node.iter
        assert isinstance(node.target, ast.Name)
        if isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and (
            over.func.id == "range"
        ):  # fmt: skip
            self._counted(node, [self.value(arg).text for arg in over.args])
            return
        items = self.value(over)
        if isinstance(items.type, tuple):
            for place, kind in enumerate(items.type):
                self.store(node.target.id, Value(f"{items.text}.f{place}", kind))
                self.write(node.body)
            return
        q, kept = self.name("q"), self.temporary(items)
        self.add(f"for (int64_t {q} = 0; {q} < {kept.text}.n0; ++{q}) {{")
        self.depth += 1
        self.store(node.target.id, Value(f"{kept.text}.x[{q}]", entry(kept.type)))
        self._turn(node)
        self.depth -= 1
        self.add("}")

    def _counted(self, node: ast.For, ends: list[str]) -> None:
        """Write a loop over a range: Python's counter does not change with its variable."""
        start, stop, step = (["0", *ends] if len(ends) == 1 else ends)[:2] + [*ends[2:], "1"][:1]
        q, last = self.name("q"), self.temporary(Value(stop, "i"))
        back = step.lstrip("(").startswith("-")
        move = f"{q} += {step}" if step != "1" else f"++{q}"
        test = ">" if back else "<"
        self.add(f"for (int64_t {q} = {start}; {q} {test} {last.text}; {move}) {{")
        self.depth += 1
        assert isinstance(node.target, ast.Name)
        self.store(node.target.id, Value(q, "i"))
        self._turn(node)
        self.depth -= 1
        self.add("}")
