"""Findings about rule files: what the loader refuses, and what a careful reader would mark."""

from infusion_asp.author.lint.catalogue import CHECKS, Check
from infusion_asp.author.lint.finding import Finding
from infusion_asp.author.lint.linter import Lint, lint

__all__ = ["CHECKS", "Check", "Finding", "Lint", "lint"]
