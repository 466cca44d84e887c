"""Owns how a command fails: one sentence and its help on standard error, and the exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

CLEAN, FOUND, FAILED = 0, 1, 2
READER_GONE = 141  # as a shell reports a program that SIGPIPE ended
INTERRUPTED = 130


class Group(click.Group):
    """A command group that turns every failure into a sentence, its help and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line, its options included."""
        with _told():
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run one command; here, before click takes some failures for its own."""
        with _told():
            return super().invoke(ctx)


def message_of(error: BaseException) -> tuple[str, str] | None:
    """The sentence and the help of an error that was written for the user, else None."""
    message = getattr(error, "message", None)
    if not isinstance(message, str) or isinstance(error, click.ClickException):
        return None
    help = getattr(error, "help", "")
    return message, help if isinstance(help, str) else ""


def say(message: str, help: str = "") -> None:
    """Print one error with its help to standard error."""
    click.echo(f"error: {message}", err=True)
    if help:
        click.echo(f"help: {help}", err=True)


def place_of(error: BaseException) -> str:
    """Kind and place of an unforeseen error, without any of the values that led to it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if "infusion_asp" in Path(each.filename).parts] or frames
    where = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{where}"


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except BrokenPipeError:
        _silence(sys.stdout)
        raise SystemExit(READER_GONE) from None
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        told = message_of(error)
        problems = getattr(error, "messages", None)
        if isinstance(problems, tuple) and problems:
            for each in problems:
                click.echo(f"error: {each}", err=True)
        elif told is not None:
            say(*told)
        elif isinstance(error, OSError):
            name = f"'{error.filename}' " if error.filename else ""
            say(f"{name}{(error.strerror or 'input or output failed').lower()}")
        else:
            say(f"internal error ({place_of(error)})", "please report it with the command used")
        raise SystemExit(FAILED) from None


def _silence(stream: Any) -> None:
    """Point a stream whose reader went away at nothing, so that closing it stays quiet."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
