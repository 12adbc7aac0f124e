"""A proof that a number is an induced norm: an upper bound, and a vector that attains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from normcalc.errors import Refuted
from normcalc.induced.writing import bars, latex_bars, number, vector

if TYPE_CHECKING:
    from normcalc.induced.rules.problem import Problem
    from normcalc.induced.rules.registry import Rule
    from normcalc.induced.vectors.abstract import Array

_TRIALS = 2000
_SLACK = {"exact": 1e-10, "globally convergent": 1e-6}


@dataclass(frozen=True)
class Step:
    """One line of a chain, as text and in LaTeX."""

    text: str
    latex: str


@dataclass(frozen=True, eq=False)
class Proof:
    """An upper bound in steps, and the vector at which it is an equality.

    Parameters
    ----------
    value : float
        The norm of the matrix.
    attained_at : ndarray, shape (n,)
        A vector of norm one whose image has this norm.
    steps : tuple of Step
        Why no vector does better.
    rule : Rule
        The theorem behind the steps, with hypotheses and source.
    problem : Problem
        The matrix and the two norms.

    Examples
    --------
    >>> import normcalc as nc
    >>> proof = nc.induced_norm(1, 1).proof([[1, -2], [3, 4]])
    >>> print(proof)
    |A x|_1 <= 6 |x|_1 for every x, with equality at x = (0, 1)
    1. A x = sum_j x_j a_j with the columns a_j, and |a_j|_1 = 4, 6
    2. |A x|_1 <= sum_j |x_j| |a_j|_1 <= max_j |a_j|_1 sum_j |x_j| = 6 |x|_1
    3. at x = (0, 1): A x = (-2, 4), |A x|_1 = 6, |x|_1 = 1
    by vertices_of_the_input_ball (rockafellar1970, Theorem 32.2)
    >>> proof.check()
    True
    """

    value: float
    attained_at: Array
    steps: tuple[Step, ...]
    rule: Rule
    problem: Problem

    def check(self) -> bool:
        """Verify the proof with numbers that do not come from it.

        The ratio of the two norms at the attaining vector must be the bound, and at no other
        vector of a fixed random sample may it be larger.

        Raises
        ------
        Refuted
            Either fails; the witness holds the numbers.
        """
        slack = _SLACK[self.rule.verdict] * self.value
        ratio = self.problem.ratio(self.attained_at)
        if not abs(ratio - self.value) <= slack:
            raise Refuted(
                f"the vector attains {ratio!r} and not {self.value!r}",
                {"ratio": ratio, "value": self.value},
            )
        rng = np.random.default_rng(0)
        trials = rng.standard_normal((len(self.attained_at), _TRIALS))
        ratios = self.problem.n_out.values(self.problem.matrix @ trials)
        best = float(np.max(ratios / self.problem.n_in.values(trials)))
        if best > self.value + slack:
            raise Refuted(f"a vector reaches {best!r} > {self.value!r}", {"ratio": best})
        return True

    def __str__(self) -> str:
        """Return the claim, the chain and the theorem."""
        lines = [f"{i}. {step.text}" for i, step in enumerate((*self.steps, self._last), 1)]
        return "\n".join([self._claim, *lines, f"by {self.rule}"])

    def latex(self) -> str:
        """Return the chain in LaTeX, one line a step, for an ``align*`` environment."""
        lines = [step.latex for step in (*self.steps, self._last)]
        return "\\begin{align*}\n" + " \\\\\n".join(f"& {x}" for x in lines) + "\n\\end{align*}"

    def _repr_latex_(self) -> str:
        return self.latex()

    @property
    def _claim(self) -> str:
        left, right = bars("A x", self.problem.n_out, "out"), bars("x", self.problem.n_in, "in")
        at = vector(self.attained_at)
        return f"{left} <= {number(self.value)} {right} for every x, with equality at x = {at}"

    @property
    def _last(self) -> Step:
        n_in, n_out = self.problem.n_in, self.problem.n_out
        x, image = self.attained_at, self.problem.matrix @ self.attained_at
        sizes = number(n_out.value(image)), number(n_in.value(x))
        text = (
            f"at x = {vector(x)}: A x = {vector(image)}, {bars('A x', n_out, 'out')} = {sizes[0]}"
        )
        typeset = (
            rf"x = {vector(x)}:\quad Ax = {vector(image)},\quad {latex_bars('Ax', n_out, 'out')}"
        )
        return Step(
            f"{text}, {bars('x', n_in, 'in')} = {sizes[1]}",
            rf"{typeset} = {sizes[0]},\quad {latex_bars('x', n_in, 'in')} = {sizes[1]}",
        )
