"""What can be wrong with a table file, or with what is stored: each a class of its own."""

from __future__ import annotations


class TableError(Exception):
    """A table that was not imported, found or removed; nothing that was stored has changed."""

    def __init__(self, message: str, help: str = "") -> None:
        self.message = message
        self.help = help
        super().__init__(message)


class WrongKind(TableError):  # noqa: N818
    """The file holds another table than the one it was given as."""


class Unrecognised(TableError):  # noqa: N818
    """The file does not look like the table as it is published."""


class Truncated(TableError):  # noqa: N818
    """The file ends in the middle, or an archive is damaged."""


class BadRows(TableError):  # noqa: N818
    """Too many rows can't be read."""


class WrongQuarter(TableError):  # noqa: N818
    """The quarter is not known, or file, content and options say different ones."""


class WrongSetting(TableError):  # noqa: N818
    """The setting is not known, or file, content and options say different ones."""


class AlreadyImported(TableError):  # noqa: N818
    """The quarter is stored already."""


class NotStored(TableError):  # noqa: N818
    """Nothing of this description is stored."""


class Damaged(TableError):  # noqa: N818
    """A stored table can't be read."""
