"""Owns the words and codes of FHIR that a reader must know: systems, statuses, routes, lines."""

from __future__ import annotations

import re

SYSTEMS = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "urn:oid:2.16.840.1.113883.6.69": "ndc",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "urn:oid:2.16.840.1.113883.12.292": "cvx",
    "urn:oid:2.16.840.1.113883.6.59": "cvx",
    "https://www.cms.gov/medicare/coding/hcpcsreleasecodesets": "hcpcs",
    "http://www.cms.gov/medicare/coding/hcpcsreleasecodesets": "hcpcs",
    "https://www.cms.gov/medicare/coding/medhcpcsgeninfo": "hcpcs",
    "https://bluebutton.cms.gov/resources/codesystem/hcpcs": "hcpcs",
    "http://terminology.hl7.org/codesystem/hcpcs-all-codes": "hcpcs",
    "urn:oid:2.16.840.1.113883.6.14": "hcpcs",
    "urn:oid:2.16.840.1.113883.6.285": "hcpcs",
    "http://www.ama-assn.org/go/cpt": "cpt",
    "urn:oid:2.16.840.1.113883.6.12": "cpt",
    "http://snomed.info/sct": "snomed",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "urn:oid:2.16.840.1.113883.6.90": "icd10",
    "http://terminology.hl7.org/codesystem/v3-routeofadministration": "route",
    "urn:oid:2.16.840.1.113883.5.112": "route",
    "http://terminology.hl7.org/codesystem/data-absent-reason": "absent",
}
"""Short names of code systems, by URI in lower case."""

DRUG_SYSTEMS = ("rxnorm", "ndc", "cvx", "hcpcs", "cpt", "snomed")
"""Systems that name a drug, in the order in which their displays are believed."""

NO_DRUG_SYSTEMS = frozenset({"absent", "icd10", "route"})
SERVICE_SYSTEMS = ("hcpcs", "cpt")

CVX_NO_VACCINE = frozenset(
    [
        "12",
        "13",
        "14",
        "27",
        "29",
        "30",
        "34",
        "36",
        "71",
        "79",
        "86",
        "87",
        "93",
        "95",
        "96",
        "97",
        "98",
        "117",
        "145",
        "156",
        "157",
        "158",
        "159",
        "180",
        "181",
        "306",
        "307",
    ]
)
"""CVX codes of antitoxins, immune globulins, antibodies and skin tests."""

NOT_GIVEN = {
    "entered-in-error": "entered_in_error",
    "not-done": "not_done",
    "unknown": "status_unknown",
    "preparation": "not_done",
}
"""Statuses of an administration that say, or leave open, that nothing was given."""

GIVEN = frozenset({"completed", "in-progress", "stopped", "on-hold"})
NO_ENCOUNTER = {
    "cancelled": "cancelled",
    "entered-in-error": "entered_in_error",
    "planned": "planned",
}
NO_CLAIM = {"cancelled": "cancelled", "entered-in-error": "entered_in_error", "draft": "draft"}
CLAIM_SETTINGS = {"institutional": "facility", "professional": "professional"}
OTHER_CLAIMS = frozenset({"oral", "vision", "pharmacy"})

INPATIENT = frozenset({"IMP", "ACUTE", "NONAC"})
HOME = "HH"
HOME_PLACE = 12

ROUTES = {
    "47625008": "intravenous",
    "255560000": "intravenous",
    "418114005": "intravenous",
    "419993007": "intravenous",
    "78421000": "intramuscular",
    "34206005": "subcutaneous",
    "263887005": "subcutaneous",
    "26643006": "oral",
    "37161004": "rectal",
    "37839007": "sublingual",
    "46713006": "nasal",
    "54485002": "ophthalmic",
    "10547007": "otic",
    "6064005": "topical",
    "45890007": "transdermal",
    "16857009": "vaginal",
    "72607000": "intrathecal",
    "404820008": "epidural",
    "58100008": "intra_arterial",
    "38239002": "intracavitary_peritoneal",
    "372463000": "intravesical",
    "417255000": "intraosseous",
    "54471007": "buccal",
    "12130007": "intra_articular",
}
"""Routes by SNOMED CT code, for codings without a display."""

HL7_ROUTES = {
    "IVC": "intravenous",
    "IVCC": "intravenous",
    "IVCI": "intravenous",
    "IVDRIP": "intravenous",
    "IVINFUS": "intravenous",
    "IVINJ": "intravenous",
    "IVINJBOL": "intravenous",
    "IVP": "intravenous",
    "IVPB": "intravenous",
    "IVPUSH": "intravenous",
    "IVRPUSH": "intravenous",
    "IVSPUSH": "intravenous",
    "SQ": "subcutaneous",
    "SQINFUS": "subcutaneous",
    "SQINJ": "subcutaneous",
    "IAINJ": "intra_arterial",
    "ITINJ": "intrathecal",
    "IPINJ": "intracavitary_peritoneal",
    "EPI": "epidural",
}
"""Routes by code of HL7 version 3, where routes.csv does not know the code."""

