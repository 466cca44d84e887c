"""Owns the units of the generated mix: who comes, and what is given to them."""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks import mix_drugs as drugs
from benchmarks.mix_chart import Chart, leave, simple
from benchmarks.mix_oncology import oncology

SHARES = {"emergency": 0.42, "infusion centre": 0.30, "oncology": 0.18, "observation": 0.10}
"""Share of encounters by unit."""
OFFICE = {"emergency": 0.0, "infusion centre": 0.18, "oncology": 0.20, "observation": 0.0}
"""Share of encounters in an office (professional setting, place 11)."""
PAYERS = {"medicare": 0.45, "cpt": 0.53, "a plan without a profile": 0.02}
VISIT_CODES = ("99282", "99283", "99284", "99285")
DIAGNOSES = {
    "emergency": ("R11.2", "R10.9", "E86.0", "R07.9", "J18.9", "N39.0", "G43.909"),
    "infusion centre": ("M06.9", "K50.90", "D50.9", "G35", "M81.0", "J45.50", "E86.0"),
    "oncology": ("C50.911", "C34.90", "C18.9", "C85.90", "C90.00", "C61"),
    "observation": ("R07.9", "K85.90", "E86.0", "L03.115", "N17.9", "I50.9"),
}


def emergency(chart: Chart) -> None:
    """A visit of hours: pushes, mostly a bolus, now and then an antibiotic or a shot."""
    draw = chart.draw
    chart.more["arrival"] = chart.now - chart.between(5, 90)
    if chart.chance(0.12):  # no line at all
        for _ in range(1 if chart.chance(0.8) else 2):
            chart.inject(draw.choice(drugs.SHOTS), "intramuscular")
            chart.wait(5, 40)
        leave(chart)
        return
    chart.line("peripheral")
    second = _second_line(chart) if chart.chance(0.05) else "iv1"
    if chart.chance(0.55):
        chart.fluid(chart.between(18, 130))
        chart.wait(0, 12)
    pushed: list[drugs.Given] = []
    for _ in range(draw.choices((0, 1, 2, 3, 4), (10, 30, 34, 18, 8))[0]):
        if pushed and chart.chance(0.22):
            chart.again(draw.choice(pushed))
        else:
            pushed.append(chart.push(draw.choice(drugs.PUSHED)))
        chart.wait(1, 75)
    for _ in range(draw.choices((0, 1, 2), (62, 28, 10))[0]):
        chart.infuse(draw.choice(drugs.BAGS), second, stay=chart.chance(0.8))
        chart.wait(0, 20)
    _beside(chart)
    if not chart.given:
        chart.push(draw.choice(drugs.PUSHED))
    if chart.chance(0.02):  # the ambulance hung the first bag
        first = chart.given[0]
        if first["method"] == "infusion" and "start" in first:
            first["started_before_arrival"] = True
            chart.more["arrival"] = first["start"] + chart.between(1, 15)
    if chart.chance(0.75):
        _seen(chart)
    if chart.chance(0.015):
        chart.more["inpatient_order"] = chart.now + chart.between(-40, 60)
    leave(chart)


def _beside(chart: Chart) -> None:
    """A shot, contrast, a vaccine or a tablet beside the rest of an emergency visit."""
    draw = chart.draw
    if chart.chance(0.07):
        chart.inject(draw.choice(drugs.SHOTS), "intramuscular")
    if chart.chance(0.08):
        chart.other(simple("iohexol", "intravenous", "push", "iv1", category="contrast"))
    if chart.chance(0.04):
        chart.other(simple("Tdap vaccine", "intramuscular", "injection", category="vaccine"))
    if chart.chance(0.10):
        chart.other(simple("ibuprofen", "oral", "oral"))


