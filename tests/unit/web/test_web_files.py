"""The files of the page: none from outside is given out, and each stands for itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from infusion_asp.web.app import STATIC
from tests.support.web_client import opened
from tests.support.web_frame import frame

TEMPLATES = sorted((STATIC.parent / "templates").rglob("*.j2"))
OWN = sorted(
    p for kind in ("css", "js") for p in STATIC.rglob(f"*.{kind}") if ".min." not in p.name
)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e%2fapp.py",
        "/static/..%5capp.py",
        "/static/....//app.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/base.css/../../app.py",
        "/static/base.css%00",
        "/static/",
        "/static",
    ],
)
def test_only_files_of_the_page_are_given_out(path: str) -> None:
    with opened(app=frame()) as browser:
        answer = browser.get(path)
    assert answer.status_code in (307, 404)
    assert "create_app" not in answer.text
    assert "root:" not in answer.text


def test_a_link_out_of_the_directory_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = tmp_path / "static"
    shown.mkdir()
    (tmp_path / "secret.txt").write_text("kept", encoding="utf-8")
    (shown / "way.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr("infusion_asp.web.app.STATIC", shown)
    with opened(app=frame()) as browser:
        assert browser.get("/static/way.txt").status_code == 404


def test_htmx_comes_with_its_licence() -> None:
    assert "Zero-Clause BSD" in (STATIC / "htmx.LICENSE").read_text(encoding="utf-8")
    assert 'version:"2.' in (STATIC / "htmx.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_every_file_says_first_what_it_owns(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert re.match(r"(//|/\*) Owns ", lines[0])
    assert len(lines) <= 300


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_has_what_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|hx-vals=.js:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_template_escapes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "autoescape false" not in text


@pytest.mark.parametrize("path", [*OWN, *TEMPLATES], ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"(?:src|href|url\(|import)[\s=\"'(]*(https?:)?//", text)
    assert found == []
    assert "eval(" not in text
    assert "new Function" not in text


FRAME = sorted(
    path
    for part in ("security", "solving")
    for path in (STATIC.parent / part).glob("*.py")
    if path.name != "warm.py"
)


@pytest.mark.parametrize("path", FRAME, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_frame_knows_nothing_of_the_pages(path: Path) -> None:
    """What is imported inside a function is for starting a worker only."""
    text = path.read_text(encoding="utf-8")
    pages = "encounter|editing|edges|batches|book"
    assert not re.search(rf"^(from|import) infusion_asp\.web\.({pages})", text, re.MULTILINE)
