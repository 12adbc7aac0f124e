"""Functions of vectors and matrices that peers write by hand, as formulas.

Each row: its name, the formula, the kinds that the formula does not give away, and values that
stay fixed in the checks, where random ones would hardly ever meet the point of the row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

import normcalc as nc
from normcalc.language import PositiveDefinite

_rng = np.random.default_rng(3)
ORTHOGONAL = np.linalg.qr(_rng.normal(size=(5, 5)))[0][:2]
_WEIGHTS = nc.Nonnegative.vector
_GROUPS = "group_norms(x, G, 2)"
_ABOVE_ONE = nc.Interval(1, None)


@dataclass(frozen=True)
class Row:
    """One function."""

    name: str
    formula: str
    kinds: dict[str, Any] = field(default_factory=dict)
    fixed: dict[str, Any] = field(default_factory=dict)

    def function(self) -> nc.Function:
        """Return it."""
        return nc.function(self.formula, **self.kinds)


ROWS = [
    # norms
    Row("norm1", "norm(x, 1)"),
    Row("norm1_weighted", "sum(w*abs(x))", {"w": _WEIGHTS}),
    Row("norm2", "lam*norm(x)"),
    Row("norm2_ellipsoidal", "sqrt(dot(x, P @ x))", {"P": PositiveDefinite}),
    Row("norm2_weighted", "sqrt(sum(w*x**2))", {"w": nc.Positive.vector}),
    Row("norm_inf", "lam*max(abs(x))"),
    Row("norm_p", "norm(x, p)", {"p": _ABOVE_ONE}),
    Row("norm21_group", "sum(w*group_norms(x, G, 2))", {"w": nc.Positive.vector}),
    Row("tree_group_l2", "sum(group_norms(x, G, 2))", {}, {"G": [[0], [1], [0, 1]]}),
    Row("overlap_group", "sum(group_norms(x, G, 2))", {}, {"G": [[0, 1], [1, 2]]}),
    Row("norm_inf1_group", "sum(w*group_norms(x, G, oo))", {"w": nc.Positive.vector}),
    Row("graph_linf", "sum(group_norms(x, G, oo))", {}, {"G": [[0, 1], [1, 2], [0, 2]]}),
    Row("sparse_group", "lam*sum(abs(x)) + mu*norm(x)"),
    Row("norm2_nonneg", "norm(x) + indicator(x >= 0)"),
    Row("slope_owl", "dot(w, sort(abs(x)))", {"w": nc.Nonincreasing}),
    Row("topk_abs", "sum_largest(abs(x), k)", {}, {"k": 2}),
    Row("largest_group", "max(group_norms(x, G, 1))", {}, {"G": [[0, 1], [2]]}),
    Row("tv1d", "lam*sum(abs(diff(x)))"),
    Row("tv1d_weighted", "sum(w*abs(diff(x)))", {"w": _WEIGHTS}),
    Row("fused_lasso", "lam*sum(abs(x)) + mu*sum(abs(diff(x)))"),
    Row("tv1d_l2", "norm(diff(x))"),
    Row("tv1d_lp", "norm(diff(x), p)", {"p": _ABOVE_ONE}),
    Row("trend_filter", "sum(abs(diff(diff(x))))"),
    Row("tv_graph", "sum(abs(D @ x))"),
    Row("ptp", "max(x) - min(x)"),
    Row("std", "norm(x - mean(x))"),
    Row("semi_Ax", "norm(Q @ x)", {}, {"Q": ORTHOGONAL}),
    Row("semi_general", "norm(A @ x)"),
    Row("norm_sum_of", "norm(x, 3) + max(abs(x))"),
    # other functions of a vector
    Row("norm2_sq", "sum(x**2)/2"),
    Row("norm1_sq", "sum(abs(x))**2"),
    Row("norm_inf_sq", "lam*max(abs(x))**2"),
    Row("norm2_cube", "lam*norm(x)**3"),
    Row("norm2_pow", "lam*norm(x)**p", {"p": _ABOVE_ONE}),
    Row("radial", "log(1 + norm(x)**2)"),
    Row("block_mcp", f"sum(Piecewise((lam*{_GROUPS} - {_GROUPS}**2/(2*g), {_GROUPS} <= g*lam),"
        " (g*lam**2/2, True)))", {}, {"G": [[0, 1], [2]]}),
    Row("block_l_half", "sqrt(norm(x))"),
    Row("l0_l2_block", "Piecewise((0, norm(x) == 0), (lam, True))"),
    Row("neg_norm2", "-lam*norm(x)"),
    Row("max", "max(x)"),
    Row("neg_entropy_simplex", "sum(x*log(x)) + indicator(sum(x) == 1)"),
    Row("neg_sqrt_ball", "-sqrt(a**2 - norm(x)**2)"),
    Row("sqrt_quad", "sqrt(a**2 + norm(x)**2)"),
    Row("sqrt_loss", "norm(A @ x - b)"),
    Row("dist_box_sq", "sum(max(abs(x) - 1, 0)**2)/2"),
    Row("regularize", "max(abs(x)) + r/2*sum((x - a)**2)", {"a": nc.Vector}),
    Row("tilt", "norm(x) + dot(a, x)"),
    Row("translate", "max(abs(x - b))", {"b": nc.Vector}),
    Row("scale_arg", "max(abs(3*x))"),
    Row("reflect", "max(-x)"),
    Row("vapnik_norm", "max(norm(x) - eps, 0)"),
    Row("affine_barrier", "-log(b - dot(a, x))"),
    Row("ball_barrier", "-log(r - norm(x - c)**2)", {"c": nc.Vector}),
    Row("quad", "dot(x, Q @ x)/2 + dot(q, x)", {"Q": PositiveDefinite}),
    Row("least_squares", "lam/2*norm(A @ x - b)**2"),
    Row("lad", "sum(abs(A @ x - b))"),
    Row("logistic_loss", "sum(log(1 + exp(-(A @ x))))"),
    # matrices
    Row("nuclear", "lam*sum(singular_values(X))"),
    Row("nuclear_weighted", "dot(w, singular_values(X))", {"w": nc.Nonincreasing}),
    Row("spectral", "max(singular_values(X))"),
    Row("frobenius", "norm(entries(X))"),
    Row("induced_1", "max(column_norms(X, 1))"),
    Row("induced_inf", "max(row_norms(X, 1))"),
    Row("induced_1_2", "max(column_norms(X, 2))"),
    Row("induced_1_inf", "norm(entries(X), oo)"),
    Row("schatten_p", "norm(singular_values(X), p)", {"p": _ABOVE_ONE}),
    Row("schatten_p_pow", "sum(singular_values(X)**p)", {"p": _ABOVE_ONE}),
    Row("ky_fan", "sum_largest(singular_values(X), k)", {}, {"k": 2}),
    Row("entry_l1", "sum(abs(X))"),
    Row("l21_rows", "sum(row_norms(X, 2))"),
    Row("linf1_rows", "sum(row_norms(X, oo))"),
    Row("rank", "mu*rank(X)"),
    Row("rank_ridge", "sum(singular_values(X)**2)/2 + mu*rank(X)"),
    Row("nuclear_ridge", "sum(X**2)/2 + mu*sum(singular_values(X))"),
    Row("logdet", "-logdet(X)"),
    Row("logdet_nuclear", "-logdet(X) + mu*sum(abs(eigenvalues(X)))"),
    Row("von_neumann", "sum(eigenvalues(X)*log(eigenvalues(X)))"),
    Row("lambda_max", "max(eigenvalues(X))"),
    Row("trace_psd", "trace(X) + indicator(eigenvalues(X) >= 0)"),
    Row("tr_inv", "sum(1/eigenvalues(X)) + indicator(eigenvalues(X) > 0)"),
    Row("capped_l1_sv", "sum(min(singular_values(X), theta))"),
    Row("loss_logdet_gaussian", "trace(S @ X) - logdet(X)"),
    # sets
    Row("set_box", "indicator((x >= lo) & (x <= hi))", {"lo": nc.Vector, "hi": nc.Vector},
        {"lo": [-1.0, 0.0], "hi": [1.0, 0.5]}),
    Row("set_nonneg_orthant", "indicator(x >= 0) + 0*sum(x)"),
    Row("set_hyperplane", "indicator(dot(a, x) == b)"),
    Row("set_halfspace", "indicator(dot(a, x) <= b)"),
    Row("set_hyperslab", "indicator((dot(a, x) <= b) & (dot(a, x) >= -b))"),
    Row("set_affine", "indicator(A @ x == b)"),
    Row("set_polyhedron", "indicator(A @ x <= b)", {"b": nc.Nonnegative.vector}),
    Row("set_simplex", "indicator((x >= 0) & (sum(x) == r))"),
    Row("set_simplex_le", "indicator((x >= 0) & (sum(x) <= r))"),
    Row("set_ball_l1", "indicator(sum(abs(x)) <= r)"),
    Row("set_ball_l2", "indicator(norm(x - c) <= r)", {"c": nc.Vector}),
    Row("set_ball_linf", "indicator(max(abs(x)) <= r)"),
    Row("set_ball_lp", "indicator(norm(x, 3) <= r)"),
    Row("set_ball_l12", "indicator(sum(group_norms(x, G, 2)) <= r)", {}, {"G": [[0, 1], [2]]}),
    Row("set_ball_linf_l2", "indicator(max(group_norms(x, G, 2)) <= r)", {},
        {"G": [[0, 1], [2]]}),
    Row("set_ball_max", "indicator(max(x) <= r)"),
    Row("set_ball_tv", "indicator(sum(abs(diff(x))) <= r)"),
    Row("set_ball_l0", "indicator(norm(x, 0) <= k)", {}, {"k": 1}),
    Row("set_sphere_l2", "indicator(norm(x) == r)"),
    Row("set_soc", "indicator(norm(x[:-1]) <= x[-1])"),
    Row("set_psd", "indicator(eigenvalues(X) >= 0)"),
    Row("set_psd_trace", "indicator((eigenvalues(X) >= 0) & (trace(X) == r))"),
    Row("set_max_eig_le", "indicator(max(eigenvalues(X)) <= r)"),
    Row("set_ball_nuclear", "indicator(sum(singular_values(X)) <= r)"),
    Row("set_ball_spectral", "indicator(max(singular_values(X)) <= r)"),
    Row("set_ball_rank", "indicator(rank(X) <= k)", {}, {"k": 1}),
    Row("set_stiefel", "indicator(singular_values(X) == 1)"),
    Row("set_monotone", "indicator(diff(x) >= 0)"),
    Row("set_epi_linf", "indicator(w*max(abs(x[:-1])) <= x[-1])"),
    Row("set_epi_max", "indicator(max(x[:-1]) <= x[-1])"),
    Row("set_epi_power", "indicator(sum(abs(x[:-1])**q) <= x[-1])", {"q": _ABOVE_ONE}),
    Row("set_epi_sqhinge", "indicator(sum(max(x[:-1], 0)**2) <= x[-1])"),
    Row("set_epi_group_lasso", "indicator(sum(group_norms(x[:-1], G, 2)) <= x[-1])", {},
        {"G": [[0], [1]]}),
    Row("set_intersection", "indicator((norm(x) <= r) & (A @ x <= b))",
        {"b": nc.Nonnegative.vector}),
    # more of each kind
    Row("norm21_group_nonneg", "sum(group_norms(x, G, 2)) + indicator(x >= 0)"),
    Row("norm_max_of", "max(norm(x), sum(abs(x))/2)"),
    Row("norm_polyhedral", "max(abs(A @ x))"),
    Row("norm_octagon", "max(abs(x1), abs(x2), (abs(x1) + abs(x2))/sqrt(2))"),
    Row("max_affine", "max(A @ x - b)", {"b": nc.Vector}),
    Row("max_affine_coordinates", "max(x1 + 1, lam*x2, x3 - x1)"),
    Row("norm_atomic", "lam*atomic_norm(x, V)"),
    Row("gauge_points", "gauge_of_points(x, V)"),
    Row("submodular_lovasz", "lam*lovasz(x, F)"),
    Row("set_halfplanes", "indicator((x1 + 2*x2 <= 1) & (x1 >= 0))"),
    Row("tv2d_aniso", "sum(abs(D @ X)) + sum(abs(X @ E))", {"E": nc.Matrix}),
    Row("pointwise_min", "min(sum(abs(x)), sum(x**2))"),
    Row("squashing_potential", "norm(x)**2/(1 + norm(x)**2)"),
    Row("poisson_vec", "sum(x - b*log(x))", {"b": nc.Positive.vector}),
    Row("l2_conv", "norm(H @ x - b)**2"),
    Row("separable_sum", "sum(w*abs(x)**3)", {"w": nc.Positive.vector}),
    Row("absdiff_pair", "abs(x[0] - x[1]) + indicator(x >= 0) + 0*sum(x)"),
    Row("dist_ball", "max(norm(x) - r, 0)"),
    Row("dist_ball_sq", "max(norm(x) - r, 0)**2/2"),
    Row("logdet_schatten", "-logdet(X) + mu*sum(abs(eigenvalues(X))**p)", {"p": _ABOVE_ONE}),
    Row("logdet_inv", "-logdet(X) + mu*sum(1/eigenvalues(X))"),
    Row("phi_singular_nonconvex", "sum(log(1 + singular_values(X)))"),
    Row("spectral_fn", "sum(exp(singular_values(X)))"),
    Row("set_free", "0*sum(x)"),
    Row("set_singleton", "indicator(x == c)", {"c": nc.Vector}),
    Row("set_binary", "indicator((x == 0) | (x == 1)) + 0*sum(x)"),
    Row("set_graph_A", "indicator(x[1:] - A @ x[:1] == 0)", {}, {"A": np.array([[1.0], [2.0]])}),
    Row("set_range", "indicator(N @ x == 0)"),
    Row("set_linear_ineq_cone", "indicator(A @ x <= 0)"),
    Row("set_birkhoff", "indicator((X >= 0) & (X @ o == 1) & (transpose(X) @ o == 1))",
        {"o": nc.Vector}, {"o": np.ones(3)}),
    Row("set_transport", "indicator((X >= 0) & (X @ o == r) & (transpose(X) @ o == c))",
        {"o": nc.Vector, "r": nc.Vector, "c": nc.Vector},
        {"o": np.ones(3), "r": np.array([1.0, 2.0, 1.0]), "c": np.array([2.0, 1.0, 1.0])}),
    Row("set_epi_l2", "indicator(w*norm(x[:-1]) <= x[-1])"),
    Row("set_epi_log", "indicator(-w*sum(log(x[:-1])) <= x[-1])"),
    Row("set_level_set", "indicator(sum(log(1 + exp(x))) <= r)"),
    Row("set_ball_kl", "indicator(sum(x - z*log(x)) <= r)", {"z": nc.Positive.vector},
        {"r": 20.0}),
    Row("loss_hinge", "sum(max(1 - A @ x, 0))"),
    Row("loss_sq_hinge", "sum(max(1 - A @ x, 0)**2)"),
    Row("loss_pinball", "sum(max(q*(A @ x - b), (q - 1)*(A @ x - b)))",
        {"q": nc.Interval.open(0, 1), "b": nc.Vector}),
    Row("loss_poisson_log", "sum(exp(A @ x) - y*(A @ x))", {"y": nc.Positive.vector}),
    Row("loss_gamma_log", "sum(A @ x + y*exp(-(A @ x)))", {"y": nc.Positive.vector}),
    Row("loss_svc_dual", "norm(A @ x)**2/2 - sum(x) + indicator((x >= 0) & (x <= C))"),
]  # fmt: skip
BY_NAME = {row.name: row for row in ROWS}