def infusion_centre(chart: Chart) -> None:
    """A planned visit: one drug, with or without premedication; shots; fluids."""
    draw = chart.draw
    if chart.chance(0.6):
        chart.more["arrival"] = chart.now - chart.between(5, 45)
    kind = draw.random()
    if kind < 0.24:
        _shots(chart)
        return
    port = chart.chance(0.22)
    chart.line("port" if port else draw.choice(("peripheral", "peripheral", "peripheral", "picc")))
    if kind < 0.62:
        _biologic(chart)
    elif kind < 0.90:
        main = chart.infuse(draw.choice(drugs.INFUSED))
        if chart.chance(0.15):
            chart.wait(2, 10)
            chart.infuse(draw.choice(drugs.INFUSED))
        if chart.chance(0.03):
            main["discontinued"] = True
    elif kind < 0.97:
        chart.fluid(chart.between(25, 190), stay=True)
        if chart.chance(0.35):
            chart.push(draw.choice(drugs.PUSHED[:2]))
        if chart.chance(0.1):
            chart.wait(20, 60)
            chart.fluid(chart.between(31, 90), stay=True)
    else:
        bag = simple("red cells", "intravenous", "transfusion", "iv1", category="blood_product")
        chart.push(drugs.PREMEDICATION[0], purpose="premedication")
        chart.wait(10, 30)
        chart.other(bag)["stop"] = chart.now + chart.between(95, 200)
    if chart.chance(0.06):
        chart.inject(draw.choice(drugs.INTRAMUSCULAR), "intramuscular")
    if port and chart.chance(0.8):
        chart.other(simple("heparin lock flush", "intravenous", "flush", "iv1", purpose="flush"))
    if chart.chance(0.5):
        leave(chart)


def _biologic(chart: Chart) -> None:
    for drug in drugs.PREMEDICATION:
        if chart.chance(0.22):
            chart.push(drug, purpose="premedication")
            chart.wait(0, 6)
    if chart.chance(0.25):
        chart.other(simple("acetaminophen 650 mg", "oral", "oral"))
    chart.wait(5, 32)
    chart.infuse(chart.draw.choice(drugs.BIOLOGICS))
    if chart.chance(0.12):
        chart.wait(1, 8)
        chart.fluid(chart.between(15, 75), stay=True)


def observation(chart: Chart) -> None:
    """A night or more: maintenance fluid, antibiotics and pushes every few hours."""
    draw = chart.draw
    chart.more["arrival"] = chart.now - chart.between(20, 180)
    chart.line("peripheral")
    second = _second_line(chart) if chart.chance(0.12) else None
    if chart.chance(0.7):
        chart.fluid(chart.between(120, 900))
        chart.wait(0, 40)
    rounds = chart.between(2, 5)
    bags = draw.sample(drugs.BAGS, chart.between(0, 2))
    pushes = draw.sample(drugs.PUSHED, chart.between(1, 3))
    thinner = draw.choice(drugs.BLOOD_THINNERS) if chart.chance(0.45) else None
    for turn in range(rounds):
        begin = chart.now
        for bag in bags:
            if chart.chance(0.85):
                chart.infuse(bag, second or "iv1")
                chart.wait(0, 15)
        for drug in pushes:
            if chart.chance(0.6):
                chart.push(drug)
                chart.wait(1, 60)
        if thinner and turn % 2 == 0:
            chart.inject(thinner, "subcutaneous")
        chart.now = max(chart.now, begin + chart.between(180, 420))
        if chart.chance(0.12):
            chart.fluid(chart.between(31, 300))
    if not chart.given:
        chart.push(pushes[0])
    if chart.chance(0.06):
        chart.more["inpatient_order"] = chart.now - chart.between(0, 300)
    if chart.chance(0.4):
        _seen(chart)
    leave(chart)


BUILD: dict[str, Callable[[Chart], None]] = {
    "emergency": emergency,
    "infusion centre": infusion_centre,
    "oncology": oncology,
    "observation": observation,
}
OPENING = {
    "emergency": (0, 1439),
    "infusion centre": (450, 930),
    "oncology": (450, 840),
    "observation": (0, 1439),
}


def draw_unit(draw: random.Random) -> str:
    """A unit by its share."""
    return draw.choices(tuple(SHARES), tuple(SHARES.values()))[0]


def _shots(chart: Chart) -> None:
    for _ in range(1 if chart.chance(0.85) else 2):
        if chart.chance(0.65):
            chart.inject(chart.draw.choice(drugs.INJECTED), "subcutaneous")
        else:
            chart.inject(chart.draw.choice(drugs.INTRAMUSCULAR), "intramuscular")
        chart.wait(0, 12)


def _second_line(chart: Chart) -> str:
    known = {"medically_necessary": True, "need": "incompatible_drugs", "reason": "two at once"}
    if not chart.chance(0.7):
        return chart.line("peripheral", "iv2")
    chart.accesses[0]["medically_necessary"] = True
    return chart.line("peripheral", "iv2", **known)


def _seen(chart: Chart) -> None:
    """A visit code beside the administrations."""
    code = chart.draw.choice(VISIT_CODES)
    chart.more["other_services"] = [{"code": code, "modifiers": ["25"]}]
