"""Owns the words of HL7 v2 tables that the reader knows: routes, methods, units, code systems."""

from __future__ import annotations

ROUTES: dict[str, str] = {
    "IV": "intravenous",
    "IVP": "intravenous",
    "IVPB": "intravenous",
    "IVPUSH": "intravenous",
    "IVINF": "intravenous",
    "IM": "intramuscular",
    "SC": "subcutaneous",
    "SQ": "subcutaneous",
    "SUBQ": "subcutaneous",
    "SUBCUT": "subcutaneous",
    "IA": "intra_arterial",
    "IHA": "intra_arterial",
    "IT": "intrathecal",
    "ITH": "intrathecal",
    "EP": "epidural",
    "IP": "intracavitary_peritoneal",
    "IPL": "intracavitary_pleural",
    "IVES": "intravesical",
    "IL": "intralesional",
    "ID": "intradermal",
    "IS": "intra_articular",
    "IVIT": "intravitreal",
    "IOSS": "intraosseous",
    "PO": "oral",
    "GTT": "enteral",
    "NG": "enteral",
    "SL": "sublingual",
    "TL": "sublingual",
    "B": "buccal",
    "MTH": "buccal",
    "PR": "rectal",
    "RM": "rectal",
    "VG": "vaginal",
    "AP": "topical",
    "TP": "topical",
    "WND": "topical",
    "TD": "transdermal",
    "TRA": "transdermal",
    "NS": "nasal",
    "IN": "intranasal",
    "OP": "ophthalmic",
    "OT": "otic",
    "IH": "inhaled",
    "ET": "inhaled",
    "OTH": "other",
}
"""Routes of RXR-1 by code: table 0162 and the forms of it that are common."""

METHOD_OF_ROUTE: dict[str, str] = {
    "IVP": "push",
    "IVPUSH": "push",
    "IVPB": "infusion",
    "IVINF": "infusion",
}
"""What a route of RXR-1 says of the method."""

METHODS: dict[str, str] = {"IVP": "push", "IVPUSH": "push", "IVPB": "infusion", "IVINF": "infusion"}
"""Methods of RXR-4 by code (table 0165)."""

DEVICES: dict[str, str] = {"IVP": "infusion", "BT": "infusion", "IVS": "infusion", "PCA": "pca"}
"""What a device of RXR-3 (table 0164) says of the method; there IVP is a pump, not a push."""

PERIPHERAL = frozenset(
    {"LA", "RA", "LAC", "RAC", "LACF", "RACF", "LH", "RH", "LLFA", "RLFA", "LFA", "RFA"}
    | {"LUA", "RUA", "LLA", "RLA", "LFT", "RFT", "LW", "RW"}
)
CENTRAL = frozenset({"LIJ", "RIJ", "LEJ", "REJ", "LSC", "RSC", "LSCV", "RSCV"})
"""Sites of RXR-2 (table 0163) at which a venous catheter of a known kind lies."""

UNITS: dict[str, str] = {
    "mg": "mg",
    "milligram": "mg",
    "g": "g",
    "gm": "g",
    "gram": "g",
    "mcg": "mcg",
    "ug": "mcg",
    "microgram": "mcg",
    "ng": "ng",
    "meq": "meq",
    "mmol": "mmol",
    "iu": "units",
    "[iu]": "units",
    "i.u.": "units",
    "[usp'u]": "units",
    "u": "units",
    "unit": "units",
    "units": "units",
}
"""Units of an amount that is a dose, by their text in lower case."""

MILLILITRES: dict[str, int] = {"ml": 1, "cc": 1, "milliliter": 1, "millilitre": 1, "l": 1000}
PER_HOUR: dict[str, int] = {"h": 1, "h1": 1, "hr": 1, "hour": 1, "m": 60, "m1": 60, "min": 60}
"""Units of volume in millilitres, and of RXA-12 in times an hour."""

UNKNOWN_AMOUNT = "999"

HCPCS = frozenset({"C4", "C5", "CPT", "CPT4", "CPT-4", "HCPCS", "HCPC", "HPC", "HCP"})
NDC = "NDC"
VACCINES = "CVX"

GIVEN = frozenset({"", "CP", "PA"})
PARTLY = "PA"
ADD, UPDATE, DELETE = "A", "U", "D"
CHARGE, CREDIT = "CG", "CD"
INPATIENT = "I"
