"""For testing rules: the notation of cases, running them together, coverage."""

from infusion_asp.author.testing.notation import DAY, BadCase, Case, cases_of, read_cases

__all__ = ["DAY", "BadCase", "Case", "cases_of", "read_cases"]
