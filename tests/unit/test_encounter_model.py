"""The encounter model: what it accepts, what it refuses, and what the refusal says."""

import copy
import datetime as dt
import json
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from infusion_asp import Encounter, InputError
from infusion_asp.model import json_schema, parse_encounter, read_records, terms

PUBLISHED = Path(__file__).parents[2] / "fixtures" / "published" / "published.yaml"


def encounter(**changes: Any) -> dict[str, Any]:
    """A small encounter that is right, with changes to its top level."""
    return {
        "encounter_id": "e1",
        "administrations": [
            {"id": "a1", "drug": "ceftriaxone", "route": "intravenous"}
            | {"start": "2025-03-03T10:00", "stop": "2025-03-03T11:00"}
        ],
    } | changes


def given(*changes: dict[str, Any]) -> dict[str, Any]:
    """An encounter with one administration for each of `changes`: a1, a2, ..."""
    base = encounter()["administrations"][0]
    return encounter(administrations=[base | {"id": f"a{i}"} | c for i, c in enumerate(changes, 1)])


def refusal(data: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_encounter(data)
    return caught.value


# what is accepted


def test_every_published_case_loads_unchanged() -> None:
    validator = jsonschema.Draft202012Validator(json_schema("encounter"))
    cases = yaml.safe_load(PUBLISHED.read_text("utf-8"))
    assert len(cases) > 100
    for case in cases:
        found = parse_encounter(case["encounter"])
        again = json.loads(found.model_dump_json(exclude_unset=True))
        assert again == json.loads(json.dumps(case["encounter"])), case["id"]
        validator.validate(case["encounter"])
    ours = {r.data["encounter"]["encounter_id"] for r in read_records(PUBLISHED) if r.data}
    assert ours == {case["encounter"]["encounter_id"] for case in cases}


def test_defaults() -> None:
    found = parse_encounter({"encounter_id": "e1"})
    assert (found.setting, found.payer) == ("facility", "cpt")
    assert found.administrations == found.accesses == found.visits == ()


def test_a_claim_alone_is_an_encounter() -> None:
    billed = [{"code": "96365", "units": 2, "modifiers": ["59"], "date": "2025-03-03",
               "origin": "claim.edi:14"}]  # fmt: skip
    found = parse_encounter({"encounter_id": "e1", "billed": billed})
    assert found.billed[0].date == dt.date(2025, 3, 3)
    assert parse_encounter({"encounter_id": "e", "billed": [{"code": "96365"}]}).billed[0].units


def test_every_field_of_an_administration() -> None:
    full = {
        "id": "a1", "drug": "x", "mix": ["x", "y"], "hcpcs": "J0696", "category": "therapeutic",
        "route": "intravenous", "method": "infusion", "access": "iv1", "visit": "v1",
        "start": "2025-03-03T10:00", "stop": "2025-03-03T12:00", "last_charted": "2025-03-03T12:00",
        "pauses": [{"start": "2025-03-03T10:10", "stop": "2025-03-03T10:20"}], "volume_ml": 50,
        "rate_ml_per_hr": 100.5, "dose": 1000, "dose_unit": "mg", "wasted": 0,
        "purpose": "treatment", "integral_to": "44970", "ordered": True,
        "started_before_arrival": False, "lesions": 7, "reduced": False, "discontinued": False,
        "pump_owner": "site", "container": "single", "delivery": "gravity", "flushed_before": True,
        "indication": "stroke", "counselled": True, "order_reason": "fever", "notes": "two\nlines",
        "origin": "mar.csv:2-5,9",
    }  # fmt: skip
    access = {"id": "iv1", "kind": "port", "medically_necessary": True, "reason": "protocol",
              "need": "protocol", "replaces": "iv0"}  # fmt: skip
    data = encounter(
        administrations=[full, {"id": "a2", "drug": "y", "same_bag_as": "a1"}],
        accesses=[{"id": "iv0"}, access],
        visits=[{"id": "v1", "arrival": "2025-03-03T09:00", "departure": "2025-03-03T15:00"}],
        place_of_service="02", primary_reason="a2", arrival="2025-03-03T09:00",
        departure="2025-03-03T15:00", inpatient_order="2025-03-03T14:00", diagnoses=["E86.0"],
        other_services=[{"code": "99213", "units": 1, "modifiers": ["25"]}],
    )  # fmt: skip
    found = parse_encounter(data)
    assert found.administrations[0].rate_ml_per_hr == Decimal("100.5")
    assert found.place_of_service == 2
    assert parse_encounter(found.model_dump()) == found
    assert parse_encounter(found.model_dump(mode="json")) == found
    jsonschema.validate(found.model_dump(mode="json", exclude_none=True), json_schema("encounter"))
    assert set(full) | {"same_bag_as"} == set(type(found.administrations[0]).model_fields)


def test_null_counts_as_absent() -> None:
    data = given({"stop": None, "mix": None, "reduced": None})
    found = parse_encounter(data | {"accesses": None, "setting": None})
    assert found == parse_encounter({**encounter(), "administrations": [
        {k: v for k, v in encounter()["administrations"][0].items() if k != "stop"}]})  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-03T10:00", "2025-03-03 10:00", "2025-03-03T10:00:59", "2025-03-03T10:00:59.999",
        dt.datetime(2025, 3, 3, 10, 0, 59),
    ],
)  # fmt: skip
def test_times_are_cut_to_minutes(text: Any) -> None:
    start = parse_encounter(given({"start": text})).administrations[0].start
    assert start == dt.datetime(2025, 3, 3, 10, 0)


