"""Independent checks of claims, sharing nothing with the derivations that made them.

A claim says that a table of cases is, for example, the proximal operator of a function.  It is
put to three tests: a global search over every regime and border, the same at forty digits, and
where everything is algebraic a proof by z3 from the user's own formula.
"""

from __future__ import annotations

from normcalc.certify.certificate import Certificate, Outcome, Query
from normcalc.certify.claim import Claim, Statement
from normcalc.certify.interpret import set_valued
from normcalc.certify.verb import certify

__all__ = ["Certificate", "Claim", "Outcome", "Query", "Statement", "certify", "set_valued"]
