"""Owns the drugs of the generated outpatient mix: what is given where, how much and how long."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent.parent / "logic" / "tables" / "drugs.csv"


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug as a unit gives it: generic and brand, code, doses, minutes and bag."""

    name: str
    brand: str
    code: str
    unit: str
    doses: tuple[float, ...]
    low: int = 0  # minutes, where it is infused
    high: int = 0
    volume: int = 0


@lru_cache(maxsize=1)
def _rows() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        found.setdefault((row["generic"], ""), row)
        found[row["generic"], row["hcpcs"]] = row
    return found


def drug(name: str, doses: str, run: str = "", volume: int = 0, code: str = "") -> Drug:
    """A drug of the shipped table; `doses` as '4 8 mg', `run` as '30-60'.

    Raises KeyError where the table does not have the name (under the code).
    """
    row = _rows()[name, code]
    *amounts, unit = doses.split()
    low, _, high = run.partition("-")
    brand = row["brand"].split(";")[0].split("(")[0].strip()
    return Drug(
        name,
        name if brand in ("", "generic") else brand,
        row["hcpcs"],
        unit,
        tuple(float(each) if "." in each else int(each) for each in amounts),
        int(low or 0),
        int(high or low or 0),
        volume,
    )


def _all(text: str) -> tuple[Drug, ...]:
    """One drug a line: name; doses; minutes; millilitres; code."""
    made = []
    for line in text.strip().splitlines():
        name, doses, run, volume, code = (part.strip() for part in f"{line};;;;".split(";")[:5])
        made.append(drug(name, doses, run, int(volume or 0), code))
    return tuple(made)