@pytest.mark.parametrize("zone", ["Z", "+02:00", "-0500", " +02:00"])
def test_offsets_are_kept(zone: str) -> None:
    data = given({"start": f"2025-03-03T10:00{zone}", "stop": f"2025-03-03T11:00{zone}"})
    start = parse_encounter(data).administrations[0].start
    assert start is not None
    assert start.utcoffset() is not None
    assert start.hour == 10


def test_offsets_order_times_over_the_change_of_clocks() -> None:
    times = {"start": "2025-11-02T01:50-04:00", "stop": "2025-11-02T01:10-05:00"}
    assert parse_encounter(given(times))
    assert refusal(given({k: v[:16] for k, v in times.items()})).kind == "stop_before_start"


def test_a_stop_equal_to_the_start_is_zero_minutes() -> None:
    assert parse_encounter(given({"stop": "2025-03-03T10:00"}))


@pytest.mark.parametrize("field", ["method", "category", "indication"])
def test_open_lists_take_new_words(field: str) -> None:
    assert getattr(parse_encounter(given({field: "zzz"})).administrations[0], field) == "zzz"


def test_an_access_need_not_be_described() -> None:
    assert parse_encounter(given({"access": "left arm"}, {"access": "right arm"}))


@pytest.mark.parametrize("text", ["44970", "0W9930Z", "colonoscopy", "a1"])
def test_integral_to_takes_procedures_and_ids(text: str) -> None:
    assert parse_encounter(given({}, {"integral_to": text}))


def test_amounts_are_exact() -> None:
    found = parse_encounter(given({"dose": 0.1, "volume_ml": Decimal("2.50"), "wasted": 3}))
    assert found.administrations[0].dose == Decimal("0.1")
    assert found.model_dump(mode="json")["administrations"][0]["volume_ml"] == 2.5


def test_encounters_are_frozen_and_picklable() -> None:
    found = parse_encounter(encounter())
    with pytest.raises(ValidationError):
        found.payer = "other"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(found)) == found
    assert parse_encounter(found) is found


def test_the_input_is_left_alone() -> None:
    data = encounter(accesses=None)
    before = copy.deepcopy(data)
    parse_encounter(data)
    assert data == before


# what is refused: path, what was typed, help

DAY = "2025-03-03T"


