"""Reads, checks, gates and lifts a rulebook; solves nothing."""

from infusion_asp.rulebook.errors import Problem, RulebookError, RuleNotFound
from infusion_asp.rulebook.headers import Rule
from infusion_asp.rulebook.loader import Rulebook, load_rulebook, shipped_logic
from infusion_asp.rulebook.vocabulary import Argument, Predicate, Vocabulary

__all__ = [
    "Argument",
    "Predicate",
    "Problem",
    "Rule",
    "RuleNotFound",
    "Rulebook",
    "RulebookError",
    "Vocabulary",
    "load_rulebook",
    "shipped_logic",
]
