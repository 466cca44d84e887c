"""Drug names and the drug table: look-up by HCPCS and by name, same drug, kinds of fluid."""

import csv
import re
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

Drug = dict[str, str]
NAMES = 20_000  # names that are remembered

SALTS = (
    "sodium phosphate|sodium succinate|sodium|potassium|hydrochloride|hcl|sulfate|succinate|"
    "acetate|tartrate|mesylate|citrate|maleate|phosphate|besylate|bromide|chloride"
)
FORMS = "nos|regular|injection|vial|ampoule|ampule|bag|syringe|solution|iv|lyophilized|powder"
CATION = re.compile(r"^(sodium|potassium|calcium|magnesium)\b")
ELECTROLYTE = re.compile(
    r"^(kcl\b|potassium (chloride|phosphate|acetate)|magnesium|calcium (chloride|gluconate)"
    r"|sodium (phosphate|bicarbonate|acetate)|k[- ]?phos|na[- ]?phos)"
)
POTASSIUM_CHLORIDE = re.compile(r"^(kcl\b|potassium chloride)")
PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")
SALINE = re.compile(r"saline|sodium chloride|\bnacl\b")
SUGAR = re.compile(r"dextrose|glucose|\bd(5|10|20|50)")
BLOOD = re.compile(
    r"red (blood )?cells|\bprbc|\bplasma\b(?!-| protein|lyte)|platelet|cryoprecipitate"
    r"|granulocyte|whole blood"
)
DERIVATIVE = re.compile(
    r"albumin|plasma protein fraction|fibrinogen|antithrombin|c1 (esterase )?inhibitor"
)
NOT_FLUID = re.compile(r"mannitol|lipid|intralipid|parenteral nutrition|\btpn\b")
FLUID = re.compile(r"ringer|plasma-?lyte|normosol|isolyte|half normal saline|hartmann")


@lru_cache(maxsize=NAMES)
def squeeze(text: str) -> str:
    """Lower case, single blanks."""
    return " ".join(text.lower().replace("’", "'").split())


def bare(text: str) -> str:
    """A name without strength, volume, salt and form."""
    name = re.sub(r"\([^)]*\)", " ", squeeze(text))
    name = re.sub(
        r"\b(up to |per )?\d[\d,.]* ?(mg|mcg|ug|g|gm|ml|l|cc|units?|iu|meq|mmol)?(/\w+)?\b(?! ?%)",
        " ",
        name,
    )
    name = re.sub(rf"\b({FORMS})\b", " ", name)
    name = squeeze(name).strip(" -")
    name = re.sub(r"^kcl\b", "potassium chloride", name)
    if DERIVATIVE.search(name):
        name = squeeze(PERCENT.sub(" ", name))
    if not CATION.match(name):
        name = squeeze(re.sub(rf"(?<=\w) ({SALTS})\b", " ", name))
    return name


class DrugTable:
    """Rows of drugs.csv with their names as keys."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as handle:
            self.rows: list[Drug] = list(csv.DictReader(handle))
        self.by_code: dict[str, Drug] = {}
        self.sizes: dict[str, tuple[str, Fraction] | None] = {}
        self.exact: dict[str, Drug] = {}
        self.loose: dict[str, Drug] = {}
        for row in self.rows:
            if row["hcpcs"]:
                self.by_code.setdefault(row["hcpcs"], row)
            names = [row["generic"], *row["brand"].split(";"), *(row["aliases"] or "").split(";")]
            for name in filter(None, map(squeeze, names)):
                if name == "generic":
                    continue
                self.exact.setdefault(name, row)
                self.loose.setdefault(bare(name), row)
        words: dict[str, set[str]] = {}
        for row in self.rows:
            words.setdefault(row["hcpcs"], set()).update(re.findall(r"[A-Z]+", row["routes"]))
        self.both_routes = {code for code, found in words.items() if {"IV", "SC"} <= found}
        self.named = lru_cache(maxsize=NAMES)(self._named)
        self.key = lru_cache(maxsize=NAMES)(self._key)
        self.category = lru_cache(maxsize=NAMES)(self._category)

    def _named(self, text: str) -> Drug | None:
        """The row of a drug name."""
        return self.exact.get(squeeze(text)) or self.loose.get(bare(text))

    def _key(self, text: str) -> str:
        """What makes two names the same drug: the generic, biosimilars alike."""
        row = self.named(text)
        name = bare(row["generic"]) if row else bare(text)
        return re.sub(r"-[a-z]{4}$", "", name) if row else name

    def _category(self, text: str) -> str | None:
        """Category by name, None when the name is not known."""
        name = squeeze(text)
        if "vaccine" in name:
            return "vaccine"
        if NOT_FLUID.search(name) or DERIVATIVE.search(name):
            return "therapeutic"
        percents = [float(p) for p in PERCENT.findall(name)]
        if percents and SALINE.search(name) and not SUGAR.search(name) and max(percents) >= 1.8:
            return "therapeutic"
        if percents and SUGAR.search(name) and max(percents) >= 10:
            return "therapeutic"
        if ELECTROLYTE.match(name):
            return "electrolyte"
        row = self.named(text)
        if row:
            return row["category"]
        if BLOOD.search(name):
            return "blood_product"
        if FLUID.search(name) or (percents and (SALINE.search(name) or SUGAR.search(name))):
            return "hydration"
        return None


@lru_cache(maxsize=8)
def load(path: Path) -> DrugTable:
    """The drug table of a file (kept in memory)."""
    return DrugTable(path)
