"""Single administrations for random encounters: drugs, durations near limits, exotic features."""

import random
from typing import Any

Drug = tuple[str, str, str, str]  # name, category, hcpcs, dose unit
Given = dict[str, Any]

THERAPEUTIC: list[Drug] = [
    ("ceftriaxone", "therapeutic", "J0696", "mg"),
    ("ondansetron", "therapeutic", "J2405", "mg"),
    ("dexamethasone sodium phosphate", "therapeutic", "J1100", "mg"),
    ("iron sucrose", "therapeutic", "J1756", "mg"),
    ("morphine sulfate", "therapeutic", "J2270", "mg"),
    ("pantoprazole", "therapeutic", "J2470", "mg"),
    ("zoledronic acid", "therapeutic", "J3489", "mg"),
    ("diphenhydramine", "therapeutic", "J1200", "mg"),
    ("leucovorin", "therapeutic", "J0640", "mg"),
    ("infliximab", "complex_biologic", "J1745", "mg"),
    ("Remicade", "complex_biologic", "J1745", "mg"),
]
CHEMO: list[Drug] = [
    ("paclitaxel", "antineoplastic", "J9267", "mg"),
    ("carboplatin", "antineoplastic", "J9045", "mg"),
    ("fluorouracil", "antineoplastic", "J9190", "mg"),
    ("cyclophosphamide", "antineoplastic", "", "mg"),
    ("rituximab", "antineoplastic", "J9312", "mg"),
    ("trastuzumab", "antineoplastic", "J9355", "mg"),
]
FLUIDS: list[Drug] = [
    ("normal saline", "hydration", "", ""),
    ("normal saline 1000 mL", "hydration", "J7030", ""),
    ("lactated Ringer's", "hydration", "", ""),
    ("D5W", "hydration", "", ""),
]
INJECTED: list[Drug] = [
    ("ketorolac", "therapeutic", "J1885", "mg"),
    ("cyanocobalamin", "therapeutic", "J3420", "mcg"),
    ("methotrexate", "antineoplastic", "J9260", "mg"),
    ("fulvestrant", "hormonal_antineoplastic", "J9395", "mg"),
    ("omalizumab", "complex_biologic", "J2357", "mg"),
]
INFUSED = (10, 14, 15, 15, 16, 16, 17, 20, 29, 30, 30, 31, 45, 60, 60, 61, 75, 89, 90, 91)
LONG = (92, 120, 149, 150, 151, 152, 180, 210, 211, 240, 300)
PUSHED = (0, 1, 2, 3, 5, 10, 15, 16, 20)
WET = (15, 16, 20, 29, 30, 30, 31, 31, 45, 60, 60, 61, 90, 91, 120, 150, 151, 240, 480)
EXOTIC = (
    ["subcutaneous infusion"] * 3
    + ["arterial push", "arterial infusion", "arterial pump", "arterial drug"]
    + ["pump"] * 4
    + ["therapeutic pump"] * 2
    + ["refill", "disconnect", "on body", "intrathecal", "reservoir", "ventricle", "epidural"]
    + ["pleural", "peritoneal", "bladder", "lesion", "pleural drug", "spinal drug"]
    + ["vaccine"] * 3
    + ["blood"] * 3
    + ["allergen"] * 2
    + ["flush", "keep open", "keep open", "diluent", "declot", "contrast", "anesthetic"]
    + ["oral", "topical", "pca", "pca basal", "thrombolytic", "nusinersen", "antibody"]
    + ["prevention", "unknown", "unknown bag", "rabies", "electrolyte", "electrolyte"]
    + ["electrolyte fluid", "mix", "mix", "mixed syringe", "hydration by name", "hormone vein"]
)


def _drug(rng: random.Random, drug: Drug) -> Given:
    """Name, mostly with its category, sometimes with code and dose."""
    name, category, code, unit = drug
    out: Given = {"drug": name}
    if rng.random() < 0.7:
        out["category"] = category
    if code and rng.random() < 0.25:
        out["hcpcs"] = code
        if unit:
            out["dose"] = rng.choice((1, 4, 7.5, 40, 100, 162, 200, 1000))
            out["dose_unit"] = unit
        else:
            out["volume_ml"] = rng.choice((250, 500, 1000))
        if unit and rng.random() < 0.6:
            out["wasted"] = rng.choice((0, 0, 2, 30, 100))
            if rng.random() < 0.3:
                out["container"] = rng.choice(("single", "multi"))
    return out


def _run(rng: random.Random, start: int, minutes: int) -> Given:
    """Start and stop, with the gaps that records have."""
    out: Given = {"start": start, "stop": start + minutes}
    chance = rng.random()
    if chance < 0.08:
        del out["stop"]
        if rng.random() < 0.5:
            out["volume_ml"] = rng.choice((50, 100, 250, 500, 1000))
            out["rate_ml_per_hr"] = rng.choice((50, 100, 125, 200, 500))
        if rng.random() < 0.4:
            out["last_charted"] = start + rng.choice((0, 10, 20, 35, 60, 100))
    elif chance < 0.10:
        del out["start"]
    elif chance < 0.16 and minutes >= 20:
        low = start + rng.randrange(1, minutes - 5)
        out["pauses"] = [(low, min(low + rng.choice((1, 5, 15, 31)), start + minutes))]
    return out


