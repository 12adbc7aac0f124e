"""A C file for a kernel of vectors: its text, translated function by function."""

from __future__ import annotations

import ast
import re
from collections import ChainMap
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from normcalc.codegen.c.vectors.body import Body
from normcalc.codegen.c.vectors.entries import about_of, entry_of, heads_of, parameters_of
from normcalc.codegen.c.vectors.types import Cast, Closure, Type, Value, holds_arrays, is_array
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from normcalc.derive.derivation import Derivation

    Space = MutableMapping[str, Any]

_INCLUDES = ["math.h", "setjmp.h", "stddef.h", "stdint.h", "stdlib.h", "string.h"]


_RUNTIME = ("runtime", "factors", "groups")
_BLOCK = re.compile(r"(?:/\*(?:[^*]|\*(?!/))*\*/\n)?static [^{;]*\n\{\n.*?\n\}\n", re.DOTALL)


@dataclass(eq=False)
class Instance:
    """A function for given types of its arguments."""

    name: str
    result: Type = None
    text: str = ""
    called: list[Instance] = field(default_factory=list)
    keeps: bool = False


class Writer:
    """Writes each function once for the types that it is called with."""

    body: type[Body] = Body

    def __init__(self, source: str) -> None:
        """Read the functions of a kernel's text."""
        self.space: Space = {}
        self.instances: dict[Any, Instance] = {}
        self.tuples: dict[Type, str] = {}
        self.kept: list[Any] = []
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef):
                self.space[node.name] = Closure(node, self.space)
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                self._bind(node, self.space)

    def _bind(self, node: ast.Assign, space: Space) -> None:
        """Remember what a maker of functions returns."""
        (target,) = node.targets
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for name, value in zip(names, values, strict=True):
            assert isinstance(name, ast.Name)
            if isinstance(value, ast.Call) and ast.unparse(value.func) in space:
                space[name.id] = self._made(value, space)

    def _made(self, call: ast.Call, space: Space) -> Any:
        maker = space[ast.unparse(call.func)]
        names = [argument.arg for argument in maker.node.args.args]
        inner: Space = ChainMap(
            dict(zip(names, self._given(call, space), strict=True)), maker.space
        )
        self.kept.append(inner)
        for node in maker.node.body:
            if isinstance(node, ast.FunctionDef):
                inner[node.name] = Closure(node, inner)  # type: ignore[arg-type]
            elif isinstance(node, ast.Assign):
                self._bind(node, inner)
            elif isinstance(node, ast.Return):
                return inner[ast.unparse(node.value)]  # type: ignore[arg-type]
        raise NotDerivable(f"C text has no maker {maker.node.name}")

    def _given(self, call: ast.Call, space: Space) -> list[Any]:
        found: list[Any] = []
        for arg in call.args:
            if isinstance(arg, ast.Constant):
                found.append(Value(repr(arg.value), "i"))
            elif isinstance(arg, ast.Call):
                found.append(self._made(arg, space))
            else:
                found.append(space[ast.unparse(arg)])
        return found

    def instance(self, closure: Closure, kinds: tuple[Type, ...]) -> Instance:
        """Return a function for these types, translating it when they are new."""
        key = (id(closure.node), id(closure.space), kinds)
        if key not in self.instances:
            made = Instance(f"{closure.node.name}_{len(self.instances)}")
            self.instances[key] = made
            self._translate(made, closure, kinds)
        return self.instances[key]

    def _translate(self, made: Instance, closure: Closure, kinds: tuple[Type, ...]) -> None:
        known: dict[str, Type] = {}
        for _ in range(12):
            body = self.body(self, closure, kinds, known)
            body.write(closure.node.body)
            settled = body.types == known
            known, made.result = body.types, body.types.get("return", "")
            if settled:
                break
        made.called = body.called
        made.text = self.text_of(made, body, closure, kinds)

    def text_of(self, made: Instance, body: Any, closure: Closure, kinds: tuple[Type, ...]) -> str:
        """Return the text of a function."""
        names = [argument.arg for argument in closure.node.args.args]
        pairs = [(n, k) for n, k in zip(names, kinds, strict=True)
                 if not isinstance(k, Closure | Cast)]  # fmt: skip
        given = "".join(f", {self.ctype(kind)} a{i}" for i, (_, kind) in enumerate(pairs))
        frees = not holds_arrays(made.result)
        lines = [f"static {self.ctype(made.result)} {made.name}(arena *w{given})", "{"]
        lines += ["    const mark at_start = here(w);"] if frees else []
        lines += [f"    {self.declared(kind, f'{name}_')}" for name, kind in body.types.items()]
        lines += [f"    {self.declared(kind, name)}" for kind, name in body.declared]
        held = [*(f"{name}_" for name in body.types), *(name for _, name in body.declared)]
        lines += [f"    (void){name};" for name in ["w", *held]]
        lines += [f"    {name}_ = a{i};" for i, (name, _) in enumerate(pairs)]
        lines += body.lines
        lines += ["end:"] if body.ends else []
        lines += ["    release(w, at_start);"] if frees else []
        lines += ["    return return_;"] if made.result != "" else []
        if body.ends and made.result == "" and not frees:
            lines.append("    return;")
        return "\n".join([*lines, "}", ""])

    def declared(self, kind: Type, name: str) -> str:
        """Return the declaration of a local variable."""
        start = "{0}" if isinstance(kind, tuple) or is_array(kind) else "0"
        return f"{self.ctype(kind)} {name} = {start};"

    def ctype(self, kind: Type) -> str:
        """Return how C spells a type."""
        if isinstance(kind, tuple):
            for one in kind:
                self.ctype(one)
            return self.tuples.setdefault(kind, f"tuple_{len(self.tuples)}")
        names = {"d": "double", "i": "int64_t", "": "void"}
        if is_array(kind):
            return f"{str(kind)[0].lower()}vec"
        if kind not in names:
            raise NotDerivable(f"C text has no type for {kind}")
        return names[str(kind)]

    def structs(self) -> str:
        """Return the definitions of the types of tuples."""
        parts = []
        for kind, name in self.tuples.items():
            assert isinstance(kind, tuple)
            fields = "".join(f"{self.ctype(one)} f{i}; " for i, one in enumerate(kind))
            parts.append(f"typedef struct {{ {fields or 'char none; '}}} {name};")
        return "\n".join([*parts, ""])


