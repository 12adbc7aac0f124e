"""Statements of a kernel of vectors for graphics cards."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from normcalc.codegen.c.vectors.lifetimes import forgets
from normcalc.codegen.c.vectors.types import Cast, Closure, Type, holds_arrays, is_array
from normcalc.codegen.cuda.vectors.expressions import Expressions
from normcalc.codegen.cuda.vectors.typed import Typed, loaded
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Sequence


class Statements(Expressions):
    """Writes the statements of one function."""

    def __init__(self, found: Typed, function: ast.FunctionDef, reasons: list[str]) -> None:
        """Start an empty text; messages of refusals go to `reasons`."""
        super().__init__(found)
        self.function, self.reasons = function, reasons
        self.result: Type = found.types.get("return", "")
        self.frees = not holds_arrays(self.result)
        self.turns: list[str] = []

    def write(self, nodes: Sequence[ast.stmt]) -> None:
        """Write statements."""
        for node in nodes:
            method = getattr(self, f"_{type(node).__name__.lower()}", None)
            if method is None:
                raise NotDerivable(f"no {type(node).__name__}: {ast.unparse(node)}")
            method(node)

    def block(self, head: str, nodes: Sequence[ast.stmt]) -> None:
        """Write statements that stand further right."""
        self.add(head)
        self.depth += 1
        before = len(self.lines)
        self.write(nodes)
        if len(self.lines) == before:
            self.add("pass")
        self.depth -= 1

    def _expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.add(self.value(node.value))

    def _pass(self, node: ast.Pass) -> None:
        self.add("pass")

    def _break(self, node: ast.Break) -> None:
        self.add("break")

    def _continue(self, node: ast.Continue) -> None:
        self._release(self.turns[-1])
        self.add("continue")

    def _raise(self, node: ast.Raise) -> None:
        assert isinstance(node.exc, ast.Call)
        (message,) = node.exc.args
        assert isinstance(message, ast.Constant)
        text = str(message.value)
        if text not in self.reasons:
            self.reasons.append(text)
        self.add(f"refuse(arena, {self.reasons.index(text) + 1})", text)

    def _return(self, node: ast.Return) -> None:
        if node.value is None:
            self._release("start")
            self.add("return")
            return
        text = self.value(node.value)
        if self.frees:
            text = self.kept(text, "result")
            self._release("start")
        self.add(f"return ({text},)" if is_array(self.result) else f"return {text}")

    def _release(self, mark: str) -> None:
        """Give back what was taken since a mark; `trimmed` leaves out what marks nothing."""
        if mark:
            self.add(f"arena[2][0], arena[2][1] = {mark}_floats, {mark}_wholes")

    def _annassign(self, node: ast.AnnAssign) -> None:
        assert node.value is not None
        self._put(node.target, self.value(node.value), node.value)

    def _assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                self._put_all(target.elts, node.value.elts)
            elif not isinstance(self.kind(node.value), Closure | Cast):
                self._put(target, self.value(node.value), node.value)

    def _put_all(self, targets: list[ast.expr], nodes: list[ast.expr]) -> None:
        """Assign several at once: all values are known before the first is written."""
        pairs = [(target, node) for target, node in zip(targets, nodes, strict=True)
                 if not isinstance(self.kind(node), Closure | Cast)]  # fmt: skip
        texts = [self.value(node) for _, node in pairs]
        if all(isinstance(target, ast.Name) for target, _ in pairs):
            names = ", ".join(ast.unparse(target) for target, _ in pairs)
            self.add(f"{names} = {', '.join(texts)}")
            return
        for (target, node), text in zip(pairs, [self._apart(text) for text in texts], strict=True):
            self._put(target, text, node)

    def _apart(self, text: str) -> str:
        name = self.name("t")
        self.add(f"{name} = {text}")
        return name

    def _put(self, target: ast.expr, text: str, node: ast.expr) -> None:
        if isinstance(target, ast.Name | ast.Tuple):
            self.add(f"{ast.unparse(target).strip('()')} = {text}")
            return
        assert isinstance(target, ast.Subscript)
        if is_array(self.kind(target.slice)):
            base, places = self.value(target.value), self.value(target.slice)
            self.add(f"scatter(arena, {base}, {places}, {text})")
            return
        index = target.slice
        if isinstance(index, ast.Tuple) and any(isinstance(x, ast.Slice) for x in index.elts):
            base = self.value(target.value)
            ends = ", ".join([base, *self.corners(base, index.elts), text])
            self.add(f"put_block(arena, {ends})")
            return
        self._put_at(self.value(target), self.kind(target), text, self.kind(node))

    def _put_at(self, place: str, kind: Type, text: str, given: Type) -> None:
        if not is_array(kind):
            self.add(f"{place} = {text}")
        elif is_array(given):
            self.add(f"copy_into(arena, {place}, {text})")
        else:
            self.add(f"fill({place}, {text})")

    def _augassign(self, node: ast.AugAssign) -> None:
        kind = self.kind(node.target)
        if not is_array(kind):
            place = self.value(loaded(node.target)) if not isinstance(node.target, ast.Name) else (
                node.target.id
            )  # fmt: skip
            self.add(f"{place} {self.sign(node.op)}= {self.value(node.value)}")
            return
        whole = ast.BinOp(node.target, node.op, node.value)
        self.found.kinds[whole] = kind
        self._put_at(self.value(node.target), kind, self.value(whole), kind)

    def _if(self, node: ast.If) -> None:
        self.block(f"if {self.value(node.test)}:", node.body)
        if node.orelse:
            self.block("else:", node.orelse)

    def _turn(self, node: ast.For | ast.While) -> None:
        """Write one turn of a loop; memory that no other turn sees is given back."""
        mark = self.name("turn") if forgets(node, self.function, self.found.types) else ""
        self.turns.append(mark)
        if mark:
            self.add(f"{mark}_floats, {mark}_wholes = arena[2][0], arena[2][1]")
        if isinstance(node, ast.While) and ast.unparse(node.test) != "True":
            self.add(f"if not {self.value(node.test)}:")
            self.add("    break")
        before = len(self.lines)
        self.write(node.body)
        self._release(mark)
        if len(self.lines) == before:
            self.add("pass")
        self.turns.pop()

    def _while(self, node: ast.While) -> None:
        self.add("while True:")
        self.depth += 1
        self._turn(node)
        self.depth -= 1

    def _for(self, node: ast.For) -> None:
        over, assigned = node.iter, ast.unparse(node.target)
        if isinstance(over, ast.Call) and ast.unparse(over.func) == "range":
            head = f"range({', '.join(map(self.value, over.args))})"
        else:
            head = self.kept(self.value(over))
            kinds = self.kind(over)
            if isinstance(kinds, tuple) and len(set(kinds)) > 1:
                raise NotDerivable("no loop over things of different types")
        self.add(f"for {assigned} in {head}:")
        self.depth += 1
        self._turn(node)
        self.depth -= 1


def _about(text: str) -> list[str]:
    """Return the lines of a docstring."""
    lines = [f"    {line}".rstrip() for line in text.splitlines()]
    if len(lines) < 2:
        return [f'    """{text}"""'] if text else []
    return [f'    """{lines[0].strip()}', *lines[1:], '    """']


def function(found: Typed, node: ast.FunctionDef, name: str, reasons: list[str]) -> Any:
    """Return the text of a function, and whether it keeps memory that it takes."""
    body = Statements(found, node, reasons)
    body.write(node.body)
    lines = body.lines
    if body.frees and body.result == "":
        body._release("start")
    frees = body.frees and body.takes
    if not body.takes:
        lines = [line for line in lines if "_floats" not in line]
    elif frees:
        lines.insert(0, "    start_floats, start_wholes = arena[2][0], arena[2][1]")
    else:
        lines = [line for line in lines if "= start_floats" not in line]
    given = [a.arg for a in node.args.args if a.arg not in found.static]
    about = _about(ast.get_docstring(node) or "")
    head = ["", "", "@device", f"def {name}({', '.join(['arena', *given])}):"]
    return "\n".join([*head, *about, *(lines or ["    pass"])]), body.takes and not body.frees
