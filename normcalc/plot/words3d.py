"""Bodies in space in words, generated from the mathematics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from normcalc.plot.geometry.body3d import Body3D
from normcalc.plot.geometry.creases import chains
from normcalc.plot.words import number

if TYPE_CHECKING:
    from normcalc.plot.geometry.polytope3d import Polytope


def alt_text3d(name: str, body: Polytope | Body3D, level: float = 1.0) -> str:
    """Return the description of a body for readers who cannot see it."""
    ball = "Unit ball" if level == 1 else f"Ball of level {number(level)}"
    opening = f"{ball} of {name} in space: {shape3d(body)}"
    if body.volume == float("inf"):
        ways = " and ".join(f"({', '.join(number(x) for x in way)})" for way in body.recession)
        return f"{opening}; unbounded{f' along {ways}' if ways else ''}, cut off."
    return f"{opening}; volume {_volume(body)}."


def shape3d(body: Polytope | Body3D) -> str:
    """Return what a body is."""
    if not isinstance(body, Body3D):
        v, e, f = body.counts
        return f"a polytope with {v} vertices, {e} edges and {f} faces"
    kind = "a convex body" if body.convex else "a star-shaped, nonconvex body"
    count = len(chains(body.creases.ends))
    if count == 0:
        return f"{kind} without creases"
    return f"{kind} with {count} crease{'s' * (count > 1)}"


def meaning3d(body: Polytope | Body3D) -> str:
    """Return "polyhedral", "smooth", "structured" (curved with creases) or "nonconvex"."""
    if not isinstance(body, Body3D):
        return "polyhedral"
    if not body.convex:
        return "nonconvex"
    return "structured" if len(body.creases.ends) or body.tips else "smooth"


def _volume(body: Polytope | Body3D) -> str:
    # The volume of a curved body comes from a quadrature, good to about five digits.
    if isinstance(body, Body3D):
        return f"about {body.volume:.4g}"
    return number(body.volume)
