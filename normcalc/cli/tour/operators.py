"""Sections 1 to 3: proximal operators from formulas, explained and certified."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import normcalc as nc

if TYPE_CHECKING:
    from normcalc.cli.tour.story import Story
    from normcalc.derive import Derivation
    from normcalc.language import Function

MCP = "Piecewise((lam*abs(x) - x**2/(2*gamma), abs(x) <= gamma*lam), (gamma*lam**2/2, True))"
ELASTIC_NET = "lam*abs(x) + mu*x**2/2"
ENTROPY = "x*log(x)"


def mcp() -> Function:
    """Return the minimax concave penalty."""
    return nc.function(MCP)


def elastic_net() -> Function:
    """Return the elastic net."""
    return nc.function(ELASTIC_NET)


def entropy() -> Function:
    """Return the negative entropy."""
    return nc.function(ENTROPY, domain=(0, None))


def tell(story: Story) -> None:
    """Tell sections 1 to 3."""
    with story.section("A nonconvex penalty: the minimax concave penalty (MCP)"):
        story.say("The formula is all that the package is given; nothing about it is stored.")
        first, second = (f'    "{part}"' for part in halves(MCP))
        story.code("mcp = nc.function(", first, second, ")")
        found = _derived(story, "mcp", mcp())
        story.say("Two regimes: a firm threshold for small steps, a jump for large ones.")
        _explained(story, found, whole=True)
        _certified(story, "mcp", found)
        _written(story, found)
    with story.section("The elastic net"):
        story.code(f'net = nc.function("{ELASTIC_NET}")')
        found = _derived(story, "net", elastic_net())
        _explained(story, found)
        _certified(story, "elastic_net", found)
    with story.section("Entropy, whose operator needs the Lambert W function"):
        story.code(f'entropy = nc.function("{ENTROPY}", domain=(0, None))')
        found = _derived(story, "entropy", entropy())
        _explained(story, found)
        _certified(story, "entropy", found)
        story.say(
            "Proved means by an SMT solver, from the formula as typed; logarithms are beyond it.  "
            "Verified means searched everywhere, and no better point was found."
        )


def halves(text: str) -> tuple[str, str]:
    """Return a text cut in two at the comma nearest to its middle.

    Examples
    --------
    >>> halves("a, bcd, ef")
    ('a, bcd,', ' ef')
    """
    commas = [i for i, character in enumerate(text) if character == ","]
    cut = 1 + min(commas, key=lambda i: abs(2 * i - len(text)))
    return text[:cut], text[cut:]


def _derived(story: Story, name: str, function: Function) -> Derivation:
    story.code(f"p = nc.prox({name})", "print(p)")
    found = nc.prox(function)
    story.show(str(found))
    return found


def _explained(story: Story, found: Derivation, whole: bool = False) -> None:
    """Print the steps; the theorem, the same each time, only once unless more is asked for."""
    steps = found.explain()
    if not whole and not story.verbose:
        regimes = steps[steps.index("\nregime ") :]
        steps = f"theorem {found.theorem.name}, as above{regimes}"
    story.code("print(p.explain())")
    story.show(steps)


def _certified(story: Story, name: str, found: Derivation) -> None:
    """Certify, and count it in the data; a refutation would end the tour."""
    story.code("print(nc.certify(p))")
    certificate = nc.certify(found)
    story.show(str(certificate))
    entry: dict[str, Any] = {"status": certificate.status, "points": certificate.points}
    story.data.setdefault("certificates", {})[name] = entry


def _written(story: Story, found: Derivation) -> None:
    story.write("mcp-prox.tex", f"\\begin{{gather*}}\n{found.latex()}\n\\end{{gather*}}\n")
    story.say(f"The same in LaTeX: {story.files[-1]}")