@pytest.mark.parametrize(
    ("change", "path", "typed", "help"),
    [
        ({"rout": "x"}, ".rout", "'rout'", "'route'"),
        ({"end": DAY + "11:00"}, ".end", "'end'", "'stop'"),
        ({"rate": 5}, ".rate", "'rate'", "'rate_ml_per_hr'"),
        ({"Drug": "x"}, ".Drug", "'Drug'", "'drug'"),
        ({"qqqqqq": "x"}, ".qqqqqq", "'qqqqqq'", "known are id, drug"),
        ({"a key": 1}, "['a key']", "'a key'", "known are"),
        ({"route": "intravenus"}, ".route", "'intravenus'", "'intravenous'"),
        ({"route": "IV"}, ".route", "'IV'", "'intravenous'"),
        ({"route": "telepathy"}, ".route", "'telepathy'", "known are intravenous"),
        ({"method": "infussion"}, ".method", "'infussion'", "'infusion'"),
        ({"method": "bolus"}, ".method", "'bolus'", "'push'"),
        ({"category": "anti-neoplastic"}, ".category", "'anti-neoplastic'", "'antineoplastic'"),
        ({"purpose": "feeding"}, ".purpose", "'feeding'", "known are treatment"),
        ({"pump_owner": "sites"}, ".pump_owner", "'sites'", "'site'"),
        ({"container": "SDV"}, ".container", "'SDV'", "'single'"),
        ({"delivery": "gravitiy"}, ".delivery", "'gravitiy'", "'gravity'"),
        ({"indication": "strokes"}, ".indication", "'strokes'", "'stroke'"),
        ({"hcpcs": "j0696"}, ".hcpcs", "'j0696'", "'J0696'"),
        ({"hcpcs": "J0696-JZ"}, ".hcpcs", "'J0696-JZ'", "5 characters"),
        ({"start": "10:00"}, ".start", "'10:00'", "2025-03-03T10:00"),
        ({"start": "2025-03-03"}, ".start", "'2025-03-03'", "clock time"),
        ({"start": dt.date(2025, 3, 3)}, ".start", "'2025-03-03'", "clock time"),
        ({"start": "2025-02-30T10:00"}, ".start", "'2025-02-30T10:00'", ""),
        ({"start": DAY + "24:00"}, ".start", DAY + "24:00", "next day"),
        ({"start": 1741000000}, ".start", "'1741000000'", "2025-03-03T10:00"),
        ({"start": "0205-03-03T10:00"}, ".start", "0205", "1900"),
        ({"stop": DAY + "09:59"}, ".stop", DAY + "09:59", "next day"),
        ({"last_charted": DAY + "09:59"}, ".last_charted", DAY + "09:59", "next day"),
        ({"dose": "400"}, ".dose", "'400'", "without quotes"),
        ({"dose": -1}, ".dose", "'-1'", "never negative"),
        ({"dose": float("nan")}, ".dose", "'nan'", ""),
        ({"volume_ml": float("inf")}, ".volume_ml", "'inf'", ""),
        ({"volume_ml": 10**12}, ".volume_ml", "'1000000000000'", "at most"),
        ({"volume_ml": Decimal("1e-99")}, ".volume_ml", "'1E-99'", "at most"),
        ({"wasted": True}, ".wasted", "'true'", ""),
        ({"ordered": "no"}, ".ordered", "'no'", "true or false"),
        ({"reduced": 1}, ".reduced", "'1'", "true or false"),
        ({"lesions": 0}, ".lesions", "'0'", ""),
        ({"lesions": "7"}, ".lesions", "'7'", "without quotes"),
        ({"mix": "saline"}, ".mix", "'saline'", "square brackets"),
        ({"mix": ["a", 5]}, ".mix[1]", "'5'", "quotes"),
        ({"drug": " "}, ".drug", "empty", "leave the key out"),
        ({"drug": "a\x00b"}, ".drug", "a\\x00b", "control"),
        ({"drug": "a\ud800b"}, ".drug", "a\\ud800b", "surrogates"),
        ({"drug": "x" * 501}, ".drug", "xxx...", "501"),
        ({"id": ""}, ".id", "empty", ""),
        ({"id": "x" * 201}, ".id", "xxx...", "201"),
        ({"pauses": [5]}, ".pauses[0]", "'5'", "braces"),
        ({"pauses": [{"start": DAY + "10:05"}]}, ".pauses[0].stop", "'stop'", ""),
        ({"pauses": [{"start": DAY + "10:05", "stop": DAY + "10:01"}]}, ".pauses[0].stop",
         DAY + "10:01", ""),
        ({"pauses": [{"start": DAY + "09:55", "stop": DAY + "10:05"}]}, ".pauses[0].start",
         DAY + "09:55", "inside"),
        ({"pauses": [{"start": DAY + "10:55", "stop": DAY + "11:05"}]}, ".pauses[0].stop",
         DAY + "11:05", "stops"),
        ({"pauses": [{"start": DAY + "10:30", "stop": DAY + "10:40"},
                     {"start": DAY + "10:39", "stop": DAY + "10:50"}]}, ".pauses[1].start",
         DAY + "10:39", "overlap"),
    ],
)  # fmt: skip
def test_administration_refused(change: dict[str, Any], path: str, typed: str, help: str) -> None:
    error = refusal(given({}, change))
    assert error.path == f"$.administrations[1]{path}"
    assert typed in error.message
    assert help in error.help
    assert error.message[0] == error.message[0].lower()
    assert "\n" not in error.message


