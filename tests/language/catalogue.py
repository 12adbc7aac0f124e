"""Scalar functions as the literature writes them, with SymPy's spelling and example values."""

from __future__ import annotations

from dataclasses import dataclass, field

from normcalc.language import Function, Interval, Kind, Nonnegative, Real, function


@dataclass(frozen=True)
class Case:
    name: str
    formula: str
    values: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    where: str | None = None

    def function(self) -> Function:
        return function(self.formula, where=self.where, **self.kinds)

    def __str__(self) -> str:
        return self.name


CASES = (
    Case("zero", "0*x"),
    Case("linear", "c*x", {"c": 0.7}, {"c": Real}),
    Case("linear_nonneg", "Piecewise((c*x,x>=0),(oo,True))", {"c": 0.7}, {"c": Real}),
    Case(
        "linear_interval",
        "Piecewise((c*x,And(x>=0,x<=a)),(oo,True))",
        {"c": 0.7, "a": 1.5},
        {"c": Real},
    ),
    Case("abs", "lam*Abs(x)", {"lam": 0.8}),
    Case("abs_shift", "lam*Abs(x-c)", {"lam": 0.8, "c": 0.5}, {"c": Real}),
    Case(
        "abs_box",
        "Piecewise((lam*Abs(x),And(x>=lo,x<=hi)),(oo,True))",
        {"lam": 0.8, "lo": -0.5, "hi": 2},
        {"lo": Real, "hi": Real},
        where="lo<hi",
    ),
    Case(
        "support_interval", "Max(a*x,b*x)", {"a": -1, "b": 2}, {"a": Real, "b": Real}, where="a<=b"
    ),
    Case("pinball", "tau*Max(x,0)+(1-tau)*Max(-x,0)", {"tau": 0.3}, {"tau": Interval.open(0, 1)}),
    Case("pos", "Max(x,0)"),
    Case("neg", "Max(-x,0)"),
    Case("deadzone", "Max(Abs(x)-eps,0)", {"eps": 0.8}),
    Case("hinge", "Max(1-x,0)"),
    Case("hinge_sq", "Max(1-x,0)**2"),
    Case("square_half", "x**2/2"),
    Case("square", "x**2"),
    Case("square_nonneg", "Piecewise((x**2/2,x>=0),(oo,True))"),
    Case("weighted_square_shift", "w/2*(x-c)**2", {"w": 1.3, "c": 0.4}),
    Case(
        "enet",
        "l1*Abs(x)+l2/2*x**2",
        {"l1": 0.6, "l2": 0.9},
        {"l1": Nonnegative, "l2": Nonnegative},
    ),
    Case(
        "enet_nonneg",
        "Piecewise((l1*x+l2/2*x**2,x>=0),(oo,True))",
        {"l1": 0.6, "l2": 0.9},
        {"l1": Nonnegative, "l2": Nonnegative},
    ),
    Case(
        "huber", "Piecewise((x**2/2,Abs(x)<=delta),(delta*Abs(x)-delta**2/2,True))", {"delta": 1.2}
    ),
    Case(
        "huber_moreau",
        "Piecewise((x**2/(2*delta),Abs(x)<=delta),(Abs(x)-delta/2,True))",
        {"delta": 1.2},
    ),
    Case("huber_cvx", "Piecewise((x**2,Abs(x)<=M),(2*M*Abs(x)-M**2,True))", {"M": 0.8}),
    Case("ind_nonneg", "Piecewise((0,x>=0),(oo,True))"),
    Case("ind_nonpos", "Piecewise((0,x<=0),(oo,True))"),
    Case("ind_point", "Piecewise((0,Eq(x,c)),(oo,True))", {"c": 0.4}, {"c": Real}),
    Case(
        "ind_interval",
        "Piecewise((0,And(x>=lo,x<=hi)),(oo,True))",
        {"lo": -0.5, "hi": 1.2},
        {"lo": Real, "hi": Real},
        where="lo<=hi",
    ),
    Case(
        "dist_interval",
        "Max(lo-x,0)+Max(x-hi,0)",
        {"lo": -0.5, "hi": 1.2},
        {"lo": Real, "hi": Real},
        where="lo<=hi",
    ),
    Case("pow_3_2", "lam*Abs(x)**Rational(3,2)", {"lam": 0.8}),
    Case("pow_3", "lam*Abs(x)**3", {"lam": 0.8}),
    Case("pow_3_nonneg", "Piecewise((lam*x**3,x>=0),(oo,True))", {"lam": 0.8}),
    Case("pow_p", "lam*Abs(x)**p", {"lam": 0.8, "p": 2.5}, {"p": Interval(1, None)}),
    Case("pow_4_3_ridge", "x**2/2+mu*Abs(x)**Rational(4,3)", {"mu": 0.7}),
    Case("pow_3_ridge", "x**2/2+mu*Abs(x)**3", {"mu": 0.7}),
    Case("pow_4_ridge", "x**2/2+mu*x**4", {"mu": 0.7}),
    Case("inv", "Piecewise((1/x,x>0),(oo,True))"),
    Case("inv_pow", "Piecewise((x**(-q),x>0),(oo,True))", {"q": 2}, {"q": Interval(1, None)}),
    Case("neg_sqrt", "Piecewise((-sqrt(x),x>=0),(oo,True))"),
    Case(
        "neg_root",
        "Piecewise((-x**(1/q),x>=0),(oo,True))",
        {"q": 3},
        {"q": Interval.open(1, None)},
    ),
    Case("pseudo_huber", "delta**2*(sqrt(1+(x/delta)**2)-1)", {"delta": 0.9}),
    Case("hyperbolic", "sqrt(x**2+delta**2)", {"delta": 0.7}),
    Case("fair", "w*Abs(x)-log(1+w*Abs(x))", {"w": 1.3}),
    Case("expabs", "exp(Abs(x))-Abs(x)-1"),
    Case("neglog", "Piecewise((-log(x),x>0),(oo,True))"),
    Case(
        "log_barrier_affine",
        "Piecewise((-mu*log(a*x+b),a*x+b>0),(oo,True))",
        {"mu": 0.8, "a": -1.5, "b": 2},
        {"a": Real},
        where="a!=0",
    ),
    Case("gamma_nll", "Piecewise((-k*log(x)+w*x,x>0),(oo,True))", {"k": 1.4, "w": 0.6}),
    Case("poisson_kl", "Piecewise((x-b+b*log(b/x),x>0),(oo,True))", {"b": 1.3}),
    Case(
        "weibull_nll",
        "Piecewise((-k*log(x)+w*x**p,x>0),(oo,True))",
        {"k": 1, "w": 0.6, "p": 1.5},
        {"p": Interval(1, None)},
    ),
    Case("entropy", "Piecewise((x*log(x),x>0),(0,Eq(x,0)),(oo,True))"),
    Case("exp", "exp(x)"),
    Case("exp_affine", "w*exp(a*x)", {"w": 0.6, "a": 1.4}, {"a": Real}, where="a!=0"),
    Case("poisson_log", "exp(x)-b*x", {"b": 1.5}, {"b": Nonnegative}),
    Case("gamma_log", "x+b*exp(-x)", {"b": 1.5}),
    Case(
        "cross_entropy",
        "Piecewise((-b*log(x)-(1-b)*log(1-x),And(x>0,x<1)),(oo,True))",
        {"b": 0.3},
        {"b": Interval.open(0, 1)},
    ),
    Case("logistic", "log(1+exp(x))"),
    Case("logistic_margin", "log(1+exp(-x))"),
    Case("softplus_sq", "log(1+exp(x))**2"),
    Case("act_arctan", "Piecewise((-(2/pi)*log(cos(pi*x/2))-x**2/2,Abs(x)<1),(oo,True))"),
    Case("act_arcsinh", "cosh(x)-x**2/2"),
    Case(
        "act_bent_identity", "Piecewise((x/2-log(x+Rational(1,2))/4,x>-Rational(1,2)),(oo,True))"
    ),
    Case("act_elliot", "Piecewise((-Abs(x)-log(1-Abs(x))-x**2/2,Abs(x)<1),(oo,True))"),
    Case("act_isrlu", "Piecewise((0,x>=0),(1-x**2/2-sqrt(1-x**2),x>=-1),(oo,True))"),
    Case("act_log", "exp(Abs(x))-Abs(x)-1-x**2/2"),
    Case(
        "act_prelu",
        "Piecewise((0,x>=0),((1/w-1)*x**2/2,True))",
        {"w": 0.25},
        {"w": Interval(0, 1, lo_open=True)},
    ),
    Case("act_relu", "Piecewise((0,x>=0),(oo,True))"),
    Case("act_tanh", "Piecewise((x*atanh(x)+(log(1-x**2)-x**2)/2,Abs(x)<1),(oo,True))"),
    Case(
        "act_sigmoid",
        "Piecewise((x*log(x)+(1-x)*log(1-x)-x**2/2,And(x>0,x<1)),(0,Eq(x,0)),(-Rational(1,2),Eq(x,1)),(oo,True))",
    ),
    Case("act_saturated", "Piecewise((0,Abs(x)<=1),(oo,True))"),
    Case("l0", "Piecewise((0,Eq(x,0)),(lam,True))", {"lam": 0.8}),
    Case("l0_nonneg", "Piecewise((0,Eq(x,0)),(lam,x>0),(oo,True))", {"lam": 0.8}),
    Case("l_half", "lam*sqrt(Abs(x))", {"lam": 0.8}),
    Case("l_two_thirds", "lam*Abs(x)**Rational(2,3)", {"lam": 0.8}),
    Case("l_p", "lam*Abs(x)**p", {"lam": 0.8, "p": 0.3}, {"p": Interval.open(0, 1)}),
    Case("logsum_eps", "lam*log(1+Abs(x)/eps)", {"lam": 0.8, "eps": 0.5}),
    Case("logsum_delta", "lam*log(delta+Abs(x))", {"lam": 0.8, "delta": 0.5}),
    Case(
        "mcp",
        "Piecewise((lam*Abs(x)-x**2/(2*b),Abs(x)<=b*lam),(b*lam**2/2,True))",
        {"lam": 0.9, "b": 2.5},
    ),
    Case(
        "scad",
        "Piecewise((lam*Abs(x),Abs(x)<=lam),((2*a*lam*Abs(x)-x**2-lam**2)/(2*(a-1)),Abs(x)<=a*lam),((a+1)*lam**2/2,True))",
        {"lam": 0.9, "a": 3.7},
        {"a": Interval.open(2, None)},
    ),
    Case("capped_l1", "lam*Min(Abs(x),theta)", {"lam": 0.8, "theta": 1.1}),
    Case("geman_mcclure", "lam*x**2/(x**2+g)", {"lam": 0.8, "g": 1.3}),
    Case("etp", "lam/(1-exp(-g))*(1-exp(-g*Abs(x)))", {"lam": 0.8, "g": 1.4}),
    Case("cauchy", "lam*log(1+x**2/delta)", {"lam": 0.8, "delta": 0.5}),
    Case("neg_abs", "-lam*Abs(x)", {"lam": 0.5}),
    Case("phase_amp", "(Abs(x)-b)**2/2", {"b": 1.2}),
    Case(
        "entropy_cauchy",
        "Piecewise((x*log(x)+w*log(delta+x**2),x>0),(w*log(delta),Eq(x,0)),(oo,True))",
        {"w": 4, "delta": 0.5},
    ),
    Case("l1_minus_l2sq", "lam*Abs(x)-mu/2*x**2", {"lam": 0.8, "mu": 0.2}),
    Case("sinusoid", "1-cos(x)"),
)
