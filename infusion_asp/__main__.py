"""Runs the command line as `python -m infusion_asp`."""

from infusion_asp.cli import main

main()
