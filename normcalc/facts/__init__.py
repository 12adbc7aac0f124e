"""Questions about a function, each answered YES, NO or UNKNOWN with a reason or a witness."""

from normcalc.facts.definite import definite, nonnegative
from normcalc.facts.even import even
from normcalc.facts.homogeneous import homogeneous, positively_homogeneous
from normcalc.facts.norm import NormKind, norm_kind
from normcalc.facts.summary import Facts, facts
from normcalc.facts.triangle import convex, triangle
from normcalc.facts.truth import Truth, all_of, any_of, negate

__all__ = [
    "Facts",
    "NormKind",
    "Truth",
    "all_of",
    "any_of",
    "convex",
    "definite",
    "even",
    "facts",
    "homogeneous",
    "negate",
    "nonnegative",
    "norm_kind",
    "positively_homogeneous",
    "triangle",
]
