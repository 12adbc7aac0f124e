"""Read a formula from text: a hand-written operator-precedence parser, and nothing is executed.

From loosest to tightest, as in Python: ``a if c else b``, ``or``, ``and``, ``not``, comparisons
(which may be chained), ``|``, ``&``, ``+ -``, ``* /``, unary ``- + ~``, ``**`` (also ``^``).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from normcalc.errors import LanguageError
from normcalc.language.calls import (
    CONSTANT_NAMES,
    Item,
    as_condition,
    as_number,
    at,
    call,
    is_function,
    piecewise,
    unknown_function,
)
from normcalc.language.construct import (
    FALSE,
    TRUE,
    block,
    conjunction,
    disjunction,
    index,
    matmul,
    minus,
    negate,
    negation,
    over,
    plus,
    power,
    times,
)
from normcalc.language.lexer import Token, tokens
from normcalc.language.limits import (
    MAX_DEPTH,
    MAX_NESTING,
    check_size,
)
from normcalc.language.nodes import Compare, Node, Relation, Symbol
from normcalc.language.transforms import is_transform
from normcalc.language.words import literal, parameter_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RELATIONS: dict[str, Relation] = {
    "<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "==", "!=": "!=",
}  # fmt: skip

_LEFT_BINDING = {
    "if": 1,
    "or": 2,
    "and": 3,
    **dict.fromkeys(_RELATIONS, 5),
    "|": 6,
    "&": 7,
    "+": 8,
    "-": 8,
    "*": 9,
    "/": 9,
    "@": 9,
    "**": 11,
    "^": 11,
}
_NOT, _UNARY = 4, 10

_ARITHMETIC: dict[str, Callable[[Node, Node], Node]] = {
    "+": plus, "-": minus, "*": times, "/": over, "**": power, "^": power,
    "@": matmul,
}  # fmt: skip

_JUNCTIONS: dict[str, Callable[..., Node]] = {
    "and": conjunction, "&": conjunction, "or": disjunction, "|": disjunction,
}  # fmt: skip

_WORDS = ("if", "else", "and", "or", "not")


def parse(text: str) -> Node:
    """Return the tree of a formula or a condition.

    Parameters
    ----------
    text : str
        For example ``"lam*abs(x) - x**2/(2*gamma)"``.  Decimals are exact: ``0.1`` is one tenth.

    Returns
    -------
    Node

    Raises
    ------
    LanguageError
        With a caret under the column where reading stopped.

    Examples
    --------
    >>> parse("2*x")
    Apply(head='mul', args=(Number(value=Fraction(2, 1)), Symbol(name='x')))
    >>> parse("abz(x)")
    Traceback (most recent call last):
        ...
    normcalc.errors.LanguageError: unknown function 'abz'; did you mean abs...?
      abz(x)
      ^
    """
    if not isinstance(text, str):
        raise LanguageError(f"a formula is a str, not {type(text).__name__}")
    if not text.strip():
        raise LanguageError('the formula is empty; write for example "lam*abs(x)"')
    return check_size(_Reader(text).read())


class _Reader:
    """The tokens of one text and how far they have been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0

    def read(self) -> Node:
        item = self.expression(0)
        if self.next.kind != "end":
            raise self.error(self.leftover(), self.next)
        if isinstance(item, tuple):
            raise self.error("a tuple is not a formula", self.tokens[0])
        return item

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += token.kind != "end"
        return token

    def expect(self, word: str) -> None:
        if self.next.word != word:
            raise self.error(f"{word!r} is missing here", self.next)
        self.take()

    def error(self, message: str, token: Token) -> LanguageError:
        return LanguageError(message, self.text, token.column)

    @contextmanager
    def pointing_at(self, token: Token) -> Iterator[None]:
        """Give errors from the constructors the column of a token."""
        try:
            yield
        except LanguageError as error:
            if error.column is not None:
                raise
            raise self.error(error.message, token) from None

    def leftover(self) -> str:
        if self.next.word == ")":
            return "this ')' closes nothing"
        if self.next.word == ",":
            return "a comma separates arguments, and there is no call here"
        return f"expected an operator before {self.next.word!r}; products are written with *"

    def expression(self, binding: int) -> Item:
        """Read an expression whose operators all bind tighter than `binding`."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            message = f"the formula is nested more than {MAX_NESTING} levels deep"
            raise self.error(message, self.next)
        left = self.prefix()
        quotients = 0  # sums and products are flat, but each quotient is one level deeper
        while _LEFT_BINDING.get(self.next.word, 0) > binding and quotients <= MAX_DEPTH:
            quotients += self.next.word == "/"
            left = self.infix(left)
        if quotients > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} divisions in a row", self.next)
        self.depth -= 1
        return left

    def prefix(self) -> Item:
        token = self.take()
        if token.kind == "number":
            with self.pointing_at(token):
                return literal(token.word)
        if token.word in ("-", "+", "~", "not"):
            return self.unary(token)
        if token.word == "(":
            return self.indexed(self.group(token))
        if token.kind == "name" and token.word not in _WORDS:
            return self.indexed(self.name(token))
        if token.kind == "end":
            raise self.error("the formula ends too early", token)
        raise self.error(f"expected a number, a name or '(' instead of {token.word!r}", token)

    def indexed(self, item: Item) -> Item:
        """Read slices after a vector or a matrix, and the point after a transform.

        ``x[i]``, ``x[start:stop]``, ``X[:, start:stop]``, ``conjugate(...)(A @ x)``.
        """
        while self.next.word == "[" or (self.next.word == "(" and is_transform(item)):
            token = self.take()
            if token.word == "(":
                with self.pointing_at(token):
                    item = at(item, self.items())
                continue
            slices = [self.slice()]
            if self.next.word == ",":
                self.take()
                slices.append(self.slice())
            self.expect("]")
            with self.pointing_at(token):
                base = as_number(item, "[")
                item = index(base, slices[0]) if len(slices) == 1 else block(base, *slices)
        return item

    def slice(self) -> list[Node | None]:
        """Read one index, or the two ends of a slice."""
        ends = [self.bound()]
        if self.next.word == ":":
            self.take()
            ends.append(self.bound())
        return ends

    def bound(self) -> Node | None:
        """Read one end of a slice; None where it is left out."""
        if self.next.word in (":", ",", "]"):
            return None
        return as_number(self.expression(0), "[")

    def unary(self, token: Token) -> Node:
        operand = self.expression(_NOT if token.word == "not" else _UNARY)
        with self.pointing_at(token):
            if token.word in ("not", "~"):
                return negation(as_condition(operand, token.word))
            value = as_number(operand, token.word)
            return negate(value) if token.word == "-" else value

    def group(self, opening: Token) -> Item:
        items = self.items()
        if not items:
            raise self.error("there is nothing between these parentheses", opening)
        return items[0] if len(items) == 1 else tuple(items)

    def items(self) -> list[Item]:
        """Read what stands between an opening parenthesis, already taken, and its end."""
        items: list[Item] = []
        while self.next.word != ")":
            items.append(self.expression(0))
            if self.next.word != ",":
                break
            self.take()
        self.expect(")")
        return items

    def name(self, token: Token) -> Node:
        if self.next.word == "(":
            return self.call(token)
        if token.word in ("True", "False"):
            return TRUE if token.word == "True" else FALSE
        if token.word in CONSTANT_NAMES:
            return CONSTANT_NAMES[token.word]
        if is_function(token.word):
            message = f"{token.word} is a function; write {token.word}(...)"
            raise self.error(message, token)
        with self.pointing_at(token):
            return Symbol(parameter_name(token.word))

    def call(self, token: Token) -> Node:
        if not is_function(token.word):
            raise self.error(unknown_function(token.word), token)
        self.take()
        items = self.items()
        with self.pointing_at(token):
            return call(token.word, items)

    def infix(self, left: Item) -> Node:
        token = self.next
        if token.word in _RELATIONS:
            return self.comparison(left)
        self.take()
        if token.word == "if":
            return self.conditional(left, token)
        # a power takes everything tighter than a unary minus on its right, itself included
        binding = _UNARY - 1 if token.word in ("**", "^") else _LEFT_BINDING[token.word]
        right = self.expression(binding)
        with self.pointing_at(token):
            if token.word in _JUNCTIONS:
                parts = (as_condition(item, token.word) for item in (left, right))
                return _JUNCTIONS[token.word](*parts)
            first, second = (as_number(item, token.word) for item in (left, right))
            return _ARITHMETIC[token.word](first, second)

    def comparison(self, left: Item) -> Node:
        """Read ``a < b <= c ...`` as the conjunction of its links."""
        links: list[Node] = []
        while self.next.word in _RELATIONS:
            token = self.take()
            right = self.expression(_LEFT_BINDING[token.word])
            with self.pointing_at(token):
                sides = [as_number(item, token.word) for item in (left, right)]
                links.append(Compare(_RELATIONS[token.word], *sides))
            left = right
        return conjunction(*links)

    def conditional(self, value: Item, token: Token) -> Node:
        condition = self.expression(_LEFT_BINDING["if"])
        self.expect("else")
        other = self.expression(0)
        with self.pointing_at(token):
            first = (as_number(value, "if"), as_condition(condition, "if"))
            return piecewise([first, (as_number(other, "else"), TRUE)])
