"""Owns the shipped examples: where they lie, and a sentence on each that the start page offers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Example:
    """A shipped encounter and what it shows."""

    name: str
    title: str
    shows: str


EXAMPLES = (
    Example(
        "chemotherapy_day",
        "A chemotherapy day",
        "The initial service is the rituximab, not the premedication that was given first.",
    ),
    Example(
        "zoledronic_acid_15_minutes",
        "Fifteen minutes",
        "One minute short of an infusion: drag the stop by a minute and watch the code change.",
    ),
    Example(
        "hydration_ninety_one_minutes",
        "Hydration of ninety-one minutes",
        "One minute earns the further hour of hydration.",
    ),
    Example(
        "hydration_beside_a_drug",
        "Hydration beside a drug",
        "Fluid that runs only while a drug runs has no minutes of its own.",
    ),
    Example(
        "push_repeats",
        "Repeated pushes",
        "The same drug pushed three times: which push is thirty minutes after which.",
    ),
    Example(
        "vancomycin_then_ceftriaxone",
        "Two antibiotics in turn",
        "The second drug through the same line is sequential; the emergency visit keeps its 25.",
    ),
    Example(
        "concurrent_chemotherapy",
        "Two drugs at once",
        "Concurrent chemotherapy, where authorities differ: compare the policies.",
    ),
    Example(
        "stop_missing_computed",
        "Stop times not charted",
        "Volume and rate stand in for the stop where the policy lets them.",
    ),
    Example(
        "two_necessary_sites",
        "Two accesses",
        "Drugs that must not share a line: each access has its own initial service.",
    ),
    Example(
        "emergency_to_observation",
        "Over midnight",
        "From the emergency department into observation: one encounter on two dates.",
    ),
    Example(
        "same_day_return",
        "Left and came back",
        "Two visits on one day begin twice.",
    ),
    Example(
        "folfox_home_pump",
        "Home with a pump",
        "Oxaliplatin and leucovorin together, then fluorouracil on a pump that goes home.",
    ),
    Example(
        "waste_medicare",
        "Discarded drug",
        "What a Medicare claim says about the rest of a single-dose vial.",
    ),
    Example(
        "clock_change_with_offsets",
        "The hour that comes twice",
        "Ninety-one minutes that look like thirty-one, because the clock was set back.",
    ),
)


def directory() -> Path:
    """Where the encounters lie: inside the installed package, or in the fixtures of a checkout."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "_examples"
    return inside if inside.is_dir() else package.parent / "fixtures" / "encounters"


def path_of(name: str) -> Path | None:
    """The file of an example by its name; None where it is not one."""
    if name not in {each.name for each in EXAMPLES}:
        return None
    return directory() / f"{name}.json"
