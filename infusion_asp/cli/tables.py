"""Owns the commands `tables`: importing published quarters, listing and removing them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from infusion_asp.render.words import columns
from infusion_asp.tables import Tables, load_tables
from infusion_asp.tables.store import (
    KINDS,
    LAYOUTS,
    VARIABLE,
    Catalog,
    Quarter,
    Release,
    import_files,
    shown,
)

_EMBEDDED = {"ptp_edits": "ptp", "mue": "mue", "addon_edits": "aoc"}
_FORMATS = ("text", "json")
_WIDTHS = (6, 13, 8, 10, 9, 30)
_HEADINGS = ("TABLE", "SETTING", "QUARTER", "ROWS", "ORIGIN", "SHA-256")
_SETTINGS = sorted({name for layout in LAYOUTS.values() for name in layout.settings})
_PUBLISHED = {
    "ptp": "medicare-ncci-2025q4-practitioner-ptp-edits-ccipra-v313r0-f1.zip and f2 to f4; ccioph",
    "mue": "MCR_MUE_PractitionerServices_Eff_10-01-2025.csv",
    "aoc": "AOC_V2025Q4_01-MCR.txt",
    "hcpcs": "july-2026-alpha-numeric-hcpcs-file.zip",
    "asp": "section 508 version of January 2026 Medicare Part B Payment Limit File 121725.csv",
    "pfs": "rvu26a.zip",
    "opps": "508 version of October 2025 Web Addendum B.10.31.25.csv",
}


class _QuarterOption(click.ParamType[Quarter]):
    """`2025Q4`."""

    name = "quarter"

    def convert(self, value: Any, param: Any, ctx: Any) -> Quarter:
        """The quarter that the text names."""
        found = value if isinstance(value, Quarter) else Quarter.read(str(value))
        if found is None:
            self.fail(f"'{value}' is not a quarter such as 2025Q4", param, ctx)
        return found


_kind = click.argument("kind", metavar="|".join(KINDS), type=click.Choice(KINDS))
_format = click.option(
    "--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True
)


@click.group("tables")
def tables_group() -> None:
    """Import published tables by quarter, list what is loaded, or remove a quarter."""


_NAMES = "\n".join(f"  {kind:<6} {name}" for kind, name in _PUBLISHED.items())


@tables_group.command(
    "import",
    epilog=f"\b\nFiles as CMS names them, for example:\n{_NAMES}\n\n"
    f"{VARIABLE} names another directory to keep tables in.",
)
@_kind
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--quarter", type=_QuarterOption(), metavar="YYYYQn", help="Where no name or heading says it."
)
@click.option("--setting", type=click.Choice(_SETTINGS), help="Where the file does not say it.")
@click.option("--replace", is_flag=True, help="Put these files in the place of what is stored.")
@_format
def import_command(
    kind: str,
    files: Sequence[Path],
    quarter: Quarter | None,
    setting: str | None,
    replace: bool,
    form: str,
) -> None:
    """Import FILEs as CMS publishes them: zip, txt, csv or xlsx; all of them or none.

    Quarter and setting are read from the published names. Quarters that are there stay; the
    date of service chooses. Descriptor text is not kept.
    """
    releases = import_files(kind, files, quarter=quarter, setting=setting or "", replace=replace)
    if form == "json":
        click.echo(json.dumps([shown(each) for each in releases], indent=2))
    for each in releases:
        if form == "text":
            click.echo(f"{_name(each)}: {_rows_of(each)} from {_from(each)}")
        for file in each.files:
            if file.unreadable:
                click.echo(
                    f"warning: {file.unreadable} of {file.rows + file.unreadable} rows of "
                    f"'{file.name}' can't be read and are left out",
                    err=True,
                )
        if each.missing:
            click.echo(
                f"warning: parts {', '.join(each.missing)} of {_name(each)} are not loaded yet",
                err=True,
            )


@tables_group.command("list")
@_format
def list_command(form: str) -> None:
    """List the quarters of every table: shipped and imported, with rows and SHA-256."""
    catalog = Catalog.read()
    shipped = list(_shipped(load_tables()))
    found = [*shipped, *({**shown(each), "origin": "imported"} for each in catalog.releases)]
    if form == "json":
        click.echo(json.dumps({"directory": str(catalog.directory), "tables": found}, indent=2))
        return
    click.echo(
        columns(("TABLE", "SETTING", "QUARTER", "ROWS", "ORIGIN", "SHA-256"), _WIDTHS, indent=0)
    )
    for each in found:
        for line in _rows(each):
            click.echo(columns(line, _WIDTHS, indent=0))
    click.echo(f"\nimported tables are kept in {catalog.directory} ({VARIABLE} names another)")


@tables_group.command("remove")
@_kind
@click.argument("quarter", type=_QuarterOption(), metavar="YYYYQn")
@click.option("--setting", type=click.Choice(_SETTINGS), help="Only the table of this setting.")
def remove_command(kind: str, quarter: Quarter, setting: str | None) -> None:
    """Remove the imported tables of a kind and quarter."""
    for each in Catalog.read().remove(kind, quarter, setting or ""):
        click.echo(f"{_name(each)}: removed, {_rows_of(each)}")


def _name(release: Release) -> str:
    return f"{release.kind} {release.quarter} {release.setting}".rstrip()


def _rows_of(release: Release) -> str:
    return f"{release.rows} row{'' if release.rows == 1 else 's'}"


def _from(release: Release) -> str:
    return ", ".join(
        f"{each.name}{f' ({each.member})' if each.member else ''} sha256:{each.sha256[:12]}"
        for each in release.files
    )


def _shipped(tables: Tables) -> Iterator[dict[str, object]]:
    """The shipped slice of the payer edits, as `shown` gives an imported table."""
    for row in tables.table_versions():
        quarter = Quarter.read(row.version)
        if row.table in _EMBEDDED and quarter is not None:
            yield {
                "table": _EMBEDDED[row.table],
                "setting": None,
                "quarter": row.version,
                "from": quarter.start.isoformat(),
                "to": quarter.end.isoformat(),
                "rows": row.rows,
                "sha256": row.sha256,
                "imported": None,
                "missing_parts": [],
                "files": [],
                "origin": "shipped",
            }


def _rows(table: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    files = table["files"] or [table]
    first = (
        table["table"],
        table["setting"] or "both",
        table["quarter"],
        str(table["rows"]),
        table["origin"],
    )
    for number, file in enumerate(files):
        cells = first if number == 0 else ("",) * len(first)
        part = f" {file['part']}" if file.get("part") else ""
        yield (*cells, f"{file['sha256'][:12]}{part}")
    if table["missing_parts"]:
        yield (*("",) * len(first), f"parts {', '.join(table['missing_parts'])} are missing")
