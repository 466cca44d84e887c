"""The README tells the truth: its example output, its input, its JSON, its library example."""

import contextlib
import io
import json
import re
from pathlib import Path

import yaml

from infusion_asp.model import parse_encounter
from infusion_asp.model.errors import InputError
from infusion_asp.rulebook import shipped_logic
from scripts.readme_example import ENCOUNTER, example, json_line

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def without_digest(text: str) -> str:
    return re.sub(r"\([0-9a-f]{8}\)", "(digest)", text)


def test_the_example_output_is_what_the_program_prints() -> None:
    shown = next(block for block in blocks("text") if ENCOUNTER in block)
    now = example().removeprefix("```text\n").removesuffix("```")
    assert without_digest(shown) == without_digest(now), "run python -m scripts.readme_example"


def test_the_line_of_json_is_the_program_s() -> None:
    assert json_line(blocks("yaml")[0]) in README, "run python -m scripts.readme_example"


def test_the_refusal_is_the_program_s() -> None:
    shown = json.loads(next(block for block in blocks("json") if '"error"' in block))["error"]
    given = yaml.safe_load(blocks("yaml")[0].replace("intravenous", "intravenus"))
    try:
        parse_encounter(given)
    except InputError as error:
        assert shown == {"path": error.path, "message": error.message, "help": error.help}
    else:
        raise AssertionError("accepted")


def test_the_library_example_runs() -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(blocks("python")[0], {})
    assert printed.getvalue() == "[('96365', 1)]\n"


def test_every_policy_is_counted() -> None:
    rows = (shipped_logic() / "profiles" / "policies.csv").read_text(encoding="utf-8").splitlines()
    names = {row.split(",")[0] for row in rows[1:]}
    assert f"has a policy: {len(names)} of them" in README
    for profile in (shipped_logic() / "profiles").glob("*.lp"):
        assert f"`{profile.stem}`" in README


def test_the_headline_is_that_of_the_accuracy_table() -> None:
    table = (ROOT / "benchmarks" / "accuracy.md").read_text(encoding="utf-8")
    found = re.search(r"^\| all \| (\d+) \| (\d+) \|$", table, re.M)
    assert found
    said = f"{found[2]} published cases of high or medium confidence"
    assert said in README
    assert f"published one in {found[1]}" in README
