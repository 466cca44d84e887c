"""The store of imported tables: published files of a quarter, kept in the user's directory.

releases = import_files("mue", [Path("MCR_MUE_PractitionerServices_Eff_10-01-2025.csv")])
Catalog.read().of("mue")
"""

from infusion_asp.tables.store.catalog import Catalog, shown, stamp
from infusion_asp.tables.store.errors import (
    AlreadyImported,
    BadRows,
    Damaged,
    NotStored,
    TableError,
    Truncated,
    Unrecognised,
    WrongKind,
    WrongQuarter,
    WrongSetting,
)
from infusion_asp.tables.store.importing import import_files
from infusion_asp.tables.store.place import VARIABLE, data_directory
from infusion_asp.tables.store.quarter import Quarter
from infusion_asp.tables.store.release import KINDS, LAYOUTS, Release, StoredFile

__all__ = [
    "KINDS",
    "LAYOUTS",
    "VARIABLE",
    "AlreadyImported",
    "BadRows",
    "Catalog",
    "Damaged",
    "NotStored",
    "Quarter",
    "Release",
    "StoredFile",
    "TableError",
    "Truncated",
    "Unrecognised",
    "WrongKind",
    "WrongQuarter",
    "WrongSetting",
    "data_directory",
    "import_files",
    "shown",
    "stamp",
]
