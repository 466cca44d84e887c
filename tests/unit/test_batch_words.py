"""What a batch says: progress, the summary, and errors without the values that caused them."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="the extra batch is not installed")

from infusion_asp.batch.counts import Counts
from infusion_asp.batch.memo import HitRate
from infusion_asp.batch.run import Ended, Progress
from infusion_asp.batch.sampling import Sampling
from infusion_asp.batch.words import kind_of, path_of, words_of
from infusion_asp.cli.batch_progress import said
from infusion_asp.cli.batch_summary import summary_lines
from infusion_asp.engine.errors import NoAnswer, TimeLimit, TwoAnswers
from infusion_asp.model import InputError


def progress(**given: int) -> Progress:
    found = Progress(total=given.get("total", 0))
    found.started -= 10.0
    found.counts.records = given.get("records", 0)
    found.kept = given.get("kept", 0)
    found.done = given.get("done", 0)
    found.passed = given.get("passed", 0)
    return found


def test_progress_counts_records_rate_time_left_findings_and_errors() -> None:
    state = progress(total=1000, done=250, records=500)
    state.counts.findings.update({"a": 2, "b": 1})
    state.counts.errors["bad_json"] = 1
    assert said(state) == "500 records, 50/s, 0:00:30 left, 3 findings, 1 error"


def test_what_an_earlier_run_did_is_no_speed_of_this_one() -> None:
    state = progress(total=1000, done=750, passed=500, records=500, kept=1000)
    assert said(state) == "1,500 records, 50/s, 0:00:10 left, 0 findings"


def test_of_standard_input_nobody_knows_the_end() -> None:
    assert said(progress(records=20)) == "20 records, 2/s, 0 findings"


def counted(**more: Counter[str]) -> Counts:
    counts = Counts(records=1_000_000, encounters=999_999, errors=Counter({"bad_json": 1}))
    counts.over, counts.under = Decimal("1234567.80"), Decimal("0.05")
    for name, value in more.items():
        setattr(counts, name, value)
    return counts


def test_a_summary_fits_eighty_columns_and_adds_up() -> None:
    findings = Counter(
        {f"rule_{at}_of_a_name_that_is_rather_long": 1_000_000 - at for at in range(30)}
    )
    lines = list(
        summary_lines(Ended(counted(findings=findings), True, 600.0), "verify", Path("o"), "csv")
    )
    assert max(map(len, lines)) <= 80
    assert lines[0] == "999,999 of 1,000,000 records verified in 600.0 seconds, 1,667 a second"
    assert "money: $1,234,567.80 over, $0.05 under" in lines
    assert "1,000,000 records = 999,999 results + 1 error" in lines
    assert any(line.startswith("  18 others") for line in lines)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NoAnswer(), "no_answer"),
        (TwoAnswers(), "two_answers"),
        (TimeLimit(3.0), "too_slow"),
    ],
)
def test_errors_of_the_engine_have_a_kind(error: NoAnswer, kind: str) -> None:
    assert kind_of(error.message) == kind
    assert kind_of("something new") == "not_solved"


def test_words_of_an_error_never_hold_what_was_typed() -> None:
    for kind in ("bad_time", "unknown_column", "a_kind_of_tomorrow", "rows_apart"):
        error = InputError("$.a", "the message", "the help 'secret'", kind=kind)
        assert "secret" not in words_of(error)
    assert words_of(InputError("$", "'secret' is wrong", kind="not_text")) == "this is not text"


def test_a_path_stops_before_a_key_that_is_no_name() -> None:
    assert path_of(InputError("$.administrations[0]['Jane Doe']", "")) == "$.administrations[0]"
    assert path_of(InputError("$.administrations[0].stop", "")) == "$.administrations[0].stop"
    assert path_of(InputError("$." + "x" * 500, "")) == "$"


def keys(equal: int, others: int) -> tuple[tuple[bytes | None, bool], ...]:
    return ((b"same", True),) * equal + tuple((str(at).encode(), True) for at in range(others))


@pytest.mark.parametrize(("equal", "mode"), [(31, "on"), (30, "off"), (1, "off")])
def test_answers_are_used_again_from_three_in_ten_equal_records(equal: int, mode: str) -> None:
    sampling = Sampling("auto", 100)
    assert sampling.mode(100) == "sample"
    assert sampling.mode(100) == "off"  # before the sample is answered
    sampling.take(keys(equal, 100 - equal))
    assert sampling.mode(100) == mode
    assert isinstance(sampling.rate, HitRate)


@pytest.mark.parametrize("cache", ["on", "off"])
def test_a_choice_needs_no_sample(cache: str) -> None:
    sampling = Sampling("on" if cache == "on" else "off")
    assert sampling.mode(1000) == cache
    assert sampling.rate is None
