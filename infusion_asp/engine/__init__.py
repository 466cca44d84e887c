"""Solves rulebooks; the only package that runs clingo."""

from infusion_asp.engine.allocator import no_collection
from infusion_asp.engine.answer import Answer, Atoms
from infusion_asp.engine.batch import solve_batch
from infusion_asp.engine.child import ChildSolver, solve_in_child
from infusion_asp.engine.errors import (
    EngineError,
    MemoryLimit,
    NoAnswer,
    RuleMessages,
    TimeLimit,
    TwoAnswers,
)
from infusion_asp.engine.search import Search, search
from infusion_asp.engine.solver import check_grounding, solve

__all__ = [
    "Answer",
    "Atoms",
    "ChildSolver",
    "EngineError",
    "MemoryLimit",
    "NoAnswer",
    "RuleMessages",
    "Search",
    "TimeLimit",
    "TwoAnswers",
    "check_grounding",
    "no_collection",
    "search",
    "solve",
    "solve_batch",
    "solve_in_child",
]
