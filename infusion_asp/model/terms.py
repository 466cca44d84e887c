"""The known values of every enumeration of the encounter, and common wrong words for them."""

from typing import Literal

Setting = Literal["facility", "professional"]
Purpose = Literal["treatment", "hydration", "premedication", "keep_open", "flush", "diluent"]
Need = Literal["incompatible_drugs", "protocol", "rate", "convenience", "restart", "lumen", "other"]
PumpOwner = Literal["site", "supplier", "patient"]
Container = Literal["single", "multi"]
Delivery = Literal["gravity", "pump", "syringe", "elastomeric"]

SETTINGS: tuple[str, ...] = ("facility", "professional")
PURPOSES: tuple[str, ...] = (
    "treatment",
    "hydration",
    "premedication",
    "keep_open",
    "flush",
    "diluent",
)
NEEDS: tuple[str, ...] = (
    "incompatible_drugs",
    "protocol",
    "rate",
    "convenience",
    "restart",
    "lumen",
    "other",
)
PUMP_OWNERS: tuple[str, ...] = ("site", "supplier", "patient")
CONTAINERS: tuple[str, ...] = ("single", "multi")
DELIVERIES: tuple[str, ...] = ("gravity", "pump", "syringe", "elastomeric")

ROUTES: tuple[str, ...] = (
    "intravenous",
    "intramuscular",
    "subcutaneous",
    "intra_arterial",
    "intrathecal",
    "intraventricular",
    "intralesional",
    "intracavitary_pleural",
    "intracavitary_peritoneal",
    "intravesical",
    "epidural",
    # routes outside the section (X9)
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
)
"""All routes of the format; any other route is refused."""

METHODS: tuple[str, ...] = (
    "infusion",
    "push",
    "injection",
    "pump_prolonged",
    "pump_refill",
    "pump_disconnect",
    "pca",
    "on_body_injector",
    "instillation",
    "flush",
    "declot",
    "transfusion",
    "oral",
)
CATEGORIES: tuple[str, ...] = (
    "hydration",
    "therapeutic",
    "antineoplastic",
    "hormonal_antineoplastic",
    "complex_biologic",
    "vaccine",
    "allergen",
    "contrast",
    "anesthetic",
    "blood_product",
)
ACCESS_KINDS: tuple[str, ...] = (
    "peripheral",
    "port",
    "picc",
    "central",
    "subcutaneous",
    "intra_arterial",
    "intraperitoneal_port",
    "ommaya",
    "implantable_pump",
)
INDICATIONS: tuple[str, ...] = ("stroke", "coronary", "prevention", "desensitization", "catheter")

OTHER_WORDS: dict[str, dict[str, str]] = {
    "route": {
        "iv": "intravenous",
        "im": "intramuscular",
        "sc": "subcutaneous",
        "sq": "subcutaneous",
        "subq": "subcutaneous",
        "ia": "intra_arterial",
        "intraarterial": "intra_arterial",
        "it": "intrathecal",
        "ip": "intracavitary_peritoneal",
        "intraperitoneal": "intracavitary_peritoneal",
        "intrapleural": "intracavitary_pleural",
        "po": "oral",
        "by_mouth": "oral",
        "inhalation": "inhaled",
        "intraarticular": "intra_articular",
    },
    "method": {
        "bolus": "push",
        "ivp": "push",
        "iv_push": "push",
        "ivpb": "infusion",
        "piggyback": "infusion",
        "drip": "infusion",
        "im": "injection",
        "shot": "injection",
        "pump": "pump_prolonged",
        "po": "oral",
    },
    "category": {
        "chemo": "antineoplastic",
        "chemotherapy": "antineoplastic",
        "biologic": "complex_biologic",
        "hormonal": "hormonal_antineoplastic",
        "blood": "blood_product",
        "fluid": "hydration",
    },
    "kind": {"piv": "peripheral", "cvc": "central", "port_a_cath": "port", "mediport": "port"},
    "setting": {
        "hospital": "facility",
        "outpatient": "facility",
        "office": "professional",
        "physician": "professional",
    },
    "purpose": {"kvo": "keep_open", "tko": "keep_open", "premed": "premedication"},
    "container": {"sdv": "single", "mdv": "multi", "single_dose": "single", "multi_dose": "multi"},
}
"""Words of other systems, by field, with the word that this format uses; for suggestions only."""

OTHER_KEYS: dict[str, str] = {
    "end": "stop",
    "end_time": "stop",
    "stop_time": "stop",
    "start_time": "start",
    "begin": "start",
    "medication": "drug",
    "name": "drug",
    "id": "encounter_id",
    "volume": "volume_ml",
    "rate": "rate_ml_per_hr",
    "unit": "dose_unit",
    "waste": "wasted",
    "line": "access",
    "site": "access",
    "icd10": "diagnoses",
    "pos": "place_of_service",
    "meds": "administrations",
    "claim": "billed",
    "lines": "billed",
    "modifier": "modifiers",
    "hcpcs": "code",
    "quantity": "units",
    "type": "kind",
}
"""Keys of other systems and the field of this format; suggested where the object has the field."""
