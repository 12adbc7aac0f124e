"""Canonical forms: what kind of structure a function has, as one of a closed set of values."""

from normcalc.forms.bregman import BregmanPair
from normcalc.forms.derived import Conjugate, Envelope
from normcalc.forms.general import Coordinates, General
from normcalc.forms.in_coordinates import in_coordinates
from normcalc.forms.lower import Form, as_lp, lower
from normcalc.forms.lp import Lp
from normcalc.forms.polyhedral import Polyhedral, dual, from_rows, kernel, vertices
from normcalc.forms.polyhedral_read import polyhedral, to_function
from normcalc.forms.reduced import OfSum, OrderedImage
from normcalc.forms.scalar import Scalar
from normcalc.forms.separable import Separable
from normcalc.forms.sorted import Sorted
from normcalc.forms.total import Sum
from normcalc.forms.vectors import (
    Blocks,
    Composition,
    Epigraph,
    Extreme,
    LargestBlock,
    LevelSet,
    OfNorm,
    Ordered,
    Quadratic,
    RootOfQuadratic,
    Transfer,
    Whole,
)

__all__ = [
    "Transfer",
    "Whole",
    "RootOfQuadratic",
    "Quadratic",
    "Ordered",
    "OrderedImage",
    "Extreme",
    "LargestBlock",
    "LevelSet",
    "OfNorm",
    "OfSum",
    "Epigraph",
    "Composition",
    "Blocks",
    "BregmanPair",
    "Conjugate",
    "Coordinates",
    "Envelope",
    "Form",
    "General",
    "Lp",
    "Polyhedral",
    "Scalar",
    "Separable",
    "Sorted",
    "Sum",
    "as_lp",
    "dual",
    "from_rows",
    "in_coordinates",
    "kernel",
    "lower",
    "polyhedral",
    "to_function",
    "vertices",
]