BIOLOGICS = _all("""
    infliximab; 300 400 500 600 800 mg; 115-185; 250
    infliximab-dyyb; 300 400 500 700 mg; 115-185; 250
    vedolizumab; 300 mg; 30-36; 250
    ocrelizumab; 300 600 mg; 120-240; 500
    natalizumab; 300 mg; 58-64; 100
    rituximab; 500 1000 mg; 180-255; 500
    tocilizumab; 400 560 640 800 mg; 58-66; 100
    abatacept; 500 750 1000 mg; 28-34; 100
    belimumab; 600 700 800 mg; 58-65; 250
    ustekinumab (IV); 260 390 520 mg; 58-66; 250
    risankizumab-rzaa; 600 mg; 58-64; 250
    eculizumab; 600 900 1200 mg; 32-40; 240
    ravulizumab-cwvz; 3000 3300 mg; 40-75; 100
    eptinezumab-jjmr; 100 300 mg; 28-33; 100
    pegloticase; 8 mg; 118-135; 250
    teprotumumab-trbw; 700 1500 mg; 58-92; 100
""")
INFUSED = _all("""
    iron sucrose; 100 200 300 mg; 14-95; 250
    ferric carboxymaltose; 750 mg; 14-22; 250
    sodium ferric gluconate; 125 mg; 55-64; 100
    ferric derisomaltose; 1000 mg; 18-32; 250
    immune globulin IV; 20 25 30 35 40 50 60 g; 145-310; 0; J1569
    immune globulin IV; 20 30 40 60 g; 150-300; 0; J1561
    zoledronic acid; 4 5 mg; 14-31; 100
    pamidronate; 60 90 mg; 118-185; 500
    ceftriaxone; 1000 2000 mg; 14-34; 50
    ertapenem; 1000 mg; 28-34; 50
    vancomycin NOS; 750 1000 1250 1500 mg; 58-122; 250
    daptomycin; 350 500 600 mg; 14-32; 50
    dalbavancin; 1000 1500 mg; 28-34; 250
    methylprednisolone sodium succinate; 500 1000 mg; 55-93; 100
    edaravone; 30 60 mg; 58-64; 200
    alpha-1 proteinase inhibitor; 4000 5000 6000 mg; 14-35; 0
    magnesium sulfate; 2000 4000 mg; 58-185; 100
""")
PREMEDICATION = _all("""
    diphenhydramine; 25 50 mg
    methylprednisolone sodium succinate; 40 100 125 mg
    hydrocortisone sodium succinate; 100 mg
    famotidine; 20 mg
""")
INJECTED = _all("""
    denosumab; 60 120 mg
    omalizumab; 150 225 300 375 mg
    benralizumab; 30 mg
    mepolizumab; 100 mg
    tezepelumab-ekko; 210 mg
    romosozumab-aqqg; 210 mg
    certolizumab pegol; 400 mg
    golimumab (IV); 150 200 mg
    epoetin alfa non-ESRD; 10000 20000 40000 unit
    darbepoetin alfa non-ESRD; 100 200 300 500 mcg
    filgrastim; 300 480 mcg
    octreotide depot; 20 30 mg
    lanreotide; 60 90 120 mg
""")
INTRAMUSCULAR = _all("""
    cyanocobalamin; 1000 mcg
    testosterone cypionate; 100 200 mg
    medroxyprogesterone; 150 mg
    penicillin G benzathine; 1200000 2400000 unit
    naltrexone depot; 380 mg
    haloperidol decanoate; 50 100 mg
""")
PUSHED = _all("""
    ondansetron; 4 8 mg
    ondansetron; 4 mg
    ketorolac; 15 30 mg
    morphine sulfate; 2 4 6 mg
    morphine sulfate; 4 mg
    hydromorphone; 0.5 1 mg
    hydromorphone; 0.2 0.5 1 mg
    fentanyl; 0.05 0.1 mg
    metoclopramide; 10 mg
    prochlorperazine; 5 10 mg
    diphenhydramine; 25 50 mg
    famotidine; 20 mg
    pantoprazole; 40 80 mg
    lorazepam; 0.5 1 2 mg
    dexamethasone sodium phosphate; 4 6 10 mg
    methylprednisolone sodium succinate; 40 60 125 mg
    furosemide; 20 40 80 mg
    labetalol; 10 20 mg
    naloxone; 0.4 mg
    droperidol; 1.25 2.5 mg
    haloperidol; 2.5 5 mg
""")
BAGS = _all("""
    ceftriaxone; 1000 2000 mg; 10-34; 50
    cefazolin; 1000 2000 mg; 14-33; 50
    vancomycin NOS; 1000 1250 1500 1750 mg; 58-125; 250
    piperacillin-tazobactam; 3.375 4.5 g; 25-34; 100
    cefepime; 1000 2000 mg; 25-34; 100
    metronidazole; 500 mg; 28-62; 100
    azithromycin; 500 mg; 55-64; 250
    ampicillin-sulbactam; 1.5 3 g; 14-34; 100
    levofloxacin; 500 750 mg; 55-95; 150
    acetaminophen IV NOS; 650 1000 mg; 12-20; 100
    levetiracetam; 500 1000 1500 mg; 13-20; 100
    magnesium sulfate; 1000 2000 mg; 20-122; 50
    potassium chloride; 10 20 meq; 58-124; 100
    pantoprazole; 40 80 mg; 14-33; 100
    promethazine; 12.5 25 mg; 14-22; 50
    diltiazem; 5 10 mg; 30-180; 100
""")
SHOTS = _all("""
    ketorolac; 30 60 mg
    ceftriaxone; 250 500 1000 mg
    dexamethasone sodium phosphate; 8 10 mg
    promethazine; 25 mg
    haloperidol; 5 mg
    lorazepam; 2 mg
    thiamine; 100 mg
    epinephrine NOS; 0.3 0.5 mg
""")
BLOOD_THINNERS = _all("""
    enoxaparin; 40 60 80 100 mg
    heparin per 1000 units; 5000 unit
""")
HORMONES = _all("""
    fulvestrant; 250 mg
    leuprolide acetate depot 7.5 mg; 7.5 22.5 mg
    degarelix; 80 120 mg
    triptorelin; 3.75 11.25 mg
""")
CHEMO_INJECTED = _all("""
    bortezomib; 1.9 2.1 2.3 2.6 mg
    azacitidine; 120 135 150 mg
    daratumumab-hyaluronidase; 1800 mg
    pertuzumab-trastuzumab-hyaluronidase; 600 1200 mg
""")
GROWTH = _all("""
    pegfilgrastim; 6 mg
    pegfilgrastim-cbqv; 6 mg
    pegfilgrastim-jmdb; 6 mg
""")
ANTIEMETICS = _all("""
    palonosetron; 250 mcg
    ondansetron; 8 16 mg
    granisetron; 1000 mcg
    dexamethasone sodium phosphate; 8 10 12 20 mg
    famotidine; 20 mg
    diphenhydramine; 25 50 mg
    lorazepam; 0.5 1 mg
""")
SHORT_BAGS = _all("""
    fosaprepitant; 150 mg; 20-33; 150
    dexamethasone sodium phosphate; 10 12 20 mg; 12-22; 50
    ondansetron; 16 mg; 14-22; 50
    famotidine; 20 mg; 13-18; 50
""")
REGIMENS: tuple[tuple[Drug, ...], ...] = tuple(
    _all(text)
    for text in (
        "pembrolizumab; 200 400 mg; 28-34; 50",
        "nivolumab; 240 480 mg; 28-34; 100",
        "durvalumab; 700 1120 1500 mg; 58-66; 100",
        "atezolizumab; 840 1200 mg; 28-64; 250",
        """trastuzumab; 340 420 460 560 mg; 28-95; 250
           pertuzumab; 420 840 mg; 28-64; 250""",
        "ado-trastuzumab emtansine; 230 260 300 mg; 28-92; 250",
        """carboplatin; 350 450 520 600 mg; 28-64; 250
           paclitaxel; 260 300 330 350 mg; 170-200; 500""",
        """pembrolizumab; 200 mg; 28-34; 50
           pemetrexed; 800 900 1000 mg; 9-14; 100
           carboplatin; 400 450 550 mg; 28-62; 250""",
        """rituximab; 600 700 750 mg; 90-250; 500
           cyclophosphamide NOS; 1300 1400 1500 mg; 28-62; 250
           doxorubicin; 85 95 100 mg
           vincristine; 2 mg""",
        """doxorubicin; 100 110 120 mg
           cyclophosphamide NOS; 1000 1100 1200 mg; 28-62; 250""",
        """gemcitabine; 1600 1800 2000 mg; 28-34; 250
           cisplatin; 40 45 50 120 140 mg; 58-125; 500""",
        """gemcitabine; 1600 1800 2000 mg; 28-34; 250
           paclitaxel protein-bound; 200 230 250 mg; 28-36; 50""",
        "docetaxel; 110 130 150 mg; 58-64; 250",
        "paclitaxel; 140 150 160 mg; 58-66; 250",
        "daratumumab; 1100 1200 1300 mg; 180-330; 500",
        "bendamustine; 140 160 180 mg; 10-12; 50",
        "carfilzomib; 35 40 50 110 mg; 10-34; 50",
        "cetuximab; 450 850 900 mg; 58-122; 250",
        "bevacizumab; 400 700 900 mg; 28-92; 100",
        "eribulin; 2.2 2.4 2.6 mg",
        "vinorelbine; 45 50 mg",
    )
)
FLUOROURACIL = _all("""
    oxaliplatin; 130 145 160 170 mg; 115-128; 500
    irinotecan; 280 310 340 mg; 85-95; 500
    leucovorin; 600 700 800 mg; 115-125; 250
    fluorouracil; 650 750 800 mg
    fluorouracil; 3800 4300 4800 mg; 2700-2790; 0
""")
FLUIDS = (
    "normal saline",
    "lactated Ringer's",
    "D5W",
    "sodium chloride 0.9 %",
    "half normal saline",
)
FLUID_CODES: dict[tuple[str, int], str] = {
    ("normal saline", 1000): "J7030",
    ("normal saline", 500): "J7040",
    ("lactated Ringer's", 1000): "J7120",
}

Given = dict[str, Any]