def reached(made: Instance, found: list[Instance]) -> list[Instance]:
    """Return an instance after all that it calls."""
    for one in made.called:
        if one not in found:
            reached(one, found)
    if made not in found:
        found.append(made)
    return found


def source(derivation: Derivation, text: str, name: str, include: str = "") -> str:
    """Return the text of a C99 file for a kernel of vectors.

    Parameters
    ----------
    derivation : Derivation
        What the kernel computes.
    text : str
        The text of the kernel, made for numba.
    name : str
        What the function is called.
    include : str
        The name of the header that goes with the file, if there is one.

    Raises
    ------
    NotDerivable
        If the kernel needs what C text has not, such as factors of matrices.
    """
    writer = Writer(text)
    parameters = parameters_of(derivation)
    point = f"D{(derivation.function.variable.kind == 'matrix' and 2) or 1}"
    kinds = (point, "d", tuple(one.type for one in parameters), point)
    closure = writer.space["apply"]
    functions = reached(writer.instance(closure, kinds), [])
    entered = entry_of(derivation, name, functions[-1].name, writer.ctype(kinds[2]))
    body = "\n".join(one.text for one in functions)
    helpers = _helpers(body + entered)
    includes = [*(f"#include <{one}>" for one in _INCLUDES)]
    includes += ["", f'#include "{include}"'] if include else []
    parts = [
        about_of(derivation),
        "\n".join(includes),
        "",
        helpers,
        writer.structs(),
        body,
        entered,
    ]
    return "\n".join(parts)


def _helpers(text: str) -> str:
    """Return the functions of the run time that a text calls, in their order."""
    folder = files(__package__)
    runtime, *more = (folder.joinpath(f"{one}.c").read_text("utf-8") for one in _RUNTIME)
    start = runtime.index("static void refuse")
    blocks = _BLOCK.findall("".join([runtime[start:], *more]))
    names = {re.search(r"static [^(]*?(\w+)\(", block)[1]: block for block in blocks}  # type: ignore[index]
    found: set[str] = set()
    waiting = [text]
    while waiting:
        called = set(re.findall(r"\b(\w+)\(", waiting.pop())) & names.keys()
        waiting += [names[one].partition("{")[2] for one in called - found]
        found |= called
    return runtime[:start] + "\n".join(block for one, block in names.items() if one in found)


def header(derivation: Derivation, name: str) -> str:
    """Return the text of the header of `source`."""
    guard = f"NORMCALC_{name.upper()}_H"
    heads = [f"{head};" for head in heads_of(derivation, name)]
    return "\n".join([
        about_of(derivation), f"#ifndef {guard}", f"#define {guard}", "", "#include <stddef.h>",
        "#include <stdint.h>", "", "#ifdef __cplusplus", 'extern "C" {', "#endif", "", *heads,
        "", "#ifdef __cplusplus", "}", "#endif", "", "#endif", "",
    ])  # fmt: skip
