"""Matrix norms that say which one they are: induced, entrywise and Schatten norms."""

from normcalc.induced.abstract import AbstractMatrixNorm
from normcalc.induced.bounds import Bounds
from normcalc.induced.entrywise import EntrywiseNorm, entrywise
from normcalc.induced.equivalent import Equivalence, Extreme, equivalence
from normcalc.induced.numpy_order import from_numpy
from normcalc.induced.operator import InducedNorm, induced_norm
from normcalc.induced.proof import Proof
from normcalc.induced.rules import Rule, all_rules
from normcalc.induced.schatten import SchattenNorm, schatten

__all__ = [
    "AbstractMatrixNorm",
    "Bounds",
    "EntrywiseNorm",
    "Equivalence",
    "Extreme",
    "InducedNorm",
    "Proof",
    "Rule",
    "SchattenNorm",
    "all_rules",
    "entrywise",
    "equivalence",
    "from_numpy",
    "induced_norm",
    "schatten",
]
