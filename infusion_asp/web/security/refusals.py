"""Owns how a request is refused: a sentence, help, and the status of the answer."""

from __future__ import annotations


class RefusedError(Exception):
    """A request that is not answered; the sentences hold nothing that the request carried."""

    def __init__(self, status: int, message: str, help: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.help = help


def bad_host() -> RefusedError:
    """The Host header names another machine: a page elsewhere pointed its name here."""
    return RefusedError(
        421,
        "this address is not the one that the page is served at",
        "open the address that `infusion-asp serve` printed",
    )


def bad_origin() -> RefusedError:
    """The request was made by a page of another site."""
    return RefusedError(
        403, "the request came from another site", "open the page by its own address"
    )


def bad_csrf() -> RefusedError:
    """A change without the token of its browser, often from a page older than the server."""
    return RefusedError(
        403,
        "this page was opened before the server was started",
        "reload the page; the encounter is kept in the browser",
    )


def no_token() -> RefusedError:
    """No cookie and no token."""
    return RefusedError(
        401,
        "this page is opened with a token",
        "open the address with ?token=, as `infusion-asp serve` printed it",
    )


def too_large(most: int) -> RefusedError:
    """A body over the limit."""
    return RefusedError(
        413,
        f"the request is larger than {most // (1 << 20)} MB",
        "send fewer or smaller files; `infusion-asp batch` reads files of any size",
    )


def not_a_form() -> RefusedError:
    """A body that is no form."""
    return RefusedError(415, "the request is not a form", "use the controls of the page")


def bad_form() -> RefusedError:
    """A form that can't be read."""
    return RefusedError(400, "the form can't be read", "reload the page and try again")


def bad_method() -> RefusedError:
    """A method that no part of the page uses."""
    return RefusedError(405, "the page answers GET, HEAD and POST only")


def too_slow() -> RefusedError:
    """A form that doesn't arrive."""
    return RefusedError(408, "the request did not arrive in time", "try again")