def ordinary(rng: random.Random, start: int, drugs: tuple[list[Drug], list[Drug]]) -> Given:
    """An infusion, push, hydration or injection of one of the encounter's few drugs."""
    sort = rng.choices(
        ("infusion", "chemo", "push", "chemo push", "hydration", "injection"),
        (28, 14, 22, 4, 22, 8),
    )[0]
    out: Given = {"route": "intravenous"}
    therapeutic, chemo = drugs
    if sort in ("infusion", "chemo"):
        out["method"] = "infusion"
        out.update(_drug(rng, rng.choice(therapeutic if sort == "infusion" else chemo)))
        out.update(_run(rng, start, rng.choice(INFUSED + LONG if rng.random() < 0.5 else INFUSED)))
        if rng.random() < 0.03:
            out["discontinued"] = True
    elif sort in ("push", "chemo push"):
        out["method"] = "push" if rng.random() < 0.95 else "injection"
        out.update(_drug(rng, rng.choice(therapeutic if sort == "push" else chemo)))
        out["start"] = start
        if rng.random() < 0.6:
            out["stop"] = start + rng.choice(PUSHED)
        elif rng.random() < 0.06:
            del out["start"]
    elif sort == "hydration":
        out["method"] = "infusion"
        out.update(_drug(rng, rng.choice(FLUIDS)))
        out.update(_run(rng, start, rng.choice(WET)))
        if rng.random() < 0.7:
            out["purpose"] = "hydration"
        if rng.random() < 0.3:
            out.setdefault("volume_ml", rng.choice((250, 500, 501, 1000)))
    else:
        out.update(_drug(rng, rng.choice(INJECTED)))
        out["route"] = rng.choice(("intramuscular", "subcutaneous"))
        out["method"] = "injection"
        if rng.random() < 0.9:
            out["start"] = start
    if rng.random() < 0.03:
        del out["method"]
    if rng.random() < 0.03:
        out["ordered"] = rng.random() < 0.3
    if sort in ("infusion", "push") and rng.random() < 0.1:
        out["purpose"] = rng.choice(("premedication", "treatment"))
    return out


def exotic(rng: random.Random, sort: str, start: int) -> Given:
    """One administration of a rare sort."""
    out: Given = dict(SIMPLE.get(sort, {}))
    if "start" not in out and rng.random() < 0.95:
        out["start"] = start
    chemo = rng.choice(("methotrexate", "cisplatin", "mitomycin"))
    if sort in ("arterial push", "arterial infusion", "arterial pump", "intrathecal", "reservoir"):
        out["drug"] = chemo
    long = {
        "subcutaneous infusion": INFUSED,
        "arterial infusion": INFUSED + LONG,
        "arterial drug": INFUSED,
        "arterial pump": (300, 480, 481, 600),
        "pump": (300, 479, 480, 481, 600, 2760),
        "therapeutic pump": (300, 480, 481, 600),
        "pca basal": (60, 120, 300),
        "thrombolytic": (1, 60, 90),
        "blood": (120, 180),
        "keep open": (30, 60, 120),
        "diluent": (30, 60),
        "unknown": (10, 30, 60),
        "unknown bag": (60, 120),
        "electrolyte": (30, 60, 120),
        "electrolyte fluid": (31, 60, 120),
        "mix": INFUSED,
        "hydration by name": WET,
        "hormone vein": (30, 60),
    }.get(sort)
    if long and "start" in out:
        out["stop"] = out["start"] + rng.choice(long)
        if rng.random() < 0.12:
            del out["stop"]
    _details(rng, sort, out)
    return out


def _details(rng: random.Random, sort: str, out: Given) -> None:
    """What the rare sorts need beyond a name and a route."""
    words = CHOICES.get(sort)
    if words:
        name, values = words
        value = rng.choice(values)
        if value is not None:
            out[name] = value
    if sort == "vaccine":
        _vaccine(rng, out)
    elif sort == "electrolyte":
        _electrolyte(rng, out)
    elif sort == "electrolyte fluid":
        out["mix"] = ["normal saline", rng.choice(("potassium chloride", "magnesium sulfate"))]
    elif sort == "mix":
        names = ("ondansetron", "dexamethasone", "famotidine", "paclitaxel", "normal saline")
        out["mix"] = rng.sample(names, 2)


def _vaccine(rng: random.Random, out: Given) -> None:
    names = ("influenza vaccine", "COVID-19 vaccine", "pneumococcal vaccine", "tetanus vaccine")
    out["drug"] = rng.choice(names)
    if rng.random() < 0.3:
        out["counselled"] = True
    if rng.random() < 0.15:
        out["route"] = rng.choice(("oral", "nasal"))
        out["method"] = "oral" if out["route"] == "oral" else "instillation"


