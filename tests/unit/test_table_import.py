"""Importing published tables: each kind in its layout, and every refusal leaves all as it was."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from infusion_asp.tables import load_tables
from infusion_asp.tables.store import (
    AlreadyImported,
    BadRows,
    Catalog,
    Damaged,
    NotStored,
    Quarter,
    TableError,
    Truncated,
    Unrecognised,
    WrongKind,
    WrongQuarter,
    WrongSetting,
    import_files,
)
from infusion_asp.tables.store.quarter import quarters_in
from tests.support import published as made

PAIRS: list[made.Pair] = [
    ("96413", "96365", "20050101", "*", "1"),
    ("96413", "96523", "20110401", "*", "0"),
    ("99284", "96374", "20250701", "20250930", "1"),
    ("96365", "36000", "20090101", "20090101", "9"),
]
PAIRS_NAME = "ccipra-v313r0-f1.TXT"
LIMITS = [("96366", 8, 3), ("96368", 1, 2), ("96376", 0, 2)]
LIMITS_NAME = "MCR_MUE_PractitionerServices_Eff_10-01-2025.csv"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def state(store: Path) -> dict[str, bytes]:
    """Everything that is stored."""
    return {path.name: path.read_bytes() for path in sorted(store.glob("*.sqlite"))}


@pytest.mark.parametrize(
    ("name", "quarter"),
    [
        ("medicare-ncci-2025q4-practitioner-ptp-edits-ccipra-v313r0-f1.zip", "2025Q4"),
        ("ccipra-v302r0-f1.TXT", "2024Q3"),
        ("ccioph-v310r0-f4.xlsx", "2025Q1"),
        ("ccioph-v322r1-f2.TXT", "2026Q3"),
        ("MCR_MUE_OutpatientHospitalServices_Eff_07-01-2026.csv", "2026Q3"),
        ("AOC_V2026Q2-F-MCR.txt", "2026Q2"),
        ("july-2026-alpha-numeric-hcpcs-file.zip", "2026Q3"),
        ("HCPC2026_JUL_ANWEB_06172026.txt", "2026Q3"),
        ("rvu26a.zip", "2026Q1"),
        ("rvu25d.zip", "2025Q4"),
        ("PPRRVU2026_Jan_nonQPP.csv", "2026Q1"),
        ("PPRRVU25_OCT.csv", "2025Q4"),
        ("508 version of October 2025 Web Addendum B.10.31.25.csv", "2025Q4"),
        ("Section 508 version of January 2025 Web Addendum A.12.31.24.csv", "2025Q1"),
        ("section 508 version of January 2026 Medicare Part B Payment Limit File 121725.csv",
         "2026Q1"),
        ("april_2026_addendum_b.csv", "2026Q2"),
    ],
)  # fmt: skip
def test_published_names_say_the_quarter(name: str, quarter: str) -> None:
    assert {str(each) for each in quarters_in(name)} == {quarter}


@pytest.mark.parametrize("name", ["edits.txt", "version 3.csv", "summary report.csv", "v99.txt"])
def test_other_names_say_none(name: str) -> None:
    assert not quarters_in(name)


def test_quarters_follow_each_other() -> None:
    assert Quarter.of(date(2025, 12, 31)) == Quarter(2025, 4)
    assert Quarter.of(date(2026, 1, 1)) == Quarter(2025, 4).next
    assert (Quarter(2024, 3).start, Quarter(2024, 3).end) == (date(2024, 7, 1), date(2024, 9, 30))


def test_pairs_from_text(tmp_path: Path, store: Path) -> None:
    source = made.file(tmp_path / PAIRS_NAME, made.pairs_text(PAIRS))
    (release,) = import_files("ptp", [source], directory=store)
    assert (str(release.quarter), release.setting, release.rows) == ("2025Q4", "professional", 4)
    assert release.files[0].sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert release.missing == ("f2", "f3", "f4")
    edits = load_tables(store=store).edits
    found = {
        (row.column1, row.column2): row.indicator
        for row in edits.ptp(
            ["96413", "96365", "96523", "36000", "99284", "96374"],
            "professional",
            date(2025, 11, 3),
        )
    }
    assert found == {("96413", "96365"): "1", ("96413", "96523"): "0"}


def test_no_words_of_the_publisher_are_kept(tmp_path: Path, store: Path) -> None:
    import_files("ptp", [made.file(tmp_path / PAIRS_NAME, made.pairs_text(PAIRS))], directory=store)
    import_files(
        "opps",
        [made.file(tmp_path / "October 2025 Addendum B.csv",
                   made.addendum_b([("96365", "S", "5693", "$210.69")]))],
        directory=store,
    )  # fmt: skip
    stored = b"".join(state(store).values())
    assert b"rationale" not in stored
    assert b"Words" not in stored


def test_the_parts_of_a_table_grow_together(tmp_path: Path, store: Path) -> None:
    def part(number: int) -> Path:
        pair = (f"9641{number}", "36000", "20200101", "*", "1")
        name = f"medicare-ncci-2025q4-hospital-ptp-edits-ccioph-v313r0-f{number}.zip"
        return made.archive(
            tmp_path / name, {f"ccioph-v313r0-f{number}.TXT": made.pairs_text([pair])}
        )

    import_files("ptp", [part(1), part(3)], directory=store)
    (release,) = import_files("ptp", [part(2)], directory=store)
    assert (release.setting, release.rows, release.missing) == ("facility", 3, ("f4",))
    (release,) = import_files("ptp", [part(4)], directory=store)
    assert (release.rows, release.missing) == (4, ())
    assert [each.part for each in release.files] == ["f1", "f3", "f2", "f4"]


def test_an_archive_with_both_forms_and_other_files(tmp_path: Path, store: Path) -> None:
    book = made.workbook(tmp_path / "book.xlsx", [["nothing"]]).read_bytes()
    source = made.archive(
        tmp_path / "medicare-ncci-2025q4-practitioner-ptp-edits-ccipra-v313r0-f1.zip",
        {
            "readme.txt": b"words\n",
            PAIRS_NAME: made.pairs_text(PAIRS),
            "ccipra-v313r0-f1.xlsx": book,
            "notice.pdf": b"%PDF",
        },
    )
    (release,) = import_files("ptp", [source], directory=store)
    assert (release.rows, release.files[0].member) == (4, PAIRS_NAME)


def test_pairs_from_a_workbook_with_numbers_for_codes(tmp_path: Path, store: Path) -> None:
    head = [["Notice"], ["Column 1", "Column 2", "*", "Effective", "Deletion", "Modifier", "Why"]]
    rows = [[96413, 96365, None, 20050101, "*", 1, "Made up"],
            [100, "0213T", "*", 19960101, 20141231, 0, "Made up"]]  # fmt: skip
    source = made.workbook(tmp_path / "ccioph-v313r0-f1.xlsx", [*head, *rows])
    (release,) = import_files("ptp", [source], directory=store)
    assert release.select("*") == [
        ("00100", "0213T", 19960101, 20141231, 0),
        ("96413", "96365", 20050101, 0, 1),
    ]


def test_one_pair_in_two_spans_of_time(tmp_path: Path, store: Path) -> None:
    spans: list[made.Pair] = [
        ("96413", "96365", "20050101", "20251031", "0"),
        ("96413", "96365", "20251101", "*", "1"),
    ]
    import_files("ptp", [made.file(tmp_path / PAIRS_NAME, made.pairs_text(spans))], directory=store)
    edits = load_tables(store=store).edits

    def indicator(day: date) -> list[str]:
        return [row.indicator for row in edits.ptp(["96413", "96365"], "professional", day)]

    assert indicator(date(2025, 10, 31)) == ["0"]
    assert indicator(date(2025, 11, 1)) == ["1"]
    assert date(2025, 11, 1) in edits.changes


@pytest.mark.parametrize(
    ("name", "setting", "heading"),
    [
        (LIMITS_NAME, "professional", "Practitioner"),
        ("MCR_MUE_OutpatientHospitalServices_Eff_10-01-2025.csv", "facility",
         "Outpatient Hospital"),
        ("MCR_MUE_DMESupplierServices_Eff_10-01-2025.csv", "supplier", "DME Supplier"),
        ("limits 2025q4.csv", "facility", "Outpatient Hospital"),
    ],
)  # fmt: skip
def test_limits(tmp_path: Path, store: Path, name: str, setting: str, heading: str) -> None:
    source = made.file(
        tmp_path / name, made.limits_csv(LIMITS, heading, ["Words at the end, made up,,"])
    )
    (release,) = import_files("mue", [source], directory=store)
    assert (release.setting, release.rows) == (setting, 3)
    if setting != "supplier":
        row = load_tables(store=store).edits.mue("96368", setting, date(2025, 12, 31))
        assert row is not None
        assert (row.units, row.indicator) == (1, "2")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, store: Path, encoding: str) -> None:
    text = made.limits_csv(LIMITS).decode("cp1252").replace("96366", "\u00a096366\u00a0")
    source = made.file(tmp_path / LIMITS_NAME, text.encode(encoding))
    (release,) = import_files("mue", [source], directory=store)
    assert release.rows == 3
    assert load_tables(store=store).edits.mue("96366", "professional", date(2025, 10, 1))


def test_addons_from_fixed_text(tmp_path: Path, store: Path) -> None:
    source = made.file(
        tmp_path / "AOC_V2025Q4_01-MCR.txt",
        made.addon_text([
            ("96415", "96413", "1 2013091"),
            ("96376", "96365", "1 96376 facilities only"),
            ("96361", "96360", "1 20130912025304"),
            ("99292", "CCCCC", "3"),
            ("99292", "99291", "3"),
        ]),
    )  # fmt: skip
    (release,) = import_files("aoc", [source], directory=store)
    assert (release.setting, release.rows) == ("", 5)
    edits = load_tables(store=store).edits

    def parents(code: str, setting: str = "facility", day: date = date(2025, 10, 31)) -> list[str]:
        return [row.primary for row in edits.parents(code, setting, day)]

    assert parents("96415") == ["96413"]
    assert parents("96376") == ["96365"]
    assert parents("96376", "professional") == []
    assert parents("96361") == ["96360"]
    assert parents("96361", day=date(2025, 11, 1)) == []
    assert parents("99292") == [], "the contractor decides"
    assert edits.is_addon("99292", date(2025, 10, 31))


def test_addons_from_a_workbook(tmp_path: Path, store: Path) -> None:
    heading = ["Add-On Code", "Primary Code", "AOC Edit Type", "Special Instruction/Notes",
               "AOC Deletion Date", "Primary Code Deletion Date", "AOC Edit Effective Date",
               "AOC Edit Deletion Date"]  # fmt: skip
    source = made.workbook(
        tmp_path / "AOC_V2025Q4_01-MCR.xlsx",
        [
            ["Notice"],
            heading,
            [96415, 96413, 1, None, None, None, 2013091, None],
            [96375, 96360, 1, "96360 practitioner only", None, None, 2013091, None],
            [96361, 96360, 1, None, None, 2025304, 2013091, None],
        ],
    )
    import_files("aoc", [source], directory=store)
    edits = load_tables(store=store).edits
    assert [row.primary for row in edits.parents("96415", "facility", date(2025, 12, 1))] == [
        "96413"
    ]
    assert edits.parents("96375", "professional", date(2025, 12, 1))
    assert not edits.parents("96375", "facility", date(2025, 12, 1))
    assert edits.parents("96361", "facility", date(2025, 10, 31))
    assert not edits.parents("96361", "facility", date(2025, 11, 1))


def test_codes_of_level_two(tmp_path: Path, store: Path) -> None:
    rows = [("J1745", "20000101", "20170101", "", "N"),
            ("J9999", "19860101", "20260701", "20260630", "D")]  # fmt: skip
    source = made.archive(
        tmp_path / "july-2026-alpha-numeric-hcpcs-file.zip",
        {
            "HCPC2026_JUL_ANWEB_06172026.txt": made.hcpcs_text(rows),
            "HCPC2026_recordlayout.txt": b"Record layout\r\n1-5 code\r\n",
            "proc_notes_JUL2026.txt": b"Processing notes, made up\r\n",
        },
    )
    (release,) = import_files("hcpcs", [source], directory=store)
    assert (str(release.quarter), release.rows) == ("2026Q3", 2)
    payments = load_tables(store=store).payments
    ended = payments.code("J9999", date(2026, 7, 1))
    assert ended is not None
    assert ended.valid(date(2026, 6, 30))
    assert not ended.valid(date(2026, 7, 1))
    assert payments.code("J0000", date(2026, 7, 1)) is None


def test_payment_limits(tmp_path: Path, store: Path) -> None:
    name = "section 508 version of January 2026 Medicare Part B Payment Limit File 121725.csv"
    source = made.file(
        tmp_path / name,
        made.limit_prices(
            [("J1745", "10 MG", "28.123"), ("90371", "1 ML", "1,120.5"), ("J0000", "1 MG", "")],
            "January 1, 2026 through March 31, 2026",
        ),
    )
    (release,) = import_files("asp", [source], directory=store)
    assert (str(release.quarter), release.rows) == ("2026Q1", 3)
    payments = load_tables(store=store).payments
    assert [
        payment.amount if (payment := payments.drug(code, date(2026, 2, 1))) else "unknown"
        for code in ("J1745", "90371", "J0000", "J1111")
    ] == [Decimal("28.123"), Decimal("1120.5"), None, "unknown"]


@pytest.mark.parametrize(("year", "stacked"), [(2025, False), (2026, False), (2025, True)])
def test_fee_schedule(tmp_path: Path, store: Path, year: int, stacked: bool) -> None:
    rows: list[made.Fee] = [
        ("96365", "", "A", "1.79", "1.79", "32.3465"),
        ("71046", "26", "A", "0.30", "0.30", "32.3465"),
        ("99284", "", "A", "0", "3.60", "32.3465"),
    ]
    source = made.archive(
        tmp_path / f"rvu{year % 100}a.zip",
        {
            f"PPRRVU{year}_Jan_nonQPP.csv": made.fees_csv(rows, year, stacked=stacked),
            f"PPRRVU{year}_Jan_nonQPP.txt": b"HDR made up, of a fixed layout\r\n96365  words\r\n",
            f"PPRRVU{year}_Jan_QPP.csv": made.fees_csv([("96365", "", "A", "9", "9", "99")], year),
            "GPCI2025.csv": b"Locality,Number\nMade up,1.0\n",
        },
    )
    (release,) = import_files("pfs", [source], directory=store)
    assert (str(release.quarter), release.rows) == (f"{year}Q1", 3)
    payments = load_tables(store=store).payments
    office = payments.rate("physician_fee_schedule", "96365", date(year, 2, 1))
    assert office is not None
    assert (office.amount, office.status, office.year) == (Decimal("57.90"), "A", year)
    hospital = payments.rate("physician_fee_schedule", "99284", date(year, 2, 1))
    assert hospital is not None
    assert (hospital.amount, hospital.in_facility) == (None, Decimal("116.45"))
    assert payments.rate("physician_fee_schedule", "71046", date(year, 2, 1)) is None


def test_outpatient_rates(tmp_path: Path, store: Path) -> None:
    codes = made.file(
        tmp_path / "508 version of October 2025 Web Addendum B.10.31.25.csv",
        made.addendum_b([("96365", "S", "5693", "$210.690"), ("96368", "N", "", ""),
                         ("0001A", "Q1", "5691", "$1,046.14")]),
    )  # fmt: skip
    groups = made.file(
        tmp_path / "Section 508 version of October 2025 Web Addendum A.10.31.25.csv",
        made.addendum_a([("5693", "S", "$210.69")]),
    )
    import_files("opps", [codes], directory=store)
    (release,) = import_files("opps", [groups], directory=store)
    assert release.rows == 4
    payments = load_tables(store=store).payments
    found = [payments.rate("opps", code, None) for code in ("96365", "96368", "0001A")]
    assert [(each.status, each.amount) for each in found if each] == [
        ("S", Decimal("210.690")), ("N", None), ("Q1", Decimal("1046.14")),
    ]  # fmt: skip


def test_old_quarters_stay(tmp_path: Path, store: Path) -> None:
    for day, units in (("07-01-2025", 5), ("10-01-2025", 7)):
        name = f"MCR_MUE_PractitionerServices_Eff_{day}.csv"
        source = made.file(tmp_path / name, made.limits_csv([("96366", units, 3)]))
        import_files("mue", [source], directory=store)
    assert [str(each.quarter) for each in Catalog.read(store).of("mue")] == ["2025Q3", "2025Q4"]
    edits = load_tables(store=store).edits

    def units_on(day: date | None) -> int | None:
        row = edits.mue("96366", "professional", day)
        return row.units if row else None

    assert units_on(date(2025, 9, 30)) == 5
    assert units_on(date(2025, 10, 1)) == 7
    assert units_on(date(2027, 1, 1)) == 7, "the last quarter before the day"
    assert units_on(date(2024, 8, 1)) == 8, "the shipped quarter"
    assert units_on(date(2025, 3, 1)) == 8, "between the quarters: the one before"
    assert units_on(date(2020, 1, 1)) == 8, "before all of them: the first"
    assert units_on(None) == 7


def test_an_imported_quarter_takes_the_place_of_the_shipped_one(
    tmp_path: Path, store: Path
) -> None:
    source = made.file(
        tmp_path / "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv",
        made.limits_csv([("96366", 3, 3)]),
    )
    import_files("mue", [source], directory=store)
    edits = load_tables(store=store).edits
    row = edits.mue("96366", "professional", date(2024, 8, 1))
    assert row is not None
    assert row.units == 3
    assert edits.mue("96368", "professional", date(2024, 8, 1)) is None, "no longer listed"
    assert edits.mue("96366", "facility", date(2024, 8, 1)) is not None, "another table"


def test_the_quarter_that_is_used(tmp_path: Path, store: Path) -> None:
    shipped = load_tables(store=store)
    assert shipped.versions("facility", date(2024, 8, 1))["mue"] == "2024Q3"
    source = made.file(tmp_path / LIMITS_NAME, made.limits_csv(LIMITS))
    import_files("mue", [source], directory=store)
    tables = load_tables(store=store)
    assert tables.versions("professional", date(2025, 12, 1))["mue"] == "2025Q4"
    assert tables.versions("professional", date(2025, 12, 1))["ptp_edits"] == "2024Q3"
    assert tables.versions("facility", date(2025, 12, 1))["mue"] == "2024Q3"

    def where(day: date, setting: str = "professional") -> dict[str, str]:
        return {each.table: each.relation for each in tables.edits.quarters(setting, day)}

    assert where(date(2024, 9, 30)) == {"ptp": "covers", "mue": "covers", "aoc": "covers"}
    assert where(date(2024, 10, 1)) == {"ptp": "later", "mue": "between", "aoc": "later"}
    assert where(date(2025, 12, 31))["mue"] == "covers"
    assert where(date(2024, 6, 30)) == {"ptp": "earlier", "mue": "earlier", "aoc": "earlier"}


def limits_file(directory: Path, name: str = LIMITS_NAME) -> Path:
    return made.file(directory / name, made.limits_csv(LIMITS))


def test_what_is_stored_already(tmp_path: Path, store: Path) -> None:
    import_files("mue", [limits_file(tmp_path)], directory=store)
    before = state(store)
    with pytest.raises(AlreadyImported) as caught:
        import_files("mue", [limits_file(tmp_path)], directory=store)
    assert "2025Q4 professional" in caught.value.message
    changed = made.file(tmp_path / LIMITS_NAME, made.limits_csv([("96366", 9, 3)]))
    with pytest.raises(AlreadyImported) as caught:
        import_files("mue", [changed], directory=store)
    assert "--replace" in caught.value.help
    assert state(store) == before
    (release,) = import_files("mue", [changed], replace=True, directory=store)
    assert release.select("units") == [(9,)]


def test_one_bad_file_among_good_ones_stops_all(tmp_path: Path, store: Path) -> None:
    good = limits_file(tmp_path)
    bad = made.file(
        tmp_path / "MCR_MUE_OutpatientHospitalServices_Eff_10-01-2025.csv",
        made.limits_csv([("96366", 9, 3)], "Outpatient Hospital")[:-20] + b"\r\n96367,x",
    )
    with pytest.raises(TableError):
        import_files("mue", [good, bad], directory=store)
    assert state(store) == {}


def cut(content: bytes, characters: int) -> bytes:
    return content[:-characters]


REFUSED = [
    ("ptp", LIMITS_NAME, made.limits_csv(LIMITS), WrongKind),
    ("mue", PAIRS_NAME, made.pairs_text(PAIRS), WrongKind),
    ("asp", "October 2025 Addendum B.csv",
     made.addendum_b([("96365", "S", "5693", "$1.00")]), WrongKind),
    ("asp", "January 2026 ASP NDC-HCPCS Crosswalk 121725.csv",
     b"Notes\n_2026_CODE,Short Description,LABELER NAME,NDC2\nJ1745,Words,Maker,1\n", WrongKind),
    ("pfs", "PPRRVU2026_Jan_QPP.csv",
     made.fees_csv([("96365", "", "A", "1", "1", "33.5")], 2026), WrongKind),
    ("mue", "MCD_MUE_PractitionerServices_Eff_10-01-2025.csv", made.limits_csv(LIMITS), WrongKind),
    ("ptp", PAIRS_NAME, b"", Truncated),
    ("ptp", PAIRS_NAME, made.pairs_text([]), Unrecognised),
    ("ptp", PAIRS_NAME, made.pairs_text(PAIRS) + b"96413\t9636", Truncated),
    ("mue", LIMITS_NAME, made.limits_csv(LIMITS) + b"96413,", Truncated),
    ("mue", LIMITS_NAME, made.limits_csv([]), Unrecognised),
    ("ptp", PAIRS_NAME, made.pairs_text([("96413", "96365", "20051301", "*", "1"), *PAIRS]),
     BadRows),
    ("ptp", PAIRS_NAME, made.pairs_text([*PAIRS, ("96413", "96372", "20260101", "*", "1")]),
     WrongQuarter),
    ("ptp", "ccipra.txt", made.pairs_text(PAIRS), WrongQuarter),
    ("ptp", "medicare-2025q3-ccipra-v313r0-f1.txt", made.pairs_text(PAIRS), WrongQuarter),
    ("asp", "January 2026 Payment Limit File.csv",
     made.limit_prices([("J1745", "10 MG", "1")], "April 1, 2026 through June 30, 2026"),
     WrongQuarter),
    ("ptp", "edits-v313r0-f1.txt", made.pairs_text(PAIRS), WrongSetting),
    ("ptp", "ccipra-v313r0-f1.zip", b"not an archive at all", Truncated),
    ("ptp", "ccipra-v313r0-f1.xlsx", b"not a workbook at all", Truncated),
    ("ptp", "ccipra-v313r0-f1.pdf", b"%PDF-1.7", Unrecognised),
    ("ptp", PAIRS_NAME, bytes(range(256)) * 40, Unrecognised),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "content", "error"),
    REFUSED,
    ids=[f"{kind}-{error.__name__}-{n}" for n, (kind, _, _, error) in enumerate(REFUSED)],
)
def test_refused_and_nothing_touched(
    tmp_path: Path, store: Path, kind: str, name: str, content: bytes, error: type[TableError]
) -> None:
    import_files(
        "mue", [limits_file(tmp_path, LIMITS_NAME.replace("10", "07", 1))], directory=store
    )
    before = state(store)
    source = made.file(tmp_path / name, content)
    with pytest.raises(error) as caught:
        import_files(kind, [source], directory=store)
    message = caught.value.message
    assert name in message
    assert message[0].islower() or message[0] == "'"
    assert not message.endswith(".")
    assert state(store) == before
    assert not list(store.glob(".import-*"))


CUT = {
    "ptp": (PAIRS_NAME, made.pairs_text(PAIRS[:3] * 3)),
    "mue": (LIMITS_NAME, made.limits_csv(LIMITS * 3)),
    "hcpcs": (
        "HCPC2026_JUL_ANWEB.txt",
        made.hcpcs_text([(f"J174{n}", "20000101", "20170101", "", "N") for n in range(4)]),
    ),
}


@pytest.mark.parametrize("kind", sorted(CUT))
@pytest.mark.parametrize("missing", [5, 9, 12, 20, 25, 30, 33])
def test_a_file_cut_off_anywhere_in_its_last_row(
    tmp_path: Path, store: Path, kind: str, missing: int
) -> None:
    name, content = CUT[kind]
    with pytest.raises(Truncated) as caught:
        import_files(kind, [made.file(tmp_path / name, cut(content, missing))], directory=store)
    assert "ends in the middle of a row" in caught.value.message
    assert state(store) == {}


@pytest.mark.parametrize("kind", ["ptp", "mue"])
def test_a_file_without_an_end_of_line_is_whole(tmp_path: Path, store: Path, kind: str) -> None:
    name, content = CUT[kind]
    source = made.file(tmp_path / name, content.rstrip(b"\r\n"))
    (release,) = import_files(kind, [source], directory=store)
    assert release.rows == 3


def test_a_damaged_archive(tmp_path: Path, store: Path) -> None:
    whole = made.archive(
        tmp_path / "ccipra-v313r0-f1.zip", {PAIRS_NAME: made.pairs_text(PAIRS * 200)}
    ).read_bytes()
    for content in (cut(whole, 30), whole[:120] + b"\0" * 40 + whole[160:]):
        source = made.file(tmp_path / "ccipra-v313r0-f1.zip", content)
        with pytest.raises(Truncated):
            import_files("ptp", [source], directory=store)
    assert state(store) == {}


def test_options_say_what_names_do_not(tmp_path: Path, store: Path) -> None:
    source = made.file(tmp_path / "edits.txt", made.pairs_text(PAIRS))
    (release,) = import_files(
        "ptp", [source], quarter=Quarter(2025, 4), setting="facility", directory=store
    )
    assert (str(release.quarter), release.setting) == ("2025Q4", "facility")


@pytest.mark.parametrize(
    ("quarter", "setting", "error"),
    [(Quarter(2025, 3), "", WrongQuarter), (None, "facility", WrongSetting)],
)
def test_options_that_contradict_the_name(
    tmp_path: Path, store: Path, quarter: Quarter | None, setting: str, error: type[TableError]
) -> None:
    source = made.file(tmp_path / PAIRS_NAME, made.pairs_text(PAIRS[:2]))
    with pytest.raises(error):
        import_files("ptp", [source], quarter=quarter, setting=setting, directory=store)
    assert state(store) == {}


def test_few_unreadable_rows_among_thousands_are_counted(tmp_path: Path, store: Path) -> None:
    rows = [(f"{number:05d}", 1, 2) for number in range(10000, 13000)]
    content = made.limits_csv(rows).replace(b"11500,1,2 ", b"11500,?,2 ")
    (release,) = import_files("mue", [made.file(tmp_path / LIMITS_NAME, content)], directory=store)
    assert (release.rows, release.files[0].unreadable) == (2999, 1)


def test_removing_a_quarter(tmp_path: Path, store: Path) -> None:
    import_files("mue", [limits_file(tmp_path)], directory=store)
    with pytest.raises(NotStored) as caught:
        Catalog.read(store).remove("mue", Quarter(2025, 3))
    assert "2025Q4" in caught.value.help
    Catalog.read(store).remove("mue", Quarter(2025, 4), "professional")
    assert state(store) == {}
    assert load_tables(store=store).versions("professional", date(2025, 12, 1))["mue"] == "2024Q3"


def test_a_damaged_store_is_said(tmp_path: Path, store: Path) -> None:
    (release,) = import_files("mue", [limits_file(tmp_path)], directory=store)
    release.path.write_bytes(b"nothing")
    with pytest.raises(Damaged) as caught:
        load_tables(store=store)
    assert release.path.name in caught.value.message


def test_imported_payments_stand_beside_the_shipped_years(tmp_path: Path, store: Path) -> None:
    for quarter, rate in (("January 2025", "$200.00"), ("July 2027", "$300.00")):
        name = f"508 version of {quarter} Web Addendum B.csv"
        content = made.addendum_b([("96365", "S", "5693", rate)])
        import_files("opps", [made.file(tmp_path / name, content)], directory=store)
    tables = load_tables(store=store)

    def paid(day: date | None, code: str = "96365") -> tuple[int, Decimal | None]:
        rate = tables.rate("opps", code, day)
        assert rate is not None
        return rate.year, rate.amount

    assert paid(date(2025, 3, 1)) == (2025, Decimal("200.00"))
    assert paid(date(2027, 8, 1)) == (2027, Decimal("300.00"))
    assert paid(None) == (2027, Decimal("300.00"))
    assert paid(date(2025, 3, 1), "96413") == (2025, Decimal("331.690")), "not imported: shipped"
    assert paid(date(2028, 1, 1), "96413") == (2025, Decimal("331.690"))
    assert tables.rate_year("opps", date(2027, 8, 1)) == 2027
    assert tables.rate_year("opps", date(2026, 8, 1)) == 2025
    assert tables.versions("facility", date(2027, 8, 1))["opps"] == "2027Q3"
    assert "opps" not in load_tables().versions("facility", date(2027, 8, 1))
