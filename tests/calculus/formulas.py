"""Formulas with the shapes of their parameters, and numbers for them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

import normcalc as nc


@dataclass(frozen=True)
class Row:
    """A formula, the shapes of its parameters in letters, and where its points may lie.

    In a shape `n` is the length of the vector or the number of rows of the matrix, `m` another
    length.
    """

    text: str
    shapes: str = ""
    points: str = "real"
    least: int = 1
    kinds: dict[str, nc.Kind] = field(default_factory=dict)

    def function(self) -> nc.Function:
        return nc.function(self.text, **self.kinds)

    def numbers(self, n: int, rng: np.random.Generator) -> dict[str, object]:
        """Return values for the parameters: positive numbers, real arrays."""
        size = {"n": n, "m": n + 2}
        found: dict[str, object] = {}
        for item in self.shapes.split():
            name, _, letters = item.partition("=")
            shape = tuple(size[letter] for letter in letters)
            found[name] = rng.normal(size=shape) if shape else rng.uniform(1.2, 2.5)
        for name, kind in self.kinds.items():
            if kind is nc.PositiveDefinite:
                root = rng.normal(size=(n, n))
                found[name] = root @ root.T + np.eye(n)
            if kind is nc.Groups:
                found[name] = [list(range(0, n, 2)), list(range(n))]
            if kind is nc.Nonincreasing:
                found[name] = np.sort(rng.uniform(0.5, 2.0, n))[::-1]
        return found

    def point(self, n: int, rng: np.random.Generator) -> np.ndarray:
        if self.points == "matrix":
            return rng.normal(size=(n, n + 1))
        if self.points == "tall":
            return rng.normal(size=(n + 2, n))
        if self.points == "square":
            return rng.normal(size=(n, n)) + 2 * np.eye(n)
        if self.points == "definite":
            root = rng.normal(size=(n, n))
            return root @ root.T + np.diag(np.arange(1.0, n + 1))
        if self.points == "positive":
            return rng.uniform(0.3, 2.0, n)
        if self.points == "inside":
            return rng.uniform(-0.8, 0.8, n)
        return rng.normal(size=n)


REAL_VECTOR = nc.Real.vector
ROWS = [
    Row("norm(A @ x - b)", "A=mn b=m"),
    Row("norm(A @ x - b)**2/2", "A=mn b=m"),
    Row("norm(A @ x - b)**3", "A=mn b=m"),
    Row("norm(A @ x - b, 4)", "A=mn b=m"),
    Row("norm(A @ x - b, 1)", "A=mn b=m"),
    Row("norm(A @ x - b, oo)", "A=mn b=m"),
    Row("norm(x, p)", "p="),
    Row("norm(x, p)**p", "p="),
    Row("norm(x, 5/2)**(5/2)"),
    Row("norm(x, 3)**2/2"),
    Row("dot(x, Q @ x)", "Q=nn"),
    Row("dot(x, Q @ x)/2 - dot(c, x)", "c=n", kinds={"Q": nc.PositiveDefinite}),
    Row("sqrt(dot(x, Q @ x))", kinds={"Q": nc.PositiveDefinite}),
    Row("log(sum(exp(x)))"),
    Row("log(sum(exp(A @ x - b)))", "A=mn b=m"),
    Row("sum(log(1 + exp(-y*(A @ x))))", "A=mn y=m", kinds={"y": REAL_VECTOR}),
    Row("mean(1/(1 + exp(-(A @ x))))", "A=mn"),
    Row("sum(tanh(A @ x))", "A=mn"),
    Row("sum(x*log(x))", points="positive"),
    Row("-sum(log(b - A @ x))", "A=mn b=m", points="small"),
    Row("dot(x, Q @ x)/dot(x, x)", "Q=nn"),
    Row("norm(x, 1)/norm(x)"),
    Row("norm(x)*sum(x)"),
    Row("sum(x)**2*mean(x**3)"),
    Row("exp(-dot(x, x)/2)*dot(c, x)", "c=n"),
    Row("prod(x)"),
    Row("log(prod(x))", points="positive"),
    Row("sum(diff(x)**2)", least=2),
    Row("sum(sqrt(diff(x)**2 + eps))", "eps=", least=2),
    Row("norm(x[1:3])**2 + x[0]*x[-1]", least=3),
    Row("exp(x[1])*norm(x[:-1])", least=2),
    Row("sum(cumsum(x)**2)"),
    Row("norm(cumsum(exp(x)))"),
    Row("norm(solve(A, x))", "A=nn"),
    Row("dot(x, solve(A, x))", "A=nn"),
    Row("norm(x - mean(x))**2"),
    Row("sum(group_norms(x, G, 2))", kinds={"G": nc.Groups}),
    Row("sum(group_norms(x, G, 3)**2)", kinds={"G": nc.Groups}),
    Row("dot(w, sort(abs(x)))", kinds={"w": nc.Nonincreasing}),
    Row("sum(sort(x)**3*w)", "w=n", kinds={"w": REAL_VECTOR}),
    Row("sum_largest(abs(x), 2)**2", least=2),
    Row("max(x)**2 + min(x)**3"),
    Row("sum(max(0, 1 - y*(A @ x)))", "A=mn y=m", kinds={"y": REAL_VECTOR}),
    Row("sum(max(x, 0)**2 - min(x, 2*x)**3)"),
    Row("sum(max(x, x**2, 1/2))"),
    Row("sum(Piecewise((x**2/2, abs(x) <= d), (d*abs(x) - d**2/2, True)))", "d="),
    Row("Piecewise((norm(x)**2, norm(x) <= d), (2*d*norm(x) - d**2, True))", "d="),
    Row("sum(a**x + x**2*pi)", "a="),
    Row("sum(x**a)", "a=", points="positive"),
    Row("sum(x**x)", points="positive"),
    Row("sum(sin(x)*cos(2*x) + atan(x) + sinh(x)/cosh(x))"),
    Row("sum(asin(x) + acos(x)**2 + atanh(x) + tan(x))", points="inside"),
    Row("sum(asinh(x) + erf(x)**2 + erfc(x) + cbrt(x))"),
    Row("sum(acosh(1 + x) + loggamma(x) + lambertw(x))", points="positive"),
    Row("sum(expm1(x)*log1p(x) + sqrt(x))", points="positive"),
    Row("norm(entries(X))", points="matrix"),
    Row("norm(entries(A @ X - B))**2/2", "A=mn", points="square", kinds={"B": nc.Matrix}),
    Row("norm(entries(X), 4)**4 + sum(X*sin(X))", points="matrix"),
    Row("sum(singular_values(X))", points="matrix"),
    Row("sum(singular_values(X))", points="tall"),
    Row("max(singular_values(X))", points="matrix"),
    Row("norm(singular_values(X), 3)", points="tall"),
    Row("sum(log(1 + singular_values(X)**2))", points="matrix"),
    Row("dot(w, singular_values(X))", "w=n", points="matrix"),
    Row("logdet(X)", points="definite"),
    Row("trace(A @ X) - logdet(X)", "A=nn", points="definite"),
    Row("sum(exp(eigenvalues(X)))", points="definite"),
    Row("max(eigenvalues(X))", points="definite"),
    Row("trace(A @ X)", "A=nn", points="square"),
    Row("trace(X @ A @ X)", "A=nn", points="square"),
    Row("trace(transpose(X) @ X)**2", points="matrix"),
    Row("norm(X @ b)**2", "b=n", points="square", kinds={"b": REAL_VECTOR}),
    Row("norm(solve(X, b))", "b=n", points="square", kinds={"b": REAL_VECTOR}),
    Row("sum(row_norms(X, 2))", points="matrix"),
    Row("sum(column_norms(X, 3)**2)", points="matrix"),
    Row("sum(diagonal(X)**3)", points="square"),
    Row("norm(x)**2/2 + lam*log(1 + norm(x, 1)/eps)", "lam= eps="),
    Row("x*exp(-x**2)", points="real"),
    Row("log(1 + exp(x))*a", "a="),
    Row("x1**2*x2 + sin(x1*x2)", points="pair"),
    Row("exp(x1)/(1 + x2**2) + norm((x1, x2))", points="pair"),
]
