"""One row for every definition in the zoo: where it stands in the literature, or a known value.

`case` is the name in `tests.language.catalogue`, `rename` maps our parameters to its parameters or
to numbers.  Without a case, `values` fixes the parameters and ``f(at) == result``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cosh, e, log
from typing import Any


@dataclass(frozen=True)
class Row:
    case: str = ""
    rename: dict[str, str | float] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    at: Any = None
    result: float = 0.0


def known(at: Any, result: float, **values: Any) -> Row:
    return Row(values=values, at=at, result=result)


ROWS = {
    "huber": Row("huber"),
    "normalized_huber": Row("huber_moreau"),
    "berhu": known(-3, 5, delta=1),
    "pseudo_huber": Row("pseudo_huber"),
    "hyperbolic": Row("hyperbolic"),
    "log_cosh": known(2, log(cosh(2))),
    "fair": Row("fair"),
    "absolute_deviation": Row("abs_shift"),
    "weighted_square": Row("weighted_square_shift"),
    "pinball": Row("pinball"),
    "vapnik": Row("deadzone"),
    "distance_to_interval": Row("dist_interval"),
    "hinge": Row("hinge"),
    "squared_hinge": Row("hinge_sq"),
    "positive_part": Row("pos"),
    "negative_part": Row("neg"),
    "logistic": Row("logistic_margin"),
    "softplus": Row("logistic"),
    "squared_softplus": Row("softplus_sq"),
    "exponential": Row("exp_affine"),
    "poisson": Row("poisson_log"),
    "gamma": Row("gamma_log"),
    "amplitude": Row("phase_amp"),
    "zero": Row("zero"),
    "linear": Row("linear"),
    "l1": Row("abs"),
    "nonnegative_l1": Row("linear_nonneg", {"lam": "c"}),
    "boxed_l1": Row("abs_box"),
    "linear_on_interval": Row("linear_interval"),
    "interval_support": Row("support_interval"),
    "square": Row("square_half"),
    "ridge": Row("square", {"mu": 2.0}),
    "nonnegative_square": Row("square_nonneg"),
    "elastic_net": Row("enet", {"lam": "l1", "mu": "l2"}),
    "nonnegative_elastic_net": Row("enet_nonneg", {"lam": "l1", "mu": "l2"}),
    "power": Row("pow_p"),
    "three_halves_power": Row("pow_3_2"),
    "cube": Row("pow_3"),
    "nonnegative_cube": Row("pow_3_nonneg"),
    "four_thirds_ridge": Row("pow_4_3_ridge"),
    "cubic_ridge": Row("pow_3_ridge"),
    "quartic_ridge": Row("pow_4_ridge"),
    "exponential_growth": Row("expabs"),
    "l0": Row("l0"),
    "nonnegative_l0": Row("l0_nonneg"),
    "l_half": Row("l_half"),
    "l_two_thirds": Row("l_two_thirds"),
    "l_p": Row("l_p"),
    "capped_l1": Row("capped_l1"),
    "truncated_square": known([1, -3], 2 * 1 + 2 * 4, lam=2, theta=4),
    "mcp": Row("mcp", {"gamma": "b"}),
    "scad": Row("scad"),
    "log_sum": Row("logsum_eps"),
    "log_shifted": Row("logsum_delta"),
    "transformed_l1": known(-3, 2 * 1.5 * 3 / 3.5, lam=2, a=0.5),
    "geman_mcclure": Row("geman_mcclure"),
    "exponential_type": Row("etp"),
    "cauchy": Row("cauchy"),
    "negative_l1": Row("neg_abs"),
    "l1_minus_square": Row("l1_minus_l2sq"),
    "double_well": known([1, -1, 2], 9 * 0.5, lam=0.5),
    "sinusoid": Row("sinusoid"),
    "entropy": Row("entropy"),
    "fermi_dirac": known([0, 0.5, 1], -log(2)),
    "burg": Row("neglog", {"lam": 1.0}),
    "log_barrier": Row("log_barrier_affine"),
    "cross_entropy": Row("cross_entropy"),
    "kullback_leibler": Row("poisson_kl"),
    "gamma_likelihood": Row("gamma_nll"),
    "weibull_likelihood": Row("weibull_nll"),
    "inverse": Row("inv"),
    "inverse_power": Row("inv_pow"),
    "negative_square_root": Row("neg_sqrt"),
    "negative_root": Row("neg_root"),
    "arctan_potential": Row("act_arctan"),
    "arcsinh_potential": Row("act_arcsinh"),
    "bent_identity_potential": Row("act_bent_identity"),
    "elliot_potential": Row("act_elliot"),
    "isrlu_potential": Row("act_isrlu"),
    "log_potential": Row("act_log"),
    "prelu_potential": Row("act_prelu"),
    "tanh_potential": Row("act_tanh"),
    "sigmoid_potential": Row("act_sigmoid"),
    "nonnegative_orthant": Row("ind_nonneg"),
    "nonpositive_orthant": Row("ind_nonpos"),
    "box": Row("ind_interval"),
    "symmetric_interval": Row("act_saturated", {"r": 1.0}),
    "point": Row("ind_point"),
    "binary": known(0.5, float("inf")),
    "l2": known([3, -4], 10, lam=2),
    "linf": known([3, -4], 8, lam=2),
    "lp": known([1, -2], 2 * 9 ** (1 / 3), lam=2, p=3),
    "owl": known([1, -3], 7, w=[2, 1]),
    "ptp": known([1, -3, 2], 5),
    "sparse_group": known([3, -4], 2 * 7 + 5, lam=2, mu=1),
    "log_sum_exp": known([1, 1], log(2 * e)),
}
