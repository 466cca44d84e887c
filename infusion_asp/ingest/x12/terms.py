"""Owns the words of 837 that the reader knows: versions, qualifiers, places of a claim."""

from __future__ import annotations

CLAIM = "837"
_VERSIONS = {"005010X222": "professional", "005010X223": "facility"}
_ADDENDA = {"", "A1", "A2", "A3"}


def version_of(form: str) -> str | None:
    """The setting of an implementation guide with or without its addenda, None for others."""
    return _VERSIONS.get(form[:10]) if form[10:] in _ADDENDA else None


PATIENT_LEVEL = "23"  # HL03 of a patient who is not the subscriber: the payer stays
MEDICAL_RECORD = "EA"
SERVICE_DATE = "472"
STATEMENT_DATES = "434"
PROCEDURE = "HC"  # HCPCS, of which CPT is the first level
PROCEDURES = frozenset({PROCEDURE, "ER", "HP", "IV", "WK"})
DRUG_CODE = "N4"  # NDC in the 5-4-2 form, eleven digits
UNITS = "UN"
DAYS = "DA"
MINUTES = "MJ"
REPLACEMENT = "7"  # frequency of a claim that stands for an earlier one
VOID = "8"  # frequency of a claim that takes back an earlier one
DRUG_UNITS = frozenset({"F2", "GR", "ME", "ML", "UN"})

DIAGNOSES = frozenset({"ABK", "ABF"})
OLD_DIAGNOSES = frozenset({"BK", "BF"})

MEDICARE = frozenset({"MA", "MB"})
"""Claim filing indicators of Medicare parts A and B; an advantage plan is another payer."""

INPATIENT = frozenset({"11", "18", "21", "28", "41"})
"""Type of bill, kind of facility and of care, of a stay that part A or a swing bed pays."""
