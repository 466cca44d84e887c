"""Owns what is wrong with a directory that was to be reported on."""

from __future__ import annotations


class BatchDirectoryError(ValueError):
    """A directory that is no output of `batch`, or one that contradicts itself.

    `message` is one lower-case sentence that names the place, `help` says what to do.
    """

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help
