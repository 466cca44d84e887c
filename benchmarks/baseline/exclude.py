"""What is never an administration service of its own: section 2, and who goes where."""

import re

from . import classes
from .context import Context
from .drugs import squeeze
from .model import Row

NOWHERE = {
    "oral",
    "enteral",
    "sublingual",
    "buccal",
    "rectal",
    "vaginal",
    "topical",
    "transdermal",
    "nasal",
    "intranasal",
    "ophthalmic",
    "otic",
    "inhaled",
    "intradermal",
    "intra_articular",
    "intravitreal",
    "nerve_block",
    "trigger_point",
    "intraosseous",
    "other",
}
HOSPITAL_PLACES = {"19", "21", "22", "23", "24", "26", "31", "34", "51", "52", "56", "61"}
PHYSICIAN_PROCEDURES = {"96405", "96406", "96440", "96450", "96542", "51720"}
INJECTED = ("intramuscular", "subcutaneous")


def reason(row: Row, rows: list[Row], ctx: Context) -> str | None:
    """The rule that keeps a row out of sections 3 to 9, or None; earns what section 2 gives."""
    raw, purpose = row.raw, row.raw.get("purpose")
    if raw.get("ordered") is False:
        ctx.findings.add(f"not ordered: {row.id}")
        return "X6"
    if row.gone:
        return row.gone
    if row.method == "declot":
        ctx.earn("36593", row.start, [row.id], visit=row.visit)
        return "done"
    if purpose in ("keep_open", "flush", "diluent") or row.method == "flush":
        return "X1"
    if row.category == "flush":
        return "X1"
    if integral(row, rows, ctx):
        return "X2"
    if row.category == "contrast":
        return "X2"
    if row.category == "anesthetic" and not classes.treats(row):
        return "X2"
    if row.category == "vaccine":
        return "vaccine"
    if row.method == "oral" or row.route in NOWHERE:
        rabies = re.search(r"rabies immune", squeeze(str(raw.get("drug") or "")))
        return None if rabies and row.route == "other" else "X9"
    if row.category == "allergen":
        return "allergen"
    if row.category == "blood_product":
        return "blood"
    if purpose == "premedication" and ctx.policies["transfusion_premedication"] == "bundled":
        if any(r.category == "blood_product" and r.visit == row.visit for r in rows):
            return "transfusion_premedication"
    own = own_administration(row, ctx)
    if own is not None:
        return own
    if row.method == "pump_disconnect":
        return "X4"
    if classes.unclassed(row):
        ctx.findings.add(f"not coded until classed: {row.id}")
        return "unknown drug"
    if row.method == "pca" and raw.get("rate_ml_per_hr") is None:
        ctx.findings.add(f"patient-controlled doses: {row.id}")
        return "T9"
    return None


def integral(row: Row, rows: list[Row], ctx: Context) -> bool:
    """Whether the row belongs to a procedure or another administration (X2)."""
    owner = row.raw.get("integral_to")
    if not owner:
        return False
    if row.cls == "hydration" and any(r.id == str(owner) for r in rows):
        return ctx.policies["drug_required_hydration"] == "integral"
    return True


def own_administration(row: Row, ctx: Context) -> str | None:
    """X10: drugs with an administration code of their own."""
    raw = row.raw
    entries = [ctx.drugs.by_code.get(str(raw.get("hcpcs")))]
    entries += [ctx.drugs.named(n) for n in classes.names_of(row)]
    own = next((e["own_administration"] for e in entries if e and e["own_administration"]), "")
    indication = squeeze(str(raw.get("indication") or ""))
    name = " ".join(squeeze(n) for n in classes.names_of(row))
    if indication == "desensitization" and row.category != "antineoplastic":
        return "X10"
    if re.search(r"leucel\b(?!-t)", name):
        return "X10"
    if "lenacapavir" in name and not own:
        own = "G0012" if indication == "prevention" else ""
    if not own:
        return None
    if own.startswith("37195"):
        if indication == "stroke":
            if not any(e.code == "37195" and e.visit == row.visit for e in ctx.earned):
                ctx.earn("37195", row.start, [row.id], visit=row.visit)
            return "done"
        if indication == "coronary":
            return "X10"
        if not indication:
            ctx.findings.add(f"indication of thrombolytic: {row.id}")
        return None
    if own.startswith("96380"):
        code = "96380" if raw.get("counselled") else "96381"
        ctx.earn(code, row.start, [row.id], visit=row.visit)
        return "done"
    if own.startswith("G0012"):
        if ctx.medicare and indication in ("prevention", ""):
            ctx.earn("G0012", row.start, [row.id], visit=row.visit)
            return "done"
        return None
    if own.startswith("96450"):
        return "nusinersen" if row.route == "intrathecal" else "X10"
    return "X10"


def by_place(ctx: Context) -> None:
    """X7: a physician in a facility reports only the procedures that he does."""
    if not ctx.professional or ctx.place not in HOSPITAL_PLACES:
        return
    kept = []
    for unit in ctx.earned:
        if unit.code in PHYSICIAN_PROCEDURES:
            kept.append(unit)
        else:
            ctx.drop(unit.ids, "X7")
    ctx.earned[:] = kept
