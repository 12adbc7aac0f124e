"""A module for a map of vectors while it is written: functions, tables and names."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from normcalc.codegen.embedded import embedded
from normcalc.codegen.formulas import GROUPS, Written, written
from normcalc.codegen.names import RESERVED, Names
from normcalc.codegen.skeletons import ALL
from normcalc.errors import NotDerivable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from normcalc.language.function import Function
    from normcalc.language.nodes import Node
    from normcalc.language.parameters import Parameter
    from normcalc.line.table import CaseTable
    from normcalc.operators import Operator

# The names of arguments and of local variables in the functions that rules write.
_LOCAL = frozenset(
    re.findall(
        r"\w+",
        """v step p out u w x y z t n m j k c r s q a b mu args size sizes total point bound radius
        steps weights order indices starts kind one left right share best cost scale gain found
        near start entry apply apply_stack summing matrix shift distance gap place dense top flat
        source target moved places count least far rate excess likes shape h g vectors""",
    )
)
PROX = "v, step, p, out"


class Local(NamedTuple):
    """A parameter: its name in the module, its place in ``p``, and its number of dimensions."""

    text: str
    place: int
    ndim: int


@dataclass(frozen=True)
class Scalar:
    """A case table in the module: its functions end in the tag."""

    tag: str
    parameters: tuple[str, ...]
    n_constants: int
    refusal: str

    def prepared(self, texts: Mapping[str, str]) -> list[str]:
        """Return the lines that compute the constants of the table for these parameters."""
        return [*self.workspace(), *self.set_up(texts)]

    def workspace(self) -> list[str]:
        """Return the lines that make room for the parameters and the constants."""
        tag = self.tag
        return [f"params_{tag} = np.empty({max(len(self.parameters), 1)})",
                f"consts_{tag} = np.zeros({self.n_constants})"]  # fmt: skip

    def set_up(self, texts: Mapping[str, str]) -> list[str]:
        """Return the lines that compute the constants once there is room for them."""
        tag = self.tag
        given = [f"params_{tag}[{i}] = {texts[n]}" for i, n in enumerate(self.parameters)]
        call = f"if setup_{tag}(params_{tag}, consts_{tag}) < 0:"
        return [*given, call, f'    raise ValueError("{self.refusal}")']


class Draft:
    """Collects the functions of a module; each operator and each table is written once."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        """Name the parameters."""
        self.names = Names(RESERVED | frozenset(ALL) | _LOCAL)
        self.locals: dict[str, Local] = {}
        self.lines: list[str] = []
        self.helpers: dict[str, str] = {}
        self._made: dict[tuple[str, int], str] = {}
        self._tables: dict[CaseTable, Scalar] = {}
        self._kept: list[object] = []
        self._tags = (
            "".join(c) for k in (1, 2) for c in product(string.ascii_lowercase, repeat=k)
        )
        for parameter in parameters:
            kind = parameter.kind
            groups = kind.order in ("groups", "partition")
            ndim = GROUPS if groups else {"scalar": 0, "vector": 1, "matrix": 2}[kind.shape]
            self.add_parameter(parameter.name, ndim)

    def add_parameter(self, name: str, ndim: int = 0) -> None:
        """Append a name to the parameters that functions get in ``p``."""
        self.locals[name] = Local(self.names.take(name), len(self.locals), ndim)

    def drop_parameter(self, name: str) -> None:
        """Take away the parameter that was appended last."""
        del self.locals[name]

    def prox(self, operator: Operator) -> str:
        """Return the name of the function ``(v, step, p, out)`` that an operator becomes."""
        from normcalc.codegen.rules import rule_for

        return self._once("prox", operator, lambda: rule_for(operator)(operator, self))

    def value(self, function: Function) -> str:
        """Return the name of the function ``(x, p)`` that computes the value of a function."""
        return self._once("value", function, lambda: self._value(function))

    def _once(self, what: str, key: object, make: Callable[[], str]) -> str:
        place = (what, id(key))
        if place not in self._made:
            self._kept.append(key)  # so that no other object gets its identity
            self._made[place] = make()
        return self._made[place]

    def _value(self, function: Function) -> str:
        if function.domain is not None:
            raise NotDerivable(f"no kernel knows the ends of the domain of {function}")
        variable = function.variable
        if variable.kind == "coordinates":
            names = {name: Written(f"x[{i}]", 0) for i, name in enumerate(variable.names)}
        else:
            names = {
                variable.name: Written("x", {"scalar": 0, "vector": 1, "matrix": 2}[variable.kind])
            }
        found = self.formula(function.body, names)
        if found.ndim:
            raise NotDerivable(f"no kernel knows that {function} is one number")
        return self.define(
            "value", "x, p", f"Return {function}.", [f"return or_infinite({found.text})"]
        )

    def formula(self, node: Node, names: Mapping[str, Written] | None = None) -> Written:
        """Return the text of a formula in the parameters, and in other names."""
        known = {name: Written(one.text, one.ndim) for name, one in self.locals.items()}
        return written(node, {**known, **(names or {})})

    def number(self, node: Node) -> str:
        """Return the text of a formula that is one number."""
        found = self.formula(node)
        if found.ndim:
            raise NotDerivable("a kernel takes one number where this formula is a vector")
        return found.text

    def define(self, wish: str, arguments: str, about: str, body: Iterable[str]) -> str:
        """Write a function, with the parameters that its body names taken from ``p``."""
        name = self.names.numbered(f"{wish}_")
        lines = list(body)
        text = "\n".join(lines)
        used = [one for one in self.locals.values() if re.search(rf"\b{one.text}\b", text)]
        unpacked = [f"{one.text} = p[{one.place}]" for one in used]
        body = [f"    {line}" if line else "" for line in [*unpacked, *lines]]
        # Solvers call an equation at several places: melted into each it would take minutes.
        mark = "@apart" if arguments.endswith("args") else "@inner"
        about = about.replace("\\", "\\\\").replace('"', "'")
        self.lines += ["", mark, f"def {name}({arguments}):", f'    """{about}"""', *body, ""]
        return name

    def make(self, wish: str, maker: str, *functions: str) -> str:
        """Write a function that a maker of the skeletons returns."""
        name = self.names.numbered(f"{wish}_")
        self.lines += ["", f"{name} = {maker}({', '.join(functions)})", ""]
        return name

    def table(self, table: CaseTable) -> Scalar:
        """Write the functions of a case table."""
        if table not in self._tables:
            made = embedded(table, next(self._tags))
            self.helpers.update(made.helpers)
            self.lines += made.lines
            names = tuple(symbol.name for symbol in table.parameters)
            self._tables[table] = Scalar(made.tag, names, made.n_constants, made.refusal)
        return self._tables[table]

    def settings(self, scalar: Scalar, **given: str) -> dict[str, str]:
        """Return the text of each parameter of a table, those given and those of the function."""
        known = {name: one.text for name, one in self.locals.items()}
        texts = {"step": "step", **known, **given}
        missing = [name for name in scalar.parameters if name not in texts]
        if missing:
            raise NotDerivable(f"no kernel knows the parameter {missing[0]} of a table")
        return {name: texts[name] for name in scalar.parameters}
