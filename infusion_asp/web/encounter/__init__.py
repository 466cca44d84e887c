"""The encounter view: a state in, the workspace with timeline, lines, reasons and findings out."""

from infusion_asp.web.encounter.state import State

__all__ = ["State"]
