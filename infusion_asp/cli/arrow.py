"""Owns the check that the extra `batch` is installed, before a command that needs it begins."""

from __future__ import annotations

import importlib.util


class MissingExtraError(RuntimeError):
    """A command whose extra was not installed."""

    def __init__(self, command: str, extra: str, package: str) -> None:
        super().__init__(command)
        self.message = f"`{command}` needs the package {package}, which is not installed"
        self.help = f"install the extra: pip install 'infusion-asp[{extra}]'"


def needs_arrow(command: str) -> None:
    """Raise MissingExtraError where `command` can't run for want of pyarrow."""
    if importlib.util.find_spec("pyarrow") is None:
        raise MissingExtraError(command, "batch", "pyarrow")
