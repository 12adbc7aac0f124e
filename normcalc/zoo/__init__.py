# ruff: noqa: F403  (each module says in its own `__all__` what it defines)
"""Named functions, as definitions and nothing else: every operator of theirs is derived.

Each name is a function without arguments that returns the same `Function` every time.  Parameters
are given when the function is used, or fixed with ``bind``.

Examples
--------
>>> from normcalc import zoo
>>> print(zoo.l1())
lam*abs(x)
>>> zoo.huber()(2.0, delta=1.0)
1.5
"""

from __future__ import annotations

from normcalc.zoo import activations, barriers, convex, losses, nonconvex, sets, vectors
from normcalc.zoo.activations import *
from normcalc.zoo.barriers import *
from normcalc.zoo.convex import *
from normcalc.zoo.losses import *
from normcalc.zoo.nonconvex import *
from normcalc.zoo.sets import *
from normcalc.zoo.vectors import *

__all__: list[str] = []
__all__ += losses.__all__
__all__ += convex.__all__
__all__ += nonconvex.__all__
__all__ += barriers.__all__
__all__ += activations.__all__
__all__ += sets.__all__
__all__ += vectors.__all__
