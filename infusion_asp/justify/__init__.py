"""Says why an answer holds: firings of rules, reasons for roles, sentences and reason trees."""

from infusion_asp.justify.contrast import Contrast, RoleReasons
from infusion_asp.justify.firings import Firing
from infusion_asp.justify.justification import DEPTH, Justification, coverage, justify
from infusion_asp.justify.sentences import Names, SentenceError, render
from infusion_asp.justify.tree import FULL, Reason

__all__ = [
    "DEPTH",
    "FULL",
    "Contrast",
    "Firing",
    "Justification",
    "Names",
    "Reason",
    "RoleReasons",
    "SentenceError",
    "coverage",
    "justify",
    "render",
]
