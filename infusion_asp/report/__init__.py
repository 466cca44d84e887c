"""The page of a batch: its tables in, one self-contained HTML page out."""

from infusion_asp.report.errors import BatchDirectoryError
from infusion_asp.report.page import report

__all__ = ["BatchDirectoryError", "report"]