@pytest.mark.parametrize(
    ("change", "path", "typed", "help"),
    [
        ({"admnistrations": []}, "$.admnistrations", "'admnistrations'", "'administrations'"),
        ({"id": "e1"}, "$.id", "'id'", "'encounter_id'"),
        ({"setting": "hospital"}, "$.setting", "'hospital'", "'facility'"),
        ({"setting": "unspecified"}, "$.setting", "'unspecified'", "facility, professional"),
        ({"place_of_service": 0}, "$.place_of_service", "'0'", "two digits"),
        ({"place_of_service": "1"}, "$.place_of_service", "'1'", "two digits"),
        ({"place_of_service": True}, "$.place_of_service", "'true'", "two digits"),
        ({"arrival": DAY + "10:00", "departure": DAY + "09:00"}, "$.departure", DAY + "09:00", ""),
        ({"visits": [{"id": "v1", "arrival": DAY + "10:00", "departure": DAY + "09:00"}]},
         "$.visits[0].departure", DAY + "10:00", ""),
        ({"visits": [{"id": "v1"}, {"id": "v1"}]}, "$.visits[1].id", "'v1'", "own id"),
        ({"visits": [{"id": "v1"}], "departur": 1}, "$.departur", "'departur'", "'departure'"),
        ({"accesses": [{"id": "iv1", "kind": "perpheral"}]}, "$.accesses[0].kind", "'perpheral'",
         "'peripheral'"),
        ({"accesses": [{"id": "iv1", "need": "restarts"}]}, "$.accesses[0].need", "'restarts'",
         "'restart'"),
        ({"accesses": [{"id": "i1"}, {"id": "i1"}]}, "$.accesses[1].id", "'i1'", "own id"),
        ({"accesses": [{"id": "iv1", "replaces": "iv3"}]}, "$.accesses[0].replaces", "'iv3'",
         "'iv1'"),
        ({"accesses": [{"id": "iv1", "replaces": "iv1"}]}, "$.accesses[0].replaces", "'iv1'", ""),
        ({"accesses": [{"id": "i1", "replaces": "i2"}, {"id": "i2", "replaces": "i1"}]},
         "$.accesses[0].replaces", "'i2'", "before"),
        ({"primary_reason": "b7"}, "$.primary_reason", "'b7'", "a1"),
        ({"other_services": [{"code": "99213", "unit": 1}]}, "$.other_services[0].unit", "'unit'",
         "'units'"),
        ({"other_services": [{"code": "99213", "modifiers": "25"}]},
         "$.other_services[0].modifiers", "'25'", "square brackets"),
        ({"billed": [{"code": 96413}]}, "$.billed[0].code", "'96413'", '"96413"'),
        ({"billed": [{"code": "96413", "units": 0}]}, "$.billed[0].units", "'0'", ""),
        ({"billed": [{"code": "96413", "units": 1.5}]}, "$.billed[0].units", "'1.5'", "whole"),
        ({"billed": [{"code": "96413", "modifiers": ["590"]}]}, "$.billed[0].modifiers[0]",
         "'590'", "2 characters"),
        ({"billed": [{"code": "96413", "date": "3/3/2025"}]}, "$.billed[0].date", "'3/3/2025'",
         "2025-03-03"),
        ({"encounter_id": 7}, "$.encounter_id", "'7'", '"7"'),
        ({"administrations": {}}, "$.administrations", "an object", "square brackets"),
        ({"diagnoses": "E86.0"}, "$.diagnoses", "'E86.0'", "square brackets"),
    ],
)  # fmt: skip
def test_encounter_refused(change: dict[str, Any], path: str, typed: str, help: str) -> None:
    error = refusal(encounter(**change))
    assert error.path == path
    assert typed in error.message
    assert help in error.help


