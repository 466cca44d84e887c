"""Owns which errors are told, and how work in another process fails: sentence, help, status."""

from __future__ import annotations


def is_for_people(error: BaseException) -> bool:
    """Whether an error was written for the user: one of this program's, with its sentence.

    Errors of libraries may have a message too, in words for programmers.
    """
    ours = type(error).__module__.startswith("infusion_asp.")
    return ours and isinstance(getattr(error, "message", None), str)


class SolvingError(RuntimeError):
    """Work that gave no result; nothing in it comes from the encounter."""

    status = 500

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class BusyError(SolvingError):
    """More requests wait than may wait."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "too many requests wait to be solved", "wait a few seconds, then make the change again"
        )


class NotReadyError(SolvingError):
    """No worker has been there yet."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "the processes that solve are not there yet",
            "wait a few seconds; if this comes again, start `infusion-asp serve` anew",
        )


class TooSlowError(SolvingError):
    """The limit of wall clock was reached; the worker was ended and replaced."""

    status = 504

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"solving took longer than {seconds:g} seconds and was stopped",
            "undo the last change, or make the encounter smaller",
        )


class DiedError(SolvingError):
    """The worker process ended during the work; it was replaced."""

    def __init__(self) -> None:
        super().__init__(
            "the process that solves ended unexpectedly and was replaced",
            "make the change again; if this comes again, undo it",
        )


class FailedError(SolvingError):
    """An unforeseen error in the work; `place` is its class and place, without values."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"internal error ({place})", "please report it with what was done, without values"
        )
        self.place = place
