"""Owns the name of what was given: one drug, a mix, its codes and, for a vaccine, its category."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from infusion_asp.ingest.fhir import terms
from infusion_asp.ingest.fhir.values import Coding, clean, codings, part, parts, pointed, word
from infusion_asp.tables import Tables

Find = Callable[[str], dict[str, Any] | None]
"""Finds the resource of a reference, contained or anywhere in the input."""

_KIND = re.compile(
    r"\s*\((?:product|substance|medicinal product|clinical drug|qualifier value)\)\s*$", re.I
)
_SERVICE = re.compile(r"[0-9A-Z]{5}")
_MOST_IN_A_BAG = 50  # drugs of one mix, as the encounter format has it


@dataclass(frozen=True, slots=True)
class Named:
    """What was given: `drug` or `mix`, and what the codings say.

    `codes` are texts such as `rxnorm 1594660`; nothing is set where nothing was named.
    """

    drug: str = ""
    mix: tuple[str, ...] = ()
    hcpcs: str = ""
    category: str = ""
    codes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether neither a name nor a code of the drug is known."""
        return not (self.drug or self.mix or self.hcpcs)


class Names:
    """Names of drugs as the shipped tables know them."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._key = lru_cache(maxsize=4096)(self._key_of)

    def of_concept(self, concept: Any) -> Named:
        """The drug that a CodeableConcept names.

        No table of RxNorm, NDC or CVX is shipped: the name is the text or display that the
        drug tables know, else the text, else the first display, else system and code.
        """
        found = sorted(codings(concept), key=_rank)
        said = [word(concept, "text"), *(coding.display for coding in found)]
        texts = [text for text in (_KIND.sub("", each) for each in said) if text]
        known = [text for text in texts if self._key(text)]
        notes = ["names_disagree"] if len({self._key(text) for text in known}) > 1 else []
        hcpcs = _hcpcs(found)
        drug = next(iter(known or texts), "")
        if not drug and not hcpcs:
            drug = next((self._spelled(each) for each in found if _is_drug(each)), "")
            notes += ["code_without_a_name"] if drug else []
        codes = tuple(_written(each) for each in found if _is_drug(each))
        category = "vaccine" if self._is_vaccine(found, drug) else ""
        return Named(clean(drug), (), hcpcs, category, codes, tuple(notes))

    def of_medication(self, medication: Any, find: Find) -> Named:
        """The drug or mix of a Medication.

        Its code names it where the tables know that name or it has no ingredients. Otherwise
        its ingredients do: one is the drug, several are the mix.
        """
        whole = self.of_concept(part(medication, "code"))
        bag = list(self._ingredients(medication, find))
        if not bag or (whole.drug and self._key(whole.drug)):
            return whole
        names = list(dict.fromkeys(each.drug for each in bag if each.drug))
        if not names or (len(names) == 1 and whole.drug and not self._key(names[0])):
            return whole
        codes = [*whole.codes, *(code for each in bag for code in each.codes)]
        notes = [*whole.notes, *(note for each in bag for note in each.notes)]
        drug, mix = (names[0], []) if len(names) == 1 else ("", names)
        if len(mix) > _MOST_IN_A_BAG:
            return Named(whole.drug, (), whole.hcpcs, "", tuple(codes), ("too_long_a_mix",))
        category = bag[0].category if drug else ""
        unique = tuple(dict.fromkeys(codes))
        return Named(drug, tuple(mix), whole.hcpcs, category, unique, tuple(notes))

    def _ingredients(self, medication: Any, find: Find) -> Iterator[Named]:
        """What is in the bag; an inactive ingredient only where it is a fluid."""
        for each in parts(medication, "ingredient"):
            named = self.of_concept(part(each, "itemCodeableConcept"))
            pointer = part(each, "itemReference")
            if named.empty and pointer is not None:
                named = self.of_concept(part(find(pointed(pointer)), "code"))
                if named.empty:
                    named = Named(word(pointer, "display"))
            if part(each, "isActive") is False and not self.tables.bag(named.drug):
                continue
            yield named if not named.empty else Named(notes=("ingredient_not_named",))

    def _key_of(self, name: str) -> str:
        """The key of a name that the tables know, else nothing."""
        tables = self.tables
        if tables.bag(name) or tables.electrolyte(name) or tables.find(name):
            return tables.drug_key(name)
        kind = tables.vaccine(name)
        return f"vaccine {kind}" if kind else ""

    def _spelled(self, coding: Coding) -> str:
        """A code as a name: itself where a site uses names as codes, else with its system."""
        return coding.code if self._key(coding.code) else _written(coding)

    def _is_vaccine(self, found: list[Coding], drug: str) -> bool:
        """Whether a CVX code names a vaccine, and the drug table no drug."""
        cvx = [coding.code for coding in found if coding.system == "cvx"]
        if not cvx or any(code in terms.CVX_NO_VACCINE for code in cvx):
            return False
        return self.tables.find(drug) is None


def _rank(coding: Coding) -> int:
    order = terms.DRUG_SYSTEMS
    return order.index(coding.system) if coding.system in order else len(order)


def _is_drug(coding: Coding) -> bool:
    return bool(coding.code) and coding.system not in terms.NO_DRUG_SYSTEMS


def _written(coding: Coding) -> str:
    """System and code; of a system without a short name the end of its URI."""
    return f"{coding.system.rstrip('/').rpartition('/')[2]} {coding.code}".strip()


def _hcpcs(found: list[Coding]) -> str:
    codes = (each.code for each in found if each.system in terms.SERVICE_SYSTEMS)
    return next((code for code in codes if _SERVICE.fullmatch(code)), "")
