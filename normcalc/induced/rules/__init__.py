"""Rules for the value of an induced norm: one module each, with hypotheses and source."""

from normcalc.induced.rules.problem import Found, Problem, scaled, transposed
from normcalc.induced.rules.registry import Rule, all_rules, best_rule

__all__ = ["Found", "Problem", "Rule", "all_rules", "best_rule", "scaled", "transposed"]
