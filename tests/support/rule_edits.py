"""Hand-made edits of the rulebook: what an author might change, and what must come of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from infusion_asp.rulebook import shipped_logic


@dataclass(frozen=True)
class Edit:
    """One edit: in `file`, `old` becomes `new`; `harmless` ones change no answer."""

    name: str
    file: str
    old: str
    new: str
    harmless: bool = False
    kind: str = ""


def at(tmp_path: Path, edit: Edit) -> Path:
    """A copy of the shipped rulebook with the edit."""
    place = tmp_path / "logic"
    shutil.copytree(shipped_logic(), place)
    path = place / edit.file
    text = path.read_text(encoding="utf-8")
    assert text.count(edit.old) >= 1, f"{edit.name}: not in {edit.file}"
    path.write_text(text.replace(edit.old, edit.new, 1), encoding="utf-8")
    return place


NEVER = """

% @rule never_two_pushes
% title: Two pushes are never reported
% implements: I1
% sentence: {{ Service | name }} is a push beside a push
% cites: RULES:8
violates(never_two_pushes, Service) :-
    plays(Service, subsequent),
    service(Service, _, push, _).
"""

EDITS = (
    Edit(
        "a further hour from 31 to 32 minutes",
        "thresholds.lp",
        "threshold(further_hour_over_minutes, 30)",
        "threshold(further_hour_over_minutes, 31)",
        kind="code",
    ),
    Edit(
        "a push of 16 minutes",
        "thresholds.lp",
        "threshold(push_max_minutes, 15)",
        "threshold(push_max_minutes, 16)",
        kind="code",
    ),
    Edit(
        "a repeat after 31 minutes",
        "thresholds.lp",
        "threshold(repeat_push_over_minutes, 30)",
        "threshold(repeat_push_over_minutes, 31)",
        kind="code",
    ),
    Edit(
        "a bolus within 31 minutes",
        "thresholds.lp",
        "threshold(bolus_within_minutes, 30)",
        "threshold(bolus_within_minutes, 31)",
        kind="code",
    ),
    Edit(
        "a dropped constraint that another implies",
        "assign/roles.lp",
        "violates(hierarchy, (Service, Other)) :-\n    plays(Service, initial),",
        "violates(hierarchy, (Service, Other)) :-\n    plays(Service, initial),\n"
        "    plays(Service, subsequent),",
        harmless=True,
    ),
    Edit(
        "a dropped constraint that settles roles",
        "assign/roles.lp",
        "    best(Scope, Service),\n    not by_reason(Scope, _),\n    not plays(Service, initial).",
        "    best(Scope, Service),\n    by_reason(Scope, _),\n    not by_reason(Scope, _),\n"
        "    not plays(Service, initial).",
        kind="answer",
    ),
    Edit(
        "an added constraint without an answer",
        "assign/roles.lp",
        "% @rule concurrent_partner",
        NEVER.strip() + "\n\n% @rule concurrent_partner",
        kind="answer",
    ),
    Edit(
        "two ranks swapped",
        "derive/ranks.lp",
        "kind_rank(push, chemotherapy, 2).\nkind_rank(infusion, therapeutic, 3).",
        "kind_rank(push, chemotherapy, 3).\nkind_rank(infusion, therapeutic, 2).",
        kind="code",
    ),
    Edit(
        "another sentence",
        "report/units.lp",
        "make {{ Hours }} further hour",
        "are good for {{ Hours }} further hour",
        harmless=True,
    ),
    Edit(
        "a dropped literal: hydration through any bag",
        "derive/hydration.lp",
        "    bag_class(Bag, hydration),\n    bag_drips(Bag),\n    not thin(Bag, _),",
        "    bag_class(Bag, hydration),\n    bag_drips(Bag),",
        harmless=True,
    ),
    Edit(
        "a dropped literal: drugs no longer stop hydration",
        "derive/hydration.lp",
        "    on_group(Bag, Group),\n    not infused(Group, Segment).",
        "    on_group(Bag, Group).",
        kind="code",
    ),
    Edit(
        "variables renamed",
        "derive/ranks.lp",
        "eligible(Service, Scope) :-\n    service(Service, Scope, _, _),\n"
        "    not repeat_infusion(Service).",
        "eligible(Which, Where) :-\n    not repeat_infusion(Which),\n"
        "    service(Which, Where, _, _).",
        harmless=True,
    ),
    Edit(
        "a comparison turned round",
        "derive/minutes.lp",
        "    not cut_short(Admin, _),\n    Start < Stop.",
        "    not cut_short(Admin, _),\n    Stop > Start.",
        harmless=True,
    ),
    Edit(
        "a redundant literal",
        "derive/ranks.lp",
        "service(Bag, Scope, push, Class) :-\n    push_service(Bag),",
        "service(Bag, Scope, push, Class) :-\n    push_service(Bag),\n    bag(Bag),",
        harmless=True,
    ),
    Edit(
        "the concurrent code takes chemotherapy",
        "report/concurrent.lp",
        'concurrent_code(therapeutic, "96368").',
        'concurrent_code(therapeutic, "96367").',
        kind="code",
    ),
    Edit(
        "a finding dropped",
        "derive/hydration_service.lp",
        "    not order_reason(Bag),\n    not diagnosis_charted.",
        "    not order_reason(Bag),\n    diagnosis_charted.",
        kind="finding",
    ),
    Edit(
        "another modifier on a second access",
        "report/modifiers.lp",
        'distinct_modifier("59", site, "59").',
        'distinct_modifier("59", site, "XS").',
        kind="modifier",
    ),
    Edit(
        "half is more than half",
        "derive/overlaps.lp",
        "    2 * Common > Minutes,",
        "    2 * Common >= Minutes,",
        kind="code",
    ),
    Edit(
        "ties by the last start",
        "derive/order.lp",
        "order_value(Service, third, Start) :-",
        "order_value(Service, third, 0 - Start) :-",
        kind="modifier",
    ),
    Edit(
        "the professional reports repeats",
        "report/repeat_units.lp",
        "% settings: facility\n",
        "",
        kind="code",
    ),
    Edit(
        "one injection code for another", "report/injections.lp", '"96372"', '"96373"', kind="code"
    ),
    Edit(
        "a policy read the other way",
        "report/concurrent.lp",
        "    policy(concurrent_frequency, encounter),",
        "    policy(concurrent_frequency, date),",
        kind="not_reported",
    ),
)
