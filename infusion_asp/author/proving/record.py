"""Owns the way from the chosen fields of the generator to an encounter that `code` accepts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import clingo

Record = dict[str, Any]
NONE = "none"
FLAGS = ("discontinued", "reduced")


def encounter_of(fields: Mapping[str, str], day: date, name: str = "counterexample") -> Record:
    """The encounter as JSON; accesses and visits that nothing needs are left out."""
    chosen = [(clingo.parse_term(key), clingo.parse_term(value)) for key, value in fields.items()]
    alone = {key.name: value for key, value in chosen if not key.arguments}
    each: dict[str, dict[str, clingo.Symbol]] = {}
    for key, value in chosen:
        if key.arguments and key.name != "policy":
            each.setdefault(key.arguments[0].string, {})[key.name] = value
    setting, payer = alone["claim"].arguments
    record: Record = {"encounter_id": name, "setting": setting.name, "payer": payer.string}
    if _given(alone.get("place")):
        record["place_of_service"] = str(alone["place"].number)
    for moment in ("departure", "inpatient_order"):
        if _given(alone.get(moment)):
            record[moment] = _clock(day, alone[moment].number)
    if _given(alone.get("reason")):
        record["primary_reason"] = alone["reason"].string
    ids = sorted(each)
    accesses = [_access(at, each[at]) for at in ids if "documented" in each[at]]
    given = [at for at in ids if "method" in each[at]]
    rows = [_administration(at, each[at], given, day) for at in given]
    visits = sorted({row["visit"] for row in rows})
    record["accesses"] = accesses
    record["visits"] = [{"id": visit} for visit in visits]
    record["administrations"] = rows
    return _plain(record)


def policies_of(fields: Mapping[str, str]) -> dict[str, str]:
    """The policies that were chosen."""
    found = {}
    for key, value in fields.items():
        symbol = clingo.parse_term(key)
        if symbol.name == "policy":
            found[str(symbol.arguments[0])] = value.strip('"')
    return found


def _given(value: clingo.Symbol | None) -> bool:
    return value is not None and str(value) != NONE


def _access(name: str, fields: Mapping[str, clingo.Symbol]) -> Record:
    access: Record = {"id": name, "kind": "peripheral"}
    if str(fields["documented"]) == "yes":
        access["medically_necessary"] = True
    if _given(fields.get("need")):
        access["need"] = fields["need"].name
    return access


def _administration(
    name: str, fields: Mapping[str, clingo.Symbol], given: list[str], day: date
) -> Record:
    row: Record = {
        "id": name,
        "drug": fields["drug"].string,
        "category": fields["category"].name,
        "route": fields["route"].name,
        "method": fields["method"].name,
        "access": fields["line"].string,
        "visit": fields["visit"].string,
    }
    times = fields["times"]
    if times.name in ("whole", "begun"):
        row["start"] = _clock(day, times.arguments[0].number)
    if times.name == "whole":
        row["stop"] = _clock(day, times.arguments[1].number)
    if _given(fields.get("purpose")):
        row["purpose"] = fields["purpose"].name
    if str(fields.get("tied")) == "yes":
        row["same_bag_as"] = given[given.index(name) - 1]
    if str(fields.get("ordered")) == "no":
        row["ordered"] = False
    for flag in FLAGS:
        if str(fields.get(flag)) == "yes":
            row[flag] = True
    if str(fields.get("order_reason")) == "yes":
        row["order_reason"] = "charted"
    return row


def _clock(day: date, minute: int) -> str:
    moment = datetime.combine(day, time()) + timedelta(minutes=minute)
    return moment.isoformat(timespec="minutes")


def _plain(record: Record) -> Record:
    """The record without the accesses and visits that say no more than the default."""
    rows = record["administrations"]
    used = {row["access"] for row in rows}
    accesses = [each for each in record["accesses"] if each["id"] in used or len(each) > 2]
    if accesses == [{"id": "l1", "kind": "peripheral"}]:
        del record["accesses"]
        for row in rows:
            del row["access"]
    else:
        record["accesses"] = accesses
    if len(record["visits"]) == 1:
        del record["visits"]
        for row in rows:
            del row["visit"]
    return record
