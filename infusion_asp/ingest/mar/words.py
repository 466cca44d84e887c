"""Owns what routes are called in records: the route of the encounter format, and the method."""

from __future__ import annotations

import re
from collections.abc import Mapping

from infusion_asp.model import terms

_ROUTES: dict[str, str] = {
    "intravenous": "intravenous",
    "iv": "intravenous",
    "iv push": "intravenous push",
    "ivp": "intravenous push",
    "intravenous push": "intravenous push",
    "slow iv push": "intravenous push",
    "iv piggyback": "intravenous infusion",
    "intravenous piggyback": "intravenous infusion",
    "ivpb": "intravenous infusion",
    "iv drip": "intravenous infusion",
    "iv infusion": "intravenous infusion",
    "intravenous infusion": "intravenous infusion",
    "continuous iv infusion": "intravenous infusion",
    "iv continuous": "intravenous infusion",
    "iv bolus": "intravenous",
    "iv pca": "intravenous pca",
    "pca": "intravenous pca",
    "im": "intramuscular",
    "intramuscular injection": "intramuscular",
    "sc": "subcutaneous",
    "sq": "subcutaneous",
    "subq": "subcutaneous",
    "sub-q": "subcutaneous",
    "subcut": "subcutaneous",
    "subcutaneous injection": "subcutaneous",
    "po": "oral",
    "by mouth": "oral",
    "po/ng": "oral",
    "po or ng": "oral",
    "ng": "enteral",
    "nasogastric": "enteral",
    "ng tube": "enteral",
    "g tube": "enteral",
    "og": "enteral",
    "feeding tube": "enteral",
    "pr": "rectal",
    "pv": "vaginal",
    "sl": "sublingual",
    "tp": "topical",
    "td": "transdermal",
    "ih": "inhaled",
    "inhalation": "inhaled",
    "nebulization": "inhaled",
    "neb": "inhaled",
    "nu": "nasal",
    "intranasal": "nasal",
    "both eyes": "ophthalmic",
    "left eye": "ophthalmic",
    "right eye": "ophthalmic",
    "od": "ophthalmic",
    "os": "ophthalmic",
    "ou": "ophthalmic",
    "intra-arterial": "intra_arterial",
    "intraarterial": "intra_arterial",
    "it": "intrathecal",
    "intraperitoneal": "intracavitary_peritoneal",
    "intrapleural": "intracavitary_pleural",
    "ed": "epidural",
    "intra-articular": "intra_articular",
    "id": "intradermal",
    # concepts of SNOMED CT, as the PCORnet tables have them
    "47625008": "intravenous",
    "78421000": "intramuscular",
    "34206005": "subcutaneous",
    "26643006": "oral",
    "58100008": "intra_arterial",
    "72607000": "intrathecal",
    "38239002": "intracavitary_peritoneal",
    "46713006": "nasal",
    "6064005": "topical",
    "37161004": "rectal",
    "37839007": "sublingual",
    "45890007": "transdermal",
    "447694001": "inhaled",
    "54485002": "ophthalmic",
    "10547007": "otic",
    "404820008": "epidural",
}


def route_of(text: str, routes: Mapping[str, str]) -> tuple[str, str] | None:
    """Route and method (may be empty) that a text names, first in `routes` (folded); else None."""
    key = folded(text)
    found = routes.get(key) or _ROUTES.get(key)
    if found is None:
        plain = re.sub(r"[\s-]+", "_", key)
        found = plain if plain in terms.ROUTES else None
    if found is None:
        return None
    route, _, method = found.partition(" ")
    return (route, method) if route in terms.ROUTES else None


def folded(text: str) -> str:
    """A word of a site as it is compared: lower case, single spaces."""
    return " ".join(text.split()).lower()
