"""Owns the oncology days of the generated mix: antiemetics, regimens, pumps, shots."""

from __future__ import annotations

from benchmarks import mix_drugs as drugs
from benchmarks.mix_chart import Chart, leave, simple
from benchmarks.mix_drugs import Drug


def oncology(chart: Chart) -> None:
    """A treatment day through a port: antiemetics, one to four drugs, hydration, a pump."""
    draw = chart.draw
    if chart.chance(0.5):
        chart.more["arrival"] = chart.now - chart.between(10, 80)
    kind = draw.random()
    if kind < 0.16:
        _oncology_shots(chart)
        return
    port = chart.chance(0.75)
    chart.line("port" if port else "peripheral")
    if kind < 0.20:
        if not chart.chance(0.5):  # the pump of the day before yesterday comes off
            row = simple("fluorouracil", "intravenous", "pump_disconnect", "iv1")
            chart.other(row)
        chart.other(simple("heparin lock flush", "intravenous", "flush", "iv1", purpose="flush"))
        return
    if kind < 0.27:
        chart.fluid(chart.between(31, 190), stay=True)
        if chart.chance(0.6):
            chart.push(draw.choice(drugs.ANTIEMETICS[:3]))
        return
    _before_chemotherapy(chart)
    if kind < 0.42:
        _fluorouracil(chart)
    else:
        for drug in draw.choice(drugs.REGIMENS):
            _chemotherapy(chart, drug)
            chart.wait(1, 14)
    if chart.chance(0.08):
        chart.infuse(drugs.INFUSED[6])
        chart.wait(1, 5)
    if chart.chance(0.15):
        chart.fluid(chart.between(20, 125), stay=True)
    if chart.chance(0.16):
        device = chart.chance(0.6)
        row = chart.inject(draw.choice(drugs.GROWTH[: 2 if device else 3]), "subcutaneous")
        if device:
            row["method"] = "on_body_injector"
    if port and chart.chance(0.5):
        chart.other(simple("heparin lock flush", "intravenous", "flush", "iv1", purpose="flush"))
    if chart.chance(0.4):
        leave(chart)


def _before_chemotherapy(chart: Chart) -> None:
    if chart.chance(0.3):
        chart.fluid(chart.between(120, 300), purpose="keep_open")
    elif chart.chance(0.2):
        chart.fluid(chart.between(31, 125), stay=True)
    for drug in drugs.ANTIEMETICS:
        if chart.chance(0.28):
            chart.push(drug, purpose="premedication")
            chart.wait(0, 8)
    if chart.chance(0.35):
        chart.infuse(chart.draw.choice(drugs.SHORT_BAGS))
        chart.wait(1, 6)
    chart.wait(5, 30)


def _oncology_shots(chart: Chart) -> None:
    draw = chart.draw
    kind = draw.random()
    if kind < 0.4:
        drug = draw.choice(drugs.HORMONES)
        row = chart.inject(drug, "intramuscular")
        if drug is drugs.HORMONES[0]:  # one dose, both sides
            chart.wait(0, 6)
            chart.again(row)
    elif kind < 0.8:
        chart.inject(draw.choice(drugs.CHEMO_INJECTED), "subcutaneous")
    else:
        chart.inject(draw.choice(drugs.INJECTED), "subcutaneous")
    if chart.chance(0.15):
        chart.wait(0, 10)
        chart.inject(draw.choice(drugs.INJECTED), "subcutaneous")


def _chemotherapy(chart: Chart, drug: Drug) -> None:
    if not drug.high:
        chart.push(drug)
        return
    row = chart.infuse(drug)
    if chart.chance(0.02) and "stop" in row:  # a reaction, and on again later
        row["discontinued"] = True
        row["stop"] = row["start"] + max(1, (row["stop"] - row["start"]) // 3)
        row.pop("pauses", None)
        chart.wait(10, 40)
        chart.infuse(drug)


def _fluorouracil(chart: Chart) -> None:
    oxaliplatin, irinotecan, leucovorin, bolus, pump = drugs.FLUOROURACIL
    chart.infuse(leucovorin, stay=False)
    chart.infuse(oxaliplatin if chart.chance(0.6) else irinotecan)
    chart.wait(1, 10)
    if chart.chance(0.8):
        chart.push(bolus)
        chart.wait(2, 8)
    owner = chart.draw.choice(("site", "site", "supplier"))
    row = chart.infuse(pump, stay=False, pump_owner=owner)
    row["method"] = "pump_prolonged"
    if chart.chance(0.8):
        row.pop("stop", None)
        row.pop("pauses", None)
        row.pop("last_charted", None)