def _electrolyte(rng: random.Random, out: Given) -> None:
    out["drug"] = rng.choice(("potassium chloride", "magnesium sulfate", "calcium gluconate"))
    if rng.random() < 0.4:
        out["dose"], out["dose_unit"] = rng.choice((10, 20, 40, 41)), "meq"
    if rng.random() < 0.3:
        out["purpose"] = rng.choice(("treatment", "hydration"))
    if rng.random() < 0.2:
        out["category"] = "therapeutic"


CHOICES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "pump": ("pump_owner", ("site", "supplier", None)),
    "lesion": ("lesions", (1, 7, 8, 20, None)),
    "thrombolytic": ("indication", ("stroke", "coronary", "catheter", None)),
    "prevention": ("indication", ("prevention", None)),
    "antibody": ("counselled", (True, False)),
    "anesthetic": ("purpose", ("treatment", None)),
    "unknown bag": ("volume_ml", (249, 250, 500)),
    "electrolyte": ("volume_ml", (None, 50, 100, 499, 500, 1000)),
    "electrolyte fluid": ("volume_ml", (250, 500, 1000)),
    "pleural": ("reduced", (True, None, None)),
    "intrathecal": ("reduced", (True, None, None)),
}


def _simple(drug: str, route: str, method: str, **more: Any) -> Given:
    return {"drug": drug, "route": route, "method": method, **more}


SIMPLE: dict[str, Given] = {
    "subcutaneous infusion": _simple("immune globulin SC 20%", "subcutaneous", "infusion"),
    "arterial push": _simple("cisplatin", "intra_arterial", "push"),
    "arterial infusion": _simple("cisplatin", "intra_arterial", "infusion"),
    "arterial pump": _simple("cisplatin", "intra_arterial", "pump_prolonged"),
    "arterial drug": _simple("nitroglycerin", "intra_arterial", "infusion"),
    "pump": _simple("fluorouracil", "intravenous", "pump_prolonged"),
    "therapeutic pump": _simple("milrinone", "intravenous", "pump_prolonged"),
    "refill": _simple("fluorouracil", "intravenous", "pump_refill"),
    "disconnect": _simple("fluorouracil", "intravenous", "pump_disconnect"),
    "on body": _simple("pegfilgrastim", "subcutaneous", "on_body_injector"),
    "intrathecal": _simple("methotrexate", "intrathecal", "injection"),
    "reservoir": _simple("methotrexate", "intraventricular", "injection"),
    "ventricle": _simple("gentamicin", "intraventricular", "injection"),
    "epidural": _simple("fentanyl", "epidural", "infusion"),
    "spinal drug": _simple("morphine sulfate", "intrathecal", "injection"),
    "pleural": _simple("bleomycin", "intracavitary_pleural", "instillation"),
    "pleural drug": _simple("doxycycline", "intracavitary_pleural", "instillation"),
    "peritoneal": _simple("cisplatin", "intracavitary_peritoneal", "infusion"),
    "bladder": _simple("mitomycin", "intravesical", "instillation"),
    "lesion": _simple("bleomycin", "intralesional", "injection"),
    "vaccine": _simple("influenza vaccine", "intramuscular", "injection", category="vaccine"),
    "blood": _simple("red cells", "intravenous", "transfusion", category="blood_product"),
    "allergen": _simple("pollen extract", "subcutaneous", "injection", category="allergen"),
    "flush": _simple("heparin flush", "intravenous", "flush", purpose="flush"),
    "keep open": _simple("normal saline", "intravenous", "infusion", purpose="keep_open"),
    "diluent": _simple("normal saline", "intravenous", "infusion", purpose="diluent"),
    "declot": _simple("alteplase", "intravenous", "declot"),
    "contrast": _simple("iohexol", "intravenous", "push", category="contrast"),
    "anesthetic": _simple("propofol", "intravenous", "push", category="anesthetic"),
    "oral": _simple("ibuprofen", "oral", "oral", category="therapeutic"),
    "topical": _simple("lidocaine", "topical", "instillation", category="therapeutic"),
    "pca": _simple("morphine sulfate", "intravenous", "pca"),
    "pca basal": _simple("hydromorphone", "intravenous", "pca", rate_ml_per_hr=2),
    "thrombolytic": _simple("alteplase", "intravenous", "infusion"),
    "nusinersen": _simple("nusinersen", "intrathecal", "injection"),
    "antibody": _simple("nirsevimab", "intramuscular", "injection"),
    "prevention": _simple("cabotegravir PrEP", "intramuscular", "injection"),
    "unknown": _simple("zzytrolimab", "intravenous", "infusion"),
    "unknown bag": _simple("house fluid", "intravenous", "infusion"),
    "rabies": _simple("rabies immune globulin", "intramuscular", "injection"),
    "electrolyte": _simple("potassium chloride", "intravenous", "infusion"),
    "electrolyte fluid": _simple("fluid with electrolyte", "intravenous", "infusion"),
    "mix": _simple("two drugs", "intravenous", "infusion"),
    "mixed syringe": _simple(
        "two drugs", "intravenous", "push", mix=["ondansetron", "dexamethasone"]
    ),
    "hydration by name": _simple("0.9 % saline", "intravenous", "infusion"),
    "hormone vein": _simple(
        "fulvestrant", "intravenous", "infusion", category="hormonal_antineoplastic"
    ),
}
