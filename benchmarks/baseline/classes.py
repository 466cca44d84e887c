"""Category and class of a row: the category paragraph of section 1 and section 4."""

import re

from .context import Context
from .drugs import ELECTROLYTE, POTASSIUM_CHLORIDE, squeeze
from .model import Row

RANK = {"hydration": 0, "ther": 1, "chemo": 2}
CATEGORY_RANK = [
    "hydration",
    "anesthetic",
    "contrast",
    "allergen",
    "flush",
    "therapeutic",
    "hormonal_antineoplastic",
    "complex_biologic",
    "antineoplastic",
]
UNCLASSED_VOLUME = 250
ELECTROLYTE_VOLUME = 500
POTASSIUM_PER_LITRE = 40


def names_of(row: Row) -> list[str]:
    """The drug texts in the bag or syringe."""
    return [str(n) for n in row.raw.get("mix") or [row.raw.get("drug") or ""]]


def classify(row: Row, ctx: Context) -> None:
    """Set category, unknown and class of a row."""
    explicit = row.raw.get("category")
    names = names_of(row)
    electrolytes = [n for n in names if ELECTROLYTE.match(squeeze(n))]
    if explicit:
        row.category, row.explicit = str(explicit), True
        if explicit == "therapeutic" and electrolytes and plain(names, ctx):
            if row.method != "push" and ctx.policies["electrolyte_replacement"] == "hydration":
                row.category = "hydration"
    else:
        row.category = looked_up(row, names, electrolytes, ctx)
    row.cls = class_of(row, ctx)


def plain(names: list[str], ctx: Context) -> bool:
    """Whether the bag holds nothing but electrolytes and fluids."""
    return all(ctx.drugs.category(n) in ("electrolyte", "hydration") for n in names)


def looked_up(row: Row, names: list[str], electrolytes: list[str], ctx: Context) -> str:
    """Category by HCPCS, then by name, of all members; with electrolytes and purpose."""
    hcpcs = row.raw.get("hcpcs")
    entry = ctx.drugs.by_code.get(str(hcpcs)) if hcpcs else None
    found: list[str | None] = [ctx.drugs.category(n) for n in names]
    unclassified = str(hcpcs) in ("J3490", "J3590", "J9999", "C9399")
    if entry and not unclassified and not electrolytes:
        found = [entry["category"]] if len(names) == 1 else [*found, entry["category"]]
    known = [c for c in found if c]
    if row.method == "transfusion" and not known:
        return "blood_product"
    for special in ("vaccine", "blood_product"):
        if special in known:
            return special
    if electrolytes and all(c in ("electrolyte", "hydration") for c in found):
        return electrolyte_category(row, electrolytes, ctx)
    known = ["therapeutic" if c == "electrolyte" else c for c in known]
    hydration = row.raw.get("purpose") == "hydration"
    row.unknown = len(known) < len(found) and not hydration
    if row.unknown:
        ctx.findings.add(f"drug not known: {row.id}")
        known.append("therapeutic")
    if not known:
        return "hydration"
    return max(known, key=lambda c: CATEGORY_RANK.index(c) if c in CATEGORY_RANK else 5)


def electrolyte_category(row: Row, electrolytes: list[str], ctx: Context) -> str:
    """C3 and C5 for a bag of electrolytes in plain fluid."""
    replaced = (
        "hydration"
        if ctx.policies["electrolyte_replacement"] == "hydration"
        and row.method not in ("push", "injection")
        else "therapeutic"
    )
    if row.method in ("push", "injection"):
        return "therapeutic"
    purpose, volume = row.raw.get("purpose"), row.raw.get("volume_ml")
    if purpose == "treatment":
        return replaced
    if volume is None:
        if purpose == "hydration":
            return "hydration"
        ctx.findings.add(f"electrolyte without volume: {row.id}")
        return replaced
    if float(volume) < ELECTROLYTE_VOLUME:
        return replaced
    if all(POTASSIUM_CHLORIDE.match(squeeze(n)) for n in electrolytes):
        dose, unit = row.raw.get("dose"), str(row.raw.get("dose_unit") or "").lower()
        if dose is None or unit != "meq":
            return "hydration"
        per_litre = float(dose) * 1000 / float(volume)
        return replaced if per_litre > POTASSIUM_PER_LITRE else "hydration"
    return "hydration" if purpose == "hydration" else replaced


def class_of(row: Row, ctx: Context) -> str:
    """Chemotherapy, therapeutic or hydration class (C1 to C3)."""
    category = row.category
    if category == "hydration":
        pushed = row.method == "push" and not row.explicit
        return "ther" if pushed else "hydration"
    if category == "antineoplastic":
        return "chemo"
    if category == "hormonal_antineoplastic":
        return "chemo" if row.route == "intravenous" else "ther"
    if category == "complex_biologic" and ctx.policies["complex_biologic"] == "chemotherapy":
        return "chemo"
    return "ther"


def unclassed(row: Row) -> bool:
    """Whether an unknown drug is too large a bag to be coded before it is classed."""
    volume = row.raw.get("volume_ml")
    known_class = row.category not in ("therapeutic",)
    return (
        row.unknown
        and not known_class
        and row.route == "intravenous"
        and volume is not None
        and float(volume) >= UNCLASSED_VOLUME
    )


def treats(row: Row) -> bool:
    """Whether an anesthetic is a treatment of its own (X2, C2)."""
    names = " ".join(squeeze(n) for n in names_of(row))
    return (
        row.raw.get("purpose") == "treatment"
        and not row.raw.get("integral_to")
        and re.search(r"lidocaine|ketamine|propofol", names) is not None
    )
