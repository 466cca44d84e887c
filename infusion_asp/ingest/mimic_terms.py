"""What the order categories and labels of MIMIC-IV mean in the words of the encounter."""

from __future__ import annotations

LINE_KINDS: dict[str, str] = {
    "14 Gauge": "peripheral",
    "16 Gauge": "peripheral",
    "18 Gauge": "peripheral",
    "20 Gauge": "peripheral",
    "22 Gauge": "peripheral",
    "24 Gauge": "peripheral",
    "Midline": "peripheral",
    "PICC Line": "picc",
    "Indwelling Port": "port",
    "Indwelling Port (PortaCath)": "port",
    "Multi Lumen": "central",
    "Cordis/Introducer": "central",
    "PA Catheter": "central",
    "CCO PAC": "central",
    "Dialysis Catheter": "central",
    "Pheresis Catheter": "central",
    "Trauma line": "central",
    "Tunneled (Hickman) Line": "central",
    "Sheath (Venous)": "central",
    "MAC": "central",
    "AVA": "central",
}
"""Venous lines by label; arterial and pressure lines carry no drugs and are left out."""

ROUTES: dict[str, str] = {
    "06-Insulin (Non IV)": "subcutaneous",
    "09-Antibiotics (Non IV)": "oral",
    "11-Prophylaxis (Non IV)": "oral",
    "13-Enteral Nutrition": "enteral",
    "14-Oral/Gastric Intake": "enteral",
}
"""Routes by order category; every other category is intravenous."""

LABEL_ROUTES: dict[str, str] = {
    "PO Intake": "oral",
    "Heparin Sodium (Prophylaxis)": "subcutaneous",
    "Heparin Sodium": "subcutaneous",
    "Enoxaparin (Lovenox)": "subcutaneous",
    "Fondaparinux": "subcutaneous",
}
"""Routes by label inside the categories that are not intravenous."""

CIRCUIT_MARKS: tuple[str, ...] = ("CRRT", "Citrate")
"""Labels with these words are given into a dialysis circuit, not into the patient's line."""

BLOOD_CATEGORY = "07-Blood Products"
NOT_BLOOD_MARKS: tuple[str, ...] = ("Albumin",)
BLOOD_MARKS: tuple[str, ...] = ("RBC", "Cell Saver", "FFP", "Platelet", "Autologous Blood")

PROCEDURE_MARKS: tuple[str, ...] = ("OR ", "PACU ", "Cath Lab ")
"""Totals that an operating room reports: part of its procedure."""

OUTSIDE_CATEGORY = "16-Pre Admission/Non-ICU"
UNNAMED_CARRIERS: frozenset[str] = frozenset({"Solution", "Piggyback", "Sterile Water"})
FLUID_CATEGORIES: frozenset[str] = frozenset({"02-Fluids (Crystalloids)", "03-IV Fluid Bolus"})

MAIN = "Main order parameter"
CARRIER = "Mixed solution"

UNITS: dict[str, str] = {
    "mg": "mg",
    "mcg": "mcg",
    "grams": "g",
    "units": "units",
    "mEq": "meq",
    "mEq.": "meq",
    "mmol": "mmol",
}
"""Units of an amount that is a dose; `ml` is a volume, `dose` says nothing."""