METHODS = {
    "420620005": "push",
    "422145002": "injection",
    "421521009": "oral",
    "422152000": "instillation",
}
"""Methods by SNOMED CT code of a dosing instruction, for codings without a display."""

METHOD_WORDS = (
    ("on_body_injector", re.compile(r"\bon[- ]body\b")),
    ("declot", re.compile(r"declot")),
    ("pump_refill", re.compile(r"\bpump\b.*\brefill|\brefill\w*\b.*\bpump\b")),
    ("pump_disconnect", re.compile(r"\bpump\b.*\bdisconnect|\bdisconnect\w*\b.*\bpump\b")),
    ("pump_prolonged", re.compile(r"\b(ambulatory|home)( infusion)? pump\b|\bpump prolonged\b")),
    ("pca", re.compile(r"\bpca\b|patient[- ]controlled")),
    ("flush", re.compile(r"\bflush\b")),
    ("push", re.compile(r"push|bolus|\bivp\b")),
    ("infusion", re.compile(r"infus|\bdrip\b|piggy ?back|\bivpb\b")),
    ("instillation", re.compile(r"instil")),
    ("injection", re.compile(r"\binject")),
    ("oral", re.compile(r"swallow|\boral|\bby mouth\b")),
    ("transfusion", re.compile(r"transfus")),
)
"""Words of a charted method, the more telling ones first."""

LINES = (
    ("picc", re.compile(r"\bpicc\b|peripherally inserted")),
    ("implantable_pump", re.compile(r"(implant\w*|intrathecal|internal)\b.*\bpump")),
    ("ommaya", re.compile(r"\bommaya|ventricular reservoir")),
    ("intraperitoneal_port", re.compile(r"peritoneal\b.*\bport\b|\bip port\b")),
    ("port", re.compile(r"\bport\b|port-?a-?cath|\b(medi|power)-?port|implant\w* port")),
    ("subcutaneous", re.compile(r"subcutaneous (catheter|needle|cannula|access|infusion set)")),
    ("intra_arterial", re.compile(r"\barter(y|ial)\b")),
    (
        "central",
        re.compile(
            r"\bcentral\b|\bcvc\b|hickman|broviac|groshong|tunnel+ed|(triple|multi)[ -]?lumen"
            r"|vena cava|(subclavian|jugular|femoral) vein"
        ),
    ),
    (
        "peripheral",
        re.compile(
            r"peripheral|\bpiv\b|cannula|midline|saline lock|\b(fore)?arm\b|\bhand\b|\bwrist\b"
            r"|antecubital|(cephalic|basilic|cubital) vein|\bfoot\b"
        ),
    ),
)
"""Kinds of access by the words of a method, a device or a body site."""

PURPOSES = {
    "hydration": "hydration",
    "premedication": "premedication",
    "pre-medication": "premedication",
    "keep vein open": "keep_open",
    "keep open": "keep_open",
    "kvo": "keep_open",
    "tko": "keep_open",
    "flush": "flush",
    "line flush": "flush",
    "diluent": "diluent",
    "treatment": "treatment",
}
"""Purposes by the whole text of a charted reason."""

NEEDLE_SITES = re.compile(r"abdom|thigh|arm\b|belly|flank|buttock|hip\b|deltoid|quadrant")
"""Sites of a subcutaneous infusion."""

DELIVERIES = (
    ("elastomeric", re.compile(r"elastomer")),
    ("syringe", re.compile(r"syringe")),
    ("pump", re.compile(r"\bpump\b")),
    ("gravity", re.compile(r"gravity")),
)

THROUGH_A_LINE = frozenset(
    [
        "intravenous",
        "intra_arterial",
        "intrathecal",
        "intraventricular",
        "intracavitary_peritoneal",
        "intracavitary_pleural",
        "epidural",
    ]
)
"""Routes that a line or a device can belong to."""

MINUTES = {
    "s": 1 / 60,
    "sec": 1 / 60,
    "second": 1 / 60,
    "min": 1,
    "mins": 1,
    "minute": 1,
    "minutes": 1,
    "h": 60,
    "hr": 60,
    "hrs": 60,
    "hour": 60,
    "hours": 60,
    "d": 1440,
    "day": 1440,
    "days": 1440,
}
"""Units of time in minutes, as UCUM and people write them."""

UCUM_UNITS = {
    "[iU]": "units",
    "[IU]": "units",
    "[USP'U]": "units",
    "10*3.[iU]": "",
    "10*6.[iU]": "million units",
    "meq": "mEq",
    "ug": "mcg",
}
"""UCUM codes that units.csv writes otherwise; empty: there is no unit for it."""

NDC_UNITS = {"g": "GR", "mg": "ME", "mL": "ML", "[iU]": "F2", "[IU]": "F2"}
"""Units of an NDC quantity as a claim writes them, by UCUM code."""

CLAIM_NDC_UNITS = frozenset({"F2", "GR", "ME", "ML", "UN"})
