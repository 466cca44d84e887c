"""What docs/batch.md shows is true: its example, its columns, its questions in SQL."""

import re
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="the extra batch is not installed")

import duckdb
from click.testing import CliRunner

from infusion_asp.batch.inputs.columns import KINDS, known_columns
from infusion_asp.batch.schema import SCHEMAS
from infusion_asp.cli import main
from infusion_asp.model import Administration

TOP = Path(__file__).resolve().parents[2]
PAGE = (TOP / "docs" / "batch.md").read_text("utf-8")
EXAMPLE = TOP / "fixtures" / "batch" / "claims.csv"
QUERIES = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.M | re.S)
_SECONDS = re.compile(r"in [\d.,]+ seconds, [\d,]+ a second")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The output directory of the page's example, and what the command prints."""
    top = tmp_path_factory.mktemp("docs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(top)
        result = CliRunner().invoke(main, ["batch", str(EXAMPLE), "--out", "out"])
    return top, result.stdout


def test_the_example_prints_what_the_page_shows(printed: tuple[Path, str]) -> None:
    (block,) = re.findall(
        r"^```text\n\$ infusion-asp batch [^\n]*\n(.*?)^\.\.\.$", PAGE, re.M | re.S
    )
    assert _SECONDS.sub("", block) == _SECONDS.sub("", printed[1])


@pytest.mark.parametrize("query", QUERIES)
def test_every_question_has_an_answer(
    printed: tuple[Path, str], query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(printed[0])
    assert duckdb.sql(query.rstrip().rstrip(";")).fetchall()


def test_all_columns_are_on_the_page() -> None:
    shown = set(re.findall(r"`([a-z_]+)`", PAGE))
    for name, schema in SCHEMAS.items():
        assert {name, *schema.names} <= shown
    assert set(KINDS) <= shown
    of_others = {name for name in known_columns() if name not in shown}
    assert of_others <= set(Administration.model_fields)


def test_the_rows_of_the_page_are_those_of_the_example() -> None:
    (block,) = re.findall(r"^```csv\n(.*?)^```$", PAGE, re.M | re.S)
    assert EXAMPLE.read_text("utf-8").startswith(block)
