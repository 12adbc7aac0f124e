"""Questions about a function, each answered YES, NO or UNKNOWN with a reason or a witness."""

from normcalc.facts.definite import definite, nonnegative
from normcalc.facts.entries import absolute, monotone_on_orthant, permutation_invariant
from normcalc.facts.even import even
from normcalc.facts.growth import (
    coercive,
    lipschitz,
    monotone,
    nondecreasing,
    nonincreasing,
    unbiased,
    weakly_convex,
)
from normcalc.facts.hilbertian import gram_matrix, hilbertian
from normcalc.facts.homogeneous import homogeneous, positively_homogeneous
from normcalc.facts.norm import NormKind, norm_kind
from normcalc.facts.polytope import polyhedral
from normcalc.facts.scalar import differentiable, finite, prox_bounded
from normcalc.facts.sparsity import sparsifying
from normcalc.facts.summary import Facts, convexity, facts
from normcalc.facts.triangle import convex, triangle
from normcalc.facts.truth import Truth, all_of, any_of, negate

__all__ = [
    "Facts",
    "NormKind",
    "Truth",
    "absolute",
    "all_of",
    "any_of",
    "coercive",
    "convex",
    "convexity",
    "definite",
    "differentiable",
    "even",
    "facts",
    "finite",
    "gram_matrix",
    "hilbertian",
    "homogeneous",
    "lipschitz",
    "monotone",
    "monotone_on_orthant",
    "negate",
    "nondecreasing",
    "nonincreasing",
    "nonnegative",
    "norm_kind",
    "permutation_invariant",
    "polyhedral",
    "positively_homogeneous",
    "prox_bounded",
    "sparsifying",
    "triangle",
    "unbiased",
    "weakly_convex",
]
