"""Explains a result: why a code, why not, how close to the edge, and what would change it."""

from infusion_asp.explain.explainer import Explainer, Questions

__all__ = ["Explainer", "Questions"]
