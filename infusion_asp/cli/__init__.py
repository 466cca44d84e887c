"""The command line; nothing of ours imports it."""

from infusion_asp.cli.main import main

__all__ = ["main"]
