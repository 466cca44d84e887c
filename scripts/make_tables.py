"""Makes the generated files of logic/tables/ from the collected public facts.

Usage: python scripts/make_tables.py FACTS_DIRECTORY [TABLES_DIRECTORY]

The facts carry long source texts and publisher sentences; the tables keep the codes, numbers,
dates and the certainty only. Hand-written tables in the same directory are left alone, but all
tables are listed in versions.csv with their rows and digest.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

Row = dict[str, str]

SETTINGS = {"outpatient_hospital": "facility", "practitioner": "professional"}
SETTING_NOTES = {"facilities only": "facility", "practitioner only": "professional"}
NEIGHBOUR_FAMILIES = (
    "immunization",
    "transfusion",
    "allergen",
    "home infusion",
    "neighbour",
    "anesthesia",
)
OUTSIDE_FAMILIES = ("access", "spinal", "product", "history", "intraoperative")
UNIT_NAMES = {
    "MG": "mg", "MCG": "mcg", "GM": "g", "G": "g", "UNIT": "unit", "UNITS": "unit", "IU": "iu",
    "MEQ": "meq", "ML": "ml", "CC": "ml", "EA": "each", "INFUSION": "each",
}  # fmt: skip
AMOUNT = re.compile(r"(?:up to )?([\d,.]+)\s*([A-Z]+)", re.IGNORECASE)
YEAR = re.compile(r"(?:since|new|^)\s*(\d{4})\b")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

# Hand-written tables and the version that they carry.
OWN_VERSION = "1"


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, header: list[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: row[name] for name in header} for row in rows)


def code_rows(facts: list[Row]) -> Iterator[Row]:
    for row in facts:
        family = row["family"]
        section = "administration"
        if family.startswith(NEIGHBOUR_FAMILIES):
            section = "neighbour"
        elif family.startswith(OUTSIDE_FAMILIES) and row["code"] != "36593":
            section = "outside"
        yield {
            **row,
            "family": re.sub(r"[^a-z]+", "_", family.lower()).strip("_"),
            "section": section,
            "from": first_day(row["status_effective"]),
            "to": "",
            "mpfs_status": row["mpfs_status_2026"] or row["mpfs_status_2025"],
            "opps_si": row["opps_si_2025q4"],
            "opps_apc": row["opps_apc_2025q4"],
        }


def first_day(text: str) -> str:
    """The first date that a status text such as `current since 2009` names, or nothing."""
    if day := DAY.search(text):
        return day.group()
    year = YEAR.search(text)
    return f"{year.group(1)}-01-01" if year else ""


def drug_rows(facts: list[Row]) -> Iterator[Row]:
    for row in facts:
        amounts = [
            (number.replace(",", ""), UNIT_NAMES[unit.upper()])
            for number, unit in AMOUNT.findall(row["billing_unit"])
            if unit.upper() in UNIT_NAMES
        ]
        if not row["billing_unit"] or row["billing_unit"].startswith("not otherwise"):
            amounts = []
        first, second = [*amounts, ("", "none"), ("", "")][:2]
        if not amounts:
            second = ("", "")
        if second[1] == first[1]:  # "5MG-1MG": the first component counts
            second = ("", "")
        if second[1] == "none":
            second = ("", "")
        yield {
            **row,
            "billing_amount": first[0],
            "billing_unit": first[1],
            "other_amount": second[0],
            "other_unit": second[1],
            "opps_si": row["opps_si_2025q4"],
            "payment_limit": row["asp_payment_limit_2026q1"],
        }


def rate_rows(facts: list[Row]) -> Iterator[Row]:
    yield from facts


def ptp_rows(facts: list[Row]) -> Iterator[Row]:
    for row in facts:
        yield {**row, "setting": SETTINGS[row["setting"]]}


def mue_rows(facts: list[Row]) -> Iterator[Row]:
    for row in facts:
        for name, setting in (
            ("outpatient_hospital", "facility"),
            ("practitioner", "professional"),
        ):
            if row[f"mue_{name}"]:
                yield {
                    **row,
                    "setting": setting,
                    "units": row[f"mue_{name}"],
                    "indicator": row[f"mai_{name}"],
                }


def addon_rows(facts: list[Row]) -> Iterator[Row]:
    for row in facts:
        found = [setting for note, setting in SETTING_NOTES.items() if note in row["note"]]
        only = found[0] if found else ""
        if only == "professional" and row["primary_code"] != "96360":
            only = ""
        yield {**row, "type": row["aoc_type"], "setting": only}


def columns(text: str) -> list[str]:
    """The names of a blank-separated list."""
    return text.split()


RATE_COLUMNS = [
    "code", "mpfs_status_2025", "mpfs_nonfac_amount_2025", "mpfs_facility_amount_2025",
    "mpfs_status_2026", "mpfs_nonfac_amount_2026", "mpfs_facility_amount_2026",
    "opps_si_2025q4", "opps_apc_2025q4", "opps_payment_2025q4", "certainty",
]  # fmt: skip
TABLES: dict[str, tuple[list[str], Callable[[list[Row]], Iterator[Row]], str, str]] = {
    "codes": (
        columns(
            "code label family role section facility_ok professional_ok "
            "professional_ok_in_facility_pos allowed_parents mpfs_status global_days opps_si "
            "opps_apc from to certainty "
        ),
        code_rows,
        "MPFS 2026 July, OPPS 2025Q4",
        "own labels; status from CMS PPRRVU and OPPS Addendum B",
    ),
    "drugs": (
        columns(
            "generic brand hcpcs billing_amount billing_unit other_amount other_unit routes "
            "container category alt_category own_administration opps_si payment_limit aliases "
            "certainty category_certainty container_certainty "
        ),
        drug_rows,
        "ASP 2026Q1, OPPS 2025Q4",
        "CMS Part B payment limit file, OPPS Addendum B; category and container own review",
    ),
    "rates": (RATE_COLUMNS, rate_rows, "MPFS 2026 July, OPPS 2025Q4", "CMS PPRRVU, Addendum B"),
    "ptp_edits": (
        columns("column1 column2 modifier_indicator setting effective_date deletion_date "),
        ptp_rows,
        "2024Q3",
        "CMS Medicare NCCI PTP edits v30.2",
    ),
    "mue": (
        columns("code setting units indicator certainty"),
        mue_rows,
        "2024Q3",
        "CMS Medicare NCCI MUE tables",
    ),
    "addon_edits": (
        columns("addon_code primary_code type setting deletion_date quarter certainty"),
        addon_rows,
        "2024Q3",
        "CMS Medicare NCCI add-on code edits",
    ),
}


def write_versions(directory: Path) -> None:
    """Writes versions.csv: one row for each table of the directory."""
    rows = []
    for path in sorted(directory.glob("*.csv")):
        if path.name == "versions.csv":
            continue
        made = TABLES.get(path.stem)
        rows.append(
            {
                "table": path.stem,
                "version": made[2] if made else OWN_VERSION,
                "source": made[3] if made else "written for this project",
                "rows": str(len(read(path))),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
        )
    write(directory / "versions.csv", ["table", "version", "source", "rows", "sha256"], rows)


def main(arguments: list[str]) -> int:
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    facts = Path(arguments[0])
    default = Path(__file__).resolve().parent.parent / "logic" / "tables"
    directory = Path(arguments[1]) if len(arguments) == 2 else default
    directory.mkdir(parents=True, exist_ok=True)
    for name, (header, make, _, _) in TABLES.items():
        write(directory / f"{name}.csv", header, make(read(facts / f"{name}.csv")))
    write_versions(directory)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
