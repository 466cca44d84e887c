"""Owns the example output in README.md: `python -m scripts.readme_example` writes it anew."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from infusion_asp.coding import code
from infusion_asp.model import read_many
from infusion_asp.render import render

ROOT = Path(__file__).resolve().parents[1]
ENCOUNTER = "fixtures/encounters/chemotherapy_day.json"
SHOWN = ("96361", "96413")  # the lines whose reasons the first screen has room for
_BLOCK = re.compile(r"^```text\n\$ infusion-asp code .*?^```$", re.M | re.S)
_INPUT = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)
_LINE = re.compile(r"^```json\n\{\"section\".*?^```$", re.M | re.S)
_WIDTH = 118


def example() -> str:
    """The command and what it prints, without the reasons of most lines."""
    (record,) = read_many([str(ROOT / ENCOUNTER)])
    page = render([code(record.encounter())], "text", width=80, many=False)
    lines = "\n".join(_excerpt(page.rstrip().splitlines()))
    return f"```text\n$ infusion-asp code {ENCOUNTER}\n{lines}\n```"


def put(readme: str) -> str:
    """The text of the README with the example as it is now."""
    given = _INPUT.search(readme)
    line = json_line(given[1]) if given else ""
    return _LINE.sub(lambda _: line, _BLOCK.sub(lambda _: example(), readme))


def json_line(given: str) -> str:
    """The first line of the result of an encounter in YAML, as JSON without its proof."""
    line = code(yaml.safe_load(given)).lines[0].model_dump(mode="json", exclude={"because"})
    pairs = [f'"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in line.items()]
    rows = ["{"]
    for pair in pairs:
        text = pair + ("}" if pair is pairs[-1] else ",")
        if len(rows[-1]) + len(text) > _WIDTH:
            rows.append("")
        rows[-1] += text if rows[-1] == "{" else f" {text}"
    return "\n".join(["```json", *rows, "```"])


def _excerpt(lines: list[str]) -> Iterator[str]:
    shown, reasons = True, False
    for line in lines:
        reasons = reasons or line == "REASONS"
        if heading := re.match(r"^  (\w{5})( ×\d+)?$", line) if reasons else None:
            if shown and heading[1] not in SHOWN:
                yield "  ..."
            shown = heading[1] in SHOWN
        elif line and not line.startswith(" "):
            shown = True
        if shown:
            yield line.rstrip()


def main() -> None:
    """Write the example into README.md."""
    path = ROOT / "README.md"
    path.write_text(put(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
