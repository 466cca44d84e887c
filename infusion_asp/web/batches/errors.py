"""Owns what is wrong with a batch, a filter or a record that was asked for."""

from __future__ import annotations


class BatchError(ValueError):
    """`message` is one lower-case sentence, `help` says what to do; `str()` holds no value."""

    status = 400

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(type(self).__name__)
        self.message = message
        self.help = help


class NoBatchError(BatchError):
    """There is no such batch, or its tables cannot be browsed."""

    status = 404


class FilterError(BatchError):
    """A filter that nobody can apply; `name` is its field."""

    def __init__(self, name: str, message: str, help: str = "") -> None:
        super().__init__(message, help)
        self.name = name


class NotOpenedError(BatchError):
    """A record that cannot be read.

    `address` is the page that says so. `nameable`: it helps to name the place of the input.
    """

    status = 404

    def __init__(
        self, message: str, help: str = "", *, address: str = "", nameable: bool = False
    ) -> None:
        super().__init__(message, help)
        self.address = address
        self.nameable = nameable
