"""Figures that go into papers as they are, from exact geometry.

`geometry` computes boundaries, contacts and curves as arrays; `artists` draws them; `style` and
`save` look after what publishers ask for.  matplotlib is loaded by the first name that draws.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

_HOME = {
    "ball": "artists.balls",
    "ball3d": "artists.solids",
    "balls": "artists.balls",
    "dual_ball": "artists.balls",
    "dual_pair": "artists.balls",
    "contact": "artists.contacts",
    "contact3d": "artists.contacts3d",
    "contours": "artists.contours",
    "induced": "artists.stretched",
    "path": "artists.paths",
    "animate": "artists.growth",
    "explore": "artists.exploring",
    "penalty": "artists.curves",
    "penalty_curve": "artists.curves",
    "prox_curve": "artists.curves",
    "boundary2d": "geometry.bodies",
    "level2d": "geometry.levels2d",
    "section": "geometry.sections",
    "shadow": "geometry.sections",
    "dual_boundary2d": "geometry.bodies",
    "touch2d": "geometry.bodies",
    "touch3d": "geometry.touch3d",
    "body3d": "geometry.solids",
    "Body3D": "geometry.body3d",
    "Polytope": "geometry.polytope3d",
    "Camera": "geometry.camera",
    "area": "geometry.boundary2d",
    "Boundary2D": "geometry.boundary2d",
    "Contact": "geometry.touch2d",
    "Contact3D": "geometry.touch3d",
    "LossContact": "geometry.losses2d",
    "Curve": "geometry.curves1d",
    "Jump": "geometry.curves1d",
    "prox_segments": "geometry.curves1d",
    "function_curve": "geometry.functions1d",
    "style": "styles",
    "save": "saving",
    "alt_text": "words",
    "alt_text_of": "artists.canvas",
}

if TYPE_CHECKING:
    from normcalc.plot.artists.balls import ball as ball
    from normcalc.plot.artists.balls import balls as balls
    from normcalc.plot.artists.balls import dual_ball as dual_ball
    from normcalc.plot.artists.balls import dual_pair as dual_pair
    from normcalc.plot.artists.canvas import alt_text_of as alt_text_of
    from normcalc.plot.artists.contacts import contact as contact
    from normcalc.plot.artists.contacts3d import contact3d as contact3d
    from normcalc.plot.artists.contours import contours as contours
    from normcalc.plot.artists.curves import penalty as penalty
    from normcalc.plot.artists.curves import penalty_curve as penalty_curve
    from normcalc.plot.artists.curves import prox_curve as prox_curve
    from normcalc.plot.artists.exploring import explore as explore
    from normcalc.plot.artists.growth import animate as animate
    from normcalc.plot.artists.paths import path as path
    from normcalc.plot.artists.solids import ball3d as ball3d
    from normcalc.plot.artists.stretched import induced as induced
    from normcalc.plot.geometry.bodies import boundary2d as boundary2d
    from normcalc.plot.geometry.bodies import dual_boundary2d as dual_boundary2d
    from normcalc.plot.geometry.bodies import touch2d as touch2d
    from normcalc.plot.geometry.body3d import Body3D as Body3D
    from normcalc.plot.geometry.boundary2d import Boundary2D as Boundary2D
    from normcalc.plot.geometry.boundary2d import area as area
    from normcalc.plot.geometry.camera import Camera as Camera
    from normcalc.plot.geometry.curves1d import Curve as Curve
    from normcalc.plot.geometry.curves1d import Jump as Jump
    from normcalc.plot.geometry.curves1d import prox_segments as prox_segments
    from normcalc.plot.geometry.functions1d import function_curve as function_curve
    from normcalc.plot.geometry.levels2d import level2d as level2d
    from normcalc.plot.geometry.losses2d import LossContact as LossContact
    from normcalc.plot.geometry.polytope3d import Polytope as Polytope
    from normcalc.plot.geometry.sections import section as section
    from normcalc.plot.geometry.sections import shadow as shadow
    from normcalc.plot.geometry.solids import body3d as body3d
    from normcalc.plot.geometry.touch2d import Contact as Contact
    from normcalc.plot.geometry.touch3d import Contact3D as Contact3D
    from normcalc.plot.geometry.touch3d import touch3d as touch3d
    from normcalc.plot.saving import save as save
    from normcalc.plot.styles import style as style
    from normcalc.plot.words import alt_text as alt_text
else:
    # Hidden from type checkers, which would otherwise accept every misspelt name.
    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module 'normcalc.plot' has no attribute {name!r}")
        value: object = getattr(import_module(f"normcalc.plot.{_HOME[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
