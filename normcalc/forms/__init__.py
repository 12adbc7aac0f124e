"""Canonical forms: what kind of structure a function has, as one of a closed set of values."""

from normcalc.forms.atomic import Atomic, Lovasz
from normcalc.forms.bregman import BregmanPair
from normcalc.forms.derived import Conjugate, Envelope
from normcalc.forms.gauges import atomic_norm, gauge_of_halfspaces, gauge_of_points
from normcalc.forms.general import Coordinates, General
from normcalc.forms.in_coordinates import in_coordinates
from normcalc.forms.lower import Form, as_lp, lower
from normcalc.forms.lp import Lp
from normcalc.forms.polyhedral import Polyhedral, dual, from_rows, kernel, vertices
from normcalc.forms.polyhedral_read import polyhedral, to_function
from normcalc.forms.ratios import NormRatio
from normcalc.forms.reduced import OfSum, OrderedImage
from normcalc.forms.scalar import Scalar
from normcalc.forms.separable import Separable
from normcalc.forms.sorted import Sorted
from normcalc.forms.total import Sum
from normcalc.forms.vectors import (
    Blocks,
    Composition,
    ConjugateOf,
    DistanceTo,
    DualNorm,
    EnvelopeOf,
    Epigraph,
    Extreme,
    GaugeOf,
    InfimalConvolution,
    LargestBlock,
    LevelSet,
    OfNorm,
    Ordered,
    PerspectiveOf,
    Quadratic,
    RootOfQuadratic,
    SupportFunction,
    Transfer,
    Transformed,
    Whole,
)

__all__ = [
    "Atomic",
    "Blocks",
    "BregmanPair",
    "Composition",
    "Conjugate",
    "ConjugateOf",
    "Coordinates",
    "DistanceTo",
    "DualNorm",
    "Envelope",
    "EnvelopeOf",
    "Epigraph",
    "Extreme",
    "Form",
    "GaugeOf",
    "General",
    "InfimalConvolution",
    "LargestBlock",
    "LevelSet",
    "Lovasz",
    "Lp",
    "NormRatio",
    "OfNorm",
    "OfSum",
    "Ordered",
    "OrderedImage",
    "PerspectiveOf",
    "Polyhedral",
    "Quadratic",
    "RootOfQuadratic",
    "Scalar",
    "Separable",
    "Sorted",
    "Sum",
    "SupportFunction",
    "Transfer",
    "Transformed",
    "Whole",
    "as_lp",
    "atomic_norm",
    "dual",
    "from_rows",
    "gauge_of_halfspaces",
    "gauge_of_points",
    "in_coordinates",
    "kernel",
    "lower",
    "polyhedral",
    "to_function",
    "vertices",
]
