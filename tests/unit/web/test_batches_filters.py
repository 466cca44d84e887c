"""What a filter leaves, and its order and pages, are those of a plain filter over the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb", reason="the extra web is not installed")

from hypothesis import given, settings
from hypothesis import strategies as st

from infusion_asp.render.view import LEVELS
from infusion_asp.report.limits import Limit, Population
from infusion_asp.web.batches.browse import listed
from infusion_asp.web.batches.directory import FORMS, look
from infusion_asp.web.batches.errors import FilterError
from infusion_asp.web.batches.filters import (
    RISKS,
    SORTS,
    SOURCES,
    VERDICTS,
    Asked,
    Filter,
    Place,
    query,
    read,
)
from infusion_asp.web.batches.store import Store
from tests.support.batch_directory import (
    CODES,
    DEPARTMENTS,
    FINDING_RULES,
    LINE_RULES,
    Made,
    Tables,
    made,
)

RECORDS, SIZE = 300, 7
HELD = (
    Population("drugs", ("infusion", "push"), (Limit(15, "an infusion"), Limit(90, "an hour"))),
    Population("hydration", ("hydration",), (Limit(30, "the first hour"),)),
)
HOSTILE = ("' OR 1=1 --", '"; DROP VIEW lines; --', "$rule", "%", "_", "\\", "\x00", "{{ 7 }}")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("batch"), RECORDS, 5)


@pytest.fixture(scope="module")
def store(whole: Made) -> Iterator[Store]:
    opened = Store(look(whole.out))
    yield opened
    opened.close()


texts = st.sampled_from(("", "", "", *HOSTILE))
amounts = st.none() | st.sampled_from((Decimal(0), Decimal("12.5"), Decimal("99.99"), Decimal(400)))
filters = st.builds(
    Filter,
    rule=st.sampled_from(("", *FINDING_RULES)) | texts,
    level=st.sampled_from(("", *LEVELS)),
    risk=st.sampled_from(("", *RISKS)),
    code=st.sampled_from(("", *CODES)) | texts,
    source=st.sampled_from(("", *SOURCES)),
    verdict=st.sampled_from(("", *VERDICTS)),
    department=st.sampled_from(("", "not given", *filter(None, DEPARTMENTS))) | texts,
    over=amounts,
    under=amounts,
    limit=st.sampled_from(("", "drugs-15", "drugs-90", "hydration-30")),
    within=st.integers(1, 40),
    fired=st.sampled_from(("", *LINE_RULES, *FINDING_RULES, "support_fluid")) | texts,
    id=st.sampled_from(("", "enc", "VISIT-1", "é", "DROP TABLE", "50%")) | texts,
)
asked = st.builds(
    lambda filter, sort, down: Asked(
        filter,
        ("-" if down else "") + ("record" if sort == "minutes" and not filter.limit else sort),
    ),
    filters,
    st.sampled_from(tuple(SORTS)),
    st.booleans(),
)


def finding_fits(filter: Filter, row: dict[str, Any]) -> bool:
    wanted = {"rule_id": filter.rule, "level": filter.level, "risk": filter.risk}
    return all(not value or row[name] == value for name, value in wanted.items())


def line_fits(filter: Filter, row: dict[str, Any]) -> bool:
    wanted = {"code": filter.code, "source": filter.source}
    return all(not value or row[name] == value for name, value in wanted.items())


def past(filter: Filter, row: dict[str, Any]) -> bool:
    assert filter.minute is not None
    name, minute = filter.minute
    kinds = next(each.kinds for each in HELD if each.name == name)
    return row["kind"] in kinds and minute < row["charted_minutes"] <= minute + filter.within


def of(tables: Tables, name: str, record: int) -> list[dict[str, Any]]:
    return [row for row in tables[name] if row["record"] == record]


def wanted(filter: Filter, tables: Tables, row: dict[str, Any]) -> bool:
    """Whether a plain reading of the filter takes an encounter."""
    at = row["record"]
    findings, lines = of(tables, "findings", at), of(tables, "lines", at)
    fired = {each["rule_id"] for each in (*findings, *of(tables, "not_reported", at))}
    fired |= {rule for each in lines for rule in each["rule_ids"]}
    return all(
        (
            not (filter.rule or filter.level or filter.risk)
            or any(finding_fits(filter, each) for each in findings),
            not (filter.code or filter.source) or any(line_fits(filter, each) for each in lines),
            not filter.verdict or row["verdict"] == filter.verdict,
            not filter.department or (row["department"] or "not given") == filter.department,
            filter.over is None or (row["over_usd"] is not None and row["over_usd"] >= filter.over),
            filter.under is None
            or (row["under_usd"] is not None and row["under_usd"] >= filter.under),
            not filter.limit or any(past(filter, e) for e in of(tables, "evidence", at)),
            not filter.fired or filter.fired in fired,
            filter.id.lower() in row["encounter_id"].lower(),
        )
    )


def key(asked: Asked, tables: Tables, row: dict[str, Any]) -> Any:
    """What an order looks at; None where an encounter has nothing of it."""
    at, filter = row["record"], asked.filter
    findings = [each for each in of(tables, "findings", at) if finding_fits(filter, each)]
    lines = [each for each in of(tables, "lines", at) if line_fits(filter, each)]
    found: dict[str, Callable[[], Any]] = {
        "record": lambda: at,
        "id": lambda: row["encounter_id"],
        "over": lambda: row["over_usd"],
        "under": lambda: row["under_usd"],
        "findings": lambda: row["findings"],
        "department": lambda: row["department"],
        "rule": lambda: min((each["rule_id"] for each in findings), default=None),
        "level": lambda: min((LEVELS.index(each["level"]) for each in findings), default=None),
        "code": lambda: min((each["code"] for each in lines), default=None),
        "minutes": lambda: min(
            (e["charted_minutes"] for e in of(tables, "evidence", at) if past(filter, e)),
            default=None,
        ),
    }
    return found[asked.order]()


def plain(asked: Asked, tables: Tables) -> list[int]:
    """The records that a request is for, in its order, without SQL."""
    rows = [row for row in tables["encounters"] if wanted(asked.filter, tables, row)]
    keyed = [(key(asked, tables, row), row["record"]) for row in rows]
    down = (asked.order in ("over", "under", "findings")) != asked.down
    told = sorted((each for each in keyed if each[0] is not None), key=lambda each: each[1])
    told.sort(key=lambda each: each[0], reverse=down)
    return [each[1] for each in told] + [each[1] for each in keyed if each[0] is None]


def paged(store: Store, asked: Asked, *, back: bool) -> list[int]:
    """The records of all pages, from the first on or from the last back."""
    found: list[int] = []
    page = listed(store, Asked(asked.filter, asked.sort, Place(last=back)), HELD, SIZE)
    while True:
        records = [row.record for row in page.rows]
        found = records + found if back else found + records
        place = page.previous if back else page.next
        if place is None:
            return found
        page = listed(store, Asked(asked.filter, asked.sort, place), HELD, SIZE)


@settings(max_examples=60, deadline=None)
@given(asked)
def test_a_list_is_what_a_plain_filter_leaves(whole: Made, store: Store, asked: Asked) -> None:
    right = plain(asked, whole.tables)
    assert paged(store, asked, back=False) == right
    page = listed(store, asked, HELD, SIZE)
    taken = [row for row in whole.tables["encounters"] if row["record"] in set(right)]
    assert page.counted.rows == len(right)
    assert page.counted.over_usd == sum(row["over_usd"] or 0 for row in taken)
    assert page.counted.under_usd == sum(row["under_usd"] or 0 for row in taken)


@settings(max_examples=25, deadline=None)
@given(asked)
def test_pages_from_the_end_hold_the_same(whole: Made, store: Store, asked: Asked) -> None:
    assert paged(store, asked, back=True) == plain(asked, whole.tables)


def test_rows_say_where_they_stand(store: Store) -> None:
    first = listed(store, Asked(), HELD, SIZE)
    assert first.next is not None
    second = listed(store, Asked(place=first.next), HELD, SIZE)
    assert (first.shown, second.shown) == (range(1, SIZE + 1), range(SIZE + 1, 2 * SIZE + 1))
    last = listed(store, Asked(place=Place(last=True)), HELD, SIZE)
    assert last.shown[-1] == last.counted.rows


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_tables_gives_the_same_rows(
    tmp_path: Path, store: Store, form: Any
) -> None:
    other = Store(look(made(tmp_path, RECORDS, 5, form=form).out))
    try:
        for sort in SORTS:
            request = Asked(Filter(limit="drugs-90"), sort)
            assert listed(other, request, HELD) == listed(store, request, HELD)
    finally:
        other.close()


@given(asked)
def test_an_address_spells_the_filter_but_never_the_id(asked: Asked) -> None:
    text = query(asked)
    again = read(dict(_pairs(text)))
    without = Filter(**{**_fields(asked.filter), "id": ""})
    assert again.filter == Filter(**{**_fields(without), **_stripped(without)})
    assert not asked.filter.id or "id=" not in text.replace("within=", "").replace("-id", "")


def _pairs(text: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl  # noqa: PLC0415

    return parse_qsl(text)


def _fields(filter: Filter) -> dict[str, Any]:
    return {name: getattr(filter, name) for name in Filter.__dataclass_fields__}


def _stripped(filter: Filter) -> dict[str, Any]:
    return {
        name: value.strip() for name, value in _fields(filter).items() if isinstance(value, str)
    }


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("level", "eror", "'eror' is no level that is known"),
        ("over", "ten", "'ten' is not an amount"),
        ("over", "-1", "'-1' is not an amount"),
        ("within", "0", "'0' is not a number from 1 to 1440"),
        ("within", "1441", "'1441' is not a number from 1 to 1440"),
        ("sort", "record; DROP TABLE x", "'record; DROP TABLE x' is no sort that is known"),
        ("limit", "drugs", "'drugs' is not a limit"),
        ("after", "x", "'x' is not a number from 0 to 1000000000000"),
        ("rule", "x" * 201, "the filter rule is too long"),
    ],
)
def test_a_filter_that_nobody_can_apply_is_refused(name: str, typed: str, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        read({name: typed})
    assert (caught.value.name, caught.value.message) == (name, message)
    assert typed not in str(caught.value)


@pytest.mark.parametrize("within", ["1", "1440"])
def test_minutes_up_to_a_day_are_taken(within: str) -> None:
    assert read({"within": within}).filter.within == int(within)


def test_an_id_is_read_from_forms_only() -> None:
    assert read({"id": "x"}).filter.id == ""
    assert read({"id": "x"}, posted=True).filter.id == "x"


def test_a_limit_of_another_rulebook_is_refused(store: Store) -> None:
    with pytest.raises(FilterError):
        listed(store, Asked(Filter(limit="fluids-30")), HELD)
