"""The data tables of a rulebook: codes, drugs, fluids, routes, rates and payer edits.

tables = load_tables(rulebook_directory / "tables")
tables.drug_key("Remicade 100 mg vial")      # 'infliximab'
"""

from infusion_asp.tables.drugs import DrugTable
from infusion_asp.tables.load import Tables, load_tables
from infusion_asp.tables.payments import CodeDates, Payment, Payments
from infusion_asp.tables.quarters import TableQuarter
from infusion_asp.tables.rates import Rate, RateTable
from infusion_asp.tables.rows import (
    Additive,
    AddonRow,
    BagText,
    CodeRow,
    DrugRow,
    Electrolyte,
    Fluid,
    MueRow,
    PtpRow,
    Route,
    Special,
    TableVersion,
)

__all__ = [
    "Additive",
    "AddonRow",
    "BagText",
    "CodeDates",
    "CodeRow",
    "DrugRow",
    "DrugTable",
    "Electrolyte",
    "Fluid",
    "MueRow",
    "Payment",
    "Payments",
    "PtpRow",
    "Rate",
    "RateTable",
    "Route",
    "Special",
    "TableQuarter",
    "TableVersion",
    "Tables",
    "load_tables",
]
