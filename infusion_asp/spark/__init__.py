"""Encounters in a Spark DataFrame coded and verified as `batch` does it; extra `spark`."""

from infusion_asp.spark.frames import FrameError, code_dataframe, table, verify_dataframe
from infusion_asp.spark.schema import TABLES, ddl

__all__ = ["TABLES", "FrameError", "code_dataframe", "ddl", "table", "verify_dataframe"]
