"""Turns encounters and tables into clingo symbols; the predicates stand in vocabulary.lp."""

from infusion_asp.facts.build import encounter_facts
from infusion_asp.facts.clock import Clock
from infusion_asp.facts.context import context_facts
from infusion_asp.facts.policies import (
    Policies,
    Policy,
    PolicyError,
    Profile,
    load_policies,
)
from infusion_asp.facts.symbols import AnyAtom, Atom, symbols_of

__all__ = [
    "AnyAtom",
    "Atom",
    "Clock",
    "Policies",
    "Policy",
    "PolicyError",
    "Profile",
    "context_facts",
    "encounter_facts",
    "load_policies",
    "symbols_of",
]
