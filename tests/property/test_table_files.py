"""For every file, whole or broken: it is imported, or refused with a reason and nothing changed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.tables.store import KINDS, Catalog, TableError, import_files
from tests.support import published as made

WHOLE = {
    "ccipra-v313r0-f1.TXT": made.pairs_text([("96413", "96365", "20050101", "*", "1")] * 3),
    "MCR_MUE_PractitionerServices_Eff_10-01-2025.csv": made.limits_csv([("96366", 8, 3)]),
    "AOC_V2025Q4_01-MCR.txt": made.addon_text([("96415", "96413", "1 2013091")]),
    "HCPC2025_OCT_ANWEB.txt": made.hcpcs_text([("J1745", "20000101", "20170101", "", "N")]),
    "October 2025 Payment Limit File.csv": made.limit_prices(
        [("J1745", "10 MG", "28.123")], "October 1, 2025"
    ),
    "PPRRVU2025_Oct.csv": made.fees_csv([("96365", "", "A", "1.79", "1.79", "32.3465")]),
    "October 2025 Addendum B.csv": made.addendum_b([("96365", "S", "5693", "$210.69")]),
}


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, bytes]:
    """A published file with bytes cut out, put in or taken from another file; or any bytes."""
    name = draw(st.sampled_from(sorted(WHOLE)))
    content = WHOLE[draw(st.sampled_from(sorted(WHOLE)))]
    start = draw(st.integers(0, len(content)))
    stop = draw(st.integers(start, len(content)))
    inside = draw(
        st.binary(max_size=40) | st.text('0123456789,*\t"\n A', max_size=40).map(str.encode)
    )
    cut = content[:start] + inside + content[stop:]
    ending = draw(st.sampled_from(["", ".zip", ".xlsx"]))
    return name + ending, draw(st.sampled_from([content, cut, cut, inside]))


@given(broken(), st.sampled_from(KINDS))
@settings(max_examples=150, deadline=None)
def test_imported_or_refused(given: tuple[str, bytes], kind: str) -> None:
    name, content = given
    with tempfile.TemporaryDirectory() as directory:
        store = Path(directory) / "store"
        source = made.file(Path(directory) / name, content)
        try:
            releases = import_files(kind, [source], directory=store)
        except TableError as error:
            assert name in error.message or error.message.startswith("the rows")
            assert not Catalog.read(store).releases
        else:
            assert Catalog.read(store).releases == releases
            assert all(each.rows for each in releases)
