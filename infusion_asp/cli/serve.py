"""Owns the command `serve`: the analyst's page on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import click

from infusion_asp.cli.failures import FAILED, say
from infusion_asp.cli.options import from_option, policy_option, profile_option, rules_option

_NEEDED = ("starlette", "uvicorn", "python_multipart", "duckdb", "pyarrow")


@click.command("serve")
@click.argument("files", metavar="[FILE|DIR]...", nargs=-1, type=click.Path(path_type=Path))
@from_option
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Listen there; what other machines can reach needs --token.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="0 takes a free one.",
)
@click.option(
    "--token",
    envvar="INFUSION_ASP_TOKEN",
    help="Open the page only with this token, at least 16 characters (or INFUSION_ASP_TOKEN).",
)
@click.option("--no-browser", is_flag=True, help="Don't open the browser.")
@profile_option
@policy_option
@rules_option
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes for changes, and as many for the rest (default: the cores it may use).",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=10.0,
    show_default=True,
    help="Longest time for one change.",
)
def serve_command(
    files: Sequence[Path],
    kind: str | None,
    host: str,
    port: int,
    token: str | None,
    no_browser: bool,
    profile: str | None,
    policies: Sequence[tuple[str, str]],
    overlays: Sequence[Path],
    workers: int | None,
    seconds: float,
) -> None:
    """Edit encounters in the browser and see codes, reasons and edges at once.

    FILE is read as by `code`: JSON, JSONL or YAML, or what --from KIND converts. DIR is the output
    of `batch`. Nothing leaves this machine, and nothing is written.
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        names = ", ".join(name.replace("_", "-") for name in missing)
        verb = "is" if len(missing) == 1 else "are"
        say(f"'serve' needs {names}, which {verb} not installed", "pip install 'infusion-asp[web]'")
        raise click.exceptions.Exit(FAILED)
    from infusion_asp.batch.cores import usable_cores  # noqa: PLC0415
    from infusion_asp.coding import Coder  # noqa: PLC0415
    from infusion_asp.rulebook import load_rulebook  # noqa: PLC0415
    from infusion_asp.web.inputs import sorted_inputs  # noqa: PLC0415
    from infusion_asp.web.serve import serve  # noqa: PLC0415
    from infusion_asp.web.settings import Settings  # noqa: PLC0415

    given = sorted_inputs(files, kind)
    Coder(load_rulebook(None, overlays), profile, dict(policies), tuple(overlays))  # or refuses
    settings = Settings(
        host=host,
        port=port,
        token=token or None,
        files=given.files,
        kind=kind,
        batches=given.batches,
        profile=profile,
        policies=tuple(sorted(dict(policies).items())),
        overlays=tuple(overlays),
        workers=workers or usable_cores(),
        seconds=seconds,
    )
    with suppress(KeyboardInterrupt):  # the way to end it
        serve(settings, _tell, browser=not no_browser)


def _tell(address: str) -> None:
    click.echo(f"the page is at {address} (end it with Ctrl-C)")
