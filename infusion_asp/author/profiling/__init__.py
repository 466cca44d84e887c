"""For profiling rules: ground instances by rule and predicate, and how they grow."""

from infusion_asp.author.profiling.doubling import doubled
from infusion_asp.author.profiling.growth import (
    Growth,
    PredicateGrowth,
    Profile,
    RuleGrowth,
    profile,
)

__all__ = ["Growth", "PredicateGrowth", "Profile", "RuleGrowth", "doubled", "profile"]
