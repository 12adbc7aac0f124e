"""Identities between elementwise factors of one product, applied wherever they meet.

They hold wherever both sides have a value, and leave the right value where the left side has
none: ``exp(u)/(1 + exp(u))`` overflows where ``1/(1 + exp(-u))`` does not.
"""

from __future__ import annotations

from fractions import Fraction

from normcalc.calculus.collect import ONE, ZERO, Monomial, add, neg
from normcalc.language.nodes import Apply, Node, Number

Powers = dict[Node, Node]


def tidied(product: Monomial) -> Monomial:
    """Return the product with its factors combined by the identities below.

    Examples
    --------
    >>> from normcalc.calculus.collect import monomial, written
    >>> from normcalc.language.parser import parse
    >>> from normcalc.language.text import text
    >>> for t in ("sign(x)*abs(x)**3", "exp(x)/(1 + exp(x))", "heaviside(x)*max(x, 0)"):
    ...     print(text(written(tidied(monomial(parse(t))))))
    x**3
    1/(1 + exp(-x))
    max(x, 0)
    """
    powers = dict(product.powers)
    for base in list(powers):
        if isinstance(base, Apply) and base in powers and base.head in _IDENTITIES:
            _IDENTITIES[base.head](powers, base)
    kept = tuple((base, by) for base, by in powers.items() if by != ZERO)
    return Monomial(product.coefficient, kept)


def _move(powers: Powers, old: Node, new: Node, by: Node) -> None:
    """Put a power of another base in the place of a base."""
    items = list(powers.items())
    powers.clear()
    for base, exponent in items:
        if base == old:
            powers[new] = add(powers.get(new, ZERO), by)
        elif base in powers:
            powers[base] = add(powers[base], exponent)
        else:
            powers[base] = exponent


def _whole(exponent: Node) -> int | None:
    whole = isinstance(exponent, Number) and exponent.value.denominator == 1
    return int(exponent.value) if whole and isinstance(exponent, Number) else None


def _sign(powers: Powers, base: Apply) -> None:
    """``sign(u)**2 = 1`` and ``sign(u)*abs(u) = u``."""
    count = _whole(powers[base])
    if count is None:
        return
    size = Apply("abs", base.args)
    if count % 2 == 0:
        del powers[base]
        return
    powers[base] = ONE
    exponent = powers.get(size)
    if isinstance(exponent, Number) and exponent.value >= 1:
        powers[size] = Number(exponent.value - 1)
        if not powers[size].value:  # type: ignore[union-attr]
            del powers[size]
        _move(powers, base, base.args[0], ONE)
        if size in powers:
            _abs(powers, size)


def _abs(powers: Powers, base: Apply) -> None:
    """``abs(u)**2 = u**2``."""
    count = _whole(powers[base])
    if count is not None and count % 2 == 0:
        _move(powers, base, base.args[0], powers[base])


def _exp(powers: Powers, base: Apply) -> None:
    """``exp(u)/(1 + exp(u)) = 1/(1 + exp(-u))``."""
    up, down = base, Apply("exp", (neg(base.args[0]),))
    over_up, over_down = add(ONE, up), add(ONE, down)
    found = next((b for b in powers if add(b) == over_up or add(b) == add(up, ONE)), None)
    count = _whole(powers[base])
    if found is None or count is None or count < 1 or (_whole(powers[found]) or 0) > -count:
        return
    powers[found] = add(powers[found], Number(Fraction(count)))
    _move(powers, base, over_down, Number(Fraction(-count)))


def _heaviside(powers: Powers, base: Apply) -> None:
    """``heaviside(u)**2 = heaviside(u)`` and ``heaviside(u)*max(u, 0) = max(u, 0)``."""
    count = _whole(powers[base])
    if count is not None and count > 0:
        powers[base] = ONE
    positive = {Apply("max", pair) for pair in ((base.args[0], ZERO), (ZERO, base.args[0]))}
    if any(part in powers and (_whole(powers[part]) or 0) > 0 for part in positive):
        del powers[base]


_IDENTITIES = {"sign": _sign, "abs": _abs, "exp": _exp, "heaviside": _heaviside}
