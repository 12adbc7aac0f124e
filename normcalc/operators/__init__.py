"""Maps of vectors and matrices as values: what theorems about them answer with.

For a function of one real variable the answer is a table of cases.  For a vector it is an
`Operator`: a frozen tree whose leaves are such tables, and which computes ``prox(v, step)`` for
given parameter values.  Operators know numbers only; which one is right is a matter of theorems.
"""

from normcalc.operators.affine import Affine, affine_map
from normcalc.operators.base import Operator, Values, needed
from normcalc.operators.constrained import LinearlyConstrained
from normcalc.operators.dual import DualBall, FunctionOfNorm, PolarBall
from normcalc.operators.extreme import LargerOfTwo, LeastOf
from normcalc.operators.grouped import Blockwise, StackedBlocks
from normcalc.operators.isotonic import Isotonic
from normcalc.operators.levels import EpigraphProjection, LevelProjection
from normcalc.operators.linear import AffineProjection, Ellipsoidal, LinearSolve
from normcalc.operators.lp import LpBall
from normcalc.operators.of_sum import OfSumRoot
from normcalc.operators.orthogonal import Orthogonal
from normcalc.operators.perspective import Perspective
from normcalc.operators.plain import Applied, BySize, Entrywise, FirstOf
from normcalc.operators.polar import Polar
from normcalc.operators.polyhedral import PolyhedralProx, exact_or
from normcalc.operators.pooled import Pooled, RootOfHomogeneous
from normcalc.operators.quasinorm import QuasiNorm
from normcalc.operators.ratios import RatioOfNorms
from normcalc.operators.shifted import Chained, PreComposed, Tilted
from normcalc.operators.sparse import KeepLargest, SparseSymmetric
from normcalc.operators.spheres import SortedSphere
from normcalc.operators.split import Piece, Split, SplitTerm
from normcalc.operators.strings import TautString
from normcalc.operators.transferred import Transferred
from normcalc.operators.transforms import (
    Decomposed,
    OfDistance,
    OfEnvelope,
    OfGauge,
    Scaled,
    SlopeOfEnvelope,
)

__all__ = [
    "Affine",
    "AffineProjection",
    "Applied",
    "Blockwise",
    "BySize",
    "Chained",
    "Decomposed",
    "StackedBlocks",
    "DualBall",
    "Ellipsoidal",
    "Entrywise",
    "EpigraphProjection",
    "FirstOf",
    "FunctionOfNorm",
    "Isotonic",
    "KeepLargest",
    "LargerOfTwo",
    "LeastOf",
    "LevelProjection",
    "LinearSolve",
    "LinearlyConstrained",
    "LpBall",
    "OfDistance",
    "OfEnvelope",
    "OfGauge",
    "OfSumRoot",
    "Operator",
    "Orthogonal",
    "Perspective",
    "Piece",
    "Polar",
    "PolarBall",
    "PolyhedralProx",
    "Pooled",
    "PreComposed",
    "QuasiNorm",
    "RatioOfNorms",
    "RootOfHomogeneous",
    "Scaled",
    "SlopeOfEnvelope",
    "SortedSphere",
    "SparseSymmetric",
    "Split",
    "SplitTerm",
    "TautString",
    "Tilted",
    "Transferred",
    "Values",
    "affine_map",
    "exact_or",
    "needed",
]
