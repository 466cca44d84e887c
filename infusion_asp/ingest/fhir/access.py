"""Owns through what a drug was given: route, method and line, from codings and charted words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from infusion_asp.ingest.fhir import terms
from infusion_asp.ingest.fhir.medication import Find
from infusion_asp.ingest.fhir.values import Coding, codings, part, parts, pointed, spoken, word
from infusion_asp.tables import Tables

_BRACKETS = re.compile(r"\([^()]*\)")
_FILLER = re.compile(r"\b(route|of administration|use|administration)\b")
_LONGEST_ID = 200
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Way:
    """Route, method, delivery and line of one administration; empty where not charted."""

    route: str = "other"
    method: str = ""
    delivery: str = ""
    line: tuple[str, str] | None = None  # id and kind
    notes: tuple[str, ...] = ()


class Ways:
    """Reads routes with the texts of routes.csv."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._of_text = lru_cache(maxsize=2048)(self._route_of_text)

    def of(self, resource: Any, dosage: Any, find: Find) -> Way:
        """The way of an administration.

        The method is the charted one, else what the route says (`IV push`); a method that
        names a line (`PICC line`) gives the line and no method. A route that was not charted
        is that of the method's text, else `other`.
        """
        charted, by = part(dosage, "route"), part(dosage, "method")
        route, notes = self._route(charted), []
        if not route:
            route = self._route(by)
            notes.append("route_not_known" if charted is not None else "route_missing")
        words = spoken(by)
        method = self._method(by) or _method_of(spoken(charted)) or _method_of_codes(charted)
        if method == "oral" and route not in ("", "oral"):
            method = ""
        delivery, line = "", _kind(words)
        lines = [(line, line)] if line else []
        for device in parts(resource, "device"):
            said = _device(device, find)
            kind = _kind(said)
            delivery = delivery or ("" if kind else _first(terms.DELIVERIES, said))
            if kind:
                name = pointed(device).rpartition("/")[2].lstrip("#")[:_LONGEST_ID]
                lines.insert(0, (name or kind, kind))
            elif not said:
                notes.append("device_not_found")
        at = _site(part(dosage, "site"), route, method)
        lines += [at] if at else []
        found = lines[0] if lines and _takes_a_line(route, method, lines[0][1]) else None
        return Way(route or "other", method, delivery, found, tuple(notes))

    def _route(self, concept: Any) -> str:
        if concept is None:
            return ""
        for coding in codings(concept):
            if found := self._of_coding(coding):
                return found
        return self._of_text(word(concept, "text"))

    def _of_coding(self, coding: Coding) -> str:
        if coding.system == "snomed" and coding.code in terms.ROUTES:
            return terms.ROUTES[coding.code]
        if coding.system == "route" and coding.code in terms.HL7_ROUTES:
            return terms.HL7_ROUTES[coding.code]
        found = self._of_text(coding.display)
        return found or (self._of_text(coding.code) if coding.system != "snomed" else "")

    def _route_of_text(self, text: str) -> str:
        bare = _FILLER.sub(" ", _BRACKETS.sub(" ", text.lower()))
        for each in (text, " ".join(bare.split())):
            route = self._tables.route(each) if each else None
            if route is not None and route.route != "other":
                return route.route
        return "intravenous" if bare.split()[:1] == ["intravenous"] else ""

    def _method(self, concept: Any) -> str:
        if found := _method_of(spoken(concept)):
            return found
        coded = (each.code for each in codings(concept) if each.system == "snomed")
        return next((terms.METHODS[code] for code in coded if code in terms.METHODS), "")


def _method_of(words: str) -> str:
    return _first(terms.METHOD_WORDS, words)


def _method_of_codes(route: Any) -> str:
    """The method inside a code of HL7 version 3, such as IVPUSH."""
    codes = (each.code.lower() for each in codings(route) if each.system == "route")
    return next(filter(None, (_method_of(code) for code in codes)), "")


def _device(device: Any, find: Find) -> str:
    """What is said of a device: its type and names, else the display of the reference."""
    resource = find(pointed(device))
    if resource is None:
        return word(device, "display").lower()
    said = [spoken(part(resource, "type")), word(part(resource, "definition"), "display")]
    said += [word(name, "name") for name in parts(resource, "deviceName")]
    return " | ".join(text for text in said if text).lower() or "unnamed"


def _site(site: Any, route: str, method: str) -> tuple[str, str] | None:
    """The line at a body site: of an intravenous drug, or of a subcutaneous infusion."""
    words = spoken(site)
    name = _SLUG.sub("-", words.partition(" | ")[0]).strip("-")[:100] or "site"
    if route == "subcutaneous" and method == "infusion" and terms.NEEDLE_SITES.search(words):
        return name, "subcutaneous"
    kind = _kind(words) if route == "intravenous" else ""
    if not kind:
        return None
    return (name if kind == "peripheral" else kind), kind


def _kind(words: str) -> str:
    return _first(terms.LINES, words)


def _takes_a_line(route: str, method: str, kind: str) -> bool:
    if kind == "implantable_pump":
        return True
    return route in terms.THROUGH_A_LINE or (route == "subcutaneous" and method == "infusion")


@lru_cache(maxsize=4096)
def _first(table: tuple[tuple[str, re.Pattern[str]], ...], words: str) -> str:
    return next((name for name, pattern in table if words and pattern.search(words)), "")
