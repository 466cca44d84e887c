"""Policies and profiles: RULES.md section 13 and the payer row of section 1."""

from collections.abc import Mapping

VALUES: dict[str, tuple[str, ...]] = {
    "missing_stop_therapeutic": (
        "computed_else_push",
        "computed_else_none",
        "computed_else_last_charted_else_push",
        "last_charted_else_push",
        "push",
        "none",
    ),
    "missing_stop_hydration": ("computed_else_none", "last_charted_else_none", "none"),
    "long_push": ("push", "infusion"),
    "complex_biologic": ("chemotherapy", "therapeutic"),
    "complex_biologic_injection": ("therapeutic", "chemotherapy"),
    "electrolyte_replacement": ("therapeutic", "hydration"),
    "deduct_push_minutes": ("documented", "never"),
    "hydration_stretches": ("add_interrupted", "add", "each_over_30"),
    "drug_required_hydration": ("separate", "integral"),
    "hydration_min_volume_ml": ("0", "501"),
    "hydration_min_minutes": ("31", "16"),
    "same_drug_infusions": ("add_minutes", "sequential_each", "further_hour_each", "push_each"),
    "repeat_push_anchor": ("reported", "previous", "first"),
    "bolus_and_drip": ("part_of_infusion", "report_push"),
    "concurrent_overlap": ("majority", "over_15_minutes", "any", "deduct_then_sequential"),
    "concurrent_chemotherapy": ("unlisted_96549", "sequential_96417", "none"),
    "concurrent_frequency": ("date", "encounter"),
    "initial_scope": ("encounter", "date"),
    "initial_tie_break": ("first", "longest"),
    "professional_initial": ("primary_reason", "facility_order"),
    "short_second_infusion": ("report", "not_in_first_hour"),
    "discontinued_infusion": ("run_time", "intended_53"),
    "distinct_service_modifier": ("59", "X"),
    "ncci_modifiers": ("off", "on"),
    "further_injection_modifier": ("off", "59"),
    "hydration_modifier": ("off", "59"),
    "split_dose_injections": ("each", "once"),
    "home_pump": ("96416", "G0498"),
    "midnight_units": ("start_date", "date_completed"),
    "neighbour_services": ("report", "point_out"),
    "transfusion_premedication": ("separate", "bundled"),
}

MEDICARE = {
    "ncci_modifiers": "on",
    "home_pump": "G0498",
    "split_dose_injections": "once",
    "midnight_units": "date_completed",
}

PROFILES = {"cpt": {}, "medicare-facility": MEDICARE, "medicare-professional": MEDICARE}
DEFAULTS = {
    profile: {name: values[0] for name, values in VALUES.items()} | chosen
    for profile, chosen in PROFILES.items()
}


def profile_of(encounter: Mapping[str, object], profile: str | None) -> str:
    """The profile asked for, else the one that payer and setting choose (cpt when unknown)."""
    if profile is not None:
        return profile
    if encounter.get("payer") == "medicare":
        return f"medicare-{encounter.get('setting') or 'facility'}"
    return "cpt"


def resolve(profile: str, policies: Mapping[str, str] | None) -> dict[str, str]:
    """All policies in effect: defaults, then the profile, then the caller's own choices."""
    if not policies:
        return DEFAULTS[profile]
    chosen = dict(DEFAULTS[profile])
    for name, value in policies.items():
        if value not in VALUES[name]:
            raise ValueError(f"policy {name} has no value {value}")
        chosen[name] = value
    return chosen
