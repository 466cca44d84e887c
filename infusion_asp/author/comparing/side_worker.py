"""Owns the process of side.py: loads one rulebook, then codes encounters that it is sent."""

from __future__ import annotations

import hashlib
import json
import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from infusion_asp.author.comparing.answers import OUTPUTS, answer_of
from infusion_asp.author.comparing.canonical import canonical
from infusion_asp.author.proving.space import DAY
from infusion_asp.coding import Coder
from infusion_asp.coding.coder import OUTPUTS as CODED
from infusion_asp.engine import EngineError, solve_batch
from infusion_asp.facts import Policies, load_policies
from infusion_asp.model import Encounter, InputError, parse_encounter
from infusion_asp.rulebook import Rule, Rulebook, RulebookError, load_rulebook
from infusion_asp.tables import Tables, load_tables
from infusion_asp.verify.money import Money

SETTINGS = ("facility", "professional")


@dataclass(frozen=True)
class DirectoryCoder(Coder):
    """A coder whose policies and tables come from the directory of its rulebook."""

    directory: Path = Path()

    @cached_property
    def choices(self) -> Policies:
        """All policies and profiles of the directory."""
        return load_policies(self.directory, *self.overlays)

    @cached_property
    def tables(self) -> Tables:
        """The tables of the directory."""
        return load_tables(self.directory / "tables")


def main() -> None:
    """Serve until standard input ends."""
    first = json.loads(sys.stdin.readline())
    size = int(first["megabytes"]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    directory = Path(first["directory"])
    overlays = tuple(Path(each) for each in first["overlays"])
    try:
        book = load_rulebook(directory, overlays)
        policies = load_policies(directory, *overlays)
    except (RulebookError, OSError, ValueError) as error:
        _say({"error": str(error), "help": getattr(error, "help", "")})
        return
    _say(_described(book, directory, policies))
    asked = _Asked(book, directory, overlays)
    for line in sys.stdin:
        request = json.loads(line)
        if request["reasons"]:
            _say(asked.results(request))
        else:
            _say(asked.answers(request["cases"], request.get("money", False)))


def _described(book: Rulebook, directory: Path, policies: Policies) -> dict[str, Any]:
    statements = []
    found = iter(book.statements)
    for rule in book.rules:
        for _ in rule.statements:
            statement = next(found)
            key = canonical(statement)
            if rule.id in book.gated:
                key += f"  holds: {_holds(rule)}"
            statements.append((rule.id, key, str(statement)))
    payers = sorted({profile.payer for profile in policies.profiles.values()})
    return {
        "digest": book.digest,
        "tables": _digest(directory),
        "statements": statements,
        "rules": {
            rule.id: {
                "file": rule.file,
                "line": rule.line,
                "title": rule.title,
                "sentence": rule.sentence,
                "help": rule.help,
                "level": rule.level,
                "risk": rule.risk,
                "implements": rule.implements,
                "cites": rule.cites,
                "holds": _holds(rule),
            }
            for rule in book.rules
        },
        "signatures": sorted(book.signatures),
        "gated": sorted(book.gated),
        "policies": {name: each.values for name, each in policies.policies.items()},
        "in_force": {
            f"{setting} {payer}": sorted(book.in_force(DAY, setting, payer) & book.gated)
            for setting in SETTINGS
            for payer in payers
        },
    }


def _holds(rule: Rule) -> str:
    """When a rule holds, as its header says."""
    said = [f"from {rule.date_from}" if rule.date_from else ""]
    said += [f"to {rule.date_to}" if rule.date_to else ""]
    said += [*sorted(rule.settings), *sorted(rule.payers)]
    said += [f"replaces {rule.replaces}" if rule.replaces else ""]
    return " ".join(each for each in said if each)


def _digest(directory: Path) -> str:
    """A digest of the data beside the rules: tables, policies and profiles."""
    found = hashlib.sha256()
    for place in ("tables", "profiles"):
        for path in sorted((directory / place).glob("*")):
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


class _Asked:
    """Coders by profile and policies."""

    def __init__(self, book: Rulebook, directory: Path, overlays: tuple[Path, ...]) -> None:
        self._book, self._directory, self._overlays = book, directory, overlays
        self._coders: dict[tuple[str | None, tuple[tuple[str, str], ...]], DirectoryCoder] = {}

    def _coder(self, case: Mapping[str, Any]) -> DirectoryCoder:
        policies: dict[str, str] = case.get("policies") or {}
        key = (case.get("profile"), tuple(sorted(policies.items())))
        if key not in self._coders:
            self._coders[key] = DirectoryCoder(
                self._book, key[0], dict(policies), self._overlays, directory=self._directory
            )
        return self._coders[key]

    def answers(self, cases: Sequence[Mapping[str, Any]], money: bool) -> list[dict[str, Any]]:
        """The compared parts of each answer, with `money` what its codes are worth."""
        found: dict[int, dict[str, Any]] = {}
        groups: dict[tuple[int, bool], list[tuple[int, Encounter]]] = {}
        for at, case in enumerate(cases):
            try:
                encounter = parse_encounter(case["encounter"])
                coder = self._coder(case)
            except (InputError, ValueError) as error:
                found[at] = {"kind": "refused", "said": str(error)}
                continue
            groups.setdefault((id(coder), bool(encounter.billed)), []).append((at, encounter))
            found[at] = {"coder": coder}
        for (_, claim), members in groups.items():
            coder = found[members[0][0]]["coder"]
            wanted = OUTPUTS if claim else CODED[:5]
            solve = partial(solve_batch, self._book, wanted=wanted)
            done = coder.together([each for _, each in members], solve, claim=claim)
            for (at, _), (encounter, setting, answer) in zip(members, done, strict=True):
                found[at] = answer_of(encounter, answer)
                if money:
                    found[at]["money"] = self._worth(coder, encounter, setting.day, found[at])
        return [found[at] for at in range(len(cases))]

    def _worth(
        self, coder: Coder, encounter: Encounter, day: date | None, said: Mapping[str, Any]
    ) -> dict[str, str | None]:
        """US dollars of each code; None where no rate is known."""
        units: dict[str, int] = {}
        for _, code, _, _, count in said.get("lines", ()):
            units[code] = units.get(code, 0) + count
        money = Money.of(encounter, self._book, coder.tables, day, tuple(units))
        amounts = {code: money.amount(code, count) for code, count in units.items()}
        return {code: None if each is None else str(each) for code, each in amounts.items()}

    def results(self, request: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The whole results, with reasons; an error where there is not exactly one answer."""
        found = []
        for case in request["cases"]:
            try:
                result = self._coder(case).code(parse_encounter(case["encounter"]))
                found.append(result.model_dump(mode="json"))
            except EngineError as error:
                found.append({"error": error.message, "help": error.help})
        return found


def _say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