@pytest.mark.parametrize(
    ("changes", "extra", "path", "typed", "help"),
    [
        (({}, {"id": "a1"}), {}, "[1].id", "'a1'", "own id"),
        (({"access": "iv2"},), {"accesses": [{"id": "iv1"}]}, "[0].access", "'iv2'", "'iv1'"),
        (({"visit": "v3"},), {"visits": [{"id": "v1"}]}, "[0].visit", "'v3'", "v1"),
        (({"visit": "v1"}, {"visit": "v2"}), {}, "[1].visit", "'v2'", "list both"),
        (({"same_bag_as": "zz"},), {}, "[0].same_bag_as", "'zz'", "known are a1"),
        (({"same_bag_as": "a1"},), {}, "[0].same_bag_as", "'a1'", "first"),
        (({"same_bag_as": "a2"}, {"same_bag_as": "a1"}), {}, "[0].same_bag_as", "'a2'", "first"),
        (({"integral_to": "a1"},), {}, "[0].integral_to", "'a1'", "procedure"),
        (({"integral_to": "a7"},), {}, "[0].integral_to", "'a7'", "'a1'"),
        (({"integral_to": "A1"},), {}, "[0].integral_to", "'A1'", "'a1'"),
        (({"drug": None},), {}, "[0].drug", "'a1'", "hcpcs"),
        (({"start": DAY + "10:00Z"},), {}, "[0].stop", DAY + "11:00", "offset"),
        (({}, {"start": DAY + "10:00+01:00", "stop": None}), {}, "[1].start", "+01:00", "none"),
        (({"stop": "2052-03-03T11:00"},), {}, "[0].stop", "2052", "400 days"),
    ],
)  # fmt: skip
def test_references_and_zones_refused(
    changes: tuple[dict[str, Any], ...], extra: dict[str, Any], path: str, typed: str, help: str
) -> None:
    error = refusal(given(*changes) | extra)
    assert error.path == f"$.administrations{path}"
    assert typed in error.message
    assert help in error.help


@pytest.mark.parametrize("data", [None, [], "text", 5, True])
def test_not_an_object(data: Any) -> None:
    assert refusal(data).path == "$"


def test_the_id_is_required() -> None:
    error = refusal({"administrations": []})
    assert error.path == "$.encounter_id"
    assert "'encounter_id'" in error.message


def test_too_many_administrations() -> None:
    error = refusal(given(*[{}] * 2001))
    assert error.path == "$.administrations"
    assert "2001" in error.help
    assert "2000" in error.help
    assert len(parse_encounter(given(*[{}] * 2000)).administrations) == 2000


def test_all_errors_of_a_record_are_kept() -> None:
    error = refusal(given({"rout": "x", "dose": -1}, {"stop": "later"}))
    assert [e.path for e in error.all()] == [
        "$.administrations[0].dose",
        "$.administrations[0].rout",
        "$.administrations[1].stop",
    ]


def test_tracebacks_carry_no_value() -> None:
    secret = "2025-03-03T09:00"
    assert secret not in str(refusal(given({"stop": secret})))
    assert "$.administrations[0].stop" in str(refusal(given({"stop": secret})))
    with pytest.raises(ValidationError) as caught:
        Encounter.model_validate(given({"stop": secret, "drug": "hush"}))
    assert secret not in str(caught.value)
    assert "hush" not in str(caught.value)
    again = pickle.loads(pickle.dumps(refusal(given({"stop": secret}))))
    assert secret in again.message


# the schema


@pytest.mark.parametrize("which", ["encounter", "result"])
def test_schemas_are_schemas(which: Any) -> None:
    schema = json_schema(which)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.dumps(schema)


def test_the_schema_refuses_what_the_model_refuses() -> None:
    validator = jsonschema.Draft202012Validator(json_schema("encounter"))
    validator.validate(encounter())
    for wrong in ({"rout": 1}, {"route": "IV"}, {"dose": -1}, {"start": "10:00"}, {"hcpcs": "x"}):
        assert not validator.is_valid(given(wrong))


def test_terms_and_types_name_the_same_values() -> None:
    pairs = [
        (terms.Setting, terms.SETTINGS), (terms.Purpose, terms.PURPOSES),
        (terms.Need, terms.NEEDS), (terms.PumpOwner, terms.PUMP_OWNERS),
        (terms.Container, terms.CONTAINERS), (terms.Delivery, terms.DELIVERIES),
    ]  # fmt: skip
    assert all(get_args(kind) == values for kind, values in pairs)
