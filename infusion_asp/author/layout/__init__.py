"""The canonical layout of rule files."""

from infusion_asp.author.layout.files import Formatted, Unformattable, formatted, rule_files

__all__ = ["Formatted", "Unformattable", "formatted", "rule_files"]
