"""Where imported tables are kept: a directory of the user, or the one that a variable names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "INFUSION_ASP_DATA"
_NAME = "infusion-asp"


def data_directory() -> Path:
    """The directory of imported tables, whether it exists or not.

    `INFUSION_ASP_DATA` names another place than the one the operating system has for a
    user's data.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute() / "tables"
    return _of_system() / _NAME / "tables"


def _of_system() -> Path:
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
